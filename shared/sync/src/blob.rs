//! Files on their way: what the next frame is, how far the other side is, what it signs, and how
//! many bytes an hour may take. No file is opened here, and no clock read.
//!
//! A file is addressed by the SHA-256 of its content and sent in order, so how much of it the
//! other side holds is one number. After a cut the sender asks for that number and goes on there.

use bytes::Bytes;
use keng_domain::document::FileHash;
use keng_proto::{BlobOffer, BlobReceipt};

use crate::head::{BadSignature, PublicKey, Signed, SigningKey, sign, verify};
use crate::limits::{FILE_BYTES_MAX, FILE_CHUNK_BYTES, FILE_FRAME_BYTES, FILE_WINDOW_BYTES};

impl Signed for BlobReceipt {
    const PREFIX: &'static [u8] = b"keng blob receipt v1\0";
    fn signature(&mut self) -> &mut Bytes {
        &mut self.signature
    }
}

/// Signs a receipt for a file as the hub.
#[must_use]
pub fn sign_blob_receipt(key: &SigningKey, epoch: &[u8; 16], file: &File, received_at_ms: i64) -> BlobReceipt {
    let receipt = BlobReceipt {
        epoch: Bytes::copy_from_slice(epoch),
        hash: Bytes::copy_from_slice(&file.hash.0),
        bytes: file.bytes,
        received_at_ms,
        signature: Bytes::new(),
    };
    sign(key, receipt)
}

/// Whether `key`, the hub's, signed this receipt, and for this file.
///
/// # Errors
/// When it did not, or for another one.
pub fn verify_blob_receipt(receipt: &BlobReceipt, file: &File, key: &PublicKey) -> Result<(), BadSignature> {
    if receipt.hash != file.hash.0.as_slice() || receipt.bytes != file.bytes || receipt.epoch.len() != 16 {
        return Err(BadSignature);
    }
    verify(receipt, key)
}

/// A file by content and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct File {
    /// Its address.
    pub hash: FileHash,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A file or a frame that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The address is no SHA-256.
    #[error("the hash of a file has 32 bytes")]
    Hash,
    /// Empty, or above [`FILE_BYTES_MAX`].
    #[error("a file has 1 to {FILE_BYTES_MAX} bytes, not {0}")]
    Size(u64),
    /// A frame that does not go on where the last one ended.
    #[error("a frame begins at {got}, but {expected} was next")]
    Place {
        /// The next byte.
        expected: u64,
        /// Where the frame begins.
        got: u64,
    },
    /// A frame that is empty, too large, or runs over the end of the file.
    #[error("a frame of {0} bytes does not fit")]
    Frame(usize),
}

impl Refused {
    /// The code on the wire.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Hash => "MALFORMED",
            Self::Size(_) => "TOO_LARGE",
            Self::Place { .. } | Self::Frame(_) => "OUT_OF_PLACE",
        }
    }
}

impl File {
    /// The file that an offer names.
    ///
    /// # Errors
    /// [`Refused::Hash`], [`Refused::Size`].
    pub fn of_offer(offer: &BlobOffer) -> Result<Self, Refused> {
        let hash = FileHash::from_slice(&offer.hash).map_err(|_| Refused::Hash)?;
        if !(1..=FILE_BYTES_MAX).contains(&offer.bytes) {
            return Err(Refused::Size(offer.bytes));
        }
        Ok(Self { hash, bytes: offer.bytes })
    }

    /// How many pieces it has, for people.
    #[must_use]
    pub fn chunks(&self) -> u64 {
        self.bytes.div_ceil(FILE_CHUNK_BYTES)
    }

    /// How many whole pieces the first `have` bytes are; all of them only at the end.
    #[must_use]
    pub fn chunks_in(&self, have: u64) -> u64 {
        if have >= self.bytes { self.chunks() } else { have / FILE_CHUNK_BYTES }
    }
}

/// The receiving side of one file: takes frames in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    file: File,
    have: u64,
    durable: u64,
}

impl Arrival {
    /// Of `file`, of which the first `have` bytes are durable.
    #[must_use]
    pub fn new(file: File, have: u64) -> Self {
        let have = have.min(file.bytes);
        Self { file, have, durable: have }
    }

    /// Accepts the next frame of `len` bytes at `from`, and tells whether what is held should be
    /// made durable now: at the end of each chunk, and of the file.
    ///
    /// # Errors
    /// [`Refused::Place`], [`Refused::Frame`]; then nothing of it counts.
    pub fn take(&mut self, from: u64, len: usize) -> Result<bool, Refused> {
        if from != self.have {
            return Err(Refused::Place { expected: self.have, got: from });
        }
        let end = self.have + len as u64;
        if len == 0 || len > FILE_FRAME_BYTES || end > self.file.bytes {
            return Err(Refused::Frame(len));
        }
        self.have = end;
        Ok(self.is_whole() || self.have / FILE_CHUNK_BYTES > self.durable / FILE_CHUNK_BYTES)
    }

    /// Everything held is durable now.
    pub fn made_durable(&mut self) {
        self.durable = self.have;
    }

    /// How many bytes are held.
    #[must_use]
    pub fn have(&self) -> u64 {
        self.have
    }

    /// How many of them have been made durable.
    #[must_use]
    pub fn durable(&self) -> u64 {
        self.durable
    }

    /// Whether the last byte has come.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.have == self.file.bytes
    }
}

/// The sending side of one file on one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    bytes: u64,
    sent: u64,
    confirmed: u64,
    allowance: u64,
}

impl Departure {
    /// Of a file of `bytes`, of which the other side holds the first `have`; at most `allowance`
    /// bytes may be sent now.
    #[must_use]
    pub fn new(bytes: u64, have: u64, allowance: u64) -> Self {
        let have = have.min(bytes);
        Self { bytes, sent: have, confirmed: have, allowance }
    }

    /// Where the next frame begins and how long it is; `None` when the window is full, the
    /// allowance is used up, or all is sent.
    #[must_use]
    pub fn next(&self) -> Option<(u64, usize)> {
        let window = FILE_WINDOW_BYTES.saturating_sub(self.sent - self.confirmed);
        let len = (self.bytes - self.sent).min(window).min(self.allowance).min(FILE_FRAME_BYTES as u64);
        (len > 0).then_some((self.sent, len as usize))
    }

    /// A frame of so many bytes went out.
    pub fn sent(&mut self, len: usize) {
        self.sent += len as u64;
        self.allowance = self.allowance.saturating_sub(len as u64);
    }

    /// The other side has written the first `have` bytes. Nobody confirms what was not sent:
    /// such a number changes nothing.
    pub fn confirmed(&mut self, have: u64) {
        if (self.confirmed..=self.sent).contains(&have) {
            self.confirmed = have;
        }
    }

    /// How many bytes the other side has confirmed.
    #[must_use]
    pub fn have(&self) -> u64 {
        self.confirmed
    }

    /// Whether everything is sent.
    #[must_use]
    pub fn is_all_sent(&self) -> bool {
        self.sent == self.bytes
    }

    /// Whether what was allowed is sent, while the file is not at its end.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.allowance == 0 && !self.is_all_sent()
    }
}

/// How many bytes of files may be sent: per hour of the clock, whatever is restarted meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes an hour.
    pub per_hour: u64,
    /// The hour since 1970 in which `spent` was sent.
    pub hour: i64,
    /// Bytes sent in it.
    pub spent: u64,
}

const HOUR_MS: i64 = 3_600_000;

impl Budget {
    /// What may still be sent at `now_ms`. A clock that was set, in whatever direction, begins
    /// another hour: a wrong clock never stops files for longer than one.
    #[must_use]
    pub fn left(&self, now_ms: i64) -> u64 {
        let spent = if now_ms.div_euclid(HOUR_MS) == self.hour { self.spent } else { 0 };
        self.per_hour.saturating_sub(spent)
    }

    /// Takes `bytes` that were sent at `now_ms`.
    #[must_use]
    pub fn spend(self, bytes: u64, now_ms: i64) -> Self {
        let hour = now_ms.div_euclid(HOUR_MS);
        let before = if hour == self.hour { self.spent } else { 0 };
        Self { hour, spent: before.saturating_add(bytes), ..self }
    }

    /// How long until the next hour begins, in milliseconds.
    #[must_use]
    pub fn wait_ms(now_ms: i64) -> i64 {
        HOUR_MS - now_ms.rem_euclid(HOUR_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrival, Budget, Departure, File, HOUR_MS, Refused, sign_blob_receipt, verify_blob_receipt};
    use crate::head::SigningKey;
    use crate::limits::{FILE_BYTES_MAX, FILE_CHUNK_BYTES, FILE_FRAME_BYTES, FILE_WINDOW_BYTES};
    use keng_domain::document::FileHash;
    use keng_proto::BlobOffer;
    use proptest::prelude::*;

    fn file(bytes: u64) -> File {
        File { hash: FileHash([7; 32]), bytes }
    }

    #[test]
    fn a_receipt_is_good_for_its_file_its_hub_and_nothing_else() {
        let key = SigningKey::from_seed(&[1; 32]);
        let receipt = sign_blob_receipt(&key, &[2; 16], &file(9), 5);
        assert!(verify_blob_receipt(&receipt, &file(9), &key.public()).is_ok());
        assert!(verify_blob_receipt(&receipt, &file(8), &key.public()).is_err());
        let other = File { hash: FileHash([8; 32]), bytes: 9 };
        assert!(verify_blob_receipt(&receipt, &other, &key.public()).is_err());
        assert!(verify_blob_receipt(&receipt, &file(9), &SigningKey::from_seed(&[3; 32]).public()).is_err());
        let mut later = receipt;
        later.received_at_ms += 1;
        assert!(verify_blob_receipt(&later, &file(9), &key.public()).is_err());
    }

    #[test]
    fn absurd_files_are_refused_before_anything_is_kept() {
        let offer = |hash: usize, bytes| BlobOffer { hash: vec![1; hash].into(), bytes, ..BlobOffer::default() };
        assert_eq!(File::of_offer(&offer(31, 5)), Err(Refused::Hash));
        for bytes in [0, FILE_BYTES_MAX + 1, u64::MAX] {
            assert_eq!(File::of_offer(&offer(32, bytes)), Err(Refused::Size(bytes)));
        }
        assert_eq!(File::of_offer(&offer(32, FILE_BYTES_MAX)).map(|f| f.bytes), Ok(FILE_BYTES_MAX));
    }

    #[test]
    fn frames_are_taken_in_their_place_alone() {
        let mut arrival = Arrival::new(file(10), 4);
        assert_eq!(arrival.take(0, 2), Err(Refused::Place { expected: 4, got: 0 }));
        assert_eq!(arrival.take(u64::MAX, 2), Err(Refused::Place { expected: 4, got: u64::MAX }));
        for len in [0, 7, FILE_FRAME_BYTES + 1] {
            assert_eq!(arrival.take(4, len), Err(Refused::Frame(len)));
        }
        assert_eq!((arrival.take(4, 6), arrival.is_whole()), (Ok(true), true));
        assert_eq!(arrival.take(10, 1), Err(Refused::Frame(1)));
    }

    #[test]
    fn what_arrived_is_made_durable_once_a_chunk() {
        let bytes = FILE_CHUNK_BYTES * 2 + 100;
        let (mut arrival, mut synced) = (Arrival::new(file(bytes), 0), 0);
        while !arrival.is_whole() {
            let len = (bytes - arrival.have()).min(FILE_FRAME_BYTES as u64) as usize;
            if arrival.take(arrival.have(), len).unwrap() {
                arrival.made_durable();
                synced += 1;
            }
        }
        assert_eq!((synced, file(bytes).chunks(), file(bytes).chunks_in(FILE_CHUNK_BYTES * 2)), (3, 3, 2));
        assert_eq!(file(bytes).chunks_in(bytes), 3);
    }

    #[test]
    fn a_confirmation_of_what_was_not_sent_changes_nothing() {
        let mut departure = Departure::new(100_000, 0, u64::MAX);
        departure.sent(4_096);
        departure.confirmed(9_999);
        assert_eq!(departure.have(), 0);
        departure.confirmed(4_096);
        departure.confirmed(1);
        assert_eq!(departure.have(), 4_096);
    }

    #[test]
    fn an_hour_has_its_budget_whatever_the_clock_does() {
        let budget = Budget { per_hour: 100, hour: 0, spent: 0 };
        let at = 5 * HOUR_MS + 7;
        let budget = budget.spend(70, at).spend(20, at);
        assert_eq!((budget.left(at), budget.left(at + HOUR_MS), budget.left(-at)), (10, 100, 100));
        assert_eq!(budget.spend(u64::MAX, at).left(at), 0);
        assert_eq!(Budget::wait_ms(at), HOUR_MS - 7);
    }

    proptest! {
        /// Cut anywhere, with any part of what was under way lost: the file arrives, each frame
        /// once but for what was under way at the cuts, and never more than a window is open.
        #[test]
        fn a_file_arrives_whatever_is_cut(bytes in 1_u64..400_000, cuts in prop::collection::vec(0_u64..90_000, 0..12)) {
            let mut arrival = Arrival::new(file(bytes), 0);
            let (mut on_the_wire, mut lost) = (0, 0);
            for cut in cuts.into_iter().map(Some).chain([None]) {
                let mut departure = Departure::new(bytes, arrival.have(), u64::MAX);
                let mut passed = 0;
                while let Some((from, len)) = departure.next() {
                    if cut.is_some_and(|c| passed + len as u64 > c) {
                        lost += len as u64; // the frame that was under way
                        on_the_wire += len as u64;
                        break;
                    }
                    prop_assert!(arrival.take(from, len).is_ok());
                    passed += len as u64;
                    on_the_wire += len as u64;
                    departure.sent(len);
                    prop_assert!(departure.sent - departure.confirmed <= FILE_WINDOW_BYTES);
                    departure.confirmed(arrival.have());
                }
            }
            prop_assert!(arrival.is_whole());
            prop_assert_eq!(on_the_wire, bytes + lost);
        }

        #[test]
        fn never_more_is_sent_than_allowed(bytes in 1_u64..400_000, allowance in 0_u64..400_000) {
            let mut departure = Departure::new(bytes, 0, allowance);
            let mut sent = 0;
            while let Some((_, len)) = departure.next() {
                departure.sent(len);
                sent += len as u64;
                departure.confirmed(sent);
            }
            prop_assert_eq!(sent, bytes.min(allowance));
            prop_assert_eq!(departure.is_spent(), allowance < bytes);
        }
    }
}
