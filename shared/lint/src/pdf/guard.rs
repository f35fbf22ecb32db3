//! Looks for bombs in the bytes before the reader unpacks anything: it keeps what it unpacks, and
//! running out of memory cannot be caught.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::Unreadable;
use crate::limits::{PARTS_MAX, UNPACKED_BYTES_MAX};

/// Unpacks every stream once and keeps nothing of it.
pub fn check(bytes: &[u8]) -> Result<(), Unreadable> {
    if positions(bytes, b"/Encrypt").any(|at| bytes.get(at + 8) != Some(&b'M')) {
        return Err(Unreadable::Encrypted);
    }
    let mut left = UNPACKED_BYTES_MAX;
    for (n, at) in positions(bytes, b"stream").enumerate() {
        if n > 2 * PARTS_MAX {
            return Err(too_large());
        }
        let data = &bytes[at + b"stream".len()..];
        let data = data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n")).unwrap_or(data);
        // A stream may be packed twice; no honest program packs it three times.
        for packed in [1, 2] {
            if !is_zlib(data) {
                break;
            }
            let once = ZlibDecoder::new(data);
            left = match packed {
                1 => spend(once, left)?,
                _ => spend(ZlibDecoder::new(once), left)?,
            };
        }
    }
    Ok(())
}

/// What a file costs that unpacks to more than is read.
pub fn too_large() -> Unreadable {
    Unreadable::UnpacksTooLarge { max: UNPACKED_BYTES_MAX }
}

fn is_zlib(data: &[u8]) -> bool {
    matches!(data, [cmf, flg, ..] if cmf & 0x0f == 8 && (u16::from(*cmf) * 256 + u16::from(*flg)).is_multiple_of(31))
}

/// Reads to the end, or to the first fault, which the reader will meet too.
fn spend(mut from: impl Read, left: u64) -> Result<u64, Unreadable> {
    let mut buffer = [0; 16 << 10];
    let mut left = left;
    while let Ok(n) = from.read(&mut buffer) {
        if n == 0 {
            break;
        }
        left = left.checked_sub(n as u64).ok_or_else(too_large)?;
    }
    Ok(left)
}

fn positions<'a>(bytes: &'a [u8], key: &'static [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(key.len()).enumerate().filter(move |(_, w)| *w == key).map(|(at, _)| at)
}
