//! Committees, teams, exemplars, surveys, assessments, scores and organisations: one way of adding and editing.

use keng_domain::field::{Field, Fields, Value};
use keng_domain::id::RecordId;
use keng_domain::rules::contradictions::contradictions;
use keng_domain::rules::movement::{BadScore, check, sheet};
pub use keng_domain::schema::DISTRICT;
use keng_domain::schema::{FieldSpec, FieldType, Kind, LINE_CHARS_MAX, OBJECTS, TEAM_LEADER, YES_NO};
use keng_domain::unit::UnitCode;
use keng_records::record::Meta;
use keng_store::edit::Act;
use keng_store::personal::KeyState;
use keng_store::query::RecordView;
use keng_store::{Role, Store, StoreError};
use serde_json::{Value as Json, json};

use crate::acts::{By, Given, commit, fresh_id, own_tree, read_one, unit_named};
use crate::duties::safety::{Assessed, assessed, pack_of};
use crate::folder::random;
use crate::{Told, answers};

/// The kinds that are added and edited here.
pub const KINDS: [Kind; 8] = [
    Kind::Exemplar,
    Kind::Committee,
    Kind::Team,
    Kind::Member,
    Kind::Survey,
    Kind::Assessment,
    Kind::Score,
    Kind::Organisation,
];

/// Adds a record of one of [`KINDS`]. `unit` defaults to that of what it belongs to, or the own one;
/// committees, teams, members and surveys name the `record` that they belong to, assessments and scores
/// their `year`, scores their `object`.
///
/// # Errors
/// For what is missing or cannot be read, all faults at once.
pub fn add(store: &mut Store, kind: Kind, given: &[Given], by: &By) -> Result<RecordId, Told> {
    let (catalogue, own) = own_tree(store)?;
    let (mut unit, mut values, mut faults) = (None, Vec::new(), Vec::new());
    for (key, text) in given {
        if key == "unit" {
            unit = Some(unit_named(&catalogue, &own, text)?);
            continue;
        }
        match fixed(store, kind, key, text).unwrap_or_else(|| field(store, kind, key, text, None)) {
            Ok(value) => values.push((key.clone(), value)),
            Err(fault) => faults.push(fault),
        }
    }
    let said = |key: &str| values.iter().find(|(k, v)| k == key && *v != Value::Null).map(|(_, v)| v.to_string());
    faults.extend(unsaid(kind, said).map(lacks));
    faults.extend(contradictions(kind, &with(&Fields::default(), &values)));
    if !faults.is_empty() {
        return Err(Told::refused(faults.join(" ")));
    }
    let unit = match unit {
        Some(unit) => unit,
        None => unit_of_holder(store, &values)?.unwrap_or_else(|| own.clone()),
    };
    let owner = match store.identity().role {
        Role::Node => own,
        Role::Hub => catalogue.reporting_unit(&unit).map_or(own, |u| u.code.clone()),
    };
    values.insert(0, ("unit".to_owned(), Value::from(unit.as_str())));
    let id = fresh_id();
    let meta = Meta { kind: kind.code().to_owned(), scope: catalogue.scope_of(&unit), owner };
    if kind == Kind::Member {
        let stamp = by.stamp(store);
        store.add_key(id, &meta, (fresh_id(), &random()), &stamp, stamp.device_time_ms)?;
    }
    commit(store, &[Act::Create { id, meta, values }], by)?;
    Ok(id)
}

/// What a new record of a kind still lacks: what is written once, but for the unit, which has a default, and its
/// essentials.
pub fn unsaid(kind: Kind, said: impl Fn(&str) -> Option<String> + Copy) -> impl Iterator<Item = &'static FieldSpec> {
    let once = kind.fields().iter().filter(|s| s.kind == FieldType::Fixed && s.key != "unit");
    once.filter(move |s| said(s.key).is_none()).chain(missing(kind, said))
}

/// The essentials of a kind that nobody has said, see [`Kind::essentials`].
fn missing(kind: Kind, said: impl Fn(&str) -> Option<String>) -> impl Iterator<Item = &'static FieldSpec> {
    let needed = kind.essentials(said("object").as_deref());
    needed.iter().filter(move |key| said(key).is_none()).filter_map(move |key| kind.field(key))
}

/// The fields as they would read with these values.
fn with(fields: &Fields, values: &[(String, Value)]) -> Fields {
    let mut fields = fields.clone();
    fields.0.extend(values.iter().map(|(key, value)| (key.clone(), Field::Settled(value.clone()))));
    fields
}

fn lacks(spec: &FieldSpec) -> String {
    format!("Thiếu mục “{}” ({}).", spec.label, spec.key)
}

/// The unit of the record that a new one belongs to; `None` where there is none, or it has no unit.
fn unit_of_holder(store: &Store, values: &[(String, Value)]) -> Result<Option<UnitCode>, StoreError> {
    let named = values.iter().find(|(key, _)| key == "record").and_then(|(_, value)| value.as_text());
    let holder = named.and_then(|id| id.parse().ok()).map(|id| store.record(id)).transpose()?.flatten();
    Ok(holder.and_then(|view| view.fields.text("unit")?.parse().ok()))
}

/// Edits a record of one of [`KINDS`]; `criteria/2`, `remarks/2`, `own/1`, `above/1` name lines of its sheet. Returns
/// whether anything changed.
///
/// # Errors
/// For a record of another kind, or a value that cannot be read: then nothing is written.
pub fn edit(store: &mut Store, kind: Kind, id: RecordId, given: &[Given], by: &By) -> Result<bool, Told> {
    let view = super::of_kind(store, kind, id)?;
    let (mut values, mut faults) = (Vec::<(String, Value)>::new(), Vec::new());
    for (key, text) in given {
        match field(store, kind, key, text, Some(&view)) {
            Ok(value) => values.push((key.clone(), value)),
            Err(fault) => faults.push(fault),
        }
    }
    let written = |key: &str| values.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value);
    let after = |key: &str| {
        let value = written(key).or_else(|| view.fields.get(key).map(Field::shown));
        value.filter(|v| **v != Value::Null).map(Value::to_string)
    };
    // A record of before, or of another program, may lack them: whoever edits something else is not stopped.
    if written("object").is_some() || written("name").is_some() {
        faults.extend(missing(kind, after).map(lacks));
    }
    let before = contradictions(kind, &view.fields);
    faults.extend(contradictions(kind, &with(&view.fields, &values)).into_iter().filter(|c| !before.contains(c)));
    if !faults.is_empty() {
        return Err(Told::refused(faults.join(" ")));
    }
    Ok(commit(store, &[Act::Change { id, values }], by)?.entries > 0)
}

/// Erases the person of a member's record: name and phone number are gone from this replica at once, its
/// history included, and from others with the next sync. Role and days stay, for counting. Returns
/// whether that had not been done before.
///
/// # Errors
/// For a record of another kind, or without a reason: then nothing is written.
pub fn erase(store: &mut Store, id: RecordId, by: &By) -> Result<bool, Told> {
    let view = super::of_kind(store, Kind::Member, id)?;
    if by.reason.as_deref().is_none_or(|why| why.trim().is_empty()) {
        return Err(Told::refused(
            "Xóa thông tin cá nhân phải ghi lý do (theo yêu cầu của ai, thôi tham gia từ khi nào).",
        ));
    }
    let stamp = by.stamp(store);
    Ok(store.erase_person(&view, &stamp, stamp.device_time_ms)?)
}

/// What is written once, when a record is added; `None` for other fields.
fn fixed(store: &Store, kind: Kind, key: &str, text: &str) -> Option<Result<Value, String>> {
    let text = text.trim();
    if kind.field(key)?.kind != FieldType::Fixed {
        return None;
    }
    Some(match key {
        "record" => belongs_to(store, kind, text),
        "year" => match text.parse::<i32>() {
            Ok(year) if (1990..=2100).contains(&year) => Ok(Value::from(text)),
            _ => Err(format!("Năm: “{text}” không phải năm từ 1990 đến 2100.")),
        },
        "object" => match OBJECTS.iter().map(|(code, _)| *code).chain([DISTRICT]).find(|c| *c == text) {
            Some(code) => Ok(Value::from(code)),
            None => Err(format!("Đối tượng: “{text}” không nằm trong {}.", codes(OBJECTS))),
        },
        _ => Err(format!("Không ghi được mục “{key}”.")),
    })
}

/// The kinds that records of `kind` may belong to, the nearest first.
#[must_use]
pub fn holders(kind: Kind) -> &'static [Kind] {
    match kind {
        Kind::Team => &[Kind::Point, Kind::Model],
        Kind::Member => &[Kind::Team, Kind::Committee, Kind::Point, Kind::Model],
        _ => &[Kind::Model, Kind::Point],
    }
}

fn belongs_to(store: &Store, kind: Kind, text: &str) -> Result<Value, String> {
    let found = text.parse::<RecordId>().ok().and_then(|id| store.record(id).ok().flatten());
    let holders = holders(kind);
    match found.filter(|v| Kind::of_code(&v.kind).is_some_and(|of| holders.contains(&of))) {
        Some(view) => Ok(Value::from(view.id.to_string())),
        None => {
            let called: Vec<&str> = holders.iter().map(|k| k.label()).collect();
            Err(format!("Không có {} mang mã “{text}” trên máy này.", called.join(" hay ")))
        }
    }
}

fn codes(of: &[(&str, &str)]) -> String {
    of.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ")
}

fn field(store: &Store, kind: Kind, key: &str, text: &str, of: Option<&RecordView>) -> Result<Value, String> {
    match (kind, key.split_once('/'), of) {
        (Kind::Assessment, Some(("criteria", line)), Some(view)) => criterion(store, view, line, text),
        (Kind::Assessment, Some(("remarks", line)), Some(view)) => remark(store, view, line, text),
        (Kind::Score, Some(("own" | "above", line)), Some(view)) => score(store, view, line, text),
        (Kind::Organisation, None, _) if key == "identifier" => identifier(text),
        _ => read_one(store, kind, key, text),
    }
}

/// The identifier of an agency (data dictionary, `ma_dinh_danh`): 13 characters, `000.00.00.H35`.
fn identifier(text: &str) -> Result<Value, String> {
    let text = text.trim().to_uppercase();
    let is_sound = text.len() == 13 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    match text.is_empty() {
        true => Ok(Value::Null),
        false if is_sound => Ok(Value::Text(text)),
        false => Err(format!("Mã định danh: “{text}” phải có 13 ký tự chữ, số và dấu chấm, ví dụ 000.00.00.H35.")),
    }
}

fn criterion(store: &Store, view: &RecordView, line: &str, text: &str) -> Result<Value, String> {
    has_criterion(store, view, line)?;
    let text = text.trim().to_uppercase();
    match YES_NO.iter().find(|(code, label)| *code == text || label.to_uppercase() == text) {
        Some((code, _)) => Ok(Value::from(*code)),
        None if text.is_empty() => Ok(Value::Null),
        None => Err(format!("Tiêu chí {line}: ghi {}.", codes(YES_NO))),
    }
}

/// What an officer notes beside a criterion (data dictionary, `tieu_chi[].ghi_chu`).
fn remark(store: &Store, view: &RecordView, line: &str, text: &str) -> Result<Value, String> {
    has_criterion(store, view, line)?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Ok(Value::Null),
        n if n > LINE_CHARS_MAX => Err(format!("Ghi chú của tiêu chí {line}: dài quá {LINE_CHARS_MAX} ký tự.")),
        _ => Ok(Value::Text(text)),
    }
}

fn has_criterion(store: &Store, view: &RecordView, line: &str) -> Result<(), String> {
    let packs = store.rule_packs().map_err(|e| Told::from(e).to_string())?;
    let pack = pack_of(&packs, view);
    let object = view.fields.text("object").unwrap_or_default();
    let known = pack.safety.object(object).map_or(0, |o| o.criteria.len());
    match line.parse::<usize>().is_ok_and(|n| (1..=known).contains(&n)) {
        true => Ok(()),
        false => Err(format!("Không có tiêu chí số {line}; các tiêu chí là 1 đến {known}.")),
    }
}

fn score(store: &Store, view: &RecordView, line: &str, text: &str) -> Result<Value, String> {
    let packs = store.rule_packs().map_err(|e| Told::from(e).to_string())?;
    let pack = pack_of(&packs, view);
    let object = view.fields.text("object").unwrap_or_default();
    // An emptied line is open again; whether the sheet has it is asked as for any score.
    let (text, is_empty) = (text.trim(), text.trim().is_empty());
    let (Ok(n), Ok(points)) = (line.parse::<usize>(), if is_empty { Ok(0) } else { text.parse::<u32>() }) else {
        return Err(format!("Mục chấm {line}: “{text}” không phải số điểm nguyên."));
    };
    match check(object, n, points, &pack.movement) {
        Ok(()) if is_empty => Ok(Value::Null),
        Ok(()) => Ok(Value::Int(i64::from(points))),
        Err(BadScore::NoLine { lines, .. }) => Err(format!("Không có mục chấm số {n}; bảng điểm có {lines} mục.")),
        Err(BadScore::TooMuch { max, .. }) => {
            Err(format!("Mục chấm {n}: tối đa {max} điểm (QĐ 510), không phải {points}."))
        }
    }
}

/// A record with what the rules say of it: the conditions of TT 124 for an assessment, the sheet with
/// its sums for a score.
///
/// # Errors
/// For a record of another kind.
pub fn show(store: &Store, kind: Kind, id: RecordId) -> Result<Json, Told> {
    let view = super::of_kind(store, kind, id)?;
    let mut out = answers::record(&view, &store.contests(Some(id))?);
    match kind {
        Kind::Assessment => {
            if let Some(Assessed { models, conditions, .. }) = assessed(store, &view)? {
                out["holds"] = json!(!conditions.is_empty() && conditions.iter().all(|c| c.holds));
                out["effective_models"] = json!(models);
                out["conditions"] = json!(conditions);
            }
        }
        Kind::Team => out["leader"] = json!(leader(store, id)?.map(|view| view.id)),
        Kind::Member => out["person"] = json!(person_code(&store.key_state(&view)?)),
        Kind::Score => out["sheet"] = json!(sheet(&view.fields, &pack_of(&store.rule_packs()?, &view).movement)),
        _ => {}
    }
    Ok(out)
}

/// Who leads a team (data dictionary, `to_truong`): its member of that role who has not left. The name stays
/// in the member's own record, where it can be erased.
///
/// # Errors
/// Whatever SQLite says.
pub fn leader(store: &Store, team: RecordId) -> Result<Option<RecordView>, StoreError> {
    let members = store.belonging(Kind::Member, team)?;
    let leads = |v: &RecordView| v.fields.text("role") == Some(TEAM_LEADER) && v.fields.text("left_on").is_none();
    Ok(members.into_iter().find(leads))
}

/// Whether the person of a record can be read here: `here`, `away` or `erased`.
#[must_use]
pub fn person_code(state: &KeyState) -> &'static str {
    match state {
        KeyState::Here(_) => "here",
        KeyState::Away => "away",
        KeyState::Erased(_) => "erased",
    }
}
