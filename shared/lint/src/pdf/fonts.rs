//! The fonts of a page: what they are called, and whether the file carries them.

use std::collections::HashMap;

use hayro_interpret::CacheKey;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Stream};
use hayro_interpret::hayro_syntax::page::Page;

/// What letters of a font look like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Font {
    pub name: String,
    pub bold: bool,
    pub italic: bool,
    pub embedded: bool,
}

/// Bit 7 of the flags (ISO 32000-1, table 123).
const ITALIC: u32 = 1 << 6;
/// A weight from which letters are bold.
const BOLD_WEIGHT: u32 = 600;

/// Fonts by the key that the interpreter gives their letters.
pub fn of(page: &Page<'_>) -> HashMap<u128, Font> {
    let fonts = &page.resources().fonts;
    fonts
        .keys()
        .filter_map(|name| fonts.get::<Dict<'_>>(name.as_ref()))
        .map(|dict| (dict.cache_key(), read(&dict)))
        .collect()
}

fn read(font: &Dict<'_>) -> Font {
    let base = font.get::<Name<'_>>("BaseFont");
    let name = base.map(|n| n.as_str().to_owned()).unwrap_or_default();
    let descendant = font.get::<Array<'_>>("DescendantFonts").and_then(|a| a.iter::<Dict<'_>>().next());
    let descriptor = descendant.as_ref().unwrap_or(font).get::<Dict<'_>>("FontDescriptor");
    let number = |key: &str| descriptor.as_ref().and_then(|d| d.get::<u32>(key)).unwrap_or(0);
    let files = ["FontFile", "FontFile2", "FontFile3"];
    let embedded = descriptor.as_ref().is_some_and(|d| files.iter().any(|f| d.get::<Stream<'_>>(*f).is_some()));
    let named = named(&name);
    Font {
        bold: named.bold || number("FontWeight") >= BOLD_WEIGHT,
        italic: named.italic || number("Flags") & ITALIC != 0,
        embedded,
        ..named
    }
}

/// What the name tells: `ABCDEF+Tinos-BoldItalic`.
pub fn named(name: &str) -> Font {
    let plain = match name.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 => rest,
        _ => name,
    };
    let slanted = plain.contains("Italic") || plain.contains("Oblique");
    Font { name: plain.to_owned(), bold: plain.contains("Bold"), italic: slanted, embedded: false }
}
