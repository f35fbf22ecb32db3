//! Where one transaction joins entries, documents and views (SQLite, WAL, `synchronous=FULL`).
//!
//! Ground tables (`migrations/0001_ground.sql`) hold entries and what belongs to them. Derived
//! tables (`migrations/derived.sql`) hold documents and views; [`Store::rebuild`] makes them
//! again from the entries, to equal bytes.
//!
//! * [`open`]: the data folder's database, its identity, versions and locks.
//! * [`blobs`]: documents and their files: who may name one, where it is, what the hub has of it.
//! * [`edit`]: an officer's act becomes entries, documents and views in one transaction.
//! * [`imports`]: imports of spreadsheets, listed and taken back.
//! * [`ingest`]: entries from elsewhere, verified, chained, appended; the rest to quarantine.
//! * [`outbox`]: what a node still has to send, and the receipts it gets.
//! * [`lives`]: a restored or copied folder begins another life; nothing it wrote is lost.
//! * [`restitution`]: what a hub has lost comes back from its nodes.
//! * [`quarantine`]: what was refused, at the hub and at a node.
//! * [`evidence`]: what the hub has said of its log, and where it has contradicted itself.
//! * [`sightings`]: at the hub, other logs of it that nodes say they have seen.
//! * [`receipts`]: which receipt covers which entry, for the files that officers keep.
//! * [`bundle`]: receipts made again for a file, and what is known of nodes by bundle.
//! * [`log`]: the total order as a trait; SQLite is the first implementation.
//! * [`personal`]: persons' records are read and written with their keys, which can be erased.
//! * [`project`]: entries become documents become views become verdicts.
//! * [`query`]: what pages, commands and reports read; [`contests`]: what nobody has chosen yet.
//! * [`revoke`]: the register says that a node may no longer send.
//! * [`backup`]: a consistent copy of a running database; [`fsck`]: is everything as it was written?
//! * [`owner`]: the one thread that writes.

mod apply;
pub mod backup;
pub mod blobs;
mod blocks;
pub mod bundle;
pub mod contests;
pub mod edit;
pub mod enrol;
mod error;
pub mod evidence;
pub mod fsck;
pub mod imports;
pub mod ingest;
pub mod lives;
pub mod log;
pub mod open;
pub mod outbox;
pub mod owner;
mod past;
pub mod personal;
pub mod project;
pub mod quarantine;
pub mod query;
pub mod receipts;
pub mod restitution;
pub mod revoke;
mod rows;
pub mod sightings;
mod signatures;
pub mod trace;
mod verdicts;

pub use error::StoreError;
pub use open::{Identity, Role, Store};
