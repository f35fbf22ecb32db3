//! How lives of a data folder present themselves: as `shared/desk/src/life.rs` does it, with names and
//! keys that the run knows beforehand.

use bytes::Bytes;
use keng_domain::id::Incarnation;
use keng_proto::Introduction;
use keng_sync::head::{SigningKey, introduce};
use keng_sync::session::LifeReason;

/// A life that follows another one.
pub(super) fn present(
    old: &SigningKey,
    ended: Incarnation,
    key: &SigningKey,
    new: Incarnation,
    reason: LifeReason,
    now_ms: i64,
) -> Introduction {
    let claimed = Introduction { previous: Bytes::copy_from_slice(&ended.0), at_ms: now_ms, ..claim(key, new, reason) };
    introduce(key, Some(old), claimed)
}

/// A first life, before a hub that has forgotten it.
pub(super) fn present_first(key: &SigningKey, life: Incarnation) -> Introduction {
    introduce(key, None, claim(key, life, LifeReason::Joined))
}

fn claim(key: &SigningKey, life: Incarnation, reason: LifeReason) -> Introduction {
    Introduction {
        incarnation: Bytes::copy_from_slice(&life.0),
        public_key: Bytes::copy_from_slice(key.public().as_bytes()),
        reason: reason.to_string(),
        ..Introduction::default()
    }
}
