//! What a text of the header finds beside the models of the list. No diacritics are needed.

use std::collections::HashSet;

use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_domain::text::{compare, date_dmy, search_key};
use keng_store::StoreError;

use super::Reading;
use crate::answer::address;
use crate::pages::Standpoint;
use crate::pages::models::{Found, FoundPoint};
use crate::parts::Link;

/// Points shown below the models; the list of points has all.
const POINTS_MAX: usize = 20;
/// Units shown: who has not found it among so many types more of its name.
const UNITS_MAX: usize = 10;

impl Reading<'_> {
    /// The models in whose names, other names or lead a folded text stands, those merged into them included.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub(super) fn models_with(&self, key: &str) -> Result<HashSet<RecordId>, StoreError> {
        let views = self.store.records(Kind::Model)?;
        let found = views.iter().filter(|view| self.names.key(view).contains(key));
        Ok(found.map(|view| self.merges.target(view.id)).collect())
    }

    /// Points by place, unit and number of the decision, units by name, and the models that the list leaves out.
    pub(super) fn found(&self, text: &str, unlisted: Vec<RecordId>) -> Found {
        let (key, year) = (search_key(text), self.year_asked());
        let at = |path: &str| address(path, &[("year", &year)]);
        let mut models: Vec<Link> = unlisted.into_iter().map(|m| self.model_link(m)).collect();
        models.sort_by(|a, b| compare(&a.label, &b.label));
        let points: Vec<_> = self.points.iter().filter(|p| self.names.place_key(p).contains(&key)).collect();
        let shown = points.iter().take(POINTS_MAX).map(|p| {
            let path = match self.standpoint() {
                Standpoint::Area => format!("/points/{}/edit", p.id),
                Standpoint::Province => format!("/records/{}/trace", p.id),
            };
            FoundPoint {
                place: Link::new(self.place_name(p), at(&path)),
                model: p.model.map(|m| self.model_link(m)),
                decision: [p.decision_no.clone(), p.decision_date.map(date_dmy)]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" · "),
            }
        });
        Found {
            models,
            is_area: self.standpoint() == Standpoint::Area,
            points: shown.collect(),
            points_total: (points.len() as u64).into(),
            all_points: address("/points", &[("q", text), ("year", &year)]),
            units: self.units_with(&key, &at("/units")),
        }
    }

    /// Only the province has a page of units.
    fn units_with(&self, key: &str, page: &str) -> Vec<Link> {
        if self.standpoint() == Standpoint::Area {
            return Vec::new();
        }
        let tree = &self.names.tree;
        let all =
            tree.catalogue.within(&tree.root).filter(|u| u.code != tree.root && search_key(&u.name).contains(key));
        let named = all.filter_map(|unit| {
            let reports = tree.catalogue.reporting_unit(&unit.code)?;
            let of = if reports.code == unit.code { String::new() } else { format!(", {}", reports.name) };
            Some(Link::new(format!("{}{of}", unit.name), format!("{page}#unit-{}", reports.code)))
        });
        named.take(UNITS_MAX).collect()
    }
}
