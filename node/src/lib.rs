//! The parts of `keng-node`. Start at [`serve::serve`]: it wires the running program.
//!
//! * [`join`]: a token becomes an enrolled data folder.
//! * [`link`]: the way to the hub: TLS by our own CA, bytes counted.
//! * [`sync`]: one session, from the store to the wire and back; [`worker`]: sessions for ever, with
//!   the pauses of [`retry`] between, which [`hints`] cut short.
//! * [`receipts`]: files that prove what the province has received; [`evidence`]: files that prove that
//!   it has contradicted itself.
//! * [`blobs`]: files of documents, after the figures and within a budget.
//! * [`bundle`]: the same by stick.
//! * [`press`]: what papers are laid out as.
//! * [`import`]: reading the spreadsheets that units keep; [`importing`]: writing what they say.
//! * [`web`], [`pages`]: what the unit's officers see.
//! * [`cli`]: every command but `serve` works on the data folder directly, beside `serve` too.

pub mod blobs;
pub mod bundle;
pub mod cli;
pub mod evidence;
pub mod hints;
pub mod import;
pub mod importing;
pub mod join;
pub mod link;
pub mod pages;
pub mod press;
pub mod receipts;
pub mod retry;
pub mod serve;
pub mod sync;
pub mod web;
pub mod worker;
