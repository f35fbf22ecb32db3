//! Files that are no papers, or are made to hurt.

use std::io::{Cursor, Write};

use keng_lint::{Unreadable, limits, lint};
use keng_report::Format;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::sample::Sample;
use crate::word::report;

fn zipped(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn what_is_neither_format_is_told_as_such() {
    assert_eq!(lint(b""), Err(Unreadable::NeitherFormat));
    assert_eq!(lint("Kính gửi: Công an tỉnh".as_bytes()), Err(Unreadable::NeitherFormat));
    assert_eq!(lint(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Err(Unreadable::OldOrEncryptedWord));
    assert_eq!(lint(&zipped("xl/workbook.xml", b"<workbook/>")), Err(Unreadable::NoWord));
    assert_eq!(lint(&Sample::default().render(Format::Xlsx)), Err(Unreadable::NoWord));
}

#[test]
fn a_file_that_is_too_large_is_not_looked_into() {
    let bytes = vec![b'P'; limits::FILE_BYTES_MAX + 1];
    assert!(matches!(lint(&bytes), Err(Unreadable::TooLarge { .. })));
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b' '; limits::UNPACKED_BYTES_MAX as usize + 1];
    assert!(matches!(lint(&zipped("word/document.xml", &zeros)), Err(Unreadable::UnpacksTooLarge { .. })));
    let stream = deflated(&zeros);
    let mut pdf = b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>\nstream\n".to_vec();
    pdf.extend(&stream);
    assert!(matches!(lint(&pdf), Err(Unreadable::UnpacksTooLarge { .. })));
    let mut twice = b"%PDF-1.7\n1 0 obj\n<</Filter[/FlateDecode/FlateDecode]>>\nstream\r\n".to_vec();
    twice.extend(deflated(&stream));
    assert!(matches!(lint(&twice), Err(Unreadable::UnpacksTooLarge { .. })));
}

#[test]
fn entities_of_xml_are_refused() {
    let laughs = r#"<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w:document xmlns:w="w"><w:body><w:p>&b;</w:p></w:body></w:document>"#;
    assert!(matches!(lint(&zipped("word/document.xml", laughs.as_bytes())), Err(Unreadable::Damaged { .. })));
}

#[test]
fn an_encrypted_pdf_is_refused() {
    let pdf = b"%PDF-1.7\ntrailer\n<</Root 1 0 R/Encrypt 2 0 R>>\n".to_vec();
    assert_eq!(lint(&pdf), Err(Unreadable::Encrypted));
}

#[test]
fn tables_in_tables_without_end_do_not_end_the_program() {
    let deep = 20_000;
    let tables = format!("{}{}", "<w:tbl><w:tr><w:tc>".repeat(deep), "</w:tc></w:tr></w:tbl>".repeat(deep));
    let xml = format!(r#"<w:document xmlns:w="w"><w:body>{tables}</w:body></w:document>"#);
    assert_eq!(lint(&zipped("word/document.xml", xml.as_bytes())), Err(Unreadable::NoText));
}

/// Each byte may be wrong: a sentence comes, never a panic.
#[test]
fn damaged_files_give_findings_or_an_error() {
    for bytes in [report().bytes(), Sample::default().render(Format::Docx), Sample::default().render(Format::Pdf)] {
        for at in (0..bytes.len()).step_by(bytes.len() / 60) {
            let mut bad = bytes.clone();
            bad[at] ^= 0x55;
            let _ = lint(&bad);
            let _ = lint(&bytes[..at]);
        }
    }
}
