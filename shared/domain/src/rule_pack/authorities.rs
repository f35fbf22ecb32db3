//! Who decides what, and since when: texts name levels of administration that come and go (TT 124/2021, Điều 9
//! and 10; QĐ 510, Điều 11), so that it is a table with days, and the province's to change.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::RulePack;

/// "An toàn về an ninh, trật tự", TT 124/2021.
pub const SAFETY: &str = "TT124";
/// The class of the movement, QĐ 510.
pub const CLASS: &str = "QD510";

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// [`SAFETY`] or [`CLASS`].
    pub act: String,
    /// Of what: a code of [`OBJECTS`](crate::schema::OBJECTS), or [`DISTRICT`](crate::schema::DISTRICT).
    pub object: String,
    /// Who decides: `Chủ tịch Ủy ban nhân dân xã`.
    pub body: String,
    /// The first day; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// The last day; absent: until today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// No text that we could read says it.
    #[serde(default)]
    pub assumed: bool,
}

impl Authority {
    /// Whether both decide on one kind of place on some day.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time = |a: &Self, b: &Self| a.from.zip(b.until).is_none_or(|(from, until)| from <= until);
        self.act == other.act
            && self.object == other.object
            && begins_in_time(self, other)
            && begins_in_time(other, self)
    }

    fn decides(&self, act: &str, object: &str, day: NaiveDate) -> bool {
        let is_in_force = self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until);
        self.act == act && self.object == object && is_in_force
    }
}

/// The built-in table, for packs of before it was asked.
pub(super) fn built_in() -> Vec<Authority> {
    RulePack::kontum_2022().authorities
}

impl RulePack {
    /// Who decides on a place of this kind on `day`; `None` where the table has no line.
    #[must_use]
    pub fn authority(&self, act: &str, object: &str, day: NaiveDate) -> Option<&Authority> {
        self.authorities.iter().find(|a| a.decides(act, object, day))
    }
}

#[cfg(test)]
mod tests {
    use super::{CLASS, SAFETY};
    use crate::rule_pack::{DEFAULT_TOML, RulePack};

    /// TT 124/2021, Điều 10: the district decides on communes; from 1/7/2025 there is none.
    #[test]
    fn who_decides_changes_with_the_day() {
        let pack = RulePack::kontum_2022();
        let body = |object: &str, day: &str| {
            pack.authority(SAFETY, object, day.parse().unwrap()).map(|a| (a.body.as_str(), a.assumed))
        };
        assert_eq!(body("XA", "2025-06-30"), Some(("Chủ tịch Ủy ban nhân dân cấp huyện", false)));
        assert_eq!(body("XA", "2025-07-01"), Some(("Chủ tịch Ủy ban nhân dân cấp tỉnh", true)));
        assert_eq!(body("KHU_DAN_CU", "2026-11-01"), Some(("Chủ tịch Ủy ban nhân dân cấp xã", false)));
        assert_eq!(body("CHO", "2022-11-01"), None);
        assert!(pack.authority(CLASS, "HUYEN", "2022-12-01".parse().unwrap()).is_some_and(|a| a.assumed));
        let wrong = DEFAULT_TOML.replacen("act = \"TT124\"", "act = \"TT125\"", 1);
        assert!(RulePack::from_toml(&wrong).is_err());
    }
}
