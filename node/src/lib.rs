//! The parts of `keng-node`. Start at [`serve::serve`]: it wires the running program.
//!
//! * [`join`]: a token becomes an enrolled data folder.
//! * [`link`]: the way to the hub: TLS by our own CA, bytes counted.
//! * [`sync`]: one session, from the store to the wire and back; [`worker`]: sessions for ever.
//! * [`bundle`]: the same by stick.
//! * [`import`]: reading the spreadsheets that units keep; [`importing`]: writing what they say.
//! * [`web`], [`pages`]: what the unit's officers see.
//! * [`cli`]: every command but `serve` works on the data folder directly, beside `serve` too.

pub mod bundle;
pub mod cli;
pub mod import;
pub mod importing;
pub mod join;
pub mod link;
pub mod pages;
pub mod serve;
pub mod sync;
pub mod web;
pub mod worker;
