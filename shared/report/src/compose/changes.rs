//! What differs from the report of this period that was issued before (decree 30/2020, Article 18.3; R19).

use keng_domain::changes::{Change, Changes, LineChange};
use keng_domain::explanation::Verdict;
use keng_domain::text;
use serde_json::Value as Json;

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
    ("fields", "Lĩnh vực"),
];

/// All differences as people read them: of what, which figure, before, after.
#[must_use]
pub fn change_lines(changes: &Changes) -> Vec<[String; 4]> {
    let words = |row: Row| <[String; 4]>::try_from(row.cells.iter().map(Cell::printed).collect::<Vec<_>>());
    rows(changes).into_iter().filter_map(|row| words(row).ok()).collect()
}

fn rows(changes: &Changes) -> Vec<Row> {
    let mut rows: Vec<Row> =
        LABELS.iter().filter_map(|(key, label)| Some(row("Toàn tỉnh", label, changes.totals.get(*key)?))).collect();
    rows.extend(changes.models.iter().flat_map(|line| lines(line, "mô hình")));
    rows.extend(changes.units.iter().flat_map(|line| lines(line, "đơn vị")));
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

fn lines(line: &LineChange, what: &str) -> Vec<Row> {
    let name = match line.change {
        "added" => format!("{} ({what} thêm)", clip(&line.name)),
        "removed" => format!("{} ({what} không còn)", clip(&line.name)),
        _ => clip(&line.name),
    };
    LABELS
        .iter()
        .filter(|(key, _)| *key != "name" || line.change == "changed")
        .filter_map(|(key, label)| Some(row(&name, label, line.fields.get(*key)?)))
        .collect()
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
        other => Cell::text(other.to_string()),
    }
}
