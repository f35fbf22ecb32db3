//! Xung đột: the list, and one contest with its sides, what follows from each, and the decision.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::explanation::Judgement;
use keng_domain::id::RecordId;
use keng_domain::text::percent_by;
use serde::Deserialize;

use crate::form::Input;
use crate::pages::Standpoint;
use crate::parts::{Fact, Find, Link, Tag, Tone};
use crate::shell::Shell;

/// The list. `GET /contests`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/contests.html")]
pub struct ContestsPage {
    /// The frame.
    pub shell: Shell,
    /// The search box.
    pub find: Find,
    /// Contests, those that can tip a verdict first, then the oldest.
    pub rows: Vec<ContestRow>,
    /// Parallel edits: for information.
    pub parallel: Vec<ParallelRow>,
    /// How many records have such edits in all; the list may be shorter.
    pub parallel_total: u64,
}

/// Different fields of one record, written by people who did not know of each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParallelRow {
    /// What people call the record, with its trace.
    pub record: Link,
    /// What was written, the owner unit's first; never empty.
    pub written: Vec<WrittenLine>,
}

/// One of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenLine {
    /// The field, with its trace.
    pub field: Link,
    /// The value as shown.
    pub value: String,
    /// The unit, by certificate.
    pub unit: String,
    /// The officer.
    pub officer: String,
    /// When, by the clock there: `05/11 16:58`.
    pub at: String,
    /// When it came to the province: `tới tỉnh 08/11 16:17`, `chưa tới tỉnh`.
    pub arrived: String,
}

/// One contest's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestRow {
    /// Its identifier.
    pub id: String,
    /// What people call the record.
    pub record: String,
    /// The field.
    pub field: String,
    /// The values as shown, the owner unit's first.
    pub values: Vec<String>,
    /// The units that wrote them.
    pub sides: Vec<String>,
    /// How long it has been open: `2 ngày`.
    pub age: String,
    /// How grave it is.
    pub severity: Severity,
    /// Whether the choice can change the verdict of a model.
    pub tips_verdict: bool,
}

/// The two severities, as officers read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Different fields of one record: for information.
    Parallel,
    /// One field, different values: asks for a person.
    Contest,
}

impl Severity {
    /// Its tag.
    #[must_use]
    pub fn tag(self) -> Tag {
        match self {
            Self::Parallel => Tag::new(Tone::Wait, "Song song"),
            Self::Contest => Tag::new(Tone::Danger, "Xung đột"),
        }
    }
}

impl ContestRow {
    /// `7 ↔ 9`.
    fn values(&self) -> String {
        self.values.join(" ↔ ")
    }

    fn sides(&self) -> String {
        self.sides.join(" · ")
    }
}

/// One contest. `GET /contests/{id}`, and again when `POST /contests/{id}/resolve` is refused.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/contest.html")]
pub struct ContestPage {
    /// The frame.
    pub shell: Shell,
    /// Who looks at it.
    pub standpoint: Standpoint,
    /// Its identifier.
    pub id: String,
    /// The record.
    pub record: RecordId,
    /// What people call the record: `Điểm “Tiếng kẻng an ninh – thôn Đăk Rơ Wang”`.
    pub name: String,
    /// The field.
    pub field: String,
    /// How grave it is.
    pub severity: Severity,
    /// Whether the choice can change the verdict of a model.
    pub tips_verdict: bool,
    /// `1 / 3`.
    pub position: String,
    /// The next open contest.
    pub next: Option<String>,
    /// What all sides had seen before they wrote.
    pub previous: Option<Previous>,
    /// The values; their order is that of the stored contest, for `pick` counts in it.
    pub candidates: Vec<CandidateCard>,
    /// What follows from each choice.
    pub what_if: Option<WhatIf>,
    /// The value that stands in meanwhile, as shown.
    pub interim: String,
    /// Entry of another value: the field of the record.
    pub other: Input,
    /// The reason as typed.
    pub reason: String,
    /// What was wrong with the decision that was sent.
    pub faults: Vec<String>,
    /// What was decided, when somebody has chosen meanwhile.
    pub decided: Option<Decided>,
}

/// The value before the sides parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// As shown.
    pub value: String,
    /// Who wrote it and when.
    pub facts: Vec<Fact>,
}

/// One side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateCard {
    /// The value as shown.
    pub value: String,
    /// The unit, by certificate.
    pub unit: String,
    /// Officer, machine, time, arrival with entry, and what its writer had seen.
    pub facts: Vec<Fact>,
    /// Why, where the officer gave a reason.
    pub reason: Option<String>,
    /// Says that the data of this side is not complete here yet.
    pub missing: Option<String>,
}

/// What a model's verdict would be after each choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// The model.
    pub model: String,
    /// The words of the clause, with its number.
    pub clause: String,
    /// One line for each candidate, in their order.
    pub rows: Vec<(String, Judgement)>,
}

impl WhatIf {
    fn share(judgement: &Judgement) -> String {
        let why = &judgement.explanation;
        percent_by(why.inputs.effective.into(), why.inputs.eligible.into(), why.threshold)
    }
}

/// The choice somebody has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The value chosen.
    pub value: String,
    /// `Công an tỉnh (PV05) · Nguyễn Thị Hạnh · 08/11 16:40`.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Where the choice is traced and undone.
    pub trace: Link,
}

impl ContestPage {
    /// `Bên A`.
    fn side(index: usize) -> String {
        match u8::try_from(index).ok().filter(|i| *i < 26) {
            Some(i) => format!("Bên {}", char::from(b'A' + i)),
            None => format!("Bên {}", index + 1),
        }
    }

    /// The colour of a side: identity, not state.
    fn side_class(index: usize) -> &'static str {
        ["side-a", "side-b", "side-c", "side-d"][index % 4]
    }
}

/// What `POST /contests/{id}/resolve` brings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ResolveForm {
    /// The place of the chosen candidate, counted from 0; absent when another value is given.
    #[serde(default)]
    pub pick: Option<usize>,
    /// Another value, as typed.
    #[serde(default)]
    pub value: String,
    /// Why; mandatory.
    #[serde(default)]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::ContestPage;

    #[test]
    fn sides_have_letters_as_long_as_there_are_any() {
        assert_eq!([ContestPage::side(0), ContestPage::side(25), ContestPage::side(26)], ["Bên A", "Bên Z", "Bên 27"]);
    }
}
