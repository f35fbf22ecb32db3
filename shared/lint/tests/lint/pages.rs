//! The same rules in a PDF, where nothing is declared and everything is measured.

use keng_lint::{Finding, lint};
use serde_json::Value;

use crate::press::{TEMPLATE, data, pdf};

fn findings(template: &str, data: &Value) -> Vec<Finding> {
    lint(&pdf(template, data)).unwrap().findings
}

fn rules(found: &[Finding]) -> Vec<&str> {
    found.iter().map(|f| f.rule).collect()
}

/// One change of the layout gives one finding.
fn set(rule: &str, from: &str, to: &str) {
    assert_eq!(TEMPLATE.matches(from).count(), 1, "{from:?} in the template");
    let found = findings(&TEMPLATE.replace(from, to), &data());
    assert_eq!(rules(&found), [rule], "{from:?} → {to:?} gave {found:#?}");
}

/// One change of the words gives one finding.
fn said(rule: &str, pointer: &str, to: &str) {
    let mut data = data();
    *data.pointer_mut(pointer).unwrap() = to.into();
    let found = findings(TEMPLATE, &data);
    assert_eq!(rules(&found), [rule], "{pointer} = {to:?} gave {found:#?}");
}

#[test]
fn a_report_that_keeps_the_decree_is_clean() {
    assert_eq!(findings(TEMPLATE, &data()), []);
}

#[test]
fn sheet_and_margins() {
    let margin = "margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 15mm)";
    for (side, bad) in [("top: 20mm", "top: 30mm"), ("left: 30mm", "left: 37mm"), ("right: 15mm", "right: 22mm")] {
        let found = findings(&TEMPLATE.replace(margin, &margin.replace(side, bad)), &data());
        assert!(!found.is_empty() && found.iter().all(|f| f.rule == "page-margin"), "{bad} gave {found:#?}");
    }
    for (side, bad) in [("left: 30mm", "left: 25mm"), ("right: 15mm", "right: 10mm"), ("bottom: 20mm", "bottom: 10mm")]
    {
        let found = findings(&TEMPLATE.replace(margin, &margin.replace(side, bad)), &data());
        assert!(!found.is_empty() && found.iter().all(|f| f.rule == "page-margin"), "{bad} gave {found:#?}");
    }
    let found = findings(&TEMPLATE.replace(r#"paper: "a4""#, r#"paper: "us-letter""#), &data());
    assert!(!found.is_empty() && found.iter().all(|f| f.rule == "page-size"), "{found:#?}");
}

#[test]
fn page_numbers() {
    set("page-number-first", "if number > 1 {", "if number >= 1 and here > 0 {");
    set(
        "page-number",
        "align(center, text(size: capital, str(number)))",
        "align(right, text(size: capital, str(number)))",
    );
    set(
        "page-number",
        "align(center, text(size: capital, str(number)))",
        "align(center, text(size: 11pt, str(number)))",
    );
    set(
        "page-number",
        "align(center, text(size: capital, str(number)))",
        "align(center, emph(text(size: capital, str(number))))",
    );
    set("page-number", "if number > 1 {", "if false {");
}

#[test]
fn fonts_that_the_file_does_not_carry() {
    let text = "BT /F1 14 Tf 85 700 Td (Times without a file) Tj ET";
    let pdf = format!(
        "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>\nendobj\n\
         4 0 obj\n<</Length {}>>\nstream\n{text}\nendstream\nendobj\n\
         5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>\nendobj\ntrailer\n<</Root 1 0 R>>\n",
        text.len()
    );
    let found = lint(pdf.as_bytes()).unwrap().findings;
    assert!(found.iter().any(|f| f.rule == "font-embedded" && f.found.contains("Times-Roman")), "{found:#?}");
}

#[test]
fn letters() {
    set("colour", r#"#set text(font: "Tinos","#, r##"#set text(fill: rgb("#0000c0"), font: "Tinos","##);
}

#[test]
fn head() {
    said("number", "/head/number", "Số: 5/BC-CAT");
    said("date-zero", "/head/place_and_date", "Kon Tum, ngày 05 tháng 06 năm 2022");
    said("place-date", "/head/place_and_date", "Kon Tum ngày 05 tháng 6 năm 2022");
    said("motto", "/head/motto", "Độc Lập - Tự Do - Hạnh Phúc");
    set("motto", "context rule(measure(motto).width)", "");
    set("nation", "strong(d.head.nation)", "d.head.nation");
    set("place-date", "emph(d.head.place_and_date)", "d.head.place_and_date");
    set("issuer", "60mm, issuer) * 0.42)", "60mm, issuer) * 0.9)");
}

#[test]
fn title_and_text() {
    set("type", "    strong(d.kind)\n", "    d.kind\n");
    set("subject", "145mm) * 0.42)", "145mm) * 0.95)");
    let paragraph = "  } else if b.kind == \"paragraph\" {\n";
    set("text", paragraph, &format!("{paragraph}    set text(size: 12pt)\n"));
    set(
        "text-align",
        "#set par(justify: true, leading: leading, spacing",
        "#set par(justify: false, leading: leading, spacing",
    );
    set("text-indent", "amount: 12.7mm", "amount: 20mm");
    set(
        "text-gap",
        "#set par(justify: true, leading: leading, spacing: 0.5em + 6pt",
        "#set par(justify: true, leading: leading, spacing: 0.5em + 3pt",
    );
    let wide = format!("{paragraph}    set par(leading: 1.4em, spacing: 1.4em + 6pt)\n");
    // Headings keep their distance, which is then too small as well.
    assert_eq!(rules(&findings(&TEMPLATE.replace(paragraph, &wide), &data())), ["line-spacing", "text-gap"]);
    said("letters", "/blocks/19/text", "f) Việc thứ sáu.");
    said("end-mark", "/blocks/22/text", "Trên đây là báo cáo.");
}

#[test]
fn closing_and_annexes() {
    set(
        "recipients-head",
        "text(size: 12pt, strong(emph(\"Nơi nhận:\")))",
        "text(size: 13pt, strong(emph(\"Nơi nhận:\")))",
    );
    set("recipients", "  set text(size: 11pt)\n", "  set text(size: 12pt)\n");
    set("authority", "    strong(line)\n", "    line\n");
    said("archive", "/recipients/1", "Lưu: PV05");
    said("annex-number", "/annexes/1/label", "Phụ lục 2");
    set("annex-heading", "      strong(a.label)\n", "      a.label\n");
    set("annex-reference", "emph(text(size: 13pt, a.reference))", "text(size: 13pt, a.reference)");
    said("secrecy", "/head/superior", "MẬT");
}
