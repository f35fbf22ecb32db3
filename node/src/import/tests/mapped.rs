//! Lists with titles of their own, read as an officer says.

use super::super::{Context, Layout, Layouts, Limits, Mapping, Sheet, Unreadable, read_sheet};
use super::{RulePack, catalogue, xlsx};

const LIST: &str = "Tổng hợp các nơi\n
Số nhóm | Gọi là | Nơi có | Thuộc | Năm 2022
3 | Camera an ninh | Thôn 1 | Xã Đăk Môn | Tốt
2 | Tiếng kẻng | Thôn 2 | Xã Đăk Long | Khá";

const SAID: &str = "Tên mô hình=B, Xã, phường, thị trấn=D, Địa bàn=C, Số tổ=A, Xếp loại năm 2022=E";

fn read(rows: &str, layouts: &Layouts) -> Result<Sheet, Unreadable> {
    let (catalogue, pack) = (catalogue("kontum-2022"), RulePack::kontum_2022());
    let context = Context {
        catalogue: &catalogue,
        unit: &"610".parse().unwrap(),
        pack: &pack,
        layouts,
        all: &Default::default(),
    };
    read_sheet(&xlsx(rows), &context, &Limits::default())
}

fn given(text: &str) -> Layouts {
    Layouts { given: Some(Mapping::parse(text).unwrap()), ..Layouts::default() }
}

fn remembered(layout: &Layout) -> Layouts {
    let mapping = Mapping::parse(&layout.mapping).unwrap();
    Layouts { given: None, remembered: [(layout.titles.clone(), mapping)].into() }
}

#[test]
fn columns_that_no_title_tells_are_what_the_officer_says() {
    assert!(matches!(read(LIST, &Layouts::default()), Err(Unreadable::NoHeader { .. })));
    let sheet = read(LIST, &given(SAID)).unwrap();
    assert_eq!(sheet.faults, []);
    let points: Vec<_> = sheet.points.iter().map(|p| (p.row, &*p.model, &*p.place, &p.values["teams"])).collect();
    assert_eq!(points, [(4, "Camera an ninh", "Thôn 1", &3.into()), (5, "Tiếng kẻng", "Thôn 2", &2.into())]);
    assert_eq!(sheet.points[1].ratings[&2022], "kha");
}

#[test]
fn what_was_said_holds_for_the_next_file_with_the_same_titles_and_for_no_other() {
    let layout = read(LIST, &given(SAID)).unwrap().layout.unwrap();
    assert!(layout.is_given);
    let next = LIST.replace("Nơi có", "NƠI  CÓ").replace("Thôn 1", "Thôn 9").replace("Tổng hợp", "Danh sách");
    let sheet = read(&next, &remembered(&layout)).unwrap();
    assert_eq!((&*sheet.points[0].place, sheet.layout.map(|l| l.is_given)), ("Thôn 9", Some(false)));
    let other = LIST.replace("Thuộc", "Đơn vị chủ quản");
    assert!(matches!(read(&other, &remembered(&layout)), Err(Unreadable::NoHeader { .. })));
}

#[test]
fn titles_that_are_known_stay_beside_what_is_said() {
    let list = LIST.replace("Gọi là", "Tên mô hình").replace("Thuộc", "Xã").replace("Số nhóm", "Số tổ");
    assert!(matches!(read(&list, &Layouts::default()), Err(Unreadable::MissingColumns { .. })));
    let sheet = read(&list, &given("Địa bàn=C")).unwrap();
    assert_eq!((sheet.points.len(), &sheet.points[0].values["teams"]), (2, &3.into()));
    // A column that the titles tell wrongly is told anew.
    let sheet = read(&list, &given("Địa bàn=C; Ghi chú=A; Dòng tiêu đề=3")).unwrap();
    assert_eq!((sheet.points[0].values.get("teams"), &sheet.points[0].values["note"]), (None, &"3".into()));
}

#[test]
fn a_mapping_without_a_needed_column_says_which() {
    let missing = read(LIST, &given("Tên mô hình=B, Số tổ=A")).unwrap_err();
    assert!(missing.in_vietnamese().contains("“Xã, phường, thị trấn”, “Địa bàn, đơn vị”"), "{missing:?}");
}
