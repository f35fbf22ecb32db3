//! Báo cáo của đơn vị: what a unit has handed in, with the figures as they were frozen then.

use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, ReportedModel, UnitReport};
use keng_domain::text::compare;
use keng_store::Store;

use crate::Told;
use crate::duties::submissions;
use crate::names::Names;

/// The report of a submission: from its frozen figures alone, so that unit and province make the same one.
///
/// # Errors
/// For what is no submission.
pub fn submission(store: &Store, id: RecordId) -> Result<Letter, Told> {
    let all = submissions::list(store, None)?;
    let found = all.into_iter().find(|s| s.id == id);
    let s = found.ok_or_else(|| Told::refused(format!("Không có báo cáo đã trình mang mã {id} trên máy này.")))?;
    let names = Names::by(store, store.tree(s.period.cut_off)?)?;
    let mut models: Vec<ReportedModel> = s
        .frozen
        .by_model
        .iter()
        .map(|(id, counts)| ReportedModel { name: names.model(*id), counts: *counts })
        .collect();
    models.sort_by(|a, b| compare(&a.name, &b.name));
    Ok(Letter::Report(Box::new(UnitReport {
        province: Names::province_on(store, s.period.cut_off)?,
        order: s.letter,
        unit: names.unit(&s.unit),
        code: s.unit.to_string(),
        period: s.period,
        as_of: s.frozen.as_of.unwrap_or(s.period.cut_off),
        nothing: s.nothing,
        totals: s.frozen.totals,
        models,
        open_items: s.open_items,
        handed_in_at: s.punctuality.evidence.acted_at,
        record: s.id,
    })))
}
