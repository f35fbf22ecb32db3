//! Đơn vị & thiết bị: who is enrolled, in which state, and what is in quarantine.

use askama::Template;
use askama_web::WebTemplate;
use keng_domain::unit::UnitCode;
use keng_web::{Count, Link, Shell, Tag};

/// `GET /units`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "units.html")]
pub struct UnitsPage {
    /// The frame.
    pub shell: Shell,
    /// `10 đơn vị · 12 máy · 9 đã gửi hết`.
    pub summary: String,
    /// The units in the order of the catalogue.
    pub units: Vec<UnitNodes>,
    /// Units with machines that were replaced by others, one sentence each.
    pub rehomed: Vec<String>,
    /// Other logs of this hub that machines have seen; none in a healthy province.
    pub other_logs: Option<OtherLogs>,
    /// Entries that were not accepted.
    pub quarantine: Vec<Quarantined>,
}

/// A unit with its machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitNodes {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// The number to call, or that there is none.
    pub contact: String,
    /// Its machines; empty when none is enrolled.
    pub nodes: Vec<NodeLine>,
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeLine {
    /// `617-1`.
    pub id: String,
    /// Which life of its data folder: `lần cài đặt thứ nhất`.
    pub incarnation: String,
    /// `Đang nối`, `Bình thường`, `Bị thu hồi`, `Bị nhân bản`.
    pub state: Tag,
    /// `16:03`, `06/11 08:40`, `chưa lần nào`.
    pub last_contact: String,
    /// Up to when everything it wrote is here.
    pub complete_to: String,
    /// Changes it reported as waiting; [`None`] when it has not said.
    pub pending: Option<Count>,
    /// Its clock against ours, in words: `khớp`, `chậm 10 phút`.
    pub clock: String,
    /// Its entries in quarantine.
    pub quarantined: Count,
    /// Version of the program.
    pub version: String,
}

/// Machines have verified another log than the hub's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLogs {
    /// `2 máy đã thấy sổ cái khác của trạm này`.
    pub what: String,
    /// What may have happened, as far as sizes tell.
    pub why: String,
    /// What was seen, newest first.
    pub seen: Vec<OtherLog>,
    /// How many are not shown, in words.
    pub more: Option<String>,
}

/// Another log that a machine has verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLog {
    /// When it was told last, and how often.
    pub at: String,
    /// By which machine.
    pub node: String,
    /// `1.204 mục, gốc 7f3a…`.
    pub theirs: String,
    /// `1.198 mục`.
    pub ours: String,
}

/// An entry that was not accepted; kept, and downloadable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// When it came.
    pub at: String,
    /// From which machine.
    pub node: String,
    /// Why, in words for people.
    pub reason: String,
    /// Code, scope, number and the words of the check that failed: for administrators.
    pub detail: String,
    /// Its bytes, as they came.
    pub download: Link,
}
