//! Tờ trình: which models go to the Ministry, and which a unit nominates to the province.

use chrono::NaiveDate;
use keng_domain::document::FileHash;
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, NominatedModel, Paper, Proposal, ProposedModel, UnitProposal};
use keng_domain::rules::nomination::{Basis, Case};
use keng_domain::schema::NOMINATION_CASES;
use keng_domain::text::compare;
use keng_store::blobs::DocumentView;
use keng_store::{Store, StoreError};

use super::paper;
use crate::Told;
use crate::duties::nominations::{self, Nomination, State};
use crate::duties::period;
use crate::names::Names;

/// The proposal to the Ministry of the models that the province has decided to propose: of a quarter,
/// or of these nominations.
///
/// # Errors
/// When none is left; for a nomination that is not proposed yet, for then no case is known (R17).
pub fn proposal(store: &Store, quarter: Option<&str>, ids: &[RecordId], today: NaiveDate) -> Result<Letter, Told> {
    let names = Names::of(store)?;
    let quarter = quarter.map(|q| period(q, &names.packs)).transpose()?;
    let mut chosen: Vec<Nomination> = if ids.is_empty() {
        nominations::list(store)?.into_iter().filter(|n| n.state == State::Proposed).collect()
    } else {
        ids.iter().map(|id| nominations::one(store, *id)).collect::<Result<_, _>>()?
    };
    if let Some(other) = chosen.iter().find(|n| n.state != State::Proposed) {
        return Err(Told::refused(format!(
            "Đề xuất “{}” đang ở trạng thái “{}”; hãy ghi căn cứ đề nghị Bộ trước (nomination propose, R17).",
            other.name,
            other.state.label()
        )));
    }
    let rests_on_a_removed = |n: &&Nomination| {
        n.basis_document.as_deref().is_some_and(|cited| !n.documents.iter().any(|(hash, _)| hash.to_string() == cited))
    };
    if let Some(n) = chosen.iter().filter(|n| quarter.is_none_or(|q| n.quarter == q)).find(rests_on_a_removed) {
        return Err(Told::refused(format!(
            "Văn bản làm căn cứ đề nghị Bộ cho “{}” đã gỡ khỏi hồ sơ (R17): hãy đưa lại, hoặc chọn căn cứ khác.",
            n.name
        )));
    }
    chosen.retain(|n| quarter.is_none_or(|q| n.quarter == q));
    let Some(first) = chosen.first().map(|n| n.quarter) else {
        return Err(Told::refused("Chưa có mô hình nào được tỉnh đề nghị Bộ Công an thông báo."));
    };
    chosen.sort_by(|a, b| compare(&a.name, &b.name).then_with(|| a.id.cmp(&b.id)));
    let documents = store.documents_of(None)?;
    let models = chosen.iter().map(|n| proposed(store, &names, n, &documents)).collect::<Result<_, StoreError>>()?;
    Ok(Letter::Proposal(Proposal {
        province: Names::province_on(store, today)?,
        order: names.packs.of_year(first.year).letter.clone(),
        quarter: chosen.iter().all(|n| n.quarter == first).then_some(first),
        today,
        models,
    }))
}

/// The proposal by which a unit nominates a model to the province, at any step of it: it is signed and goes into
/// the dossier before the nomination is handed in.
///
/// # Errors
/// For a nomination that is not here.
pub fn nomination(store: &Store, id: RecordId, today: NaiveDate) -> Result<Letter, Told> {
    let n = nominations::one(store, id)?;
    // Who nominated it then, and to whom: a unit of before a change is none of today.
    let names = Names::by(store, store.tree(n.quarter.cut_off)?)?;
    Ok(Letter::Nomination(Box::new(UnitProposal {
        province: Names::province_on(store, n.quarter.cut_off)?,
        order: names.packs.of_year(n.quarter.year).letter.clone(),
        code: n.unit.to_string(),
        today,
        model: nominated(store, &names, &n, &store.documents_of(None)?)?,
        record: n.id,
    })))
}

fn proposed(
    store: &Store,
    names: &Names,
    n: &Nomination,
    documents: &[DocumentView],
) -> Result<ProposedModel, StoreError> {
    let cited: Option<FileHash> = n.basis_document.as_deref().and_then(|hash| hash.parse().ok());
    Ok(ProposedModel {
        model: nominated(store, names, n, documents)?,
        // `propose` writes no other code.
        basis: n.basis.as_deref().and_then(Basis::of_code).unwrap_or(Basis::Dossier),
        cited: cited.map(|hash| filed(store, documents, &hash)).transpose()?.flatten(),
    })
}

fn nominated(
    store: &Store,
    names: &Names,
    n: &Nomination,
    documents: &[DocumentView],
) -> Result<NominatedModel, StoreError> {
    let mut dossier = Vec::new();
    for (hash, _) in &n.documents {
        dossier.extend(filed(store, documents, hash)?);
    }
    Ok(NominatedModel {
        name: n.name.clone(),
        unit: names.unit(&n.unit),
        quarter: n.quarter,
        case: case_label(n.case),
        justification: n.justification.clone(),
        conditions: n.assessment.conditions.clone(),
        dossier,
    })
}

/// The case of letter 4267, 1.b, in words; empty where none is chosen.
pub(super) fn case_label(case: Option<Case>) -> String {
    let code = case.map_or("", Case::code);
    NOMINATION_CASES.iter().find(|(c, _)| *c == code).map_or_else(String::new, |(_, label)| (*label).to_owned())
}

/// A file of a dossier, as papers refer to it.
fn filed(store: &Store, documents: &[DocumentView], hash: &FileHash) -> Result<Option<Paper>, StoreError> {
    documents.iter().find(|d| d.document.hash == *hash).map(|view| paper(store, view)).transpose()
}
