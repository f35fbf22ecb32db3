//! What an officer does at either program — at the command line or in a page — and what they
//! get to see of it. Both programs have the same acts and the same answers; here they are once.
//!
//! * [`acts`]: add, edit, rate, end, resolve: from what a person gives to one store transaction.
//! * [`answers`]: the JSON of the command line contract.
//! * [`commands`]: commands that are the same at both programs.
//! * [`bundle`]: files on a stick: sealed, cut into parts, verified, told of in words.
//! * [`consolidation`]: the figures of a period, from a store.
//! * [`duties`]: handing in periods, proposing models, and the other records of the letter.
//! * [`documents`]: adding a file to a record, and what lists say of it.
//! * [`editions`]: consolidated reports from draft to issue.
//! * [`letters`]: reminders, proposals and minutes, from a store.
//! * [`names`]: what people call a record or a field.
//! * [`folder`]: keys and locks of a data folder.
//! * [`life`]: does a data folder go on, or was it restored or copied?
//! * [`backup`]: one file that brings a data folder back.
//! * [`fsck`]: what is not as it was written, in words.
//! * [`clock`]: the one place that reads the clock.
//! * [`seal`]: the key to which bundles for a hub are sealed (age).
//! * [`sweep`]: files that nobody will finish any more go.
//! * [`told`]: faults in Vietnamese: what happened, what became of the data, what to do.
//! * [`plain`]: the same answers for people at a terminal.
//! * [`progress`]: how far long work is.
//! * [`program`]: what every command shares: exit codes, logs, `--set`.

pub mod acts;
pub mod alike;
pub mod answers;
pub mod backup;
pub mod bundle;
pub mod clock;
pub mod commands;
pub mod consolidation;
pub mod documents;
pub mod duties;
pub mod editions;
pub mod folder;
pub mod fsck;
pub mod letters;
pub mod life;
pub mod names;
pub mod plain;
pub mod program;
pub mod progress;
pub mod rehomed;
pub mod seal;
pub mod sweep;
pub mod told;

pub use told::Told;
