//! The figures of a period, from a store.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use keng_domain::figures::{
    Cut, Exemplar, Figures, HandedIn, Input, Nominated, OpenContest, PointLine, SafePlace, ScoredPlace, Totals,
    consolidate,
};
use keng_domain::period::{Period, PeriodKind};
use keng_domain::schema::{Kind, NOMINATION_CASES, PROPOSAL_BASES};
use keng_domain::text::date_dmy;
use keng_domain::tree::Tree;
use keng_domain::unit::UnitCode;
use keng_store::query::RecordView;
use keng_store::{Store, StoreError};

use crate::duties::nominations::{self, Nomination, State};
use crate::duties::submissions::{self, Submission};
use crate::names::{Names, field_label};

/// Consolidates `period` from all that the store holds, by the tree that is in force at its cut-off.
/// To see the past, give a store [as of](Store::as_of) then.
///
/// # Errors
/// [`StoreError::NoCatalogue`], and whatever SQLite says.
pub fn figures(store: &Store, period: Period) -> Result<Figures, StoreError> {
    figures_by(store, period, store.tree(period.cut_off)?)
}

/// [`figures`] of the own unit and what lies under it.
///
/// # Errors
/// As [`figures`].
pub fn own_figures(store: &Store, period: Period) -> Result<Figures, StoreError> {
    let (mut tree, own) = (store.tree(period.cut_off)?, store.identity().unit_key());
    if let Some(place) = tree.place(&own).map(|unit| unit.code.clone()) {
        tree.root = place;
    }
    figures_by(store, period, tree)
}

/// [`figures`], by another tree.
///
/// # Errors
/// As [`figures`].
pub fn figures_by(store: &Store, period: Period, tree: Tree) -> Result<Figures, StoreError> {
    let names = Names::by(store, tree)?.in_year(period.year);
    let (models, points) = (store.models()?, store.points()?);
    let received = received(store, &names)?;
    let (lsn, root) = store.log_root()?;
    let cut = Cut { lsn, root: hex::encode(root), rule_pack: names.pack.id.clone(), cut_off: period.cut_off };
    let contests = open_contests(store, &names)?;
    let submissions = submissions::list(store, None)?;
    let handed_in = handed_in(&submissions, &period);
    Ok(consolidate(Input {
        period,
        cut,
        packs: &names.packs,
        tree: &names.tree,
        models: &models,
        points: &points,
        received: &received,
        contests,
        handed_in: &handed_in,
        places: store
            .records(Kind::Assessment)?
            .iter()
            .filter_map(|v| SafePlace::read(v.id, &v.scope, &v.fields))
            .collect(),
        scored: scored(store, &names)?,
        exemplars: exemplars(store)?,
        nominations: nominated(store, &names, &submissions, &period)?,
    }))
}

/// The points that [`figures_by`] counts, one by one: for a form that lists them.
///
/// # Errors
/// As [`figures`].
pub fn point_lines(store: &Store, period: &Period, tree: &Tree) -> Result<Vec<PointLine>, StoreError> {
    let (models, points) = (store.models()?, store.points()?);
    Ok(keng_domain::figures::point_lines(period, &store.rule_packs()?, tree, &models, &points))
}

/// What stands for each unit in `period`.
fn handed_in(all: &[Submission], period: &Period) -> BTreeMap<UnitCode, HandedIn> {
    let units: BTreeSet<&UnitCode> = all.iter().map(|s| &s.unit).collect();
    let line = |s: &Submission| HandedIn {
        id: s.id,
        state: s.state,
        timeliness: s.punctuality.timeliness,
        handed_in_at: s.punctuality.evidence.acted_at,
        first_handed_in_at: s.punctuality.first.map(|first| first.acted_at),
        received_at: s.punctuality.evidence.received_at,
        nothing: s.nothing,
        // Figures that cannot be read come as zeros, which only a report of nothing says.
        frozen: (s.nothing || s.frozen.totals != Totals::default()).then_some(s.frozen.totals),
    };
    let standing = |unit: &UnitCode| Some((unit.clone(), line(submissions::standing(all, unit, period)?)));
    units.into_iter().filter_map(standing).collect()
}

fn scored(store: &Store, names: &Names) -> Result<Vec<ScoredPlace>, StoreError> {
    let read = |v: &RecordView| ScoredPlace::read(v.id, &v.scope, &v.fields, &names.pack.movement);
    Ok(store.records(Kind::Score)?.iter().filter_map(read).collect())
}

fn exemplars(store: &Store) -> Result<Vec<Exemplar>, StoreError> {
    let read = |view: &RecordView| {
        let text = |key: &str| view.fields.text(key).unwrap_or_default().to_owned();
        let label = |key: &str| {
            let code = text(key);
            Kind::Exemplar.field(key).map_or_else(|| code.clone(), |spec| spec.label_of(&code).into_owned())
        };
        let date = view.fields.date("decision_date");
        let decided = date.map_or_else(String::new, |d| format!(" ngày {}", date_dmy(d)));
        Exemplar {
            id: view.id,
            name: text("name"),
            address: text("address"),
            achievement: text("achievement"),
            decision: format!("{}{decided}", text("decision_no")),
            decision_date: date,
            year: view.fields.int("year").and_then(|year| i32::try_from(year).ok()),
            reward: label("reward"),
            exemplar_kind: label("exemplar_kind"),
            level: label("level"),
        }
    };
    Ok(store.records(Kind::Exemplar)?.iter().map(read).collect())
}

/// What was handed in for the quarter, or for the quarters of the period.
fn nominated(
    store: &Store,
    names: &Names,
    submissions: &[Submission],
    period: &Period,
) -> Result<Vec<Nominated>, StoreError> {
    let label = |of: &[(&str, &str)], code: &str| {
        of.iter().find(|(c, _)| *c == code).map_or_else(|| code.to_owned(), |(_, label)| (*label).to_owned())
    };
    let concerns = |n: &Nomination| match period.kind {
        PeriodKind::Quarter => n.quarter == *period,
        PeriodKind::Annual | PeriodKind::HalfYear => period.contains(n.quarter.cut_off),
    };
    let line = |n: Nomination| Nominated {
        id: n.id,
        unit: names.unit(&n.unit),
        state: n.label(),
        model: n.name,
        quarter: n.quarter.id(),
        case: n.case.map_or_else(String::new, |c| label(NOMINATION_CASES, c.code())),
        basis: n.proposed.map(|p| label(PROPOSAL_BASES, p.basis.code())),
    };
    let all = nominations::among(store, submissions)?;
    Ok(all.into_iter().filter(|n| n.state != State::Draft && concerns(n)).map(line).collect())
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
    // Persons are in no report (I9).
    for contest in store.contests(None)?.into_iter().filter(|c| c.kind != Kind::Member.code()) {
        let Some(view) = store.record(contest.record)? else { continue };
        open.push(OpenContest {
            id: contest.id,
            record: contest.record,
            name: names.record(&view),
            label: field_label(&contest.kind, &contest.field),
            kind: contest.kind,
            field: contest.field,
            candidates: contest.contest.candidates,
            may_change_verdict: false,
            tips: Vec::new(),
        });
    }
    Ok(open)
}
