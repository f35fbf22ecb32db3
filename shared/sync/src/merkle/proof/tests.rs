use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::{ProptestConfig, any, proptest};
use sha2::Sha256;

use super::{BadProof, read_proof, verify_consistency, verify_inclusion, verify_inclusion_of_bytes, write_proof};
use crate::entry::Hash;
use crate::limits::PROOF_HASHES_MAX;
use crate::merkle::{LogLeaf, Tree};

fn leaf(n: u64) -> LogLeaf {
    LogLeaf { hash: [n as u8; 32], received_at_ms: n as i64 }
}

fn tree(size: u64) -> Tree {
    let mut tree = Tree::new();
    for n in 0..size {
        tree.push(&leaf(n));
    }
    tree
}

fn hashes(text: &[&str]) -> Vec<Hash> {
    text.iter().map(|t| hex::decode(t).unwrap().try_into().unwrap()).collect()
}

/// The eight leaves of certificate-transparency, `merkletree/merkle_tree_test.cc`.
fn reference_leaves() -> Vec<Vec<u8>> {
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    leaves.iter().map(|l| hex::decode(l).unwrap()).collect()
}

fn reference_tree() -> Tree {
    let mut tree = Tree::new();
    for leaf in reference_leaves() {
        tree.push_bytes(&leaf);
    }
    tree
}

/// `precomputed_paths` of the same file; its leaves are counted from 1.
#[test]
fn paths_are_those_of_the_reference_implementation() {
    let tree = reference_tree();
    let check = |index: u64, size: u64, expected: &[&str]| {
        let proof = tree.inclusion_proof(index, size).unwrap();
        assert_eq!(proof, hashes(expected), "leaf {index} of {size}");
        let (leaf, root) = (&reference_leaves()[index as usize], tree.root_at(size).unwrap());
        assert_eq!(verify_inclusion_of_bytes(leaf, index, size, &root, &proof), Ok(()));
    };
    check(0, 1, &[]);
    check(
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    );
    check(
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    );
    check(2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]);
    check(
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    );
}

/// `precomputed_proofs` of the same file.
#[test]
fn consistency_proofs_are_those_of_the_reference_implementation() {
    let tree = reference_tree();
    let check = |old: u64, new: u64, expected: &[&str]| {
        let proof = tree.consistency_proof(old, new).unwrap();
        assert_eq!(proof, hashes(expected), "{old} in {new}");
        let roots = (tree.root_at(old).unwrap(), tree.root_at(new).unwrap());
        assert_eq!(verify_consistency(old, &roots.0, new, &roots.1, &proof), Ok(()));
    };
    check(1, 1, &[]);
    check(
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    );
    check(
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    );
    check(
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    );
}

/// Every leaf of every tree and every pair of trees up to 300 leaves, made here and there, and
/// verified here.
#[test]
fn every_proof_is_that_of_ct_merkle_and_verifies() {
    const SIZES: u64 = 300;
    let tree = tree(SIZES);
    let mut reference = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for size in 1..=SIZES {
        reference.push(leaf(size - 1).to_bytes().to_vec());
        let root = tree.root_at(size).unwrap();
        for n in 0..size {
            let proof = tree.inclusion_proof(n, size).unwrap();
            assert_eq!(proof.concat(), reference.prove_inclusion(n as usize).as_bytes(), "leaf {n} of {size}");
            assert_eq!(verify_inclusion(&leaf(n), n, size, &root, &proof), Ok(()), "leaf {n} of {size}");
            let old = n + 1;
            let proof = tree.consistency_proof(old, size).unwrap();
            assert_eq!(
                proof.concat(),
                reference.prove_consistency((size - old) as usize).as_bytes(),
                "{old} in {size}"
            );
            let old_root = tree.root_at(old).unwrap();
            assert_eq!(verify_consistency(old, &old_root, size, &root, &proof), Ok(()), "{old} in {size}");
        }
    }
}

#[test]
fn what_a_tree_does_not_hold_it_does_not_prove() {
    let tree = tree(5);
    assert_eq!(tree.inclusion_proof(5, 5), None);
    assert_eq!(tree.inclusion_proof(0, 0), None);
    assert_eq!(tree.inclusion_proof(0, 6), None);
    assert_eq!(tree.consistency_proof(5, 6), None);
    assert_eq!(tree.consistency_proof(4, 3), None);
    assert_eq!(tree.consistency_proof(0, 5), Some(vec![]));
    assert_eq!(tree.consistency_proof(5, 5), Some(vec![]));
}

#[test]
fn logs_of_one_size_are_the_same_or_not_and_need_no_proof() {
    let (one, other) = (tree(4).root(), tree(5).root());
    assert_eq!(verify_consistency(4, &one, 4, &one, &[]), Ok(()));
    assert_eq!(verify_consistency(4, &one, 4, &other, &[]), Err(BadProof::Root));
    assert_eq!(verify_consistency(4, &one, 4, &one, &[one]), Err(BadProof::Length));
    assert_eq!(verify_consistency(5, &other, 4, &one, &[]), Err(BadProof::Sizes));
    let empty = Tree::new().root();
    assert_eq!(verify_consistency(0, &empty, 4, &one, &[]), Ok(()));
    assert_eq!(verify_consistency(0, &empty, 4, &one, &[one]), Err(BadProof::Length));
    assert_eq!(verify_consistency(0, &empty, 0, &empty, &[]), Ok(()));
    assert_eq!(verify_consistency(4, &one, 5, &other, &[]), Err(BadProof::Length), "an empty proof proves no growth");
}

#[test]
fn a_proof_is_measured_before_it_is_read() {
    let long = vec![[0; 32]; PROOF_HASHES_MAX + 1];
    assert_eq!(read_proof(&write_proof(&long)), Err(BadProof::Long(129)));
    assert_eq!(read_proof(&write_proof(&long[1..])), Ok(long[1..].to_vec()));
    assert_eq!(read_proof(&[vec![0; 31].into()]), Err(BadProof::HashLength(31)));
    assert_eq!(verify_consistency(1, &[0; 32], u64::MAX, &[0; 32], &long), Err(BadProof::Long(129)));
    assert_eq!(verify_inclusion(&leaf(1), 0, u64::MAX, &[0; 32], &long), Err(BadProof::Long(129)));
    assert_eq!(verify_inclusion(&leaf(1), 0, u64::MAX, &[0; 32], &long[1..]), Err(BadProof::Length));
    assert_eq!(verify_inclusion(&leaf(1), 7, 7, &[0; 32], &[]), Err(BadProof::Sizes));
}

/// Alters a proof: flips a bit, takes a hash away, doubles one, adds one.
fn alter(proof: &mut Vec<Hash>, how: u8, at: usize, bit: u8) {
    let n = if proof.is_empty() { 0 } else { at % proof.len() };
    match how % 4 {
        0 if !proof.is_empty() => proof[n][usize::from(bit >> 3)] ^= 1 << (bit & 7),
        1 if !proof.is_empty() => {
            proof.remove(n);
        }
        2 if !proof.is_empty() => proof.insert(n, proof[n]),
        _ => proof.insert(n, [bit; 32]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn an_altered_proof_leaf_place_or_root_proves_nothing(
        size in 1..200_u64, index in any::<u64>(), how in any::<u8>(), at in any::<usize>(), bit in any::<u8>(),
    ) {
        let (tree, index) = (tree(size), index % size);
        let (root, proof) = (tree.root(), tree.inclusion_proof(index, size).unwrap());
        let mut altered = proof.clone();
        alter(&mut altered, how, at, bit);
        assert!(verify_inclusion(&leaf(index), index, size, &root, &altered).is_err());
        let later = LogLeaf { received_at_ms: leaf(index).received_at_ms + 1, ..leaf(index) };
        assert_eq!(verify_inclusion(&later, index, size, &root, &proof), Err(BadProof::Root));
        let mut other = root;
        other[usize::from(bit >> 3)] ^= 1 << (bit & 7);
        assert_eq!(verify_inclusion(&leaf(index), index, size, &other, &proof), Err(BadProof::Root));
        let elsewhere = (index + 1 + at as u64 % size) % size;
        assert!(elsewhere == index || verify_inclusion(&leaf(index), elsewhere, size, &root, &proof).is_err());
    }

    #[test]
    fn an_altered_consistency_proof_or_root_proves_nothing(
        new in 2..200_u64, old in any::<u64>(), how in any::<u8>(), at in any::<usize>(), bit in any::<u8>(),
    ) {
        let (tree, old) = (tree(new), 1 + old % (new - 1));
        let (old_root, new_root) = (tree.root_at(old).unwrap(), tree.root());
        let proof = tree.consistency_proof(old, new).unwrap();
        let mut altered = proof.clone();
        alter(&mut altered, how, at, bit);
        assert!(verify_consistency(old, &old_root, new, &new_root, &altered).is_err());
        for root in [0, 1] {
            let mut roots = [old_root, new_root];
            roots[root][usize::from(bit >> 3)] ^= 1 << (bit & 7);
            assert_eq!(verify_consistency(old, &roots[0], new, &roots[1], &proof), Err(BadProof::Root));
        }
        // A log that rewrote any one entry before `old` has no proof for it.
        let rewritten = at as u64 % old;
        let mut other = Tree::new();
        for n in 0..new {
            other.push(&if n == rewritten { leaf(n + 1_000) } else { leaf(n) });
        }
        let proof = other.consistency_proof(old, new).unwrap();
        assert_eq!(verify_consistency(old, &old_root, new, &other.root(), &proof), Err(BadProof::Root));
    }
}
