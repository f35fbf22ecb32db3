//! What the pages of handing in and nominating have in common: conditions, the path of an act, the
//! form in which the province decides.

use askama::Template;
use askama::filters::HtmlSafe;
use keng_domain::rules::nomination::Condition;
use serde::Deserialize;

use crate::form::Choice;
use crate::parts::{Link, Tag};

/// Conditions of a rule, each with ✓ or – and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/conditions.html")]
pub struct Conditions(pub Vec<Condition>);

impl HtmlSafe for Conditions {}

/// One step of what happened to a submission or nomination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathStep {
    /// `Trình`, `Trả lại`.
    pub what: String,
    /// Who did it.
    pub who: String,
    /// `hôm nay 16:48 · tỉnh nhận 16:50`.
    pub when: String,
    /// The reason that was given.
    pub reason: Option<String>,
}

/// The steps, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/path.html")]
pub struct PathCard {
    /// The steps.
    pub steps: Vec<PathStep>,
    /// Where every value is traced.
    pub trace: Link,
}

impl HtmlSafe for PathCard {}

/// What the province may decide, with what was typed when it was refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decide {
    /// The reason as typed.
    pub reason: String,
    /// The chosen basis, see [`keng_domain::schema::PROPOSAL_BASES`].
    pub basis: String,
    /// The chosen document.
    pub document: String,
    /// Documents of the dossier to choose from.
    pub documents: Vec<Choice>,
    /// Whether it may be taken before the province: of a nomination about which nothing is said yet.
    pub receivable: bool,
    /// Why nothing was written.
    pub fault: Option<String>,
}

/// What the province's forms bring.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct DecideForm {
    /// `accept` or `return`; of a nomination `receive`, `select`, `propose` or `return`.
    pub act: String,
    /// Why.
    pub reason: String,
    /// For `propose`: the case of letter 4267, 2.
    pub basis: String,
    /// For `propose`: the document that is cited; empty for none.
    pub document: String,
}

/// A document that a dossier must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DossierLine {
    /// Its kind in words; of several that would do, all.
    pub kind: String,
    /// `Có`, `Chưa có`.
    pub state: Tag,
    /// The files that are there.
    pub files: Vec<Link>,
    /// Where one is added.
    pub add: Option<String>,
}
