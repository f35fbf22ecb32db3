//! Looks into a legacy `.xls` (BIFF8 in a compound file) before the reader does.
//!
//! The reader follows chains of sectors without an end, reserves memory for the dimensions that
//! a sheet claims and lays sheets out densely: one stray cell in a damaged file could cost
//! gigabytes, and running out of memory cannot be caught. So the stream of the workbook is
//! taken out by a reader that bounds its chains, measured record by record, and handed on
//! in a compound file of our own making.

use std::io::{Cursor, Read, Write};

use super::limits::Limits;
use super::unreadable::{Lookalike, Unreadable};

/// Records of BIFF8 that matter here (MS-XLS 2.3).
mod record {
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const BOF: u16 = 0x0809;
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const FILE_PASS: u16 = 0x002F;
    pub(super) const SST: u16 = 0x00FC;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const DIMENSIONS: u16 = 0x0200;
    pub(super) const LABEL_SST: u16 = 0x00FD;
    pub(super) const MUL_RK: u16 = 0x00BD;
    /// Formula, number, label, rich string, error, text of a formula, RK: all begin with row, column.
    pub(super) const CELLS: [u16; 6] = [0x0006, 0x0203, 0x0204, 0x00D6, 0x0205, 0x027E];
}

/// Rows and columns of a BIFF8 sheet.
const BIFF_ROWS: u32 = 65_536;
const BIFF_COLUMNS: u32 = 256;

/// Takes the workbook out of `bytes`, measures it, and packs it anew.
pub(super) fn repack(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Unreadable> {
    let stream = workbook_stream(bytes)?;
    measure(&stream, limits)?;
    let pack = || -> std::io::Result<Vec<u8>> {
        let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
        file.create_stream("/Workbook")?.write_all(&stream)?;
        file.flush()?;
        Ok(file.into_inner().into_inner())
    };
    pack().map_err(|e| damaged(&e.to_string()))
}

fn workbook_stream(bytes: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
    let Some(path) = ["/Workbook", "/Book"].into_iter().find(|p| file.is_stream(p)) else {
        return Err(match () {
            // An encrypted .xlsx is a compound file around the package.
            () if file.exists("/EncryptedPackage") => Unreadable::Locked,
            () if file.exists("/WordDocument") => Unreadable::NoSpreadsheet(Lookalike::Word),
            () => Unreadable::NoSpreadsheet(Lookalike::Unknown),
        });
    };
    let mut stream = Vec::new();
    let opened = file.open_stream(path).map_err(|e| damaged(&e.to_string()))?;
    // A stream cannot be longer than its file, whatever its directory entry says.
    opened.take(bytes.len() as u64).read_to_end(&mut stream).map_err(|e| damaged(&e.to_string()))?;
    Ok(stream)
}

/// Walks the records as the reader will, and refuses what would cost too much.
fn measure(stream: &[u8], limits: &Limits) -> Result<(), Unreadable> {
    let mut sheets = Vec::new();
    let mut texts = Vec::new();
    let mut records = Records { rest: stream }.peekable();
    while let Some((kind, data)) = records.next() {
        match kind {
            record::FILE_PASS if data.iter().any(|b| *b != 0) => return Err(Unreadable::Locked),
            record::BOUND_SHEET => {
                let at = data.get(..4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize);
                sheets.push(at.and_then(|at| stream.get(at..)).ok_or_else(|| damaged("a sheet beyond the end"))?);
            }
            record::SST => {
                let mut pieces = vec![data];
                while let Some((_, more)) = records.next_if(|(kind, _)| *kind == record::CONTINUE) {
                    pieces.push(more);
                }
                texts = text_lengths(&pieces);
            }
            record::EOF => break,
            _ => {}
        }
    }
    if sheets.len() > limits.sheets {
        return Err(Unreadable::TooManyCells { cells_max: limits.cells });
    }
    let mut cost = Cost::default();
    sheets.into_iter().try_for_each(|sheet| cost.add_sheet(sheet, &texts, limits))
}

/// What the sheets together will make the reader keep.
#[derive(Default)]
struct Cost {
    cells: usize,
    text_bytes: usize,
}

impl Cost {
    fn add_sheet(&mut self, sheet: &[u8], texts: &[usize], limits: &Limits) -> Result<(), Unreadable> {
        let too_many = Unreadable::TooManyCells { cells_max: limits.cells };
        let mut depth = 0_usize;
        let mut corner = (0_u32, 0_u32);
        let mut cells = 0_usize;
        for (kind, data) in (Records { rest: sheet }) {
            let at = |i: usize| data.get(i..i + 2).map_or(0, |b| u32::from(u16::from_le_bytes([b[0], b[1]])));
            match kind {
                record::BOF => depth += 1,
                record::EOF if depth <= 1 => break,
                record::EOF => depth -= 1,
                record::DIMENSIONS => check_dimensions(data)?,
                record::LABEL_SST => {
                    let index = at(6) | at(8) << 16;
                    // A text that could not be followed counts as the longest there can be.
                    self.text_bytes += texts.get(index as usize).copied().unwrap_or(3 * usize::from(u16::MAX));
                    corner = (corner.0.max(at(0)), corner.1.max(at(2)));
                    cells += 1;
                }
                record::MUL_RK => {
                    corner = (corner.0.max(at(0)), corner.1.max(at(data.len().saturating_sub(2))));
                    cells += data.len() / 6;
                }
                _ if record::CELLS.contains(&kind) => {
                    self.text_bytes += data.len();
                    corner = (corner.0.max(at(0)), corner.1.max(at(2)));
                    cells += 1;
                }
                _ => {}
            }
            if self.cells + cells > limits.cells {
                return Err(too_many);
            }
        }
        if corner.1 >= BIFF_COLUMNS {
            return Err(damaged("a cell beyond column IV"));
        }
        // The reader lays a sheet out densely, from its first cell to its last.
        self.cells += (corner.0 as usize + 1) * (corner.1 as usize + 1);
        if self.cells > limits.cells {
            return Err(too_many);
        }
        if self.text_bytes > limits.text_bytes {
            return Err(Unreadable::UnpacksTooLarge { bytes_max: limits.text_bytes as u64 });
        }
        Ok(())
    }
}

/// The reader reserves memory for as many cells as a sheet claims to have.
fn check_dimensions(data: &[u8]) -> Result<(), Unreadable> {
    let word = |i: usize| data.get(i..i + 2).map_or(0, |b| u32::from(u16::from_le_bytes([b[0], b[1]])));
    let double = |i: usize| word(i) | word(i + 2) << 16;
    let (rows, columns) = match data.len() {
        10 => (word(0)..=word(2), word(4)..=word(6)),
        14 | 16 => (double(0)..=double(4), word(8)..=word(10)),
        _ => return Err(damaged("dimensions of a wrong length")),
    };
    let sane = *rows.end() <= BIFF_ROWS && rows.start() <= rows.end() && *columns.end() <= BIFF_COLUMNS;
    if sane { Ok(()) } else { Err(damaged("dimensions beyond a sheet")) }
}

/// Lengths of the shared texts in bytes of UTF-8 at most (MS-XLS 2.5.293). What cannot be
/// followed ends the list; the reader stumbles over the same place.
fn text_lengths(pieces: &[&[u8]]) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut pieces = Pieces { pieces, at: 8 };
    while let Some(chars) = pieces.text() {
        lengths.push(chars * 3);
    }
    lengths
}

/// A record with its continuations, read as one.
struct Pieces<'a> {
    pieces: &'a [&'a [u8]],
    at: usize,
}

impl Pieces<'_> {
    /// Skips one text and says how many characters it has.
    fn text(&mut self) -> Option<usize> {
        let head = self.take(3)?;
        let chars = usize::from(u16::from_le_bytes([head[0], head[1]]));
        let flags = head[2];
        let runs = if flags & 0x08 != 0 { self.take(2)? } else { vec![0, 0] };
        let extension = if flags & 0x04 != 0 { self.take(4)? } else { vec![0; 4] };
        self.skip_chars(chars, flags & 0x01 != 0)?;
        let runs = usize::from(u16::from_le_bytes([runs[0], runs[1]])) * 4;
        let extension = u32::from_le_bytes([extension[0], extension[1], extension[2], extension[3]]) as usize;
        self.skip(runs.checked_add(extension)?)?;
        Some(chars)
    }

    /// Characters cut by a continuation go on after a new byte of flags.
    fn skip_chars(&mut self, mut chars: usize, mut wide: bool) -> Option<()> {
        while chars > 0 {
            let width = if wide { 2 } else { 1 };
            let fit = (self.pieces.first()?.len().saturating_sub(self.at) / width).min(chars);
            self.at += fit * width;
            chars -= fit;
            if chars > 0 {
                self.pieces = self.pieces.get(1..)?;
                wide = self.pieces.first()?.first()? & 0x01 != 0;
                self.at = 1;
            }
        }
        Some(())
    }

    /// Bytes left in the current piece, which becomes the next one at its end.
    fn here(&mut self) -> Option<usize> {
        while self.at >= self.pieces.first()?.len() {
            self.at -= self.pieces.first()?.len();
            self.pieces = self.pieces.get(1..)?;
        }
        Some(self.pieces.first()?.len() - self.at)
    }

    fn skip(&mut self, mut n: usize) -> Option<()> {
        while n > 0 {
            let step = self.here()?.min(n);
            self.at += step;
            n -= step;
        }
        Some(())
    }

    fn take(&mut self, n: usize) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(n);
        while out.len() < n {
            self.here()?;
            out.push(*self.pieces.first()?.get(self.at)?);
            self.at += 1;
        }
        Some(out)
    }
}

/// The records of a stream: kind, length, data.
struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.rest.split_at_checked(4)?;
        let (data, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([head[2], head[3]])))?;
        self.rest = rest;
        Some((u16::from_le_bytes([head[0], head[1]]), data))
    }
}

fn damaged(detail: &str) -> Unreadable {
    Unreadable::Damaged { detail: detail.to_owned() }
}
