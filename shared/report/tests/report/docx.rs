//! Decree 30/2020 in the Word document.

use keng_report::Format;

use crate::sample::{Sample, unzip};

fn part(name: &str) -> String {
    unzip(&Sample::default().with_contests().render(Format::Docx))[name].clone()
}

#[test]
fn a4_with_the_margins_of_the_decree() {
    let document = part("word/document.xml");
    assert_eq!(document.matches(r#"<w:pgSz w:w="11906" w:h="16838" />"#).count(), 1);
    assert_eq!(document.matches(r#"<w:pgSz w:w="16838" w:h="11906" w:orient="landscape" />"#).count(), 3);
    // 20, 15, 20 and 30 mm in twips, rounded up.
    let margins = r#"<w:pgMar w:top="1134" w:right="851" w:bottom="1134" w:left="1701""#;
    assert_eq!(document.matches(margins).count(), 4);
}

#[test]
fn the_page_number_stands_at_the_top_from_page_two_on() {
    let document = part("word/document.xml");
    assert_eq!(document.matches("<w:titlePg />").count(), 4);
    assert_eq!(document.matches(r#"<w:headerReference w:type="first""#).count(), 0);
    assert_eq!(document.matches(r#"<w:pgNumType w:start="1" />"#).count(), 4);
    let header = part("word/header1.xml");
    assert!(header.contains("<w:instrText>PAGE</w:instrText>") && header.contains(r#"<w:jc w:val="center" />"#));
}

#[test]
fn times_new_roman_fourteen() {
    let styles = part("word/styles.xml");
    assert!(styles.contains(r#"w:ascii="Times New Roman""#), "{styles}");
    assert!(styles.contains(r#"<w:sz w:val="28" />"#), "{styles}");
}

#[test]
fn heading_rows_are_repeated_and_no_row_is_torn() {
    let document = part("word/document.xml");
    // Two for the levels of annex I, one for each of the six other tables.
    assert_eq!(document.matches("<w:tblHeader />").count(), 8);
    let rows = document.matches("<w:tr>").count();
    assert_eq!(document.matches("<w:cantSplit />").count(), rows);
}

#[test]
fn the_signature_stands_with_the_last_paragraph() {
    let document = part("word/document.xml");
    let last = document.find("kính báo cáo./.").unwrap();
    let paragraph = &document[document[..last].rfind("<w:p>").unwrap()..last];
    assert!(paragraph.contains("<w:keepNext />"), "{paragraph}");
    let closing = &document[last..];
    assert!(closing.find("<w:tbl>").unwrap() < closing.find("<w:p>").unwrap(), "the signature follows at once");
}

#[test]
fn the_file_knows_no_other_time_than_the_cut() {
    let bytes = Sample::default().render(Format::Docx);
    assert!(unzip(&bytes)["docProps/core.xml"].contains("2022-11-09T12:00:00Z"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for at in 0..archive.len() {
        assert_eq!(archive.by_index(at).unwrap().last_modified(), Some(zip::DateTime::default()));
    }
}
