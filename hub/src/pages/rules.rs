//! Mẫu & quy tắc: the parameters by which the province judges, the form that it fills, and others in their place.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::rule_pack::Parameter;
use keng_web::{Link, Shell};

use crate::rules::Proposed;

/// `GET /rules`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "rules.html")]
pub struct RulesPage {
    /// The frame.
    pub shell: Shell,
    /// Identifier and name of the pack of the year shown.
    pub pack: (String, String),
    /// The texts that it rests on.
    pub basis: String,
    /// The year shown, which it judges.
    pub year: i32,
    /// Its parameters, in groups.
    pub groups: Vec<(&'static str, Vec<Parameter>)>,
    /// Who adopted which, newest first.
    pub history: Vec<Adopted>,
    /// A pack that was read and not adopted.
    pub proposed: Option<ProposedPack>,
    /// Why a pack or template was not taken.
    pub fault: Option<String>,
    /// The template of the statistics form.
    pub template: TemplateCard,
}

/// One adoption, of a pack or a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Which.
    pub what: String,
    /// Who and when.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
}

/// What a pack would change, with its text to be sent again when a person confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedPack {
    /// The file's name.
    pub file: String,
    /// Its text.
    pub toml: String,
    /// What would change.
    pub effect: Proposed,
    /// The reason as typed.
    pub reason: String,
}

/// The template in force and those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateCard {
    /// What people call the one in force.
    pub name: String,
    /// Whether it is the one that goes with the program.
    pub built_in: bool,
    /// How many names a template must have.
    pub names: usize,
    /// Who adopted which, newest first.
    pub history: Vec<Adopted>,
    /// What is odd about the one that was adopted just now.
    pub warnings: Vec<String>,
    /// Where it is saved from.
    pub file: Link,
}

impl RulesPage {
    /// How many parameters no text fixes.
    fn assumed(&self) -> usize {
        self.groups.iter().flat_map(|(_, all)| all).filter(|p| p.assumed).count()
    }
}
