//! Reads a Word document: sections, paragraphs and runs with the look that Word gives them.

mod body;
mod look;
mod numbering;
mod package;
mod rule;
mod section;
mod styles;

use crate::Unreadable;
use crate::paper::{Kind, Paper};

/// Reads the bytes of a `.docx`.
///
/// # Errors
/// [`Unreadable`] when it is damaged, encrypted, too large when unpacked, or no Word document.
pub fn read(bytes: &[u8]) -> Result<Paper, Unreadable> {
    let package = package::Package::open(bytes)?;
    let styles = match package.text("word/styles.xml")? {
        Some(xml) => styles::Styles::read(&package::parse(xml)?, package.theme_fonts()?),
        None => styles::Styles::default(),
    };
    let numbering = match package.text("word/numbering.xml")? {
        Some(xml) => numbering::Numbering::read(&package::parse(xml)?),
        None => numbering::Numbering::default(),
    };
    let xml = package.text("word/document.xml")?.ok_or(Unreadable::NoWord)?;
    let tree = package::parse(xml)?;
    let root = tree.root_element();
    let body = look::child(root, "body").ok_or_else(|| Unreadable::damaged("no body"))?;
    let sections = section::Sections::of(body);
    let mut reader = body::Reader::new(&styles, numbering, sections.text_widths_mm());
    reader.blocks(body, None, 0);
    let mut lines = reader.finish();
    let parts = sections.parts(&package, &styles, &mut lines)?;
    Ok(Paper { kind: Kind::Docx, parts, lines })
}
