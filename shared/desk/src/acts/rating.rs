//! The yearly rating of a point: its level, and points for each criterion where the rule pack has some.

use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::point::{criteria_key_in, rater_in, rating_key_in};
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::criteria::{BY_PACK, BadPoints, Sheet, check, sheet};
use keng_domain::schema::Kind;
use keng_store::Store;
use keng_store::edit::Act;

use super::{By, Given, commit, latest_today, of_kind};
use crate::Told;

/// What a rater says of a point and a year.
#[derive(Debug, Clone, Default)]
pub struct Rating {
    /// The level, by code or label; absent: as it stands.
    pub level: Option<String>,
    /// Points by number of the criterion, from 1; an empty text takes them back.
    pub points: Vec<Given>,
}

/// Rates a point for a year in the name of the own unit (R6). Returns whether anything changed.
///
/// # Errors
/// For an unknown level, criterion or point, more points than a criterion brings, and a year that has not
/// begun: then nothing is written.
pub fn rate(store: &mut Store, id: RecordId, year: i32, rating: &Rating, by: &By) -> Result<bool, Told> {
    let scope = of_kind(store, Kind::Point, id)?.scope;
    let packs = store.rule_packs()?;
    let (pack, begins) = (packs.of_year(year), packs.annual(year).from);
    if begins > latest_today(store)? {
        let day = keng_domain::text::date_dmy(begins);
        return Err(Told::refused(format!("Năm {year} chưa bắt đầu (từ ngày {day}), chưa xếp loại được (R6).")));
    }
    let rater = store.identity().unit_key();
    let mut values = Vec::new();
    if let Some(level) = &rating.level {
        let code = level_named(pack, level)?;
        values.push((rating_key_in(&scope, year, &rater), Value::from(code)));
    }
    if !rating.points.is_empty() && pack.rating.criteria.is_empty() {
        return Err(Told::refused(no_criteria(pack)));
    }
    let mut faults = Vec::new();
    let mut given: Vec<&str> = rating.points.iter().map(|(line, _)| line.as_str()).collect();
    given.sort_unstable();
    if let Some(twice) = given.windows(2).find(|pair| pair[0] == pair[1]) {
        faults.push(format!("Tiêu chí {}: ghi hai lần.", twice[0]));
    }
    for (line, text) in &rating.points {
        match points(pack, line, text) {
            Ok(value) => values.push((format!("{}/{line}", criteria_key_in(&scope, year, &rater)), value)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(Told::refused(faults.join(" ")));
    }
    if values.is_empty() {
        return Err(Told::refused("Hãy ghi mức xếp loại (--level), hoặc điểm của từng tiêu chí (--points)."));
    }
    if !rating.points.is_empty() {
        values.push(by_pack(&criteria_key_in(&scope, year, &rater), pack));
    }
    Ok(commit(store, &[Act::Change { id, values }], by)?.entries > 0)
}

/// What the points of a sheet come to, in words.
#[must_use]
pub fn total(sheet: &Sheet, pack: &RulePack) -> String {
    let most: u32 = sheet.lines.iter().map(|l| l.points).sum();
    let label = |code: &str| pack.level(code).map_or_else(|| code.to_owned(), |l| l.label.clone());
    let level = match (&sheet.level_by_total, &sheet.level) {
        (Some(by_total), Some(given)) if by_total != given => {
            format!(": mức {} theo bộ quy tắc, khác mức {} đã ghi", label(by_total), label(given))
        }
        (Some(by_total), _) => format!(": mức {} theo bộ quy tắc", label(by_total)),
        (None, _) => String::new(),
    };
    if most == 0 { String::new() } else { format!("Tổng {}/{most} điểm{level}", sheet.total) }
}

/// By which pack the criteria under `key`, see [`criteria_key_in`], are scored.
#[must_use]
pub fn by_pack(key: &str, pack: &RulePack) -> (String, Value) {
    (format!("{key}/{BY_PACK}"), Value::from(pack.id.as_str()))
}

/// Reads the points of criterion number `line`.
///
/// # Errors
/// The sentence for the officer.
pub fn points(pack: &RulePack, line: &str, text: &str) -> Result<Value, String> {
    // An emptied line is open again; whether the sheet has it is asked as for any points.
    let (text, is_empty) = (text.trim(), text.trim().is_empty());
    let (Ok(n), Ok(given)) = (line.parse::<usize>(), if is_empty { Ok(0) } else { text.parse::<u32>() }) else {
        return Err(format!("Tiêu chí {line}: “{text}” không phải số điểm nguyên."));
    };
    match check(pack, n, given) {
        Ok(()) if is_empty => Ok(Value::Null),
        Ok(()) => Ok(Value::Int(i64::from(given))),
        Err(BadPoints::NoLine { lines: 0, .. }) => Err(no_criteria(pack)),
        Err(BadPoints::NoLine { lines, .. }) => {
            Err(format!("Không có tiêu chí số {n}; các tiêu chí là 1 đến {lines}."))
        }
        Err(BadPoints::TooMuch { max, .. }) => Err(format!("Tiêu chí {n}: tối đa {max} điểm, không phải {given}.")),
    }
}

fn no_criteria(pack: &RulePack) -> String {
    format!(
        "Bộ quy tắc {} chưa có tiêu chí xếp loại: chỉ ghi mức. Tỉnh đặt tiêu chí ở mục [rating] của bộ quy tắc.",
        pack.id
    )
}

/// What the own unit's points for the criteria of a year come to, in words; empty where it has given none.
///
/// # Errors
/// For another record than a point.
pub fn own_total(store: &Store, id: RecordId, year: i32) -> Result<String, Told> {
    let (view, pack) = (of_kind(store, Kind::Point, id)?, store.rule_pack_of(year)?);
    let sheet = sheet(&view.fields, year, &rater_in(&view.scope, &store.identity().unit_key()), &pack);
    let is_scored = sheet.lines.iter().any(|line| line.given.is_some());
    Ok(if is_scored { total(&sheet, &pack) } else { String::new() })
}

pub(super) fn level_named(pack: &RulePack, text: &str) -> Result<String, Told> {
    pack.level_of_text(text).map(|l| l.code.clone()).ok_or_else(|| {
        let codes: Vec<&str> = pack.levels.iter().map(|l| l.code.as_str()).collect();
        Told::refused(format!("Không có mức “{text}”. Các mức: {}.", codes.join(", ")))
    })
}
