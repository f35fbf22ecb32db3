//! The PDF as a file. What it says is the document's, checked in `wording`; that it can be read
//! back is checked where `pdftotext` is at hand, in the outer tests.

use keng_report::Format;

use crate::sample::Sample;

fn pdf() -> String {
    String::from_utf8_lossy(&Sample::default().render(Format::Pdf)).into_owned()
}

#[test]
fn it_is_an_archivable_pdf_that_embeds_tinos() {
    let pdf = pdf();
    assert!(pdf.starts_with("%PDF-1.7"));
    assert!(pdf.contains("pdfaid:part>2</pdfaid:part") && pdf.contains("pdfaid:conformance>A</pdfaid:conformance"));
    assert!(pdf.contains("+Tinos") && pdf.contains("+Tinos-Bold"));
}

#[test]
fn its_only_date_is_the_cut() {
    let pdf = pdf();
    assert!(pdf.contains("2022-11-09T12:00:00"));
    let years: Vec<&str> = pdf.match_indices("/CreationDate(D:").map(|(at, key)| &pdf[at + key.len()..][..8]).collect();
    assert!(years.iter().all(|day| *day == "20221109"), "{years:?}");
}
