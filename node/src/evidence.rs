//! Evidence files: two statements that the hub has signed about one log and that do not fit.

use bytes::Bytes;
use keng_desk::clock::rfc3339;
use keng_proto::TreeHead;
use keng_store::evidence::KeptEvidence;
use keng_sync::head::{PublicKey, verify_tree_head};
use keng_sync::session::client::{Evidence, KnownTree, Reason};
use prost::Message;
use serde::{Deserialize, Serialize};

use crate::receipts::file::{from_base64, to_base64};

/// What the first line says: another number is another meaning.
pub const FORMAT: &str = "keng evidence 1";

/// The largest file that is read: two statements and a proof are a few kilobytes.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// One contradiction, to be shown to anyone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// [`FORMAT`].
    pub format: String,
    /// The unit that met it. A label, as are all fields but `kept`, `shown` and `proof`.
    pub unit: String,
    /// Its node.
    pub node: String,
    /// When it was first met, by that node's clock.
    pub found_at: String,
    /// Ed25519, 64 hexadecimal digits.
    pub hub_public_key: String,
    /// The signed `TreeHead` that was shown and verified before, in base 64.
    pub kept: String,
    /// The signed `TreeHead` that was shown later, in base 64.
    pub shown: String,
    /// What the hub sent as proof that one leads to the other: hashes in base 64.
    pub proof: Vec<String>,
}

/// What two statements come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Two logs of one size: nothing can explain it.
    TwoLogs,
    /// The log has become shorter.
    Shrunk,
    /// The log is longer, and the proof that came with it does not show that it continues the other.
    NotContinued,
}

/// Why a file is no evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoEvidence {
    /// Not an evidence file at all, or a damaged one.
    #[error("not an evidence file: {0}")]
    NotAFile(String),
    /// It is of another hub than the trusted one.
    #[error("the file is of another hub")]
    ForeignHub,
    /// A statement that the hub has not signed.
    #[error("a statement is not signed by this hub")]
    Signature,
    /// The later statement continues the earlier one, or is of another epoch.
    #[error("the statements do not contradict each other")]
    Consistent,
}

impl EvidenceFile {
    /// The file of a kept contradiction.
    #[must_use]
    pub fn of(kept: &KeptEvidence, hub: &PublicKey, unit: String, node: String) -> Self {
        Self {
            format: FORMAT.to_owned(),
            unit,
            node,
            found_at: rfc3339(kept.first_ms),
            hub_public_key: hex::encode(hub.as_bytes()),
            kept: to_base64(&kept.evidence.kept.encode_to_vec()),
            shown: to_base64(&kept.evidence.shown.encode_to_vec()),
            proof: kept.evidence.proof.iter().map(|hash| to_base64(hash)).collect(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`NoEvidence::NotAFile`].
    pub fn read(bytes: &[u8]) -> Result<Self, NoEvidence> {
        let file: Self = serde_json::from_slice(bytes).map_err(|e| NoEvidence::NotAFile(e.to_string()))?;
        if file.format == FORMAT { Ok(file) } else { Err(NoEvidence::NotAFile(file.format)) }
    }

    /// Verifies that the hub has signed both statements and that they contradict each other.
    ///
    /// # Errors
    /// Why it is no evidence.
    pub fn verify(&self, trusted: Option<&PublicKey>) -> Result<(Contradiction, Evidence), NoEvidence> {
        let unreadable = |what: &str| NoEvidence::NotAFile(what.to_owned());
        let hub = hex::decode(&self.hub_public_key).ok().and_then(|key| PublicKey::from_slice(&key).ok());
        let hub = hub.ok_or_else(|| unreadable("hub_public_key"))?;
        if trusted.is_some_and(|trusted| *trusted != hub) {
            return Err(NoEvidence::ForeignHub);
        }
        let head = |text: &str| from_base64(text).and_then(|bytes| TreeHead::decode(bytes.as_slice()).ok());
        let kept = head(&self.kept).ok_or_else(|| unreadable("kept"))?;
        let shown = head(&self.shown).ok_or_else(|| unreadable("shown"))?;
        let proof: Option<Vec<Bytes>> = self.proof.iter().map(|hash| from_base64(hash).map(Bytes::from)).collect();
        let proof = proof.ok_or_else(|| unreadable("proof"))?;
        verify_tree_head(&kept, &hub).map_err(|_| NoEvidence::Signature)?;
        let contradiction = match KnownTree::new(Some(kept.clone())).take(&shown, &proof, &hub) {
            Err(Reason::Inconsistent { known, shown }) if known == shown => Contradiction::TwoLogs,
            Err(Reason::Inconsistent { .. }) => Contradiction::NotContinued,
            Err(Reason::HubBehind { .. }) => Contradiction::Shrunk,
            Err(Reason::Signature { .. }) => return Err(NoEvidence::Signature),
            Err(_) => return Err(unreadable("shown")),
            Ok(()) => return Err(NoEvidence::Consistent),
        };
        Ok((contradiction, Evidence { kept, shown, proof }))
    }
}

impl Contradiction {
    /// For officers.
    #[must_use]
    pub fn in_vietnamese(self) -> &'static str {
        match self {
            Self::TwoLogs => "hai sổ cái khác nhau có cùng số mục",
            Self::Shrunk => "sổ cái đưa ra sau ngắn hơn sổ cái đã ký trước",
            Self::NotContinued => "sổ cái đưa ra sau không nối tiếp được sổ cái đã ký trước",
        }
    }
}

impl NoEvidence {
    /// For officers.
    #[must_use]
    pub fn in_vietnamese(&self) -> String {
        match self {
            Self::NotAFile(why) => format!("Tệp này không phải tệp bằng chứng của Kẻng, hoặc đã hỏng ({why})."),
            Self::ForeignHub => {
                "Khóa trong tệp không phải khóa của trạm tỉnh: tệp của trạm khác, hoặc bị làm giả.".to_owned()
            }
            Self::Signature => "Tệp có lời không phải do trạm tỉnh này ký, hoặc đã bị sửa.".to_owned(),
            Self::Consistent => "Hai lời đã ký trong tệp không mâu thuẫn nhau: không phải bằng chứng.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Contradiction, EvidenceFile, NoEvidence};
    use bytes::Bytes;
    use keng_proto::TreeHead;
    use keng_store::evidence::KeptEvidence;
    use keng_sync::head::{SigningKey, sign_tree_head};
    use keng_sync::merkle::proof::write_proof;
    use keng_sync::merkle::{LogLeaf, Tree};
    use keng_sync::session::client::Evidence;

    /// A log of `size` entries, those from `from` on written otherwise when `forked`.
    fn tree(size: u64, forked_from: u64) -> Tree {
        let mut tree = Tree::new();
        for n in 0..size {
            tree.push(&LogLeaf { hash: [n as u8; 32], received_at_ms: i64::from(n >= forked_from) });
        }
        tree
    }

    fn file(kept: &Tree, shown: &Tree, key: &SigningKey) -> EvidenceFile {
        let head = |tree: &Tree| {
            let root = Bytes::copy_from_slice(&tree.root());
            let head = TreeHead { epoch: vec![1; 16].into(), size: tree.len(), root, ..TreeHead::default() };
            sign_tree_head(key, head)
        };
        let proof = write_proof(&shown.consistency_proof(kept.len(), shown.len()).unwrap_or_default());
        let evidence = Evidence { kept: head(kept), shown: head(shown), proof };
        let kept = KeptEvidence { id: 1, evidence, first_ms: 1_668_000_000_000, last_ms: 2, times: 1 };
        EvidenceFile::of(&kept, &key.public(), "610".into(), "610-1".into())
    }

    #[test]
    fn a_contradiction_is_told_in_kind_and_honest_growth_is_none() {
        let key = SigningKey::from_seed(&[7; 32]);
        let check = |kept: (u64, u64), shown: (u64, u64), expected: Result<Contradiction, NoEvidence>| {
            let file = file(&tree(kept.0, kept.1), &tree(shown.0, shown.1), &key);
            let read = EvidenceFile::read(&serde_json::to_vec(&file).unwrap()).unwrap();
            assert_eq!(read.verify(Some(&key.public())).map(|(contradiction, _)| contradiction), expected);
        };
        check((9, 99), (9, 4), Ok(Contradiction::TwoLogs));
        check((9, 99), (7, 99), Ok(Contradiction::Shrunk));
        check((9, 99), (12, 4), Ok(Contradiction::NotContinued));
        check((9, 99), (12, 99), Err(NoEvidence::Consistent));
        check((9, 99), (12, 10), Err(NoEvidence::Consistent));
    }

    #[test]
    fn nobody_can_make_evidence_against_a_hub_but_the_hub() {
        let (hub, other) = (SigningKey::from_seed(&[7; 32]), SigningKey::from_seed(&[8; 32]));
        let forged = file(&tree(9, 99), &tree(9, 4), &other);
        assert_eq!(forged.verify(Some(&hub.public())), Err(NoEvidence::ForeignHub));
        let forged = EvidenceFile { hub_public_key: hex::encode(hub.public().as_bytes()), ..forged };
        assert_eq!(forged.verify(Some(&hub.public())), Err(NoEvidence::Signature));
        let genuine = file(&tree(9, 99), &tree(9, 4), &hub);
        let mixed = EvidenceFile { shown: forged.shown, ..genuine };
        assert_eq!(mixed.verify(None), Err(NoEvidence::Signature));
    }
}
