//! What an officer is told of a statistics form that was taken in.

use chrono::{Datelike, NaiveDate};
use keng_desk::names;
use keng_domain::field::{Field, Value};
use keng_domain::form::Counts;
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_domain::text::{date_dmy, thousands};
use serde::Serialize;

use crate::import::{ModelRow, Precision};

/// The field that begins a model.
pub(super) const FOUNDED_ON: &str = "founded_on";

/// What a statistics form says that this machine does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormTold {
    /// The period in its heading, `năm 2021`; absent where the heading names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The day as of whose end the points of this machine were counted.
    pub as_of: NaiveDate,
    /// Models that it tells of.
    pub models: usize,
    /// Where its totals differ, in the order of its rows.
    pub differences: Vec<Difference>,
    /// Where a value that was recorded before was left as it is, and what could not be read, row by row.
    pub left: Vec<Left>,
}

/// A model whose totals differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its rows, as Excel numbers them: a form may have several of one model.
    pub rows: Vec<u32>,
    /// The model.
    pub model: RecordId,
    /// What the form calls it.
    pub name: String,
    /// The sums of its rows.
    pub said: Counts,
    /// The sums of its points here.
    pub held: Counts,
    /// All that for the officer, with what to do.
    pub sentence: String,
}

/// Something of a row that was not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Row number as Excel shows it, from 1.
    pub row: u32,
    /// The model.
    pub model: RecordId,
    /// The key of its field.
    pub field: &'static str,
    /// What the form says.
    pub said: String,
    /// Why, for the officer.
    pub sentence: String,
}

impl FormTold {
    /// Everything that an officer should look at, in sentences, row by row.
    #[must_use]
    pub fn sentences(&self) -> Vec<&str> {
        let differences = self.differences.iter().map(|d| (d.rows.first().copied().unwrap_or(0), &*d.sentence));
        let mut all: Vec<(u32, &str)> = differences.chain(self.left.iter().map(|l| (l.row, &*l.sentence))).collect();
        all.sort_by_key(|(row, _)| *row);
        all.into_iter().map(|(_, sentence)| sentence).collect()
    }
    /// What came of the comparison, in a sentence.
    pub(super) fn summary(&self) -> String {
        let models = |n: usize| format!("{} mô hình", thousands(n as u64));
        let period = self
            .period
            .as_ref()
            .map_or_else(|| "tiêu đề không nêu rõ một kỳ".to_owned(), |period| format!("biểu của {period}"));
        let outcome = match self.differences.len() {
            0 => format!("số liệu của {} đều khớp", models(self.models)),
            n => format!("{} khớp, {} khác", models(self.models - n), models(n)),
        };
        format!(
            "Tệp là biểu thống kê, mỗi dòng một mô hình: không tạo điểm, chỉ so với số điểm tại máy này đến hết ngày {} \
         ({period}): {outcome}.",
            date_dmy(self.as_of)
        )
    }
}

impl Left {
    /// A value that was recorded before, and says something else.
    pub(super) fn kept(model: RecordId, row: &ModelRow, key: &str, said: &Value, field: &Field) -> Self {
        let shown = |value: &Value| match value.as_text().and_then(|t| t.parse::<NaiveDate>().ok()) {
            Some(day) => date_dmy(day),
            None => value.to_string(),
        };
        let told = match row.founded.filter(|_| key == FOUNDED_ON) {
            Some(founded) if founded.precision == Precision::Year => format!("năm {}", founded.day.year()),
            Some(founded) if founded.precision == Precision::Month => founded.day.format("tháng %m/%Y").to_string(),
            _ => shown(said),
        };
        let spec = Kind::Model.field(key);
        let sentence = format!(
            "Dòng {}, mô hình “{}”, {}: biểu ghi “{told}”; máy này ghi “{}”, giữ nguyên.",
            row.row,
            row.name,
            names::field_label(Kind::Model.code(), key),
            shown(field.shown())
        );
        Self { row: row.row, model, field: spec.map_or("", |s| s.key), said: told, sentence }
    }

    /// A beginning that lies ahead, and why that cannot be.
    pub(super) fn ahead(model: RecordId, row: &ModelRow, day: NaiveDate, why: &str) -> Self {
        let label = names::field_label(Kind::Model.code(), FOUNDED_ON);
        let sentence = format!("Dòng {}, mô hình “{}”, {label}: {why}", row.row, row.name);
        Self { row: row.row, model, field: FOUNDED_ON, said: date_dmy(day), sentence }
    }

    /// A column of time in which there is none.
    pub(super) fn undated(model: RecordId, row: &ModelRow, text: &str) -> Self {
        let sentence =
            format!("Dòng {}, mô hình “{}”: không thấy năm trong “{text}”; ngày xây dựng để trống.", row.row, row.name);
        Self { row: row.row, model, field: FOUNDED_ON, said: text.to_owned(), sentence }
    }
}
