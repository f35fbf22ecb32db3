//! Which commune a cell means, seen from the unit that imports.

use std::cell::RefCell;
use std::collections::HashMap;

use keng_domain::text::search_key;
use keng_domain::unit::{Catalogue, NameMatch, Unit, UnitCode, UnitKey};
use keng_domain::units::Units as AllUnits;

use super::cells::excerpt;

/// Finds units by name; remembers, since a sheet repeats each commune dozens of times and a
/// search compares with every name of the catalogue.
pub(super) struct Units<'a> {
    catalogue: &'a Catalogue,
    importing: &'a UnitCode,
    /// All catalogues: a list may still name units that went into those of this one (R31).
    all: &'a AllUnits,
    known: RefCell<HashMap<String, Result<Found, String>>>,
}

/// The unit that a cell means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The unit of the catalogue in which new points lie.
    pub code: UnitCode,
    /// The one that went into it, where the cell names that.
    pub former: Option<Former>,
}

/// A unit of a catalogue before, by which a list still names a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// The unit.
    pub key: UnitKey,
    /// What it was called.
    pub name: String,
}

impl<'a> Units<'a> {
    /// Finds units within `importing`, and those of `all` that went into them.
    pub(super) fn new(catalogue: &'a Catalogue, importing: &'a UnitCode, all: &'a AllUnits) -> Self {
        Self { catalogue, importing, all, known: RefCell::default() }
    }

    /// Whether no unit lies under the importing one: then it is the unit of every row.
    pub(super) fn importing_is_smallest(&self) -> bool {
        self.catalogue.children(self.importing).next().is_none()
    }

    /// The importing unit.
    pub(super) fn importing(&self) -> &'a UnitCode {
        self.importing
    }

    /// The unit that `name` means, or why none.
    pub(super) fn find(&self, name: &str) -> Result<Found, String> {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        // A unit of today first: one of them may be called as another was before.
        let found = match self.search(name) {
            Ok(code) => Ok(Found { code, former: None }),
            Err(reason) => self.former(name).ok_or(reason),
        };
        self.known.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    /// The unit whose rows a sheet of this name holds: a smallest one, called by its level and its name, for "Đăk
    /// Glei" alone may be the district that sends the file. Where all rows are of the importing unit anyhow, only
    /// one that went into it.
    pub(super) fn of_sheet(&self, name: &str) -> Option<Found> {
        let key = search_key(name);
        if !["xa ", "phuong ", "thi tran ", "dac khu "].iter().any(|level| key.starts_with(level)) {
            return None;
        }
        let found = self.find(name).ok()?;
        let says_more = !self.importing_is_smallest() || found.former.is_some();
        (self.catalogue.is_smallest(&found.code) && says_more).then_some(found)
    }

    /// The unit within the importing one into which the one called `name` went; `None` where none did, or several.
    fn former(&self, name: &str) -> Option<Found> {
        let before = self.all.catalogues().filter(|c| c.id != self.catalogue.id);
        let mut found = Vec::new();
        for catalogue in before {
            let roots = catalogue.units().filter(|unit| unit.parent.is_none());
            let named = roots.flat_map(|root| match catalogue.find_by_name(&root.code, name) {
                NameMatch::One(unit) => vec![unit],
                NameMatch::Several(units) => units,
                NameMatch::None(_) => Vec::new(),
            });
            for unit in named.filter(|unit| catalogue.is_smallest(&unit.code)) {
                let key = UnitKey::new(&catalogue.id, &unit.code);
                let went_into = self.all.successors(&key, &self.catalogue.id);
                if let [into] = went_into.as_slice()
                    && self.catalogue.is_within(&into.code, self.importing)
                {
                    let former = Some(Former { key, name: unit.name.clone() });
                    found.push(Found { code: into.code.clone(), former });
                }
            }
        }
        found.pop().filter(|_| found.is_empty())
    }

    fn search(&self, name: &str) -> Result<UnitCode, String> {
        let own = self.name(self.importing);
        let near = match self.catalogue.find_by_name(self.importing, name) {
            NameMatch::One(unit) => return Ok(unit.code.clone()),
            NameMatch::Several(units) => {
                // "Đăk Hà" alone may be the district or its town; the column asks for the town.
                let below: Vec<_> = units.iter().filter(|u| u.code != *self.importing).collect();
                if let [one] = below.as_slice() {
                    return Ok(one.code.clone());
                }
                return Err(format!(
                    "“{}” có thể là {}; cần ghi rõ tên kèm cấp (xã, phường, thị trấn)",
                    excerpt(name),
                    self.listed(&units, " hoặc ")
                ));
            }
            NameMatch::None(near) => near,
        };
        let elsewhere = self.catalogue.path(self.importing).last().map(|root| &root.code);
        let elsewhere = match elsewhere.map(|root| self.catalogue.find_by_name(root, name)) {
            Some(NameMatch::One(unit)) => vec![unit],
            Some(NameMatch::Several(units)) => units,
            Some(NameMatch::None(_)) | None => Vec::new(),
        };
        let suggestion = match near.as_slice() {
            [] => String::new(),
            units => format!("; có phải {}?", self.listed(units, " hoặc ")),
        };
        Err(match elsewhere.as_slice() {
            [] => format!("“{}” không có trong danh mục đơn vị của {own}{suggestion}", excerpt(name)),
            units => {
                let owners: Vec<String> = units.iter().take(3).map(|u| self.owner(u)).collect();
                format!("“{}” thuộc {}, không thuộc {own}{suggestion}", excerpt(name), owners.join(" và "))
            }
        })
    }

    /// What it is called.
    pub(super) fn name(&self, code: &UnitCode) -> String {
        self.catalogue.unit(code).map_or_else(|| code.to_string(), |u| u.name.clone())
    }

    fn owner(&self, unit: &Unit) -> String {
        unit.parent.as_ref().map_or_else(|| unit.name.clone(), |parent| self.name(parent))
    }

    fn listed(&self, units: &[&Unit], joint: &str) -> String {
        let names = units.iter().take(3).map(|u| match &u.parent {
            Some(parent) if parent != self.importing && u.code != *self.importing => {
                format!("“{}” ({})", u.name, self.name(parent))
            }
            _ => format!("“{}”", u.name),
        });
        names.collect::<Vec<_>>().join(joint)
    }
}
