//! What a unit's own proposal says of R13 to R16: it is signed before the nomination is handed in.

use super::{Assessment, lacking};
use crate::period::Period;
use crate::rule_pack::RulePack;
use crate::text::date_dmy;

/// One condition as the unit has checked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCheck {
    /// The rule.
    pub rule: &'static str,
    /// Whether it holds; `None` while that is still to come.
    pub holds: Option<bool>,
    /// What was found, or what is to be done.
    pub sentence: String,
}

/// The conditions for the paper itself: it does not miss itself in the dossier (R14), and without a hand-in it only
/// tells by when it must be there (R15).
#[must_use]
pub fn own_checks(assessment: &Assessment, quarter: &Period, pack: &RulePack) -> Vec<OwnCheck> {
    let others: Vec<String> =
        assessment.missing.iter().filter(|kind| !pack.nomination.proposal.contains(kind)).cloned().collect();
    let lacks_itself = others.len() < assessment.missing.len();
    let checks = assessment.conditions.iter().map(|c| match c.rule {
        "R14" if lacks_itself => OwnCheck {
            rule: c.rule,
            holds: Some(others.is_empty()),
            sentence: lacking(&others)
                .unwrap_or_else(|| "Hồ sơ đủ các văn bản theo danh mục, cùng tờ trình này.".to_owned()),
        },
        "R15" if assessment.timeliness.is_none() => {
            OwnCheck {
                rule: c.rule, holds: None, sentence: format!("Gửi trước ngày {}.", date_dmy(quarter.due()))
            }
        }
        _ => OwnCheck { rule: c.rule, holds: Some(c.holds), sentence: c.sentence.clone() },
    });
    checks.collect()
}
