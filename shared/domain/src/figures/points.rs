//! The list of counted points: as long as the province, so it is no part of the figures and made only for
//! a form that prints it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::rated::judged_year;
use super::trees::Reports;
use crate::id::RecordId;
use crate::model::{Merges, Model};
use crate::period::Period;
use crate::point::{Point, YearRating};
use crate::rule_pack::RulePacks;
use crate::rules::counting::{Standing, standing};
use crate::text;
use crate::tree::Tree;

/// One counted point (R2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointLine {
    /// The name of its model, after merges.
    pub model: String,
    /// The unit that reports for it to the province; empty for one that lies in no unit of the tree.
    pub reports_to: String,
    /// The unit that it lies in.
    pub unit: String,
    /// Hamlet, school, office.
    pub place: String,
    /// Number of its decision.
    pub decision_no: Option<String>,
    /// Date of its decision.
    pub decision_date: Option<NaiveDate>,
    /// Number of teams.
    pub teams: u32,
    /// Number of members.
    pub members: u32,
    /// The label of its level in the year by which the period is judged ([`judged_year`]); `None` where it has
    /// none, or raters disagree.
    pub level: Option<String>,
}

/// The points counted at the end of the period, by unit, model and place: as many as
/// [`Totals::points`](super::Totals::points).
#[must_use]
pub fn point_lines(
    period: &Period,
    packs: &RulePacks,
    tree: &Tree,
    models: &[Model],
    points: &[Point],
) -> Vec<PointLine> {
    let (merges, reports) = (Merges::of(models), Reports::of(tree, points));
    let year = judged_year(period, packs, points).unwrap_or(period.year);
    let pack = packs.of_year(year);
    let names: HashMap<RecordId, &str> = models.iter().map(|m| (m.id, m.name.as_str())).collect();
    // As sums do: a point that runs no model is counted nowhere.
    let counted =
        points.iter().filter(|p| standing(p, period.cut_off, packs.of_year(period.year)) == Standing::Counted);
    let mut lines: Vec<(&str, &Point, PointLine)> = counted
        .filter_map(|point| {
            let model = merges.target(point.model?);
            let over = reports.unit_of(point);
            let key = point.unit_key();
            let unit = tree.place(&key).or_else(|| tree.units.unit(&key));
            let line = PointLine {
                model: names
                    .get(&model)
                    .map_or_else(|| format!("(mô hình chưa nhận được {model})"), |n| (*n).to_owned()),
                reports_to: over.map_or_else(String::new, |u| u.name.clone()),
                unit: unit.map_or_else(|| point.unit.to_string(), |u| u.name.clone()),
                place: point.place.clone(),
                decision_no: point.decision_no.clone(),
                decision_date: point.decision_date,
                teams: point.teams,
                members: point.members,
                level: match point.ratings.get(&year) {
                    Some(YearRating::Rated(code)) => {
                        Some(pack.level(code).map_or_else(|| code.clone(), |level| level.label.clone()))
                    }
                    Some(YearRating::Contested) | None => None,
                },
            };
            Some((over.map_or("", |u| u.code.as_str()), point, line))
        })
        .collect();
    lines.sort_by(|(unit_a, point_a, a), (unit_b, point_b, b)| {
        let names = || text::compare(&a.model, &b.model).then_with(|| text::compare(&a.place, &b.place));
        let places = || point_a.unit.cmp(&point_b.unit).then_with(names);
        unit_a.cmp(unit_b).then_with(places).then_with(|| point_a.id.cmp(&point_b.id))
    });
    lines.into_iter().map(|(_, _, line)| line).collect()
}
