//! Biên bản: what a survey has found.

use chrono::{Datelike, NaiveDate};
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, Minutes};
use keng_domain::model::Merges;
use keng_domain::point::Point;
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_store::Store;
use keng_store::query::RecordView;

use super::size::{of_model, of_point};
use super::{lines, paper};
use crate::Told;
use crate::duties::of_kind;
use crate::names::Names;

/// The minutes of a survey record.
///
/// # Errors
/// For a record of another kind, and a survey whose model or point is not here.
pub fn minutes(store: &Store, id: RecordId, today: NaiveDate) -> Result<Letter, Told> {
    let view = of_kind(store, Kind::Survey, id)?;
    let names = Names::of(store)?;
    let text = |key: &str| view.fields.text(key).map(str::to_owned);
    let lines = |key: &str| lines(view.fields.text(key));
    let about = text("record").and_then(|r| r.parse::<RecordId>().ok());
    let about = about.map(|r| store.record(r)).transpose()?.flatten();
    let about = about.ok_or_else(|| Told::refused("Mô hình hoặc điểm được khảo sát không có trên máy này."))?;
    let held_on = view.fields.date("held_on");
    let day = held_on.unwrap_or(today);
    let merges = Merges::of(&store.models()?);
    let (model, point, size) = if about.kind == Kind::Point.code() {
        let point = Point::of(about.id, &about.scope, &about.fields);
        let model = point.model.map_or_else(String::new, |m| names.model(merges.target(m)));
        (model, Some(point.place.clone()).filter(|p| !p.is_empty()), of_point(&names, &point))
    } else {
        let target = merges.target(about.id);
        (names.model(target), None, of_model(store, &merges, target, day)?)
    };
    let mut papers = Vec::new();
    for document in store.documents_of(Some(id))? {
        papers.push(paper(store, &document)?);
    }
    let label = |code: &str| {
        Kind::Survey.field("survey_kind").map_or_else(String::new, |spec| spec.label_of(code).into_owned())
    };
    Ok(Letter::Minutes(Box::new(Minutes {
        order: names.packs.of_year(day.year()).letter.clone(),
        province: Names::province_on(store, day)?,
        // What the hub writes is its own, whatever the province has become.
        unit: (view.owner != store.identity().province).then(|| names.unit(&view.owner)),
        kind: text("survey_kind").map_or_else(|| "Khảo sát".to_owned(), |code| label(&code)),
        model,
        point,
        area: area(&names, &view),
        held_on,
        by: text("by"),
        size,
        finding: lines("finding"),
        remedy: lines("remedy"),
        papers,
        day,
        record: id,
    })))
}

/// The unit in whose area the survey was made, of its own catalogue.
fn area(names: &Names, view: &RecordView) -> String {
    let Some(code) = view.fields.text("unit").and_then(|u| u.parse::<UnitCode>().ok()) else { return String::new() };
    match &view.scope {
        Scope::Area { catalogue, .. } => names.unit_of(&UnitKey::new(catalogue, &code)),
        Scope::Province => names.unit(&code),
    }
}
