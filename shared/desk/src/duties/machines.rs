//! What the machines of a unit said last, taken together: what an officer of the province has to know
//! before believing a figure or taking up the telephone (UX §5).

use keng_domain::tree::Tree;
use keng_domain::unit::UnitCode;
use keng_store::enrol::{Contact, NodeView};

/// The machines of one unit that may still send: what a revoked one had left will never come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Machines {
    /// How many.
    pub count: usize,
    /// The machine that was heard last, with what it said of itself; `None`: none was ever heard.
    pub heard: Option<Contact>,
    /// One of them has a session open.
    pub live: bool,
    /// Every one of them was heard at least once.
    pub all_heard: bool,
    /// Entries that they said they still had, when last heard.
    pub waiting: u64,
    /// Up to when everything the unit wrote is here: what waits is younger. Milliseconds since 1970;
    /// `None` before all of them have sent everything once.
    pub complete_to_ms: Option<i64>,
}

impl Machines {
    /// Those among `nodes` whose unit reports as `unit` in `tree`.
    #[must_use]
    pub fn of(nodes: &[NodeView], tree: &Tree, unit: &UnitCode) -> Self {
        let reports = |n: &&NodeView| tree.reporting_unit(&n.unit).is_some_and(|u| u.code == *unit);
        let able: Vec<&NodeView> = nodes.iter().filter(|n| n.revoked.is_none()).filter(reports).collect();
        let heard: Vec<&Contact> = able.iter().filter_map(|n| n.contact.as_ref()).collect();
        let all_heard = !able.is_empty() && heard.len() == able.len();
        Self {
            count: able.len(),
            live: heard.iter().any(|c| c.live),
            all_heard,
            waiting: heard.iter().map(|c| c.pending).sum(),
            // `None` is the smallest: one machine that never sent everything speaks for all.
            complete_to_ms: heard.iter().map(|c| c.complete_to_ms).min().flatten().filter(|_| all_heard),
            heard: heard.into_iter().max_by_key(|c| c.last_contact_ms).cloned(),
        }
    }
}
