//! Công văn thông báo: which models of a quarter the province has selected for notice to all its units.

use chrono::NaiveDate;
use keng_domain::explanation::{Tally, Verdict};
use keng_domain::letter::{Letter, Notice, NoticedBy, NoticedModel, Unmet};
use keng_domain::model::Merges;
use keng_domain::period::PeriodKind;
use keng_domain::rules::nomination::rating_year;
use keng_store::Store;

use super::proposal::{by_model, case_label};
use super::size::of_model;
use super::work_of;
use crate::Told;
use crate::duties::nominations::{self, Nomination};
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
    let mut chosen = nominations::list(store)?;
    chosen.retain(|n| n.quarter == quarter && n.selected.is_some());
    if chosen.is_empty() {
        return Err(Told::refused(format!(
            "Chưa có mô hình nào được chọn thông báo toàn tỉnh trong các đề xuất {}; hãy chọn trước (nomination select, \
             hoặc nút “Chọn thông báo toàn tỉnh” ở trang của đề xuất).",
            quarter.title()
        )));
    }
    let (tree, merges) = (&names.tree, Merges::of(&store.models()?));
    let rated_year = rating_year(&quarter, names.packs.of_year(quarter.year));
    let verdicts = store.verdicts(rated_year)?;
    let mut models = Vec::new();
    for selected in by_model(chosen) {
        // `by_model` makes no group of none.
        let Some(of) = selected.first() else { continue };
        let judged = verdicts.get(&of.model);
        models.push(NoticedModel {
            name: of.name.clone(),
            by: selected.iter().map(|n| noticed(n, &names)).collect(),
            size: of_model(store, &merges, of.model, today)?,
            rated_year,
            tally: judged.map_or_else(Tally::default, |j| j.explanation.inputs),
            verdict: judged.map_or(Verdict::NotRated, |j| j.verdict),
            work: work_of(store, of.model)?,
        });
    }
    Ok(Letter::Notice(Box::new(Notice {
        province: Names::province_on(store, today)?,
        order: names.packs.of_year(quarter.year).letter.clone(),
        quarter,
        today,
        units: tree.catalogue.children(&tree.root).map(|unit| unit.name.clone()).collect(),
        models,
    })))
}

fn noticed(n: &Nomination, names: &Names) -> NoticedBy {
    // Where R13 does not hold of what was selected: what was found, and the province's reason of then.
    let unmet = n.assessment.conditions.iter().find(|c| c.rule == "R13" && !c.holds);
    let reason = || n.selected.as_ref().and_then(|selected| selected.reason.clone());
    NoticedBy {
        unit: names.unit(&n.unit),
        case: case_label(n.case),
        unmet: unmet.map(|condition| Unmet { condition: condition.clone(), reason: reason() }),
        justification: n.justification.clone(),
    }
}
