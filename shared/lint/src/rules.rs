//! The rules, grouped as the decree groups them. Each group reads the paper and notes faults.

mod annex;
mod closing;
mod head;
mod letters;
mod look;
mod page;
mod text;
mod title;

use crate::finding::{Finding, Findings};
use crate::paper::{Line, Paper};
use crate::roles::{Role, roles};

/// Lines with what they are.
pub struct Read<'a> {
    pub paper: &'a Paper,
    pub roles: Vec<Role>,
}

impl<'a> Read<'a> {
    /// All lines of a role, in order.
    pub fn of(&self, role: Role) -> impl Iterator<Item = &'a Line> + '_ {
        self.with_roles().filter(move |(r, _)| *r == role).map(|(_, line)| line)
    }

    /// All lines with their roles.
    pub fn with_roles(&self) -> impl Iterator<Item = (Role, &'a Line)> + '_ {
        self.roles.iter().copied().zip(&self.paper.lines)
    }
}

/// Every fault of the paper.
pub fn judge(paper: &Paper) -> Vec<Finding> {
    let read = Read { paper, roles: roles(&paper.lines) };
    let mut findings = Findings::default();
    for check in [page::check, head::check, title::check, text::check, letters::check, closing::check, annex::check] {
        check(&read, &mut findings);
    }
    findings.finish()
}
