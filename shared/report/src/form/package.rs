//! The zip of a workbook, unpacked within limits and packed again.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::BadTemplate;

/// 4 MiB: a form of four sheets is 20 KB, with a coat of arms ten times that.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// 16 MiB: honest workbooks unpack to ten times their size, bombs to a thousand times.
pub const UNPACKED_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// 4 MiB of XML in one part: what it is read into takes some fifteen times as much.
const XML_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Parts of the package; a form has some twenty.
const PARTS_MAX: usize = 1_000;

/// The magic of compound files: an `.xls`, or an `.xlsx` that is encrypted.
const COMPOUND: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
/// The kind of the main part of an `.xlsx`; of one with macros and of an `.xltx` it is another.
const MAIN: &str = "spreadsheetml.sheet.main+xml";

/// A checked package: every part unpacks within the limits.
#[derive(Debug, Clone)]
pub struct Package {
    bytes: Vec<u8>,
}

impl Package {
    /// Unpacks everything once, to know that it can be.
    pub fn read(bytes: Vec<u8>) -> Result<Self, BadTemplate> {
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(BadTemplate::TooLarge { max: FILE_BYTES_MAX });
        }
        if bytes.starts_with(COMPOUND) {
            return Err(BadTemplate::OldOrLocked);
        }
        if !bytes.starts_with(b"PK") {
            return Err(BadTemplate::NotXlsx);
        }
        let bomb = BadTemplate::UnpacksTooLarge { max: UNPACKED_BYTES_MAX };
        let mut zip = ZipArchive::new(Cursor::new(&bytes[..])).map_err(|e| damaged(&e))?;
        if zip.len() > PARTS_MAX {
            return Err(bomb);
        }
        let (mut left, mut buffer) = (UNPACKED_BYTES_MAX, vec![0; 64 * 1024]);
        for at in 0..zip.len() {
            let mut part = zip.by_index(at).map_err(|e| damaged(&e))?;
            let name = part.name().map_err(|e| damaged(&e))?.to_ascii_lowercase();
            if name.ends_with("vbaproject.bin") || name.contains("/macrosheets/") {
                return Err(BadTemplate::Macros { part: name });
            }
            // Sizes in the directory are claims; only unpacking tells.
            loop {
                let n = part.read(&mut buffer).map_err(|e| damaged(&ZipError::Io(e)))?;
                if n == 0 {
                    break;
                }
                left = left.checked_sub(n as u64).ok_or_else(|| bomb.clone())?;
            }
        }
        let package = Self { bytes };
        package.check_kind()?;
        Ok(package)
    }

    fn check_kind(&self) -> Result<(), BadTemplate> {
        let kinds = self.text(CONTENT_TYPES)?.ok_or(BadTemplate::NotXlsx)?;
        if kinds.contains("macroEnabled") {
            return Err(BadTemplate::Macros { part: CONTENT_TYPES.to_owned() });
        }
        if kinds.contains(MAIN) { Ok(()) } else { Err(BadTemplate::NotXlsx) }
    }

    /// A part as text; `None` when there is none of this name.
    pub fn text(&self, name: &str) -> Result<Option<String>, BadTemplate> {
        let mut zip = ZipArchive::new(Cursor::new(&self.bytes[..])).map_err(|e| damaged(&e))?;
        let part = match zip.by_name(name) {
            Err(ZipError::FileNotFound) => return Ok(None),
            part => part.map_err(|e| damaged(&e))?,
        };
        let mut text = Vec::new();
        part.take(XML_BYTES_MAX as u64 + 1).read_to_end(&mut text).map_err(|e| damaged(&ZipError::Io(e)))?;
        if text.len() > XML_BYTES_MAX {
            return Err(BadTemplate::UnpacksTooLarge { max: XML_BYTES_MAX as u64 });
        }
        String::from_utf8(text).map(Some).map_err(|_| BadTemplate::Damaged(format!("{name} is not UTF-8")))
    }

    /// A part that must be there.
    pub fn part(&self, name: &str) -> Result<String, BadTemplate> {
        self.text(name)?.ok_or_else(|| BadTemplate::Damaged(format!("{name} is missing")))
    }

    /// Names of all parts.
    pub fn names(&self) -> Result<Vec<String>, BadTemplate> {
        let zip = ZipArchive::new(Cursor::new(&self.bytes[..])).map_err(|e| damaged(&e))?;
        zip.file_names().map(|name| name.map(std::borrow::Cow::into_owned).map_err(|e| damaged(&e))).collect()
    }

    /// Packs it again with some parts changed, or left out where the new text is `None`. Other parts are
    /// copied as they lie, compressed; changed ones carry 1980-01-01, the zero of the format, never the clock.
    pub fn with(&self, changed: &BTreeMap<String, Option<String>>) -> Result<Vec<u8>, ZipError> {
        let mut from = ZipArchive::new(Cursor::new(&self.bytes[..]))?;
        let mut to = ZipWriter::new(Cursor::new(Vec::with_capacity(self.bytes.len())));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        for at in 0..from.len() {
            let part = from.by_index_raw(at)?;
            let name = part.name()?.into_owned();
            match changed.get(&name) {
                Some(None) => {}
                Some(Some(text)) => {
                    to.start_file(name, options)?;
                    to.write_all(text.as_bytes())?;
                }
                None => to.raw_copy_file(part)?,
            }
        }
        Ok(to.finish()?.into_inner())
    }
}

/// The part that says what every other one is.
pub const CONTENT_TYPES: &str = "[Content_Types].xml";

fn damaged(error: &ZipError) -> BadTemplate {
    BadTemplate::Damaged(error.to_string())
}
