//! What a unit and the province do with a nomination; each is one transaction.

use keng_domain::document::FileHash;
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::period::PeriodKind;
use keng_domain::rules::nomination::{Basis, Case, may_propose};
use keng_domain::schema::Kind;
use keng_records::record::Meta;
use keng_store::edit::Act;
use keng_store::{Role, Store};

use super::{Nomination, State, list, one};
use crate::acts::{By, Given, commit, fresh_id, model_named, own_tree, read_all};
use crate::duties::heard::Heard;
use crate::duties::{HANDED_IN_AT, evidence_values, needs_reason, of_kind, period};
use crate::rehomed::must_stand;
use crate::{Told, clock};

/// Begins a nomination: a draft that documents can be added to.
///
/// # Errors
/// At the hub; for a quarter, case or model that is none; when the unit proposes that model already.
pub fn add(store: &mut Store, model: &str, quarter: &str, case: &str, by: &By) -> Result<RecordId, Told> {
    if store.identity().role == Role::Hub {
        return Err(Told::refused("Đề xuất do đơn vị lập; tỉnh chọn, đề nghị Bộ hoặc trả lại."));
    }
    let quarter = period(quarter, &store.rule_packs()?)?;
    if quarter.kind != PeriodKind::Quarter {
        return Err(Told::refused("Đề xuất theo quý (điểm 1.b); ví dụ: --quarter 2022-Q4."));
    }
    must_stand(store, &quarter)?;
    if Case::of_code(case).is_none() {
        return Err(Told::refused(format!(
            "Không có trường hợp “{case}”: tot (xếp loại Tốt, đã nhân rộng) hoặc moi (mô hình mới)."
        )));
    }
    let model = model_named(store, model).map_err(Told::refused)?;
    let Some(model) = model else { return Err(Told::refused("Đề xuất phải nêu mô hình.")) };
    let unit = store.identity().unit.clone();
    let stands_for = Merges::of(&store.models()?).target(model);
    let is_same = |n: &&Nomination| n.unit == unit && n.quarter == quarter && n.model == stands_for;
    if let Some(same) = list(store)?.iter().find(is_same) {
        return Err(Told::refused(format!("Đơn vị đã có đề xuất mô hình này cho {}: {}.", quarter.title(), same.id)));
    }
    let scope = own_tree(store)?.0.scope_of(&unit);
    let mut values = vec![
        ("unit".to_owned(), Value::from(unit.as_str())),
        ("model".to_owned(), Value::from(model.to_string())),
        ("quarter".to_owned(), Value::from(quarter.id())),
        ("case".to_owned(), Value::from(case)),
    ];
    if let Some(reason) = by.reason.as_deref().map(str::trim).filter(|r| !r.is_empty()) {
        values.push(("justification".to_owned(), Value::from(reason)));
    }
    let id = fresh_id();
    let meta = Meta { kind: Kind::Nomination.code().to_owned(), scope, owner: unit };
    commit(store, &[Act::Create { id, meta, values }], by)?;
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
    must_stand(store, &nomination.quarter)?;
    let mut values = read_all(store, Kind::Nomination, given)?;
    values.extend(evidence_values(&Heard::of(store)?, clock::now_ms()));
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
    let cited = match document {
        None => None,
        Some(hash) => match nomination.documents.iter().find(|(h, _)| *h == hash) {
            Some((_, kind)) => Some(kind.as_str()),
            None => return Err(Told::refused(format!("Văn bản {hash} không có trong hồ sơ của đề xuất này."))),
        },
    };
    may_propose(of, &nomination.assessment, cited, &pack).map_err(Told::refused)?;
    let mut values = vec![("basis".to_owned(), Value::from(basis))];
    values.extend(document.map(|hash| ("basis_document".to_owned(), Value::from(hash.to_string()))));
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
