//! What a sync may cost: measured against the very changes that it carries.

use anyhow::Result;
use keng_proto::EntryBody;
use keng_sync::entry::Entry;
use prost::Message;

/// The strongest level that people use; the wire packs at a lower one.
const ZSTD_LEVEL: i32 = 19;
/// What names the record of a change.
const RECORD_ID_BYTES: u64 = 16;
/// Handshake, signatures, frames: 4 KB, however much is sent.
const ONCE_BYTES: u64 = 4_000;

/// The changes of some entries, and the least that they could be on a wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    /// Automerge changes.
    pub changes: u64,
    /// Their raw bytes.
    pub raw: u64,
    /// All of them concatenated, compressed with zstd -19.
    pub packed: u64,
}

impl Floor {
    /// Of the changes in `entries`.
    pub fn of(entries: &[Entry]) -> Result<Self> {
        let mut changes = Vec::new();
        for entry in entries {
            let body = EntryBody::decode(entry.body.clone().unwrap_or_default())?;
            changes.extend(body.changes.into_iter().map(|c| c.change));
        }
        Self::of_changes(&changes)
    }

    fn of_changes<T: AsRef<[u8]>>(changes: &[T]) -> Result<Self> {
        let raw: Vec<u8> = changes.iter().flat_map(AsRef::as_ref).copied().collect();
        let packed = zstd::bulk::compress(&raw, ZSTD_LEVEL)?.len() as u64;
        Ok(Self { changes: changes.len() as u64, raw: raw.len() as u64, packed })
    }

    /// Bytes that a sync of these changes may take, both directions, TLS included: 1.3 times the
    /// packed changes with 16 bytes each, and 4 KB.
    pub fn allowed(&self) -> u64 {
        13 * (self.packed + RECORD_ID_BYTES * self.changes) / 10 + ONCE_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::Floor;

    #[test]
    fn the_allowance_grows_with_changes_and_their_packed_bytes() {
        let allowed = |changes, packed| Floor { changes, raw: 0, packed }.allowed();
        assert_eq!(allowed(0, 0), 4_000);
        assert_eq!(allowed(500, 19_500), 4_000 + 13 * (19_500 + 8_000) / 10);
    }

    #[test]
    fn equal_changes_pack_to_little_and_random_ones_to_themselves() {
        let equal = Floor::of_changes(&[[7; 100]; 50]).unwrap();
        assert_eq!((equal.changes, equal.raw), (50, 5_000));
        assert!(equal.packed < 50, "{}", equal.packed);
        let noise: Vec<[u8; 32]> = (0..50_u8).map(|n| sha2::Sha256::digest([n]).into()).collect();
        assert!(Floor::of_changes(&noise).unwrap().packed >= 1_600);
    }

    use sha2::Digest;
}
