//! What the letter knows: models, points, ratings, periods, units — and the rules over them.
//!
//! This crate is the innermost circle. It has no clock, no disk, no network and knows nothing
//! of Automerge; time and data are arguments, results are values.
//!
//! * Nouns: [`unit`], [`scope`], [`field`], [`model`], [`point`], [`document`],
//!   [`period`], [`rule_pack`].
//! * Units through time: one change ([`lineage`]), all of them ([`units`]), one tree of sums ([`tree`]).
//! * What a record may hold, written once: [`schema`].
//! * Verbs, one clause a file: [`rules`]. Each returns its reasons ([`explanation`]).
//! * Vietnamese text: folding, collation, numbers ([`text`]).
//! * A consolidated picture of a period, from which reports are laid out: [`figures`]; what differs
//!   between two of them: [`changes`]. What the other papers are laid out from: [`letter`].

pub mod changes;
pub mod document;
pub mod explanation;
pub mod field;
pub mod figures;
pub mod form;
pub mod id;
pub mod letter;
pub mod lineage;
pub mod model;
pub mod period;
pub mod point;
pub mod rule_pack;
pub mod rules;
pub mod schema;
pub mod scope;
pub mod text;
pub mod tree;
pub mod unit;
pub mod units;
