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

/// A backup of which the first member was read.
pub(super) struct Opened {
    /// What it is of.
    pub head: Head,
    path: PathBuf,
    length: u64,
}

/// What was unpacked beside the files.
pub(super) struct Unpacked {
    /// The member with the keys.
    pub keys: Zeroizing<Vec<u8>>,
    /// Whether it is sealed.
    pub sealed: bool,
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
        let torn = |_| damaged(path, at.get(), "không đọc được phần đầu");
        let mut first = archive.entries().map_err(torn)?.next().ok_or_else(|| no_backup(path))?.map_err(torn)?;
        if name_of(&first).as_deref() != Some(HEAD) {
            return Err(no_backup(path));
        }
        let bytes =
            short(&mut first, HEAD_BYTES_MAX).map_err(|_| damaged(path, at.get(), "không đọc được phần đầu"))?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| no_backup(path))?;
        if value["format"].as_u64().is_some_and(|format| format > u64::from(FORMAT)) {
            return Err(Told::new(
                format!("Bản sao lưu {} do bản Kẻng mới hơn ghi.", path.display()),
                "Chưa thay gì.",
                "Hãy cài bản Kẻng mới hơn.",
            ));
        }
        let head = serde_json::from_value(value).map_err(|_| no_backup(path))?;
        Ok(Self { head, path: path.to_owned(), length })
    }

    /// Reads everything and compares it with the list of hashes.
    pub fn verify(&self, each: &mut Each<'_>) -> Result<(), Told> {
        self.members(None, each).map(|_| ())
    }

    /// Unpacks database and blobs into `folder`, which is empty, and compares every member with the
    /// list of hashes.
    pub fn unpack(&self, folder: &Path, each: &mut Each<'_>) -> Result<Unpacked, Told> {
        self.members(Some(folder), each)?.ok_or_else(|| self.damaged(self.length, "thiếu phần khóa"))
    }

    fn damaged(&self, at: u64, what: &str) -> Told {
        damaged(&self.path, at, what)
    }

    fn members(&self, into: Option<&Path>, each: &mut Each<'_>) -> Result<Option<Unpacked>, Told> {
        let (mut archive, at) = archive(&self.path)?;
        let torn = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::StorageFull => io(&self.path, &e),
            _ => self.damaged(at.get(), "tệp bị cắt ngắn hoặc bị hỏng"),
        };
        let (mut seen, mut listed, mut keys, mut has_database) = (Parts::default(), None, None, false);
        for entry in archive.entries().map_err(torn)? {
            let mut entry = entry.map_err(torn)?;
            let name = name_of(&entry).filter(|_| entry.header().entry_type().is_file() && listed.is_none());
            let Some(name) = name else { return Err(self.damaged(at.get(), "có thành phần lạ")) };
            if name == PARTS {
                let bytes = short(&mut entry, PARTS_BYTES_MAX).map_err(torn)?;
                listed = serde_json::from_slice::<Parts>(&bytes).ok();
                if listed.is_none() {
                    return Err(self.damaged(at.get(), "danh sách thành phần không đọc được"));
                }
                continue;
            }
            has_database |= name == DATABASE;
            let mut hashed = Hashed {
                from: &mut entry,
                hasher: Sha256::new(),
                bytes: 0,
                each: &mut |_| each(at.get(), self.length),
            };
            if name == KEYS_CLEAR || name == KEYS_SEALED {
                let bytes = Zeroizing::new(short(&mut hashed, KEYS_BYTES_MAX).map_err(torn)?);
                keys = Some(Unpacked { keys: bytes, sealed: name == KEYS_SEALED });
            } else {
                let target = match place_of(&name) {
                    Some(place) => into.filter(|_| name != HEAD).map(|folder| folder.join(place)),
                    None => return Err(self.damaged(at.get(), "có thành phần lạ")),
                };
                match target {
                    Some(target) => write_new(&target, &mut hashed).map_err(|e| match e {
                        Moved::Read(e) => torn(e),
                        Moved::Write(e) => io(&target, &e),
                    })?,
                    None => std::io::copy(&mut hashed, &mut std::io::sink()).map(|_| ()).map_err(torn)?,
                }
            }
            let (bytes, sha256) = (hashed.bytes, hex::encode(hashed.hasher.finalize()));
            seen.parts.push(Part { name, bytes, sha256 });
        }
        // What follows the archive: a cut frame, or a checksum that is not the content's.
        std::io::copy(&mut archive.into_inner(), &mut std::io::sink()).map_err(torn)?;
        match listed {
            None => Err(self.damaged(at.get(), "tệp bị cắt ngắn")),
            Some(_) if !has_database => Err(self.damaged(at.get(), "thiếu cơ sở dữ liệu")),
            Some(listed) if listed != seen => {
                let odd = seen.parts.iter().zip(&listed.parts).find(|(is, should)| is != should);
                let name = odd.map_or("thành phần cuối", |(is, _)| is.name.as_str());
                Err(self.damaged(at.get(), &format!("{name} không khớp mã kiểm tra")))
            }
            Some(_) => Ok(keys),
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

/// Where a member goes in a data folder; `None`: nowhere, it is none of ours.
fn place_of(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    let plain = path.components().all(|c| matches!(c, Component::Normal(_)));
    let ours = name == HEAD || name == DATABASE || path.starts_with(BLOBS) && path != Path::new(BLOBS);
    (plain && ours).then(|| path.to_owned())
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
