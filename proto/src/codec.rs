//! Messages in gRPC frames, by prost, with buffers that begin small.

use std::marker::PhantomData;

use prost::Message;
use tonic::codec::{BufferSettings, Codec};
use tonic_prost::ProstCodec;

/// What a buffer begins with. Most frames of an open stream are a head or a receipt; tonic's 8 KiB in
/// each direction would be a sixth of what the hub holds for a node that is connected.
const BEGIN_BYTES: usize = 256;
/// Encoded frames are handed on from here, as by tonic.
const HAND_ON_BYTES: usize = 32 * 1024;

/// [`ProstCodec`] but for the size of its buffers.
#[derive(Debug, Clone)]
pub struct SmallBuffers<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for SmallBuffers<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for SmallBuffers<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = <ProstCodec<T, U> as Codec>::Encoder;
    type Decoder = <ProstCodec<T, U> as Codec>::Decoder;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::raw_encoder(BufferSettings::new(BEGIN_BYTES, HAND_ON_BYTES))
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstCodec::<T, U>::raw_decoder(BufferSettings::new(BEGIN_BYTES, HAND_ON_BYTES))
    }
}
