//! Sealing bundles to a hub, as age files (age-encryption.org/v1, X25519): sticks get lost.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;

use age::secrecy::ExposeSecret;
pub use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, Encryptor};

use crate::Told;
use crate::folder::Keys;

/// The hub's age identity in its key folder, as age writes it.
const SEAL_KEY: &str = "seal.key";

/// What every sealed file begins with.
pub const MAGIC: &[u8] = b"age-encryption.org/v1\n";

/// Plain bytes of one chunk of an age file, and what authenticates it.
const CHUNK_BYTES: u64 = 64 * 1024;
const TAG_BYTES: u64 = 16;

/// The header of an age file with one recipient and one grease stanza takes some 400 bytes. It is
/// read before anything is authenticated, and its reader starts over for every few bytes.
const HEADER_BYTES_MAX: u64 = 4 * 1024;

/// The hub's identity; made when there is none yet.
///
/// # Errors
/// When the key folder cannot be read or written.
pub fn identity(keys: &Keys) -> Result<Identity, Told> {
    keys.write_once(SEAL_KEY, Identity::generate().to_string().expose_secret().as_bytes())?;
    keys.read_text(SEAL_KEY)?.trim().parse().map_err(|_| crate::folder::damaged(SEAL_KEY))
}

/// To whom nodes seal what they send to this hub; the identity is made when there is none yet.
///
/// # Errors
/// When the key folder cannot be read or written.
pub fn recipient(keys: &Keys) -> Result<String, Told> {
    Ok(identity(keys)?.to_public().to_string())
}

/// At most how many bytes a sealed file has for so many plain ones.
#[must_use]
pub fn sealed_bytes(plain: u64) -> u64 {
    HEADER_BYTES_MAX / 4 + plain + (plain / CHUNK_BYTES + 2) * TAG_BYTES
}

/// A file that is sealed while it is written; whole after `finish`.
pub type Sealing<W> = age::stream::StreamWriter<W>;

/// Seals what is written to `out`.
///
/// # Errors
/// What `out` says.
pub fn seal<W: Write>(to: &Recipient, out: W) -> io::Result<Sealing<W>> {
    let recipients = std::iter::once(to as &dyn age::Recipient);
    Encryptor::with_recipients(recipients).map_err(io::Error::other)?.wrap_output(out)
}

/// Why a sealed file cannot be opened; travels inside an [`io::Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Sealed to another key, or the bytes up to `to` are damaged: nobody can tell without the key.
    #[error("sealed to another key, or damaged within the first {to} bytes")]
    WrongKey {
        /// The end of its header.
        to: u64,
    },
    /// These bytes are not those that were written, or some after them are missing.
    #[error("damaged or cut between byte {from} and byte {to}")]
    Damaged {
        /// The first byte of the part that does not verify.
        from: u64,
        /// The byte after its last.
        to: u64,
    },
}

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        Self::other(broken)
    }
}

/// Opens a sealed file.
///
/// # Errors
/// [`Broken`] inside, or what `from` says.
pub fn unseal<R: Read>(with: &Identity, from: R) -> io::Result<Unsealed<R>> {
    let count = Count::default();
    count.limit.set(HEADER_BYTES_MAX);
    let counted = Counted { from, count: count.clone() };
    let damaged = |e: DecryptError| match e {
        DecryptError::Io(e) if e.kind() != io::ErrorKind::UnexpectedEof && e.kind() != io::ErrorKind::InvalidData => e,
        DecryptError::NoMatchingKeys => Broken::WrongKey { to: count.read.get() }.into(),
        _ => Broken::Damaged { from: 0, to: count.read.get() }.into(),
    };
    let stream = Decryptor::new(counted)
        .and_then(|decryptor| decryptor.decrypt(std::iter::once(with as &dyn age::Identity)))
        .map_err(damaged)?;
    count.limit.set(u64::MAX);
    Ok(Unsealed { stream, header: count.read.get(), plain: 0, count })
}

/// The plain bytes of a sealed file. Every byte that comes out is authenticated.
pub struct Unsealed<R: Read> {
    stream: age::stream::StreamReader<Counted<R>>,
    /// Bytes before the first chunk.
    header: u64,
    plain: u64,
    count: Count,
}

impl<R: Read> Read for Unsealed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(buffer) {
            Ok(n) => {
                self.plain += n as u64;
                Ok(n)
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) => {
                // All chunks before this one have been given out whole.
                let from = self.header + self.plain / CHUNK_BYTES * (CHUNK_BYTES + TAG_BYTES);
                Err(Broken::Damaged { from, to: self.count.read.get().max(from) }.into())
            }
            Err(e) => Err(e),
        }
    }
}

/// How far a file has been read, and how far it may be.
#[derive(Debug, Clone, Default)]
struct Count {
    read: Rc<Cell<u64>>,
    limit: Rc<Cell<u64>>,
}

struct Counted<R> {
    from: R,
    count: Count,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.count.read.get() >= self.count.limit.get() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the header of the sealed file has no end"));
        }
        let n = self.from.read(buffer)?;
        self.count.read.set(self.count.read.get() + n as u64);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::{Broken, Identity, MAGIC, seal, sealed_bytes, unseal};
    use std::io::{self, Read, Write};

    fn sealed(to: &Identity, plain: &[u8]) -> Vec<u8> {
        let mut writer = seal(&to.to_public(), Vec::new()).unwrap();
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn open(with: &Identity, file: &[u8]) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        unseal(with, file)?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    fn broken(outcome: &io::Result<Vec<u8>>) -> Broken {
        let error = outcome.as_ref().unwrap_err();
        *error.get_ref().and_then(|inner| inner.downcast_ref()).unwrap_or_else(|| panic!("{error}"))
    }

    #[test]
    fn only_the_hub_opens_what_is_sealed_to_it() {
        let (hub, other) = (Identity::generate(), Identity::generate());
        for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            let plain = vec![7; length];
            let file = sealed(&hub, &plain);
            assert!(file.starts_with(MAGIC) && file.len() as u64 <= sealed_bytes(length as u64), "{}", file.len());
            assert_eq!(open(&hub, &file).unwrap(), plain);
            assert!(matches!(broken(&open(&other, &file)), Broken::WrongKey { .. }));
        }
    }

    #[test]
    fn damage_in_a_sealed_file_is_named_by_its_chunk() {
        let hub = Identity::generate();
        let file = sealed(&hub, &vec![7; 150_000]);
        let body = file.len() - 150_000 - 3 * 16;
        for at in [0, 30, 100, body - 1, body, body + 65_551, body + 65_552, body + 140_000, file.len() - 1] {
            let mut damaged = file.clone();
            damaged[at] ^= 4;
            let (from, to) = match broken(&open(&hub, &damaged)) {
                Broken::Damaged { from, to } => (from, to),
                Broken::WrongKey { to } => (0, to),
            };
            // A damaged nonce shows up in the first chunk.
            assert!((from..to).contains(&(at as u64)) || at < body && from <= body as u64, "{at}: {from}..{to}");
        }
        for length in [1, 40, body, body + 65_552, file.len() - 1] {
            match broken(&open(&hub, &file[..length])) {
                Broken::Damaged { to, .. } => assert_eq!(to, length as u64, "cut at {length}"),
                other @ Broken::WrongKey { .. } => panic!("cut at {length}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_header_without_end_costs_no_memory() {
        let endless = io::repeat(b'a').take(1 << 40);
        let file = io::Cursor::new(b"age-encryption.org/v1\n-> ").chain(endless);
        let outcome = unseal(&Identity::generate(), file).map(|_| Vec::new());
        assert!(matches!(broken(&outcome), Broken::Damaged { to, .. } if to < 10_000));
    }
}
