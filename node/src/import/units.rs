//! Which commune a cell means, seen from the unit that imports.

use std::cell::RefCell;
use std::collections::HashMap;

use keng_domain::text::search_key;
use keng_domain::unit::{Catalogue, NameMatch, Unit, UnitCode};

use super::cells::excerpt;

/// Finds units by name; remembers, since a sheet repeats each commune dozens of times and a
/// search compares with every name of the catalogue.
pub(super) struct Units<'a> {
    catalogue: &'a Catalogue,
    importing: &'a UnitCode,
    known: RefCell<HashMap<String, Result<UnitCode, String>>>,
}

impl<'a> Units<'a> {
    /// Finds units within `importing`.
    pub(super) fn new(catalogue: &'a Catalogue, importing: &'a UnitCode) -> Self {
        Self { catalogue, importing, known: RefCell::default() }
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
    pub(super) fn find(&self, name: &str) -> Result<UnitCode, String> {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let found = self.search(name);
        self.known.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    /// The unit whose rows a sheet of this name holds: a smallest one, called by its level and its name, for "Đăk
    /// Glei" alone may be the district that sends the file.
    pub(super) fn of_sheet(&self, name: &str) -> Option<UnitCode> {
        let key = search_key(name);
        let has_level = ["xa ", "phuong ", "thi tran ", "dac khu "].iter().any(|level| key.starts_with(level));
        let unit = self.find(name).ok().filter(|_| has_level && !self.importing_is_smallest())?;
        self.catalogue.is_smallest(&unit).then_some(unit)
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
