//! All catalogues with the changes between them: where a unit stands in another tree, and which
//! scopes belong to it.
//!
//! A record's scope never changes. What changes is the unit that answers for it: these functions
//! alone decide which, for rights (I4), for what a node receives (I9) and for every sum.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use crate::lineage::Lineage;
use crate::scope::Scope;
use crate::unit::{Catalogue, CatalogueId, Unit, UnitCode, UnitKey};

/// Catalogues and the confirmed changes between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Units {
    catalogues: Vec<Catalogue>,
    lineages: Vec<Lineage>,
}

impl Units {
    /// In the order in which catalogues are searched for a code that comes without one.
    #[must_use]
    pub fn new(catalogues: Vec<Catalogue>, lineages: Vec<Lineage>) -> Self {
        Self { catalogues, lineages }
    }

    /// All catalogues.
    pub fn catalogues(&self) -> impl Iterator<Item = &Catalogue> {
        self.catalogues.iter()
    }

    /// All confirmed changes.
    pub fn lineages(&self) -> impl Iterator<Item = &Lineage> {
        self.lineages.iter()
    }

    /// The catalogue of this name.
    #[must_use]
    pub fn catalogue(&self, id: &CatalogueId) -> Option<&Catalogue> {
        self.catalogues.iter().find(|c| c.id == *id)
    }

    /// The catalogue in which `key` is a unit. Without a catalogue the first one that has the code.
    #[must_use]
    pub fn home(&self, key: &UnitKey) -> Option<&Catalogue> {
        let has = |c: &&Catalogue| c.unit(&key.code).is_some();
        match &key.catalogue {
            Some(id) => self.catalogue(id).filter(has),
            None => self.catalogues.iter().find(has),
        }
    }

    /// The unit that `key` means.
    #[must_use]
    pub fn unit(&self, key: &UnitKey) -> Option<&Unit> {
        self.home(key)?.unit(&key.code)
    }

    /// The change that replaced a catalogue.
    #[must_use]
    pub fn change_of(&self, from: &CatalogueId) -> Option<&Lineage> {
        self.lineages.iter().find(|l| l.from == *from)
    }

    /// The changes one after another that begin at a catalogue. A circle, which nobody can confirm,
    /// is followed once.
    #[must_use]
    pub fn changes_from(&self, from: &CatalogueId) -> Vec<&Lineage> {
        let mut chain: Vec<&Lineage> = Vec::new();
        let mut at = from;
        while let Some(next) = self.change_of(at).filter(|n| chain.iter().all(|l| l.from != n.from)) {
            at = &next.to;
            chain.push(next);
        }
        chain
    }

    /// The catalogue that stands for `base` on a day.
    #[must_use]
    pub fn in_force<'a>(&'a self, base: &'a CatalogueId, day: NaiveDate) -> &'a CatalogueId {
        let past = self.changes_from(base).into_iter().take_while(|l| l.effective <= day);
        past.last().map_or(base, |l| &l.to)
    }

    /// Whether a unit stood on a day: its catalogue was not yet replaced, and had replaced the one before it.
    /// A catalogue that no confirmed change touches has always stood.
    #[must_use]
    pub fn is_valid(&self, key: &UnitKey, day: NaiveDate) -> bool {
        let Some(home) = self.home(key) else { return false };
        let begun = self.lineages.iter().filter(|l| l.to == home.id).all(|l| l.effective <= day);
        begun && self.change_of(&home.id).is_none_or(|l| l.effective > day)
    }

    /// The smallest units of `to` that `code` of `from` has become, or that it was made of. Empty
    /// when no confirmed changes lead from one catalogue to the other.
    #[must_use]
    pub fn carried(&self, from: &Catalogue, code: &UnitCode, to: &CatalogueId) -> BTreeSet<UnitCode> {
        let mut codes: BTreeSet<UnitCode> = match from.is_smallest(code) {
            true => from.unit(code).map(|u| u.code.clone()).into_iter().collect(),
            false => from.smallest().filter(|u| from.is_within(&u.code, code)).map(|u| u.code.clone()).collect(),
        };
        if from.id == *to {
            return codes;
        }
        let ahead = self.changes_from(&from.id);
        if let Some(last) = ahead.iter().position(|l| l.to == *to) {
            for change in &ahead[..=last] {
                codes = codes.iter().filter_map(|c| change.successor(c).cloned()).collect();
            }
            return codes;
        }
        let back = self.changes_from(to);
        let Some(last) = back.iter().position(|l| l.to == from.id) else { return BTreeSet::new() };
        for change in back[..=last].iter().rev() {
            codes = change.pairs().filter(|(_, new)| codes.contains(*new)).map(|(old, _)| old.clone()).collect();
        }
        codes
    }

    /// The unit of the tree `to` that stands for a unit: the least one that holds all that it has
    /// become (or was made of). A district whose communes went to several units is held by the
    /// province alone. `None` when no confirmed changes lead there.
    #[must_use]
    pub fn place(&self, key: &UnitKey, to: &CatalogueId) -> Option<&Unit> {
        let (from, tree) = (self.home(key)?, self.catalogue(to)?);
        if from.id == tree.id {
            return tree.unit(&key.code);
        }
        let carried = self.carried(from, &key.code, to);
        let first = carried.first()?;
        tree.path(first).find(|above| carried.iter().all(|code| tree.is_within(code, &above.code)))
    }

    /// The units of `to` that answer for what belonged to `key`, in the order of the catalogue.
    #[must_use]
    pub fn successors(&self, key: &UnitKey, to: &CatalogueId) -> Vec<&Unit> {
        let (Some(from), Some(tree)) = (self.home(key), self.catalogue(to)) else { return Vec::new() };
        let carried = self.carried(from, &key.code, to);
        tree.units().filter(|u| carried.contains(&u.code)).collect()
    }

    /// Whether a scope belongs to a unit: it lies in the unit, or all that it has become does.
    /// Never by its code alone: a new unit that took an old code has no part in the old one.
    #[must_use]
    pub fn holds(&self, key: &UnitKey, scope: &Scope) -> bool {
        let Scope::Area { catalogue, unit } = scope else { return true };
        let (Some(home), Some(theirs)) = (self.home(key), self.catalogue(catalogue)) else { return false };
        if home.id == theirs.id {
            return home.is_within(unit, &key.code);
        }
        if !self.changes_from(&theirs.id).iter().any(|l| l.to == home.id) {
            return false;
        }
        let carried = self.carried(theirs, unit, &home.id);
        !carried.is_empty() && carried.iter().all(|code| home.is_within(code, &key.code))
    }

    /// Every scope that [`Units::holds`] says of a unit, the province's included.
    #[must_use]
    pub fn scopes_of(&self, key: &UnitKey) -> HashSet<Scope> {
        let mut scopes = HashSet::from([Scope::Province]);
        let Some(home) = self.home(key) else { return scopes };
        scopes.extend(home.within(&key.code).map(|u| home.scope_of(&u.code)));
        for older in self.catalogues.iter().filter(|c| c.id != home.id) {
            let ahead = self.changes_from(&older.id);
            let Some(last) = ahead.iter().position(|l| l.to == home.id) else { continue };
            // A unit above belongs here when everything under it does.
            let mut above: HashMap<&UnitCode, (u32, u32)> = HashMap::new();
            for unit in older.smallest() {
                let carried = ahead[..=last].iter().try_fold(&unit.code, |code, change| change.successor(code));
                let here = carried.is_some_and(|code| home.is_within(code, &key.code));
                for unit in older.path(&unit.code) {
                    let (all, held) = above.entry(&unit.code).or_default();
                    (*all, *held) = (*all + 1, *held + u32::from(here));
                }
            }
            scopes
                .extend(above.into_iter().filter(|(_, (all, held))| all == held).map(|(code, _)| older.scope_of(code)));
        }
        scopes
    }
}
