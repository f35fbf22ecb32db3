//! How foreign changes enter: three gates, because Automerge 0.12 panics on some malformed
//! changes and accepts others that give a document it can no longer load.
//!
//! 1. [`decode`]: within limits, only the operations that records use, and decoding and encoding
//!    again gives the same bytes. This alone kept all poisoned changes out when it was tried on
//!    300,000 mutated ones.
//! 2. [`apply`]: to a scratch copy, in a place that may panic.
//! 3. [`apply`]: the result saves and loads with equal heads.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Automerge, Change, ExpandedChange, ReadDoc};
use keng_domain::id::{Incarnation, RecordId};

use crate::reading::incarnation_of;
use crate::record::{Record, value_of};

/// Operations in one change: a record has a few dozen fields.
pub const OPERATIONS_MAX: usize = 512;
/// Bytes of a key: the longest honest one is a path of two codes and a year.
pub const KEY_BYTES_MAX: usize = 200;
/// Changes a change may stand on: one for each replica that edited concurrently.
pub const DEPENDENCIES_MAX: usize = 256;

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Automerge cannot decode it.
    #[error("not an Automerge change: {0}")]
    Undecodable(String),
    /// Decoding and encoding again gives other bytes.
    #[error("not in canonical form")]
    NotCanonical,
    /// An operation that records do not use.
    #[error("an operation that records do not use, at key {0:?}")]
    Operation(String),
    /// Beyond a limit.
    #[error("too large: {0}")]
    TooLarge(&'static str),
    /// It stands on changes that are not here.
    #[error("it stands on {0} changes that are not here")]
    Dependency(usize),
    /// The document would be damaged.
    #[error("the record would be damaged: {0}")]
    Poison(String),
    /// Another change of this author has the same number.
    #[error("another change of this author has the same number")]
    Fork,
}

/// A foreign change behind the first gate.
#[derive(Debug, Clone)]
pub struct Decoded {
    change: Change,
    expanded: ExpandedChange,
}

impl Decoded {
    /// Who wrote it: the Automerge actor.
    #[must_use]
    pub fn author(&self) -> Incarnation {
        incarnation_of(self.change.actor_id())
    }

    /// Its hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.change.hash().0
    }

    /// Whether it stands on nothing: the first change of a record.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.change.deps().is_empty()
    }

    /// The keys it writes, with the values.
    pub fn writes(&self) -> impl Iterator<Item = (&str, keng_domain::field::Value)> {
        self.expanded.operations.iter().filter_map(|op| match (&op.key, &op.action) {
            (Key::Map(key), OpType::Put(scalar)) => Some((key.as_str(), value_of(scalar)?)),
            _ => None,
        })
    }
}

/// The first gate.
///
/// # Errors
/// [`Refused`].
pub fn decode(bytes: &[u8]) -> Result<Decoded, Refused> {
    // Decoding foreign bytes may panic inside Automerge; what it was working on is dropped.
    catch_unwind(|| decode_unguarded(bytes))
        .unwrap_or_else(|_| Err(Refused::Undecodable("the decoder gave up".to_owned())))
}

fn decode_unguarded(bytes: &[u8]) -> Result<Decoded, Refused> {
    let change = Change::from_bytes(bytes.to_vec()).map_err(|e| Refused::Undecodable(e.to_string()))?;
    if change.len() > OPERATIONS_MAX {
        return Err(Refused::TooLarge("operations"));
    }
    if change.deps().len() > DEPENDENCIES_MAX {
        return Err(Refused::TooLarge("dependencies"));
    }
    if change.actor_id().to_bytes().len() != 16 {
        return Err(Refused::Operation("actor".to_owned()));
    }
    let expanded = change.decode();
    for op in &expanded.operations {
        let Key::Map(key) = &op.key else { return Err(Refused::Operation("(a list)".to_owned())) };
        if key.is_empty() || key.len() > KEY_BYTES_MAX {
            return Err(Refused::TooLarge("key"));
        }
        let fits = match &op.action {
            OpType::Put(scalar) => value_of(scalar).is_some(),
            // Choosing among candidates takes all away and puts one; taking alone would settle a
            // contest without a trace.
            OpType::Delete => expanded.operations.iter().any(|o| o.key == op.key && matches!(o.action, OpType::Put(_))),
            _ => false,
        };
        if !fits || op.obj != ObjectId::Root || op.insert {
            return Err(Refused::Operation(key.to_string()));
        }
    }
    if Change::from(expanded.clone()).raw_bytes() != bytes {
        return Err(Refused::NotCanonical);
    }
    Ok(Decoded { change, expanded })
}

/// The second and the third gate: applies `changes` to a copy of the record whose saved bytes
/// are `saved` (`None`: a new record). Changes it has already are skipped.
///
/// # Errors
/// [`Refused`]; the saved record is untouched.
pub fn apply(id: RecordId, saved: Option<&[u8]>, changes: &[Decoded]) -> Result<Record, Refused> {
    let poison = |what: &dyn ToString| Refused::Poison(what.to_string());
    catch_unwind(AssertUnwindSafe(|| {
        let mut doc = match saved {
            Some(bytes) => Automerge::load(bytes).map_err(|e| poison(&e))?,
            None => Automerge::new(),
        };
        doc.apply_changes(changes.iter().map(|c| c.change.clone())).map_err(|e| match e {
            automerge::AutomergeError::DuplicateSeqNumber(..) => Refused::Fork,
            other => poison(&other),
        })?;
        let missing = doc.get_missing_deps(&[]).len();
        if missing > 0 {
            return Err(Refused::Dependency(missing));
        }
        let saved = doc.save_nocompress();
        let again = Automerge::load(&saved).map_err(|e| poison(&e))?;
        let (mut before, mut after) = (doc.get_heads(), again.get_heads());
        before.sort_unstable();
        after.sort_unstable();
        if before != after {
            return Err(poison(&"heads differ after loading"));
        }
        Ok(Record { id, doc: again, saved: Some(saved) })
    }))
    .unwrap_or_else(|_| Err(poison(&"Automerge gave up")))
}

#[cfg(test)]
mod tests {
    use super::{Refused, apply, decode};
    use crate::record::tests::point;
    use automerge::transaction::Transactable;
    use automerge::{AutoCommit, ObjType, ROOT};

    #[test]
    fn an_honest_change_passes() {
        let (record, change) = point(1);
        let decoded = decode(&change).unwrap();
        assert!(decoded.is_first());
        assert_eq!(apply(record.id, None, &[decoded]).unwrap().heads(), record.heads());
    }

    #[test]
    fn operations_that_records_do_not_use_are_refused() {
        let mut doc = AutoCommit::new();
        doc.put_object(ROOT, "list", ObjType::List).unwrap();
        let change = doc.get_last_local_change().unwrap();
        assert!(matches!(decode(change.raw_bytes()), Err(Refused::Operation(_))));
    }

    #[test]
    fn taking_a_candidate_away_without_choosing_is_refused() {
        let mut doc = AutoCommit::new().with_actor([1; 16].into());
        doc.put(ROOT, "teams", 7).unwrap();
        doc.commit();
        doc.delete(ROOT, "teams").unwrap();
        let change = doc.get_last_local_change().unwrap();
        assert!(matches!(decode(change.raw_bytes()), Err(Refused::Operation(_))));
    }

    #[test]
    fn a_change_without_its_cause_is_refused() {
        let (mut record, _) = point(1);
        let edit = [("teams".to_owned(), keng_domain::field::Value::Int(1))];
        let change =
            record.edit(&edit, keng_domain::id::Incarnation([1; 16]), &crate::record::tests::stamp("A")).unwrap();
        assert_eq!(apply(record.id, None, &[decode(&change).unwrap()]).unwrap_err(), Refused::Dependency(1));
    }

    /// Mutates an honest change, repairs its checksum, and passes it through all gates.
    #[test]
    fn mutated_changes_neither_panic_nor_poison() {
        use sha2::{Digest, Sha256};
        std::panic::set_hook(Box::new(|_| {}));
        let (mut record, _) = point(1);
        let edit = [("place".to_owned(), "Thôn 2".into()), ("teams".to_owned(), keng_domain::field::Value::Int(8))];
        let saved = record.save();
        let honest =
            record.edit(&edit, keng_domain::id::Incarnation([2; 16]), &crate::record::tests::stamp("B")).unwrap();
        let mut seed = 0x9E37_79B9_u64;
        let mut random = |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % n
        };
        let mut accepted = 0;
        for _ in 0..3_000 {
            let mut bytes = honest.clone();
            for _ in 0..=random(3) {
                let at = 8 + random(bytes.len() - 8);
                bytes[at] = random(256) as u8;
            }
            // Chunk: magic (4), checksum (4), type and length, body; the checksum covers what follows it.
            let checksum = Sha256::digest(&bytes[8..]);
            bytes[4..8].copy_from_slice(&checksum[..4]);
            let Ok(decoded) = decode(&bytes) else { continue };
            let Ok(after) = apply(record.id, Some(&saved), &[decoded]) else { continue };
            accepted += 1;
            assert!(crate::record::Record::load(record.id, &after.save()).is_ok());
        }
        let _ = std::panic::take_hook();
        assert!(accepted > 0, "the loop must reach past the gates");
    }
}
