//! Reading a backup: what it is of, whether it is whole, what is in it.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use sha2::{Digest, Sha256};
use tar::{Archive, Entry};
use zeroize::Zeroizing;

use super::write::Hashed;
use super::{
    BLOBS, CHUNK_BYTES, DATABASE, FORMAT, HEAD, HEAD_BYTES_MAX, Head, KEYS_BYTES_MAX, KEYS_CLEAR, KEYS_SEALED, PARTS,
    PARTS_BYTES_MAX, Part, Parts, WINDOW_LOG_MAX,
};
use crate::Told;
use crate::folder::io;

/// The first bytes of every zstd frame.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

type Zstd = zstd::stream::read::Decoder<'static, BufReader<Counted>>;

/// A backup of which the first two members were read.
pub(super) struct Opened {
    /// What it is of.
    pub head: Head,
    /// The key folder, as it stands in the file.
    pub keys: Zeroizing<Vec<u8>>,
    path: PathBuf,
    length: u64,
}

/// How far reading is: bytes, of how many.
type Each<'a> = dyn FnMut(u64, u64) + 'a;

impl Opened {
    /// Opens a file and reads what it is of.
    pub fn of(path: &Path) -> Result<Self, Told> {
        let length = std::fs::metadata(path).map_err(|e| io(path, &e))?.len();
        let mut magic = [0; 4];
        let begun = File::open(path).map_err(|e| io(path, &e))?.read_exact(&mut magic);
        if begun.is_err() || magic != ZSTD_MAGIC {
            return Err(no_backup(path));
        }
        let (mut archive, at) = archive(path)?;
        let torn = |_: std::io::Error| damaged(path, at.get(), "không đọc được phần đầu");
        let mut entries = archive.entries().map_err(torn)?;
        let mut first = entries.next().ok_or_else(|| no_backup(path))?.map_err(torn)?;
        if name_of(&first).as_deref() != Some(HEAD) {
            return Err(no_backup(path));
        }
        let bytes = short(&mut first, HEAD_BYTES_MAX).map_err(torn)?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| no_backup(path))?;
        if value["format"].as_u64().is_some_and(|format| format > u64::from(FORMAT)) {
            return Err(Told::new(
                format!("Bản sao lưu {} do bản Kẻng mới hơn ghi.", path.display()),
                "Chưa thay gì.",
                "Hãy cài bản Kẻng mới hơn.",
            ));
        }
        let head: Head = serde_json::from_value(value).map_err(|_| no_backup(path))?;
        let name = if head.keys_sealed { KEYS_SEALED } else { KEYS_CLEAR };
        let missing = || damaged(path, at.get(), "thiếu phần khóa");
        let mut second = entries.next().ok_or_else(missing)?.map_err(torn)?;
        if name_of(&second).as_deref() != Some(name) {
            return Err(missing());
        }
        let keys = Zeroizing::new(short(&mut second, KEYS_BYTES_MAX).map_err(torn)?);
        Ok(Self { head, keys, path: path.to_owned(), length })
    }

    /// Reads everything and compares it with the list of hashes.
    pub fn verify(&self, each: &mut Each<'_>) -> Result<(), Told> {
        self.members(None, each)
    }

    /// Unpacks database and blobs into `folder`, which is empty, and compares every member with the
    /// list of hashes.
    pub fn unpack(&self, folder: &Path, each: &mut Each<'_>) -> Result<(), Told> {
        self.members(Some(folder), each)
    }

    fn damaged(&self, at: u64, what: &str) -> Told {
        damaged(&self.path, at, what)
    }

    fn members(&self, into: Option<&Path>, each: &mut Each<'_>) -> Result<(), Told> {
        let (mut archive, at) = archive(&self.path)?;
        let torn = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::StorageFull => io(&self.path, &e),
            _ => self.damaged(at.get(), "tệp bị cắt ngắn hoặc bị hỏng"),
        };
        let (mut seen, mut listed) = (Parts::default(), None);
        for entry in archive.entries().map_err(torn)? {
            let mut entry = entry.map_err(torn)?;
            let name = name_of(&entry).filter(|_| entry.header().entry_type().is_file() && listed.is_none());
            let Some(name) = name else { return Err(self.damaged(at.get(), "có thành phần lạ")) };
            if name == PARTS {
                let bytes = short(&mut entry, PARTS_BYTES_MAX).map_err(torn)?;
                let list = serde_json::from_slice::<Parts>(&bytes);
                listed = Some(list.map_err(|_| self.damaged(at.get(), "danh sách thành phần không đọc được"))?);
                continue;
            }
            let each = &mut |_| each(at.get(), self.length);
            let mut hashed = Hashed { from: &mut entry, hasher: Sha256::new(), bytes: 0, each };
            let target = match place_of(&name) {
                Place::Nowhere => return Err(self.damaged(at.get(), "có thành phần lạ")),
                Place::Aside => None,
                Place::File(place) => into.map(|folder| folder.join(place)),
            };
            match target {
                None => std::io::copy(&mut hashed, &mut std::io::sink()).map(|_| ()).map_err(torn)?,
                Some(target) => write_new(&target, &mut hashed).map_err(|e| match e {
                    Moved::Read(e) => torn(e),
                    Moved::Write(e) => io(&target, &e),
                })?,
            }
            let (bytes, sha256) = (hashed.bytes, hex::encode(hashed.hasher.finalize()));
            seen.parts.push(Part { name, bytes, sha256 });
        }
        // What follows the archive: a cut frame, or a checksum that is not the content's.
        std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(torn)?;
        self.compare(&seen, listed.as_ref(), at.get())
    }

    fn compare(&self, seen: &Parts, listed: Option<&Parts>, at: u64) -> Result<(), Told> {
        let Some(listed) = listed else { return Err(self.damaged(at, "tệp bị cắt ngắn")) };
        if seen != listed {
            let odd = seen.parts.iter().zip(&listed.parts).find(|(is, should)| is != should);
            let name = odd.map_or("thành phần cuối", |(is, _)| is.name.as_str());
            return Err(self.damaged(at, &format!("{name} không khớp mã kiểm tra")));
        }
        match seen.parts.iter().any(|part| part.name == DATABASE) {
            true => Ok(()),
            false => Err(self.damaged(at, "thiếu cơ sở dữ liệu")),
        }
    }
}

fn archive(path: &Path) -> Result<(Archive<Zstd>, Rc<Cell<u64>>), Told> {
    let at = Rc::new(Cell::new(0));
    let file = File::open(path).map_err(|e| io(path, &e))?;
    let mut zstd = zstd::stream::read::Decoder::new(Counted { file, at: Rc::clone(&at) }).map_err(|e| io(path, &e))?;
    zstd.window_log_max(WINDOW_LOG_MAX).map_err(|e| io(path, &e))?;
    Ok((Archive::new(zstd), at))
}

fn no_backup(path: &Path) -> Told {
    Told::new(
        format!("Tệp {} không phải bản sao lưu của Kẻng.", path.display()),
        "Chưa thay gì.",
        "Hãy kiểm tra tên tệp.",
    )
}

fn damaged(path: &Path, at: u64, what: &str) -> Told {
    Told::new(
        format!("Bản sao lưu {} bị hỏng ở khoảng byte thứ {at}: {what}.", path.display()),
        "Chưa thay gì.",
        "Hãy chép lại tệp từ nơi cất giữ, hoặc dùng bản sao lưu khác.",
    )
}

fn name_of<R: Read>(entry: &Entry<'_, R>) -> Option<String> {
    entry.path().ok()?.to_str().map(str::to_owned)
}

/// A member that is kept in memory.
fn short(from: &mut impl Read, bytes_max: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max { Err(std::io::Error::other("too long")) } else { Ok(bytes) }
}

/// Where a member goes.
enum Place {
    /// To this file of the data folder.
    File(PathBuf),
    /// It was read before.
    Aside,
    /// It is none of ours.
    Nowhere,
}

fn place_of(name: &str) -> Place {
    let path = Path::new(name);
    let plain = path.components().all(|c| matches!(c, Component::Normal(_)));
    match name {
        HEAD | KEYS_CLEAR | KEYS_SEALED => Place::Aside,
        DATABASE => Place::File(path.to_owned()),
        _ if plain && path.starts_with(BLOBS) && path != Path::new(BLOBS) => Place::File(path.to_owned()),
        _ => Place::Nowhere,
    }
}

enum Moved {
    Read(std::io::Error),
    Write(std::io::Error),
}

fn write_new(target: &Path, from: &mut impl Read) -> Result<(), Moved> {
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent).map_err(Moved::Write)?;
    }
    let mut file = File::create_new(target).map_err(Moved::Write)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let n = from.read(&mut chunk).map_err(Moved::Read)?;
        if n == 0 {
            return file.sync_all().map_err(Moved::Write);
        }
        file.write_all(&chunk[..n]).map_err(Moved::Write)?;
    }
}

/// A file that knows how far it was read.
struct Counted {
    file: File,
    at: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.at.set(self.at.get() + n as u64);
        Ok(n)
    }
}
