//! What a template may have and need not: the movement of the year and the period before, with the figures that the
//! report itself prints.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use keng_report::Format;
use keng_report::form::{BadTemplate, Template, built_in, names};

use crate::form::{book, levels, own, points, value};
use crate::sample::Sample;

/// The rows of a table of the report's own spreadsheet that begins with `Nội dung`.
fn report_rows(sample: &Sample, sheet: &str) -> Vec<Vec<Data>> {
    let range = book(&sample.render(Format::Xlsx)).worksheet_range(sheet).unwrap();
    let rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
    let heading = rows.iter().position(|row| row[0] == Data::String("Nội dung".to_owned())).unwrap();
    rows[heading + 1..].to_vec()
}

fn filled(sample: &Sample) -> Xlsx<Cursor<Vec<u8>>> {
    let template = Template::complete(built_in(&levels()).unwrap(), &levels()).unwrap();
    book(&template.fill(&sample.figures(), &points()).unwrap())
}

/// I.5: what it was, what it is, and the change, as the report's table has them.
#[test]
fn the_period_before_stands_in_its_cells_as_in_the_report() {
    let sample = Sample::default();
    let report = report_rows(&sample, "So với kỳ trước");
    assert_eq!(report.len(), 4);
    let mut form = filled(&sample);
    for (at, what) in (0..).zip(["mo_hinh", "diem", "to", "hieu_qua"]) {
        let row: &Vec<Data> = &report[at];
        assert_eq!(value(&mut form, &format!("keng_truoc_{what}"), 0), row[1], "{what}");
        assert_eq!(value(&mut form, &format!("keng_tang_{what}"), 0), row[3], "{what}");
    }
    assert_eq!(value(&mut form, "keng_nay_hieu_qua", 0), report[3][2]);
    assert_eq!(value(&mut form, "keng_truoc_ky", 0), Data::String("năm 2021".to_owned()));
    assert_eq!(value(&mut form, "keng_truoc_ngay_chot", 0), Data::String("09/11/2021".to_owned()));
    assert_eq!(
        (&report[1][1], &report[1][3]),
        (&Data::Float(7.0), &Data::String("+1".to_owned())),
        "something differs"
    );
}

/// Nothing before is not zero.
#[test]
fn without_a_period_before_its_cells_have_a_dash() {
    let mut figures = Sample::default().figures();
    figures.previous.before = keng_domain::figures::Counts::default();
    let template = Template::complete(built_in(&levels()).unwrap(), &levels()).unwrap();
    let mut form = book(&template.fill(&figures, &points()).unwrap());
    for name in ["keng_truoc_diem", "keng_tang_diem", "keng_truoc_hieu_qua", "keng_tang_hieu_qua"] {
        assert_eq!(value(&mut form, name, 0), Data::String("—".to_owned()), "{name}");
    }
    assert!(matches!(value(&mut form, "keng_nay_hieu_qua", 0), Data::Float(_)), "what is now is known");
}

/// III: TT 124, QĐ 510, exemplars and nominations, each in its cell, and row by row as in the report.
#[test]
fn the_movement_of_the_year_stands_in_its_cells_and_its_table() {
    let sample = || Sample::default().with_movement().with_nominations();
    let (report, of) = (report_rows(&sample(), "Phong trào"), sample().figures().movement);
    let mut form = filled(&sample());
    for (at, row) in (0..).zip(&report) {
        let columns = ["keng_pt_noi_dung", "keng_pt_doi_tuong", "keng_pt_ket_qua", "keng_pt_so_luong"];
        let own: Vec<Data> = columns.map(|name| value(&mut form, name, at)).into();
        assert_eq!(&own, row);
    }
    assert!(report.len() > 5, "{report:?}");
    let mut count = |name: &str| match value(&mut form, name, 0) {
        Data::Float(n) => n as u32,
        other => panic!("{name}: {other:?}"),
    };
    let rows = |what: &str, result: &[&str]| -> u32 {
        let is = |cell: &Data, words: &[&str]| words.iter().any(|w| *cell == Data::String((*w).to_owned()));
        let found = report.iter().filter(|row| is(&row[0], &[what]) && (result.is_empty() || is(&row[2], result)));
        found.map(|row| if let Data::Float(n) = row[3] { n as u32 } else { 0 }).sum()
    };
    let (safety, scored) = ("An toàn về an ninh, trật tự", "Phân loại phong trào");
    assert_eq!(count("keng_an_toan_dang_ky"), rows(safety, &["Đã đăng ký"]));
    assert_eq!(count("keng_an_toan_cong_nhan"), rows(safety, &["Được công nhận"]));
    assert_eq!(count("keng_an_toan_khong_cong_nhan"), rows(safety, &["Không được công nhận"]));
    assert_eq!(count("keng_an_toan_chua_quyet_dinh"), rows(safety, &["Chưa có quyết định"]));
    assert_eq!((count("keng_an_toan_noi"), count("keng_an_toan_cong_nhan")), (4, 1), "of 2022 alone");
    assert_eq!(count("keng_cham_diem_noi"), rows(scored, &[]));
    assert_eq!(count("keng_cham_diem_chua_phan_loai"), rows(scored, &["Chưa phân loại"]));
    let classified = count("keng_cham_diem_noi") - count("keng_cham_diem_chua_phan_loai");
    assert_eq!(count("keng_cham_diem_da_phan_loai"), classified);
    assert_eq!(count("keng_dien_hinh_thieu_ngay"), of.exemplars_without_date);
    assert_eq!(count("keng_de_xuat_luot"), rows("Đề xuất thông báo", &[]));
    assert!(count("keng_dien_hinh_thieu_ngay") > 0 && count("keng_de_xuat_luot") > 0 && classified > 0);
}

/// A template that was adopted before these names were known remains valid; half a table is a slip, and refused.
#[test]
fn a_template_may_lack_what_it_need_not_have() {
    let lacks = |name: &str| Template::complete(own(name), &levels());
    let optional: Vec<_> = names(&levels()).into_iter().filter(|n| n.optional && n.table.is_none()).collect();
    assert!(optional.len() > 20, "{optional:?}");
    for group in ["keng_truoc_*", "keng_tang_*", "keng_an_toan_*", "keng_cham_diem_*", "keng_pt_*", "keng_de_xuat_luot"]
    {
        let template = lacks(group).unwrap_or_else(|e| panic!("{group}: {e}"));
        assert!(template.missing().is_empty(), "{group}");
        let filled = template.fill(&Sample::default().with_movement().figures(), &points()).unwrap();
        let book = book(&filled);
        let has = |begin: &str| book.defined_names().iter().any(|(name, _)| name.to_lowercase().starts_with(begin));
        assert!(!has(group.trim_end_matches('*')) && has("keng_tong_diem"), "{group}");
    }
    match lacks("keng_pt_so_luong") {
        Err(BadTemplate::Missing(names)) => {
            assert_eq!(names.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(), ["keng_pt_so_luong"]);
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(lacks("keng_tong_to"), Err(BadTemplate::Missing(names)) if names.len() == 1));
}
