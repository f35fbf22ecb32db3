//! Báo cáo đã trình: the figures as they were frozen, beside those of now; the province decides here.

use askama::Template;
use askama_web::WebTemplate;

use super::duties::{Decide, PathCard};
use super::figures::FiguresCard;
use super::papers::PapersCard;
use crate::parts::{Fact, Link, Tag};
use crate::shell::Shell;

/// `GET /submissions/{id}`, and again with 422 when a decision is refused.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/submission.html")]
pub struct SubmissionPage {
    /// The frame.
    pub shell: Shell,
    /// The list that it is part of.
    pub list: Link,
    /// `Báo cáo năm 2022 – Huyện Đắk Glei`.
    pub title: String,
    /// The address of the page.
    pub path: String,
    /// Where it stands.
    pub state: Tag,
    /// Where it stands for nobody: who hands in for the period instead.
    pub not_of_period: Option<String>,
    /// A report that nothing arose.
    pub nothing: bool,
    /// The province's reason for returning it.
    pub decision_reason: Option<String>,
    /// When it was done and received, by whom, what bounds the time.
    pub evidence: Vec<Fact>,
    /// Whether it was in time, with its sentence and clause.
    pub timeliness: (Tag, String, String),
    /// What was open when it was handed in.
    pub open_items: Vec<String>,
    /// Frozen beside current.
    pub figures: FiguresCard,
    /// The one that the unit handed in later, or the earlier one that this replaces.
    pub others: Vec<Link>,
    /// The unit's report with its form; at the province also the letter that sends it back.
    pub papers: PapersCard,
    /// What happened to it.
    pub path_card: PathCard,
    /// At the province, while it stands.
    pub decide: Option<Decide>,
    /// Whether it has been taken over already.
    pub accepted: bool,
}
