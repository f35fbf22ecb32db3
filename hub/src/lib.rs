//! The parts of `keng-hub`. Start at [`serve::serve`]: it wires the running program.
//!
//! * [`grpc`], [`http2`], [`tls`], [`ca`]: the port that nodes call, and who may.
//! * [`identity`]: as whom the hub speaks: key, epoch, lives, the tree over its log.
//! * [`session`]: one node's session; [`ingest`]: group commit of what they push; [`proof`]: proofs of
//!   the log for receipt files.
//! * [`blobs`]: files of documents, offered, brought and fetched.
//! * [`bundle`]: what sessions carry, by stick.
//! * [`recent`]: whom the end of the log concerns.
//! * [`projector`]: the log becomes documents, views, verdicts; wakes the board.
//! * [`press`]: what papers are laid out as; [`templates`]: the statistics form as the province has it.
//! * [`web`], [`pages`]: what the province's officers see.
//! * [`cli`]: every command but `serve` works on the data folder directly, beside `serve` too.

pub mod blobs;
pub mod bundle;
pub mod ca;
pub mod cli;
pub mod grpc;
pub mod http2;
pub mod hub;
pub mod identity;
pub mod ingest;
pub mod pages;
pub mod press;
pub mod projector;
pub mod proof;
pub mod recent;
pub mod rules;
pub mod serve;
pub mod session;
pub mod templates;
pub mod tls;
pub mod web;
