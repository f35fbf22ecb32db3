//! The JSON of the command line contract. Names are fixed: other programs read them.

use chrono::Datelike;
use keng_domain::field::{Candidate, Field, Value};
use keng_domain::id::RecordId;
use keng_domain::model::Model;
use keng_domain::point::Point;
use keng_domain::rule_pack::RulePacks;
use keng_domain::rules::criteria;
use keng_domain::rules::state::{self, State};
use keng_domain::schema::Kind;
use keng_domain::text::{compare, search_key};
use keng_records::personal::is_sealed;
use keng_store::contests::{Arrival, ContestView, ParallelView};
use keng_store::query::RecordView;
use keng_store::trace::{Base, TraceLine};
use keng_store::{Store, StoreError};
use serde_json::{Map, Value as Json, json};

use crate::clock::{self, rfc3339};
use crate::names::Names;

fn value(v: &Value) -> Json {
    match v {
        // What nobody here can read is no value.
        v if is_sealed(v) => Json::Null,
        Value::Null => Json::Null,
        Value::Int(n) => json!(n),
        Value::Text(s) => json!(s),
    }
}

/// A record with its fields as keys; contested ones show their interim value and are listed in
/// `contested`. Collections are objects: `"ratings": {"2022/610": "tot"}`.
#[must_use]
pub fn record(view: &RecordView, contests: &[ContestView]) -> Json {
    let mut out = Map::new();
    out.insert("id".to_owned(), json!(view.id));
    if let Some(kind) = Kind::of_code(&view.kind) {
        for spec in kind.fields() {
            out.insert(spec.key.to_owned(), Json::Null);
        }
    }
    for (key, field) in &view.fields.0 {
        match key.split_once('/') {
            Some((collection, rest)) => {
                let entry = out.entry(collection.to_owned()).or_insert(Json::Null);
                if entry.is_null() {
                    *entry = json!({});
                }
                if let Some(map) = entry.as_object_mut() {
                    map.insert(rest.to_owned(), value(field.shown()));
                }
            }
            None => {
                out.insert(key.clone(), value(field.shown()));
            }
        }
    }
    let mut contested: Vec<&str> =
        view.fields.0.iter().filter(|(_, f)| matches!(f, Field::Contested(_))).map(|(k, _)| k.as_str()).collect();
    contested.extend(contests.iter().filter(|c| c.record == view.id).map(|c| c.field.as_str()));
    contested.sort_unstable();
    contested.dedup();
    out.insert("contested".to_owned(), json!(contested));
    out.insert("scope".to_owned(), json!(view.scope));
    out.insert("owner".to_owned(), json!(view.owner));
    Json::Object(out)
}

/// All of these records, or those in which a text stands, see [`Names::key`]; those that have names in their
/// Vietnamese order.
///
/// # Errors
/// Whatever SQLite says.
pub fn found(store: &Store, mut views: Vec<RecordView>, text: Option<&str>) -> Result<Vec<RecordView>, StoreError> {
    if let Some(key) = text.map(search_key).filter(|key| !key.is_empty()) {
        let names = Names::of(store)?;
        views.retain(|view| names.key(view).contains(&key));
    }
    if views.iter().any(|view| name(view).is_some()) {
        views.sort_by(|a, b| compare(name(a).unwrap_or_default(), name(b).unwrap_or_default()));
    }
    Ok(views)
}

fn name(view: &RecordView) -> Option<&str> {
    view.fields.text("name")
}

/// Records of one kind.
///
/// # Errors
/// Whatever SQLite says.
pub fn list(store: &Store, kind: Kind, views: &[RecordView]) -> Result<Json, StoreError> {
    let contests = store.contests(None)?;
    if kind == Kind::Point {
        let (points, packs) = (store.as_points(views)?, store.rule_packs()?);
        return Ok(views.iter().zip(&points).map(|(view, p)| point(view, p, &contests, &packs)).collect());
    }
    // The state of a model asks all of its points: shown with one model, not with every one of a list.
    Ok(views.iter().map(|view| record(view, &contests)).collect())
}

/// One record of a kind.
///
/// # Errors
/// [`StoreError::NoRecord`].
pub fn show(store: &Store, kind: Kind, id: RecordId) -> Result<Json, StoreError> {
    let view = store.record(id)?.filter(|v| v.kind == kind.code()).ok_or(StoreError::NoRecord(id))?;
    let contests = store.contests(Some(id))?;
    let out = record(&view, &contests);
    let (today, packs) = (clock::today(), store.rule_packs()?);
    Ok(match kind {
        Kind::Point => match store.as_points(std::slice::from_ref(&view))?.pop() {
            Some(p) => point(&view, &p, &contests, &packs),
            None => out,
        },
        // A model is asked by its own points; those of models merged into it are theirs here.
        Kind::Model => {
            let points = store.as_points(&store.belonging(Kind::Point, id)?)?;
            with_state(
                out,
                &state::of_model(&Model::read(id, &view.fields), points.iter(), today, packs.of_year(today.year())),
            )
        }
        _ => out,
    })
}

/// A point with its state and its ratings.
fn point(view: &RecordView, point: &Point, contests: &[ContestView], packs: &RulePacks) -> Json {
    let today = clock::today();
    let state = state::of_point(point, today, packs.of_year(today.year()));
    with_state(with_ratings(record(view, contests), view, packs), &state)
}

/// Adds what each rater said in each year: `"rated": [{"year", "stage", "sheets": […]}]`.
fn with_ratings(mut out: Json, view: &RecordView, packs: &RulePacks) -> Json {
    let of_year = |year: i32| {
        json!({
            "year": year,
            "stage": criteria::stage(&view.fields, year, &view.owner),
            "sheets": criteria::sheets(&view.fields, year, packs.of_year(year)),
        })
    };
    out["rated"] = criteria::years(&view.fields).into_iter().map(of_year).collect();
    out
}

/// Adds what a model or point has come to by today: `"state": {"code", "why"}`.
fn with_state(mut out: Json, state: &State) -> Json {
    out["state"] = json!({ "code": state.code, "why": state.why });
    out
}

/// `contests`: candidates in the order in which `resolve --pick` counts them, from 0.
#[must_use]
pub fn contests(contests: &[ContestView]) -> Json {
    contests.iter().map(contest).collect()
}

/// `contests --all`: the conflicts, then the parallel edits, which ask nobody for anything. Their
/// candidates name the field that each wrote; `resolve` does not know their identifiers.
#[must_use]
pub fn contests_and_parallel(contests: &[ContestView], parallel: &[ParallelView]) -> Json {
    contests.iter().map(contest).chain(parallel.iter().map(written_in_parallel)).collect()
}

fn contest(view: &ContestView) -> Json {
    let all = view.contest.candidates.iter().zip(&view.arrivals);
    let candidates: Vec<Json> = all.map(|(c, arrival)| Json::Object(candidate(c, *arrival))).collect();
    json!({
        "id": view.id,
        "record": view.record,
        "kind": view.kind,
        "field": view.field,
        "severity": "conflict",
        "interim": value(&view.contest.interim),
        "candidates": candidates,
    })
}

fn written_in_parallel(view: &ParallelView) -> Json {
    let all = view.written.iter().zip(&view.arrivals);
    let candidates: Vec<Json> = all
        .map(|(p, arrival)| {
            let mut out = candidate(&p.written, *arrival);
            out.insert("field".to_owned(), json!(p.field));
            Json::Object(out)
        })
        .collect();
    let fields: Vec<&str> = view.written.iter().map(|p| p.field.as_str()).collect();
    json!({
        "id": format!("parallel-{}", view.record),
        "record": view.record,
        "kind": view.kind,
        "field": fields.join(","),
        "severity": "parallel",
        "interim": null,
        "candidates": candidates,
    })
}

fn candidate(c: &Candidate, arrival: Option<Arrival>) -> Map<String, Json> {
    let pairs = [
        ("value", value(&c.value)),
        ("unit", json!(c.side)),
        ("node", json!(c.author.node)),
        ("officer", json!(c.author.officer)),
        ("device_time", json!(rfc3339(c.author.device_time_ms))),
        ("received_at", json!(received_at(arrival))),
        ("lsn", json!(arrival.map(|a| a.lsn))),
        ("reason", json!(c.author.reason)),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn received_at(arrival: Option<Arrival>) -> Option<String> {
    arrival.map(|a| rfc3339(a.at_ms))
}

/// `trace`: oldest first.
#[must_use]
pub fn trace(lines: &[TraceLine]) -> Json {
    lines.iter().map(trace_line).collect()
}

fn trace_line(line: &TraceLine) -> Json {
    let base: Vec<Json> = line.base.iter().map(seen).collect();
    json!({
        "field": line.field,
        "value": value(&line.value),
        "previous": line.base.first().map_or(Json::Null, |b| value(&b.value)),
        "unit": line.author.unit,
        "node": line.author.node,
        "incarnation": line.author.incarnation,
        "officer": line.author.officer,
        "device_time": rfc3339(line.author.device_time_ms),
        "received_at": received_at(line.arrival),
        "lsn": line.arrival.map(|a| a.lsn),
        "entry": line.entry.map(hex::encode),
        "base": base,
        "reason": line.author.reason,
    })
}

fn seen(base: &Base) -> Json {
    json!({
        "value": value(&base.value),
        "unit": base.unit,
        "officer": base.officer,
        "device_time": rfc3339(base.device_time_ms),
        "lsn": base.lsn,
    })
}

/// `verdicts YEAR`, in Vietnamese order of names.
///
/// # Errors
/// [`StoreError::NoCatalogue`], and whatever SQLite says.
pub fn verdicts(store: &Store, year: i32) -> Result<Json, StoreError> {
    let names = Names::of(store)?;
    let mut judged: Vec<_> = store.verdicts(year)?.into_iter().map(|(id, j)| (names.model(id), id, j)).collect();
    judged.sort_by(|a, b| compare(&a.0, &b.0).then(a.1.cmp(&b.1)));
    Ok(judged
        .into_iter()
        .map(|(name, id, j)| {
            let t = j.explanation.inputs;
            json!({
                "model": id,
                "name": name,
                "points": t.points,
                "eligible": t.eligible,
                "effective": t.effective,
                "unrated": t.unrated,
                "verdict": j.verdict,
                "explanation": j.explanation,
            })
        })
        .collect())
}
