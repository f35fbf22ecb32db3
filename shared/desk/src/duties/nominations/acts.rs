//! What a unit and the province do with a nomination; each is one transaction.

use keng_domain::document::FileHash;
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::rules::nomination::{Basis, may_propose};
use keng_domain::schema::Kind;
use keng_records::record::Meta;
use keng_store::edit::Act;
use keng_store::{Role, Store};

use super::new::{New, Read, told};
use super::{Nomination, State, list, one};
use crate::acts::{By, Given, commit, fresh_id, own_tree, read_all};
use crate::duties::heard::Heard;
use crate::duties::{HANDED_IN_AT, evidence_values, must_have_begun, needs_reason, of_kind, utc};
use crate::rehomed::must_stand;
use crate::{Told, clock};

/// Begins a nomination: a draft that documents can be added to.
///
/// # Errors
/// At the hub; for whatever [`New::faults`] finds; for a quarter that has not begun or is another unit's; when the unit
/// proposes that model already.
pub fn add(store: &mut Store, new: &New, by: &By) -> Result<RecordId, Told> {
    if store.identity().role == Role::Hub {
        return Err(Told::refused("Đề xuất do đơn vị lập; tỉnh chọn, đề nghị Bộ hoặc trả lại."));
    }
    let Read { model, quarter, values } = new.read(store).map_err(|faults| Told::refused(told(&faults)))?;
    must_have_begun(store, &quarter)?;
    must_stand(store, &quarter)?;
    let unit = store.identity().unit.clone();
    let stands_for = Merges::of(&store.models()?).target(model);
    let is_same = |n: &&Nomination| n.unit == unit && n.quarter == quarter && n.model == stands_for;
    if let Some(same) = list(store)?.iter().find(is_same) {
        return Err(Told::refused(format!("Đơn vị đã có đề xuất mô hình này cho {}: {}.", quarter.title(), same.id)));
    }
    let scope = own_tree(store)?.0.scope_of(&unit);
    let mut all = vec![
        ("unit".to_owned(), Value::from(unit.as_str())),
        ("model".to_owned(), Value::from(model.to_string())),
        ("quarter".to_owned(), Value::from(quarter.id())),
    ];
    all.extend(values);
    let id = fresh_id();
    let meta = Meta { kind: Kind::Nomination.code().to_owned(), scope, owner: unit };
    commit(store, &[Act::Create { id, meta, values: all }], by)?;
    Ok(id)
}

/// Changes the case or the reason of a nomination. Returns whether anything changed.
///
/// # Errors
/// As [`at_the_unit`], and for a value that cannot be read: then nothing is written.
pub fn edit(store: &mut Store, id: RecordId, given: &[Given], by: &By) -> Result<bool, Told> {
    at_the_unit(store, id)?;
    let values = read_all(store, Kind::Nomination, given)?;
    Ok(commit(store, &[Act::Change { id, values }], by)?.entries > 0)
}

/// Hands a nomination in, with what was `given` for its case and reason at once: both are written, or neither. What
/// it lacks is marked, not refused: the province decides, and the second and third case of letter 4267, 2, need no
/// complete dossier.
///
/// # Errors
/// As [`at_the_unit`], and for a value that cannot be read: then nothing is written.
pub fn hand_in(store: &mut Store, id: RecordId, given: &[Given], by: &By) -> Result<Nomination, Told> {
    let nomination = at_the_unit(store, id)?;
    must_have_begun(store, &nomination.quarter)?;
    must_stand(store, &nomination.quarter)?;
    let mut values = read_all(store, Kind::Nomination, given)?;
    // Decisions name a hand-in by its moment, so that another one has another, whatever the clock shows.
    let (now, earlier) = (clock::now_ms(), of_kind(store, Kind::Nomination, id)?);
    let is_taken = earlier.fields.text(HANDED_IN_AT) == Some(utc(now).as_str());
    values.extend(evidence_values(&Heard::of(store)?, now + i64::from(is_taken)));
    commit(store, &[Act::Change { id, values }], by)?;
    one(store, id)
}

/// A nomination that its unit may still change: what the province has before it stands as it was handed in.
///
/// # Errors
/// At the hub; for one that waits for the province or was taken over.
fn at_the_unit(store: &Store, id: RecordId) -> Result<Nomination, Told> {
    if store.identity().role == Role::Hub {
        return Err(Told::refused("Đề xuất do đơn vị lập, sửa và trình."));
    }
    let nomination = one(store, id)?;
    match nomination.state {
        State::Draft | State::Returned => Ok(nomination),
        other => Err(Told::refused(format!(
            "Đề xuất này đang ở trạng thái “{}”; chỉ sửa, trình được khi đang soạn hoặc khi tỉnh trả lại.",
            other.label()
        ))),
    }
}

/// The province takes a nomination before it, to look into it (data dictionary, `ket_qua`: TIEP_NHAN).
///
/// # Errors
/// At a node; before it is handed in; once something is decided.
pub fn receive(store: &mut Store, id: RecordId, by: &By) -> Result<(), Told> {
    let nomination = handed_in(store, id)?;
    if nomination.state != State::HandedIn {
        return Err(Told::refused(format!("Đề xuất này đang ở trạng thái “{}”.", nomination.label())));
    }
    decide(store, id, "RECEIVED", Vec::new(), by)
}

/// The province selects a model for notice in the province (letter 4267, 2).
///
/// # Errors
/// At a node; before it is handed in; for a model that is not eligible (R13), unless a reason is given.
pub fn select(store: &mut Store, id: RecordId, by: &By) -> Result<(), Told> {
    let nomination = handed_in(store, id)?;
    if !nomination.assessment.eligible && needs_reason(by).is_err() {
        let why = nomination.assessment.conditions.first().map_or("", |c| c.sentence.as_str());
        return Err(Told::refused(format!("{why} Nếu tỉnh vẫn chọn, hãy ghi lý do (--reason).")));
    }
    decide(store, id, "SELECTED", Vec::new(), by)
}

/// The province proposes a model to the Ministry by one of the three cases of letter 4267, 2 (R17).
///
/// # Errors
/// At a node; before it is handed in; for a basis that does not hold, with what is missing.
pub fn propose(store: &mut Store, id: RecordId, basis: &str, document: Option<FileHash>, by: &By) -> Result<(), Told> {
    let nomination = handed_in(store, id)?;
    let Some(of) = Basis::of_code(basis) else {
        return Err(Told::refused(format!("Không có căn cứ “{basis}”: dossier, directive hoặc finding.")));
    };
    let pack = store.rule_pack_of(nomination.quarter.year)?;
    if let Some(hash) = document.filter(|hash| nomination.kinds_of(hash).is_empty()) {
        return Err(Told::refused(format!("Văn bản {hash} không có trong hồ sơ của đề xuất này.")));
    }
    let cited = document.map(|hash| nomination.kinds_of(&hash)).unwrap_or_default();
    may_propose(of, &nomination.assessment, &cited, &pack).map_err(Told::refused)?;
    // What an earlier proposal cited is no document of this one.
    let cited = document.map_or(Value::Null, |hash| Value::from(hash.to_string()));
    let values = vec![("basis".to_owned(), Value::from(basis)), ("basis_document".to_owned(), cited)];
    decide(store, id, "PROPOSED", values, by)
}

/// The province sends a nomination back, with a reason.
///
/// # Errors
/// At a node; before it is handed in; without a reason.
pub fn send_back(store: &mut Store, id: RecordId, by: &By) -> Result<(), Told> {
    needs_reason(by)?;
    handed_in(store, id)?;
    decide(store, id, "RETURNED", Vec::new(), by)
}

fn handed_in(store: &Store, id: RecordId) -> Result<Nomination, Told> {
    if store.identity().role != Role::Hub {
        return Err(Told::refused("Chỉ tỉnh chọn, đề nghị Bộ hoặc trả lại một đề xuất."));
    }
    let nomination = one(store, id)?;
    match nomination.state {
        State::Draft => Err(Told::refused("Đơn vị đang soạn đề xuất này, chưa trình.")),
        State::Returned => Err(Told::refused("Đề xuất này đã được trả lại, đơn vị chưa trình lại.")),
        _ => Ok(nomination),
    }
}

fn decide(
    store: &mut Store,
    id: RecordId,
    decision: &str,
    mut values: Vec<(String, Value)>,
    by: &By,
) -> Result<(), Told> {
    let view = of_kind(store, Kind::Nomination, id)?;
    let handed_in = view.fields.text(HANDED_IN_AT).unwrap_or_default();
    values.push(("decision".to_owned(), Value::from(decision)));
    values.push(("decided_hand_in".to_owned(), Value::from(handed_in)));
    values.push(("decision_reason".to_owned(), by.reason.as_deref().map_or(Value::Null, Value::from)));
    commit(store, &[Act::Change { id, values }], by).map(|_| ())
}
