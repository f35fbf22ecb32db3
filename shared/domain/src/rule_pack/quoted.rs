//! The words of the directing letter, where papers and explanations quote them.

use serde::{Deserialize, Serialize};

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
    pub(super) fn fault(&self) -> Option<&'static str> {
        let Self { nominating, rating, recognising, ending, verdict, reporting } = self;
        let all = [nominating, rating, recognising, ending, verdict, reporting];
        let is_bad = |text: &String| {
            text.trim().is_empty() || text.chars().count() > QUOTED_CHARS_MAX || text.chars().any(char::is_control)
        };
        all.into_iter().flatten().any(is_bad).then_some("letter.quoted must hold lines of at most 600 characters")
    }
}

/// After what it is quoted for: `: “…”`, or nothing.
#[must_use]
pub fn after_colon(words: Option<&str>) -> String {
    words.map_or_else(String::new, |words| format!(": “{words}”"))
}
