//! Links that break in the middle of anything, and hubs that are away for long.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use keng_tests::{Province, fixtures, until};

#[test]
fn a_link_cut_after_any_number_of_bytes_loses_and_doubles_nothing() -> Result<()> {
    let mut p = Province::kon_tum()?;
    let node = p.join("610")?;
    node.import(&fixtures::spreadsheet("610"))?;
    let mut waiting = node.status()?.pending;
    for bytes in [500, 3_000, 5_000, 7_000, 9_000, 12_000, 15_000, 20_000, 40_000] {
        node.link().close_after(bytes);
        let answer = node.try_sync()?;
        if node.link().is_reached() {
            let sentence = answer.refused()?;
            ensure!(sentence.contains("nguyên"), "does not say that the data are safe: {sentence}");
        } else {
            answer.done()?;
        }
        let left = node.status()?.pending;
        ensure!(left <= waiting, "{left} wait after {waiting}");
        waiting = left;
    }
    node.link().open();
    node.sync()?;
    same_points(&p, "610")?;
    let point = &p.hub().points()?[0].id;
    let writes = p.hub().trace(point, "decision_no")?.len();
    ensure!(writes == 1, "written {writes} times");
    Ok(())
}

#[test]
fn a_long_push_goes_on_where_the_receipts_end() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    node.import(&fixtures::spreadsheet("618"))?;
    node.sync()?;
    // 64 notes that do not compress: far more than one batch.
    let mut chance = keng_tests::chance::Chance::new(7);
    let points = node.points()?;
    for n in 0..64 {
        let note: String = (0..7_900).filter_map(|_| char::from_u32(0x4e00 + chance.below(20_000) as u32)).collect();
        node.edit_point(&points[n % points.len()].id, "note", note)?;
    }
    let waiting = node.status()?.pending;
    node.link().close_after(700_000);
    let answer = node.try_sync()?;
    ensure!(node.link().is_reached(), "the whole push went through: {answer:?}");
    answer.refused()?;
    let left = node.status()?.pending;
    ensure!(0 < left && left < waiting, "{left} of {waiting} wait after the cut");
    node.link().open();
    let synced = node.sync()?;
    ensure!(synced.sent.entries <= left + 2, "{synced:?}: more than the {left} that waited");
    same_points(&p, "618")?;
    ensure!(hub.trace(&points[0].id, "note")?.len() >= 3);
    Ok(())
}

#[test]
fn a_node_that_serves_comes_back_by_itself_when_the_hub_does() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    node.serve()?;
    node.import(&fixtures::spreadsheet("618"))?;
    p.wait_sent("618", Duration::from_secs(30))?;

    let away = Instant::now();
    hub.stop()?;
    let point = node.points()?[0].id.clone();
    for teams in 2..6 {
        node.edit_point(&point, "teams", teams)?;
    }
    node.try_sync()?.refused()?;
    std::thread::sleep(Duration::from_secs(5));
    ensure!(node.status()?.pending >= 4, "sent to nobody");
    ensure!(node.is_serving(), "the node gave up");

    hub.serve()?;
    // A pause is at most as long as the link has been away, doubled by its jitter; after a night it
    // would be five minutes.
    let within = 2 * away.elapsed() + Duration::from_secs(30);
    p.wait_sent("618", within)?;
    until("the hub has the last edit", Duration::from_secs(10), || Ok(hub.point(&point)?.number("teams") == Some(5)))?;
    // And the other way: what the province writes arrives without anybody asking.
    hub.edit_point(&point, "members", 33)?;
    until("the node has the province's edit", Duration::from_secs(30), || {
        Ok(node.point(&point)?.number("members") == Some(33))
    })?;
    node.stop()
}

/// Hub and node hold the same points of a unit.
fn same_points(p: &Province, unit: &str) -> Result<()> {
    let (here, there) = (p.node(unit).points()?, p.hub().points()?);
    ensure!(!here.is_empty() && here == there, "{} points here, {} there, or different ones", here.len(), there.len());
    Ok(())
}
