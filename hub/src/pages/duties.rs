//! Nghĩa vụ: the live matrix of units and what each owes in a year (UX §5).

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use keng_web::{Link, Shell, Tag, Tone};

use super::machines::MachinesSaid;

/// `GET /duties`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "duties.html")]
pub struct DutiesPage {
    /// The frame.
    pub shell: Shell,
    /// The year.
    pub year: i32,
    /// The part that is kept fresh.
    pub live: DutiesLive,
}

/// The part that each message of the stream brings anew; its links carry no year, but for the one that leads to
/// last year.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "duties_live.html")]
pub struct DutiesLive {
    /// `10 đơn vị · 3 quá hạn · 1 trả lại · 2 chờ tỉnh nhận`.
    pub summary: String,
    /// What last year has left open, with its matrix.
    pub earlier: Option<Link>,
    /// The duties: title and deadline.
    pub duties: Vec<(String, String)>,
    /// Reports and nominations that wait for the province: units and duties, counted once each.
    pub waiting: (u32, u32),
    /// The units, worst first.
    pub rows: Vec<DutyRow>,
}

/// One unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyRow {
    /// Its name.
    pub name: String,
    /// What its machines said last, below the name (UX §5).
    pub machines: MachinesSaid,
    /// How it stands towards the province.
    pub tone: Tone,
    /// Its duties, in the order of [`DutiesLive::duties`].
    pub cells: Vec<DutyCell>,
}

/// One duty of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyCell {
    /// The state in words.
    pub state: Tag,
    /// How far it is, where that can be counted: `27/30 điểm`.
    pub part: Option<String>,
    /// Whether it was in time, where that is to be told beside the state.
    pub timeliness: Option<Tag>,
    /// The letter that reminds, for a report that is late, and whom of what.
    pub letter: Option<Link>,
    /// What was handed in, or the points that are rated, and what it is called for who does not see the table.
    pub record: Option<Link>,
}

impl HtmlSafe for DutiesLive {}

impl DutiesLive {
    /// The same as an out-of-band part of a message of the stream.
    #[must_use]
    pub fn oob(&self) -> String {
        format!("<div id=\"duties\" hx-swap-oob=\"innerMorph\">{self}</div>")
    }
}
