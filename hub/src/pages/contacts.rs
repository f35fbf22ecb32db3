//! Liên hệ: whom the province calls at a unit.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::unit::UnitCode;
use keng_web::form::{Input, WAS};
use keng_web::{Link, Shell};

/// `GET /units/{code}/contact`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "contact.html")]
pub struct ContactPage {
    /// The frame.
    pub shell: Shell,
    /// The unit's code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// The officer in charge and the number.
    pub inputs: Vec<Input>,
    /// What stood in each field when the page was made.
    pub was: Vec<(String, String)>,
    /// Why nothing was written.
    pub fault: Option<String>,
    /// Who wrote it, once anybody has.
    pub trace: Option<Link>,
}
