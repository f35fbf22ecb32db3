//! The simulation, in short: two thousand schedules, one seed each; and proofs that it can fail.
//!
//! `KENG_SEED=n` replays one seed instead.

use std::ops::Range;

use keng_tests::simulation::{Bug, Ground, Options, run, search};

/// Seeds of one test; there are nine, so that they share the processors.
const SLICE: u64 = 250;

fn check(seeds: Range<u64>) {
    check_with(seeds, Options::default());
}

fn check_with(seeds: Range<u64>, options: Options) {
    let only = std::env::var("KENG_SEED").ok().and_then(|s| s.parse().ok());
    let seeds = only.map_or(seeds, |seed: u64| seed..seed + 1);
    let ground = Ground::new().unwrap();
    if let Err(failure) = search(&ground, seeds, options, |_| ()) {
        panic!("{failure}");
    }
}

macro_rules! slices {
    ($($name:ident = $n:literal,)*) => { $(
        #[test]
        fn $name() {
            check($n * SLICE..($n + 1) * SLICE);
        }
    )* };
}

slices! {
    whatever_happens_nothing_is_lost_1 = 0,
    whatever_happens_nothing_is_lost_2 = 1,
    whatever_happens_nothing_is_lost_3 = 2,
    whatever_happens_nothing_is_lost_4 = 3,
    whatever_happens_nothing_is_lost_5 = 4,
    whatever_happens_nothing_is_lost_6 = 5,
    whatever_happens_nothing_is_lost_7 = 6,
    whatever_happens_nothing_is_lost_8 = 7,
}

/// Two folders that write under one name and do not know it, a hub that is put back.
#[test]
fn also_when_a_copy_does_not_notice_and_a_hub_is_put_back_nothing_is_lost() {
    check_with(0..SLICE, Options { all_faults: true, ..Options::default() });
}

/// One of the two signed two feeds at once, the hub lost both, and the other's entry took the place of one:
/// readers hold what contradicts the signature, and another signature of the same author that confirms it.
#[test]
fn a_signature_of_an_author_that_forked_does_not_stop_its_readers() {
    check_with(4129..4130, Options { all_faults: true, ..Options::default() });
}

#[test]
fn one_seed_is_one_run() {
    let (first, second) = (Ground::new().unwrap(), Ground::new().unwrap());
    let mut hashes = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let (one, other) = (run(&first, seed, Options::default()), run(&second, seed, Options::default()));
        assert_eq!(one.lines, other.lines, "seed {seed}");
        hashes.insert((one.hash, other.hash));
    }
    assert_eq!(hashes.len(), 20, "two seeds, two runs");
}

/// The seeds in which a planted fault must show.
const SEEDS_TO_FIND: u64 = 60;

fn found(bug: Bug, invariants: &[&str]) {
    let ground = Ground::new().unwrap();
    let failure = search(&ground, 0..SEEDS_TO_FIND, Options { bug: Some(bug), ..Options::default() }, |_| ())
        .expect_err("the fault must be found");
    let (whole, short) = (failure.whole.violation.clone().unwrap(), failure.short.violation.clone().unwrap());
    assert!(invariants.contains(&whole.invariant), "{failure}");
    assert_eq!(whole.invariant, short.invariant);
    assert!(failure.short.tally.steps <= failure.whole.tally.steps);
    assert!(failure.to_string().contains(&format!("--seed {} --trace", failure.whole.seed)));
}

#[test]
fn a_hub_that_gives_receipts_before_its_disk_has_the_entries_is_found() {
    found(Bug::ReceiptBeforeCommit, &["I1", "I6", "progress"]);
}

#[test]
fn a_node_that_moves_its_cursor_before_it_has_the_entries_is_found() {
    found(Bug::CursorBeforeEntries, &["I2"]);
}

#[test]
fn a_node_that_calls_sent_what_has_no_receipt_is_found() {
    found(Bug::GreenBeforeReceipt, &["I6"]);
}
