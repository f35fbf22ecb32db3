//! The words of the directing letter, where papers and explanations quote them.

use serde::{Deserialize, Serialize};

use super::checks::Faults;

/// The longest quotation, in characters.
const QUOTED_CHARS_MAX: usize = 600;

/// What the letter says, word for word and without quotation marks; what a pack leaves out is quoted nowhere, for
/// another letter does not say what letter 4267 says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quoted {
    /// Point 1.b: the quarterly nomination.
    #[serde(default)]
    pub nominating: Option<String>,
    /// Point 1.c: the yearly rating.
    #[serde(default)]
    pub rating: Option<String>,
    /// Point 1.c, second dash: what is recognised.
    #[serde(default)]
    pub recognising: Option<String>,
    /// The same: what is ended.
    #[serde(default)]
    pub ending: Option<String>,
    /// Point 1.c, third dash: when a model is effective.
    #[serde(default)]
    pub verdict: Option<String>,
    /// Point 1.d: the periodic reports.
    #[serde(default)]
    pub reporting: Option<String>,
}

impl Quoted {
    pub(super) fn check(&self, all: &mut Faults) {
        let Self { nominating, rating, recognising, ending, verdict, reporting } = self;
        let texts = [
            ("letter.quoted.nominating", nominating),
            ("letter.quoted.rating", rating),
            ("letter.quoted.recognising", recognising),
            ("letter.quoted.ending", ending),
            ("letter.quoted.verdict", verdict),
            ("letter.quoted.reporting", reporting),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                all.unless_line_within(name, text, QUOTED_CHARS_MAX);
            }
        }
    }
}

/// After what it is quoted for: `: “…”`, or nothing.
#[must_use]
pub fn after_colon(words: Option<&str>) -> String {
    words.map_or_else(String::new, |words| format!(": “{words}”"))
}
