//! What docx-rs leaves to do between building the XML and zipping it.

use std::io::{Cursor, Read, Write};

use docx_rs::Docx;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::ReportError;

/// Builds and packs.
pub fn pack(docx: Docx) -> Result<Vec<u8>, ReportError> {
    let mut parts = docx.build();
    let document = String::from_utf8(parts.document).map_err(|e| ReportError::Docx(e.to_string()))?;
    // docx-rs cannot say that a row is a heading; until here heading rows alone are marked as
    // unsplittable. Then all rows are.
    let document = document
        .replace("<w:cantSplit />", "<w:cantSplit /><w:tblHeader />")
        .replace("<w:trPr />", "<w:trPr><w:cantSplit /></w:trPr>");
    parts.document = without_paragraph_ids(&document).into_bytes();
    for header in &mut parts.headers {
        *header = without_paragraph_ids(&String::from_utf8_lossy(header)).into_bytes();
    }
    let core = String::from_utf8_lossy(&parts.doc_props.core).replace(">unknown<", ">Kẻng<");
    parts.doc_props.core = core.into_bytes();
    let mut stored = Cursor::new(Vec::new());
    parts.pack(&mut stored).map_err(|e| ReportError::Docx(e.to_string()))?;
    deflated(stored).map_err(|e| ReportError::Docx(e.to_string()))
}

/// docx-rs stores its parts as they are; deflated the report is a tenth of that, which counts on
/// a mountain link. Entries carry 1980-01-01, the zero of the zip format, and never the clock.
fn deflated(stored: Cursor<Vec<u8>>) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut from = ZipArchive::new(stored)?;
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for at in 0..from.len() {
        let mut part = from.by_index(at)?;
        if part.is_dir() {
            continue;
        }
        let name = part.name()?.into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)?;
        to.start_file(name, options)?;
        to.write_all(&bytes)?;
    }
    Ok(to.finish()?.into_inner())
}

/// Leaves out `w14:paraId`, which docx-rs counts per thread across documents: with it the same
/// report would differ from one rendering to the next. Word gives new ones when it saves.
fn without_paragraph_ids(xml: &str) -> String {
    const KEY: &str = " w14:paraId=\"";
    let mut out = String::with_capacity(xml.len());
    let mut rest = xml;
    // Text of records cannot hold the key: in it a quotation mark is written as `&quot;`.
    while let Some(start) = rest.find(KEY) {
        out.push_str(&rest[..start]);
        let value = &rest[start + KEY.len()..];
        rest = value.find('"').map_or("", |end| &value[end + 1..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::without_paragraph_ids;

    #[test]
    fn paragraph_ids_are_left_out() {
        let xml = r#"<w:p w14:paraId="0000001a"><w:t>a</w:t></w:p><w:p w14:paraId="b" />"#;
        assert_eq!(without_paragraph_ids(xml), "<w:p><w:t>a</w:t></w:p><w:p />");
    }
}
