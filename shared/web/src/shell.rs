//! The frame of every page: header, menu, and their partial updates over SSE.

use askama::Template;

use crate::answer::address;
use crate::assets;
use crate::parts::{Chip, Icon, Link, Tone};

/// What stands around a page. The template `shell.html` reads it from the field `shell`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shell {
    /// Whose program this is: `Công an tỉnh Kon Tum · PV05`. Empty on a page before enrolment.
    pub unit: String,
    /// The left menu; at most seven items. Empty on a page outside the program proper.
    pub menu: Vec<MenuItem>,
    /// The search box.
    pub search: Option<Search>,
    /// The period whose figures are shown, with the others to choose from.
    pub period: Option<Period>,
    /// The year asked for, as it stands in addresses; empty for the one shown anyway. All links
    /// of the frame carry it, so that who looks at another year stays in it.
    pub year: String,
    /// The state of the way to the province, or of the units' ways.
    pub chip: Option<Chip>,
    /// Where the chip leads.
    pub chip_href: String,
    /// Who works here.
    pub user: String,
    /// The token that every form sends back, see [`crate::csrf`].
    pub csrf: String,
    /// The path of the stream that keeps header, menu and the live part fresh.
    pub events: Option<String>,
    /// What the last act brought about, said once, e.g. after a redirect.
    pub notice: Option<Notice>,
}

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// A short word; names the counter in updates.
    pub key: &'static str,
    /// On the screen.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// How many things wait there; 0 shows nothing.
    pub waiting: u32,
    /// Whether this page belongs to it.
    pub here: bool,
}

/// The search box: a plain GET form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// The page that answers.
    pub action: String,
    /// What can be searched.
    pub placeholder: String,
    /// What was searched last.
    pub query: String,
}

/// The period selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `Năm 2022`.
    pub label: String,
    /// The others.
    pub others: Vec<Link>,
}

/// A sentence above the page about what was just done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What its colour says.
    pub tone: Tone,
    /// What happened and where the data is.
    pub text: String,
    /// What one may do about it, e.g. undo.
    pub way: Option<Link>,
}

impl Shell {
    /// A frame without menu, search or unit: for refusals that come before anything is known.
    #[must_use]
    pub fn bare() -> Self {
        Self::default()
    }

    /// The address of a built-in file, for the template.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// What follows a path of this program so that the year stays: `?year=2021`, or nothing.
    #[must_use]
    pub fn query(&self) -> String {
        address("", &[("year", &self.year)])
    }

    /// The changes to header and menu, to be sent over SSE. They hold no link: every open page
    /// gets the same message, whatever year it shows.
    #[must_use]
    pub fn update(&self) -> ShellUpdate {
        ShellUpdate { chip: self.chip.clone(), menu: self.menu.clone() }
    }
}

/// Header and menu anew, as out-of-band parts of a message of the stream.
///
/// A message is this, followed by the live part of the page if it has one. The stream sends the
/// present state as its first message, for a hidden tab leaves the stream and comes back later.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "shell_update.html")]
pub struct ShellUpdate {
    chip: Option<Chip>,
    menu: Vec<MenuItem>,
}

/// The chip of the hub's header: how many units' entries are all here. Green only when all are.
#[must_use]
pub fn province_chip(complete: u32, units: u32) -> Chip {
    let done = complete >= units;
    Chip {
        tone: if done { Tone::Ok } else { Tone::Wait },
        icon: if done { Icon::Check } else { Icon::Up },
        text: format!("{complete}/{units} đơn vị đã gửi hết"),
        detail: "Số đơn vị mà tỉnh đã nhận đủ mọi thay đổi đã biết".to_owned(),
        progress: None,
    }
}

#[cfg(test)]
mod tests {
    use super::Shell;

    #[test]
    fn the_year_follows_every_path_once_it_was_asked_for() {
        let shell = Shell { year: "2021".into(), ..Shell::bare() };
        assert_eq!((shell.query(), Shell::bare().query()), ("?year=2021".into(), String::new()));
    }
}
