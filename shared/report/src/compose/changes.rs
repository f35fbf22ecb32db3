//! What differs from the report of this period that was issued before (decree 30/2020, Article 18.3; R19).

use std::collections::BTreeMap;

use keng_domain::changes::{Change, Changes, LineChange};
use keng_domain::explanation::Verdict;
use keng_domain::rules::submission::State;
use keng_domain::rules::timeliness::Timeliness;
use keng_domain::text;
use serde_json::{Map, Value as Json};

use crate::document::{Cell, Column, Row, Table};
use crate::words::clip;

/// Most lines that paper can bear; all of them are in the JSON.
const LINES_MAX: usize = 500;

/// Labels of what is compared, in the order in which people read it.
const LABELS: &[(&str, &str)] = &[
    ("models", "Số mô hình"),
    ("points", "Số điểm"),
    ("teams", "Số tổ"),
    ("members", "Số thành viên"),
    ("eligible", "Điểm đủ điều kiện xếp loại"),
    ("effective", "Điểm hiệu quả"),
    ("unrated", "Điểm chưa đánh giá"),
    ("verdict", "Kết luận"),
    ("new_points", "Điểm mới trong kỳ"),
    ("ended", "Điểm chấm dứt trong kỳ"),
    ("spontaneous_pending", "Điểm tự phát chờ công nhận"),
    ("effective_models", "Mô hình hiệu quả"),
    ("not_effective_models", "Mô hình chưa hiệu quả"),
    ("undetermined_models", "Mô hình chưa đủ căn cứ"),
    ("not_rated_models", "Mô hình chưa đánh giá"),
    ("name", "Tên"),
    ("lead_unit", "Đơn vị chủ trì"),
    ("run_by", "Đơn vị thực hiện"),
    ("fields", "Lĩnh vực"),
    ("founded", "Năm xây dựng (QĐ số)"),
    ("first_decision", "Quyết định đầu tiên"),
    (BY_LEVEL, "Xếp loại"),
    ("handed_in", "Báo cáo của đơn vị"),
    ("exemplar_kind", "Loại điển hình"),
    ("level", "Cấp công nhận"),
    ("year", "Năm"),
    ("address", "Địa chỉ"),
    ("achievement", "Thành tích"),
    ("decision", "Quyết định công nhận"),
    ("reward", "Hình thức khen"),
    ("unit", "Đơn vị đề xuất"),
    ("model", "Mô hình"),
    ("quarter", "Quý"),
    ("case", "Trường hợp"),
    ("state", "Kết quả"),
    ("basis", "Căn cứ đề nghị Bộ"),
    ("places", "Số nơi"),
    ("registered", "Đã đăng ký"),
    ("recognised", "Được công nhận"),
    ("spontaneous_models", "Mô hình tự phát chờ công nhận"),
    ("contests", "Xung đột chưa chọn"),
    ("contests_that_may_turn", "Xung đột có thể đổi kết luận"),
    ("missing_units", "Đơn vị chưa gửi số liệu"),
    ("exemplars_without_date", "Điển hình chưa ghi ngày quyết định"),
];
/// Points by level: a row for each level that differs.
const BY_LEVEL: &str = "by_level";

/// All differences as people read them: of what, which figure, before, after.
#[must_use]
pub fn change_lines(changes: &Changes) -> Vec<[String; 4]> {
    let words = |row: Row| <[String; 4]>::try_from(row.cells.iter().map(Cell::printed).collect::<Vec<_>>());
    rows(changes).into_iter().filter_map(|row| words(row).ok()).collect()
}

fn rows(changes: &Changes) -> Vec<Row> {
    let of_province = |changed: &BTreeMap<String, Change>| -> Vec<Row> {
        LABELS.iter().filter_map(|(key, label)| Some(row("Toàn tỉnh", label, changed.get(*key)?))).collect()
    };
    let kinds = [
        (&changes.models, "mô hình"),
        (&changes.units, "đơn vị"),
        (&changes.exemplars, "điển hình"),
        (&changes.nominations, "đề xuất"),
        (&changes.places, "loại"),
    ];
    let of_lines =
        kinds.into_iter().flat_map(|(all, what)| all.iter().flat_map(move |l| lines(l, what, &changes.levels)));
    let mut rows = of_province(&changes.totals);
    rows.extend(of_lines);
    rows.extend(of_province(&changes.others));
    rows
}

/// The table of all differences.
pub fn table(changes: &Changes) -> Table {
    let mut rows = rows(changes);
    let more = rows.len().saturating_sub(LINES_MAX);
    rows.truncate(LINES_MAX);
    if more > 0 {
        let words = format!("còn {} thay đổi khác trong tệp số liệu kèm theo", text::padded(more as u64));
        rows.push(Row::total(vec![Cell::text(words), Cell::blank(), Cell::blank(), Cell::blank()]));
    }
    Table {
        sheet: "Thay đổi".to_owned(),
        caption: "Thay đổi so với báo cáo đã ban hành".to_owned(),
        columns: vec![
            Column::wide("Mô hình, đơn vị", 90),
            Column::wide("Nội dung", 70),
            Column::narrow("Đã báo cáo", 46),
            Column::narrow("Nay là", 46),
        ],
        rows,
    }
}

fn lines(line: &LineChange, what: &str, levels: &[(String, String)]) -> Vec<Row> {
    let name = match line.change {
        "added" => format!("{} ({what} thêm)", clip(&line.name)),
        "removed" => format!("{} ({what} không còn)", clip(&line.name)),
        _ => clip(&line.name),
    };
    let mut rows = Vec::new();
    for (key, label) in LABELS.iter().filter(|(key, _)| *key != "name" || line.change == "changed") {
        match line.fields.get(*key) {
            Some(change) if *key == BY_LEVEL => rows.extend(by_level(&name, label, change, levels)),
            Some(change) => rows.push(row(&name, label, change)),
            None => {}
        }
    }
    rows
}

fn by_level(of: &str, label: &str, change: &Change, levels: &[(String, String)]) -> Vec<Row> {
    let said = |side: &Json, code: &str| side.get(code).and_then(Json::as_u64).unwrap_or(0);
    let differs = levels.iter().filter_map(|(code, level)| {
        let (from, to) = (said(&change.from, code), said(&change.to, code));
        let cells = || vec![Cell::text(of), Cell::text(format!("{label} {level}")), Cell::Count(from), Cell::Count(to)];
        (from != to).then(|| Row::plain(cells()))
    });
    differs.collect()
}

fn row(of: &str, label: &str, change: &Change) -> Row {
    Row::plain(vec![Cell::text(of), Cell::text(label), value(&change.from), value(&change.to)])
}

fn value(of: &Json) -> Cell {
    match of {
        Json::Null => Cell::text("–"),
        Json::Number(n) => n.as_u64().map_or_else(|| Cell::text(n.to_string()), Cell::Count),
        Json::String(words) => match serde_json::from_value::<Verdict>(of.clone()) {
            Ok(verdict) => Cell::text(verdict.label()),
            Err(_) => Cell::text(words),
        },
        Json::Object(handed_in) => Cell::text(hand_in(handed_in)),
        other => Cell::text(other.to_string()),
    }
}

/// What a unit handed in, in words: `Đã nhận, quá hạn`.
fn hand_in(of: &Map<String, Json>) -> String {
    let said = |key: &str| of.get(key).and_then(Json::as_str).unwrap_or_default();
    let state = State::ALL.into_iter().find(|state| serde_json::to_value(state).is_ok_and(|s| s == said("state")));
    let timeliness =
        Timeliness::ALL.into_iter().find(|t| serde_json::to_value(t).is_ok_and(|t| t == said("timeliness")));
    let words = [state.map(State::label).map(str::to_owned), timeliness.map(|t| t.label().to_lowercase())];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
