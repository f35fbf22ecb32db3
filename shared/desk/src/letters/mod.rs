//! The papers beside the report, filled from the store. What they say of it is `keng-report`'s, which each
//! program brings with its [`Press`].
//!
//! * [`reminders`]: who is late; [`proposal`]: which models go to the Ministry; [`nomination`]: which one
//!   a unit proposes.
//! * [`minutes`]: what a survey has found; [`ratings`]: how a unit's points were rated in a year.
//! * [`score`]: what a place scored by QĐ 510; [`submission`]: what a unit has handed in.
//! * [`notice`]: what the province has selected; [`sent_back`]: what it has returned; [`recognition`], [`ending`]: what
//!   a unit asks for about a point.
//! * [`Press`]: what a program lays papers out as.

mod notice;
mod press;
mod proposal;
mod rating;
mod reminder;
mod score;
mod sent_back;
mod settling;
mod size;
mod submission;
mod survey;

use chrono::NaiveDate;
use keng_domain::document::kind_label;
use keng_domain::id::RecordId;
use keng_domain::letter::{Paper, Work};
use keng_store::blobs::DocumentView;
use keng_store::{Store, StoreError};

pub use notice::notice;
pub use press::Press;
pub use proposal::{nomination, proposal};
pub use rating::ratings;
pub use reminder::reminders;
pub use score::score;
pub use sent_back::sent_back;
pub use settling::{ending, recognition};
pub use submission::submission;
pub use survey::minutes;

/// A document as papers refer to it.
fn paper(store: &Store, view: &DocumentView) -> Result<Paper, StoreError> {
    let fields = store.record(view.document.id)?.map(|v| v.fields).unwrap_or_default();
    let text = |key: &str| fields.text(key).map(str::to_owned);
    Ok(Paper {
        kind: kind_label(&view.document.kind).to_owned(),
        number: text("number"),
        issued_on: fields.date("issued_on"),
        issuer: text("issuer"),
        subject: text("subject"),
        file: view.document.name.clone(),
    })
}

/// A text that somebody has entered, a paragraph each.
fn lines(text: Option<&str>) -> Vec<String> {
    let lines = text.unwrap_or_default().lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// What a model does, as its record says.
fn work_of(store: &Store, model: RecordId) -> Result<Work, StoreError> {
    let fields = store.record(model)?.map(|view| view.fields).unwrap_or_default();
    let said = |key: &str| lines(fields.text(key));
    Ok(Work { goal: said("goal"), content: said("content"), method: said("method") })
}

/// A decision of which number and day alone are entered.
fn decision(number: String, issued_on: Option<NaiveDate>) -> Paper {
    Paper {
        kind: "Quyết định".to_owned(),
        number: Some(number),
        issued_on,
        issuer: None,
        subject: None,
        file: String::new(),
    }
}
