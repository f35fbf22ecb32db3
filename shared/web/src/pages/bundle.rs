//! What came of a bundle that was brought in the browser.

use askama::Template;
use askama_web::WebTemplate;
use keng_desk::bundle::Imported;

use crate::parts::{Fact, Link, Tone};
use crate::shell::Shell;

/// The answer to `POST /bundle/import`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "pages/bundle.html")]
pub struct BundlePage {
    /// The frame.
    pub shell: Shell,
    /// Where the officer came from.
    pub back: Link,
    /// What they call the file.
    pub file: String,
    /// Why nothing of it was taken.
    pub fault: Option<String>,
    /// What was taken, in numbers.
    pub facts: Vec<Fact>,
    /// What could not be taken yet.
    pub left: Option<String>,
    /// What to do next, if anything.
    pub next: Option<Link>,
}

impl BundlePage {
    /// Says what was taken; `labels` for new entries, answered ones, those known before, refused ones.
    #[must_use]
    pub fn with(mut self, done: &Imported, labels: [&str; 4]) -> Self {
        let counts = [done.entries, done.receipts, done.already, done.refused];
        let shown = labels.iter().zip(counts).filter(|(label, _)| !label.is_empty());
        self.facts = shown.map(|(label, count)| Fact::new(*label, count.to_string())).collect();
        if done.refused > 0
            && let Some(refused) = self.facts.pop()
        {
            self.facts.push(refused.toned(Tone::Danger));
        }
        self.left.clone_from(&done.left);
        if done.more {
            self.facts.push(Fact::new("Phần sau của gói", "còn, hãy nhập tiếp"));
        }
        self
    }
}
