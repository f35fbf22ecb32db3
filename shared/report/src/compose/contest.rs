//! Section V: contests that nobody had settled at the cut, every value with who wrote it (R12).

use std::collections::HashMap;

use chrono::DateTime;

use keng_domain::field::{Candidate, Value};
use keng_domain::figures::{Figures, OpenContest};
use keng_domain::schema::{FieldType, Kind};
use keng_domain::text;

use super::counted;
use crate::document::{Block, Cell, Column, Row, Table};
use crate::words::{clip, stamp};

/// Most contests that a report prints. A province has a handful; beyond this the paper says how
/// many more there are and a person reads them in `report.json` or at the hub.
const CONTESTS_MAX: usize = 300;

/// After the value that counts until somebody chooses.
const INTERIM_MARK: &str = "(*)";

/// What people call the codes that stand in candidates' values.
struct Names<'a> {
    units: HashMap<&'a str, &'a str>,
    levels: HashMap<&'a str, &'a str>,
    models: HashMap<String, &'a str>,
}

impl<'a> Names<'a> {
    /// The names that the figures know.
    fn of(figures: &'a Figures) -> Self {
        let province = (figures.province.code.as_str(), figures.province.name.as_str());
        let units = figures.units.iter().map(|u| (u.code.as_str(), u.name.as_str()));
        Self {
            units: units.chain([province]).collect(),
            levels: figures.levels.iter().map(|(code, label)| (code.as_str(), label.as_str())).collect(),
            models: figures.models.iter().map(|m| (m.id.to_string(), m.name.as_str())).collect(),
        }
    }

    fn unit(&self, candidate: &Candidate) -> String {
        match candidate.side.as_str() {
            "" => "chưa rõ đơn vị".to_owned(),
            code => self.units.get(code).map_or_else(|| format!("đơn vị {code}"), |name| clip(name)),
        }
    }

    /// A value as people read it: labels for codes, names for records, dates by day.
    fn value(&self, contest: &OpenContest, value: &Value) -> String {
        let code = match value {
            Value::Null => return "(để trống)".to_owned(),
            Value::Int(n) => return u64::try_from(*n).map_or_else(|_| n.to_string(), text::thousands),
            Value::Text(words) => words.as_str(),
        };
        let spec = Kind::of_code(&contest.kind).and_then(|kind| kind.field(&contest.field));
        let words = match spec.map(|s| (s.kind, s.label_of(code))) {
            Some((FieldType::Map, _)) => self.levels.get(code).copied().unwrap_or(code).to_owned(),
            Some((FieldType::Record, _)) => self.models.get(code).map_or(code, |name| name).to_owned(),
            Some((FieldType::Date, _)) => code.parse().map_or_else(|_| code.to_owned(), text::date_dmy),
            Some((_, label)) => label.into_owned(),
            None => code.to_owned(),
        };
        clip(&words)
    }
}

/// Whether the interim value counts. A contested rating does not: its point is unrated (R12).
fn interim_counts(contest: &OpenContest) -> bool {
    !contest.field.starts_with("ratings/") && !contest.field.starts_with("approved/")
}

/// The section.
pub fn section(figures: &Figures) -> Vec<Block> {
    let heading = Block::heading("V. XUNG ĐỘT CHƯA CHỌN");
    let n = figures.contests.len();
    if n == 0 {
        return vec![heading, Block::paragraph("Đến điểm chốt không còn xung đột nào chưa chọn.")];
    }
    let mut blocks = vec![
        heading,
        Block::paragraph(format!(
            "Đến điểm chốt còn {} chưa chọn. Giá trị đánh dấu {INTERIM_MARK} là giá trị tạm dùng trong báo cáo này; điểm \
             có xếp loại đang xung đột được tính là chưa đánh giá.",
            counted(n as u64, "xung đột")
        )),
        Block::Table { table: table(figures) },
        Block::paragraph(weight(figures)),
    ];
    if n > CONTESTS_MAX {
        blocks.push(Block::paragraph(format!(
            "Bảng trên ghi {} đầu tiên; còn {} trong tệp số liệu kèm theo.",
            counted(CONTESTS_MAX as u64, "xung đột"),
            counted((n - CONTESTS_MAX) as u64, "xung đột")
        )));
    }
    blocks
}

/// Whether choosing could turn a verdict of this report.
fn weight(figures: &Figures) -> String {
    match figures.contests.iter().filter(|c| c.may_change_verdict).count() {
        0 => "Chọn giá trị nào cũng không làm thay đổi kết luận về mô hình.".to_owned(),
        n => format!("Trong đó {} có thể làm thay đổi kết luận về mô hình.", counted(n as u64, "xung đột")),
    }
}

/// One row for each value; rows of one contest share its number, so that a page break or a filter
/// leaves none without its record.
fn table(figures: &Figures) -> Table {
    let names = Names::of(figures);
    let mut rows = Vec::new();
    // What may turn a verdict is read first, and never the part that a paper cannot bear.
    let mut contests: Vec<&OpenContest> = figures.contests.iter().collect();
    contests.sort_by_key(|c| c.tips.is_empty());
    for (i, contest) in contests.into_iter().take(CONTESTS_MAX).enumerate() {
        for (j, candidate) in contest.candidates.iter().enumerate() {
            let mut value = names.value(contest, &candidate.value);
            if j == 0 && interim_counts(contest) {
                value = format!("{value} {INTERIM_MARK}");
            }
            rows.push(Row::plain(vec![
                Cell::from(i as u64 + 1),
                Cell::text(&contest.name),
                Cell::text(&contest.label),
                Cell::Text(value),
                Cell::text(names.unit(candidate)),
                Cell::text(written(candidate)),
                Cell::text(contest.tips.join("; ")),
            ]));
        }
    }
    Table {
        sheet: "Xung đột".to_owned(),
        caption: "Xung đột chưa chọn".to_owned(),
        columns: vec![
            Column::narrow("TT", 5),
            Column::wide("Bản ghi", 24),
            Column::wide("Trường", 15),
            Column::wide("Giá trị", 17),
            Column::wide("Đơn vị", 16),
            Column::wide("Người ghi, giờ máy", 20),
            Column::wide("Có thể đổi kết luận", 20),
        ],
        rows,
    }
}

/// Who wrote it, at which installation, and when by its own clock.
fn written(candidate: &Candidate) -> String {
    let author = &candidate.author;
    let when = DateTime::from_timestamp_millis(author.device_time_ms).map(stamp);
    let who = [clip(&author.officer), author.node.0.clone(), when.unwrap_or_default()];
    who.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(", ")
}
