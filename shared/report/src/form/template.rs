//! What a template must have, looked at before it is put in force.

use std::collections::{BTreeMap, HashMap};

use super::fault::{BadTemplate, Misplaced};
use super::names::{Kind, Level, Name, PREFIX, names};
use super::package::Package;
use super::reference::At;
use super::xml::{self, attribute, child, is};

/// A workbook that can be filled.
#[derive(Debug, Clone)]
pub struct Template {
    pub(super) package: Package,
    pub(super) sheets: Vec<Sheet>,
    /// The part with the sheets and names.
    pub(super) workbook: String,
    /// The part with the styles of cells.
    pub(super) styles: Option<String>,
    /// Names of the program that stand in it, in small letters, by place.
    pub(super) placed: HashMap<String, Place>,
    missing: Vec<Name>,
    unknown: Vec<String>,
}

/// One sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) part: String,
}

/// Where a name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    /// Its place in the list of sheets.
    pub(super) sheet: usize,
    pub(super) at: At,
}

impl Template {
    /// Reads a workbook whose names may be incomplete: what it lacks is in [`Self::missing`].
    ///
    /// # Errors
    /// For a file that is no `.xlsx`, is damaged or larger than a form can be, or has names where they
    /// cannot stand.
    pub fn read(bytes: Vec<u8>, levels: &[Level]) -> Result<Self, BadTemplate> {
        let package = Package::read(bytes)?;
        let workbook = main_part(&package)?;
        let text = package.part(&workbook)?;
        let book = xml::parse(&workbook, &text)?;
        let sheets = sheets(&package, &workbook, &book)?;
        let styles = relations(&package, &workbook, &relations_of(&workbook))?;
        let styles = styles.into_iter().find(|(_, kind, _)| kind.ends_with("/styles")).map(|(_, _, part)| part);
        let known = names(levels);
        let (mut placed, mut unknown, mut faults) = (HashMap::new(), Vec::new(), Vec::new());
        let mut broken = Vec::new();
        for defined in book.descendants().filter(|n| is(n, "definedName")) {
            let written = attribute(&defined, "name").unwrap_or_default();
            let name = written.to_lowercase();
            if !name.starts_with(PREFIX) {
                continue;
            }
            if !known.iter().any(|k| k.name == name) {
                unknown.push(written.to_owned());
                continue;
            }
            let refers_to = defined.text().unwrap_or_default();
            match place(&sheets, refers_to) {
                Some(place) => {
                    placed.entry(name).or_insert(place);
                }
                None => broken.push((name, refers_to.to_owned())),
            }
        }
        broken.retain(|(name, _)| !placed.contains_key(name));
        faults.extend(
            broken
                .iter()
                .map(|(name, refers_to)| Misplaced::NoCell { name: name.clone(), refers_to: refers_to.clone() }),
        );
        let lacks = |n: &&Name| !placed.contains_key(&n.name) && !broken.iter().any(|(name, _)| *name == n.name);
        let is_left_out = |n: &Name| {
            let has_table = |t| known.iter().any(|k| k.table == Some(t) && placed.contains_key(&k.name));
            n.optional && n.table.is_none_or(|table| !has_table(table))
        };
        let missing = known.iter().filter(lacks).filter(|n| !is_left_out(n)).cloned().collect();
        let template = Self { package, sheets, workbook, styles, placed, missing, unknown };
        faults.extend(template.scattered(&known));
        faults.extend(template.shared());
        faults.extend(template.hidden(&known)?);
        if faults.is_empty() { Ok(template) } else { Err(BadTemplate::Misplaced(faults)) }
    }

    /// Reads a workbook that is to be put in force: it must have all names.
    ///
    /// # Errors
    /// As [`Self::read`], and for names that are missing.
    pub fn complete(bytes: Vec<u8>, levels: &[Level]) -> Result<Self, BadTemplate> {
        let template = Self::read(bytes, levels)?;
        match template.missing.is_empty() {
            true => Ok(template),
            false => Err(BadTemplate::Missing(template.missing)),
        }
    }

    /// Names that it lacks, for instance of a level that a later rule pack has.
    #[must_use]
    pub fn missing(&self) -> &[Name] {
        &self.missing
    }

    /// Names that begin like the program's and are none: mistyped, most likely.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// Whether it has a list of points.
    #[must_use]
    pub fn lists_points(&self) -> bool {
        names(&[]).iter().any(|n| n.table == Some(Kind::Points) && self.placed.contains_key(&n.name))
    }

    /// The columns of a table that are named: the place of the cell in a row of the table, and where it goes.
    pub(super) fn columns(&self, known: &[Name], kind: Kind) -> Vec<(usize, Place)> {
        let of_table = known.iter().filter(|n| n.table == Some(kind)).enumerate();
        of_table.filter_map(|(i, n)| Some((i, *self.placed.get(&n.name)?))).collect()
    }

    fn told(&self, place: &Place) -> String {
        format!("{}!{}", self.sheets[place.sheet].name, place.at)
    }

    fn scattered(&self, known: &[Name]) -> Vec<Misplaced> {
        let mut faults = Vec::new();
        for kind in Kind::ALL {
            let mut columns =
                known.iter().filter(|n| n.table == Some(kind)).filter_map(|n| Some((n, self.placed.get(&n.name)?)));
            let Some((first, first_at)) = columns.next() else { continue };
            let other = |at: &Place| at.sheet != first_at.sheet || at.at.row != first_at.at.row;
            faults.extend(columns.filter(|(_, at)| other(at)).map(|(n, at)| Misplaced::Scattered {
                name: n.name.clone(),
                at: self.told(at),
                first: first.name.clone(),
                first_at: self.told(first_at),
            }));
        }
        faults
    }

    fn shared(&self) -> Vec<Misplaced> {
        let mut by_place: BTreeMap<&Place, Vec<&String>> = BTreeMap::new();
        for (name, place) in &self.placed {
            by_place.entry(place).or_default().push(name);
        }
        let mut faults = Vec::new();
        for (place, mut names) in by_place {
            names.sort();
            faults.extend(names.windows(2).map(|pair| Misplaced::Shared {
                name: pair[0].clone(),
                other: pair[1].clone(),
                at: self.told(place),
            }));
        }
        faults
    }

    /// Cells that a merged one covers, rows of tables that it takes together with others, and sheets on which a table of Excel would not grow with its rows.
    fn hidden(&self, known: &[Name]) -> Result<Vec<Misplaced>, BadTemplate> {
        let mut faults = Vec::new();
        for (at, sheet) in self.sheets.iter().enumerate() {
            let mut here: Vec<(&String, &Place)> = self.placed.iter().filter(|(_, p)| p.sheet == at).collect();
            here.sort();
            let text = self.package.part(&sheet.part)?;
            let document = xml::parse(&sheet.part, &text)?;
            if !here.is_empty() && document.descendants().any(|n| is(&n, "tablePart")) {
                faults.push(Misplaced::InExcelTable { sheet: sheet.name.clone() });
            }
            for merged in document.descendants().filter(|n| is(n, "mergeCell")).filter_map(|n| attribute(&n, "ref")) {
                let Some((from, to)) = merged.split_once(':') else { continue };
                let (Some(from), Some(to)) = (At::read(from), At::read(to)) else { continue };
                let repeats = |name: &str| known.iter().any(|n| n.name == name && n.table.is_some());
                let stretched = here
                    .iter()
                    .find(|(name, p)| from.row != to.row && (from.row..=to.row).contains(&p.at.row) && repeats(name));
                if let Some((name, _)) = stretched {
                    let merged = format!("{}!{merged}", sheet.name);
                    faults.push(Misplaced::Stretched { merged, name: (*name).clone() });
                    continue;
                }
                let covers = |p: &Place| {
                    p.at != from
                        && (from.row..=to.row).contains(&p.at.row)
                        && (from.column..=to.column).contains(&p.at.column)
                };
                faults.extend(here.iter().filter(|(_, p)| covers(p)).map(|(name, place)| Misplaced::Covered {
                    name: (*name).clone(),
                    at: self.told(place),
                    merged: merged.to_owned(),
                }));
            }
        }
        Ok(faults)
    }
}

/// The part that the package names as its document.
fn main_part(package: &Package) -> Result<String, BadTemplate> {
    let of = relations(package, "", "_rels/.rels")?;
    let main = of.into_iter().find(|(_, kind, _)| kind.ends_with("/officeDocument"));
    main.map(|(_, _, part)| part).ok_or(BadTemplate::NotXlsx)
}

/// The part that tells which parts belong to `part`.
pub(super) fn relations_of(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") }
}

/// Identifier, kind and part of each relation.
fn relations(package: &Package, of: &str, part: &str) -> Result<Vec<(String, String, String)>, BadTemplate> {
    let text = package.part(part)?;
    let document = xml::parse(part, &text)?;
    let folder = of.rsplit_once('/').map_or("", |(folder, _)| folder);
    let read = |n: roxmltree::Node<'_, '_>| {
        let target = attribute(&n, "Target")?;
        let whole = match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None if folder.is_empty() => target.to_owned(),
            None => format!("{folder}/{target}"),
        };
        Some((attribute(&n, "Id")?.to_owned(), attribute(&n, "Type")?.to_owned(), whole))
    };
    Ok(document.descendants().filter(|n| is(n, "Relationship")).filter_map(read).collect())
}

fn sheets(package: &Package, workbook: &str, book: &roxmltree::Document<'_>) -> Result<Vec<Sheet>, BadTemplate> {
    let parts = relations(package, workbook, &relations_of(workbook))?;
    let list = child(&book.root_element(), "sheets").ok_or(BadTemplate::NotXlsx)?;
    let mut sheets = Vec::new();
    for sheet in list.children().filter(|n| is(n, "sheet")) {
        let id = attribute(&sheet, "id").unwrap_or_default();
        // A sheet that is a chart alone has no cells.
        let found = parts.iter().find(|(rid, kind, _)| rid == id && kind.ends_with("/worksheet"));
        if let Some((_, _, part)) = found {
            sheets.push(Sheet { name: attribute(&sheet, "name").unwrap_or_default().to_owned(), part: part.clone() });
        }
    }
    Ok(sheets)
}

/// The first cell of what a name refers to: `'Mô hình'!$B$8`, or a merged area.
fn place(sheets: &[Sheet], refers_to: &str) -> Option<Place> {
    let (sheet, area) = refers_to.trim().trim_start_matches('=').rsplit_once('!')?;
    let sheet = match sheet.strip_prefix('\'') {
        Some(quoted) => quoted.strip_suffix('\'')?.replace("''", "'"),
        None => sheet.to_owned(),
    };
    let first = area.split(':').next()?;
    let sheet = sheets.iter().position(|s| s.name.to_lowercase() == sheet.to_lowercase())?;
    Some(Place { sheet, at: At::read(first)? })
}
