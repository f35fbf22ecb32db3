//! Việc cần làm: what to do now, most urgent first.

use askama::Template;
use askama_web::WebTemplate;
use keng_web::{Link, Shell, Tag, Tone};

use super::sync::Upload;

/// `GET /`.
#[derive(Debug, Clone, Template, WebTemplate)]
#[template(path = "home.html")]
pub struct HomePage {
    /// The frame.
    pub shell: Shell,
    /// `Thứ ba, 8/11/2022 16:50`.
    pub now: String,
    /// That the own unit was replaced, and by which; [`None`] while it is valid.
    pub rehomed: Option<String>,
    /// Cards in the order of [`Urgency`], see [`HomePage::sort`].
    pub tasks: Vec<Task>,
    /// The way to the province.
    pub upload: Upload,
    /// "Kết quả tạm tính tại địa bàn".
    pub provisional: Vec<(String, Link)>,
}

impl HomePage {
    /// Puts the most urgent first; equal ones keep their order.
    pub fn sort(&mut self) {
        self.tasks.sort_by_key(|t| t.urgency);
    }
}

/// One card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its place in the list.
    pub urgency: Urgency,
    /// What it is: `1 xung đột`.
    pub title: String,
    /// A state: `còn 1 ngày · trước 10/11`.
    pub tag: Option<Tag>,
    /// What it is about, and that it can be done without a link.
    pub text: String,
    /// The thing to press.
    pub act: Link,
    /// The other way, where there are two.
    pub other: Option<Link>,
}

/// Why a card stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Past its day.
    Overdue,
    /// Entries that the province did not accept.
    Refused,
    /// Due within seven days.
    Due,
    /// What the province sent back.
    Returned,
    /// A contest to answer.
    Contest,
    /// Points without a rating.
    Unrated,
    /// Spontaneous points that wait for recognition or their end (R4).
    Spontaneous,
    /// A day that is still far.
    Ahead,
    /// Begun and not finished.
    Draft,
}

impl Urgency {
    /// What the edge of the card says.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Overdue | Self::Refused | Self::Contest => Tone::Danger,
            Self::Due | Self::Returned | Self::Unrated => Tone::Warn,
            Self::Spontaneous | Self::Ahead | Self::Draft => Tone::Calm,
        }
    }
}
