//! Reads a PDF: every letter with its place, size and font, then rows, then paragraphs.

mod fonts;
mod guard;
mod ink;
mod layout;
mod measure;
mod paragraphs;
mod rows;

use std::sync::Arc;

use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page};
use kurbo::Rect;

use crate::Unreadable;
use crate::limits::PAGES_MAX;
use crate::paper::Paper;
use ink::Ink;

/// Reads the bytes of a `.pdf`.
///
/// # Errors
/// [`Unreadable`] when it is damaged, encrypted or too large when unpacked.
pub fn read(bytes: &[u8]) -> Result<Paper, Unreadable> {
    guard::check(bytes)?;
    let pdf = Pdf::new(Arc::new(bytes.to_vec())).map_err(|e| match e {
        LoadPdfError::Decryption(_) => Unreadable::Encrypted,
        LoadPdfError::Invalid => Unreadable::damaged("no PDF that can be read"),
    })?;
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings { render_annotations: false, ..InterpreterSettings::default() };
    if pdf.pages().len() > PAGES_MAX {
        return Err(guard::too_large());
    }
    let mut pages = Vec::new();
    let mut letters = 0;
    for page in pdf.pages().iter() {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        let mut ink = Ink::new(fonts::of(page));
        let place = page.initial_transform(true).to_kurbo();
        let sheet = Rect::new(0.0, 0.0, width, height);
        let mut context = Context::new(place, sheet, &cache, pdf.xref(), settings.clone());
        interpret_page(page, &mut context, &mut ink);
        letters += ink.glyphs.len();
        if ink.overfull || letters > crate::limits::GLYPHS_MAX {
            return Err(guard::too_large());
        }
        pages.push(rows::Page::of(ink, width, height));
    }
    Ok(layout::paper(&pages))
}
