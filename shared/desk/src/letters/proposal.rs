//! Tờ trình: which models go to the Ministry, and which a unit nominates to the province.

use chrono::NaiveDate;
use keng_domain::document::FileHash;
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, Nominated, Paper, Proposal, ProposedBy, ProposedModel, UnitProposal};
use keng_domain::rules::nomination::{Case, own_checks};
use keng_domain::schema::NOMINATION_CASES;
use keng_domain::text::compare;
use keng_store::blobs::DocumentView;
use keng_store::{Store, StoreError};

use super::paper;
use crate::Told;
use crate::duties::nominations::{self, Nomination};
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
        nominations::list(store)?.into_iter().filter(|n| n.proposed.is_some()).collect()
    } else {
        ids.iter().map(|id| nominations::one(store, *id)).collect::<Result<_, _>>()?
    };
    if let Some(other) = chosen.iter().find(|n| n.proposed.is_none()) {
        return Err(Told::refused(format!(
            "Đề xuất “{}” đang ở trạng thái “{}”; hãy ghi căn cứ đề nghị Bộ trước (nomination propose, R17).",
            other.name,
            other.label()
        )));
    }
    chosen.retain(|n| quarter.is_none_or(|q| n.quarter == q));
    if let Some(why) = chosen.iter().find_map(|n| n.unfounded(names.packs.of_year(n.quarter.year))) {
        return Err(Told::refused(why));
    }
    let Some(first) = chosen.first().map(|n| n.quarter) else {
        return Err(Told::refused("Chưa có mô hình nào được tỉnh đề nghị Bộ Công an thông báo."));
    };
    let documents = store.documents_of(None)?;
    let same_quarter = chosen.iter().all(|n| n.quarter == first).then_some(first);
    let mut models = Vec::new();
    for nominations in by_model(chosen) {
        let by = nominations
            .iter()
            .map(|n| proposed(store, &names, n, &documents))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let name = nominations.first().map(|n| n.name.clone()).unwrap_or_default();
        models.push(ProposedModel { name, by: by.into_iter().flatten().collect() });
    }
    Ok(Letter::Proposal(Proposal {
        province: Names::province_on(store, today)?,
        order: names.packs.of_year(first.year).letter.clone(),
        quarter: same_quarter,
        today,
        models,
    }))
}

/// The nominations of each model together (R1), by name; those of one model by unit and quarter.
pub(super) fn by_model(mut of: Vec<Nomination>) -> Vec<Vec<Nomination>> {
    of.sort_by(|a, b| {
        let rest = |n: &Nomination| (n.model, n.unit.clone(), n.quarter.cut_off, n.id);
        compare(&a.name, &b.name).then_with(|| rest(a).cmp(&rest(b)))
    });
    of.chunk_by(|a, b| a.model == b.model).map(<[_]>::to_vec).collect()
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
        name: n.name.clone(),
        of: nominated(store, &names, &n, &store.documents_of(None)?)?,
        checks: own_checks(&n.assessment, &n.quarter, names.packs.of_year(n.quarter.year)),
        record: n.id,
    })))
}

fn proposed(
    store: &Store,
    names: &Names,
    n: &Nomination,
    documents: &[DocumentView],
) -> Result<Option<ProposedBy>, StoreError> {
    let Some(proposed) = n.proposed else { return Ok(None) };
    Ok(Some(ProposedBy {
        of: nominated(store, names, n, documents)?,
        conditions: n.assessment.conditions.clone(),
        basis: proposed.basis,
        cited: proposed.document.map(|hash| filed(store, documents, &hash)).transpose()?.flatten(),
    }))
}

fn nominated(
    store: &Store,
    names: &Names,
    n: &Nomination,
    documents: &[DocumentView],
) -> Result<Nominated, StoreError> {
    let mut dossier = Vec::new();
    for document in &n.documents {
        dossier.extend(filed(store, documents, &document.hash)?);
    }
    Ok(Nominated {
        unit: names.unit(&n.unit),
        quarter: n.quarter,
        case: case_label(n.case),
        justification: n.justification.clone(),
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
