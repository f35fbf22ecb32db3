//! Administrative units. The key is (catalogue, code): neither code nor name is stable (R31).

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::scope::Scope;
use crate::text::search_key;

mod key;

pub use key::UnitKey;

/// A text that is no code: empty, too long, or with other signs than letters, digits, `-`, `_`, `.`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a code of letters, digits, '-', '_' or '.'")]
pub struct BadCode(pub String);

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadCode;
            fn from_str(s: &str) -> Result<Self, BadCode> {
                let fits = (1..=64).contains(&s.len())
                    && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
                if fits { Ok(Self(s.to_owned())) } else { Err(BadCode(s.to_owned())) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code!(
    /// The code of a unit within its catalogue, e.g. `610`. Empty only for an unknown author.
    UnitCode
);
code!(
    /// A catalogue of units, named after its file, e.g. `kontum-2022`.
    CatalogueId
);

/// One unit of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Key within the catalogue.
    pub code: UnitCode,
    /// Name with its kind, as the catalogue spells it: `Huyện Đắk Glei`.
    pub name: String,
    /// `TINH`, `HUYEN`, `THANH_PHO`, `XA`, `PHUONG`, `THI_TRAN`, …
    pub kind: String,
    /// The unit above; `None` for the province.
    pub parent: Option<UnitCode>,
    /// First day of validity; `None` is "since ever".
    pub valid_from: Option<NaiveDate>,
    /// Last day of validity; `None` is "until further notice".
    pub valid_to: Option<NaiveDate>,
}

/// All units of one catalogue, with the tree between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The catalogue's name.
    pub id: CatalogueId,
    units: Vec<Unit>,
    by_code: HashMap<UnitCode, usize>,
}

/// Why a catalogue cannot be used, in Vietnamese and without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCatalogue {
    /// Not CSV, a column is missing, or a cell is malformed.
    #[error("dòng {line}: {reason}")]
    Line {
        /// Line number in the file, counted from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// Two units share a code.
    #[error("mã {0} ghi hai lần")]
    Twice(UnitCode),
    /// A parent that does not exist, or a circle.
    #[error("đơn vị {0} không thuộc tỉnh nào: cột parent không dẫn lên tới tỉnh")]
    Orphan(UnitCode),
    /// No units at all.
    #[error("không có đơn vị nào")]
    Empty,
}

/// What is wrong with a line of a catalogue.
fn unreadable(error: &csv::Error) -> String {
    let columns = "code, name, kind, parent, valid_from, valid_to";
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("có {len} ô, dòng tiêu đề có {expected_len} cột")
        }
        csv::ErrorKind::Utf8 { .. } => "không phải chữ UTF-8".to_owned(),
        csv::ErrorKind::Deserialize { err, .. } => match err.kind() {
            csv::DeserializeErrorKind::Message(text) if text.starts_with("missing field") => {
                let column = text.split('`').nth(1).unwrap_or_default();
                format!("thiếu cột {column}; các cột: {columns}")
            }
            _ => "valid_from, valid_to phải là ngày, viết năm-tháng-ngày".to_owned(),
        },
        _ => format!("không đọc được; các cột: {columns}"),
    }
}

/// What a name of a unit may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameMatch<'a> {
    /// Exactly one unit.
    One(&'a Unit),
    /// Several units could be meant.
    Several(Vec<&'a Unit>),
    /// None; the units with the most similar names, best first, at most three.
    None(Vec<&'a Unit>),
}

impl Catalogue {
    /// Reads `code,name,kind,parent,valid_from,valid_to` (DESIGN §8).
    ///
    /// # Errors
    /// [`BadCatalogue`], with the line.
    pub fn from_csv(id: CatalogueId, text: &str) -> Result<Self, BadCatalogue> {
        #[derive(Deserialize)]
        struct Row {
            code: String,
            name: String,
            kind: String,
            #[serde(default)]
            parent: Option<String>,
            #[serde(default)]
            valid_from: Option<NaiveDate>,
            #[serde(default)]
            valid_to: Option<NaiveDate>,
        }
        let text = text.trim_start_matches('\u{feff}');
        let delimiter = crate::lineage::delimiter(text);
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
        let mut units = Vec::new();
        for row in reader.deserialize::<Row>() {
            let row = row.map_err(|e| BadCatalogue::Line {
                line: e.position().map_or(1, csv::Position::line),
                reason: unreadable(&e),
            })?;
            let line = units.len() as u64 + 2;
            let code = |s: &str| {
                s.parse().map_err(|_: BadCode| BadCatalogue::Line {
                    line,
                    reason: format!("“{s}” không phải mã đơn vị: chỉ gồm chữ không dấu, chữ số, - _ ."),
                })
            };
            units.push(Unit {
                code: code(&row.code)?,
                name: row.name,
                kind: row.kind,
                parent: row.parent.filter(|p| !p.is_empty()).map(|p| code(&p)).transpose()?,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
            });
        }
        Self::new(id, units)
    }

    /// The catalogue with one unit more, in the form that [`Catalogue::from_csv`] reads.
    ///
    /// # Errors
    /// [`BadCatalogue`]: its code is taken, or its parent is not there.
    pub fn with(&self, unit: Unit) -> Result<String, BadCatalogue> {
        let mut units = self.units.clone();
        units.push(unit);
        let Self { units, .. } = Self::new(self.id.clone(), units)?;
        let mut csv = csv::Writer::from_writer(Vec::new());
        let faulty = |reason: String| BadCatalogue::Line { line: units.len() as u64 + 1, reason };
        for unit in &units {
            csv.serialize(unit).map_err(|e| faulty(e.to_string()))?;
        }
        let bytes = csv.into_inner().map_err(|e| faulty(e.to_string()))?;
        String::from_utf8(bytes).map_err(|e| faulty(e.to_string()))
    }

    fn new(id: CatalogueId, units: Vec<Unit>) -> Result<Self, BadCatalogue> {
        if units.is_empty() {
            return Err(BadCatalogue::Empty);
        }
        let mut by_code = HashMap::with_capacity(units.len());
        for (i, unit) in units.iter().enumerate() {
            if by_code.insert(unit.code.clone(), i).is_some() {
                return Err(BadCatalogue::Twice(unit.code.clone()));
            }
        }
        let catalogue = Self { id, units, by_code };
        for unit in &catalogue.units {
            let mut at = unit;
            for _ in 0..=catalogue.units.len() {
                match &at.parent {
                    None => break,
                    Some(p) => at = catalogue.unit(p).ok_or_else(|| BadCatalogue::Orphan(unit.code.clone()))?,
                }
            }
            if at.parent.is_some() {
                return Err(BadCatalogue::Orphan(unit.code.clone()));
            }
        }
        Ok(catalogue)
    }

    /// The unit with this code.
    #[must_use]
    pub fn unit(&self, code: &UnitCode) -> Option<&Unit> {
        self.by_code.get(code).map(|&i| &self.units[i])
    }

    /// Whether no unit lies under `code`: records belong to such units.
    #[must_use]
    pub fn is_smallest(&self, code: &UnitCode) -> bool {
        !self.units.iter().any(|u| u.parent.as_ref() == Some(code))
    }

    /// The smallest units, in the order of the catalogue.
    pub fn smallest(&self) -> impl Iterator<Item = &Unit> {
        let parents: HashSet<&UnitCode> = self.units.iter().filter_map(|u| u.parent.as_ref()).collect();
        self.units.iter().filter(move |u| !parents.contains(&u.code))
    }

    /// All units in the order of the catalogue.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter()
    }

    /// The units directly under `code`, in the order of the catalogue.
    pub fn children<'a>(&'a self, code: &'a UnitCode) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().filter(move |u| u.parent.as_ref() == Some(code))
    }

    /// Whether `code` is `above` or lies somewhere under it.
    #[must_use]
    pub fn is_within(&self, code: &UnitCode, above: &UnitCode) -> bool {
        self.path(code).any(|u| &u.code == above)
    }

    /// The unit, then its parent, and so on up to the province.
    pub fn path(&self, code: &UnitCode) -> impl Iterator<Item = &Unit> {
        std::iter::successors(self.unit(code), |u| u.parent.as_ref().and_then(|p| self.unit(p)))
    }

    /// `code` itself and all units under it.
    pub fn within<'a>(&'a self, code: &'a UnitCode) -> impl Iterator<Item = &'a Unit> {
        self.units.iter().filter(move |u| self.is_within(&u.code, code))
    }

    /// The unit directly under the province to which `code` belongs (a district in a catalogue
    /// of three levels, the commune itself in one of two); the province for itself.
    #[must_use]
    pub fn reporting_unit(&self, code: &UnitCode) -> Option<&Unit> {
        let mut below = None;
        for unit in self.path(code) {
            if unit.parent.is_none() {
                return Some(below.unwrap_or(unit));
            }
            below = Some(unit);
        }
        None
    }

    /// The scope of records that belong to `code`.
    #[must_use]
    pub fn scope_of(&self, code: &UnitCode) -> Scope {
        Scope::Area { catalogue: self.id.clone(), unit: code.clone() }
    }

    /// Finds the unit that `name` means among `above` and the units under it.
    ///
    /// Names are compared without diacritics, with or without their kind (`Xã`, `P.`, `TT`),
    /// a code is accepted too. What two units could mean is [`NameMatch::Several`].
    #[must_use]
    pub fn find_by_name<'a>(&'a self, above: &'a UnitCode, name: &str) -> NameMatch<'a> {
        if let Some(unit) =
            name.trim().parse().ok().and_then(|c| self.unit(&c)).filter(|u| self.is_within(&u.code, above))
        {
            return NameMatch::One(unit);
        }
        let wanted = spelled_out(&search_key(name));
        let among: Vec<(&Unit, String)> = self.within(above).map(|u| (u, search_key(&u.name))).collect();
        let pick = |test: &dyn Fn(&str) -> bool| -> Vec<&'a Unit> {
            among.iter().filter(|(_, key)| test(key)).map(|(u, _)| *u).collect()
        };
        for found in
            [pick(&|key| key == wanted), pick(&|key| bare(key) == wanted), pick(&|key| bare(key) == bare(&wanted))]
        {
            match found.as_slice() {
                [] => {}
                [one] => return NameMatch::One(one),
                _ => return NameMatch::Several(found),
            }
        }
        let mut near: Vec<(usize, &Unit)> = among
            .iter()
            .map(|(u, key)| (strsim::levenshtein(bare(key), bare(&wanted)), *u))
            .filter(|(d, _)| *d <= 3)
            .collect();
        near.sort_by_key(|(d, _)| *d);
        NameMatch::None(near.into_iter().take(3).map(|(_, u)| u).collect())
    }
}

/// Kinds as they begin a folded name.
const KINDS: [&str; 9] =
    ["thanh pho ", "thi tran ", "thi xa ", "dac khu ", "phuong ", "huyen ", "quan ", "tinh ", "xa "];

/// Spells out the abbreviated kind at the start of a folded name.
fn spelled_out(key: &str) -> String {
    for (short, long) in [
        ("tt ", "thi tran "),
        ("tp ", "thanh pho "),
        ("tx ", "thi xa "),
        ("p ", "phuong "),
        ("x ", "xa "),
        ("h ", "huyen "),
    ] {
        if let Some(rest) = key.strip_prefix(short) {
            return format!("{long}{rest}");
        }
    }
    key.to_owned()
}

/// A name without its kind and without diacritics: `dak ha` for `Thị trấn Đăk Hà`. Names are no keys;
/// this tells people which of them moved.
#[must_use]
pub fn bare_name(name: &str) -> String {
    bare(&search_key(name)).to_owned()
}

fn bare(key: &str) -> &str {
    KINDS.iter().find_map(|k| key.strip_prefix(k)).unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::{BadCatalogue, Catalogue, NameMatch, Unit};

    const CSV: &str = "code,name,kind,parent,valid_from,valid_to
62,Tỉnh Kon Tum,TINH,,,2025-06-30
610,Huyện Đắk Glei,HUYEN,62,,
615,Huyện Đăk Hà,HUYEN,62,,
23368,Xã Đăk Long,XA,610,,
23500,Thị trấn Đăk Hà,THI_TRAN,615,,
23504,Xã Đăk Long,XA,615,,
";

    fn kontum() -> Catalogue {
        Catalogue::from_csv("kontum-2022".parse().unwrap(), CSV).unwrap()
    }

    fn found(above: &str, name: &str) -> String {
        match kontum().find_by_name(&above.parse().unwrap(), name) {
            NameMatch::One(u) => u.code.to_string(),
            NameMatch::Several(us) => format!("{} could be meant", us.len()),
            NameMatch::None(us) => {
                format!("none, near {}", us.iter().map(|u| u.code.as_str()).collect::<Vec<_>>().join(" "))
            }
        }
    }

    #[test]
    fn names_are_matched_within_the_unit_that_sends_them() {
        for name in ["Xã Đăk Long", "XÃ ĐẮK LONG", "xa dak long", "X. Đak Long", "Đăk Long", "23368"] {
            assert_eq!(found("610", name), "23368", "{name}");
        }
        assert_eq!(found("615", "Xã Đăk Long"), "23504");
        assert_eq!(found("62", "Xã Đăk Long"), "2 could be meant");
    }

    #[test]
    fn a_unit_more_leaves_the_others_as_they_were() {
        let one = Catalogue::from_csv("kontum-2022".parse().unwrap(), CSV).unwrap();
        let unit = |code: &str, parent: &str| Unit {
            code: code.parse().unwrap(),
            name: "Sở Giáo dục, Đào tạo".into(),
            kind: "CO_QUAN".into(),
            parent: Some(parent.parse().unwrap()),
            valid_from: "2023-01-01".parse().ok(),
            valid_to: None,
        };
        let two = Catalogue::from_csv(one.id.clone(), &one.with(unit("sgd", "62")).unwrap()).unwrap();
        assert_eq!(two.units[..one.units.len()], one.units);
        assert_eq!(two.unit(&"sgd".parse().unwrap()), Some(&unit("sgd", "62")));
        assert!(one.with(unit("62", "62")).is_err() && one.with(unit("sgd", "9")).is_err());
    }

    #[test]
    fn the_kind_tells_a_town_from_its_district() {
        assert_eq!(found("615", "TT. Đăk Hà"), "23500");
        assert_eq!(found("615", "Huyện Đăk Hà"), "615");
        assert_eq!(found("615", "Đăk Hà"), "2 could be meant");
    }

    #[test]
    fn an_unknown_name_gets_its_neighbours() {
        assert_eq!(found("610", "Xã Đăk Lung"), "none, near 23368");
    }

    #[test]
    fn the_unit_under_the_province_reports() {
        let c = kontum();
        let reports = |code: &str| c.reporting_unit(&code.parse().unwrap()).unwrap().code.to_string();
        assert_eq!([reports("23368"), reports("610"), reports("62")], ["610", "610", "62"]);
    }

    #[test]
    fn a_broken_catalogue_is_refused_with_the_place() {
        let read = |rows: &str| {
            Catalogue::from_csv("x".parse().unwrap(), &format!("code,name,kind,parent,valid_from,valid_to\n{rows}"))
        };
        assert_eq!(read(""), Err(BadCatalogue::Empty));
        assert!(matches!(read("1,A,TINH,,,\n1,B,XA,1,,\n"), Err(BadCatalogue::Twice(_))));
        assert!(matches!(read("1,A,TINH,9,,\n"), Err(BadCatalogue::Orphan(_))));
        assert!(matches!(read("1,A,TINH,2,,\n2,B,TINH,1,,\n"), Err(BadCatalogue::Orphan(_))));
        assert!(matches!(read("1,A,TINH,,hôm qua,\n"), Err(BadCatalogue::Line { line: 2, .. })));
    }

    /// The province reads what is wrong, and spreadsheet programs of this country part cells by semicolons.
    #[test]
    fn a_broken_catalogue_is_told_in_vietnamese_and_semicolons_are_read() {
        let told = |csv: &str| Catalogue::from_csv("x".parse().unwrap(), csv).map(|_| ()).map_err(|e| e.to_string());
        assert_eq!(told("code;name;kind;parent;valid_from;valid_to\n62;Tỉnh Kon Tum;TINH;;;\n"), Ok(()));
        for (csv, says) in [
            ("code,kind\n62,TINH\n", "dòng 2: thiếu cột name"),
            ("code,name,kind\n62,A\n", "dòng 2: có 2 ô, dòng tiêu đề có 3 cột"),
            ("code,name,kind,valid_from\n62,A,TINH,hôm qua\n", "dòng 2: valid_from, valid_to phải là ngày"),
            ("code,name,kind\n6 2,A,TINH\n", "dòng 2: “6 2” không phải mã đơn vị"),
            ("code,name,kind\n", "không có đơn vị nào"),
        ] {
            assert!(told(csv).unwrap_err().starts_with(says), "{:?}", told(csv));
        }
    }
}
