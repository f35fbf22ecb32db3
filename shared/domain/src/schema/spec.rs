//! One field: its type, who may write it, and how a value that a person typed is read.

use std::borrow::Cow;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use crate::field::Value;
use crate::period::YEARS;
use crate::text::{name_key, search_key};

/// Longest text a field may hold, in characters: a page of prose, and well below an entry.
pub const TEXT_CHARS_MAX: usize = 8_000;
/// Longest single-line text (names, places, numbers of decisions), in characters.
pub const LINE_CHARS_MAX: usize = 300;
/// Longest subject of a document, in characters (data dictionary, `trich_yeu`).
pub const SUBJECT_CHARS_MAX: usize = 500;
/// Longest text about a person (name, phone number), in characters.
pub const PERSONAL_CHARS_MAX: usize = 100;
/// Largest count of teams or members at one point: more is a typing error.
pub const COUNT_MAX: i64 = 100_000;
/// Largest sum of money of one point, in đồng: a billion is ordinary, a thousand of them a typing error.
pub const MONEY_MAX: i64 = 1_000_000_000_000;

/// Most elements of one set.
pub const ELEMENTS_MAX: usize = 32;

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// One line of text.
    Line,
    /// One line of up to [`SUBJECT_CHARS_MAX`] characters: what a document is about.
    Subject,
    /// One line about a person, stored sealed under the key of its record.
    Personal,
    /// Several lines of text.
    Text,
    /// A whole number from 0 to [`COUNT_MAX`].
    Count,
    /// A sum in đồng from 0 to [`MONEY_MAX`]; typed with or without points between thousands.
    Money,
    /// A calendar date, stored as `YYYY-MM-DD`.
    Date,
    /// A year, see [`YEARS`].
    Year,
    /// One of these codes; the second text is the label on screens.
    Code(&'static [(&'static str, &'static str)]),
    /// Several of these codes, people write `;` between them. What two officers add at once all stands, and what
    /// one removes goes only as far as that officer had seen it (observed-remove set).
    Set(&'static [(&'static str, &'static str)]),
    /// The same with lines of any words; the labels are offered, and the codes are read as they stand.
    Words(&'static [(&'static str, &'static str)]),
    /// Another record's identifier.
    Record,
    /// The code of a unit.
    Unit,
    /// A map of codes keyed by path; written by acts of their own, not by `--set`.
    Map,
    /// Written by an act of its own (hand-in, decision), not by `--set`.
    Act,
    /// Written at creation, never again.
    Fixed,
}

/// Who may write a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Whoever may write in the record's scope.
    Anyone,
    /// The hub alone (merges, approvals).
    Hub,
}

/// One field: key, label, type, writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// The key in the record and on the command line.
    pub key: &'static str,
    /// The label on screens.
    pub label: &'static str,
    /// The type.
    pub kind: FieldType,
    /// Who may write it.
    pub writer: Writer,
}

pub(super) const fn f(key: &'static str, label: &'static str, kind: FieldType) -> FieldSpec {
    FieldSpec { key, label, kind, writer: Writer::Anyone }
}

pub(super) const fn hub(key: &'static str, label: &'static str, kind: FieldType) -> FieldSpec {
    FieldSpec { key, label, kind, writer: Writer::Hub }
}

/// Why a text is no value of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    /// The kind of record has no such field, or it is not written by hand.
    #[error("no field {0:?}")]
    NoField(String),
    /// Not a whole number between 0 and [`COUNT_MAX`].
    #[error("{0:?} is not a whole number from 0 to {COUNT_MAX}")]
    Count(String),
    /// Not a sum between 0 and [`MONEY_MAX`].
    #[error("{0:?} is not a sum in đồng from 0 to {MONEY_MAX}")]
    Money(String),
    /// Not a calendar date.
    #[error("{0:?} is not a date (YYYY-MM-DD or DD/MM/YYYY)")]
    Date(String),
    /// Not one of the codes of the field.
    #[error("{value:?} is not one of {}", allowed.join(", "))]
    Code {
        /// What was given.
        value: String,
        /// The codes.
        allowed: Vec<&'static str>,
    },
    /// Not an identifier.
    #[error("{0:?} is not the identifier of a record")]
    Record(String),
    /// Not a year from 1990 to 2100.
    #[error("{0:?} is not a year from {first} to {last}", first = YEARS.start(), last = YEARS.end())]
    Year(String),
    /// More than [`ELEMENTS_MAX`] elements.
    #[error("more than {ELEMENTS_MAX} values")]
    TooMany,
    /// Longer than the field may be.
    #[error("longer than {max} characters")]
    TooLong {
        /// The limit.
        max: usize,
    },
}

impl FieldSpec {
    /// Reads a value typed by a person. An empty text clears the field. Text becomes NFC.
    ///
    /// # Errors
    /// A [`BadValue`] that says what was expected.
    pub fn read(&self, text: &str) -> Result<Value, BadValue> {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let short = |max: usize| match text.chars().count() {
            n if n > max => Err(BadValue::TooLong { max }),
            _ => Ok(Value::Text(text.clone())),
        };
        let line = |max: usize| {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if line.chars().count() > max { Err(BadValue::TooLong { max }) } else { Ok(Value::Text(line)) }
        };
        match self.kind {
            FieldType::Line => line(LINE_CHARS_MAX),
            FieldType::Subject => line(SUBJECT_CHARS_MAX),
            FieldType::Unit => short(LINE_CHARS_MAX),
            FieldType::Personal => short(PERSONAL_CHARS_MAX),
            FieldType::Text => short(TEXT_CHARS_MAX),
            FieldType::Count => match text.parse::<i64>() {
                Ok(n) if (0..=COUNT_MAX).contains(&n) => Ok(Value::Int(n)),
                _ => Err(BadValue::Count(text)),
            },
            FieldType::Money => match read_money(&text) {
                Some(n) if (0..=MONEY_MAX).contains(&n) => Ok(Value::Int(n)),
                _ => Err(BadValue::Money(text)),
            },
            FieldType::Date => read_date(&text).map(|d| Value::Text(d.to_string())).ok_or(BadValue::Date(text)),
            FieldType::Code(codes) => codes
                .iter()
                .find(|(code, label)| code.eq_ignore_ascii_case(&text) || label.to_lowercase() == text.to_lowercase())
                .map(|(code, _)| Value::from(*code))
                .ok_or_else(|| unknown(&text, codes)),
            FieldType::Year => match text.parse::<i32>() {
                Ok(year) if YEARS.contains(&year) => Ok(Value::Int(i64::from(year))),
                _ => Err(BadValue::Year(text)),
            },
            FieldType::Set(codes) => self.read_set(&text, |line| {
                let key = search_key(line);
                let known =
                    codes.iter().find(|(code, label)| code.eq_ignore_ascii_case(line) || search_key(label) == key);
                known.map(|(code, _)| (*code).to_owned()).ok_or_else(|| unknown(line, codes))
            }),
            FieldType::Words(offered) => self.read_set(&text, |line| {
                let key = search_key(line);
                let known = offered.iter().find(|(_, label)| search_key(label) == key);
                Ok(known.map_or_else(|| line.to_owned(), |(_, label)| (*label).to_owned()))
            }),
            FieldType::Record => match text.parse::<crate::id::RecordId>() {
                Ok(id) => Ok(Value::Text(id.to_string())),
                Err(_) => Err(BadValue::Record(text)),
            },
            FieldType::Map | FieldType::Act | FieldType::Fixed => Err(BadValue::NoField(self.key.to_owned())),
        }
    }

    /// Whether the field holds several values, each added and removed for itself.
    #[must_use]
    pub fn is_set(&self) -> bool {
        matches!(self.kind, FieldType::Set(_) | FieldType::Words(_))
    }

    /// Reads the values of a set, each as `read` has it; one that differs in nothing but case or spaces is one.
    fn read_set(&self, text: &str, read: impl Fn(&str) -> Result<String, BadValue>) -> Result<Value, BadValue> {
        let mut all: Vec<String> = Vec::new();
        for element in elements(text) {
            let line = element.split_whitespace().collect::<Vec<_>>().join(" ");
            if line.chars().count() > LINE_CHARS_MAX {
                return Err(BadValue::TooLong { max: LINE_CHARS_MAX });
            }
            let element = read(&line)?;
            if all.iter().all(|other| name_key(other) != name_key(&element)) {
                all.push(element);
            }
        }
        match all.len() {
            0 => Ok(Value::Null),
            n if n > ELEMENTS_MAX => Err(BadValue::TooMany),
            _ => Ok(Value::Text(self.joined(all.iter().map(String::as_str)))),
        }
    }

    /// The label of a stored code, those of a set joined; the value itself where the field has no codes.
    #[must_use]
    pub fn label_of<'a>(&self, value: &'a str) -> Cow<'a, str> {
        match self.kind {
            FieldType::Code(codes) => label_among(codes, value).into(),
            FieldType::Set(codes) | FieldType::Words(codes) => {
                elements(value).map(|e| label_among(codes, e)).collect::<Vec<_>>().join(BETWEEN_ELEMENTS).into()
            }
            _ => value.into(),
        }
    }

    /// These values of a set as one text, in the order of the alphabet.
    #[must_use]
    pub fn joined<'a>(&self, all: impl IntoIterator<Item = &'a str>) -> String {
        let mut all: Vec<&str> = all.into_iter().collect();
        all.sort_by(|a, b| crate::text::compare(&self.label_of(a), &self.label_of(b)).then_with(|| a.cmp(b)));
        all.dedup();
        all.join(BETWEEN_ELEMENTS)
    }
}

const BETWEEN_ELEMENTS: &str = "; ";

/// The values of a set that is written as one text, without empty ones.
pub fn elements(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '\n']).map(str::trim).filter(|e| !e.is_empty())
}

fn unknown(value: &str, codes: &[(&'static str, &'static str)]) -> BadValue {
    BadValue::Code { value: value.to_owned(), allowed: codes.iter().map(|c| c.0).collect() }
}

fn label_among<'a>(codes: &[(&str, &'static str)], value: &'a str) -> &'a str {
    codes.iter().find(|(c, _)| *c == value).map_or(value, |(_, label)| label)
}

/// A sum as people write it: `12500000`, `12.500.000`, `12 500 000 đồng`.
fn read_money(text: &str) -> Option<i64> {
    let text = text.to_lowercase();
    let number = text.trim_end_matches("đồng").trim_end_matches("vnd").trim_end_matches('đ').trim();
    let groups: Vec<&str> = number.split(['.', ' ']).collect();
    let is_grouped = groups.iter().skip(1).all(|g| g.len() == 3) && groups.first().is_some_and(|g| g.len() <= 3);
    if groups.len() > 1 && !is_grouped {
        return None;
    }
    let digits = groups.concat();
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// Reads `YYYY-MM-DD`, `DD/MM/YYYY`, `DD-MM-YYYY` or `DD.MM.YYYY`; years from 1945 to 2100.
#[must_use]
pub fn read_date(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    let text = text.trim();
    let date = text.parse::<NaiveDate>().ok().or_else(|| {
        let mut parts = text.split(['/', '-', '.']).map(str::trim);
        let (d, m, y) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || y.len() != 4 {
            return None;
        }
        NaiveDate::from_ymd_opt(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)
    })?;
    (1945..=2100).contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::{BadValue, read_date};
    use crate::field::Value;

    fn read(key: &str, text: &str) -> Result<Value, BadValue> {
        Kind::Point.field(key).unwrap().read(text)
    }

    #[test]
    fn a_count_is_a_whole_number() {
        assert_eq!(read("teams", " 7 "), Ok(Value::Int(7)));
        for bad in ["-1", "7,5", "bảy", "100001"] {
            assert!(matches!(read("teams", bad), Err(BadValue::Count(_))), "{bad}");
        }
    }

    #[test]
    fn dates_are_read_as_officers_write_them_and_stored_one_way() {
        assert_eq!(read("decision_date", "9/11/2022"), Ok(Value::from("2022-11-09")));
        assert_eq!(read("decision_date", "2022-11-09"), Ok(Value::from("2022-11-09")));
        assert!(read_date("31/13/2021").is_none());
        assert!(read_date("30/02/2022").is_none());
    }

    #[test]
    fn codes_are_accepted_by_code_or_by_label() {
        assert_eq!(read("origin", "tu_phat"), Ok(Value::from("TU_PHAT")));
        assert_eq!(read("status", "đang hoạt động"), Ok(Value::from("HOAT_DONG")));
        assert!(read("status", "ngủ").is_err());
        for text in ["12500000", "12.500.000", "12 500 000 đồng", "12.500.000 VND"] {
            assert_eq!(read("budget", text), Ok(Value::Int(12_500_000)), "{text}");
        }
        for text in ["12.5", "12,5 triệu", "-1", "1.000.000.000.001", "12.500.00"] {
            assert!(read("budget", text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_subject_of_a_document_has_up_to_five_hundred_characters() {
        let read = |key: &str, chars: usize| Kind::Document.field(key).unwrap().read(&"ặ".repeat(chars));
        assert!(read("subject", 500).is_ok() && read("number", 300).is_ok());
        assert_eq!(read("subject", 501), Err(BadValue::TooLong { max: 500 }));
        assert_eq!(read("number", 301), Err(BadValue::TooLong { max: 300 }));
    }

    #[test]
    fn a_set_is_read_as_people_write_it_and_stored_by_code_where_it_has_one() {
        let fields = Kind::Model.field("fields").unwrap();
        let read = |text: &str| fields.read(text);
        let spelled = read(" TỰ QUẢN khu dân cư;Chăn nuôi ; tự quản khu dân cư;; ");
        assert_eq!(spelled, Ok("Chăn nuôi; Tự quản khu dân cư".into()));
        assert_eq!(read("An ninh, trật tự"), Ok("An ninh, trật tự".into()), "a comma stands within names");
        assert_eq!(read(" ; "), Ok(Value::Null));
        let many = (0..=super::ELEMENTS_MAX).map(|n| n.to_string()).collect::<Vec<_>>().join(";");
        assert_eq!(read(&many), Err(BadValue::TooMany));
        let objects = Kind::Model.field("objects").unwrap();
        assert_eq!(objects.read("xã, phường, thị trấn; KHU_DAN_CU"), Ok("KHU_DAN_CU; XA".into()));
        assert!(matches!(objects.read("Khu dân cư; Chợ nổi"), Err(BadValue::Code { value, .. }) if value == "Chợ nổi"));
        assert_eq!(objects.label_of("KHU_DAN_CU; Chợ"), "Khu dân cư; Chợ", "what another program wrote is shown");
        assert_eq!(fields.label_of("PCCC; Văn hóa"), "Phòng cháy, chữa cháy; Văn hóa");
        let aliases = Kind::Model.field("aliases").unwrap();
        assert_eq!(aliases.read("Kẻng làng; kẻng  LÀNG ;Mõ"), Ok("Kẻng làng; Mõ".into()));
    }

    #[test]
    fn a_year_lies_between_1990_and_2100() {
        let year = Kind::Exemplar.field("year").unwrap();
        assert_eq!(year.read(" 2022 "), Ok(Value::Int(2022)));
        for bad in ["22", "1989", "2101", "năm nay"] {
            assert!(matches!(year.read(bad), Err(BadValue::Year(_))), "{bad}");
        }
    }

    #[test]
    fn an_empty_text_clears_a_field() {
        assert_eq!(read("note", "  "), Ok(Value::Null));
    }
}
