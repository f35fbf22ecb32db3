//! The zip of a Word document, unpacked within bounds before anything else looks at it.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use roxmltree::{Document, ParsingOptions};
use zip::ZipArchive;
use zip::result::ZipError;

use super::look::{attribute, child, is};
use crate::Unreadable;
use crate::limits::{PARTS_MAX, UNPACKED_BYTES_MAX, XML_NODES_MAX};

/// The XML parts by name; pictures and fonts are passed over.
pub struct Package {
    parts: HashMap<String, String>,
}

/// Fonts of the theme: for headings and for the text.
#[derive(Debug, Default, Clone)]
pub struct ThemeFonts {
    pub major: Option<String>,
    pub minor: Option<String>,
}

impl Package {
    /// Unpacks. What entries claim of their sizes is not believed.
    pub fn open(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
        let too_large = Unreadable::UnpacksTooLarge { max: UNPACKED_BYTES_MAX };
        if zip.len() > PARTS_MAX {
            return Err(too_large);
        }
        let mut left = UNPACKED_BYTES_MAX;
        let mut parts = HashMap::new();
        for at in 0..zip.len() {
            let file = zip.by_index(at).map_err(|e| damaged(&e))?;
            let name = file.name().map_err(|e| damaged(&e))?.replace('\\', "/");
            if !(name.starts_with("word/") && (name.ends_with(".xml") || name.ends_with(".rels"))) {
                continue;
            }
            let mut part = Vec::new();
            let n = file.take(left + 1).read_to_end(&mut part).map_err(Unreadable::damaged)? as u64;
            if n > left {
                return Err(too_large);
            }
            left -= n;
            // Word writes UTF-8, with a mark before it or not.
            let text = String::from_utf8(part).map_err(|_| Unreadable::damaged(format!("{name} is not UTF-8")))?;
            parts.insert(name, text.trim_start_matches('\u{feff}').to_owned());
        }
        Ok(Self { parts })
    }

    /// A part, when there is one.
    #[expect(clippy::unnecessary_wraps, reason = "all reading of parts has one form")]
    pub fn text(&self, name: &str) -> Result<Option<&str>, Unreadable> {
        Ok(self.parts.get(name).map(String::as_str))
    }

    /// What the theme calls its fonts, since styles may name only their places in it.
    pub fn theme_fonts(&self) -> Result<ThemeFonts, Unreadable> {
        let Some(xml) = self.text("word/theme/theme1.xml")? else { return Ok(ThemeFonts::default()) };
        let tree = parse(xml)?;
        let latin = |place: &str| {
            let font = tree.descendants().find(|n| is(*n, place))?;
            attribute(child(font, "latin")?, "typeface").map(str::to_owned)
        };
        Ok(ThemeFonts { major: latin("majorFont"), minor: latin("minorFont") })
    }

    /// The part that a relation of the document names.
    pub fn related(&self, id: &str) -> Result<Option<&str>, Unreadable> {
        let Some(xml) = self.text("word/_rels/document.xml.rels")? else { return Ok(None) };
        let tree = parse(xml)?;
        let relation = tree.descendants().find(|n| attribute(*n, "Id") == Some(id));
        let target = relation.and_then(|n| attribute(n, "Target")).map(|t| t.trim_start_matches("/word/").to_owned());
        match target {
            Some(target) => self.text(&format!("word/{target}")),
            None => Ok(None),
        }
    }
}

/// Reads XML. Entities of a document type are refused: they are the bombs of XML.
pub fn parse(xml: &str) -> Result<Document<'_>, Unreadable> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: XML_NODES_MAX, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).map_err(|e| match e {
        roxmltree::Error::NodesLimitReached => Unreadable::UnpacksTooLarge { max: UNPACKED_BYTES_MAX },
        e => Unreadable::damaged(e),
    })
}

fn damaged(e: &ZipError) -> Unreadable {
    match e {
        ZipError::UnsupportedArchive(what) if what.contains("assword") => Unreadable::Encrypted,
        ZipError::InvalidPassword => Unreadable::Encrypted,
        e => Unreadable::damaged(e),
    }
}
