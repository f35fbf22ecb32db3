//! Which unit of a tree each point is counted for, and the same sums by another tree (R20, R31).

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use serde::Serialize;

use super::{Input, Reconciliation};
use crate::id::RecordId;
use crate::model::{Merges, Model};
use crate::point::Point;
use crate::rule_pack::RulePack;
use crate::rules::counting::{Standing, standing};
use crate::text::thousands;
use crate::tree::Tree;
use crate::unit::{CatalogueId, Unit, UnitCode};

/// For each unit in which points lie, the one that reports for it: looked up once, since many
/// points share a unit.
pub(super) struct Reports<'a> {
    of: HashMap<(&'a Option<CatalogueId>, &'a UnitCode), Option<&'a Unit>>,
}

impl<'a> Reports<'a> {
    pub(super) fn of(tree: &'a Tree, points: &'a [Point]) -> Self {
        let mut of = HashMap::new();
        for point in points {
            of.entry((&point.catalogue, &point.unit)).or_insert_with(|| tree.reporting_unit(&point.unit_key()));
        }
        Self { of }
    }

    pub(super) fn unit_of(&self, point: &'a Point) -> Option<&'a Unit> {
        self.of.get(&(&point.catalogue, &point.unit)).copied().flatten()
    }

    pub(super) fn by_unit(&self, points: &'a [Point]) -> HashMap<&'a UnitCode, Vec<&'a Point>> {
        let mut by_unit: HashMap<&UnitCode, Vec<&Point>> = HashMap::new();
        for point in points {
            if let Some(unit) = self.unit_of(point) {
                by_unit.entry(&unit.code).or_default().push(point);
            }
        }
        by_unit
    }
}

/// What the units of a tree have together at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TreeSums {
    /// Models with a counted point in some unit.
    pub models: u64,
    /// Counted points.
    pub points: u64,
    /// Their teams.
    pub teams: u64,
    /// Their members.
    pub members: u64,
}

/// Adds up what is counted for any unit of the tree: what has no home in it is missing here.
#[must_use]
pub fn sums_of(tree: &Tree, models: &[Model], points: &[Point], day: NaiveDate, pack: &RulePack) -> TreeSums {
    let (reports, merges) = (Reports::of(tree, points), Merges::of(models));
    let mut sums = TreeSums::default();
    let mut seen: BTreeSet<RecordId> = BTreeSet::new();
    // As reports do: a point that runs no model is counted nowhere.
    let counted = points.iter().filter(|p| standing(p, day, pack) == Standing::Counted);
    for (point, model) in counted.filter_map(|p| Some((p, p.model?))) {
        if reports.unit_of(point).is_none() {
            continue;
        }
        seen.insert(merges.target(model));
        sums.points += 1;
        sums.teams += u64::from(point.teams);
        sums.members += u64::from(point.members);
    }
    sums.models = seen.len() as u64;
    sums
}

/// The sums of this tree beside those of every tree before and after it.
pub(super) fn reconcile(input: &Input<'_>) -> Vec<Reconciliation> {
    let sums = |tree: &Tree| sums_of(tree, input.models, input.points, input.period.cut_off, input.pack());
    let others = input.tree.others().filter_map(|c| {
        let root = crate::unit::UnitKey::new(&input.tree.catalogue.id, &input.tree.root);
        let tree = Tree::of(input.tree.units.clone(), &root, &c.id)?;
        Some((c.id.clone(), sums(&tree)))
    });
    let own = sums(input.tree);
    let said = |s: &TreeSums| {
        let n = thousands;
        format!("{} mô hình, {} điểm, {} tổ, {} thành viên", n(s.models), n(s.points), n(s.teams), n(s.members))
    };
    others
        .map(|(id, theirs)| Reconciliation {
            what: format!("Cộng theo danh mục đơn vị {} bằng cộng theo danh mục {id}", input.tree.catalogue.id),
            left: said(&own),
            right: said(&theirs),
            holds: own == theirs,
        })
        .collect()
}
