//! Verdicts kept up to date: an edit of a point costs as much as that point, not as its model.
//!
//! A verdict depends on its model's points only through a [`Tally`]. So the tallies are kept, by
//! year and model as the points name it; a changed point is taken away as it was and added as it
//! is. Merges are followed when a verdict is drawn from them.

use std::collections::{BTreeMap, BTreeSet};

use keng_domain::explanation::Tally;
use keng_domain::field::Fields;
use keng_domain::id::RecordId;
use keng_domain::model::{Merges, Model};
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rule_pack::{RulePack, RulePacks};
use keng_domain::rules::counting::tally;
use keng_domain::rules::half_points::judge_by_points;
use keng_domain::schema::is_withdrawn;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::StoreError;
use crate::error::damaged;
use crate::query;

/// What a transaction touched.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Points, as they were and as they are; `None`: not there, or withdrawn, which is the same.
    points: Vec<(Option<Point>, Option<Point>)>,
    /// Merges or rules changed: every verdict may have.
    pub all: bool,
}

impl Touched {
    /// Before the view row of a point is replaced.
    pub fn point_changed(&mut self, db: &Connection, id: RecordId, new: &Fields) -> Result<(), StoreError> {
        let old: Option<String> = db
            .prepare_cached("SELECT fields FROM view_record WHERE record = ?1")?
            .query_row([id.0], |r| r.get(0))
            .optional()?;
        let old: Option<Fields> = old.map(|json| serde_json::from_str(&json)).transpose().map_err(damaged)?;
        let read = |fields: &Fields| (!is_withdrawn(fields)).then(|| Point::read(id, fields));
        self.points.push((old.as_ref().and_then(read), read(new)));
        Ok(())
    }

    /// Before the view row of a model is replaced: a changed merge may move many points.
    pub fn model_changed(&mut self, db: &Connection, id: RecordId, new: &Model) -> Result<(), StoreError> {
        let old: Option<Option<Vec<u8>>> = db
            .prepare_cached("SELECT model FROM view_record WHERE record = ?1")?
            .query_row([id.0], |r| r.get(0))
            .optional()?;
        self.all |= old.flatten() != new.merged_into.map(|m| m.0.to_vec());
        Ok(())
    }
}

/// Computes the verdicts of what was touched, for every year that has ratings.
pub(crate) fn refresh(db: &Connection, touched: &Touched) -> Result<(), StoreError> {
    if !touched.all && touched.points.is_empty() {
        return Ok(());
    }
    let Some(packs) = query::rule_packs(db)? else { return Ok(()) };
    if touched.all {
        db.execute_batch("DELETE FROM view_tally; DELETE FROM view_verdict")?;
    }
    let known = years(db)?;
    let mut sums = Sums::default();
    for year in &known {
        let rules = Rules::of(*year, &packs);
        for (old, new) in &touched.points {
            if let Some(old) = old {
                sums.add(&rules, old, -1);
            }
            if let Some(new) = new {
                sums.add(&rules, new, 1);
            }
        }
    }
    let current = || touched.points.iter().filter_map(|(_, new)| new.as_ref());
    if touched.all || current().any(|point| !known.is_superset(&rated_years(point))) {
        let points = points(db)?;
        let new: BTreeSet<i32> = points.iter().flat_map(rated_years).filter(|year| !known.contains(year)).collect();
        for year in new {
            let rules = Rules::of(year, &packs);
            points.iter().for_each(|point| sums.add(&rules, point, 1));
        }
    }
    let merged = merged_models(db)?;
    let merges = Merges::of(&merged);
    let mut targets = BTreeSet::new();
    for ((year, model), change) in sums.0.iter().filter(|(_, change)| **change != Counts::default()) {
        keep(db, *year, *model, change)?;
        targets.extend(model.map(|model| (*year, merges.target(model))));
    }
    forget_unrated(db, &sums)?;
    for (year, target) in targets {
        let group = merged.iter().map(|m| m.id).filter(|m| merges.target(*m) == target).chain([target]);
        judge(db, &Rules::of(year, &packs), target, &group.collect())?;
    }
    Ok(())
}

/// The years for which tallies and verdicts are kept: those for which anybody has rated.
pub(crate) fn years(db: &Connection) -> Result<BTreeSet<i32>, StoreError> {
    // From one year to the next by the index, not by way of every model.
    let mut statement = db.prepare_cached(
        "WITH RECURSIVE known (year) AS (
             SELECT min(year) FROM view_tally
             UNION ALL SELECT (SELECT min(year) FROM view_tally WHERE year > known.year) FROM known WHERE year IS NOT NULL
         ) SELECT year FROM known WHERE year IS NOT NULL",
    )?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// By which a year's points are counted.
struct Rules<'a> {
    period: Period,
    pack: &'a RulePack,
}

impl<'a> Rules<'a> {
    fn of(year: i32, packs: &'a RulePacks) -> Self {
        let pack = packs.of_year(year);
        Self { period: Period::annual(year, &pack.periods), pack }
    }
}

/// Columns of `view_tally`: points that name the model; of these, rated ones; then a [`Tally`].
type Counts = [i64; 7];

/// Changes of the tallies, by year and model; points without a model stand under `None`.
#[derive(Default)]
struct Sums(BTreeMap<(i32, Option<RecordId>), Counts>);

impl Sums {
    fn add(&mut self, rules: &Rules<'_>, point: &Point, sign: i64) {
        let year = rules.period.year;
        let Tally { points, eligible, effective, unrated, contested } =
            tally([point], year, rules.period.cut_off, rules.pack);
        let rated = u32::from(point.ratings.contains_key(&year));
        let counts = [1, rated, points, eligible, effective, unrated, contested];
        let sum = self.0.entry((year, point.model)).or_default();
        sum.iter_mut().zip(counts).for_each(|(sum, n)| *sum += sign * i64::from(n));
    }
}

fn rated_years(point: &Point) -> BTreeSet<i32> {
    point.ratings.keys().copied().collect()
}

fn key(model: Option<RecordId>) -> Vec<u8> {
    model.map_or_else(Vec::new, |m| m.0.to_vec())
}

fn keep(db: &Connection, year: i32, model: Option<RecordId>, change: &Counts) -> Result<(), StoreError> {
    let [records, rated, points, eligible, effective, unrated, contested] = change;
    db.prepare_cached(
        "INSERT INTO view_tally (year, model, records, rated, points, eligible, effective, unrated, contested)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (year, model) DO UPDATE SET records = records + excluded.records, rated = rated + excluded.rated,
             points = points + excluded.points, eligible = eligible + excluded.eligible,
             effective = effective + excluded.effective, unrated = unrated + excluded.unrated,
             contested = contested + excluded.contested",
    )?
    .execute((year, key(model), records, rated, points, eligible, effective, unrated, contested))?;
    db.prepare_cached("DELETE FROM view_tally WHERE year = ?1 AND model = ?2 AND records = 0")?
        .execute((year, key(model)))?;
    Ok(())
}

/// A year whose last rating was taken back is as if nobody had ever rated for it.
fn forget_unrated(db: &Connection, sums: &Sums) -> Result<(), StoreError> {
    let fewer: BTreeSet<i32> =
        sums.0.iter().filter(|(_, [_, rated, ..])| *rated < 0).map(|((year, _), _)| *year).collect();
    for year in fewer {
        let rated: i64 = db
            .prepare_cached("SELECT total(rated) FROM view_tally WHERE year = ?1")?
            .query_row([year], |r| r.get::<_, f64>(0).map(|sum| sum as i64))?;
        if rated == 0 {
            db.prepare_cached("DELETE FROM view_tally WHERE year = ?1")?.execute([year])?;
            db.prepare_cached("DELETE FROM view_verdict WHERE year = ?1")?.execute([year])?;
        }
    }
    Ok(())
}

/// Judges a model by the points of all that were merged into it; one without any has no verdict.
fn judge(db: &Connection, rules: &Rules<'_>, target: RecordId, group: &BTreeSet<RecordId>) -> Result<(), StoreError> {
    let year = rules.period.year;
    let (mut records, mut sum) = (0, Tally::default());
    let mut statement = db.prepare_cached(
        "SELECT records, points, eligible, effective, unrated, contested FROM view_tally WHERE year = ?1 AND model = ?2",
    )?;
    for model in group {
        let mut found = statement.query((year, model.0))?;
        if let Some(row) = found.next()? {
            records += row.get::<_, i64>(0)?;
            sum.points += row.get::<_, u32>(1)?;
            sum.eligible += row.get::<_, u32>(2)?;
            sum.effective += row.get::<_, u32>(3)?;
            sum.unrated += row.get::<_, u32>(4)?;
            sum.contested += row.get::<_, u32>(5)?;
        }
    }
    if records == 0 {
        db.prepare_cached("DELETE FROM view_verdict WHERE year = ?1 AND model = ?2")?.execute((year, target.0))?;
        return Ok(());
    }
    let judgement = judge_by_points(sum, rules.period.cut_off, rules.pack);
    let json = serde_json::to_string(&judgement).map_err(damaged)?;
    db.prepare_cached("INSERT OR REPLACE INTO view_verdict (year, model, judgement) VALUES (?1, ?2, ?3)")?
        .execute((year, target.0, json))?;
    Ok(())
}

/// The models that were merged into others: all that is needed to follow merges.
fn merged_models(db: &Connection) -> Result<Vec<Model>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT record, fields FROM view_record WHERE kind = 'model' AND model IS NOT NULL")?;
    let mut rows = statement.query([])?;
    let mut models = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, fields) = read(row)?;
        models.push(Model::read(id, &fields));
    }
    Ok(models)
}

fn points(db: &Connection) -> Result<Vec<Point>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT record, fields FROM view_record WHERE kind = 'point' AND NOT withdrawn")?;
    let mut rows = statement.query([])?;
    let mut points = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, fields) = read(row)?;
        points.push(Point::read(id, &fields));
    }
    Ok(points)
}

fn read(row: &Row<'_>) -> Result<(RecordId, Fields), StoreError> {
    let id: Vec<u8> = row.get(0)?;
    let fields: String = row.get(1)?;
    Ok((RecordId::from_slice(&id).map_err(damaged)?, serde_json::from_str(&fields).map_err(damaged)?))
}
