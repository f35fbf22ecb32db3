//! The figures of a period, from a store.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use keng_domain::figures::{Cut, Figures, Input, OpenContest, consolidate};
use keng_domain::period::Period;
use keng_domain::tree::Tree;
use keng_domain::unit::UnitCode;
use keng_store::{Store, StoreError};

use crate::names::{Names, field_label};

/// Consolidates `period` from all that the store holds, by the tree that is in force at its cut-off.
/// To see the past, give a store [as of](Store::as_of) then.
///
/// # Errors
/// [`StoreError::NoCatalogue`], and whatever SQLite says.
pub fn figures(store: &Store, period: Period) -> Result<Figures, StoreError> {
    figures_by(store, period, store.tree(period.cut_off)?)
}

/// [`figures`], by another tree.
///
/// # Errors
/// As [`figures`].
pub fn figures_by(store: &Store, period: Period, tree: Tree) -> Result<Figures, StoreError> {
    let names = Names::by(store, tree)?;
    let (models, points) = (store.models()?, store.points()?);
    let received = received(store, &names)?;
    let (lsn, root) = store.log_root()?;
    let cut = Cut { lsn, root: hex::encode(root), rule_pack: names.pack.id.clone(), cut_off: period.cut_off };
    let contests = open_contests(store, &names)?;
    Ok(consolidate(Input {
        period,
        cut,
        pack: &names.pack,
        tree: &names.tree,
        models: &models,
        points: &points,
        received: &received,
        contests,
    }))
}

/// When the last entry of each reporting unit arrived: of its own nodes, of those under it, or of
/// those of a unit that went into it.
///
/// # Errors
/// Whatever SQLite says.
pub fn received(store: &Store, names: &Names) -> Result<BTreeMap<UnitCode, DateTime<Utc>>, StoreError> {
    let mut by_unit: BTreeMap<UnitCode, DateTime<Utc>> = BTreeMap::new();
    for (unit, at) in store.received()? {
        for reports in names.tree.speaks_for(&unit) {
            let last = by_unit.entry(reports).or_insert(at);
            *last = (*last).max(at);
        }
    }
    Ok(by_unit)
}

fn open_contests(store: &Store, names: &Names) -> Result<Vec<OpenContest>, StoreError> {
    let mut open = Vec::new();
    for contest in store.contests(None)? {
        let Some(view) = store.record(contest.record)? else { continue };
        open.push(OpenContest {
            id: contest.id,
            record: contest.record,
            name: names.record(&view),
            label: field_label(&contest.kind, &contest.field),
            kind: contest.kind,
            field: contest.field,
            candidates: contest.contest.candidates,
        });
    }
    Ok(open)
}
