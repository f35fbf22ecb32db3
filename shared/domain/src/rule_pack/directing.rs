//! The letter that orders the work in a province: by which number, of which day, whose.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::checks::Faults;
use super::{Quoted, RulePack};
use crate::schema::SUBJECT_CHARS_MAX;
use crate::text::date_long;

/// Most characters of a number with its symbol.
const NUMBER_CHARS_MAX: usize = 60;

/// The letter whose clauses the rules carry out, as papers cite it. Another province carries out its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectingLetter {
    /// Number and symbol: `4267/BCĐ-NC`.
    pub number: String,
    /// Its day.
    pub date: NaiveDate,
    /// Who issued it, in full and with its province.
    pub issuer: String,
    /// What it is about, after "về việc".
    pub subject: String,
    /// The Ministry's guide that the letter carries out, as papers cite it. A pack of before it was asked, as for the
    /// two below, has that of the built-in one.
    #[serde(default = "built_in::guide")]
    pub guide: String,
    /// What the steering committee of a unit is called, before the unit's name.
    #[serde(default = "built_in::committee")]
    pub committee: String,
    /// What the steering committee of the province is called in its own head and among recipients.
    #[serde(default = "built_in::committee_listed")]
    pub committee_listed: String,
    /// Its words, where they are quoted.
    #[serde(default)]
    pub quoted: Quoted,
}

mod built_in {
    use super::DirectingLetter;

    pub(super) fn guide() -> String {
        DirectingLetter::default().guide
    }

    pub(super) fn committee() -> String {
        DirectingLetter::default().committee
    }

    pub(super) fn committee_listed() -> String {
        DirectingLetter::default().committee_listed
    }
}

impl DirectingLetter {
    pub(super) fn check(&self, all: &mut Faults) {
        all.unless_line_within("letter.number", &self.number, NUMBER_CHARS_MAX);
        all.unless(super::packs::is_possible(self.date), "letter.date phải là một ngày từ năm 1990 đến năm 2100");
        let lines = [
            ("letter.issuer", &self.issuer),
            ("letter.subject", &self.subject),
            ("letter.guide", &self.guide),
            ("letter.committee", &self.committee),
            ("letter.committee_listed", &self.committee_listed),
        ];
        lines.into_iter().for_each(|(name, text)| all.unless_line_within(name, text, SUBJECT_CHARS_MAX));
        self.quoted.check(all);
    }

    /// `Công văn số 4267/BCĐ-NC ngày 16 tháng 12 năm 2022`.
    #[must_use]
    pub fn cited(&self) -> String {
        format!("Công văn số {} {}", self.number, date_long(self.date))
    }

    /// [`DirectingLetter::cited`] with who issued it.
    #[must_use]
    pub fn with_issuer(&self) -> String {
        format!("{} của {}", self.cited(), self.issuer)
    }

    /// [`Self::committee`] as letters abbreviate it, where two addressees must stand one a line: `Ban Chỉ đạo PCTP`.
    #[must_use]
    pub fn committee_short(&self) -> String {
        const BODY: &str = "Ban Chỉ đạo ";
        let Some(purpose) = self.committee.strip_prefix(BODY) else { return self.committee.clone() };
        // A number is its own short form: `Ban Chỉ đạo 138`.
        let letters = |word: &str| -> Vec<char> {
            let is_number = word.starts_with(|c: char| c.is_ascii_digit());
            if is_number { word.chars().collect() } else { word.chars().take(1).flat_map(char::to_uppercase).collect() }
        };
        format!("{BODY}{}", purpose.split_whitespace().flat_map(letters).collect::<String>())
    }

    /// A place in it, as rules refer to it: `Công văn 4267/BCĐ-NC, điểm 1.d`.
    #[must_use]
    pub fn clause(&self, place: &str) -> String {
        format!("Công văn {}, {place}", self.number)
    }

    /// [`DirectingLetter::clause`] within a sentence.
    #[must_use]
    pub fn clause_in_sentence(&self, place: &str) -> String {
        format!("công văn {}, {place}", self.number)
    }

    /// Whether it is the one of the built-in pack.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        *self == Self::default()
    }
}

/// A pack of before it was asked carries out the letter of the built-in one.
impl Default for DirectingLetter {
    fn default() -> Self {
        RulePack::kontum_2022().letter
    }
}

#[cfg(test)]
mod tests {
    use super::DirectingLetter;
    use crate::rule_pack::{DEFAULT_TOML, RulePack};

    #[test]
    fn a_pack_of_before_it_was_asked_carries_out_the_letter_of_the_built_in_one() {
        let (before, after) = DEFAULT_TOML.split_once("[letter]").unwrap();
        let rest = after.split_once("[effective_share]").unwrap().1;
        let pack = RulePack::from_toml(&format!("{before}[effective_share]{rest}")).unwrap();
        assert_eq!(pack.letter, DirectingLetter::default());
        assert_eq!(pack.letter.cited(), "Công văn số 4267/BCĐ-NC ngày 16 tháng 12 năm 2022");
        assert!(pack.letter.issuer.ends_with("tỉnh Kon Tum"));
    }

    #[test]
    fn a_committee_is_abbreviated_as_the_letter_does_it() {
        let short = |committee: &str| {
            DirectingLetter { committee: committee.to_owned(), ..DirectingLetter::default() }.committee_short()
        };
        assert_eq!(short("Ban Chỉ đạo Phòng, chống tội phạm"), "Ban Chỉ đạo PCTP");
        assert_eq!(short("Ban Chỉ đạo 138"), "Ban Chỉ đạo 138");
        assert_eq!(short("Hội đồng an ninh"), "Hội đồng an ninh");
    }

    #[test]
    fn a_letter_of_before_guide_and_committees_were_asked_has_the_built_in_ones() {
        let is_new = |line: &&str| !["guide = ", "committee"].iter().any(|key| line.starts_with(key));
        let before: Vec<&str> = DEFAULT_TOML.lines().filter(is_new).collect();
        assert_eq!(RulePack::from_toml(&before.join("\n")).unwrap().letter, DirectingLetter::default());
    }

    #[test]
    fn a_letter_without_a_number_is_refused() {
        let text = DEFAULT_TOML.replace("number = \"4267/BCĐ-NC\"", "number = \" \"");
        assert!(RulePack::from_toml(&text).unwrap_err().to_string().contains("letter.number"));
    }
}
