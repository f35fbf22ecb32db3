//! What cannot be done is told in a sentence, exits with 1, and leaves nothing half done.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use keng_tests::command::{Answer, run};
use keng_tests::{Hub, Node, Office, Province, Relay, fixtures};

/// A province with one node, and what is needed to join another by hand.
struct Setting {
    p: Province,
    relay: Relay,
    spare: PathBuf,
}

impl Setting {
    fn new() -> Result<Self> {
        let mut p = Province::kon_tum()?;
        p.join("618")?;
        let relay = Relay::to(p.hub().address())?;
        let spare = p.folder().join("spare");
        Ok(Self { p, relay, spare })
    }

    fn token(&self) -> Result<String> {
        self.p.hub().invite("618", self.relay.address())
    }

    fn join(&self, token: &str) -> Result<Answer> {
        let spare = self.spare.to_str().context("a path in UTF-8")?;
        run(&self.p.programs().node, ["join", token, "--data", spare])
    }

    /// Nobody half joined: a good token joins in the same folder.
    fn can_still_join(&self) -> Result<()> {
        self.join(&self.token()?)?.done().map(|_| ())
    }
}

#[test]
fn a_token_works_once_in_time_and_whole() -> Result<()> {
    let s = Setting::new()?;
    let token = s.token()?;
    let other = if token.as_bytes()[30] == b'7' { "8" } else { "7" };
    let altered = format!("{}{other}{}", &token[..30], &token[31..]);
    for garbled in ["", "kẻng", &token[..token.len() - 3], &altered, &format!("{token}0000")] {
        s.join(garbled)?.refused()?;
    }
    let expired = s.token()?;
    let db = rusqlite::Connection::open(s.p.hub().folder().join("keng.db"))?;
    db.execute("UPDATE token SET expires_at_ms = 1 WHERE used_by IS NULL", [])?;
    let sentence = s.join(&expired)?.refused()?;
    ensure!(sentence.contains("hết hạn"), "{sentence}");

    let token = s.token()?;
    s.join(&token)?.done()?;
    let elsewhere = s.p.folder().join("elsewhere");
    let again = run(&s.p.programs().node, ["join", &token, "--data", elsewhere.to_str().context("UTF-8")?])?;
    let sentence = again.refused()?;
    ensure!(sentence.contains("đã được dùng"), "{sentence}");
    let sentence = s.join(&s.token()?)?.refused()?;
    ensure!(sentence.contains("đã có dữ liệu"), "{sentence}");
    Ok(())
}

#[test]
fn a_hub_of_another_ca_is_not_ours() -> Result<()> {
    let s = Setting::new()?;
    let other = Hub::init(&s.p.programs().hub, &s.p.folder().join("other"), "62", &fixtures::units("kontum-2022"))?;
    // The other hub's token, but the address in it leads to our hub.
    let token = other.invite("618", s.relay.address())?;
    let sentence = s.join(&token)?.refused()?;
    ensure!(sentence.contains("chứng thư"), "{sentence}");
    s.can_still_join()?;

    // A node whose hub is replaced by another says so, and keeps what it has.
    let node = s.p.node("618");
    node.import(&fixtures::spreadsheet("618"))?;
    s.p.hub().stop()?;
    other.serve()?;
    s.p.hub().address().set(other.address().get());
    let sentence = node.try_sync()?.refused()?;
    ensure!(sentence.contains("chứng thư") && sentence.contains("nguyên"), "{sentence}");
    ensure!(node.points()?.len() == 22 && node.status()?.pending > 0);
    Ok(())
}

#[test]
fn commands_that_cannot_be_carried_out_say_why() -> Result<()> {
    let s = Setting::new()?;
    let (hub, node) = (s.p.hub(), s.p.node("618"));
    let refused = |office: &Office, args: &[&str], word: &str| -> Result<()> {
        let sentence = office.ask(args)?.refused()?;
        if sentence.contains(word) { Ok(()) } else { bail!("{args:?}: no “{word}” in {sentence}") }
    };
    refused(hub, &["invite", "999"], "999")?;
    refused(hub, &["report", "annual", "hai nghìn", "--out", "x"], "hai nghìn")?;
    refused(node, &["point", "edit", &"0".repeat(32), "--set", "teams=1"], "Không có bản ghi")?;
    refused(node, &["point", "add", "--set", "unit=Xã Ia Dom", "--set", "model=Không có"], "Không có")?;
    node.import(&fixtures::spreadsheet("618"))?;
    let point = node.points()?[0].clone();
    refused(node, &["point", "edit", &point.id, "--set", "teams=âm", "--set", "members=-1"], "âm")?;
    refused(node, &["point", "edit", &point.id, "--set", "unit=1"], "unit")?;
    let rating = |year| ["point", "rate", &point.id, "--year", year, "--level", "tot"];
    refused(node, &rating("2100"), "chưa bắt đầu")?;
    refused(node, &["submission", "hand-in", "2022-Q4"], "2022-half")?;
    refused(node, &["submission", "hand-in", "2100-annual"], "chưa bắt đầu")?;
    for args in [&rating("300000")[..], &["verdicts", "300000"], &["obligations", "300000"]] {
        let answer = node.ask(args)?;
        ensure!(answer.code == Some(2) && answer.stderr.contains("2100"), "{answer:?}");
    }
    ensure!(node.point(&point.id)? == point, "a refused edit changed something");

    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    refused(node, &["serve", "--web", &address], "đang được chương trình khác dùng")?;
    node.serve()?;
    refused(node, &["serve", "--web", "127.0.0.1:0"], "serve")?;
    // A node's folder is no hub's, nor the other way round.
    refused(&Office::new(&s.p.programs().hub, node.folder()), &["status"], "keng-node")?;
    refused(&Office::new(&s.p.programs().node, hub.folder()), &["status"], "keng-hub")?;
    refused(&Office::new(&s.p.programs().node, &s.p.folder().join("nowhere")), &["status"], "chưa có dữ liệu")?;
    ensure!(!s.p.folder().join("nowhere").exists(), "looking made a folder");
    Ok(())
}

#[test]
fn data_of_a_newer_version_are_left_alone() -> Result<()> {
    let s = Setting::new()?;
    let node = s.p.node("618");
    let file = node.folder().join("keng.db");
    rusqlite::Connection::open(&file)?.pragma_update(None, "user_version", 9_999)?;
    for command in [&["status"][..], &["point", "list"], &["sync", "--once"], &["serve"]] {
        let sentence = node.ask(command)?.refused()?;
        ensure!(sentence.contains("9999") && sentence.contains("mới hơn"), "{sentence}");
    }
    let version: i64 = rusqlite::Connection::open(&file)?.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    ensure!(version == 9_999, "the version became {version}");
    Ok(())
}

/// A file system of a few MiB; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Result<Self> {
        std::fs::create_dir_all(at)?;
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(at).status()?;
        if status.success() { Ok(Self(at.to_owned())) } else { bail!("mount: {status}") }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_told_and_what_was_saved_stays() -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can mount a small file system");
        return Ok(());
    }
    let p = Province::kon_tum()?;
    let disk = p.folder().join("disk");
    let mounted = match SmallDisk::mount(&disk) {
        Ok(mounted) => mounted,
        Err(e) => {
            println!("skipped: no small file system can be mounted here ({e})");
            return Ok(());
        }
    };
    let node = Node::join(&p.programs().node, &disk.join("node"), p.hub(), "610", "Cán bộ 610")?;
    let filler = disk.join("filler");
    fill(&filler, 96 * 1_024)?;
    let sentence = node.try_import(&fixtures::spreadsheet("610"))?.refused()?;
    ensure!(sentence.contains("đầy"), "{sentence}");
    std::fs::remove_file(&filler)?;
    ensure!(node.points()?.is_empty() && node.status()?.pending == 0, "half an import is there");
    node.import(&fixtures::spreadsheet("610"))?;

    // Full in the midst of edits: those that were acknowledged are there, the others are not.
    let point = node.points()?[0].id.clone();
    fill(&filler, 96 * 1_024)?;
    let mut saved = 0;
    for n in 1..=200 {
        let answer = node.ask(&["point", "edit", &point, "--set", &format!("note={}", "đ".repeat(4_000 + n))])?;
        if answer.code == Some(0) {
            saved = n;
        } else {
            let sentence = answer.refused()?;
            ensure!(sentence.contains("đầy"), "after {saved} edits: {sentence}");
            break;
        }
    }
    // To the last block: not even a look is possible, but the words are right.
    fill(&filler, 0)?;
    let sentence = node.ask(&["status"])?.refused()?;
    ensure!(sentence.contains("đầy"), "{sentence}");
    std::fs::remove_file(&filler)?;
    let note = node.point(&point)?.text("note").chars().count();
    ensure!(note == if saved == 0 { 0 } else { 4_000 + saved }, "{note} characters after {saved} edits");
    node.sync()?;
    ensure!(p.hub().points()?.len() == 104);
    drop((node, mounted));
    Ok(())
}

/// Fills the disk, but for `room` bytes.
fn fill(file: &Path, room: u64) -> Result<()> {
    use std::io::Write;
    let mut out = std::fs::File::create(file)?;
    while out.write_all(&[7; 1_024]).is_ok() {}
    let full = out.metadata()?.len();
    out.set_len(full.saturating_sub(room))?;
    Ok(())
}

#[test]
fn what_lies_in_quarantine_is_listed_with_its_reason_and_exported_byte_for_byte() -> Result<()> {
    let s = Setting::new()?;
    let hub = s.p.hub();
    ensure!(hub.tell(&["quarantine", "list", "--json"])?.json::<serde_json::Value>()? == serde_json::json!([]));
    // No honest node writes such an entry, so it is put where the hub's ingest puts it.
    let body: &[u8] = &[0, 255, 13, 10];
    let db = rusqlite::Connection::open(hub.folder().join("keng.db"))?;
    for (table, hash) in [("quarantine (hash,", "x'00',"), ("refused_push (", "")] {
        let sql = format!(
            "INSERT INTO {table} node, incarnation, scope, seq, code, detail, body, at_ms)
             VALUES ({hash} '618-1', x'01', 'area:kontum-2022:23542', 3, 'SCOPE', 'unit 618 may not write', ?1, 5)"
        );
        db.execute(&sql, [body])?;
    }
    let listed: Vec<serde_json::Value> = hub.tell(&["quarantine", "list", "--json"])?.json()?;
    let ids: Vec<_> = listed.iter().filter_map(|q| q["id"].as_str()).collect();
    ensure!(ids == ["q-1", "p-1"] && listed[0]["code"] == "SCOPE" && listed[0]["bytes"] == 4, "{listed:?}");
    let out = s.p.folder().join("q.bin");
    let path = out.to_str().context("a path in UTF-8")?;
    for id in ids {
        hub.tell(&["quarantine", "export", id, "--out", path])?;
        ensure!(std::fs::read(&out)? == body, "{id}");
        std::fs::remove_file(&out)?;
    }
    let sentence = hub.ask(&["quarantine", "export", "q-9", "--out", path])?.refused()?;
    ensure!(sentence.contains("q-9") && !out.exists(), "{sentence}");
    Ok(())
}
