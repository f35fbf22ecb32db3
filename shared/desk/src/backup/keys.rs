//! The key folder as one member: a small tar, sealed with a passphrase where there is one.

use std::io::{Read, Write};
use std::path::Path;

use age::scrypt;
use zeroize::Zeroizing;

use super::passphrase::Passphrase;
use super::{KEYS_BYTES_MAX, KEYS_CLEAR, KEYS_SEALED};
use crate::Told;
use crate::folder::Keys;

/// scrypt with N = 2^16 and 64 MiB: half a second for us, and as much for every guess.
const WORK: u8 = 16;
/// The most that a file may ask of us: 1 GiB and some ten seconds.
const WORK_MAX: u8 = 20;

/// Packs the key folder.
pub(super) fn pack(data: &Path, passphrase: Option<&Passphrase>) -> Result<(&'static str, Vec<u8>), Told> {
    let clear = Zeroizing::new(archive(data)?);
    let Some(passphrase) = passphrase else { return Ok((KEYS_CLEAR, clear.to_vec())) };
    let mut recipient = scrypt::Recipient::new(passphrase.secret());
    recipient.set_work_factor(WORK);
    let seal = || -> Result<Vec<u8>, String> {
        let sealing = age::Encryptor::with_recipients(std::iter::once(&recipient as _)).map_err(|e| e.to_string())?;
        let mut sealed = Vec::new();
        let mut out = sealing.wrap_output(&mut sealed).map_err(|e| e.to_string())?;
        out.write_all(&clear).and_then(|()| out.finish().map(|_| ())).map_err(|e| e.to_string())?;
        Ok(sealed)
    };
    let sealed = seal().map_err(|e| Told::refused(format!("Không niêm được khóa: {e}.")))?;
    Ok((KEYS_SEALED, sealed))
}

fn archive(data: &Path) -> Result<Vec<u8>, Told> {
    let folder = Keys::of(data).folder().to_owned();
    let why = |e: std::io::Error| Told::refused(format!("Không đọc được thư mục khóa {}: {e}.", folder.display()));
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .and_then(|found| found.map(|entry| entry.map(|e| e.file_name())).collect::<Result<Vec<_>, _>>())
        .map_err(why)?;
    names.sort();
    let mut tar = tar::Builder::new(Vec::new());
    for name in names {
        let path = folder.join(&name);
        let bytes = Zeroizing::new(std::fs::read(&path).map_err(why)?);
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, &name, bytes.as_slice()).map_err(why)?;
    }
    tar.into_inner().map_err(why)
}

/// Opens a sealed member.
///
/// # Errors
/// With the wrong passphrase, or when it is damaged.
pub(super) fn unseal(sealed: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Told> {
    let damaged = || Told::new("Phần khóa trong bản sao lưu bị hỏng.", "Chưa thay gì.", "Hãy dùng bản sao lưu khác.");
    let mut identity = scrypt::Identity::new(passphrase.secret());
    identity.set_max_work_factor(WORK_MAX);
    let opening = age::Decryptor::new(sealed).map_err(|_| damaged())?;
    let mut clear = Zeroizing::new(Vec::new());
    let reader = opening.decrypt(std::iter::once(&identity as _)).map_err(|e| match e {
        age::DecryptError::DecryptionFailed
        | age::DecryptError::NoMatchingKeys
        | age::DecryptError::KeyDecryptionFailed => {
            Told::new("Mật khẩu của bản sao lưu không đúng.", "Chưa thay gì.", "Hãy kiểm tra mật khẩu rồi làm lại.")
        }
        _ => damaged(),
    })?;
    reader.take(KEYS_BYTES_MAX).read_to_end(&mut clear).map_err(|_| damaged())?;
    Ok(clear)
}

/// Writes the keys of a member into a data folder.
pub(super) fn unpack(clear: &[u8], data: &Path) -> Result<(), Told> {
    let keys = Keys::of(data);
    let odd =
        || Told::new("Phần khóa trong bản sao lưu không đúng dạng.", "Chưa thay gì.", "Hãy dùng bản sao lưu khác.");
    let mut archive = tar::Archive::new(clear);
    for entry in archive.entries().map_err(|_| odd())? {
        let mut entry = entry.map_err(|_| odd())?;
        let name = entry.path().map_err(|_| odd())?.to_str().map(str::to_owned).ok_or_else(odd)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || ['.', '-', '_'].contains(&c);
        if !entry.header().entry_type().is_file() || name.starts_with('.') || !name.chars().all(plain) {
            return Err(odd());
        }
        let mut bytes = Zeroizing::new(Vec::new());
        entry.read_to_end(&mut bytes).map_err(|_| odd())?;
        keys.write(&name, &bytes)?;
    }
    Ok(())
}
