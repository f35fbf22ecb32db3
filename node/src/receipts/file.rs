//! The receipt file: JSON that verifies with nothing but the hub's public key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keng_desk::clock::rfc3339;
use keng_domain::id::Lsn;
use keng_proto::{Receipt, TreeHead};
use keng_sync::entry::{FeedId, Hash};
use keng_sync::head::PublicKey;
use keng_sync::limits::PROOF_HASHES_MAX;
use keng_sync::receipt::{Holding, NotProven, verify};
use prost::Message;
use serde::{Deserialize, Serialize};

/// What the first line says: another number is another meaning.
pub const FORMAT: &str = "keng receipt 1";

/// The largest file that is read. An entry takes a kilobyte: a unit's whole work of many years.
pub const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Receipts for entries, with proofs that they are in the log of one tree head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptFile {
    /// [`FORMAT`].
    pub format: String,
    /// The province's code. A label: nobody has signed it.
    pub province: String,
    /// The unit's code. A label: what is signed is the incarnation.
    pub unit: String,
    /// The node. A label.
    pub node: String,
    /// Ed25519, 64 hexadecimal digits. To be compared with the one that `keng-hub status` prints.
    pub hub_public_key: String,
    /// A signed `TreeHead`, in base 64.
    pub tree_head: String,
    /// Signed `Receipt`s, in base 64, each once.
    pub receipts: Vec<String>,
    /// The entries.
    pub entries: Vec<EntryLine>,
}

/// One entry that the hub holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryLine {
    /// Its hash; `trace` names it beside each value that the entry carries.
    pub entry: String,
    /// Who wrote it: 32 hexadecimal digits.
    pub incarnation: String,
    /// The scope of its feed.
    pub scope: String,
    /// Its place in its feed.
    pub seq: u64,
    /// Its place in the hub's log, counted from 1.
    pub lsn: u64,
    /// When it arrived, for people.
    pub received_at: String,
    /// The same, milliseconds since 1970: this is what the log holds.
    pub received_at_ms: i64,
    /// Which of `receipts` covers it, counted from 0.
    pub receipt: usize,
    /// That it is in the log: hashes of 32 bytes one after the other, in base 64.
    pub inclusion: String,
}

impl EntryLine {
    /// What is claimed of an entry, with its receipt's place in the file.
    #[must_use]
    pub fn of(holding: &Holding, receipt: usize) -> Self {
        Self {
            entry: hex::encode(holding.hash),
            incarnation: holding.feed.incarnation.to_string(),
            scope: holding.feed.scope.to_string(),
            seq: holding.seq,
            lsn: holding.lsn.0,
            received_at: rfc3339(holding.received_at_ms),
            received_at_ms: holding.received_at_ms,
            receipt,
            inclusion: to_base64(&holding.inclusion.concat()),
        }
    }

    fn holding(&self) -> Option<Holding> {
        let hash: Hash = hex::decode(&self.entry).ok()?.try_into().ok()?;
        let inclusion = from_base64(&self.inclusion)?;
        if inclusion.len() % 32 != 0 || inclusion.len() > 32 * PROOF_HASHES_MAX {
            return None;
        }
        Some(Holding {
            feed: FeedId { incarnation: self.incarnation.parse().ok()?, scope: self.scope.parse().ok()? },
            seq: self.seq,
            hash,
            lsn: Lsn(self.lsn),
            received_at_ms: self.received_at_ms,
            inclusion: inclusion.chunks_exact(32).filter_map(|hash| hash.try_into().ok()).collect(),
        })
    }
}

/// What a file proves.
#[derive(Debug, Clone, PartialEq)]
pub struct Proven {
    /// The hub's key: from whom it was trusted is for the caller to say.
    pub hub: PublicKey,
    /// The log that holds the entries.
    pub tree_head: TreeHead,
    /// When each entry's receipt was signed, in the order of the file.
    pub receipts_at_ms: Vec<i64>,
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not a receipt file at all, or of a later version.
    #[error("not a receipt file: {0}")]
    NotAFile(String),
    /// A field that cannot be read.
    #[error("{what} cannot be read")]
    Field {
        /// Which, with the number of its entry.
        what: String,
    },
    /// It is of another hub than the trusted one.
    #[error("the file is of another hub")]
    ForeignHub,
    /// No entry in it.
    #[error("the file names no entry")]
    Empty,
    /// An entry that is not proven.
    #[error("entry {n}: {why}")]
    Entry {
        /// Counted from 1.
        n: usize,
        /// Why not.
        why: NotProven,
    },
    /// The time for people is not the time that the log holds.
    #[error("entry {n}: received_at is another time than received_at_ms")]
    Time {
        /// Counted from 1.
        n: usize,
    },
}

impl ReceiptFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Wrong::NotAFile`].
    pub fn read(bytes: &[u8]) -> Result<Self, Wrong> {
        let file: Self = serde_json::from_slice(bytes).map_err(|e| Wrong::NotAFile(e.to_string()))?;
        if file.format == FORMAT { Ok(file) } else { Err(Wrong::NotAFile(file.format)) }
    }

    /// Verifies everything that somebody has signed in it. With `trusted`, the key must be that one.
    ///
    /// # Errors
    /// What is wrong, the first of several.
    pub fn verify(&self, trusted: Option<&PublicKey>) -> Result<Proven, Wrong> {
        let field = |what: &str| Wrong::Field { what: what.to_owned() };
        let hub = hex::decode(&self.hub_public_key).ok().and_then(|key| PublicKey::from_slice(&key).ok());
        let hub = hub.ok_or_else(|| field("hub_public_key"))?;
        if trusted.is_some_and(|trusted| *trusted != hub) {
            return Err(Wrong::ForeignHub);
        }
        let head = from_base64(&self.tree_head).and_then(|bytes| TreeHead::decode(bytes.as_slice()).ok());
        let tree_head = head.ok_or_else(|| field("tree_head"))?;
        let receipts: Option<Vec<Receipt>> =
            self.receipts.iter().map(|text| Receipt::decode(from_base64(text)?.as_slice()).ok()).collect();
        let receipts = receipts.ok_or_else(|| field("receipts"))?;
        if self.entries.is_empty() {
            return Err(Wrong::Empty);
        }
        let mut receipts_at_ms = Vec::with_capacity(self.entries.len());
        for (n, line) in (1..).zip(&self.entries) {
            let holding = line.holding().ok_or_else(|| field(&format!("entries {n}")))?;
            let receipt = receipts.get(line.receipt).ok_or_else(|| field(&format!("entries {n} receipt")))?;
            verify(&holding, receipt, &tree_head, &hub).map_err(|why| Wrong::Entry { n, why })?;
            if line.received_at != rfc3339(line.received_at_ms) {
                return Err(Wrong::Time { n });
            }
            receipts_at_ms.push(receipt.received_at_ms);
        }
        Ok(Proven { hub, tree_head, receipts_at_ms })
    }
}

impl Wrong {
    /// What is wrong, for officers.
    #[must_use]
    pub fn in_vietnamese(&self) -> String {
        match self {
            Self::NotAFile(why) => {
                format!("Tệp này không phải tệp biên nhận của Kẻng, hoặc thuộc phiên bản khác ({why}).")
            }
            Self::Field { what } => format!("Tệp biên nhận hỏng: không đọc được “{what}”."),
            Self::ForeignHub => {
                "Khóa trong tệp không phải khóa của trạm tỉnh: tệp của trạm khác, hoặc bị làm giả.".to_owned()
            }
            Self::Empty => "Tệp biên nhận không có mục nào.".to_owned(),
            Self::Entry { n, why } => format!("Sai ở mục thứ {n} của tệp: {}.", not_proven(*why)),
            Self::Time { n } => format!("Sai ở mục thứ {n} của tệp: giờ nhận ghi cho người đọc khác giờ trong sổ cái."),
        }
    }
}

fn not_proven(why: NotProven) -> &'static str {
    match why {
        NotProven::ReceiptSignature => "biên nhận không phải do trạm tỉnh này ký, hoặc đã bị sửa",
        NotProven::TreeHeadSignature => "đầu sổ cái không phải do trạm tỉnh này ký, hoặc đã bị sửa",
        NotProven::NotCovered => "biên nhận không nói về mục này",
        NotProven::Root => "đầu sổ cái không có gốc hợp lệ",
        NotProven::NotInLog(_) => "mục không nằm ở vị trí đó của sổ cái với giờ nhận đó",
    }
}

/// Bytes as base 64 (RFC 4648, with padding).
#[must_use]
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The other half of [`to_base64`].
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests;
