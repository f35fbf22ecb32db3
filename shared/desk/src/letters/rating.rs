//! Biên bản: the yearly rating of a unit's points (R6).

use std::collections::HashMap;

use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, RatingMinutes, Source};
use keng_domain::period::Period;
use keng_domain::point::{Point, rater_in};
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::criteria::sheet;
use keng_domain::rules::yearly::{Records, Said, YearlyRating};
use keng_domain::schema::Kind;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_store::query::RecordView;
use keng_store::{Role, Store, StoreError};

use crate::names::Names;
use crate::{Told, consolidation};

/// The minutes of the rating of `year`: at a node of its own unit; at the hub of every unit that reports in
/// the tree of that year, or of `unit` alone.
///
/// # Errors
/// For a year that is none, and a unit that does not report to the province in that year.
pub fn ratings(store: &Store, year: i32, unit: Option<&UnitCode>) -> Result<Vec<Letter>, Told> {
    let packs = store.rule_packs()?;
    let pack = packs.of_year(year);
    let period = Period::parse("annual", &year.to_string(), &pack.periods)
        .map_err(|_| Told::refused(format!("Không có năm đánh giá {year}; ví dụ: 2022.")))?;
    let names = Names::by(store, store.tree(period.cut_off)?)?.in_year(year);
    let (tree, identity) = (&names.tree, store.identity());
    let units: Vec<UnitKey> = match identity.role {
        Role::Node => vec![identity.unit_key()],
        Role::Hub => {
            let reporting = tree.catalogue.children(&tree.root).filter(|u| unit.is_none_or(|unit| *unit == u.code));
            reporting.map(|u| UnitKey::new(&tree.catalogue.id, &u.code)).collect()
        }
    };
    if let (Some(unit), true) = (unit, units.is_empty()) {
        return Err(Told::refused(format!("Năm {year} không có đơn vị {unit} trong các đơn vị báo cáo về tỉnh.")));
    }
    let received = consolidation::received(store, &names)?;
    let (models, points, said) = (store.models()?, store.points()?, said(store, &names, year)?);
    let scored = if pack.rating.criteria.is_empty() { Vec::new() } else { store.records(Kind::Point)? };
    let province = Names::province_on(store, period.cut_off)?;
    let minutes = |unit: UnitKey| {
        let own: Vec<(&Point, String)> = points
            .iter()
            .filter(|p| tree.is_within(&p.unit_key(), &unit))
            .map(|p| (p, names.unit_of(&p.unit_key())))
            .collect();
        let totals = totals(&scored, year, &unit, pack);
        let records = Records { models: &models, points: own, said: &said, totals: &totals };
        Letter::Rating(Box::new(RatingMinutes {
            province: province.clone(),
            order: pack.letter.clone(),
            unit: names.unit_of(&unit),
            code: unit.code.to_string(),
            period,
            months: pack.eligibility.months,
            rule_pack: pack.id.clone(),
            source: match identity.role {
                Role::Node => Source::Own,
                Role::Hub => Source::Received(received.get(&unit.code).copied()),
            },
            rating: YearlyRating::of(&records, &period, pack),
        }))
    };
    Ok(units.into_iter().map(minutes).collect())
}

/// What `unit`'s points for the criteria of `year` come to, for each point to which it has given any.
fn totals(points: &[RecordView], year: i32, unit: &UnitKey, pack: &RulePack) -> HashMap<RecordId, u32> {
    let total = |view: &RecordView| {
        let sheet = sheet(&view.fields, year, &rater_in(&view.scope, unit), pack);
        sheet.lines.iter().any(|l| l.given.is_some()).then_some((view.id, sheet.total))
    };
    points.iter().filter_map(total).collect()
}

/// For each point whose raters differ in `year`, what each of them said (R12).
fn said(store: &Store, names: &Names, year: i32) -> Result<HashMap<RecordId, Vec<Said>>, StoreError> {
    let field = format!("ratings/{year}");
    let mut said: HashMap<RecordId, Vec<Said>> = HashMap::new();
    for contest in store.contests(None)?.into_iter().filter(|c| c.field == field) {
        let sides = contest
            .contest
            .candidates
            .iter()
            .filter(|c| c.value != Value::Null)
            .map(|c| Said { level: names.value(&contest.kind, &field, &c.value), by: names.unit(&c.side) });
        said.insert(contest.record, sides.collect());
    }
    Ok(said)
}
