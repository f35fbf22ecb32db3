//! Looks into the zip of an `.xlsx` or `.ods` before the reader does: bombs, lies about sizes, formats
//! that only look alike.
//!
//! The reader trusts what the file says of itself: it reserves memory for as many texts as the
//! file claims, and unpacks whatever a part contains. Running out of memory ends the program
//! and cannot be caught, so everything that could lead there is checked here.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::limits::Limits;
use super::unreadable::{Lookalike, Unreadable};

/// Which workbook a zip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Package {
    /// `.xlsx`.
    Excel,
    /// `.ods`.
    OpenDocument,
}

/// Checks every part of the package.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<Package, Unreadable> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
    let package = kind(&mut zip)?;
    let bomb = Unreadable::UnpacksTooLarge { bytes_max: limits.unpacked_bytes };
    let mut declared = 0_u64;
    for i in 0..zip.len() {
        declared = declared.saturating_add(zip.by_index_raw(i).map_err(|e| damaged(&e))?.size());
        if declared > limits.unpacked_bytes {
            return Err(bomb);
        }
    }
    // Sizes are claims. One unpacking finds out, with a bound, what the reader would meet.
    let mut left = limits.unpacked_bytes;
    let mut part = Vec::new();
    for i in 0..zip.len() {
        let file = zip.by_index(i).map_err(|e| damaged(&e))?;
        let name = file.name().map_err(|e| damaged(&e))?.replace('\\', "/").to_ascii_lowercase();
        part.clear();
        let n = file.take(left + 1).read_to_end(&mut part).map_err(|e| damaged(&ZipError::Io(e)))? as u64;
        if n > left {
            return Err(bomb);
        }
        left -= n;
        check_part(&name, &part, limits)?;
    }
    Ok(package)
}

/// Tells a workbook from the other formats that are zips.
fn kind(zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<Package, Unreadable> {
    let names: Vec<String> =
        (zip.file_names().filter_map(Result::ok)).map(|n| n.replace('\\', "/").to_ascii_lowercase()).collect();
    let has = |end: &str| names.iter().any(|n| n.ends_with(end));
    let lookalike = match () {
        () if has("workbook.xml") => return Ok(Package::Excel),
        () if has("workbook.bin") => Lookalike::BinaryWorkbook,
        () if has("word/document.xml") => Lookalike::Word,
        () if has("content.xml") => return open_document(zip),
        // A workbook may give its main part another name; what is no workbook fails later.
        () if has("[content_types].xml") => return Ok(Package::Excel),
        () => Lookalike::Unknown,
    };
    Err(Unreadable::NoSpreadsheet(lookalike))
}

/// An OpenDocument: a spreadsheet, or a text, a drawing.
fn open_document(zip: &mut ZipArchive<Cursor<&[u8]>>) -> Result<Package, Unreadable> {
    let mut start = |name: &str| {
        let mut text = Vec::new();
        // A manifest is as long as the number of its parts; the first part of an encrypted one is.
        let read = zip.by_name(name).map(|part| part.take(64 * 1024).read_to_end(&mut text));
        if read.is_ok_and(|n| n.is_ok()) { text } else { Vec::new() }
    };
    let contains = |text: &[u8], word: &[u8]| text.windows(word.len()).any(|w| w == word);
    if contains(&start("META-INF/manifest.xml"), b"manifest:encryption-data") {
        return Err(Unreadable::Locked);
    }
    match contains(&start("mimetype"), b"opendocument.spreadsheet") {
        true => Ok(Package::OpenDocument),
        false => Err(Unreadable::NoSpreadsheet(Lookalike::OpenDocument)),
    }
}

/// Checks one unpacked part: what it claims and how many things it makes the reader keep.
fn check_part(name: &str, part: &[u8], limits: &Limits) -> Result<(), Unreadable> {
    if !(name.ends_with(".xml") || name.ends_with(".rels")) {
        return Ok(());
    }
    // Excel writes UTF-8. In UTF-16 the claims below would be hidden from this search.
    if part.iter().take(1024).any(|b| *b == 0) {
        return Err(Unreadable::Damaged { detail: format!("{name} is not UTF-8") });
    }
    let kept_whole = ["sharedstrings.xml", "styles.xml", "workbook.xml"].iter().any(|end| name.ends_with(end));
    // The sheets of an OpenDocument are measured in `open_document`.
    let is_sheet = (name.contains("worksheets/") || name == "content.xml") && !kept_whole;
    let mut tags = 0_usize;
    for (i, byte) in part.iter().enumerate() {
        match byte {
            b'<' => tags += 1,
            b'u' if part[i..].starts_with(b"uniqueCount") && claim(&part[i..]) > part.len() as u64 => {
                return Err(Unreadable::Damaged { detail: format!("{name} claims more texts than it has bytes") });
            }
            _ => {}
        }
    }
    if tags > limits.tags && !is_sheet {
        return Err(Unreadable::TooManyCells { cells_max: limits.cells });
    }
    Ok(())
}

/// The number in `uniqueCount="12"`; zero where there is none.
fn claim(text: &[u8]) -> u64 {
    text.iter()
        .skip("uniqueCount".len())
        .skip_while(|b| !b.is_ascii_digit())
        .take_while(|b| b.is_ascii_digit())
        .fold(0_u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0')))
}

fn damaged(error: &ZipError) -> Unreadable {
    Unreadable::Damaged { detail: error.to_string() }
}
