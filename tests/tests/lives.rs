//! Data folders that are put back, copied, or lost for a day — with the real programs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use keng_tests::{Office, Province, fixtures};
use serde_json::Value;

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let target = to.join(file.file_name());
        if file.file_type()?.is_dir() {
            copy(&file.path(), &target)?;
        } else {
            fs::copy(file.path(), &target)?;
        }
    }
    Ok(())
}

/// Puts `copy` in the place of `folder`.
fn put_back(folder: &Path, from: &Path) -> Result<()> {
    fs::remove_dir_all(folder)?;
    copy(from, folder)
}

fn ready() -> Result<(Province, String, PathBuf)> {
    let mut p = Province::kon_tum()?;
    p.join_all(&["618", "617"])?;
    p.node("618").import(&fixtures::spreadsheet("618"))?;
    p.node("618").sync()?;
    let point = p.node("618").points()?[0].id.clone();
    let kept = p.folder().join("kept");
    Ok((p, point, kept))
}

fn traced(office: &Office, point: &str, field: &str) -> Result<Vec<String>> {
    let mut values: Vec<String> = office.trace(point, field)?.iter().map(|l| l.value.to_string()).collect();
    values.sort();
    Ok(values)
}

#[test]
fn a_folder_put_back_from_an_older_copy_loses_nothing_and_overwrites_nothing() -> Result<()> {
    let (p, point, kept) = ready()?;
    let (node, hub) = (p.node("618"), p.hub());
    copy(node.folder(), &kept)?;
    let first = node.status()?.incarnation;

    // After the copy: one value sent, one saved and not sent.
    node.edit_point(&point, "teams", 5)?;
    node.sync()?;
    put_back(node.folder(), &kept)?;
    // The officer goes on at once, without a link.
    let told = node.ask(&["point", "edit", &point, "--set", "teams=8"])?.done()?;
    ensure!(told.stderr.contains("bản cũ"), "not told: {}", told.stderr);
    ensure!(node.status()?.incarnation != first, "it goes on under the old name");
    node.edit_point(&point, "note", "ghi sau khi khôi phục")?;
    node.sync()?;
    node.sync()?;

    ensure!(node.status()?.pending == 0, "{} wait", node.status()?.pending);
    for office in [&**node, &**hub] {
        let teams = traced(office, &point, "teams")?;
        ensure!(teams.contains(&"5".to_owned()) && teams.contains(&"8".to_owned()), "{teams:?}");
        ensure!(office.contest(&point, "teams").is_ok(), "one of the two won in silence");
        ensure!(traced(office, &point, "note")?.len() == 1);
    }
    ensure!(hub.quarantined("618")? == 0, "something lies in quarantine");
    ensure!(hub.status()?.unit("618")?.nodes.len() == 2, "the hub does not list both lives");
    Ok(())
}

#[test]
fn a_copied_folder_is_another_life_and_both_work_on() -> Result<()> {
    let (p, point, _) = ready()?;
    let (node, hub) = (p.node("618"), p.hub());
    node.edit_point(&point, "members", 40)?;
    let elsewhere = p.folder().join("node-618-copy");
    copy(node.folder(), &elsewhere)?;
    let clone = Office::new(&p.programs().node, &elsewhere);

    clone.edit_point(&point, "teams", 8)?;
    node.edit_point(&point, "teams", 5)?;
    for _ in 0..2 {
        clone.tell(&["sync", "--once"])?;
        node.sync()?;
    }
    let lives = hub.status()?.unit("618")?.nodes.clone();
    ensure!(lives.len() == 2, "{lives:?}");
    for office in [&**node, &clone, &**hub] {
        hub_agrees(office, &point)?;
        ensure!(traced(office, &point, "members")?.iter().filter(|v| *v == "40").count() == 1, "sent twice");
    }
    ensure!(node.status()?.pending == 0 && hub.quarantined("618")? == 0);
    Ok(())
}

fn hub_agrees(office: &Office, point: &str) -> Result<()> {
    let contest = office.contest(point, "teams")?;
    let mut values: Vec<String> = contest.candidates.iter().map(|c| c.value.to_string()).collect();
    values.sort();
    ensure!(values == ["5", "8"], "{values:?}");
    Ok(())
}

/// The folder was copied with all that is outside it too (a disk image): nothing but the hub's heads
/// can tell.
#[test]
fn two_folders_under_one_name_are_found_out_by_their_heads() -> Result<()> {
    let (p, point, kept) = ready()?;
    let (node, hub) = (p.node("618"), p.hub());
    copy(node.folder(), &kept)?;

    node.edit_point(&point, "teams", 5)?;
    node.sync()?;
    put_back(node.folder(), &kept)?;
    forget_mark(node.folder())?;
    node.edit_point(&point, "teams", 8)?;
    node.edit_point(&point, "note", "dưới tên cũ")?;
    node.sync()?;
    node.sync()?;
    for office in [&**node, &**hub] {
        hub_agrees(office, &point)?;
        ensure!(traced(office, &point, "note")?.len() == 1);
    }
    ensure!(node.status()?.pending == 0, "{} wait", node.status()?.pending);
    Ok(())
}

/// Takes the folder's own mark away, as if it had never been started: what stands outside says
/// nothing then.
fn forget_mark(folder: &Path) -> Result<()> {
    let db = rusqlite::Connection::open(folder.join("keng.db"))?;
    ensure!(db.execute("DELETE FROM meta WHERE key IN ('mark', 'mark_before')", [])? == 2);
    Ok(())
}

#[test]
fn a_hub_put_back_from_yesterday_gets_back_what_its_nodes_hold() -> Result<()> {
    let (p, point, kept) = ready()?;
    let (node, other, hub) = (p.node("618"), p.node("617"), p.hub());
    other.sync()?;
    hub.stop()?;
    copy(hub.folder(), &kept)?;
    hub.serve()?;

    node.edit_point(&point, "teams", 5)?;
    node.sync()?;
    hub.edit_point(&point, "note", "Tỉnh đã kiểm tra")?;
    other.import(&fixtures::spreadsheet("617"))?;
    other.sync()?;
    node.sync()?;
    other.sync()?;
    let (lsn, points) = (hub.status()?.lsn, hub.points()?.len());

    hub.stop()?;
    put_back(hub.folder(), &kept)?;
    hub.serve()?;
    ensure!(hub.points()?.len() < points && hub.status()?.lsn < lsn, "nothing was lost: the test shows nothing");
    p.sync_all()?;
    p.sync_all()?;

    ensure!(hub.points()?.len() == points, "{} of {points} points", hub.points()?.len());
    for office in [&**node, &**hub] {
        ensure!(traced(office, &point, "teams")?.contains(&"5".to_owned()));
        ensure!(traced(office, &point, "note")? == ["\"Tỉnh đã kiểm tra\""], "the province's own decision is lost");
    }
    let told: Value = hub.tell(&["status", "--json"])?.json()?;
    let back = told["recovered"].as_array().context("no recovered")?;
    let of = |who: &str| back.iter().filter(|r| r["node"] == who).filter_map(|r| r["entries"].as_u64()).sum::<u64>();
    ensure!(of("618-1") >= 2 && of("617-1") >= 1, "{back:?}");
    for unit in ["617", "618"] {
        ensure!(p.node(unit).status()?.pending == 0 && hub.quarantined(unit)? == 0);
    }
    // Life goes on.
    hub.edit_point(&point, "members", 33)?;
    node.sync()?;
    ensure!(node.point(&point)?.number("members") == Some(33));
    Ok(())
}
