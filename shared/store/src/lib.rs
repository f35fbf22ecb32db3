//! Where one transaction joins entries, documents and views (SQLite, WAL, `synchronous=FULL`).
//!
//! Ground tables (`migrations/0001_ground.sql`) hold entries and what belongs to them. Derived
//! tables (`migrations/derived.sql`) hold documents and views; [`Store::rebuild`] makes them
//! again from the entries, to equal bytes.
//!
//! * [`open`]: the data folder's database, its identity, versions and locks.
//! * [`edit`]: an officer's act becomes entries, documents and views in one transaction.
//! * [`ingest`]: entries from elsewhere, verified, chained, appended; the rest to quarantine.
//! * [`outbox`]: what a node still has to send, and the receipts it gets.
//! * [`bundle`]: receipts made again for a file, and what is known of nodes by bundle.
//! * [`log`]: the total order as a trait; SQLite is the first implementation.
//! * [`project`]: entries become documents become views become verdicts.
//! * [`query`]: what pages, commands and reports read.
//! * [`owner`]: the one thread that writes.

pub mod bundle;
pub mod edit;
pub mod enrol;
mod error;
pub mod ingest;
pub mod log;
pub mod open;
pub mod outbox;
pub mod owner;
pub mod project;
pub mod query;
mod rows;
pub mod trace;
mod verdicts;

pub use error::StoreError;
pub use open::{Identity, Role, Store};
