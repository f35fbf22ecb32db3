//! Bundles at the hub: what nodes send by stick goes the way of a session's pushes, and a return
//! file brings a node its receipts and what is new in its scopes.
//!
//! Works beside a running `serve`, as another process on the same folder: the database's lock puts
//! the two in order, and the projector notices what was appended.

mod export;
mod import;
mod waiting;

pub use self::export::{Whom, export};
pub use self::import::import;
