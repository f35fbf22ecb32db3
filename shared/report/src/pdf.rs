//! PDF/A-2a through typst. The document goes in as a JSON file, so that no text of a record is
//! ever read as markup; the template is the only source.

use std::collections::HashSet;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::ReportError;
use crate::document::Document;

static TEMPLATE: &str = include_str!("../templates/report.typ");

/// Tinos: the widths of Times New Roman, all Vietnamese letters, free to embed (fonts/).
static FACES: [&[u8]; 4] = [
    include_bytes!("../fonts/Tinos-Regular.ttf"),
    include_bytes!("../fonts/Tinos-Bold.ttf"),
    include_bytes!("../fonts/Tinos-Italic.ttf"),
    include_bytes!("../fonts/Tinos-BoldItalic.ttf"),
];

/// Longest run without a space that stays in one piece: far above any Vietnamese word, and
/// narrow enough for the columns of the annexes once it may break.
const WORD_CHARS_MAX: usize = 24;

/// Stands for a character that the font cannot draw.
const NO_GLYPH: char = '\u{25a1}';

/// All that does not change between reports.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    /// Characters that all four faces can draw.
    drawn: HashSet<u32>,
    source: Source,
    data: FileId,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> = FACES.iter().flat_map(|face| Font::iter(Bytes::new(*face))).collect();
    Press {
        library: LazyHash::new(Library::builder().build()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        drawn: drawn_by_all(&fonts),
        fonts,
        source: Source::new(file("report.typ"), TEMPLATE.to_owned()),
        data: file("report.json"),
    }
});

fn drawn_by_all(fonts: &[Font]) -> HashSet<u32> {
    let of = |font: &Font| font.info().coverage.iter().collect::<HashSet<u32>>();
    fonts.iter().map(of).reduce(|all, face| &all & &face).unwrap_or_default()
}

/// The identifier of a file of this crate; made once each, for typst never frees them.
fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// What the template may reach: itself, the document and four faces. No disk, clock or network.
struct Sheet {
    press: &'static Press,
    document: Bytes,
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.press.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() { Ok(self.press.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.press.data { Ok(self.document.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Sets the document and writes it as PDF/A-2a.
pub fn lay_out(document: &Document) -> Result<Vec<u8>, ReportError> {
    let press = &*PRESS;
    let mut data = serde_json::to_value(document)?;
    for_each_text(&mut data, &|text| *text = settable(text, press));
    let sheet = Sheet { press, document: Bytes::new(serde_json::to_vec(&data)?) };
    let result = print(&sheet, document.cut_off);
    // What typst remembers of this report would stay in memory until the next one.
    typst::comemo::evict(0);
    result
}

fn print(sheet: &Sheet, cut_off: NaiveDate) -> Result<Vec<u8>, ReportError> {
    let pages = typst::compile::<PagedDocument>(sheet).output.map_err(|faults| complaints(&faults))?;
    let standards =
        PdfStandards::new(&[PdfStandard::A_2a]).map_err(|e| ReportError::Pdf(vec![e.message().to_string()]))?;
    let options = PdfOptions {
        creator: Smart::Custom(Some("keng-report".to_owned())),
        timestamp: noon(cut_off).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&pages, &options).map_err(|faults| complaints(&faults))
}

/// The file's own date. PDF/A wants a time; the cut knows only its day.
fn noon(day: NaiveDate) -> Option<Datetime> {
    Datetime::from_ymd_hms(day.year(), u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?, 12, 0, 0)
}

fn complaints(faults: &[SourceDiagnostic]) -> ReportError {
    ReportError::Pdf(faults.iter().map(|fault| fault.message.to_string()).collect())
}

fn for_each_text(value: &mut Value, act: &dyn Fn(&mut String)) {
    match value {
        Value::String(text) => act(text),
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_text(item, act)),
        Value::Object(fields) => fields.values_mut().for_each(|item| for_each_text(item, act)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Lets overlong words break, and puts a box for what the font cannot draw: PDF/A refuses a
/// document with a missing glyph or a character of a private area, and one name must not cost
/// the report.
fn settable(text: &str, press: &Press) -> String {
    let drawn =
        |c: char| !matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffc}' | '\u{fffd}') && press.drawn.contains(&c.into());
    let mut out = String::with_capacity(text.len());
    let mut run = 0;
    // A per cent sign stays on the line of its number.
    for c in text.replace(" %", "\u{a0}%").chars() {
        run = if c.is_whitespace() { 0 } else { run + 1 };
        if run > WORD_CHARS_MAX {
            out.push('\u{200b}');
            run = 1;
        }
        out.push(if c.is_whitespace() || drawn(c) { c } else { NO_GLYPH });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{PRESS, settable};

    #[test]
    fn the_font_draws_every_vietnamese_letter() {
        let bases = "aăâeêioôơuưy";
        let composed = "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵđ";
        let marks = "\u{300}\u{301}\u{303}\u{309}\u{323}\u{306}\u{302}\u{31b}";
        for text in [bases, composed, marks, &composed.to_uppercase(), "…–—“”−×₫%/()[]*"] {
            assert_eq!(settable(text, &PRESS).replace('\u{200b}', ""), text);
        }
    }

    #[test]
    fn what_the_font_cannot_draw_is_a_box() {
        assert_eq!(settable("Kẻng 🔔 鐘 \u{f8ff}", &PRESS), "Kẻng □ □ □");
    }

    #[test]
    fn a_word_without_end_may_break() {
        assert_eq!(settable(&"x".repeat(50), &PRESS).matches('\u{200b}').count(), 2);
    }
}
