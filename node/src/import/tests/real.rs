//! The ten districts of Kon Tum as they sent their lists for 2022.

use keng_domain::field::{Field, Fields, Value};
use keng_domain::id::RecordId;
use keng_domain::point::Point;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::counting::{Standing, standing};

use super::{PointRow, fixture, read_as};

const DISTRICTS: [&str; 10] = ["608", "610", "611", "612", "613", "614", "615", "616", "617", "618"];

/// The row as a record of the district would show it.
fn point(row: &PointRow, district: &str) -> Point {
    let ratings = row.ratings.iter().map(|(year, level)| (format!("ratings/{year}/{district}"), level.as_str().into()));
    let values = row.values.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
    let names = [("unit".to_owned(), Value::from(row.unit.as_str())), ("place".to_owned(), Value::from(&*row.place))];
    let fields = names.into_iter().chain(values).chain(ratings).map(|(key, value)| (key, Field::Settled(value)));
    Point::read(RecordId([0; 16]), &Fields(fields.collect()))
}

#[test]
fn all_ten_districts_read_to_the_last_row() {
    let expected: serde_json::Value =
        serde_json::from_slice(&fixture("tests/fixtures/kontum-2022/expected.json")).unwrap();
    let cut_off = expected["cut_off"].as_str().unwrap().parse().unwrap();
    let pack = &RulePack::kontum_2022();
    let (mut rows, mut teams, mut members, mut ended, mut pending) = (0, 0, 0, 0, 0);
    for district in DISTRICTS {
        let bytes = fixture(&format!("tests/fixtures/kontum-2022/{district}-2022.xlsx"));
        let sheet = read_as(&format!("kontum-2022/{district}"), &bytes).unwrap();
        let expect = &expected["districts"][district];
        assert_eq!(sheet.faults, [], "{district}");
        assert_eq!(expect["rows"], sheet.rows, "{district}");
        assert_eq!(sheet.points.len(), sheet.rows as usize);
        let points: Vec<Point> = sheet.points.iter().map(|row| point(row, district)).collect();
        let at = |wanted: Standing| points.iter().filter(move |p| standing(p, cut_off, pack) == wanted);
        assert_eq!(expect["counted_points"], at(Standing::Counted).count(), "{district}");
        assert_eq!(expect["teams"], at(Standing::Counted).map(|p| p.teams).sum::<u32>(), "{district}");
        rows += sheet.rows;
        teams += at(Standing::Counted).map(|p| p.teams).sum::<u32>();
        members += at(Standing::Counted).map(|p| p.members).sum::<u32>();
        ended += at(Standing::Ended).count();
        pending += at(Standing::SpontaneousPending).count();
    }
    assert_eq!(rows, 752);
    assert_eq!(expected["teams"], teams);
    assert_eq!(expected["members"], members);
    assert_eq!(expected["ended"], ended);
    assert_eq!(expected["spontaneous_pending"], pending);
}

#[test]
fn a_row_is_read_cell_by_cell() {
    let sheet = read_as("kontum-2022/610", &fixture("tests/fixtures/kontum-2022/610-2022.xlsx")).unwrap();
    let first = &sheet.points[0];
    assert_eq!((first.row, &*first.model, &*first.place), (6, "Tiếng kẻng an ninh", "Thôn 5.1"));
    assert_eq!(first.fields.as_deref(), Some("Tự quản khu dân cư"));
    let values: Vec<String> = first.values.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(
        values,
        [
            "decision_date=2014-12-01",
            "decision_no=596/QĐ-UBND",
            "launched_on=2014-12-08",
            "members=15",
            "object=KHU_DAN_CU",
            "origin=CHI_DAO",
            "status=HOAT_DONG",
            "teams=1"
        ]
    );
    assert_eq!(first.ratings.get(&2022).map(String::as_str), Some("trung_binh"));
}

#[test]
fn a_legacy_file_says_the_same_as_the_new_one() {
    for district in ["608", "618"] {
        let new = fixture(&format!("tests/fixtures/kontum-2022/{district}-2022.xlsx"));
        let legacy = fixture(&format!("node/tests/fixtures/{district}-2022.xls"));
        let importer = format!("kontum-2022/{district}");
        assert_eq!(read_as(&importer, &legacy), read_as(&importer, &new), "{district}");
    }
}

#[test]
fn a_legacy_file_with_everything_that_old_files_bring() {
    let sheet = read_as("kontum-2022/610", &fixture("node/tests/fixtures/messy.xls")).unwrap();
    assert_eq!(sheet.rows, 3);
    let [first, second] = sheet.points.as_slice() else { panic!("{sheet:?}") };
    assert_eq!((first.row, &*first.model), (5, "TIẾNG KẺNG AN NINH"));
    assert_eq!(first.unit, second.unit, "the commune is merged over both rows");
    for point in [first, second] {
        assert_eq!(point.values["decision_date"], Value::from("2021-03-15"), "counted from 1904, or text");
    }
    assert_eq!((&first.values["members"], &second.values["members"]), (&Value::Int(7), &Value::Int(12)));
    assert_eq!(first.ratings.get(&2021).map(String::as_str), Some("tot"), "the year stands above the table");
    assert!(second.ratings.is_empty());
    assert_eq!((sheet.faults[0].row, &*sheet.faults[0].value), (8, "-4"));
}
