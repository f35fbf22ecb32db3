//! Đề xuất thông báo: the list, and one nomination with its conditions, dossier and path.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::rules::nomination::Condition;
use keng_domain::schema::PROPOSAL_BASES;

use super::Standpoint;
use super::documents::DocumentsCard;
use super::duties::{Conditions, Decide, DossierLine, PathCard};
use super::papers::PapersCard;
use crate::form::Input;
use crate::parts::{Find, Link, Tag, Tone};
use crate::shell::Shell;

/// `GET /nominations`, and again with 422 when one cannot be added.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/nominations.html")]
pub struct NominationsPage {
    /// The frame.
    pub shell: Shell,
    /// Who looks.
    pub standpoint: Standpoint,
    /// `Năm 2022`.
    pub period: String,
    /// The search box.
    pub find: Find,
    /// Those of the year, worst first.
    pub rows: Vec<NominationRow>,
    /// At a node: model, quarter, case, reason of a new one.
    pub add: Vec<Input>,
    /// Why nothing was added.
    pub fault: Option<String>,
    /// At the province, for each quarter of which something is selected, the notice to all units.
    pub notices: PapersCard,
}

/// One nomination's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NominationRow {
    /// The model's name, and the nomination's page.
    pub model: Link,
    /// Who proposes.
    pub unit: String,
    /// `quý IV năm 2022`.
    pub quarter: String,
    /// `trước 10/12/2022`.
    pub due: String,
    /// R13 to R16.
    pub conditions: Vec<Condition>,
    /// Where it stands.
    pub state: Tag,
    /// Whether it was in time.
    pub timeliness: Option<Tag>,
}

/// `GET /nominations/{id}`, and again with 422 when an act is refused.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/nomination.html")]
pub struct NominationPage {
    /// The frame.
    pub shell: Shell,
    /// The address of the page.
    pub path: String,
    /// The model.
    pub model: Link,
    /// Unit, quarter and deadline in a line.
    pub about: String,
    /// Where it stands.
    pub state: Tag,
    /// `Xếp loại Tốt, đã nhân rộng`.
    pub case: String,
    /// Why, in the unit's words.
    pub justification: String,
    /// The province's reason.
    pub decision_reason: Option<String>,
    /// The case on which it was proposed to the Ministry, with its document.
    pub basis: Option<(String, Option<Link>)>,
    /// Why that case holds no longer.
    pub unfounded: Option<String>,
    /// R13 to R16.
    pub conditions: Conditions,
    /// What the dossier must hold.
    pub dossier: Vec<DossierLine>,
    /// No text that could be read fixes the list.
    pub assumed: bool,
    /// The documents of the nomination itself.
    pub documents: DocumentsCard,
    /// What happened to it.
    pub path_card: PathCard,
    /// At the unit, before it is handed in or after it came back: case and reason.
    pub edit: Vec<Input>,
    /// At the unit, why nothing was written.
    pub fault: Option<String>,
    /// The unit's proposal to the province; at the province also what follows from its decision.
    pub papers: PapersCard,
    /// At the province, once it was handed in.
    pub decide: Option<Decide>,
}

impl NominationPage {
    /// The three cases of letter 4267, 2.
    fn bases() -> &'static [(&'static str, &'static str)] {
        PROPOSAL_BASES
    }

    /// `7/9 loại văn bản`: what was there when it was handed in.
    fn progress(&self) -> String {
        let there = self.dossier.iter().filter(|d| d.state.tone == Tone::Ok).count();
        format!("{there}/{} loại văn bản", self.dossier.len())
    }

    /// What a refused act says, whoever did it.
    fn refused(&self) -> Option<&String> {
        self.fault.as_ref().or_else(|| self.decide.as_ref()?.fault.as_ref())
    }
}
