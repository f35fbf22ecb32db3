//! Gộp mô hình: one model, many spellings. A person decides; every merge can be undone.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::id::RecordId;
use keng_web::{Count, Shell};
use serde::Deserialize;

/// `GET /merges`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "merges.html")]
pub struct MergesPage {
    /// The frame.
    pub shell: Shell,
    /// Names that are the same by any reader's judgement.
    pub certain: Vec<MergeLine>,
    /// Names that look alike.
    pub alike: Vec<MergeLine>,
    /// What was merged, newest first.
    pub done: Vec<Merged>,
}

/// A suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeLine {
    /// The model that would stand for all.
    pub into: ModelName,
    /// The others.
    pub from: Vec<ModelName>,
}

/// A model as one recognises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelName {
    /// Its record.
    pub id: RecordId,
    /// Its name as written.
    pub name: String,
    /// The unit that entered it.
    pub unit: String,
    /// Its points.
    pub points: Count,
}

/// A merge that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The model that was merged away.
    pub from: ModelName,
    /// The name of the one that stands for it.
    pub into: String,
    /// `Nguyễn Thị Hạnh · 08/11 16:40`.
    pub by: String,
}

impl MergeLine {
    /// The identifiers of the others, as the form sends them.
    fn others(&self) -> String {
        self.from.iter().map(|m| m.id.to_string()).collect::<Vec<_>>().join(",")
    }
}

/// What `POST /merges` brings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MergeForm {
    /// What to do.
    pub act: MergeAct,
    /// The model that shall stand for the others; empty for `certain` and `undo`.
    #[serde(default)]
    pub into: String,
    /// The others, or the merge to undo: identifiers with commas between them.
    #[serde(default)]
    pub from: String,
}

/// The acts of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeAct {
    /// Accept every certain suggestion.
    Certain,
    /// Merge `from` into `into`.
    Merge,
    /// Leave them apart, and ask no more.
    Apart,
    /// Take a merge back.
    Undo,
}

#[cfg(test)]
mod tests {
    use super::{MergeAct, MergeForm};

    #[test]
    fn the_buttons_of_the_page_are_the_acts_of_the_form() {
        let html =
            concat!(include_str!("../../templates/merges.html"), include_str!("../../templates/merge_lines.html"));
        for act in ["certain", "merge", "apart", "undo"] {
            assert!(html.contains(&format!("name=\"act\" value=\"{act}\"")), "{act}");
            let form: MergeForm = serde_json::from_value(serde_json::json!({ "act": act })).unwrap();
            assert_eq!(form.into, "");
        }
        let form: MergeForm = serde_json::from_str("{\"act\":\"undo\"}").unwrap();
        assert_eq!(form.act, MergeAct::Undo);
    }
}
