//! Parameters of what the letter asks beside the counting: submissions, nominations, and the
//! assessments of TT 124/2021 and QĐ 510. A pack that does not name a section has the built-in one.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::checks::{Faults, POINTS_MAX};
use super::{MonthDay, RulePack, Share};
use crate::document::DOCUMENT_KINDS;

/// Most criteria of one rating: more than a page of them nobody fills in.
const CRITERIA_MAX: usize = 100;

/// By which criteria a point is rated each year (letter 4267, 1.c). No criteria: raters give the level alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// What is judged, in the order of the sheet.
    #[serde(default)]
    pub criteria: Vec<Criterion>,
    /// The table of HD 22/HD-BCA-V05 could not be read; a pack that follows it says `false`.
    #[serde(default)]
    pub assumed: bool,
}

/// One criterion of the yearly rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// What is judged.
    pub text: String,
    /// The most that it can bring.
    pub points: u32,
}

/// What a nomination needs (letter 4267, 1.b and 2; R13, R14, R17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nominating {
    /// R13 b: full calendar months before the deadline in which a model is new.
    pub new_within_months: u32,
    /// R14: kinds of document that the dossier must hold, each.
    pub dossier: Vec<String>,
    /// R14: kinds of which one must be there, the written proposal.
    pub proposal: Vec<String>,
    /// R17, second case: kinds that carry the opinion of a competent authority.
    pub directive: Vec<String>,
    /// R17, third case: kinds that carry the finding of a review, inspection or survey.
    pub finding: Vec<String>,
    /// No text that we could read fixes these lists; shown as such.
    #[serde(default)]
    pub assumed: bool,
}

/// What keeps a unit from handing in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submitting {
    /// Codes of open items, see [`crate::rules::submission::OPEN_ITEMS`]; the others are marked.
    pub blocking: Vec<String>,
    /// No text fixes it; shown as such.
    #[serde(default)]
    pub assumed: bool,
}

/// TT 124/2021/TT-BCA: when a place is "An toàn về an ninh, trật tự".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Safety {
    /// Điều 5.4: of the places within a commune, registered.
    pub registered_share: Share,
    /// Điều 5.4: of the places within a commune, recognised.
    pub recognised_share: Share,
    /// Điều 6.5, 7.6: of the sub-units of an agency, enterprise or school.
    pub sub_units_share: Share,
    /// What is assessed, and by which criteria.
    pub objects: Vec<SafetyObject>,
}

/// One kind of place that is assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafetyObject {
    /// A code of [`OBJECTS`].
    pub object: String,
    /// Điều 8: first day, in the year before the one assessed.
    pub from: MonthDay,
    /// Điều 8: last day.
    pub to: MonthDay,
    /// Điều 9, 10: the first day on which the decision is late.
    pub due: MonthDay,
    /// Điều 5.1, 6.1, 7.1: at least one effective model.
    pub needs_model: bool,
    /// Further criteria, which people judge. A province may add some (Điều 8.1).
    pub criteria: Vec<String>,
}

/// QĐ 510/QĐ-BCA-V05: scoring the movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Movement {
    /// The most that can be scored.
    pub points: u32,
    /// No text that we could read gives all criteria and the classes; shown as such.
    #[serde(default)]
    pub assumed: bool,
    /// Điều 11: when the evaluation is late.
    pub due: Vec<ObjectDue>,
    /// What is scored.
    #[serde(default)]
    pub items: Vec<MovementItem>,
    /// Classes, best first; empty: the province has not said.
    #[serde(default)]
    pub classes: Vec<MovementClass>,
}

/// The first late day of one kind of place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectDue {
    /// A code of [`OBJECTS`], or `HUYEN`.
    pub object: String,
    /// The first day that is late.
    pub day: MonthDay,
}

/// One line of the score sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovementItem {
    /// A code of [`OBJECTS`], or `HUYEN`.
    pub object: String,
    /// What is scored.
    pub text: String,
    /// Điểm chuẩn: the most that it can bring.
    pub points: u32,
}

/// A class of the movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovementClass {
    /// On screens.
    pub label: String,
    /// The least score.
    pub from: u32,
}

impl Rating {
    pub(super) fn check(&self, all: &mut Faults) {
        all.unless(self.criteria.len() <= CRITERIA_MAX, format!("rating.criteria không quá {CRITERIA_MAX} dòng"));
        for criterion in &self.criteria {
            all.unless_line("rating.criteria.text", &criterion.text);
            let bears = (1..=POINTS_MAX).contains(&criterion.points);
            all.unless(bears, format!("rating.criteria “{}”: points phải từ 1 đến {POINTS_MAX}", criterion.text));
        }
    }
}

impl Nominating {
    pub(super) fn check(&self, months_max: u32, all: &mut Faults) {
        all.unless(
            self.new_within_months <= months_max,
            format!("nomination.new_within_months không quá {months_max} tháng"),
        );
        let lists = [
            ("dossier", &self.dossier),
            ("proposal", &self.proposal),
            ("directive", &self.directive),
            ("finding", &self.finding),
        ];
        for (name, kinds) in lists {
            for kind in kinds.iter().filter(|kind| !DOCUMENT_KINDS.iter().any(|(code, _)| code == kind)) {
                all.unless(false, format!("nomination.{name}: không có loại văn bản “{kind}”"));
            }
        }
    }

    /// The first day on which a model founded on it is still new for a nomination due on `due`.
    #[must_use]
    pub fn new_since(&self, due: NaiveDate) -> NaiveDate {
        due.checked_sub_months(Months::new(self.new_within_months)).unwrap_or(NaiveDate::MIN)
    }
}

impl Submitting {
    pub(super) fn check(&self, all: &mut Faults) {
        let is_known = |code: &&String| crate::rules::submission::OPEN_ITEMS.iter().any(|item| item.code == **code);
        for code in self.blocking.iter().filter(|code| !is_known(code)) {
            all.unless(false, format!("submission.blocking: không có việc “{code}”"));
        }
    }
}

impl Safety {
    /// The parameters of one kind of place.
    #[must_use]
    pub fn object(&self, code: &str) -> Option<&SafetyObject> {
        self.objects.iter().find(|o| o.object == code)
    }
}

impl Movement {
    /// The lines of the score sheet of one kind of place.
    pub fn items_of<'a>(&'a self, object: &'a str) -> impl Iterator<Item = &'a MovementItem> {
        self.items.iter().filter(move |i| i.object == object)
    }
}

macro_rules! built_in {
    ($($name:ident = $section:ident),*) => {
        $(impl Default for $name {
            fn default() -> Self {
                RulePack::kontum_2022().$section
            }
        })*
    };
}

built_in!(Rating = rating, Nominating = nomination, Submitting = submission, Safety = safety, Movement = movement);

#[cfg(test)]
mod tests {
    use crate::rule_pack::{BadPack, DEFAULT_TOML, RulePack};

    #[test]
    fn a_pack_of_before_the_duties_has_the_built_in_ones() {
        let old = DEFAULT_TOML.split("# R13 b").next().unwrap();
        assert_eq!(RulePack::from_toml(old).unwrap().nomination, RulePack::kontum_2022().nomination);
    }

    #[test]
    fn a_province_changes_the_checklist_without_a_release() {
        let text = DEFAULT_TOML.replace("dossier = [\"QD_THANH_LAP\", ", "dossier = [");
        assert_eq!(RulePack::from_toml(&text).unwrap().nomination.dossier.len(), 6);
    }

    #[test]
    fn what_a_pack_names_must_exist() {
        for (from, to) in [
            ("blocking = []", "blocking = [\"WHATEVER\"]"),
            ("directive = [\"Y_KIEN_CHI_DAO\"]", "directive = [\"Y_KIEN\"]"),
            ("object = \"KHU_DAN_CU\"\nfrom", "object = \"LANG\"\nfrom"),
        ] {
            let text = DEFAULT_TOML.replace(from, to);
            assert!(matches!(RulePack::from_toml(&text), Err(BadPack::Value(_))), "{to}");
        }
    }
}
