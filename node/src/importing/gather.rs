//! Rows of one point, taken as one before anything is compared: what the first of them says is no news to the
//! second, and an import of the same file again finds nothing to write.

use std::collections::HashMap;

use keng_domain::field::Value;
use keng_domain::rule_pack::RulePack;
use keng_domain::schema::{FieldType, Kind};
use keng_domain::text::date_dmy;

use super::plan::Plan;
use crate::import::{PointRow, RowFault, RowName, rows_named, same_notice};

/// A point with all that its rows say of it.
pub(super) struct Gathered {
    /// What they say together; its number is that of the first.
    pub row: PointRow,
    /// All of them, as Excel numbers them.
    pub rows: Vec<RowName>,
}

/// Takes rows of one point as one. Rows that contradict each other all come back as faults: which of them is
/// right, only a person can say.
pub(super) fn gather(plan: &Plan<'_>, pack: &RulePack, rows: Vec<PointRow>) -> (Vec<Gathered>, Vec<RowFault>) {
    let mut groups: Vec<Vec<PointRow>> = Vec::with_capacity(rows.len());
    let mut known = HashMap::with_capacity(rows.len());
    for row in rows {
        let at = *known.entry(plan.lookup(&row)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    let (mut points, mut faults) = (Vec::with_capacity(groups.len()), Vec::new());
    for group in groups {
        let contradictions = contradictions(&group, pack);
        if !contradictions.is_empty() {
            faults.extend(group.iter().map(|row| fault(row, &group, &contradictions)));
            continue;
        }
        let rows = group.iter().map(PointRow::name).collect();
        if let Some(row) = group.into_iter().reduce(together) {
            points.push(Gathered { row, rows });
        }
    }
    (points, faults)
}

/// That some points stand in several rows that say the same; `None` where none does.
pub(super) fn told(points: &[Gathered]) -> Option<String> {
    let several: Vec<&[RowName]> = points.iter().map(|p| &*p.rows).filter(|rows| rows.len() > 1).collect();
    same_notice(&several)
}

/// One row says what the other leaves empty.
fn together(mut one: PointRow, other: PointRow) -> PointRow {
    one.fields = one.fields.or(other.fields);
    for (key, value) in other.values {
        one.values.entry(key).or_insert(value);
    }
    for (year, level) in other.ratings {
        one.ratings.entry(year).or_insert(level);
    }
    one
}

/// What rows of one point say differently: the column, and what stands there in each.
fn contradictions(group: &[PointRow], pack: &RulePack) -> Vec<(String, Vec<String>)> {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    let mut say = |column: String, text: String| match said.iter_mut().find(|(known, _)| *known == column) {
        Some((_, texts)) if texts.contains(&text) => {}
        Some((_, texts)) => texts.push(text),
        None => said.push((column, vec![text])),
    };
    for row in group {
        for (key, value) in &row.values {
            say(label(key).to_owned(), shown(key, value));
        }
        for (year, code) in &row.ratings {
            let level = pack.levels.iter().find(|l| l.code == *code).map_or(code, |l| &l.label);
            say(format!("Xếp loại năm {year}"), level.clone());
        }
    }
    // Points of units that became one: their hamlets may be called alike.
    let former = |row: &PointRow| row.former.as_ref().map_or_else(|| "đơn vị nay".to_owned(), |f| f.name.clone());
    for row in group.iter().filter(|_| group.iter().any(|row| row.former.is_some())) {
        say("Đơn vị cũ".to_owned(), former(row));
    }
    said.retain(|(_, texts)| texts.len() > 1);
    said
}

fn fault(row: &PointRow, group: &[PointRow], contradictions: &[(String, Vec<String>)]) -> RowFault {
    let others: Vec<RowName> = group.iter().map(PointRow::name).filter(|name| *name != row.name()).collect();
    let what: Vec<String> = contradictions
        .iter()
        .map(|(column, texts)| {
            let texts: Vec<String> = texts.iter().map(|text| format!("“{text}”")).collect();
            format!("{column} {}", texts.join(" và "))
        })
        .collect();
    let column = contradictions.first().map_or_else(String::new, |(column, _)| column.clone());
    let own = row.values.iter().find(|(key, _)| label(key) == column).map(|(key, value)| shown(key, value));
    RowFault {
        row: row.row,
        sheet: row.sheet.clone(),
        value: own.unwrap_or_else(|| row.place.clone()),
        column,
        reason: format!(
            "dòng này và dòng {} cùng một điểm (mô hình, đơn vị, địa bàn) nhưng ghi khác nhau: {}; chưa nhập dòng nào, \
             hãy giữ lại dòng đúng, hoặc ghi địa bàn cho khác nhau, rồi nhập lại",
            rows_named(&others),
            what.join("; ")
        ),
        cells: Vec::new(),
    }
}

fn label(key: &'static str) -> &'static str {
    Kind::Point.field(key).map_or(key, |field| field.label)
}

fn shown(key: &str, value: &Value) -> String {
    let text = value.to_string();
    match Kind::Point.field(key) {
        Some(field) if field.kind == FieldType::Date => text.parse().map_or(text, date_dmy),
        Some(field) => field.label_of(&text).into_owned(),
        None => text,
    }
}
