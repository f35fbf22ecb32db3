//! The statistics form by a template of the province: filled, read back, refused.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use keng_domain::figures::PointLine;
use keng_report::form::{BadTemplate, Level, Misplaced, PREFIX, Template, built_in, names};
use rust_xlsxwriter::{Color, Format, Workbook};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::sample::{Sample, unzip};

pub fn levels() -> Vec<Level> {
    Sample::default().figures().levels
}

pub fn points() -> Vec<PointLine> {
    let line = |place: &str, teams| PointLine {
        model: "Tiếng kẻng an ninh".into(),
        reports_to: "Huyện Đắk Glei".into(),
        unit: "Xã Đắk Choong".into(),
        place: place.into(),
        decision_no: Some("=1+1".into()),
        decision_date: "2019-03-01".parse().ok(),
        teams,
        members: 150,
        level: Some("Tốt".into()),
    };
    vec![line("Thôn 1", 2), line("Thôn 2", 3)]
}

pub fn book(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap()
}

/// Where each name of the program stands in a workbook.
fn places(book: &Xlsx<Cursor<Vec<u8>>>) -> BTreeMap<String, (String, u32, u32)> {
    let read = |(name, to): &(String, String)| {
        let (sheet, cell) = to.rsplit_once('!')?;
        let cell = cell.replace('$', "");
        let split = cell.find(|c: char| c.is_ascii_digit())?;
        let column = cell[..split].bytes().fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1) - 1;
        let row: u32 = cell[split..].parse().ok()?;
        Some((name.clone(), (sheet.trim_matches('\'').to_owned(), row - 1, column)))
    };
    book.defined_names().iter().filter(|(n, _)| n.starts_with(PREFIX)).filter_map(read).collect()
}

pub fn value(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str, below: u32) -> Data {
    let (sheet, row, column) = places(book)[name].clone();
    let range = book.worksheet_range(&sheet).unwrap();
    range.get_value((row + below, column)).cloned().unwrap_or(Data::Empty)
}

fn text(s: &str) -> Data {
    Data::String(s.to_owned())
}

fn fill(template: &[u8]) -> Vec<u8> {
    let template = Template::complete(template.to_vec(), &levels()).unwrap();
    template.fill(&Sample::default().figures(), &points()).unwrap()
}

/// A province's own template: all single figures on a hidden sheet but two, units with a sum below, a
/// signature, merged cells, a share beside the columns.
pub fn own(leave_out: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold().set_background_color(Color::RGB(0x00FF_E699));
    let sheet = book.add_worksheet();
    sheet.set_name("Biểu 1").unwrap().set_column_width(1, 41.0).unwrap();
    sheet.merge_range(0, 0, 0, 12, "BIỂU SỐ 01/BCA", &bold).unwrap();
    sheet.write(4, 13, "Tỉ lệ").unwrap();
    sheet.merge_range(5, 14, 5, 15, "", &bold).unwrap();
    sheet.write_formula(5, 13, "=G6/$D$7").unwrap();
    sheet.write_blank(5, 1, &bold).unwrap();
    sheet.write(6, 1, "Cộng").unwrap();
    sheet.write_formula(6, 3, "=SUM(D6:D6)").unwrap();
    sheet.merge_range(9, 8, 9, 10, "GIÁM ĐỐC", &bold).unwrap();
    let spare = book.add_worksheet();
    spare.set_name("Số không in").unwrap().set_hidden(true);
    spare.write_formula(0, 0, "='Biểu 1'!D7").unwrap();
    let (mut column, mut row) = (0, 0);
    let (mut last, mut spare_row) = (None, 1);
    for name in names(&levels()) {
        let is_new_table = name.table != last;
        last = name.table;
        let place = match (name.table, name.name.as_str()) {
            (None, "keng_tinh") => "'Biểu 1'!$A$2".to_owned(),
            (None, "keng_tong_diem") => "'Biểu 1'!$D$9".to_owned(),
            (None, _) => {
                spare_row += 1;
                format!("'Số không in'!$A${spare_row}")
            }
            (Some(_), n) => {
                column = if is_new_table { 0 } else { column + 1 };
                row = if is_new_table { row + 1 } else { row };
                let letter = char::from(b'A' + column);
                match n.starts_with("keng_dv_") {
                    true => format!("'Biểu 1'!${letter}$6"),
                    false => format!("'Số không in'!${}${}", if column < 25 { letter } else { 'Z' }, 60 + row * 3),
                }
            }
        };
        if name.name != leave_out
            && !(leave_out.ends_with('*') && name.name.starts_with(leave_out.trim_end_matches('*')))
        {
            // Names in any case are one name to Excel.
            book.define_name(name.name.to_uppercase().replace("KENG_", "Keng_"), &format!("={place}")).unwrap();
        }
    }
    book.define_name("Keng_go_nham", "='Biểu 1'!$A$3").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn the_built_in_template_has_every_name_and_takes_the_figures_of_the_report() {
    let template = built_in(&levels()).unwrap();
    assert_eq!(template, built_in(&levels()).unwrap(), "equal levels, equal bytes");
    let all = names(&levels());
    let placed = places(&book(&template));
    assert_eq!(placed.len(), all.len());
    assert!(all.iter().all(|n| placed.contains_key(&n.name) && !n.meaning.is_empty()));

    let figures = Sample::default().figures();
    let mut filled = book(&fill(&template));
    let count = |n: u64| Data::Float(n as f64);
    assert_eq!(value(&mut filled, "keng_tinh", 0), text("Tỉnh Kon Tum"));
    assert_eq!(value(&mut filled, "keng_ky", 0), text(&figures.title));
    assert_eq!(value(&mut filled, "keng_tong_diem", 0), count(figures.totals.points.into()));
    assert_eq!(value(&mut filled, "keng_mo_hinh_hieu_qua", 0), count(figures.totals.effective_models.into()));
    assert_eq!(value(&mut filled, "keng_ten_don_vi_thieu", 0), text("Huyện Đăk Hà"));
    for (at, unit) in (0..).zip(&figures.units) {
        assert_eq!(value(&mut filled, "keng_dv_ten", at), text(&unit.name));
        assert_eq!(value(&mut filled, "keng_dv_diem", at), count(unit.points.into()));
    }
    for (at, model) in (0..).zip(&figures.models) {
        assert_eq!(value(&mut filled, "keng_mh_ten", at), text(&model.name));
        assert_eq!(value(&mut filled, "keng_mh_thanh_vien", at), count(model.members));
        assert_eq!(
            value(&mut filled, "keng_mh_muc_tot", at),
            count(model.by_level.get("tot").copied().unwrap_or(0).into())
        );
    }
    assert_eq!(value(&mut filled, "keng_ds_dia_ban", 1), text("Thôn 2"));
    assert_eq!(value(&mut filled, "keng_ds_quyet_dinh", 1), text("=1+1"), "a text, never a formula");
}

#[test]
fn every_column_of_the_report_has_a_name() {
    let figures = Sample::default().figures();
    let filled = fill(&built_in(&levels()).unwrap());
    let mut form = book(&filled);
    for (sheet, first) in [("Mô hình", "keng_mh_tt"), ("Đơn vị", "keng_dv_tt")] {
        let report: Vec<Vec<Data>> = crate::xlsx::rows(&Sample::default(), sheet);
        let models = report.iter().filter(|row| !row[1].to_string().starts_with("Tổng số") && row[1] != Data::Empty);
        // The second row of a heading has levels alone.
        let report: Vec<&Vec<Data>> = models.collect();
        let (_, row, _) = places(&form)[first].clone();
        let range = form.worksheet_range(sheet).unwrap();
        for (at, line) in (row..).zip(&report) {
            let own: Vec<Data> =
                (0..line.len() as u32).map(|x| range.get_value((at, x)).cloned().unwrap_or_default()).collect();
            assert_eq!(&own, *line, "{sheet}");
        }
        assert!(report.len() >= figures.units.len().min(figures.models.len()));
    }
}

#[test]
fn what_stands_below_a_table_moves_down_and_everything_else_survives() {
    let template = own("");
    let filled = fill(&template);
    assert_eq!(filled, fill(&template), "equal input, equal bytes");
    let (before, after) = (unzip(&template), unzip(&filled));
    // What Excel would take for a formula got a style of its own; the others are as they were.
    let styles = &after["xl/styles.xml"];
    let (head, tail) = before["xl/styles.xml"].split_once("</cellXfs>").unwrap();
    assert!(styles.starts_with(head.split("<cellXfs").next().unwrap()) && styles.ends_with(tail));
    assert_eq!(styles.matches("quotePrefix=\"1\"").count(), 1, "{styles}");
    assert_eq!(before["xl/sharedStrings.xml"], after["xl/sharedStrings.xml"]);
    let sheet = &after["xl/worksheets/sheet1.xml"];
    // Three units: two rows more.
    for part in [
        "<mergeCell ref=\"A1:M1\"/>",
        "<mergeCell ref=\"I12:K12\"/>",
        "<mergeCell ref=\"O6:P6\"/>",
        "<mergeCell ref=\"O7:P7\"/>",
        "<mergeCell ref=\"O8:P8\"/>",
        "<f>SUM(D6:D8)</f>",
        "<f>G6/$D$9</f>",
        "<f>G8/$D$9</f>",
        "width=\"41.",
    ] {
        assert!(sheet.contains(part), "{part} in {sheet}");
    }
    assert!(after["xl/worksheets/sheet2.xml"].contains("<f>'Biểu 1'!D9</f></c>"), "without its old value");
    assert!(after["xl/workbook.xml"].contains("'Biểu 1'!$D$11</definedName>"), "{}", after["xl/workbook.xml"]);
    assert!(after["xl/workbook.xml"].contains("fullCalcOnLoad=\"1\""));

    let mut read = book(&filled);
    let range = read.worksheet_range("Biểu 1").unwrap();
    let at = |row, column| range.get_value((row, column)).cloned().unwrap_or_default();
    let figures = Sample::default().figures();
    assert_eq!((at(0, 0), at(1, 0)), (text("BIỂU SỐ 01/BCA"), text("Tỉnh Kon Tum")));
    assert_eq!(at(10, 3), Data::Float(figures.totals.points.into()));
    assert_eq!((at(8, 1), at(11, 8)), (text("Cộng"), text("GIÁM ĐỐC")));
    let names: Vec<String> = (5..8).map(|row| at(row, 1).to_string()).collect();
    assert_eq!(names, ["Huyện Đắk Glei", "Huyện Đắk Tô", "Huyện Đăk Hà"]);
    // The style of the first row goes with each.
    let styled = sheet.matches("r=\"B6\" s=\"1\"").count() + sheet.matches("r=\"B8\" s=\"1\"").count();
    assert_eq!(styled, 2);
}

#[test]
fn a_row_is_as_high_as_its_longest_text_needs_and_no_lower_than_it_was() {
    let sample = Sample { bell: "Tiếng kẻng an ninh ".repeat(12), ..Sample::default() };
    let template = Template::complete(built_in(&levels()).unwrap(), &levels()).unwrap();
    let filled = unzip(&template.fill(&sample.figures(), &[]).unwrap());
    let heights = |part: &str| -> Vec<f64> {
        let rows = filled[part].split("<row r=").skip(1).filter_map(|row| {
            let row = row.split('>').next()?;
            row.split_once(" ht=\"")?.1.split('"').next()?.parse().ok()
        });
        rows.collect()
    };
    let of_models = heights("xl/worksheets/sheet2.xml");
    assert!(of_models.iter().any(|h| *h > 150.0), "{of_models:?}");
    assert!(filled["xl/worksheets/sheet2.xml"].contains("customHeight=\"1\""));
}

#[test]
fn a_template_with_a_name_missing_is_refused_and_told_which() {
    for left_out in ["keng_tong_diem", "keng_mh_muc_tot", "keng_ds_xa"] {
        match Template::complete(own(left_out), &levels()) {
            Err(BadTemplate::Missing(missing)) => {
                let names: Vec<&str> = missing.iter().map(|n| n.name.as_str()).collect();
                assert_eq!(names, [left_out]);
            }
            other => panic!("{left_out}: {other:?}"),
        }
    }
    // A list of points is as long as the province: a form may do without.
    let without = Template::complete(own("keng_ds_*"), &levels()).unwrap();
    assert!(!without.lists_points());
    assert_eq!(without.unknown(), ["Keng_go_nham"]);
}

#[test]
fn a_template_of_before_a_level_is_filled_and_says_what_it_lacks() {
    let mut more = levels();
    more.push(("xuat_sac".into(), "Xuất sắc".into()));
    let template = Template::read(own(""), &more).unwrap();
    let missing: Vec<&str> = template.missing().iter().map(|n| n.name.as_str()).collect();
    assert_eq!(missing, ["keng_tong_muc_xuat_sac", "keng_mh_muc_xuat_sac"]);
    assert!(template.fill(&Sample::default().figures(), &points()).is_ok());
}

/// A template with one part changed, or one more.
fn with_part(bytes: &[u8], name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut parts = unzip(bytes);
    let old = parts.remove(name).unwrap_or_default();
    parts.insert(name.to_owned(), change(&old));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_is_no_template_is_refused_for_its_reason() {
    let own = own("");
    let check = |bytes: Vec<u8>| Template::complete(bytes, &levels()).unwrap_err();
    assert!(matches!(check(b"a,b\n1,2\n".to_vec()), BadTemplate::NotXlsx));
    assert!(matches!(check(Vec::new()), BadTemplate::NotXlsx));
    assert!(matches!(check([&[0xd0, 0xcf, 0x11, 0xe0][..], &[0; 600]].concat()), BadTemplate::OldOrLocked));
    assert!(matches!(check(own[..own.len() / 2].to_vec()), BadTemplate::Damaged(_)));
    assert!(matches!(check(vec![b'P'; 5 << 20]), BadTemplate::TooLarge { .. }));
    assert!(matches!(check(with_part(&own, "xl/vbaProject.bin", |_| "x".into())), BadTemplate::Macros { .. }));
    let macros = with_part(&own, "[Content_Types].xml", |t| {
        t.replace("spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")
    });
    assert!(matches!(check(macros), BadTemplate::Macros { .. }));
    let bomb = with_part(&own, "xl/media/image1.png", |_| "0".repeat(17 << 20));
    assert!(bomb.len() < 1 << 20 && matches!(check(bomb), BadTemplate::UnpacksTooLarge { .. }));
    let deep = with_part(&own, "xl/worksheets/sheet1.xml", |_| "<a>".repeat(500_000));
    assert!(matches!(check(deep), BadTemplate::Damaged(_)));
    let billion = with_part(&own, "xl/workbook.xml", |t| {
        t.replace("<workbook", "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><workbook")
    });
    assert!(matches!(check(billion), BadTemplate::Damaged(_)));
    let words = with_part(&own, "xl/workbook.xml", |t| t.replacen("'Biểu 1'!$A$2<", "#REF!<", 1));
    let BadTemplate::Misplaced(faults) = check(words) else { panic!("a name of no cell") };
    assert!(matches!(&faults[..], [Misplaced::NoCell { name, .. }] if name == "keng_tinh"));
    let apart = with_part(&own, "xl/workbook.xml", |t| t.replacen("'Biểu 1'!$C$6<", "'Biểu 1'!$C$7<", 1));
    assert!(matches!(check(apart), BadTemplate::Misplaced(f) if matches!(f[0], Misplaced::Scattered { .. })));
    let covered = with_part(&own, "xl/workbook.xml", |t| t.replacen("'Biểu 1'!$A$2<", "'Biểu 1'!$B$1<", 1));
    assert!(matches!(check(covered), BadTemplate::Misplaced(f) if matches!(f[0], Misplaced::Covered { .. })));
    // The row of a table with the one below it: each row that is added would vanish in the merged cell.
    let stretched = with_part(&own, "xl/worksheets/sheet1.xml", |t| {
        t.replacen("<mergeCell ", "<mergeCell ref=\"A6:A7\"/><mergeCell ", 1)
    });
    let BadTemplate::Misplaced(faults) = check(stretched) else { panic!("a row of a table in a merged area") };
    assert!(matches!(&faults[..], [Misplaced::Stretched { merged, .. }] if merged == "Biểu 1!A6:A7"), "{faults:?}");
}

#[test]
fn no_damaged_byte_makes_it_panic() {
    let own = own("");
    for at in (0..own.len()).step_by(97) {
        let mut broken = own.clone();
        broken[at] ^= 0x55;
        if let Ok(template) = Template::read(broken, &levels()) {
            let _ = template.fill(&Sample::default().figures(), &points());
        }
    }
    assert!(ZipArchive::new(Cursor::new(&own[..])).is_ok());
}
