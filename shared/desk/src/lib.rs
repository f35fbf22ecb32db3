//! What an officer does at either program — at the command line or in a page — and what they
//! get to see of it. Both programs have the same acts and the same answers; here they are once.
//!
//! * [`acts`]: add, edit, rate, end, resolve: from what a person gives to one store transaction.
//! * [`answers`]: the JSON of the command line contract.
//! * [`bundle`]: files on a stick: sealed, cut into parts, verified, told of in words.
//! * [`consolidation`]: the figures of a period, from a store.
//! * [`names`]: what people call a record or a field.
//! * [`folder`]: keys and locks of a data folder.
//! * [`clock`]: the one place that reads the clock.
//! * [`seal`]: the key to which bundles for a hub are sealed (age).
//! * [`told`]: faults in Vietnamese: what happened, what became of the data, what to do.
//! * [`plain`]: the same answers for people at a terminal.
//! * [`program`]: what every command shares: exit codes, logs, `--set`.

pub mod acts;
pub mod answers;
pub mod bundle;
pub mod clock;
pub mod consolidation;
pub mod folder;
pub mod names;
pub mod plain;
pub mod program;
pub mod seal;
pub mod told;

pub use told::Told;
