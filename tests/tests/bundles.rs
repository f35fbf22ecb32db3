//! Units that no link reaches: everything goes by stick, both ways, and nothing is lost or doubled.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use keng_proto::{BundleHeader, Push};
use keng_sync::batch::{BatchEntry, decode, encode};
use keng_sync::bundle::{Piece, Writer, verify};
use keng_sync::entry::{Entry, GENESIS};
use keng_sync::head::{SigningKey, sign_heads};
use keng_tests::chance::Chance;
use keng_tests::{Hub, Node, Province, fixtures, until};

/// A province whose district `unit` has joined and has had no link since, with its spreadsheet in.
fn without_link(unit: &str) -> Result<Province> {
    let mut p = Province::kon_tum()?;
    p.join(unit)?;
    p.node(unit).link().close();
    p.node(unit).import(&fixtures::spreadsheet(unit))?;
    Ok(p)
}

fn stick(p: &Province, name: &str) -> PathBuf {
    p.folder().join(name)
}

/// Hub and node hold the same points.
fn same_points(p: &Province, unit: &str) -> Result<()> {
    let (here, there) = (p.node(unit).points()?, p.hub().points()?);
    ensure!(!here.is_empty() && here == there, "{} points here, {} there, or different ones", here.len(), there.len());
    Ok(())
}

#[test]
fn a_district_without_a_link_delivers_by_stick_and_gets_its_receipts() -> Result<()> {
    let p = without_link("608")?;
    let (node, hub) = (p.node("608"), p.hub());
    ensure!(node.points()?.len() == 123);
    let waiting = node.status()?.pending;
    ensure!(waiting > 0);

    let (up, back) = (stick(&p, "608.keng"), stick(&p, "tra.keng"));
    let exported = node.export_bundle(&up, &[])?;
    ensure!(exported.entries == waiting && exported.files == [up.clone()], "{exported:?}");
    ensure!(node.status()?.pending == waiting, "what is on a stick has not arrived");
    // Nobody but the hub can read it.
    let bytes = std::fs::read(&up)?;
    ensure!(bytes.starts_with(b"age-encryption.org/v1\n") && exported.bytes == bytes.len() as u64);
    let taken = hub.import_bundle(&up)?;
    ensure!(taken.entries == waiting && taken.receipts == waiting && taken.refused == 0, "{taken:?}");
    same_points(&p, "608")?;

    // Something of the province for the way back.
    let point = node.points()?[0].id.clone();
    hub.edit_point(&point, "note", "tỉnh ghi thêm")?;
    hub.export_bundle(&back, &["--node", "608-1"])?;
    let taken = node.import_bundle(&back)?;
    ensure!(taken.receipts == waiting && taken.entries >= 1 && taken.left.is_none(), "{taken:?}");
    ensure!(node.status()?.pending == 0);
    ensure!(node.tell(&["status"])?.stdout.contains("Đã gửi hết"));
    ensure!(node.point(&point)?.text("note") == "tỉnh ghi thêm");
    same_points(&p, "608")?;

    // Once more, both ways: nothing happens.
    let before = hub.status()?;
    let again = hub.import_bundle(&up)?;
    ensure!(again.entries == 0 && again.already == waiting, "{again:?}");
    ensure!(node.import_bundle(&back)?.entries == 0 && node.status()?.pending == 0);
    ensure!(hub.status()?.root == before.root && hub.status()?.lsn == before.lsn, "the log grew");

    // The next round carries the difference alone, and the hub knows where the node stands.
    node.edit_point(&point, "teams", 5)?;
    let small = node.export_bundle(&up, &[])?;
    ensure!(small.entries == 1 && small.bytes < 3_000, "{small:?}");
    ensure!(hub.import_bundle(&up)?.entries == 1 && hub.point(&point)?.number("teams") == Some(5));
    let small = hub.export_bundle(&back, &["--unit", "608"])?;
    ensure!(small.entries == 0 && small.bytes < 3_000, "{small:?}");
    ensure!(node.import_bundle(&back)?.receipts == 1 && node.status()?.pending == 0);
    let unit = hub.status()?;
    let listed = &unit.unit("608")?.nodes[0];
    ensure!(listed["pending"] == 0 && !listed["complete_to"].is_null(), "{listed}");

    // When the link is there again, nothing is left to say.
    node.link().open();
    let synced = node.sync()?;
    ensure!(synced.sent.entries == 0 && synced.received.entries == 0 && synced.pending == 0, "{synced:?}");
    Ok(())
}

#[test]
fn a_bundle_that_is_not_for_here_is_refused_in_words() -> Result<()> {
    let mut p = without_link("618")?;
    p.join("610")?;
    let (node, hub) = (p.node("618"), p.hub());
    let (sealed, open, back) = (stick(&p, "kín.keng"), stick(&p, "ngỏ.keng"), stick(&p, "tra.keng"));
    node.export_bundle(&sealed, &[])?;
    node.export_bundle(&open, &["--open"])?;
    hub.export_bundle(&back, &["--node", "618-1"])?;
    let lsn = hub.status()?.lsn;

    let other = Hub::init(&p.programs().hub, &p.folder().join("other"), "62", &fixtures::units("kontum-2022"))?;
    let refused = |file: &Path, at: &keng_tests::Office, words: &str| -> Result<()> {
        let sentence = at.try_import_bundle(file)?.refused()?;
        ensure!(sentence.contains(words) && sentence.contains("Chưa"), "no “{words}” in {sentence}");
        Ok(())
    };
    refused(&sealed, &other, "trạm tỉnh khác")?;
    refused(&open, &other, "trạm tỉnh khác")?;
    refused(&sealed, node, "niêm phong")?;
    refused(&open, node, "gói gửi lên tỉnh")?;
    refused(&back, hub, "gói trả về")?;
    refused(&back, p.node("610"), "dành cho máy 618-1")?;
    for (name, content, words) in [
        ("rỗng.keng", &b""[..], "rỗng"),
        ("bảng.xlsx", b"PK\x03\x04 not a bundle at all", "không phải gói USB"),
        ("mới.keng", b"keng-usb\x00\x00\x00\x07", "cắt cụt"),
    ] {
        let file = stick(&p, name);
        std::fs::write(&file, content)?;
        refused(&file, hub, words)?;
        refused(&file, node, words)?;
    }
    refused(&stick(&p, "không-có.keng"), hub, "không-có.keng")?;
    ensure!(hub.status()?.lsn == lsn && node.status()?.pending > 0);
    // A file that is no bundle is never written over.
    let letter = stick(&p, "công-văn.docx");
    std::fs::write(&letter, "của cán bộ")?;
    let path = letter.to_str().context("UTF-8")?;
    node.ask(&["bundle", "export", path])?.refused()?;
    ensure!(std::fs::read(&letter)? == "của cán bộ".as_bytes());
    Ok(())
}

#[test]
fn a_bundle_of_a_node_that_the_register_does_not_know_is_refused() -> Result<()> {
    let mut p = Province::kon_tum()?;
    ensure!(p.hub().status()?.lsn > 0);
    p.hub().stop()?;
    // The same hub, before the node joined.
    let early = p.folder().join("early");
    copy(p.hub().folder(), &early)?;
    p.hub().serve()?;
    p.join("618")?;
    p.node("618").import(&fixtures::spreadsheet("618"))?;
    let up = stick(&p, "618.keng");
    p.node("618").export_bundle(&up, &[])?;
    let early = keng_tests::Office::new(&p.programs().hub, &early);
    let sentence = early.try_import_bundle(&up)?.refused()?;
    ensure!(sentence.contains("618-1") && sentence.contains("không biết"), "{sentence}");
    ensure!(p.hub().import_bundle(&up)?.entries > 0);
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[test]
fn a_damaged_bundle_imports_nothing_and_says_where() -> Result<()> {
    let p = without_link("610")?;
    let (node, hub) = (p.node("610"), p.hub());
    let lsn = hub.status()?.lsn;
    for (name, how) in [("kín.keng", &[][..]), ("ngỏ.keng", &["--open"])] {
        let whole = stick(&p, name);
        node.export_bundle(&whole, how)?;
        let bytes = std::fs::read(&whole)?;
        let file = stick(&p, "hỏng.keng");
        for at in [0, 9, 100, bytes.len() / 2, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            std::fs::write(&file, &damaged)?;
            let sentence = hub.try_import_bundle(&file)?.refused()?;
            let told = sentence.contains("byte") || at < 22 && sentence.contains("không phải gói USB");
            ensure!(told && sentence.contains("Chưa nhập gì"), "byte {at} of {name}: {sentence}");
        }
        for length in [1, 50, bytes.len() / 2, bytes.len() - 1] {
            std::fs::write(&file, &bytes[..length])?;
            let sentence = hub.try_import_bundle(&file)?.refused()?;
            let told = sentence.contains("byte") || length < 22 && sentence.contains("không phải gói USB");
            ensure!(told && sentence.contains("Chưa nhập gì"), "{length} bytes of {name}: {sentence}");
        }
        ensure!(hub.status()?.lsn == lsn && hub.points()?.is_empty(), "something came in");
    }
    let half = stick(&p, "ngỏ.keng");
    let bytes = std::fs::read(&half)?;
    std::fs::write(&half, &bytes[..bytes.len() / 2])?;
    let sentence = hub.try_import_bundle(&half)?.refused()?;
    ensure!(sentence.contains(&format!("byte {}", bytes.len() / 2)), "{sentence}");
    hub.import_bundle(&stick(&p, "kín.keng"))?;
    same_points(&p, "610")
}

/// Notes that do not compress, so that a bundle has several files.
fn write_notes(office: &keng_tests::Office, seed: u64, count: usize) -> Result<()> {
    let mut chance = Chance::new(seed);
    let points = office.points()?;
    for n in 0..count {
        let note: String = (0..2_000).filter_map(|_| char::from_u32(0x4e00 + chance.below(20_000) as u32)).collect();
        office.edit_point(&points[n % points.len()].id, "note", note)?;
    }
    Ok(())
}

#[test]
fn files_of_one_export_come_in_any_order_and_all_arrives() -> Result<()> {
    let p = without_link("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    write_notes(node, 11, 8)?;
    let waiting = node.status()?.pending;
    let files = node.export_bundle(&stick(&p, "618.keng"), &["--max-size", "20000"])?.files;
    ensure!(files.len() >= 3, "{files:?}");
    for (n, file) in files.iter().enumerate() {
        let bytes = std::fs::metadata(file)?.len();
        ensure!(bytes <= 20_000, "{} has {bytes} bytes", file.display());
        let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        ensure!(name == format!("618.keng.{}of{}", n + 1, files.len()), "{name}");
    }

    hub.import_bundle(&files[0])?;
    let answer = hub.try_import_bundle(&files[2])?;
    let sentence = answer.clone().refused()?;
    ensure!(sentence.contains("thiếu phần 2"), "{sentence}");
    ensure!(answer.json::<keng_tests::stick::Taken>()?.left.is_some(), "{answer:?}");
    // The stick with part 3 may be gone: the hub has kept what it could not take yet.
    std::fs::remove_file(&files[2])?;
    hub.import_bundle(&files[1])?;
    for file in &files[3..] {
        hub.import_bundle(file)?;
    }
    same_points(&p, "618")?;
    let listed = hub.status()?.unit("618")?.nodes[0].clone();
    ensure!(listed["pending"] == 0 && !listed["complete_to"].is_null(), "{listed}");
    let left = hub.folder().join("bundles");
    ensure!(!left.exists() || std::fs::read_dir(&left)?.count() == 0, "a file still waits");

    // The way back in several files, in the wrong order: told, and nothing lost.
    write_notes(hub, 12, 8)?;
    let back = hub.export_bundle(&stick(&p, "tra.keng"), &["--unit", "618", "--max-size", "20000"])?.files;
    ensure!(back.len() >= 3, "{back:?}");
    let last = back.last().context("a last file")?;
    let sentence = node.try_import_bundle(last)?.refused()?;
    ensure!(sentence.contains(&format!("phần {}", back.len())) && sentence.contains("Không mất gì"), "{sentence}");
    for file in &back {
        node.import_bundle(file)?;
    }
    ensure!(node.status()?.pending == 0 && waiting > 0);
    same_points(&p, "618")
}

#[test]
fn a_conflict_by_stick_is_the_same_as_by_wire() -> Result<()> {
    let p = without_link("610")?;
    let (node, hub) = (p.node("610"), p.hub());
    let (up, back) = (stick(&p, "610.keng"), stick(&p, "tra.keng"));
    node.export_bundle(&up, &[])?;
    let first = hub.import_bundle(&up)?;
    let point = node.points()?[0].id.clone();
    node.edit_point(&point, "teams", 7)?;
    hub.edit_point(&point, "teams", 9)?;
    // No receipt has come back: all goes on the stick again, and the hub knows what is new.
    node.export_bundle(&up, &[])?;
    let second = hub.import_bundle(&up)?;
    ensure!(second.entries == 1 && second.already == first.entries, "{first:?} {second:?}");
    let contest = hub.contest(&point, "teams")?;
    contest.between("610", "62")?;
    ensure!(contest.of("610")?.1.value == 7 && contest.of("62")?.1.value == 9, "{contest:?}");
    hub.export_bundle(&back, &[])?;
    node.import_bundle(&back)?;
    ensure!(node.contest(&point, "teams")?.id == contest.id, "another contest at the node");
    hub.choose(&contest, "610", "theo hồ sơ của huyện")?;
    hub.export_bundle(&back, &[])?;
    node.import_bundle(&back)?;
    ensure!(node.contests()?.is_empty() && node.point(&point)?.number("teams") == Some(7));
    Ok(())
}

#[test]
fn a_live_node_gets_what_came_by_stick_while_the_hub_serves() -> Result<()> {
    let p = without_link("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let live = Node::join(&p.programs().node, &p.folder().join("live"), hub, "618", "Cán bộ trực")?;
    live.serve()?;
    ensure!(live.points()?.is_empty());
    let up = stick(&p, "618.keng");
    node.export_bundle(&up, &[])?;
    hub.import_bundle(&up)?;
    ensure!(hub.is_serving());
    let points = node.points()?;
    until("the live node has the points", Duration::from_secs(30), || Ok(live.points()? == points))?;
    live.stop()
}

#[test]
fn the_pages_carry_a_bundle_both_ways() -> Result<()> {
    let p = without_link("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    node.serve()?;
    let page = String::from_utf8(node.page("/sync")?)?;
    ensure!(page.contains("Xuất ra USB") && page.contains("Nhập gói USB"), "{page}");
    let (up, back) = (stick(&p, "lên.keng"), stick(&p, "về.keng"));
    std::fs::write(&up, node.page("/bundle/export")?)?;
    let (status, page) = hub.upload("/units", "/bundle/import", &up)?;
    ensure!(status == 200 && page.contains("Đã nhập gói USB"), "{status} {page}");
    ensure!(hub.points()?.len() == 22, "{} points", hub.points()?.len());
    let page = String::from_utf8(hub.page("/units")?)?;
    ensure!(page.contains("/bundle/export/618-1"), "{page}");
    std::fs::write(&back, hub.page("/bundle/export/618-1")?)?;
    let (status, page) = node.upload("/sync", "/bundle/import", &back)?;
    ensure!(status == 200 && page.contains("được biên nhận"), "{status} {page}");
    ensure!(node.status()?.pending == 0);

    let (status, page) = node.upload("/sync", "/bundle/import", &up)?;
    ensure!(status == 422 && page.contains("niêm phong"), "{status} {page}");
    for office in [&**node, &**hub] {
        let left = std::fs::read_dir(office.folder())?.filter_map(Result::ok);
        let left: Vec<_> = left.map(|e| e.file_name()).filter(|n| n.to_string_lossy().contains("load-")).collect();
        ensure!(left.is_empty(), "{left:?} left behind");
    }
    node.stop()
}

/// What a program that is not ours can write when it holds the node's key.
struct Forger {
    header: BundleHeader,
    push: Push,
    key: SigningKey,
}

impl Forger {
    fn of(node: &Node, honest: &Path) -> Result<Self> {
        let file = std::fs::read(honest)?;
        let verified = verify(file.as_slice(), |_| {})?;
        let Some(Ok(Piece::Push(push))) = verified.pieces(file.as_slice())?.next() else {
            anyhow::bail!("no push in {}", honest.display())
        };
        let seed = std::fs::read(node.folder().join("keys/signing.seed"))?;
        let key = SigningKey::from_seed(seed.as_slice().try_into()?);
        Ok(Self { header: verified.header, push, key })
    }

    fn write(&self, to: &Path, push: Push, key: &SigningKey) -> Result<()> {
        let mut writer = Writer::begin(Vec::new(), self.header.clone())?;
        writer.put(Piece::Push(push))?;
        Ok(std::fs::write(to, writer.finish(true, key)?)?)
    }

    /// The push with one byte of an entry altered, under the honest signature.
    fn altered(&self) -> Result<Push> {
        let raw = decode(self.push.batch.as_ref().context("a batch")?)?;
        let mut entries: Vec<BatchEntry> = raw
            .into_iter()
            .map(|raw| {
                let entry = Entry { feed: raw.feed, seq: raw.seq, body: raw.body, hash: GENESIS };
                BatchEntry { entry, lsn: raw.lsn, received_at_ms: 0 }
            })
            .collect();
        let mut body = entries[0].entry.body.clone().context("a body")?.to_vec();
        body[20] ^= 1;
        entries[0].entry.body = Some(body.into());
        Ok(Push { batch: Some(encode(&entries)), heads: self.push.heads.clone() })
    }
}

#[test]
fn a_forged_push_goes_to_quarantine_and_a_forged_file_nowhere() -> Result<()> {
    let p = without_link("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let (honest, forged) = (stick(&p, "618.keng"), stick(&p, "giả.keng"));
    node.export_bundle(&honest, &["--open"])?;
    let forger = Forger::of(node, &honest)?;
    let stranger = SigningKey::from_seed(&[7; 32]);
    let quarantined =
        || -> Result<u64> { hub.status()?.unit("618")?.nodes[0]["pending_quarantine"].as_u64().context("a number") };

    forger.write(&forged, forger.push.clone(), &stranger)?;
    let sentence = hub.try_import_bundle(&forged)?.refused()?;
    ensure!(sentence.contains("chữ ký") && quarantined()? == 0, "{sentence}");

    forger.write(&forged, forger.altered()?, &forger.key)?;
    let sentence = hub.try_import_bundle(&forged)?.refused()?;
    ensure!(sentence.contains("cách ly") && quarantined()? > 0, "{sentence}");
    let before = quarantined()?;

    let signed = forger.push.heads.as_ref().context("heads")?;
    let incarnation = keng_domain::id::Incarnation::from_slice(&signed.incarnation)?;
    let heads = Some(sign_heads(&stranger, incarnation, signed.heads.clone(), signed.at_ms));
    forger.write(&forged, Push { heads, ..forger.push.clone() }, &forger.key)?;
    let answer = hub.try_import_bundle(&forged)?;
    ensure!(answer.json::<keng_tests::stick::Taken>()?.refused > 0, "{answer:?}");
    answer.refused()?;
    ensure!(quarantined()? > before && hub.points()?.is_empty(), "a forged entry entered the log");

    // Nobody else is held up, and the honest file is taken as if nothing had been.
    ensure!(hub.import_bundle(&honest)?.entries > 0);
    same_points(&p, "618")
}

#[test]
fn a_hub_that_began_another_log_gets_by_stick_what_it_lost() -> Result<()> {
    let p = without_link("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let (up, back, late) = (stick(&p, "618.keng"), stick(&p, "tra.keng"), stick(&p, "tra-cũ.keng"));
    hub.stop()?;
    let before = p.folder().join("before");
    copy(hub.folder(), &before)?;
    node.export_bundle(&up, &[])?;
    hub.import_bundle(&up)?;
    hub.export_bundle(&late, &["--node", "618-1"])?;
    node.import_bundle(&late)?;
    ensure!(node.status()?.pending == 0);

    // The hub's disk is lost; its copy from before begins another log.
    std::fs::remove_dir_all(hub.folder())?;
    copy(&before, hub.folder())?;
    let db = rusqlite::Connection::open(hub.folder().join("keng.db"))?;
    db.execute("UPDATE meta SET value = ?1 WHERE key = 'epoch'", ["ab".repeat(16)])?;
    drop(db);
    ensure!(hub.points()?.is_empty());
    hub.export_bundle(&back, &["--node", "618-1"])?;
    node.import_bundle(&back)?;
    ensure!(node.status()?.pending > 0, "what the hub lost is called sent");
    let sentence = node.try_import_bundle(&late)?.refused()?;
    ensure!(sentence.contains("sổ cái cũ"), "{sentence}");
    node.export_bundle(&up, &[])?;
    hub.import_bundle(&up)?;
    same_points(&p, "618")?;
    hub.export_bundle(&back, &["--node", "618-1"])?;
    node.import_bundle(&back)?;
    ensure!(node.status()?.pending == 0);
    Ok(())
}
