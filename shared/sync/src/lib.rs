//! Moves signed bytes with a scope between replicas. Knows nothing of records.
//!
//! Terms. A *feed* is the append-only sequence of entries of one (incarnation, scope); each
//! [`entry`] is hashed together with the one before it. A [`head`] is a signed statement of
//! where feeds stand. A *receipt* is the hub's signed statement that it holds entries durably.
//! A *cursor* is the position in the hub's log up to which a node holds its scopes.
//!
//! The loop. Both sides of a [`session`] are state machines without I/O: an event and the time
//! go in, effects come out. A gRPC stream, a file or a simulated network drives the same code.
//!
//! Files (scans) travel apart: [`blob`].

pub mod batch;
pub mod blob;
pub mod bundle;
pub mod entry;
pub mod head;
pub mod limits;
pub mod merkle;
pub mod push;
pub mod receipt;
pub mod session;
pub mod token;
