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
#[error("line {line}: {why}")]
pub struct BadPairs {
    /// Line number in the file, counted from 1.
    pub line: u64,
    /// What is wrong.
    pub why: BadPair,
}

/// What is wrong with a line of pairs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPair {
    /// The first line has no title of this column.
    #[error("there is no column `{0}`")]
    NoColumn(&'static str),
    /// The line has nothing in this column.
    #[error("the column `{0}` is empty")]
    NoCode(&'static str),
    /// What stands in this column is no code.
    #[error("the column `{0}` holds no code: {1:?}")]
    BadCode(&'static str, String),
    /// There is no pair at all.
    #[error("there are no pairs in it")]
    NoPairs,
    /// The text is not delimited as such a file is.
    #[error("{0}")]
    Unreadable(String),
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

/// The columns of a list of pairs.
const COLUMNS: [&str; 2] = ["from_code", "to_code"];

/// Reads the columns `from_code` and `to_code`, wherever they stand, with a comma, a semicolon or a tab between:
/// where a comma is the decimal sign, spreadsheet programs write the semicolon.
///
/// # Errors
/// [`BadPairs`], with the line.
pub fn read_pairs(text: &str) -> Result<Vec<(UnitCode, UnitCode)>, BadPairs> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let unreadable = |e: csv::Error| BadPairs {
        line: e.position().map_or(1, csv::Position::line),
        why: BadPair::Unreadable(e.to_string()),
    };
    let titles = reader.headers().map_err(unreadable)?.clone();
    let mut at = [0; 2];
    for (place, column) in at.iter_mut().zip(COLUMNS) {
        let found = titles.iter().position(|title| title.eq_ignore_ascii_case(column));
        *place = found.ok_or(BadPairs { line: 1, why: BadPair::NoColumn(column) })?;
    }
    let mut pairs = Vec::new();
    for row in reader.records() {
        let row = row.map_err(unreadable)?;
        let line = row.position().map_or(1, csv::Position::line);
        let code = |place: usize| -> Result<UnitCode, BadPairs> {
            let (column, text) = (COLUMNS[place], row.get(at[place]).unwrap_or_default());
            match text {
                "" => Err(BadPairs { line, why: BadPair::NoCode(column) }),
                text => text.parse().map_err(|_| BadPairs { line, why: BadPair::BadCode(column, text.to_owned()) }),
            }
        };
        // Spreadsheet programs keep rows whose cells were emptied.
        if row.iter().any(|cell| !cell.is_empty()) {
            pairs.push((code(0)?, code(1)?));
        }
    }
    match pairs.is_empty() {
        true => Err(BadPairs { line: 1, why: BadPair::NoPairs }),
        false => Ok(pairs),
    }
}

/// What parts the cells of a table of units: a semicolon or a tab where the titles have one, else a comma.
pub(crate) fn delimiter(text: &str) -> u8 {
    let titles = text.lines().next().unwrap_or_default();
    [b'\t', b';'].into_iter().find(|d| titles.contains(char::from(*d))).unwrap_or(b',')
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
