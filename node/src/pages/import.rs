//! Nhập từ bảng tính: choose a file, see what it would do, or what it did.

use askama::Template;
use askama_web::WebTemplate;
use keng_web::Shell;

use crate::importing::Imported;

/// `GET /import`, and the answer to `POST /import`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "import.html")]
pub struct ImportPage {
    /// The frame.
    pub shell: Shell,
    /// Why nothing of the file could be read.
    pub fault: Option<String>,
    /// What came of it.
    pub done: Option<Outcome>,
}

/// What a file did, or would do.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The counts and the rows that could not be read.
    pub imported: Imported,
    /// Nothing was written.
    pub dry_run: bool,
    /// When.
    pub at: String,
}
