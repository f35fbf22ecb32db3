//! The parts of `keng-node`; `main.rs` reads the arguments.

pub mod import;
