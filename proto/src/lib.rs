//! The wire: messages generated from `keng.proto` at build time.
//!
//! Without features only the messages are here, for the pure circle; feature `grpc` adds the
//! service stubs for the programs, and what both of them do alike on a connection.

#[cfg(feature = "grpc")]
pub mod codec;
#[cfg(feature = "grpc")]
pub mod gathered;
#[cfg(feature = "grpc")]
pub mod signatures;

pub use generated::*;

#[allow(missing_docs, clippy::all, clippy::pedantic, unused_qualifications)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/keng.v1.rs"));
}
