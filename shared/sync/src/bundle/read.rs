//! Reading a bundle: first whether it is whole, then what is in it.

use std::io::{self, Read};

use bytes::Bytes;
use keng_proto::bundle_piece::Piece as Wire;
use keng_proto::{BundleHeader, BundlePiece, BundleTrailer};
use prost::Message;
use sha2::{Digest, Sha256};

use super::{BadBundle, FRAME_BYTES, MAGIC, PRELUDE_BYTES, Piece, VERSION, frame_check, piece_hash, prelude_check};
use crate::entry::Hash;
use crate::head::{BadSignature, PublicKey, verify_trailer};
use crate::limits::{BUNDLE_PIECE_BYTES_MAX, BUNDLE_PIECES_MAX, HEADS_MAX};

/// A bundle that is whole. Who wrote it is known after [`Verified::signed_by`].
#[derive(Debug, Clone)]
pub struct Verified {
    /// Who wrote it, for whom, from where.
    pub header: BundleHeader,
    /// How many bytes the file has.
    pub bytes: u64,
    trailer: BundleTrailer,
    /// Of every piece, header and trailer included.
    hashes: Vec<Hash>,
}

/// Goes through a whole file; `seen` is told how many bytes have been read.
///
/// # Errors
/// [`BadBundle`], with the place. At most one piece is in memory at a time.
pub fn verify(from: impl Read, mut seen: impl FnMut(u64)) -> Result<Verified, BadBundle> {
    let mut frames = Frames::begin(from)?;
    let mut header = None;
    let mut hashes = Vec::new();
    loop {
        let whole = frames.whole();
        let at = frames.at;
        let (hash, piece) = frames.next()?;
        seen(frames.at);
        hashes.push(hash);
        match (header.take(), piece) {
            (None, Wire::Header(found)) if found.heads.len() <= HEADS_MAX => header = Some(found),
            (Some(header), Wire::Trailer(trailer)) => {
                let complete = trailer.sha256 == whole.as_slice() && trailer.pieces as usize == hashes.len() - 1;
                if !complete {
                    return Err(BadBundle::Misplaced { at });
                }
                frames.end()?;
                return Ok(Verified { header, bytes: frames.at, trailer, hashes });
            }
            (Some(found), Wire::Push(_) | Wire::Receipt(_) | Wire::Pull(_) | Wire::TreeHead(_)) => header = Some(found),
            _ => return Err(BadBundle::Misplaced { at }),
        }
    }
}

impl Verified {
    /// Whether `key` signed the file.
    ///
    /// # Errors
    /// When it did not.
    pub fn signed_by(&self, key: &PublicKey) -> Result<(), BadSignature> {
        verify_trailer(&self.trailer, key)
    }

    /// No other file of this export follows.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.trailer.last
    }

    /// What the file carries, read again from its beginning.
    ///
    /// # Errors
    /// [`BadBundle`] when it cannot be read, or is not the file that was verified.
    pub fn pieces<R: Read>(&self, from: R) -> Result<Pieces<'_, R>, BadBundle> {
        let mut frames = Frames::begin(from)?;
        let (hash, _) = frames.next()?;
        if hash != self.hashes[0] {
            return Err(BadBundle::Changed);
        }
        Ok(Pieces { frames, verified: self, next: 1 })
    }
}

/// The pieces between header and trailer.
#[derive(Debug)]
pub struct Pieces<'a, R> {
    frames: Frames<R>,
    verified: &'a Verified,
    next: usize,
}

impl<R: Read> Pieces<'_, R> {
    /// How many bytes have been read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.frames.at
    }
}

impl<R: Read> Iterator for Pieces<'_, R> {
    type Item = Result<Piece, BadBundle>;

    fn next(&mut self) -> Option<Self::Item> {
        let expected = *self.verified.hashes.get(self.next)?;
        self.next += 1;
        let piece = match self.frames.next() {
            Ok((hash, piece)) if hash == expected => piece,
            Ok(_) => return Some(Err(BadBundle::Changed)),
            Err(bad) => return Some(Err(bad)),
        };
        match piece {
            Wire::Push(push) => Some(Ok(Piece::Push(push))),
            Wire::Receipt(receipt) => Some(Ok(Piece::Receipt(receipt))),
            Wire::Pull(pull) => Some(Ok(Piece::Pull(pull))),
            Wire::TreeHead(head) => Some(Ok(Piece::TreeHead(head))),
            Wire::Trailer(_) => None,
            Wire::Header(_) => Some(Err(BadBundle::Changed)),
        }
    }
}

/// The frames of a file, in their order.
#[derive(Debug)]
struct Frames<R> {
    from: R,
    whole: Sha256,
    number: u32,
    /// Bytes read.
    at: u64,
}

impl<R: Read> Frames<R> {
    fn begin(from: R) -> Result<Self, BadBundle> {
        let mut frames = Self { from, whole: Sha256::new(), number: 0, at: 0 };
        let mut prelude = [0; PRELUDE_BYTES];
        let got = frames.fill(&mut prelude)?;
        if got == 0 {
            return Err(BadBundle::Empty);
        }
        let magic = prelude.iter().zip(&MAGIC).take_while(|(a, b)| a == b).count();
        if got < PRELUDE_BYTES {
            let truncated = magic == got.min(MAGIC.len());
            return Err(if truncated { BadBundle::Truncated { at: frames.at } } else { BadBundle::NotABundle });
        }
        let version = u32::from_be_bytes([prelude[8], prelude[9], prelude[10], prelude[11]]);
        let intact = prelude[12..] == prelude_check(version);
        match (magic == MAGIC.len(), intact) {
            (true, true) if version <= VERSION => Ok(frames),
            (true, true) => Err(BadBundle::Newer(version)),
            (true, false) => Err(BadBundle::Damaged { from: MAGIC.len() as u64, to: frames.at }),
            (false, true) => Err(BadBundle::Damaged { from: magic as u64, to: MAGIC.len() as u64 }),
            (false, false) => Err(BadBundle::NotABundle),
        }
    }

    /// The hash over all bytes so far.
    fn whole(&self) -> Hash {
        self.whole.clone().finalize().into()
    }

    fn next(&mut self) -> Result<(Hash, Wire), BadBundle> {
        if self.number as usize > BUNDLE_PIECES_MAX {
            return Err(BadBundle::TooManyPieces);
        }
        let start = self.at;
        let mut frame = [0; FRAME_BYTES];
        if self.fill(&mut frame)? < FRAME_BYTES {
            return Err(BadBundle::Truncated { at: self.at });
        }
        let length = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
        // Checked before anything is allocated for it.
        if frame[4..8] != frame_check(self.number, length) || length as usize > BUNDLE_PIECE_BYTES_MAX {
            return Err(BadBundle::Damaged { from: start, to: start + 8 });
        }
        let mut payload = vec![0; length as usize];
        if self.fill(&mut payload)? < payload.len() {
            return Err(BadBundle::Truncated { at: self.at });
        }
        let hash = piece_hash(self.number, &payload);
        if frame[8..] != hash {
            return Err(BadBundle::Damaged { from: start + 8, to: self.at });
        }
        self.number += 1;
        match BundlePiece::decode(Bytes::from(payload)) {
            Ok(BundlePiece { piece: Some(piece) }) => Ok((hash, piece)),
            Ok(_) | Err(_) => Err(BadBundle::Misplaced { at: start }),
        }
    }

    fn end(&mut self) -> Result<(), BadBundle> {
        let at = self.at;
        if self.fill(&mut [0])? == 0 { Ok(()) } else { Err(BadBundle::Trailing { at }) }
    }

    /// Reads until the buffer is full or the file ends; gives how much.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, BadBundle> {
        let mut got = 0;
        while got < buffer.len() {
            match self.from.read(&mut buffer[got..]) {
                Ok(0) => break,
                Ok(n) => got += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(BadBundle::Io(e)),
            }
        }
        self.whole.update(&buffer[..got]);
        self.at += got as u64;
        Ok(got)
    }
}
