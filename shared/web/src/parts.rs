//! The one set of parts: tag, chip, bar, tile. Each is a value that renders itself.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use keng_domain::explanation::{Tally, Verdict};
use keng_domain::rule_pack::Share;
use keng_domain::text::{search_key, thousands};

use crate::answer::address;

/// What a colour says. Colour carries state only, and never alone: words and icons say it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Tone {
    /// Needs a person.
    Danger,
    /// Wants attention.
    Warn,
    /// Waiting or on its way.
    Wait,
    /// Done.
    Ok,
    /// Offline, not due, not applicable.
    #[default]
    Calm,
}

impl Tone {
    /// The class in the stylesheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Danger => "is-danger",
            Self::Warn => "is-warn",
            Self::Wait => "is-wait",
            Self::Ok => "is-ok",
            Self::Calm => "is-calm",
        }
    }

    /// The tone of a verdict.
    #[must_use]
    pub fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Effective => Self::Ok,
            Verdict::NotEffective => Self::Danger,
            Verdict::Undetermined => Self::Warn,
            Verdict::NotRated => Self::Calm,
        }
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class())
    }
}

/// A sign before the words of a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Icon {
    /// No sign.
    #[default]
    None,
    /// Done.
    Check,
    /// Waiting to go up.
    Up,
    /// Going up.
    Turning,
    /// No link.
    Cloud,
    /// Stalled.
    Alert,
    /// Needs a person.
    Dot,
    /// The clock is wrong.
    Clock,
}

impl Icon {
    /// The sign itself. All are in every font that has Vietnamese, or fall back to a symbol font.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Check => "✓",
            Self::Up => "↑",
            Self::Turning => "⟳",
            Self::Cloud => "☁",
            Self::Alert => "!",
            Self::Dot => "●",
            Self::Clock => "◷",
        }
    }
}

/// A short word on a pale ground: a state, a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/tag.html")]
pub struct Tag {
    /// What its colour says.
    pub tone: Tone,
    /// The words.
    pub text: String,
}

impl Tag {
    /// A tag.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }

    /// The verdict of a model.
    #[must_use]
    pub fn verdict(verdict: Verdict) -> Self {
        Self::new(Tone::of_verdict(verdict), verdict.label())
    }

    /// The mark of a value that stands in for a contested one.
    #[must_use]
    pub fn interim() -> Self {
        Self::new(Tone::Danger, "tạm")
    }
}

/// A rounded sign with words: the state of the way to the province, in the header.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/chip.html")]
pub struct Chip {
    /// What its colour says.
    pub tone: Tone,
    /// The sign before the words.
    pub icon: Icon,
    /// The words.
    pub text: String,
    /// More words, shown when pointed at and read aloud.
    pub detail: String,
    /// How far a transfer is, in per cent.
    pub progress: Option<u8>,
}

/// A bar with its threshold drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Template)]
#[template(path = "parts/bar.html")]
pub struct Bar {
    /// What its colour says.
    pub tone: Tone,
    /// The filled part.
    pub part: u32,
    /// The part that may still come: points not yet rated.
    pub open: u32,
    /// The whole.
    pub whole: u32,
    /// Where the line stands.
    pub threshold: Share,
}

impl Bar {
    /// The bar of a model: effective of eligible points, with the unrated ones pale behind.
    #[must_use]
    pub fn of_tally(tally: Tally, verdict: Verdict, threshold: Share) -> Self {
        let tone = match verdict {
            Verdict::NotEffective => Tone::Warn,
            Verdict::Effective | Verdict::Undetermined | Verdict::NotRated => Tone::of_verdict(verdict),
        };
        Self { tone, part: tally.effective, open: tally.unrated, whole: tally.eligible, threshold }
    }

    fn thousandths(&self, n: u32) -> u64 {
        u64::from(n.min(self.whole)) * 1000 / u64::from(self.whole.max(1))
    }

    fn open_width(&self) -> u64 {
        self.thousandths(self.open.min(self.whole.saturating_sub(self.part)))
    }

    fn line(&self) -> u64 {
        u64::from(self.threshold.numerator) * 1000 / u64::from(self.threshold.denominator.max(1))
    }
}

/// A big number with its name above and its state below.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/tile.html")]
pub struct Tile {
    /// What is counted.
    pub name: String,
    /// The number.
    pub value: Count,
    /// The colour of the number; [`None`] for plain.
    pub tone: Option<Tone>,
    /// What came newly, e.g. `+6`.
    pub change: Option<String>,
    /// What the figure rests on: `9/10 đơn vị · đến 16:21`.
    pub state: String,
    /// The rows behind the number.
    pub href: String,
}

/// A value in a table: settled, or `7 ↔ 9` while nobody has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/cell.html")]
pub struct Cell {
    /// The words.
    pub text: String,
    /// Whether it stands to the right.
    pub numeric: bool,
    /// The contest that is open on it.
    pub contest: Option<String>,
    /// What is wrong with it, e.g. a date that does not exist.
    pub fault: Option<String>,
}

impl Cell {
    /// A settled text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A settled number.
    #[must_use]
    pub fn number(n: u64) -> Self {
        Self { numeric: true, ..Self::text(thousands(n)) }
    }

    /// The same cell with the values of an open contest, side by side.
    #[must_use]
    pub fn contested(self, values: &[String], contest: impl Into<String>) -> Self {
        Self { text: values.join(" ↔ "), contest: Some(contest.into()), ..self }
    }

    /// The same cell, wrong.
    #[must_use]
    pub fn wrong(self, fault: impl Into<String>) -> Self {
        Self { fault: Some(fault.into()), ..self }
    }
}

/// A number with the separators of Vietnam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&thousands(self.0))
    }
}

impl From<u32> for Count {
    fn from(n: u32) -> Self {
        Self(n.into())
    }
}

impl From<u64> for Count {
    fn from(n: u64) -> Self {
        Self(n)
    }
}

/// The search box of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "parts/find.html")]
pub struct Find {
    /// The list.
    pub action: String,
    /// What stays as it is: the year, the kind.
    pub keep: Vec<(&'static str, String)>,
    /// What was searched; empty for all.
    pub query: String,
}

impl HtmlSafe for Find {}

impl Find {
    /// The box of the list at `action`; of `keep` what is not empty stays.
    #[must_use]
    pub fn new(action: &str, query: &str, keep: &[(&'static str, &str)]) -> Self {
        let keep = keep.iter().filter(|(_, value)| !value.is_empty());
        Self {
            action: action.to_owned(),
            keep: keep.map(|(key, value)| (*key, (*value).to_owned())).collect(),
            query: query.trim().to_owned(),
        }
    }

    /// Whether one of these texts has what was searched, whatever its diacritics.
    #[must_use]
    pub fn holds<T: AsRef<str>>(&self, texts: &[T]) -> bool {
        let key = search_key(&self.query);
        key.is_empty() || search_key(&texts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")).contains(&key)
    }

    /// The whole list.
    fn all(&self) -> String {
        let keep: Vec<(&str, &str)> = self.keep.iter().map(|(key, value)| (*key, value.as_str())).collect();
        address(&self.action, &keep)
    }
}

/// A word that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The words.
    pub label: String,
    /// A path within this program.
    pub href: String,
}

impl Link {
    /// A link.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// A name and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// What it says.
    pub value: String,
    /// The colour of the value; [`None`] for plain.
    pub tone: Option<Tone>,
}

impl Fact {
    /// A plain fact.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), tone: None }
    }

    /// The same fact, coloured.
    #[must_use]
    pub fn toned(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}

// The parts escape what they are given; a page must not escape them once more.
impl HtmlSafe for Tag {}
impl HtmlSafe for Chip {}
impl HtmlSafe for Bar {}
impl HtmlSafe for Tile {}
impl HtmlSafe for Cell {}
impl HtmlSafe for Count {}
impl HtmlSafe for Tone {}

#[cfg(test)]
mod tests {
    use super::{Bar, Tag, Tone};
    use keng_domain::explanation::{Tally, Verdict};
    use keng_domain::rule_pack::Share;

    #[test]
    fn a_part_escapes_what_it_is_given() {
        let html = Tag::new(Tone::Ok, "<script>").to_string();
        assert!(!html.contains("<script>") && html.contains("is-ok"), "{html}");
    }

    #[test]
    fn a_bar_never_runs_over_its_end() {
        let tally = Tally { points: 9, eligible: 4, effective: 3, unrated: 9, contested: 0 };
        let bar = Bar::of_tally(tally, Verdict::Effective, Share { numerator: 1, denominator: 2 });
        assert_eq!((bar.thousandths(bar.part), bar.open_width(), bar.line()), (750, 250, 500));
    }
}
