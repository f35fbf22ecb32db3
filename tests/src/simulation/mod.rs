//! Deterministic simulation: the real session machines and the real stores under a simulated
//! network, disk and clock. One seed is one run; the same seed is the same run to the last byte.
//!
//! ```no_run
//! use keng_tests::simulation::{Ground, Options, run};
//! let ground = Ground::new()?;
//! let run = run(&ground, 7, Options::default());
//! assert_eq!(run.violation, None, "{}", run.story());
//! # Ok::<(), anyhow::Error>(())
//! ```
//!
//! * [`plan`]: a run as a list of steps drawn from the seed.
//! * [`world`]: a hub, nodes, links, and the schedule: one event or one effect at a time, in an
//!   order drawn from the seed, so that a crash or a cut falls between any two.
//! * [`node`], [`hub`]: the drivers, the same as those of the programs, without tokio.
//! * [`network`], [`disk`], [`clock`], [`liar`], [`copies`], [`revocation`]: what goes wrong.
//! * [`officers`]: what people do meanwhile.
//! * [`ledger`]: what was promised, remembered apart from every store; [`checks`]: that it holds.
//! * [`crash_points`], [`calls`]: one sync, and a power cut at each of its steps on the disk.
//! * [`search`]: many runs; a failing one is made shorter and told with the command that replays it.

mod calls;
mod checks;
mod clock;
mod copies;
mod crash_points;
mod disk;
mod ground;
mod hub;
mod ledger;
mod liar;
mod network;
mod node;
mod officers;
mod plan;
mod revocation;
mod run;
mod search;
mod trace;
mod world;

use std::fmt;

pub use self::checks::Violation;
pub use self::crash_points::{Case, CrashPoints, ENTRIES, Left, record_sync};
pub use self::ground::Ground;
pub use self::run::{Run, Tally, run};
pub use self::search::{Failure, search};

/// Where something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Site {
    Hub,
    /// By its place among the nodes of the run.
    Node(usize),
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hub => f.write_str("hub"),
            Self::Node(n) => write!(f, "node {n}"),
        }
    }
}

/// What a run may contain beyond what is drawn for every seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// A fault planted in a driver.
    pub bug: Option<Bug>,
    /// Also a hub that is put back from an older copy, and copies of a node's folder that do not notice at
    /// their start; in place of revocations, which a hub that is put back may have forgotten.
    pub all_faults: bool,
}

/// A fault planted in a driver, to prove that the simulation finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The hub gives receipts before the log is on the disk.
    ReceiptBeforeCommit,
    /// A node moves its cursor in a transaction of its own, before the entries.
    CursorBeforeEntries,
    /// A node counts entries as sent when it sends them.
    GreenBeforeReceipt,
}
