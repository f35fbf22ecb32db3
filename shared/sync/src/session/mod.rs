//! A session of a node ([`client`]) with the hub ([`hub`]): two state machines without I/O.
//!
//! An adapter (gRPC stream, file, simulator) gives events with the time and carries out the
//! effects **in their order**. Effects that ask for something are answered by an event, in the
//! order of asking; all others are carried out and forgotten.
//!
//! ```text
//! node                                        hub
//!   Hello (cursor, digest of own heads,
//!          last tree head)               ──▶   looks the incarnation up
//!   verifies tree head and proof         ◀──   Welcome (what it holds, only if digests differ)
//!   Push, Push, …  at most a window      ──▶   verifies, appends durably
//!   stores receipts                      ◀──   Receipt, Receipt, …
//!   stores entries                       ◀──   Pull, Pull, …  at most a window
//!   PullAck, PullAck, …                  ──▶   forgets what it kept for resending
//!                                        ◀──   CaughtUp; then the stream is the live tail
//! ```
//!
//! The log. Every tree head that the hub shows comes with the proof that its log begins with the
//! one shown before, in this session or the last. Where it does not, the node keeps both signed
//! heads as evidence and ends the session ([`crate::merkle::proof`]).
//!
//! Memory. Both windows bound what is under way, so that between honest peers never more than
//! [`OUTGOING_FRAMES_MAX`] frames wait to be written. An adapter queues that many and goes on
//! reading; when its queue is full, the peer does not read, and the adapter ends the session.
//! It never waits for room before it reads: two sides that do so wait for each other for ever.

pub mod client;
pub mod hub;

use std::fmt;

use crate::limits::WINDOW_BATCHES;

/// The version of the frames and of the order that they come in.
pub const PROTOCOL: u32 = 1;

/// One life of the hub's log: a hub restored from a copy begins another.
pub type Epoch = [u8; 16];

/// Frames that wait to be written, between honest peers: a window of pulls, as many receipts, as
/// many `CaughtUp` that came right after a pull and after a receipt; `Welcome`, the first
/// `CaughtUp`, `Goodbye`.
pub const OUTGOING_FRAMES_MAX: usize = 4 * WINDOW_BATCHES + 3;

/// A code on the wire that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no code that this version knows")]
pub struct UnknownCode(pub String);

/// A closed set of codes that travel as text.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$code_doc:meta])* $code:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$code_doc])* $code,)* }

        impl $name {
            /// Every code, in the order of this list.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// The code as it travels.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownCode;
            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text { $($text => Ok(Self::$code),)* _ => Err(UnknownCode(text.to_owned())) }
            }
        }
    };
}

codes! {
    /// Why the hub ended a session.
    GoodbyeCode {
        /// It speaks another version of the protocol.
        Version = "VERSION",
        /// It never enrolled this incarnation.
        UnknownIncarnation = "UNKNOWN_INCARNATION",
        /// The certificate is of no node of this hub, or of another than the incarnation's.
        NotEnrolled = "NOT_ENROLLED",
        /// The node was revoked.
        Revoked = "REVOKED",
        /// A frame that may not come now.
        OutOfTurn = "OUT_OF_TURN",
        /// A frame that breaks a limit or makes no sense.
        BadFrame = "BAD_FRAME",
        /// Signed heads that are not the incarnation's. Nothing of the push was kept.
        BadSignature = "BAD_SIGNATURE",
        /// The incarnation has written two histories.
        Fork = "FORK",
        /// Too many sessions, or a peer that does not read.
        Overloaded = "OVERLOADED",
        /// The hub stops; come back later.
        ShuttingDown = "SHUTTING_DOWN",
        /// The hub could not write. Nothing was acknowledged that is not there.
        Failed = "FAILED",
    }
}

codes! {
    /// Why a data folder began another life.
    LifeReason {
        /// It joined; there was no life before.
        Joined = "JOINED",
        /// It is older than what has been written under its name: an older copy was put back.
        Restored = "RESTORED",
        /// It stands where it was not written: another folder may go on under the same name.
        Copied = "COPIED",
        /// The hub holds other entries in the places of its own.
        Forked = "FORKED",
    }
}

codes! {
    /// Why an entry went to quarantine.
    RefusalCode {
        /// Its unit may not write in this scope.
        Scope = "SCOPE",
        /// The feed has another entry at this seq.
        Fork = "FORK",
        /// The chain from the entries before it does not lead to the signed head.
        Hash = "HASH",
        /// Entries before it are missing.
        Gap = "GAP",
        /// The head that covers it is not signed by its incarnation.
        Signature = "SIGNATURE",
        /// Its body is none, or holds a change that is not canonical or does not apply.
        Malformed = "MALFORMED",
        /// It breaks a limit.
        TooLarge = "TOO_LARGE",
        /// It holds a change of another author than its incarnation.
        ForeignActor = "FOREIGN_ACTOR",
        /// Its incarnation was never enrolled.
        UnknownIncarnation = "UNKNOWN_INCARNATION",
        /// It builds on a change that nobody has sent.
        Dependency = "DEPENDENCY",
        /// Its node was revoked before it arrived.
        Revoked = "REVOKED",
    }
}

#[cfg(test)]
mod tests {
    use super::{GoodbyeCode, LifeReason, RefusalCode, UnknownCode};

    #[test]
    fn codes_read_back_and_unknown_ones_are_told() {
        for code in GoodbyeCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        for code in RefusalCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        for code in LifeReason::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        assert_eq!("NEWER".parse::<GoodbyeCode>(), Err(UnknownCode("NEWER".into())));
    }
}
