//! What became of units when a catalogue was replaced: which old unit went into which new one (R31).
//!
//! A change is a list of pairs between two catalogues. It is checked as a whole: every smallest
//! unit of the old catalogue has exactly one home in the new one, so no record is left without.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::unit::{Catalogue, CatalogueId, Unit, UnitCode, bare_name};

/// A confirmed change from one catalogue to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    /// The catalogue whose units went.
    pub from: CatalogueId,
    /// The catalogue whose units came.
    pub to: CatalogueId,
    /// First day of the new units.
    pub effective: NaiveDate,
    successors: BTreeMap<UnitCode, UnitCode>,
}

/// Why a list of pairs cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadPairs {
    /// Line number in the file, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// Why a change cannot be confirmed. All faults of a list are told at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No unit of the old catalogue has this code.
    UnknownOld(UnitCode),
    /// No unit of the new catalogue has this code.
    UnknownNew(UnitCode),
    /// A unit of the old catalogue with units under it: these are what goes somewhere.
    NotSmallestOld(UnitCode),
    /// A unit of the new catalogue with units under it: records belong to the smallest ones.
    NotSmallestNew(UnitCode),
    /// One old unit in several new ones: nothing tells which of its records went where.
    Split(UnitCode, Vec<UnitCode>),
    /// A smallest unit of the old catalogue that no line names: its records would have no home.
    Dropped(UnitCode),
}

/// What a change does to one old unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved<'a> {
    /// The old unit.
    pub from: &'a Unit,
    /// The new unit.
    pub to: &'a Unit,
    /// Its code now means a unit of another name (trap 1 of DOMAIN §5).
    pub reused_code: bool,
    /// Its name now belongs to another code (trap 2 of DOMAIN §5).
    pub moved_name: bool,
}

/// Reads the columns `from_code,to_code`.
///
/// # Errors
/// [`BadPairs`], with the line.
pub fn read_pairs(text: &str) -> Result<Vec<(UnitCode, UnitCode)>, BadPairs> {
    #[derive(serde::Deserialize)]
    struct Row {
        from_code: String,
        to_code: String,
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut pairs = Vec::new();
    for row in reader.deserialize::<Row>() {
        let row =
            row.map_err(|e| BadPairs { line: e.position().map_or(1, csv::Position::line), reason: e.to_string() })?;
        let line = pairs.len() as u64 + 2;
        let code = |s: &str| s.parse().map_err(|e: crate::unit::BadCode| BadPairs { line, reason: e.to_string() });
        pairs.push((code(&row.from_code)?, code(&row.to_code)?));
    }
    match pairs.is_empty() {
        true => Err(BadPairs { line: 1, reason: "there are no pairs in it".to_owned() }),
        false => Ok(pairs),
    }
}

impl Lineage {
    /// Checks a list of pairs against both catalogues.
    ///
    /// # Errors
    /// Every [`Fault`], sorted.
    pub fn new(
        from: &Catalogue,
        to: &Catalogue,
        effective: NaiveDate,
        pairs: &[(UnitCode, UnitCode)],
    ) -> Result<Self, Vec<Fault>> {
        let mut faults = BTreeSet::new();
        let mut all: BTreeMap<&UnitCode, BTreeSet<&UnitCode>> = BTreeMap::new();
        for (old, new) in pairs {
            all.entry(old).or_default().insert(new);
            match from.unit(old) {
                None => faults.insert(Fault::UnknownOld(old.clone())),
                Some(_) if !from.is_smallest(old) => faults.insert(Fault::NotSmallestOld(old.clone())),
                Some(_) => false,
            };
            match to.unit(new) {
                None => faults.insert(Fault::UnknownNew(new.clone())),
                Some(_) if !to.is_smallest(new) => faults.insert(Fault::NotSmallestNew(new.clone())),
                Some(_) => false,
            };
        }
        for (old, new) in all.iter().filter(|(_, new)| new.len() > 1) {
            faults.insert(Fault::Split((*old).clone(), new.iter().map(|c| (*c).clone()).collect()));
        }
        faults.extend(from.smallest().filter(|u| !all.contains_key(&u.code)).map(|u| Fault::Dropped(u.code.clone())));
        if !faults.is_empty() {
            return Err(faults.into_iter().collect());
        }
        let successors = pairs.iter().cloned().collect();
        Ok(Self { from: from.id.clone(), to: to.id.clone(), effective, successors })
    }

    /// A change as a record tells it, checked when it was confirmed.
    ///
    /// # Errors
    /// [`BadPairs`], with the line.
    pub fn of_record(from: CatalogueId, to: CatalogueId, effective: NaiveDate, csv: &str) -> Result<Self, BadPairs> {
        Ok(Self { from, to, effective, successors: read_pairs(csv)?.into_iter().collect() })
    }

    /// The new unit of a smallest old one.
    #[must_use]
    pub fn successor(&self, old: &UnitCode) -> Option<&UnitCode> {
        self.successors.get(old)
    }

    /// Every smallest old unit with its new one, in the order of old codes.
    pub fn pairs(&self) -> impl Iterator<Item = (&UnitCode, &UnitCode)> {
        self.successors.iter()
    }

    /// The pairs as a file holds them, sorted: two files with the same pairs in any order are one.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let lines = self.successors.iter().map(|(old, new)| format!("{old},{new}\n"));
        std::iter::once("from_code,to_code\n".to_owned()).chain(lines).collect()
    }

    /// What the change does to each old unit, in the order of the old catalogue.
    #[must_use]
    pub fn moves<'a>(&self, from: &'a Catalogue, to: &'a Catalogue) -> Vec<Moved<'a>> {
        let mut named: HashMap<String, Vec<&Unit>> = HashMap::new();
        for unit in to.smallest() {
            named.entry(bare_name(&unit.name)).or_default().push(unit);
        }
        from.smallest()
            .filter_map(|old| {
                let new = to.unit(self.successor(&old.code)?)?;
                let name = bare_name(&old.name);
                let had_it = |code: &UnitCode| from.unit(code).is_some_and(|u| bare_name(&u.name) == name);
                let namesakes = named.get(&name).map_or(&[][..], Vec::as_slice);
                Some(Moved {
                    from: old,
                    to: new,
                    reused_code: to.unit(&old.code).is_some_and(|u| bare_name(&u.name) != name),
                    // A namesake that had the name before has not taken it from this unit.
                    moved_name: namesakes.iter().any(|n| n.code != old.code && !had_it(&n.code)),
                })
            })
            .collect()
    }
}
