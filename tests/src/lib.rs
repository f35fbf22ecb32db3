//! The words of every scenario that drives the real programs: a [`Province`] is a hub and nodes
//! as processes, each node behind a [`Relay`] that can be cut, stalled and counted.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! use keng_tests::{Province, fixtures};
//! let mut p = Province::kon_tum()?;
//! p.join("610")?;
//! p.node("610").import(&fixtures::spreadsheet("610"))?;
//! p.node("610").sync()?;
//! let point = p.node("610").points()?[0].id.clone();
//! p.node("610").edit_point(&point, "teams", 7)?;
//! p.hub().edit_point(&point, "teams", 9)?;
//! p.node("610").sync()?;
//! p.hub().contest(&point, "teams")?.between("610", "62")?;
//! # Ok(())
//! # }
//! ```
//!
//! * [`Office`]: one program on one data folder, with the words that hub and node share.
//! * [`Hub`], [`Node`]: what only one of them knows.
//! * [`truth`]: the figures that the letter's report must give.
//! * [`papers`]: letters, proposals and minutes, read as an officer would.
//! * [`stick`]: bundles, and the pages that carry them.
//! * [`sheet`]: spreadsheets as units send them, for provinces and years of which no file exists.
//! * [`simulation`]: no processes at all; the same machines and stores under a seed.
//!
//! The programs are looked for in `KENG_BIN`, then beside the running executable; only when they
//! are missing does cargo build them ([`programs`]).

pub mod answers;
pub mod chance;
pub mod command;
pub mod fixtures;
mod hub;
mod node;
pub mod npm;
mod office;
mod pace;
pub mod papers;
pub mod programs;
mod province;
mod relay;
pub mod served;
pub mod sheet;
pub mod simulation;
pub mod stick;
pub mod truth;
mod wait;

pub use hub::Hub;
pub use node::Node;
pub use office::{Memory, Office};
pub use pace::Pace;
pub use province::Province;
pub use relay::{HubAddress, Relay};
pub use wait::until;
