//! Công văn thông báo: which models of a quarter the province has selected for notice to all its units.

use chrono::NaiveDate;
use keng_domain::explanation::{Tally, Verdict};
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, Notice, NoticedModel, Unmet};
use keng_domain::model::Merges;
use keng_domain::period::PeriodKind;
use keng_domain::rules::nomination::rating_year;
use keng_domain::text::compare;
use keng_store::{Store, StoreError};

use super::proposal::case_label;
use super::size::of_model;
use super::work_of;
use crate::Told;
use crate::duties::nominations::{self, Nomination, State};
use crate::duties::period;
use crate::names::Names;

/// The notice of the models that the province has selected from the nominations of a quarter.
///
/// # Errors
/// For a period that is no quarter, and a quarter of which nothing is selected.
pub fn notice(store: &Store, quarter: &str, today: NaiveDate) -> Result<Letter, Told> {
    let names = Names::of(store)?;
    let quarter = period(quarter, &names.packs)?;
    if quarter.kind != PeriodKind::Quarter {
        return Err(Told::refused("Thông báo theo quý (điểm 1.b); ví dụ: 2022-Q4."));
    }
    let mut chosen = Vec::new();
    for nomination in nominations::list(store)?.into_iter().filter(|n| n.quarter == quarter) {
        if is_selected(store, &nomination)? {
            chosen.push(nomination);
        }
    }
    if chosen.is_empty() {
        return Err(Told::refused(format!(
            "Chưa có mô hình nào được chọn thông báo toàn tỉnh trong các đề xuất {}; hãy chọn trước (nomination select, \
             hoặc nút “Chọn thông báo toàn tỉnh” ở trang của đề xuất).",
            quarter.title()
        )));
    }
    chosen.sort_by(|a, b| compare(&a.name, &b.name).then_with(|| a.id.cmp(&b.id)));
    let (tree, merges) = (&names.tree, Merges::of(&store.models()?));
    let rated_year = rating_year(&quarter, names.packs.of_year(quarter.year));
    let verdicts = store.verdicts(rated_year)?;
    let model = |n: &Nomination| -> Result<NoticedModel, StoreError> {
        let judged = verdicts.get(&n.model);
        Ok(NoticedModel {
            name: n.name.clone(),
            unit: names.unit(&n.unit),
            case: case_label(n.case),
            unmet: unmet(store, n)?,
            justification: n.justification.clone(),
            size: of_model(store, &merges, n.model, today)?,
            rated_year,
            tally: judged.map_or_else(Tally::default, |j| j.explanation.inputs),
            verdict: judged.map_or(Verdict::NotRated, |j| j.verdict),
            work: work_of(store, n.model)?,
        })
    };
    Ok(Letter::Notice(Box::new(Notice {
        province: Names::province_on(store, today)?,
        order: names.packs.of_year(quarter.year).letter.clone(),
        quarter,
        today,
        units: tree.catalogue.children(&tree.root).map(|unit| unit.name.clone()).collect(),
        models: chosen.iter().map(model).collect::<Result<_, _>>()?,
    })))
}

/// Where R13 does not hold of what was selected: what was found, and the province's reason of then.
fn unmet(store: &Store, nomination: &Nomination) -> Result<Option<Unmet>, StoreError> {
    let Some(condition) = nomination.assessment.conditions.iter().find(|c| c.rule == "R13" && !c.holds) else {
        return Ok(None);
    };
    let decisions = store.trace(nomination.id, Some("decision"))?;
    let selected = decisions.into_iter().rfind(|line| line.value.as_text() == Some("SELECTED"));
    let reason = selected.and_then(|line| line.author.reason);
    Ok(Some(Unmet { condition: condition.clone(), reason }))
}

/// Whether the province has selected a nomination, as it was handed in last, for notice in the province: one that was
/// proposed to the Ministry afterwards still is.
///
/// # Errors
/// Whatever SQLite says.
pub fn is_selected(store: &Store, nomination: &Nomination) -> Result<bool, StoreError> {
    match nomination.state {
        State::Selected => Ok(true),
        State::Proposed => selected_before(store, nomination.id),
        State::Draft | State::HandedIn | State::Returned => Ok(false),
    }
}

/// What was handed in again had been returned: decisions after that are about the last hand-in.
fn selected_before(store: &Store, id: RecordId) -> Result<bool, StoreError> {
    let decisions = store.trace(id, Some("decision"))?;
    let mut said = decisions.iter().rev().filter_map(|line| line.value.as_text());
    Ok(said.find(|said| *said != "PROPOSED") == Some("SELECTED"))
}
