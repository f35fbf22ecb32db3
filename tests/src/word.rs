//! Word documents as the programs write them.

use std::fs::File;
use std::path::Path;

use anyhow::Result;

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// The paragraphs of a Word document, those in cells too.
///
/// # Errors
/// For a file that is none.
pub fn paragraphs(docx: &Path) -> Result<Vec<String>> {
    let mut xml = String::new();
    let mut package = zip::ZipArchive::new(File::open(docx)?)?;
    std::io::Read::read_to_string(&mut package.by_name("word/document.xml")?, &mut xml)?;
    let document = roxmltree::Document::parse(&xml)?;
    let of = |p: roxmltree::Node<'_, '_>| {
        p.descendants().filter(|n| n.has_tag_name((W, "t"))).filter_map(|n| n.text()).collect::<String>()
    };
    Ok(document.descendants().filter(|n| n.has_tag_name((W, "p"))).map(of).filter(|line| !line.is_empty()).collect())
}
