//! Nhập từ bảng tính: choose a file, see what it would do, or what it did; imports before.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::text::thousands;
use keng_store::imports::Import;
use keng_web::{Shell, format};

use crate::importing::{Imported, LookAlike};

/// `GET /import`, and the answer to `POST /import`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "import.html")]
pub struct ImportPage {
    /// The frame.
    pub shell: Shell,
    /// Why nothing of the file could be read.
    pub fault: Option<String>,
    /// What was said of the columns.
    pub map: String,
    /// What came of it.
    pub done: Option<Outcome>,
    /// The imports at this machine, the latest first.
    pub imports: Vec<Line>,
}

/// What a file did, or would do.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The counts and the rows that could not be read.
    pub imported: Imported,
    /// Nothing was written.
    pub dry_run: bool,
    /// Nothing was written, although that was asked for: somebody should say first which models
    /// are meant.
    pub asks: bool,
    /// Where the rejected rows can be got to be mended.
    pub rejected: Option<String>,
    /// When.
    pub at: String,
}

impl Outcome {
    /// What the counts count.
    #[must_use]
    pub fn what(&self) -> &'static str {
        if self.imported.form.is_some() { "Mô hình" } else { "Điểm" }
    }

    /// Of a statistics form: where it differs from this machine, row by row.
    #[must_use]
    pub fn sentences(&self) -> Vec<&str> {
        self.imported.form.as_ref().map(crate::importing::FormTold::sentences).unwrap_or_default()
    }

    /// The new models that may be others.
    #[must_use]
    pub fn models(&self) -> Vec<&LookAlike> {
        self.imported.look_alikes.iter().filter(|l| l.is_model()).collect()
    }

    /// The new points that may be others.
    #[must_use]
    pub fn points(&self) -> Vec<&LookAlike> {
        self.imported.look_alikes.iter().filter(|l| !l.is_model()).collect()
    }
}

/// An import in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// The file.
    pub file: String,
    /// When.
    pub at: String,
    /// Who.
    pub officer: String,
    /// What it came to.
    pub came_to: String,
    /// It has been taken back.
    pub undone: bool,
}

impl Line {
    /// A line for `import`.
    #[must_use]
    pub fn of(import: &Import) -> Self {
        let n = |count: u32| thousands(u64::from(count));
        let c = import.counts;
        Self {
            id: import.id.0,
            file: import.file.clone(),
            at: format::full_stamp(format::of_millis(import.at_ms)),
            officer: import.officer.clone(),
            came_to: format!(
                "{} mới, {} thay đổi, {} giữ nguyên, {} không đọc được",
                n(c.new),
                n(c.changed),
                n(c.unchanged),
                n(c.rejected)
            ),
            undone: import.undone_at_ms.is_some(),
        }
    }
}
