//! One catalogue as the tree by which figures are summed.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::unit::{Catalogue, CatalogueId, Unit, UnitCode, UnitKey};
use crate::units::Units;

/// The tree of one catalogue by which figures are summed, and everything that was before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// All catalogues and changes.
    pub units: Units,
    /// The catalogue of the tree.
    pub catalogue: Catalogue,
    /// Its top: the province, whatever code it had before.
    pub root: UnitCode,
}

impl Tree {
    /// The tree of a catalogue, below `root`.
    #[must_use]
    pub fn new(units: Units, catalogue: Catalogue, root: UnitCode) -> Self {
        Self { units, catalogue, root }
    }

    /// The tree that stands for the unit `province` on a day. `None` when no catalogue has it.
    #[must_use]
    pub fn in_force(units: Units, province: &UnitKey, day: NaiveDate) -> Option<Self> {
        let base = units.home(province)?.id.clone();
        let id = units.in_force(&base, day).clone();
        Self::of(units, province, &id)
    }

    /// The tree of one catalogue for the unit `province`. `None` when no confirmed changes lead there.
    #[must_use]
    pub fn of(units: Units, province: &UnitKey, id: &CatalogueId) -> Option<Self> {
        let place = units.place(province, id)?.code.clone();
        let catalogue = units.catalogue(id)?.clone();
        let root = catalogue.path(&place).last()?.code.clone();
        Some(Self { units, catalogue, root })
    }

    /// Where a unit stands in this tree: itself, the least unit that holds all that it has become,
    /// or the top. `None` for a code that no catalogue has.
    #[must_use]
    pub fn place(&self, key: &UnitKey) -> Option<&Unit> {
        let home = self.units.home(key)?;
        if home.id == self.catalogue.id {
            return self.catalogue.unit(&key.code);
        }
        let place = self.units.place(key, &self.catalogue.id).map_or(&self.root, |u| &u.code);
        self.catalogue.unit(place)
    }

    /// The unit directly under the top that answers for a unit; the top for what no unit holds alone.
    #[must_use]
    pub fn reporting_unit(&self, key: &UnitKey) -> Option<&Unit> {
        self.catalogue.reporting_unit(&self.place(key)?.code)
    }

    /// Whether a unit stands in this tree at the place of `above` or somewhere under it.
    #[must_use]
    pub fn is_within(&self, key: &UnitKey, above: &UnitKey) -> bool {
        let (Some(unit), Some(above)) = (self.place(key), self.place(above)) else { return false };
        self.catalogue.is_within(&unit.code, &above.code)
    }

    /// The reporting units that a unit's own entries speak for: one within this tree; for a unit of
    /// another catalogue all that it has become, or that it was made of.
    #[must_use]
    pub fn speaks_for(&self, key: &UnitKey) -> BTreeSet<UnitCode> {
        let Some(home) = self.units.home(key) else { return BTreeSet::new() };
        let places = match home.id == self.catalogue.id {
            true => BTreeSet::from([key.code.clone()]),
            false => self.units.carried(home, &key.code, &self.catalogue.id),
        };
        places.iter().filter_map(|code| Some(self.catalogue.reporting_unit(code)?.code.clone())).collect()
    }

    /// Whether some confirmed change leads to this tree or away from it.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.others().next().is_some()
    }

    /// The catalogues before and after this one.
    pub fn others(&self) -> impl Iterator<Item = &Catalogue> {
        let ahead = self.units.changes_from(&self.catalogue.id);
        self.units.catalogues().filter(move |c| {
            c.id != self.catalogue.id
                && (ahead.iter().any(|l| l.to == c.id)
                    || self.units.changes_from(&c.id).iter().any(|l| l.to == self.catalogue.id))
        })
    }

    /// The first day of the units that replaced those of `key`'s catalogue, when that lies before
    /// the end of `day`. `None` while its units are valid.
    #[must_use]
    pub fn replaced_on(&self, key: &UnitKey, day: NaiveDate) -> Option<NaiveDate> {
        let change = self.units.change_of(&self.units.home(key)?.id)?;
        (change.effective <= day).then_some(change.effective)
    }
}
