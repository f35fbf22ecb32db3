//! A power cut at every step of a sync of 200 entries, on either side: nothing is lost, nothing comes twice.
//!
//! All of them are run by `cargo run --release --bin keng-sim -- --crash-points`, here each so manieth.

use std::path::Path;

use keng_tests::simulation::{Case, CrashPoints, Left};

/// Odd, since SQLite writes two calls a page: both are met. Some forty cases.
const STRIDE: usize = 21;

fn points(forgetful: bool) -> Option<CrashPoints> {
    let points = CrashPoints::new(Path::new(env!("CARGO_BIN_EXE_keng-sim")), forgetful).unwrap();
    if points.is_none() {
        println!("skipped: there is no strace");
    }
    points
}

#[test]
fn a_power_cut_at_any_step_of_a_sync_loses_nothing_and_doubles_nothing() {
    let Some(points) = points(false) else { return };
    let (hub, node) = points.counts();
    let all = points.cases();
    assert!(hub > 100 && node > 100 && all.len() > hub + node, "{hub} and {node} steps, {} cases", all.len());
    let cases: Vec<Case> = all.into_iter().step_by(STRIDE).collect();
    println!("{hub} steps at the hub, {node} at the node, {} power cuts", cases.len());
    if let Err((case, violation)) = points.run(&cases, || ()) {
        panic!("{}: {violation}", case.told);
    }
}

#[test]
fn a_disk_that_forgets_what_it_was_told_to_keep_is_found() {
    let Some(points) = points(true) else { return };
    let mut cases = points.cases();
    cases.retain(|case| case.left == Left::Lost);
    let (_, violation) = points.run(&cases, || ()).expect_err("the fault must be found");
    assert_eq!(violation.invariant, "I1", "{violation}");
}
