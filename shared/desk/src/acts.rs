//! Add, edit, resolve: from what a person gives to one store transaction; [`rating`]: the yearly rating,
//! [`approving`]: the province's word on it, [`settling`]: recognise, end.

pub mod approving;
pub mod rating;
pub mod settling;

use chrono::{Datelike, NaiveDate};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::period::YEARS;
use keng_domain::point::{approval_key, rating_key_in};
use keng_domain::schema::{BadValue, FieldType, Kind};
use keng_domain::scope::Scope;
use keng_domain::text::name_key;
use keng_domain::unit::{Catalogue, NameMatch, UnitCode};
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::edit::{Act, Committed};
use keng_store::query::RecordView;
use keng_store::{Role, Store, StoreError};

use crate::{Told, clock};

/// A key and a value as a person gave them.
pub type Given = (String, String);

/// Who acts, and why.
#[derive(Debug, Clone, Default)]
pub struct By {
    /// The officer; `None`: the one who was named at enrolment.
    pub officer: Option<String>,
    /// The reason.
    pub reason: Option<String>,
}

impl By {
    /// The officer who was named at enrolment, with the reason typed in a form; an empty one is none.
    #[must_use]
    pub fn saying(reason: &str) -> Self {
        Self { officer: None, reason: Some(reason.trim().to_owned()).filter(|r| !r.is_empty()) }
    }

    /// The stamp of an act done now.
    #[must_use]
    pub fn stamp(&self, store: &Store) -> Stamp {
        self.stamp_at(store, clock::now_ms())
    }

    /// The stamp of an act done at `now_ms`.
    #[must_use]
    pub fn stamp_at(&self, store: &Store, now_ms: i64) -> Stamp {
        let officer = self.officer.clone().unwrap_or_else(|| store.identity().officer.clone());
        Stamp { officer, device_time_ms: now_ms, reason: self.reason.clone() }
    }
}

/// Writes `acts` as one transaction.
///
/// # Errors
/// What the store says, in words.
pub fn commit(store: &mut Store, acts: &[Act], by: &By) -> Result<Committed, Told> {
    let stamp = by.stamp(store);
    Ok(store.commit(acts, &stamp, stamp.device_time_ms)?)
}

/// A fresh identifier for a record.
#[must_use]
pub fn fresh_id() -> RecordId {
    RecordId(*uuid::Uuid::now_v7().as_bytes())
}

/// Adds a model to the province.
///
/// # Errors
/// Without a name, or with a value that cannot be read.
pub fn add_model(store: &mut Store, given: &[Given], by: &By) -> Result<RecordId, Told> {
    let values = read_all(store, Kind::Model, given)?;
    if !values.iter().any(|(k, v)| k == "name" && *v != Value::Null) {
        return Err(Told::refused("Mô hình phải có tên (name)."));
    }
    let act = new_model(store, values);
    let id = fresh_of(&act);
    commit(store, &[act], by)?;
    Ok(id)
}

/// The act that creates a model.
#[must_use]
pub fn new_model(store: &Store, values: Vec<(String, Value)>) -> Act {
    let owner = store.identity().unit.clone();
    let meta = Meta { kind: Kind::Model.code().to_owned(), scope: Scope::Province, owner };
    Act::Create { id: fresh_id(), meta, values }
}

/// Adds a point; `unit` (a code or a name) and `model` (an identifier or a name) are required.
///
/// # Errors
/// Without unit or model, or with a value that cannot be read.
pub fn add_point(store: &mut Store, given: &[Given], by: &By) -> Result<RecordId, Told> {
    let (catalogue, own) = own_tree(store)?;
    let (units, rest): (Vec<&Given>, Vec<&Given>) = given.iter().partition(|(k, _)| k == "unit");
    let unit = match units.last() {
        Some((_, text)) => unit_named(&catalogue, &own, text)?,
        None if catalogue.children(&own).next().is_none() => own,
        None => return Err(Told::refused("Điểm phải có xã, phường, thị trấn (unit).")),
    };
    let rest: Vec<Given> = rest.into_iter().cloned().collect();
    let values = read_all(store, Kind::Point, &rest)?;
    if !values.iter().any(|(k, v)| k == "model" && *v != Value::Null) {
        return Err(Told::refused("Điểm phải thuộc một mô hình (model)."));
    }
    let act = new_point(store, &catalogue, &unit, values);
    let id = fresh_of(&act);
    commit(store, &[act], by)?;
    Ok(id)
}

/// The catalogue in which new points lie, and the unit within it whose area this is. A province that
/// goes on under another code is the top of the tree in force.
///
/// # Errors
/// Before the first sync.
pub fn own_tree(store: &Store) -> Result<(Catalogue, UnitCode), StoreError> {
    let tree = store.tree(clock::today())?;
    let own = match store.identity().role {
        Role::Hub => tree.root,
        Role::Node => store.identity().unit.clone(),
    };
    Ok((tree.catalogue, own))
}

/// The act that creates a point in `unit`. Its owner is the unit that reports for it.
#[must_use]
pub fn new_point(store: &Store, catalogue: &Catalogue, unit: &UnitCode, mut values: Vec<(String, Value)>) -> Act {
    let own = &store.identity().unit;
    let owner = match store.identity().role {
        Role::Node => own.clone(),
        Role::Hub => catalogue.reporting_unit(unit).map_or_else(|| own.clone(), |u| u.code.clone()),
    };
    values.insert(0, ("unit".to_owned(), Value::from(unit.as_str())));
    Act::Create {
        id: fresh_id(),
        meta: Meta { kind: Kind::Point.code().to_owned(), scope: catalogue.scope_of(unit), owner },
        values,
    }
}

fn fresh_of(act: &Act) -> RecordId {
    match act {
        Act::Create { id, .. } | Act::Change { id, .. } => *id,
    }
}

pub(crate) fn unit_named(catalogue: &Catalogue, own: &UnitCode, text: &str) -> Result<UnitCode, Told> {
    let names = |units: &[&keng_domain::unit::Unit]| {
        units.iter().map(|u| format!("{} ({})", u.name, u.code)).collect::<Vec<_>>().join(", ")
    };
    match catalogue.find_by_name(own, text) {
        NameMatch::One(unit) => Ok(unit.code.clone()),
        NameMatch::Several(units) => {
            Err(Told::refused(format!("“{text}” có thể là {}. Hãy ghi rõ mã.", names(&units))))
        }
        NameMatch::None(near) if near.is_empty() => {
            Err(Told::refused(format!("Không có đơn vị “{text}” trong địa bàn.")))
        }
        NameMatch::None(near) => {
            Err(Told::refused(format!("Không có đơn vị “{text}” trong địa bàn. Có phải {}?", names(&near))))
        }
    }
}

/// Edits a record of `kind`. Returns whether anything changed.
///
/// # Errors
/// For a record of another kind, or a value that cannot be read: then nothing is written.
pub fn edit(store: &mut Store, kind: Kind, id: RecordId, given: &[Given], by: &By) -> Result<bool, Told> {
    of_kind(store, kind, id)?;
    let values = read_all(store, kind, given)?;
    let committed = commit(store, &[Act::Change { id, values }], by)?;
    Ok(committed.entries > 0)
}

fn of_kind(store: &Store, kind: Kind, id: RecordId) -> Result<RecordView, Told> {
    match store.record(id)? {
        Some(view) if view.kind == kind.code() => Ok(view),
        Some(_) | None => Err(StoreError::NoRecord(id).into()),
    }
}

/// Reads every given value, and tells all faults at once.
pub(crate) fn read_all(store: &Store, kind: Kind, given: &[Given]) -> Result<Vec<(String, Value)>, Told> {
    let mut values = Vec::new();
    let mut faults = Vec::new();
    for (key, text) in given {
        match read_one(store, kind, key, text) {
            Ok(value) => values.push((key.clone(), value)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(values) } else { Err(Told::refused(faults.join(" "))) }
}

/// Reads one value of a field as a person gave it.
///
/// # Errors
/// What is wrong with it, in words; they begin with the label of the field.
pub fn read_one(store: &Store, kind: Kind, key: &str, text: &str) -> Result<Value, String> {
    let spec = kind.field(key).filter(|_| !key.contains('/'));
    let Some(spec) = spec else { return Err(bad_value(kind, key, &BadValue::NoField(key.to_owned()))) };
    if spec.kind == FieldType::Record {
        return model_named(store, text).map(|v| v.map_or(Value::Null, |id| Value::from(id.to_string())));
    }
    let value = spec.read(text).map_err(|bad| bad_value(kind, key, &bad))?;
    let label = || crate::names::field_label(kind.code(), key);
    refuse_future(store, key, &value).map_err(|why| format!("{}: {why}", label()))?;
    Ok(value)
}

/// Dates of what has happened, which cannot lie ahead, with the reason: of documents that exist, for a decision
/// counts from its date (R2), of the beginning of a model, by which it is new or not (R13), of what was looked at.
const PAST: [(&str, &str); 6] = [
    ("decision_date", ISSUED),
    ("rules_date", ISSUED),
    ("issued_on", ISSUED),
    ("founded_on", "Mô hình chưa xây dựng thì để trống ngày này."),
    ("held_on", "Chưa tổ chức thì để trống ngày này."),
    ("year", "Được công nhận rồi mới ghi năm."),
];
const ISSUED: &str = "Văn bản phải đã ban hành mới được tính (R2).";

/// Refuses a date or year of [`PAST`] that lies ahead.
///
/// # Errors
/// The sentence for the officer, to be read after the label of the field.
pub fn refuse_future(store: &Store, key: &str, value: &Value) -> Result<(), String> {
    let Some((_, why)) = PAST.iter().find(|(past, _)| *past == key) else { return Ok(()) };
    let today = latest_today(store).map_err(|e| Told::from(e).to_string())?;
    let day = keng_domain::text::date_dmy;
    let given = match (value.as_int(), value.as_text().and_then(|t| t.parse::<NaiveDate>().ok())) {
        (Some(year), _) if year > i64::from(today.year()) => format!("năm {year}"),
        (_, Some(date)) if date > today => format!("ngày {}", day(date)),
        _ => return Ok(()),
    };
    Err(format!("{given} chưa tới (hôm nay là {}). {why}", day(today)))
}

/// Today by the own clock or the hub's, whichever is later: a clock that is years slow must not keep an
/// officer from writing the truth.
pub(crate) fn latest_today(store: &Store) -> Result<NaiveDate, StoreError> {
    let offset = crate::duties::heard::Heard::of(store)?.offset_ms.unwrap_or(0);
    Ok(clock::in_vietnam(clock::now_ms().saturating_add(offset.max(0))).date_naive())
}

/// A model by identifier or by name.
pub(crate) fn model_named(store: &Store, text: &str) -> Result<Option<RecordId>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let in_words = |e: StoreError| Told::from(e).to_string();
    if let Ok(id) = text.parse::<RecordId>() {
        let found = store.record(id).map_err(in_words)?.filter(|v| v.kind == Kind::Model.code());
        return found.map(|v| Some(v.id)).ok_or_else(|| format!("Chưa có mô hình “{text}”."));
    }
    let found = store.find(Kind::Model, &name_key(text)).map_err(in_words)?;
    let merges = Merges::of(&store.models().map_err(in_words)?);
    let mut meant: Vec<RecordId> = found.iter().map(|v| merges.target(v.id)).collect();
    meant.sort_unstable();
    meant.dedup();
    // Until somebody has merged them, models of one name are several (R1): the own unit's is meant, if it has one.
    let own = |id: &RecordId| found.iter().any(|v| v.id == *id && v.owner == store.identity().unit);
    match (meant.as_slice(), meant.iter().filter(|id| own(id)).collect::<Vec<_>>().as_slice()) {
        ([], _) => Err(format!("Chưa có mô hình “{text}”.")),
        ([one], _) => Ok(Some(*one)),
        (_, [own]) => Ok(Some(**own)),
        (several, _) => {
            let ids: Vec<String> = several.iter().map(RecordId::to_string).collect();
            Err(format!("Có {} mô hình tên “{text}” chưa gộp: ghi mã một mô hình, {}.", ids.len(), ids.join(", ")))
        }
    }
}

fn bad_value(kind: Kind, key: &str, bad: &BadValue) -> String {
    let label = crate::names::field_label(kind.code(), key);
    match bad {
        BadValue::NoField(_) => {
            let fields: Vec<&str> = kind
                .fields()
                .iter()
                .filter(|f| !matches!(f.kind, FieldType::Map | FieldType::Act | FieldType::Fixed))
                .map(|f| f.key)
                .collect();
            format!("Không có mục “{key}”. Các mục ghi được: {}.", fields.join(", "))
        }
        BadValue::Count(value) => {
            format!("{label}: “{value}” không phải số nguyên từ 0 đến {}.", keng_domain::schema::COUNT_MAX)
        }
        BadValue::Money(value) => format!("{label}: “{value}” không phải số tiền bằng đồng, ví dụ 12.500.000."),
        BadValue::Date(value) => format!("{label}: “{value}” không phải ngày có thật (ngày/tháng/năm)."),
        BadValue::Code { value, allowed } => format!("{label}: “{value}” không nằm trong {}.", allowed.join(", ")),
        BadValue::Record(value) => format!("{label}: “{value}” không phải mã bản ghi."),
        BadValue::Year(value) => {
            format!("{label}: “{value}” không phải năm từ {} đến {}.", YEARS.start(), YEARS.end())
        }
        BadValue::TooMany => format!("{label}: nhiều quá {} giá trị.", keng_domain::schema::ELEMENTS_MAX),
        BadValue::TooLong { max } => format!("{label}: dài quá {max} ký tự."),
    }
}

/// What a person chooses in a contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The candidate with this number, counted from 0.
    Pick(usize),
    /// Another value.
    Value(String),
}

/// Settles a contest: an ordinary edit that names its reason, visible to all, undone by another.
///
/// The province's choice between raters is an approval; a unit's choice changes its own rating.
///
/// # Errors
/// When the contest is gone or has another candidate by now, for a number that is none, for a
/// value that cannot be read, and without a reason.
pub fn resolve(store: &mut Store, contest: &str, choice: &Choice, by: &By) -> Result<RecordId, Told> {
    if by.reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
        return Err(Told::refused("Chọn giá trị phải có lý do."));
    }
    let Some(found) = store.contests(None)?.into_iter().find(|c| c.id == contest) else {
        return Err(Told::refused(format!(
            "Không có xung đột {contest}: có thể đã được chọn, hoặc đã có thêm giá trị khác. Hãy mở lại danh sách xung đột."
        )));
    };
    let rated = found.field.strip_prefix("ratings/").map(str::to_owned);
    let value = match choice {
        Choice::Pick(n) => match found.contest.candidates.get(*n) {
            Some(candidate) => candidate.value.clone(),
            None => {
                let last = found.contest.candidates.len().saturating_sub(1);
                return Err(Told::refused(format!("Không có lựa chọn số {n}; các lựa chọn là 0 đến {last}.")));
            }
        },
        Choice::Value(text) if rated.is_some() => {
            let year = rated.as_deref().and_then(|r| r.split('/').next()).and_then(|y| y.parse().ok());
            let packs = store.rule_packs()?;
            Value::from(rating::level_named(year.map_or(packs.latest(), |y| packs.of_year(y)), text)?)
        }
        Choice::Value(text) => {
            let kind = Kind::of_code(&found.kind)
                .ok_or_else(|| Told::refused("Loại bản ghi này chưa sửa được ở phiên bản này."))?;
            read_one(store, kind, &found.field, text).map_err(Told::refused)?
        }
    };
    let year = rated.as_deref().and_then(|y| y.parse::<i32>().ok());
    let key = match (year, store.identity().role) {
        (Some(year), Role::Hub) => approval_key(year),
        (Some(year), Role::Node) => rating_key_in(&found.scope, year, &store.identity().unit_key()),
        (None, _) => found.field,
    };
    commit(store, &[Act::Change { id: found.record, values: vec![(key, value)] }], by)?;
    Ok(found.record)
}

/// Lets one model stand for others in every count (R1). Only the hub may.
///
/// # Errors
/// For records that are no models, or a model merged into itself.
pub fn merge(store: &mut Store, into: RecordId, from: &[RecordId], by: &By) -> Result<(), Told> {
    of_kind(store, Kind::Model, into)?;
    let mut acts = Vec::with_capacity(from.len());
    for id in from {
        of_kind(store, Kind::Model, *id)?;
        if *id == into {
            return Err(Told::refused("Một mô hình không thể gộp vào chính nó."));
        }
        acts.push(Act::Change { id: *id, values: vec![("merged_into".to_owned(), Value::from(into.to_string()))] });
    }
    commit(store, &acts, by).map(|_| ())
}

/// Takes merges back: these models stand for themselves again.
///
/// # Errors
/// For records that are no models.
pub fn unmerge(store: &mut Store, models: &[RecordId], by: &By) -> Result<(), Told> {
    let mut acts = Vec::with_capacity(models.len());
    for id in models {
        of_kind(store, Kind::Model, *id)?;
        acts.push(Act::Change { id: *id, values: vec![("merged_into".to_owned(), Value::Null)] });
    }
    commit(store, &acts, by).map(|_| ())
}

/// Writes a record as an ordinary Automerge document.
///
/// # Errors
/// For a record that is not here, or a file that cannot be written.
pub fn export(store: &Store, id: RecordId, out: &std::path::Path) -> Result<(), Told> {
    let document = store.document(id)?.ok_or(StoreError::NoRecord(id))?;
    std::fs::write(out, document.export())
        .map_err(|e| Told::new(format!("Không ghi được {}: {e}.", out.display()), "Bản ghi không bị ảnh hưởng.", ""))
}
