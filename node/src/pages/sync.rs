//! Gửi lên tỉnh: where the data is, what waits, and what needs a person.

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use keng_web::{Chip, Fact, Link, Shell, Tag};

/// The way to the province in a card: the chip and the numbers behind it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "upload.html")]
pub struct Upload {
    /// One of the seven states: [`keng_web::SyncChip::chip`].
    pub chip: Chip,
    /// `Tỉnh đã nhận đến`, `Chờ gửi`, `Đã nhận của tỉnh đến`, `Thử lại`.
    pub facts: Vec<Fact>,
}

impl HtmlSafe for Upload {}

impl Upload {
    /// The same as an out-of-band part of a message of the stream.
    #[must_use]
    pub fn oob(&self) -> String {
        format!("<div id=\"upload\" hx-swap-oob=\"innerMorph\">{self}</div>")
    }
}

/// `GET /sync`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "sync.html")]
pub struct SyncPage {
    /// The frame; its notice says what the last "Gửi ngay" brought about.
    pub shell: Shell,
    /// The present state.
    pub upload: Upload,
    /// What needs a person, each with one button.
    pub matters: Vec<Matter>,
    /// Own entries that the province refused, newest first.
    pub refused: Vec<RefusedLine>,
    /// How many were refused in all; the list may be shorter.
    pub refused_total: u64,
    /// Changes that have no receipt yet, newest first.
    pub waiting: Vec<WaitingLine>,
    /// How many wait in all; the list may be shorter.
    pub waiting_total: u64,
    /// The last rounds, newest first.
    pub rounds: Vec<Round>,
    /// Unit, machine, incarnation, clock, addresses: what an administrator asks for.
    pub machine: Vec<Fact>,
}

/// Something the machine cannot decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// What happened.
    pub what: String,
    /// What it means for the data.
    pub data: String,
    /// What to press.
    pub act: Link,
}

/// An own entry that the province refused. It stays here, and the province keeps a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// When the province refused it.
    pub at: String,
    /// The records it changes, with their traces.
    pub records: Vec<Link>,
    /// Why, in words.
    pub why: String,
    /// What the officer can do.
    pub act: String,
    /// Scope, number and the hub's own words: for who asks the administrator.
    pub detail: String,
}

/// A change on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingLine {
    /// When it was saved.
    pub at: String,
    /// What people call the record, with its trace.
    pub record: Link,
    /// `Số tổ: 6 → 7`.
    pub change: String,
    /// Who saved it.
    pub officer: String,
}

/// One attempt to reach the province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// When.
    pub at: String,
    /// How it went: `Đã gửi 12`, `Không có gì mới`, `Chưa được`.
    pub outcome: Tag,
    /// Numbers or the reason, in words.
    pub detail: String,
}
