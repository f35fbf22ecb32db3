//! Toàn tỉnh: the live board.

use askama::Template;
use askama::filters::HtmlSafe;
use askama_web::WebTemplate;
use keng_domain::explanation::Judgement;
use keng_domain::id::RecordId;
use keng_domain::unit::UnitCode;
use keng_web::{Bar, Count, Shell, Tag, Tile, Tone};

/// `GET /`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "board.html")]
pub struct BoardPage {
    /// The frame.
    pub shell: Shell,
    /// `Báo cáo năm 2022`.
    pub title: String,
    /// `còn 2 ngày đến hạn (trước 10/11) · bộ quy tắc kontum-2022`.
    pub due: String,
    /// The part that is kept fresh.
    pub live: BoardLive,
}

/// The part of the board that each message of the stream brings anew.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "board_live.html")]
pub struct BoardLive {
    /// Mô hình, điểm, hiệu quả, chưa đủ căn cứ, xung đột.
    pub tiles: Vec<Tile>,
    /// The units, worst first, see [`BoardLive::sort`].
    pub units: Vec<UnitLine>,
    /// Why some figures carry an asterisk; empty when none does.
    pub footnote: String,
    /// Units with machines that were replaced by others, one sentence each.
    pub rehomed: Vec<String>,
    /// Models whose verdict stands on the edge.
    pub near: Vec<NearModel>,
}

impl HtmlSafe for BoardLive {}

impl BoardLive {
    /// The same as an out-of-band part of a message of the stream: it morphs what is shown, so that
    /// the focus stays where it is.
    #[must_use]
    pub fn oob(&self) -> String {
        format!("<div id=\"live\" hx-swap-oob=\"innerMorph\">{self}</div>")
    }

    /// Puts the worst units first; equal ones keep their order, that of the catalogue.
    pub fn sort(&mut self) {
        self.units.sort_by_key(|u| u.state.tone());
    }
}

/// One unit: a line of the table and a cell beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitLine {
    /// Its code.
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// Counted points.
    pub points: Count,
    /// Where they are listed.
    pub rows: String,
    /// Their teams.
    pub teams: Count,
    /// Whether its last known figures stand in: its machine has changes that are not here.
    pub stands_in: bool,
    /// Changes its machines reported as waiting; [`None`] when they have not said.
    pub pending: Option<Count>,
    /// Whether every machine of it said at the last contact that nothing was left, and nothing of it
    /// lies in quarantine.
    pub is_complete: bool,
    /// Up to when everything it wrote is here: `16:21`, `06/11 08:40`.
    pub complete_to: String,
    /// Open contests in its records.
    pub contests: u32,
    /// The last contact: `16:03`, `06/11 08:40`, `chưa lần nào`.
    pub last_contact: String,
    /// How it stands.
    pub state: UnitState,
}

/// How a unit stands towards the province.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitState {
    /// All is here.
    Received,
    /// It is sending now.
    Sending,
    /// It is not connected, and had so many changes left at the last contact.
    Behind(u32),
    /// Nothing for so many days.
    Silent {
        /// Full days since the last contact.
        days: u32,
    },
    /// Nothing ever.
    Never,
    /// All its machines were revoked.
    Revoked,
    /// Contests are open in its records.
    Contested(u32),
    /// Entries of it are in quarantine.
    Quarantined(u32),
}

impl UnitState {
    /// What its colour says; the order is that of urgency.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Contested(_) | Self::Quarantined(_) => Tone::Danger,
            Self::Silent { .. } | Self::Never | Self::Revoked => Tone::Warn,
            Self::Sending | Self::Behind(_) => Tone::Wait,
            Self::Received => Tone::Ok,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Received => "Đã nhận".to_owned(),
            Self::Sending => "Đang nhận…".to_owned(),
            Self::Behind(n) => format!("{n} chờ gửi"),
            Self::Silent { days } => format!("{days} ngày chưa gửi"),
            Self::Never => "Chưa gửi".to_owned(),
            Self::Revoked => "Máy bị thu hồi".to_owned(),
            Self::Contested(n) => format!("{n} xung đột"),
            Self::Quarantined(n) => format!("{n} mục cách ly"),
        }
    }

    fn tag(self) -> Tag {
        Tag::new(self.tone(), self.text())
    }
}

/// A model on the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearModel {
    /// Its record.
    pub id: RecordId,
    /// Its name.
    pub name: String,
    /// The verdict as it stands.
    pub judgement: Judgement,
}

impl NearModel {
    fn bar(&self) -> Bar {
        Bar::of_tally(self.judgement.explanation.inputs, self.judgement.verdict, self.judgement.explanation.threshold)
    }

    fn verdict(&self) -> Tag {
        Tag::verdict(self.judgement.verdict)
    }
}
