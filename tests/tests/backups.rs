//! One file brings a data folder back: whole, checked before anything is replaced, or not at all.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use keng_tests::command::{Answer, run};
use keng_tests::{Hub, Office, Province, fixtures};
use serde_json::Value;

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}

/// A hub with the points of one unit, whose node is there too.
fn ready() -> Result<Province> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    p.node("618").import(&fixtures::spreadsheet("618"))?;
    p.node("618").sync()?;
    Ok(p)
}

fn restore(program: &Path, file: &Path, data: &Path, more: &[&str]) -> Result<Answer> {
    let mut args = vec!["restore", text(file)?, "--data", text(data)?];
    args.extend(more);
    run(program, args)
}

/// Nothing that a restore or a backup left half done lies about.
fn tidy(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        ensure!(!name.contains("dang-khoi-phuc") && !name.contains("keng-sao-luu"), "{name} was left");
    }
    Ok(())
}

fn fsck(office: &Office) -> Result<Value> {
    let found: Value = office.ask(&["fsck", "--json"])?.done()?.json()?;
    ensure!(found["ok"] == true && found["faults"] == Value::Array(vec![]), "{found}");
    Ok(found)
}

/// The report of 2022 as the log stood at `lsn`, to the last byte.
fn report(hub: &Hub, lsn: u64) -> Result<Vec<u8>> {
    let out = tempfile::tempdir()?;
    let files = hub.report(2022, out.path(), "json", Some(lsn))?;
    Ok(std::fs::read(files.first().context("a report")?)?)
}

#[test]
fn a_running_hub_is_backed_up_under_load_and_comes_back_with_all_it_had() -> Result<()> {
    let p = ready()?;
    let (hub, node) = (p.hub(), p.node("618"));
    node.serve()?;
    let points: Vec<String> = node.points()?.into_iter().map(|x| x.id).collect();
    let file = p.folder().join("tram.keng");
    let mut lsns = Vec::new();
    std::thread::scope(|scope| -> Result<()> {
        let editing = scope.spawn(|| -> Result<()> {
            for (n, point) in points.iter().cycle().take(40).enumerate() {
                node.edit_point(point, "note", format!("lần {n}").as_str())?;
            }
            Ok(())
        });
        while !editing.is_finished() || lsns.is_empty() {
            hub.tell(&["backup", text(&file)?, "--force"])?;
            let folder = p.folder().join(format!("restored-{}", lsns.len()));
            restore(&p.programs().hub, &file, &folder, &[])?.done()?;
            let restored = Hub::at(&p.programs().hub, &folder);
            // A restored hub begins another life; its line in the register is the first entry after.
            let lsn = restored.status()?.lsn - 1;
            ensure!(report(&restored, lsn)? == report(hub, lsn)?, "the report differs at {lsn}");
            fsck(&restored)?;
            lsns.push(lsn);
        }
        editing.join().expect("the edits do not panic")
    })?;
    ensure!(lsns.is_sorted(), "{lsns:?}");
    tidy(p.folder())?;

    // The last one, with everything in it, serves like the one it was made of.
    p.wait_sent("618", Duration::from_secs(30))?;
    hub.tell(&["backup", text(&file)?, "--force"])?;
    let folder = p.folder().join("served");
    restore(&p.programs().hub, &file, &folder, &[])?.done()?;
    let (points, models) = (hub.points()?, hub.models()?);
    hub.stop()?;
    let restored = Hub::at(&p.programs().hub, &folder);
    restored.serve()?;
    ensure!(restored.points()? == points && restored.models()? == models);
    for point in &points {
        ensure!(restored.trace(&point.id, "note")?.len() == hub.trace(&point.id, "note")?.len());
    }
    // The check works beside a running program, on either side.
    let found = fsck(&restored)?;
    ensure!(found["checked"]["entries"].as_u64() > Some(40) && found["checked"]["signatures"].as_u64() > Some(1));
    let found = fsck(node)?;
    ensure!(found["checked"]["receipts"].as_u64() > Some(1), "{found}");
    Ok(())
}

#[test]
fn sealed_keys_open_with_their_passphrase_alone() -> Result<()> {
    let p = ready()?;
    let (file, clear) = (p.folder().join("niem.keng"), p.folder().join("ro.keng"));
    let (right, wrong) = (p.folder().join("mat-khau"), p.folder().join("sai"));
    std::fs::write(&right, "kẻng an ninh 4267\n")?;
    std::fs::write(&wrong, "kẻng an ninh 4276\n")?;
    let said = p.hub().tell(&["backup", text(&clear)?])?;
    ensure!(said.stderr.contains("chưa được niêm bằng mật khẩu"), "{}", said.stderr);
    let said = p.hub().tell(&["backup", text(&file)?, "--passphrase-file", text(&right)?])?;
    ensure!(said.stderr.is_empty(), "{}", said.stderr);
    for file in [&file, &clear] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(file)?.permissions().mode() & 0o777;
        ensure!(mode == 0o600, "{} has mode {mode:o}", file.display());
    }
    let sentence = p.hub().ask(&["backup", text(&file)?])?.refused()?;
    ensure!(sentence.contains("đã có") && sentence.contains("--force"), "{sentence}");

    let target = p.folder().join("khoi-phuc");
    let sentence = restore(&p.programs().hub, &file, &target, &[])?.refused()?;
    ensure!(sentence.contains("chưa có mật khẩu"), "{sentence}");
    let sentence = restore(&p.programs().hub, &file, &target, &["--passphrase-file", text(&wrong)?])?.refused()?;
    ensure!(sentence.contains("Mật khẩu") && sentence.contains("không đúng"), "{sentence}");
    ensure!(!target.exists());
    restore(&p.programs().hub, &file, &target, &["--passphrase-file", text(&right)?])?.done()?;
    let keys = |folder: &Path| std::fs::read(folder.join("keys").join("signing.seed"));
    ensure!(keys(&target)? == keys(p.hub().folder())?);
    fsck(&Office::new(&p.programs().hub, &target))?;
    tidy(p.folder())
}

#[test]
fn a_damaged_or_foreign_file_replaces_nothing_and_says_what_is_wrong() -> Result<()> {
    let p = ready()?;
    let file = p.folder().join("tram.keng");
    p.hub().tell(&["backup", text(&file)?])?;
    let whole = std::fs::read(&file)?;
    let torn = p.folder().join("hong.keng");
    let target = p.folder().join("dich");
    let refused = |bytes: &[u8], word: &str| -> Result<()> {
        std::fs::write(&torn, bytes)?;
        let sentence = restore(&p.programs().hub, &torn, &target, &[])?.refused()?;
        ensure!(sentence.contains(word) && sentence.contains("Chưa thay gì"), "{} bytes: {sentence}", bytes.len());
        ensure!(!target.exists(), "something was restored from {} bytes", bytes.len());
        Ok(())
    };
    for part in [0, 1, 2] {
        refused(&whole[..part], "không phải bản sao lưu")?;
    }
    for length in [5, 200, whole.len() / 3, whole.len() / 2, whole.len() - 600, whole.len() - 5, whole.len() - 1] {
        refused(&whole[..length], "hỏng")?;
    }
    for at in [300, whole.len() / 4, whole.len() / 2, whole.len() - 40, whole.len() - 2] {
        let mut altered = whole.clone();
        altered[at] ^= 0x10;
        refused(&altered, "hỏng")?;
    }
    refused(&[whole.as_slice(), b"more"].concat(), "hỏng")?;
    refused(&std::fs::read(fixtures::spreadsheet("618"))?, "không phải bản sao lưu")?;

    let sentence = restore(&p.programs().node, &file, &target, &[])?.refused()?;
    ensure!(sentence.contains("trạm tỉnh") && sentence.contains("keng-hub"), "{sentence}");
    let nodes = p.folder().join("may.keng");
    p.node("618").tell(&["backup", text(&nodes)?])?;
    let sentence = restore(&p.programs().hub, &nodes, &target, &[])?.refused()?;
    ensure!(sentence.contains("đơn vị") && sentence.contains("keng-node"), "{sentence}");
    ensure!(!target.exists());
    tidy(p.folder())
}

#[test]
fn a_backup_whose_content_is_altered_inside_is_not_restored() -> Result<()> {
    let p = ready()?;
    let hub = p.hub();
    hub.stop()?;
    let db = rusqlite::Connection::open(hub.folder().join("keng.db"))?;
    db.execute("UPDATE entry SET body = zeroblob(60) WHERE lsn = (SELECT max(lsn) FROM entry)", [])?;
    drop(db);
    let sentence = hub.ask(&["fsck"])?.refused()?;
    ensure!(sentence.contains("lỗi") && sentence.contains("restore"), "{sentence}");
    let found: Value = hub.ask(&["fsck", "--json", "--repair"])?.json()?;
    let entry = found["faults"].as_array().and_then(|f| f.iter().find(|f| f["what"] == "entry")).context("a fault")?;
    ensure!(found["ok"] == false && entry["repairable"] == false, "{found}");
    ensure!(entry["where"].as_str().is_some_and(|w| w.contains("mục ")), "{entry}");

    let file = p.folder().join("tram.keng");
    hub.tell(&["backup", text(&file)?])?;
    let target = p.folder().join("dich");
    let sentence = restore(&p.programs().hub, &file, &target, &[])?.refused()?;
    ensure!(sentence.contains("không còn khớp mã băm") && !target.exists(), "{sentence}");
    tidy(p.folder())
}

#[test]
fn data_that_are_there_are_replaced_on_demand_alone_and_kept_beside() -> Result<()> {
    let p = ready()?;
    let node = p.node("618");
    let point = node.points()?[0].id.clone();
    node.edit_point(&point, "note", "trước")?;
    let file = p.folder().join("may.keng");
    node.tell(&["backup", text(&file)?])?;
    node.edit_point(&point, "note", "sau")?;

    let program = &p.programs().node;
    let sentence = restore(program, &file, node.folder(), &[])?.refused()?;
    ensure!(sentence.contains("đã có dữ liệu") && sentence.contains("--replace"), "{sentence}");
    node.serve()?;
    let sentence = restore(program, &file, node.folder(), &["--replace"])?.refused()?;
    ensure!(sentence.contains("serve"), "{sentence}");
    node.stop()?;
    ensure!(node.point(&point)?.text("note") == "sau");

    let said = restore(program, &file, node.folder(), &["--replace"])?.done()?;
    ensure!(node.point(&point)?.text("note") == "trước");
    fsck(node)?;
    // With the province's word for its new life it is as sound as before.
    node.sync()?;
    fsck(node)?;
    let kept = kept(&p)?;
    ensure!(kept.len() == 1 && said.stdout.contains(text(&kept[0])?), "{kept:?} {}", said.stdout);
    ensure!(Office::new(program, &kept[0]).point(&point)?.text("note") == "sau");
    tidy(p.folder())
}

/// Folders that a restore put aside.
fn kept(p: &Province) -> Result<Vec<PathBuf>> {
    let all = std::fs::read_dir(p.folder())?.map(|e| Ok(e?.path())).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|path| path.to_string_lossy().contains("truoc-khoi-phuc")).collect())
}

/// Kills `restore` at chosen calls of the kernel: the folder is the old one or the new one, and the
/// old one is never lost.
#[test]
fn a_restore_that_is_killed_leaves_the_old_folder_or_the_new_one() -> Result<()> {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("skipped: there is no strace");
        return Ok(());
    }
    let p = ready()?;
    let node = p.node("618");
    let point = node.points()?[0].id.clone();
    node.edit_point(&point, "note", "trước")?;
    let file = p.folder().join("may.keng");
    node.tell(&["backup", text(&file)?])?;
    node.edit_point(&point, "note", "sau")?;
    let note = |folder: &Path| -> Result<String> {
        Ok(Office::new(&p.programs().node, folder).point(&point)?.text("note").to_owned())
    };
    let under_strace = |what: &str, log: &Path, data: &Path| {
        Command::new("strace")
            .args(["-f", "-qq", "-e", what, "-o", text(log)?])
            .arg(&p.programs().node)
            .args(["restore", text(&file)?, "--replace", "--data", text(data)?])
            .output()
            .context("strace")
    };
    // An untouched one, elsewhere, tells how many times the disk is asked to be true.
    let log = p.folder().join("strace");
    let whole = under_strace("trace=fsync", &log, &p.folder().join("elsewhere"))?;
    ensure!(whole.status.success(), "{whole:?}");
    let last = std::fs::read_to_string(&log)?.matches("fsync(").count();
    ensure!(last > 6, "{last} fsyncs");
    for (call, when, expected) in [
        ("fsync", 1, "sau"),
        ("fsync", last / 2, "sau"),
        ("fsync", last - 1, "sau"),
        ("rename", 1, "sau"),
        ("renameat2", 1, "sau"),
        // After the two have changed places.
        ("fsync", last, "trước"),
    ] {
        let killed = under_strace(&format!("inject={call}:signal=KILL:when={when}"), &log, node.folder())?;
        ensure!(!killed.status.success(), "{call} {when} was never reached: {killed:?}");
        ensure!(note(node.folder())? == expected, "{call} {when}: not {expected}");
        fsck(node)?;
    }
    let old = kept(&p)?.into_iter().map(|folder| note(&folder)).collect::<Result<Vec<_>>>()?;
    ensure!(old.iter().any(|note| note == "sau"), "the old folder is gone: {old:?}");
    Ok(())
}
