//! Verdicts kept up to date: an entry touches its record's models only.

use std::collections::BTreeSet;

use keng_domain::field::Fields;
use keng_domain::figures::judge_all;
use keng_domain::id::RecordId;
use keng_domain::model::{Merges, Model};
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rule_pack::RulePack;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::StoreError;
use crate::error::damaged;
use crate::query;

/// What a transaction touched.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    models: BTreeSet<RecordId>,
    years: BTreeSet<i32>,
    /// Merges or rules changed: every verdict may have.
    pub all: bool,
}

impl Touched {
    /// Before the view row of a point is replaced: its old and its new model are touched.
    pub fn point_changed(&mut self, db: &Connection, id: RecordId, new: &Point) -> Result<(), StoreError> {
        self.models.extend(viewed_model(db, id)?);
        self.models.extend(new.model);
        self.years.extend(new.ratings.keys());
        Ok(())
    }

    /// Before the view row of a model is replaced: a changed merge may move many points.
    pub fn model_changed(&mut self, db: &Connection, id: RecordId, new: &Model) -> Result<(), StoreError> {
        self.all |= viewed_model(db, id)? != new.merged_into;
        self.models.insert(id);
        Ok(())
    }
}

fn viewed_model(db: &Connection, id: RecordId) -> Result<Option<RecordId>, StoreError> {
    let found: Option<Option<Vec<u8>>> = db
        .prepare_cached("SELECT model FROM view_record WHERE record = ?1")?
        .query_row([id.0], |r| r.get(0))
        .optional()?;
    found.flatten().map(|m| RecordId::from_slice(&m).map_err(damaged)).transpose()
}

/// Computes the verdicts of what was touched, for every year that has ratings.
pub(crate) fn refresh(db: &Connection, touched: &Touched) -> Result<(), StoreError> {
    if !touched.all && touched.models.is_empty() {
        return Ok(());
    }
    let Some(pack) = query::rule_pack(db)? else { return Ok(()) };
    let known = years(db)?;
    let mut everywhere: BTreeSet<i32> = touched.years.difference(&known).copied().collect();
    if touched.all {
        db.execute("DELETE FROM view_verdict", [])?;
        everywhere.extend(&known);
    }
    if !everywhere.is_empty() {
        let models = merged_models(db)?;
        let points = points(db, None)?;
        for year in &everywhere {
            write(db, &models, &points, *year, &pack)?;
        }
    }
    let rest: Vec<i32> = known.difference(&everywhere).copied().collect();
    if rest.is_empty() {
        return Ok(());
    }
    let models = merged_models(db)?;
    let merges = Merges::of(&models);
    let targets: BTreeSet<RecordId> = touched.models.iter().map(|m| merges.target(*m)).collect();
    for target in targets {
        let group: Vec<RecordId> =
            models.iter().map(|m| m.id).filter(|m| merges.target(*m) == target).chain([target]).collect();
        let points = points(db, Some(&group))?;
        db.prepare_cached("DELETE FROM view_verdict WHERE model = ?1")?.execute([target.0])?;
        for year in &rest {
            write(db, &models, &points, *year, &pack)?;
        }
    }
    Ok(())
}

/// The years for which verdicts are kept.
pub(crate) fn years(db: &Connection) -> Result<BTreeSet<i32>, StoreError> {
    let mut statement = db.prepare_cached("SELECT DISTINCT year FROM view_verdict")?;
    let rows = statement.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn write(db: &Connection, models: &[Model], points: &[Point], year: i32, pack: &RulePack) -> Result<(), StoreError> {
    let cut_off = Period::annual(year, &pack.periods).cut_off;
    for (model, (_, judgement)) in judge_all(models, points, year, cut_off, pack) {
        let json = serde_json::to_string(&judgement).map_err(damaged)?;
        db.prepare_cached("INSERT OR REPLACE INTO view_verdict (year, model, judgement) VALUES (?1, ?2, ?3)")?
            .execute((year, model.0, json))?;
    }
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

fn points(db: &Connection, of: Option<&[RecordId]>) -> Result<Vec<Point>, StoreError> {
    let mut points = Vec::new();
    let mut collect = |mut rows: rusqlite::Rows<'_>| -> Result<(), StoreError> {
        while let Some(row) = rows.next()? {
            let (id, fields) = read(row)?;
            points.push(Point::read(id, &fields));
        }
        Ok(())
    };
    match of {
        None => collect(db.prepare_cached("SELECT record, fields FROM view_record WHERE kind = 'point'")?.query([])?)?,
        Some(models) => {
            let mut statement =
                db.prepare_cached("SELECT record, fields FROM view_record WHERE model = ?1 AND kind = 'point'")?;
            for model in models.iter().collect::<BTreeSet<_>>() {
                collect(statement.query([model.0])?)?;
            }
        }
    }
    Ok(points)
}

fn read(row: &Row<'_>) -> Result<(RecordId, Fields), StoreError> {
    let id: Vec<u8> = row.get(0)?;
    let fields: String = row.get(1)?;
    Ok((RecordId::from_slice(&id).map_err(damaged)?, serde_json::from_str(&fields).map_err(damaged)?))
}
