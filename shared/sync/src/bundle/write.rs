//! Writing a bundle, piece by piece.

use std::io::{self, Write};

use bytes::Bytes;
use keng_proto::bundle_piece::Piece as Wire;
use keng_proto::{BundleHeader, BundlePiece, BundleTrailer};
use prost::Message;
use sha2::{Digest, Sha256};

use super::{FRAME_BYTES, MAGIC, Piece, VERSION, frame_check, piece_hash, prelude_check};
use crate::head::{SigningKey, sign_trailer};
use crate::limits::{BUNDLE_PIECE_BYTES_MAX, BUNDLE_PIECES_MAX};

/// A trailer with its frame: two hashes, a signature, a number; rounded up.
const TRAILER_BYTES_MAX: u64 = 192;

/// Writes one bundle file. What is dropped without [`Writer::finish`] is no bundle.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    whole: Sha256,
    pieces: u32,
    bytes: u64,
}

/// How many bytes a piece takes in a file.
#[must_use]
pub fn piece_bytes(piece: &Piece) -> u64 {
    let encoded = BundlePiece { piece: Some(piece.clone().wire()) }.encoded_len();
    (FRAME_BYTES + encoded) as u64
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// What `out` says.
    pub fn begin(out: W, header: BundleHeader) -> io::Result<Self> {
        let mut writer = Self { out, whole: Sha256::new(), pieces: 0, bytes: 0 };
        let version = VERSION.to_be_bytes();
        writer.write(&[&MAGIC[..], &version, &prelude_check(VERSION)].concat())?;
        writer.piece(Wire::Header(header))?;
        Ok(writer)
    }

    /// Appends a piece.
    ///
    /// # Errors
    /// What `out` says; [`io::ErrorKind::FileTooLarge`] for a piece or a number of pieces that no
    /// program would read.
    pub fn put(&mut self, piece: Piece) -> io::Result<()> {
        self.piece(piece.wire())
    }

    /// How many bytes the file has when it is finished now.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes + TRAILER_BYTES_MAX
    }

    /// Makes the file whole, and signs it. `last`: no other file of this export follows.
    ///
    /// # Errors
    /// What `out` says.
    pub fn finish(mut self, last: bool, key: &SigningKey) -> io::Result<W> {
        let sha256 = Bytes::copy_from_slice(&self.whole.clone().finalize());
        let trailer = BundleTrailer { pieces: self.pieces, sha256, last, signature: Bytes::new() };
        self.piece(Wire::Trailer(sign_trailer(key, trailer)))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn piece(&mut self, piece: Wire) -> io::Result<()> {
        let payload = BundlePiece { piece: Some(piece) }.encode_to_vec();
        let number = self.pieces;
        if payload.len() > BUNDLE_PIECE_BYTES_MAX || number as usize >= BUNDLE_PIECES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let length = u32::try_from(payload.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let frame = [&length.to_be_bytes()[..], &frame_check(number, length), &piece_hash(number, &payload)].concat();
        self.write(&frame)?;
        self.write(&payload)?;
        self.pieces += 1;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.whole.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}
