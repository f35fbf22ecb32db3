//! The words of an office file (Word, Excel, PowerPoint, OpenDocument), for one question only: does a line of it
//! show a stamp of secrecy (R32)?
//!
//! A stamp stands at the head of the first page, so what lies beyond the bounds is not read; nothing an archive
//! claims of itself is believed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use keng_domain::rules::secrecy::{Stamp, stamp_in_text};
use zip::ZipArchive;

/// Entries of an archive that are looked at.
const PARTS_MAX: usize = 4_000;
/// Bytes that are unpacked in all: some thousand pages of text, a few hundredths of a second.
const UNPACKED_BYTES_MAX: u64 = 4 << 20;

/// The stamp that a line of the file at `path` shows, if any. What is no office file, or cannot be read as one,
/// shows none.
#[must_use]
pub fn stamp(path: &Path) -> Option<Stamp> {
    let mut zip = ZipArchive::new(File::open(path).ok()?).ok()?;
    let mut left = UNPACKED_BYTES_MAX;
    for at in 0..zip.len().min(PARTS_MAX) {
        // An entry that is damaged or locked says nothing of the others.
        let Ok(entry) = zip.by_index(at) else { continue };
        if !entry.name().is_ok_and(|name| has_words(&name.replace('\\', "/").to_ascii_lowercase())) {
            continue;
        }
        let mut xml = Vec::new();
        // The beginning of an entry that ends in damage has been read all the same.
        let _ = entry.take(left).read_to_end(&mut xml);
        left -= xml.len() as u64;
        let stamp = stamp_in_text(&words(&String::from_utf8_lossy(&xml)));
        if stamp.is_some() || left == 0 {
            return stamp;
        }
    }
    None
}

/// Whether a part holds what people read.
fn has_words(name: &str) -> bool {
    let of_word = name.starts_with("word/") && !name.contains("/theme/") && !name.ends_with("styles.xml");
    let of_excel = name == "xl/sharedstrings.xml" || name.starts_with("xl/worksheets/sheet");
    let of_slides = name.starts_with("ppt/slides/slide");
    let of_open_document = name == "content.xml" || name == "styles.xml";
    name.ends_with(".xml") && (of_word || of_excel || of_slides || of_open_document)
}

/// Ends of paragraphs, cells and lines, by the local names of their elements.
const ENDS: [&str; 7] = ["p", "br", "si", "c", "tab", "h", "line-break"];

/// The text between tags, a line for each paragraph. A word may be cut into runs anywhere, so other tags leave
/// nothing behind.
fn words(xml: &str) -> String {
    let mut text = String::with_capacity(xml.len() / 4);
    let mut rest = xml;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, after)) = tag.split_once('>') else { return text };
        let name = tag.trim_start_matches('/').split([' ', '/', '\n', '\r', '\t']).next().unwrap_or_default();
        if ENDS.contains(&name.rsplit(':').next().unwrap_or(name)) {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use keng_domain::rules::secrecy::Stamp;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn stamp(parts: &[(&str, &[u8])]) -> Option<Stamp> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut zip = ZipWriter::new(std::fs::File::create(&path).unwrap());
        for (name, content) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap();
        super::stamp(&path)
    }

    #[test]
    fn r32_a_stamp_in_the_text_of_an_office_file_is_seen() {
        let word = "<w:document><w:p><w:r><w:t>BỘ CÔNG AN</w:t></w:r></w:p>\
                    <w:p w:rsid=\"1\"><w:r><w:t>M</w:t></w:r><w:r><w:t xml:space=\"preserve\">ẬT </w:t></w:r></w:p></w:document>";
        assert_eq!(stamp(&[("word/document.xml", word.as_bytes())]), Some(Stamp::Secret));
        let header = "<w:hdr><w:p><w:r><w:t>TỐI MẬT</w:t></w:r></w:p></w:hdr>";
        assert_eq!(stamp(&[("word/header1.xml", header.as_bytes())]), Some(Stamp::HighlySecret));
        let excel = "<sst><si><t>Danh sách</t></si><si><t>Tuyệt mật</t></si></sst>";
        assert_eq!(stamp(&[("xl/sharedStrings.xml", excel.as_bytes())]), Some(Stamp::TopSecret));
        let open = "<text:p>Độ mật: Mật</text:p>";
        assert_eq!(stamp(&[("content.xml", open.as_bytes())]), Some(Stamp::Secret));
    }

    #[test]
    fn words_that_only_sound_like_it_and_pictures_are_no_stamp() {
        let word = "<w:p><w:t>Tôi mất giấy tờ; bảo vệ bí mật nhà nước; mật ong</w:t></w:p>";
        assert_eq!(stamp(&[("word/document.xml", word.as_bytes())]), None);
        assert_eq!(stamp(&[("word/media/image1.png", "MẬT".as_bytes())]), None);
    }

    #[test]
    fn a_bomb_is_read_up_to_the_bound_and_what_is_no_archive_shows_nothing() {
        let bomb = vec![b' '; 64 << 20];
        let stamped = "<w:p>MẬT</w:p>".as_bytes();
        assert_eq!(stamp(&[("word/document.xml", &bomb), ("word/footer1.xml", stamped)]), None);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, b"PK\x03\x04 no archive").unwrap();
        assert_eq!(super::stamp(&path), None);
    }
}
