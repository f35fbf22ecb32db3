//! Signed statements: where feeds stand, what the hub holds, what its whole log is.
//!
//! A signature is Ed25519 over a prefix that names the kind of statement, followed by the
//! message as it is encoded without its signature. The prefix keeps a signature of one kind from
//! being shown as another. A program that does not know a field of a signed message cannot
//! verify it: a new field in one of these messages is a new prefix.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use ed25519_dalek::{Signer, VerifyingKey};
use keng_domain::id::Incarnation;
use keng_domain::scope::Scope;
use keng_proto::{BundleTrailer, FeedHead, Introduction, Receipt, SignedHeads, TreeHead};
use prost::Message;
use sha2::{Digest, Sha256};

use crate::entry::{Entry, Hash, Seq};

/// Signs the heads of one incarnation, or the receipts and tree heads of a hub.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key that grows from 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The bytes it grew from. Secret: for the key file only.
    #[must_use]
    pub fn to_seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// What others verify with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes that are no message of the wire, e.g. the proof in a request to join.
    /// `prefix` names their kind and ends in a zero byte.
    #[must_use]
    pub fn sign_bytes(&self, prefix: &[u8], bytes: &[u8]) -> [u8; 64] {
        self.0.sign(&[prefix, bytes].concat()).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(of {:?})", self.public())
    }
}

/// Verifies what a [`SigningKey`] signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Takes the bytes of a key.
    ///
    /// # Errors
    /// When they are not 32, or no point of the curve, or a weak one.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, BadPublicKey> {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| BadPublicKey)?;
        match VerifyingKey::from_bytes(&bytes) {
            Ok(key) if !key.is_weak() => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err(BadPublicKey),
        }
    }

    /// Its 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The other half of [`SigningKey::sign_bytes`].
    ///
    /// # Errors
    /// When the signature is not this key's over these bytes.
    pub fn verify_bytes(&self, prefix: &[u8], bytes: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| BadSignature)?;
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| BadSignature)?;
        key.verify_strict(&[prefix, bytes].concat(), &signature).map_err(|_| BadSignature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        for byte in &self.0[..4] {
            write!(f, "{byte:02x}")?;
        }
        f.write_str("…)")
    }
}

/// Bytes that are no Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key")]
pub struct BadPublicKey;

/// A signature that is missing, malformed or somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not this key's over this statement")]
pub struct BadSignature;

/// A head that names no scope, or carries no hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the head of a feed: {0:?}")]
pub struct BadHead(pub String);

/// The head of a feed, for the wire.
#[must_use]
pub fn feed_head(scope: &Scope, seq: Seq, hash: &Hash) -> FeedHead {
    FeedHead { scope: scope.to_string(), seq, hash: Bytes::copy_from_slice(hash) }
}

/// The head of a feed, from the wire.
///
/// # Errors
/// When the scope is none, the hash is not 32 bytes, or the seq is 0.
pub fn read_feed_head(head: &FeedHead) -> Result<(Scope, Seq, Hash), BadHead> {
    let bad = || BadHead(head.scope.clone());
    let scope = head.scope.parse().map_err(|_| bad())?;
    let hash = head.hash.as_ref().try_into().map_err(|_| bad())?;
    if head.seq == 0 { Err(bad()) } else { Ok((scope, head.seq, hash)) }
}

/// The head of each feed of one incarnation as it stands after `entries`, in the order of scopes.
#[must_use]
pub fn last_heads<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<FeedHead> {
    let last: BTreeMap<&Scope, &Entry> = entries.map(|entry| (&entry.feed.scope, entry)).collect();
    last.into_iter().map(|(scope, entry)| feed_head(scope, entry.seq, &entry.hash)).collect()
}

/// States that the feeds of `incarnation` stand at `heads`.
#[must_use]
pub fn sign_heads(key: &SigningKey, incarnation: Incarnation, heads: Vec<FeedHead>, at_ms: i64) -> SignedHeads {
    let incarnation = Bytes::copy_from_slice(&incarnation.0);
    sign(key, SignedHeads { incarnation, heads, at_ms, signature: Bytes::new() })
}

/// Whether `key`, the incarnation's, signed these heads.
///
/// # Errors
/// When it did not.
pub fn verify_heads(heads: &SignedHeads, key: &PublicKey) -> Result<(), BadSignature> {
    verify(heads, key)
}

const INTRODUCTION_PREFIX: &[u8] = b"keng introduction v1\0";

fn introduced(introduction: &Introduction) -> Vec<u8> {
    Introduction { by_previous: Bytes::new(), by_new: Bytes::new(), ..introduction.clone() }.encode_to_vec()
}

/// Presents a life of a data folder: signed by its key, and by that of the life before it.
#[must_use]
pub fn introduce(key: &SigningKey, previous: Option<&SigningKey>, introduction: Introduction) -> Introduction {
    let bytes = introduced(&introduction);
    let sign = |key: &SigningKey| Bytes::copy_from_slice(&key.sign_bytes(INTRODUCTION_PREFIX, &bytes));
    Introduction { by_new: sign(key), by_previous: previous.map(sign).unwrap_or_default(), ..introduction }
}

/// Whether the life that is introduced holds the key that it claims; returns that key.
///
/// # Errors
/// When it does not, or the key is none.
pub fn verify_introduction(introduction: &Introduction) -> Result<PublicKey, BadSignature> {
    let key = PublicKey::from_slice(&introduction.public_key).map_err(|_| BadSignature)?;
    key.verify_bytes(INTRODUCTION_PREFIX, &introduced(introduction), &introduction.by_new)?;
    Ok(key)
}

/// Whether the life before, whose key is `previous`, vouches for the one that is introduced: needed
/// where no TLS certificate says who is on the line.
///
/// # Errors
/// When it does not.
pub fn verify_succession(introduction: &Introduction, previous: &PublicKey) -> Result<(), BadSignature> {
    previous.verify_bytes(INTRODUCTION_PREFIX, &introduced(introduction), &introduction.by_previous)
}

/// Signs a receipt as the hub; a signature that is in it already is replaced.
#[must_use]
pub fn sign_receipt(key: &SigningKey, receipt: Receipt) -> Receipt {
    sign(key, receipt)
}

/// Whether `key`, the hub's, signed this receipt.
///
/// # Errors
/// When it did not.
pub fn verify_receipt(receipt: &Receipt, key: &PublicKey) -> Result<(), BadSignature> {
    verify(receipt, key)
}

/// Signs a tree head as the hub; a signature that is in it already is replaced.
#[must_use]
pub fn sign_tree_head(key: &SigningKey, tree_head: TreeHead) -> TreeHead {
    sign(key, tree_head)
}

/// Whether `key`, the hub's, signed this tree head.
///
/// # Errors
/// When it did not.
pub fn verify_tree_head(tree_head: &TreeHead, key: &PublicKey) -> Result<(), BadSignature> {
    verify(tree_head, key)
}

/// Signs the end of a bundle as its writer; by the hash in it, the whole file.
#[must_use]
pub fn sign_trailer(key: &SigningKey, trailer: BundleTrailer) -> BundleTrailer {
    sign(key, trailer)
}

/// Whether `key`, the writer's, signed the end of this bundle.
///
/// # Errors
/// When it did not.
pub fn verify_trailer(trailer: &BundleTrailer, key: &PublicKey) -> Result<(), BadSignature> {
    verify(trailer, key)
}

/// One hash over where feeds stand, whatever order they come in: two sides that hold the same
/// compute the same, and need not list their feeds.
#[must_use]
pub fn heads_digest<'a>(heads: impl Iterator<Item = (&'a Scope, Seq, &'a Hash)>) -> Hash {
    let mut heads: Vec<_> = heads.map(|(scope, seq, hash)| (scope.to_string(), seq, hash)).collect();
    heads.sort_unstable();
    let mut hasher = Sha256::new();
    hasher.update(b"keng heads digest v1\0");
    for (scope, seq, hash) in heads {
        hasher.update((scope.len() as u64).to_be_bytes());
        hasher.update(scope.as_bytes());
        hasher.update(seq.to_be_bytes());
        hasher.update(hash);
    }
    hasher.finalize().into()
}

/// [`heads_digest`] of heads as they travel; what is no head is left out.
#[must_use]
pub fn digest_of(heads: &[FeedHead]) -> Hash {
    let heads: Vec<_> = heads.iter().filter_map(|head| read_feed_head(head).ok()).collect();
    heads_digest(heads.iter().map(|(scope, seq, hash)| (scope, *seq, hash)))
}

/// A message of the wire that carries its own signature.
pub(crate) trait Signed: Message + Clone {
    const PREFIX: &'static [u8];
    fn signature(&mut self) -> &mut Bytes;
}

impl Signed for SignedHeads {
    const PREFIX: &'static [u8] = b"keng heads v1\0";
    fn signature(&mut self) -> &mut Bytes {
        &mut self.signature
    }
}

impl Signed for Receipt {
    const PREFIX: &'static [u8] = b"keng receipt v1\0";
    fn signature(&mut self) -> &mut Bytes {
        &mut self.signature
    }
}

impl Signed for TreeHead {
    const PREFIX: &'static [u8] = b"keng tree head v1\0";
    fn signature(&mut self) -> &mut Bytes {
        &mut self.signature
    }
}

impl Signed for BundleTrailer {
    const PREFIX: &'static [u8] = b"keng bundle v1\0";
    fn signature(&mut self) -> &mut Bytes {
        &mut self.signature
    }
}

pub(crate) fn sign<M: Signed>(key: &SigningKey, mut message: M) -> M {
    *message.signature() = Bytes::new();
    let signature = key.sign_bytes(M::PREFIX, &message.encode_to_vec());
    *message.signature() = Bytes::copy_from_slice(&signature);
    message
}

pub(crate) fn verify<M: Signed>(message: &M, key: &PublicKey) -> Result<(), BadSignature> {
    let mut unsigned = message.clone();
    let signature = std::mem::take(unsigned.signature());
    key.verify_bytes(M::PREFIX, &unsigned.encode_to_vec(), &signature)
}

#[cfg(test)]
mod tests {
    use super::{
        BadSignature, PublicKey, SigningKey, feed_head, heads_digest, introduce, read_feed_head, sign, sign_heads,
        sign_tree_head, verify_heads, verify_introduction, verify_succession, verify_tree_head,
    };
    use bytes::Bytes;
    use keng_domain::id::Incarnation;
    use keng_domain::scope::Scope;
    use keng_proto::{FeedHead, Introduction, Receipt, TreeHead};

    fn key(n: u8) -> SigningKey {
        SigningKey::from_seed(&[n; 32])
    }

    fn area(code: &str) -> Scope {
        format!("area:kontum-2022:{code}").parse().unwrap()
    }

    #[test]
    fn heads_verify_with_the_signer_s_key_and_with_no_other() {
        let signed = sign_heads(&key(1), Incarnation([1; 16]), vec![feed_head(&Scope::Province, 3, &[7; 32])], 5);
        assert_eq!(verify_heads(&signed, &key(1).public()), Ok(()));
        assert_eq!(verify_heads(&signed, &key(2).public()), Err(BadSignature));
    }

    #[test]
    fn every_altered_bit_of_a_statement_is_noticed() {
        let head = sign_tree_head(
            &key(1),
            TreeHead {
                epoch: vec![1; 16].into(),
                size: 2,
                root: vec![3; 32].into(),
                at_ms: 4,
                signature: Bytes::new(),
            },
        );
        let alterations: [fn(&mut TreeHead); 6] = [
            |h| h.size += 1,
            |h| h.at_ms += 1,
            |h| h.root = vec![4; 32].into(),
            |h| h.epoch = vec![1; 15].into(),
            |h| h.signature = h.signature.slice(..63),
            |h| h.signature = Bytes::new(),
        ];
        for alter in alterations {
            let mut altered = head.clone();
            alter(&mut altered);
            assert_eq!(verify_tree_head(&altered, &key(1).public()), Err(BadSignature));
        }
    }

    #[test]
    fn a_signature_of_one_kind_is_not_taken_for_another() {
        // The two messages encode to the same bytes: only the prefix tells them apart.
        let receipt = sign(&key(1), Receipt { epoch: vec![1; 16].into(), ..Receipt::default() });
        let head = TreeHead { epoch: receipt.epoch, signature: receipt.signature, ..TreeHead::default() };
        assert_eq!(verify_tree_head(&head, &key(1).public()), Err(BadSignature));
    }

    #[test]
    fn an_introduction_is_signed_by_the_new_life_and_vouched_for_by_the_old() {
        let claimed = Introduction {
            incarnation: vec![2; 16].into(),
            public_key: key(2).public().as_bytes().to_vec().into(),
            previous: vec![1; 16].into(),
            reason: "RESTORED".into(),
            ..Introduction::default()
        };
        let honest = introduce(&key(2), Some(&key(1)), claimed.clone());
        assert_eq!(verify_introduction(&honest), Ok(key(2).public()));
        assert_eq!(verify_succession(&honest, &key(1).public()), Ok(()));
        assert!(verify_succession(&honest, &key(3).public()).is_err());
        assert!(verify_introduction(&introduce(&key(3), Some(&key(1)), claimed)).is_err());
        let altered = Introduction { previous: vec![9; 16].into(), ..honest };
        assert!(verify_introduction(&altered).is_err() && verify_succession(&altered, &key(1).public()).is_err());
    }

    #[test]
    fn a_public_key_is_32_bytes_of_a_point_that_is_not_weak() {
        assert_eq!(PublicKey::from_slice(key(1).public().as_bytes()), Ok(key(1).public()));
        let mut off_the_curve = [0; 32];
        off_the_curve[0] = 2;
        for bad in [&[0; 32][..], &[1; 31], &off_the_curve] {
            assert!(PublicKey::from_slice(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_digest_depends_on_every_head_and_on_no_order() {
        let (a, b) = (area("23281"), area("23282"));
        let digest = |heads: &[(&Scope, u64, &[u8; 32])]| heads_digest(heads.iter().copied());
        let base = digest(&[(&a, 1, &[1; 32]), (&b, 2, &[2; 32])]);
        assert_eq!(base, digest(&[(&b, 2, &[2; 32]), (&a, 1, &[1; 32])]));
        for other in [
            digest(&[]),
            digest(&[(&a, 1, &[1; 32])]),
            digest(&[(&a, 2, &[1; 32]), (&b, 2, &[2; 32])]),
            digest(&[(&a, 1, &[9; 32]), (&b, 2, &[2; 32])]),
            digest(&[(&b, 1, &[1; 32]), (&a, 2, &[2; 32])]),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn a_head_reads_back_and_nonsense_does_not() {
        assert_eq!(read_feed_head(&feed_head(&area("1"), 9, &[3; 32])), Ok((area("1"), 9, [3; 32])));
        for (scope, seq, hash) in [("", 1, 32), ("province", 0, 32), ("province", 1, 31)] {
            assert!(read_feed_head(&FeedHead { scope: scope.into(), seq, hash: vec![0; hash].into() }).is_err());
        }
    }
}
