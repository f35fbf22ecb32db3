//! The wire: messages generated from `keng.proto` at build time, and nothing else.
//!
//! Without features only the messages are here, for the pure circle; feature `grpc` adds the
//! service stubs for the programs.
#![allow(missing_docs, clippy::all, clippy::pedantic, unused_qualifications)]

include!(concat!(env!("OUT_DIR"), "/keng.v1.rs"));
