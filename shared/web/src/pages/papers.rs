//! Papers to be signed about what a page shows.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::parts::Link;

/// The card of them; nothing where there are none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/papers.html")]
pub struct PapersCard(pub Vec<PaperLine>);

impl HtmlSafe for PapersCard {}

/// One paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperLine {
    /// `Tờ trình của đơn vị`.
    pub title: String,
    /// Its files, one for each format that the program makes.
    pub files: Vec<Link>,
}
