//! A bundle is whole or it is nothing; what is wrong with it is said with its place.

use std::io::{self, Read};

use bytes::Bytes;
use keng_domain::id::{Incarnation, Lsn};
use keng_domain::scope::Scope;
use keng_proto::{BundleHeader, Push, TreeHead};
use keng_sync::batch::BatchEntry;
use keng_sync::bundle::{BadBundle, Piece, Verified, Writer, verify};
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::head::SigningKey;
use keng_sync::limits::BUNDLE_PIECE_BYTES_MAX;
use keng_sync::push;
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn push_of(seq: u64, body: &[u8]) -> Push {
    let feed = FeedId { incarnation: Incarnation([1; 16]), scope: Scope::Province };
    let entry = Entry::new(feed, seq, &GENESIS, Bytes::copy_from_slice(body));
    push::make(&[BatchEntry { entry, lsn: Lsn(0), received_at_ms: 0 }], &key(1), Incarnation([1; 16]), 5)
}

fn header() -> BundleHeader {
    BundleHeader { node: "610-1".into(), incarnation: vec![1; 16].into(), part: 1, ..BundleHeader::default() }
}

fn bundle(pieces: &[Piece]) -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new(), header()).unwrap();
    for piece in pieces {
        writer.put(piece.clone()).unwrap();
    }
    writer.finish(true, &key(1)).unwrap()
}

fn some_pieces() -> Vec<Piece> {
    vec![
        Piece::Push(push_of(1, b"a body")),
        Piece::TreeHead(TreeHead { size: 7, ..TreeHead::default() }),
        Piece::Push(push_of(2, &[7; 3_000])),
    ]
}

fn read(file: &[u8]) -> Result<Verified, BadBundle> {
    verify(file, |_| {})
}

#[test]
fn what_was_put_in_comes_out_and_is_signed() {
    let pieces = some_pieces();
    let file = bundle(&pieces);
    let mut seen = Vec::new();
    let verified = verify(file.as_slice(), |bytes| seen.push(bytes)).unwrap();
    assert_eq!(verified.header, header());
    assert!(verified.is_last() && verified.bytes == file.len() as u64);
    assert_eq!((seen.len(), seen.last()), (5, Some(&verified.bytes)));
    let again: Vec<Piece> = verified.pieces(file.as_slice()).unwrap().map(Result::unwrap).collect();
    assert_eq!(again, pieces);
    assert!(verified.signed_by(&key(1).public()).is_ok());
    assert!(verified.signed_by(&key(2).public()).is_err());
}

#[test]
fn every_flipped_byte_is_noticed_and_its_place_is_named() {
    let file = bundle(&some_pieces());
    for at in 0..file.len() {
        for flip in [1, 0x80] {
            let mut damaged = file.clone();
            damaged[at] ^= flip;
            match read(&damaged) {
                Err(BadBundle::Damaged { from, to }) => {
                    assert!((from..to).contains(&(at as u64)), "byte {at}, but {from}..{to} was named");
                }
                other => panic!("byte {at}: {other:?}"),
            }
        }
    }
}

#[test]
fn every_cut_is_noticed_and_its_place_is_named() {
    let file = bundle(&some_pieces());
    assert!(matches!(read(&[]), Err(BadBundle::Empty)));
    for length in 1..file.len() {
        match read(&file[..length]) {
            Err(BadBundle::Truncated { at }) => assert_eq!(at, length as u64),
            other => panic!("cut at {length}: {other:?}"),
        }
    }
    let longer = [file.as_slice(), b"x"].concat();
    assert!(matches!(read(&longer), Err(BadBundle::Trailing { at }) if at == file.len() as u64));
}

#[test]
fn pieces_cannot_change_places_or_come_from_another_file() {
    let (a, b) = (Piece::Push(push_of(1, b"a body")), Piece::Push(push_of(2, b"b body")));
    let (ab, ba) = (bundle(&[a.clone(), b.clone()]), bundle(&[b, a]));
    assert_eq!(ab.len(), ba.len());
    // The same bytes up to the first push; then the push of the other file.
    let first = ab.iter().zip(&ba).take_while(|(x, y)| x == y).count();
    for cut in [first - 8, first, first + 60] {
        let mixed = [&ab[..cut], &ba[cut..]].concat();
        assert!(mixed == ba || read(&mixed).is_err(), "cut at {cut}");
    }
}

#[test]
fn a_newer_format_and_other_files_are_told_apart() {
    let mut newer = bundle(&[]);
    newer[8..12].copy_from_slice(&2_u32.to_be_bytes());
    assert!(matches!(read(&newer), Err(BadBundle::Damaged { .. })), "the version alone was altered");
    // As a newer program writes it: with its check.
    let check = sha2_of(&newer[..12]);
    newer[12..16].copy_from_slice(&check[..4]);
    assert!(matches!(read(&newer), Err(BadBundle::Newer(2))));
    for other in [&b"PK\x03\x04 a spreadsheet, say"[..], b"x", &[0; 4_000]] {
        assert!(matches!(read(other), Err(BadBundle::NotABundle)), "{other:?}");
    }
}

fn sha2_of(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

#[test]
fn a_file_that_changes_between_the_two_readings_is_refused() {
    let file = bundle(&some_pieces());
    let verified = read(&file).unwrap();
    let other = bundle(&[Piece::Push(push_of(1, b"another")), Piece::Push(push_of(2, b"body"))]);
    let outcome: Result<Vec<Piece>, BadBundle> = verified.pieces(other.as_slice()).unwrap().collect();
    assert!(matches!(outcome, Err(BadBundle::Changed)));
}

#[test]
fn no_claim_of_a_length_costs_memory() {
    // A piece of the largest length is asked for whole; one byte more is refused unread.
    struct Counting<'a>(&'a [u8], usize);
    impl Read for Counting<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1.max(buffer.len());
            self.0.read(buffer)
        }
    }
    let mut file = bundle(&[]);
    for claim in [u32::MAX, BUNDLE_PIECE_BYTES_MAX as u32 + 1] {
        file[16..20].copy_from_slice(&claim.to_be_bytes());
        let check = sha2_of(&[&b"keng bundle frame\0"[..], &0_u32.to_be_bytes(), &claim.to_be_bytes()].concat());
        file[20..24].copy_from_slice(&check[..4]);
        let mut counting = Counting(&file, 0);
        assert!(matches!(verify(&mut counting, |_| {}), Err(BadBundle::Damaged { from: 16, to: 24 })));
        assert!(counting.1 <= 40, "asked for {} bytes at once", counting.1);
    }
    let large = Piece::Push(Push { batch: None, heads: None });
    assert!(Writer::begin(Vec::new(), header()).unwrap().put(large).is_ok());
    let mut too_large = header();
    too_large.software = "x".repeat(BUNDLE_PIECE_BYTES_MAX);
    assert_eq!(Writer::begin(Vec::new(), too_large).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
}

/// Frames with right lengths and hashes round any payload: what gets past the checksums.
fn repaired(payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut file = [&b"keng-usb"[..], &1_u32.to_be_bytes()].concat();
    file.extend_from_slice(&sha2_of(&file.clone())[..4]);
    for (number, payload) in payloads.iter().enumerate() {
        let (number, length) = ((number as u32).to_be_bytes(), (payload.len() as u32).to_be_bytes());
        file.extend_from_slice(&length);
        file.extend_from_slice(&sha2_of(&[&b"keng bundle frame\0"[..], &number, &length].concat())[..4]);
        file.extend_from_slice(&sha2_of(&[&b"keng bundle piece\0"[..], &number, payload].concat()));
        file.extend_from_slice(payload);
    }
    file
}

proptest! {
    #[test]
    fn mutated_files_never_panic(cuts in prop::collection::vec((any::<usize>(), any::<u8>()), 1..8), keep in any::<usize>()) {
        let mut file = bundle(&some_pieces());
        let length = file.len();
        for (at, byte) in cuts {
            file[at % length] = byte;
        }
        file.truncate(keep % (length + 1));
        if let Ok(verified) = read(&file) {
            prop_assert_eq!(verified.header, header());
        }
    }

    #[test]
    fn payloads_with_right_checksums_never_panic(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..6),
        honest in any::<bool>(),
    ) {
        let mut payloads = payloads;
        if honest {
            let file = bundle(&[]);
            let length = u32::from_be_bytes(file[16..20].try_into().unwrap()) as usize;
            payloads.insert(0, file[56..56 + length].to_vec());
        }
        prop_assert!(read(&repaired(&payloads)).is_err(), "no trailer of ours is in it");
    }

    #[test]
    fn bodies_of_any_kind_travel(bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..400), 0..6).prop_map(|b| b)) {
        let pieces: Vec<Piece> = bodies.iter().zip(1..).map(|(body, seq)| Piece::Push(push_of(seq, body))).collect();
        let file = bundle(&pieces);
        let again: Vec<Piece> = read(&file).unwrap().pieces(file.as_slice()).unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(again, pieces);
    }
}
