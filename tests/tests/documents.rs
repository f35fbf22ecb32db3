//! Documents and scans: they follow the figures, go on after any cut, arrive as they were, and
//! reach nobody else.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, ensure};
use keng_tests::chance::Chance;
use keng_tests::{Node, Province, fixtures, until};

const LONG: Duration = Duration::from_secs(60);

/// A province in which a unit has sent its figures; and one of its points.
fn ready(unit: &str) -> Result<(Province, String)> {
    let mut p = Province::kon_tum()?;
    p.join(unit)?;
    let node = p.node(unit);
    node.import(&fixtures::spreadsheet(unit))?;
    node.sync()?;
    let point = node.points()?[0].id.clone();
    Ok((p, point))
}

/// A scan: bytes that do not compress, different for each seed.
fn scan(folder: &Path, name: &str, bytes: usize) -> Result<PathBuf> {
    let mut chance = Chance::new(bytes as u64);
    let content: Vec<u8> = (0..bytes.div_ceil(8)).flat_map(|_| chance.below(u64::MAX).to_le_bytes()).collect();
    let path = folder.join(name);
    std::fs::write(&path, &content[..bytes])?;
    Ok(path)
}

fn same(content: &[u8], file: &Path) -> Result<()> {
    ensure!(content == std::fs::read(file)?, "the content differs");
    Ok(())
}

#[test]
fn a_scan_reaches_the_province_as_it_was() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let file = scan(p.folder(), "QĐ 112 thành lập.pdf", 700_000)?;
    let added = node.add(&point, &file, "quyết định thành lập")?;
    ensure!((added.state.as_str(), added.chunks_at_hub, added.chunks) == ("waiting", 0, 3), "{added:?}");
    ensure!(added.kind == "QD_THANH_LAP" && added.name == "QĐ 112 thành lập.pdf" && added.unit == "618", "{added:?}");
    let words = node.tell(&["document", "list", &point])?.stdout;
    ensure!(words.contains("0/1 tệp đã tới tỉnh") && words.contains("đang chờ gửi"), "{words}");

    // The figures alone: the province knows of the file, and that it has not come.
    node.tell(&["sync", "--once", "--no-files"])?;
    let there = hub.document(&point)?;
    ensure!((there.state.as_str(), there.chunks_at_hub) == ("waiting", 0), "{there:?}");
    let sentence = hub.try_get(&added.hash, &p.folder().join("x"))?.refused()?;
    ensure!(sentence.contains("chưa tới tỉnh") && !p.folder().join("x").exists(), "{sentence}");

    let synced = node.sync()?;
    ensure!((synced.files.sent, synced.files.bytes, synced.files.waiting) == (1, 700_000, 0), "{synced:?}");
    same(&hub.content(&added.hash)?, &file)?;
    same(&node.content(&added.hash)?, &file)?;
    ensure!(hub.document(&point)?.state == "at_hub" && node.document(&point)?.state == "both");
    let words = node.tell(&["document", "list", &point])?.stdout;
    ensure!(words.contains("1/1 tệp đã tới tỉnh"), "{words}");
    let synced = node.sync()?;
    ensure!((synced.files.sent, synced.files.wire_bytes) == (0, 0), "a line was opened for nothing: {synced:?}");
    Ok(())
}

/// R2, R14: what a paper is about is written beside its scan; a wrong scan counts nowhere, and why stays told.
#[test]
fn a_document_is_filled_in_taken_out_of_the_dossier_and_put_back() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let file = scan(p.folder(), "quét.pdf", 30_000)?;
    let path = file.to_str().unwrap_or_default();
    let add = |more: &[&str]| node.ask(&[&["document", "add", &point, path, "--kind", "KE_HOACH"], more].concat());
    let sentence = add(&["--set", "issued_on=01/01/2099"])?.refused()?;
    ensure!(sentence.contains("chưa tới") && sentence.contains("R2"), "{sentence}");
    let sentence = add(&["--set", "hash=00"])?.refused()?;
    ensure!(sentence.contains("number, issued_on"), "{sentence}");
    add(&["--set", "number=12/KH-BCĐ", "issued_on=9/11/2022"])?.done()?;
    let hash = node.document(&point)?.hash;
    for secret in ["number=12/Tối mật", "subject=Mật"] {
        let sentence = node.ask(&["document", "edit", &hash, "--set", secret])?.refused()?;
        ensure!(sentence.contains("độ mật"), "{sentence}");
    }
    let long = format!("subject={}", "ặ".repeat(501));
    let sentence = node.ask(&["document", "edit", &hash, "--set", &long])?.refused()?;
    ensure!(sentence.contains("500"), "{sentence}");
    node.tell(&["document", "edit", &hash, "--set", "issuer=UBND huyện", "subject=phát động", "signer=A Thiu"])?;
    node.sync()?;
    let at_hub = || -> Result<serde_json::Value> { hub.tell(&["document", "list", &point, "--json"])?.json() };
    let there = at_hub()?;
    let text = |key: &str| there[0][key].as_str().unwrap_or_default().to_owned();
    ensure!((text("number"), text("issued_on")) == ("12/KH-BCĐ".into(), "2022-11-09".into()), "{there:#}");
    ensure!((text("issuer"), text("signer")) == ("UBND huyện".into(), "A Thiu".into()), "{there:#}");

    let sentence = node.ask(&["document", "remove", &hash])?.refused()?;
    ensure!(sentence.contains("phải có lý do"), "{sentence}");
    node.tell(&["document", "remove", &hash, "--reason", "quét nhầm"])?;
    let sentence = node.ask(&["document", "remove", &hash, "--reason", "lần nữa"])?.refused()?;
    ensure!(sentence.contains("đã được gỡ"), "{sentence}");
    ensure!(node.documents(&point)?.is_empty());
    node.sync()?;
    ensure!(hub.documents(&point)?.is_empty());
    let out: serde_json::Value = hub.tell(&["document", "list", &point, "--removed", "--json"])?.json()?;
    ensure!(out[0]["removed"]["reason"] == "quét nhầm" && out[0]["removed"]["unit"] == "618", "{out:#}");
    let words = hub.tell(&["document", "list", &point])?.stdout;
    ensure!(words.contains("đã gỡ: quét nhầm"), "{words}");

    // The province may put it back; the unit sees it at its next sync.
    hub.tell(&["document", "restore", &text("id")])?;
    node.sync()?;
    ensure!(node.document(&point)?.hash == hash);
    // One file in two dossiers is named by the document, not by the file.
    let other = node.points()?[1].id.clone();
    node.add(&other, &file, "KHAC")?;
    let sentence = node.ask(&["document", "remove", &hash, "--reason", "x"])?.refused()?;
    ensure!(sentence.contains(&text("id")) && sentence.contains("2 hồ sơ"), "{sentence}");
    node.tell(&["document", "remove", &text("id"), "--reason", "x"])?;
    ensure!(node.documents(&point)?.is_empty() && node.documents(&other)?.len() == 1);
    Ok(())
}

#[test]
fn the_same_file_is_kept_sent_and_listed_once() -> Result<()> {
    let (mut p, point) = ready("618")?;
    p.join("610")?;
    p.node("610").import(&fixtures::spreadsheet("610"))?;
    p.node("610").sync()?;
    let file = scan(p.folder(), "kế hoạch.pdf", 300_000)?;
    let copy = p.folder().join("ke hoach (1).pdf");
    std::fs::copy(&file, &copy)?;
    let (node, other) = (p.node("618"), p.node("610"));
    let points = node.points()?;
    let first = node.add(&point, &file, "KE_HOACH")?;
    node.add(&point, &copy, "KE_HOACH")?;
    let words =
        node.tell(&["document", "add", &point, copy.to_str().unwrap_or_default(), "--kind", "ke_hoach"])?.stdout;
    ensure!(words.contains("đã có tệp"), "{words}");
    ensure!(node.document(&point)? == first, "the second one is another document");
    // Another record of the unit, and another unit, have the same file: it is sent once in all.
    node.add(&points[1].id, &file, "KE_HOACH")?;
    let synced = node.sync()?;
    ensure!((synced.files.sent, synced.files.bytes) == (1, 300_000), "{synced:?}");
    let theirs = other.points()?[0].id.clone();
    other.add(&theirs, &file, "KE_HOACH")?;
    let synced = other.sync()?;
    ensure!(synced.files.sent == 1 && synced.files.bytes == 0 && synced.files.wire_bytes < 20_000, "{synced:?}");
    ensure!(other.document(&theirs)?.state == "both");
    Ok(())
}

/// R4, R14: one scan often holds the decision and its list. Each is a document of its own, and what was said of
/// one is not overwritten by the other, nor by adding it again.
#[test]
fn one_scan_is_two_documents_and_what_was_said_of_one_stays() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let scan = scan(p.folder(), "qd.pdf", 30_000)?;
    let path = scan.to_str().unwrap_or_default();
    let add = |kind: &str, set: &[&str]| -> Result<String> {
        let args = [&["document", "add", &point, path, "--kind", kind][..], set].concat();
        Ok(node.tell(&args)?.stdout)
    };
    let numbers = || -> Result<Vec<(String, String)>> {
        let all: serde_json::Value = hub.tell(&["document", "list", &point, "--json"])?.json()?;
        let text = |of: &serde_json::Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
        let each = all.as_array().into_iter().flatten().map(|d| (text(d, "kind"), text(d, "number")));
        let mut each: Vec<(String, String)> = each.collect();
        each.sort();
        Ok(each)
    };
    let told = |kind: &str, number: &str| (kind.to_owned(), number.to_owned());
    add("TO_TRINH", &["--set", "number=01/TTr-CAH", "issued_on=2022-11-30"])?;
    add("DS_THANH_VIEN", &["--set", "number=99/DS"])?;
    let synced = node.sync()?;
    ensure!((synced.files.sent, synced.files.bytes) == (1, 30_000), "its bytes are sent once: {synced:?}");
    ensure!(numbers()? == [told("DS_THANH_VIEN", "99/DS"), told("TO_TRINH", "01/TTr-CAH")], "{:?}", numbers()?);

    let words = add("TO_TRINH", &["--set", "number=88/QĐ-UBND", "signer=A Thiu"])?;
    ensure!(words.contains("đã có tệp đó") && words.contains("người ký") && !words.contains("số, ký hiệu"), "{words}");
    node.sync()?;
    ensure!(numbers()?.contains(&told("TO_TRINH", "01/TTr-CAH")), "{:?}", numbers()?);
    let hash = &node.documents(&point)?[0].hash;
    let sentence = node.ask(&["document", "remove", hash, "--reason", "x"])?.refused()?;
    ensure!(sentence.contains("2 văn bản của một hồ sơ"), "{sentence}");
    Ok(())
}

#[test]
fn a_scan_of_20_mb_goes_on_where_the_hub_s_part_of_it_ends() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let size = 20_000_000;
    let file = scan(p.folder(), "hồ sơ.pdf", size)?;
    node.add(&point, &file, "KHAC")?;
    node.tell(&["sync", "--once", "--no-files"])?;
    let memory = hub.peak_memory()?;
    let before = node.link().bytes().0;
    let (mut cuts, mut chunks) = (0, 0);
    loop {
        node.link().close_after(1_700_000);
        let answer = node.try_sync()?;
        if !node.link().is_reached() {
            answer.done()?;
            break;
        }
        let sentence = answer.refused()?;
        ensure!(sentence.contains("nguyên"), "does not say that the file is safe: {sentence}");
        cuts += 1;
        let there = hub.document(&point)?.chunks_at_hub;
        ensure!(there >= chunks, "{there} pieces after {chunks}");
        chunks = there;
        ensure!(cuts < 30, "it does not get on");
    }
    let wire = node.link().bytes().0 - before;
    println!("{cuts} cuts, {wire} bytes on the wire for {size}: {:+.2} %", (wire as f64 / size as f64 - 1.0) * 100.0);
    ensure!(cuts >= 10, "{cuts} cuts only");
    ensure!(wire < size as u64 * 105 / 100, "{wire} bytes for {size}");
    same(&hub.content(&node.document(&point)?.hash)?, &file)?;
    let memory = hub.peak_memory()?.saturating_sub(memory);
    println!("the hub's memory grew by {memory} bytes");
    ensure!(memory < 16_000_000, "the hub's memory grew by {memory} bytes");
    Ok(())
}

/// 64 kbit/s cut every 20 s, ten times as fast: 160 KB pass between two cuts, and a chunk takes
/// longer than that.
#[test]
fn a_slow_link_that_is_cut_within_every_chunk_still_brings_the_file_across() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    // `KENG_SCAN_BYTES=20000000` is the whole scan, in five minutes.
    let size = std::env::var("KENG_SCAN_BYTES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_600_000);
    let file = scan(p.folder(), "biên bản.pdf", size)?;
    node.add(&point, &file, "BIEN_BAN_RA_MAT")?;
    node.tell(&["sync", "--once", "--no-files"])?;
    let before = node.link().bytes().0;
    node.link().throttle(80_000);
    let mut cuts = 0;
    while cuts < 20 + size / 50_000 {
        node.link().close_after(160_000);
        let answer = node.try_sync()?;
        if !node.link().is_reached() {
            answer.done()?;
            break;
        }
        cuts += 1;
    }
    let wire = node.link().bytes().0 - before;
    println!("{cuts} cuts, {wire} bytes on the wire for {size}: {:+.2} %", (wire as f64 / size as f64 - 1.0) * 100.0);
    ensure!(cuts >= 9, "{cuts} cuts only");
    // All of it, TLS and the sessions for the figures included.
    ensure!(wire < size as u64 * 105 / 100, "{wire} bytes for {size}");
    same(&hub.content(&node.document(&point)?.hash)?, &file)?;
    Ok(())
}

#[test]
fn a_large_file_costs_neither_side_its_size_in_memory() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    node.serve()?;
    node.add(&point, &scan(p.folder(), "a.pdf", 1_000_000)?, "KHAC")?;
    until("a small file is there", LONG, || Ok(node.document(&point)?.state == "both"))?;
    let before = (node.peak_memory()?, hub.peak_memory()?);
    let other = &node.points()?[1].id;
    node.add(other, &scan(p.folder(), "b.pdf", 40_000_000)?, "KHAC")?;
    until("a large file is there", LONG, || Ok(node.document(other)?.state == "both"))?;
    // The kernel sums up its counters of pages now and then, so that a peak may be told a little lower.
    let grown = (node.peak_memory()?.saturating_sub(before.0), hub.peak_memory()?.saturating_sub(before.1));
    println!("40 MB: the node's memory grew by {} bytes, the hub's by {}", grown.0, grown.1);
    ensure!(grown.0 < 12_000_000 && grown.1 < 12_000_000, "{grown:?}");
    node.stop()
}

#[test]
fn figures_pass_a_file_that_is_on_its_way() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    node.link().throttle(60_000);
    node.serve()?;
    let file = scan(p.folder(), "quét.pdf", 2_000_000)?;
    node.add(&point, &file, "KHAC")?;
    until("the first pieces are there", LONG, || Ok(hub.document(&point).is_ok_and(|d| d.chunks_at_hub > 0)))?;
    let began = Instant::now();
    node.edit_point(&point, "teams", 77)?;
    until("the figure is there", LONG, || Ok(hub.point(&point)?.number("teams") == Some(77)))?;
    let took = began.elapsed();
    let there = hub.document(&point)?;
    ensure!(there.state == "waiting", "the file was through before: {there:?}");
    println!("the figure took {} ms beside the file", took.as_millis());
    node.link().throttle(0);
    until("the file is there", LONG, || Ok(hub.document(&point)?.state == "at_hub"))?;
    same(&hub.content(&there.hash)?, &file)?;
    until("the node knows", LONG, || Ok(node.document(&point)?.state == "both"))?;
    node.stop()
}

#[test]
fn a_hub_that_is_killed_goes_on_with_the_part_it_had() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let file = scan(p.folder(), "quét.pdf", 3_000_000)?;
    node.add(&point, &file, "KHAC")?;
    node.tell(&["sync", "--once", "--no-files"])?;
    node.link().stall_after(1_200_000);
    node.serve()?;
    node.link().wait_until_reached(LONG)?;
    until("a piece is safe", LONG, || Ok(hub.document(&point)?.chunks_at_hub >= 3))?;
    hub.kill();
    hub.serve()?;
    ensure!(hub.document(&point)?.chunks_at_hub >= 3, "the part is gone");
    let before = node.link().bytes().0;
    node.link().close();
    node.link().open();
    until("the file is there", LONG, || Ok(hub.document(&point)?.state == "at_hub"))?;
    let again = node.link().bytes().0 - before;
    ensure!(again < 2_600_000, "{again} bytes after the kill: it began anew");
    same(&hub.content(&node.document(&point)?.hash)?, &file)
}

#[test]
fn what_nobody_finishes_is_swept_when_the_hub_starts_and_what_a_document_asks_for_is_not() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let asked = node.add(&point, &scan(p.folder(), "a.pdf", 300_000)?, "KHAC")?.hash;
    node.tell(&["sync", "--once", "--no-files"])?;
    hub.stop()?;
    let folder = hub.folder().join("blobs/partial");
    std::fs::create_dir_all(&folder)?;
    let part = |hash: &str| folder.join(format!("{hash}.618-1"));
    let unasked = "ab".repeat(32);
    for hash in [&asked, &unasked] {
        std::fs::write(part(hash), b"begun")?;
        let long_ago = SystemTime::now() - Duration::from_secs(31 * 86_400);
        std::fs::File::options().write(true).open(part(hash))?.set_modified(long_ago)?;
    }
    hub.serve()?;
    until("the part is swept", LONG, || Ok(!part(&unasked).exists()))?;
    ensure!(part(&asked).exists(), "an upload could go on with it");
    Ok(())
}

#[test]
fn a_file_whose_content_is_another_one_is_not_kept_and_keeps_no_other() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let (bad, good) = (scan(p.folder(), "a.pdf", 300_000)?, scan(p.folder(), "b.pdf", 200_001)?);
    let (bad_there, good_there) = (node.add(&point, &bad, "KHAC")?, node.add(&point, &good, "KHAC")?);
    let rotten = stored(node, &bad_there.hash);
    let mut bytes = std::fs::read(&rotten)?;
    bytes[150_000] ^= 1;
    std::fs::write(&rotten, bytes)?;
    let answer = node.try_sync()?;
    let synced: keng_tests::answers::Synced = answer.clone().done()?.json()?;
    ensure!((synced.files.sent, synced.files.refused) == (1, 1), "{synced:?}");
    ensure!(answer.stderr.contains("đã hỏng"), "{}", answer.stderr);
    same(&hub.content(&good_there.hash)?, &good)?;
    ensure!(!stored_at(hub.folder(), &bad_there.hash).exists(), "the hub has kept it");
    let parts = std::fs::read_dir(hub.folder().join("blobs/partial"))?.count();
    ensure!(parts == 0, "{parts} parts are left at the hub");
    // Adding the original again heals it.
    node.add(&point, &bad, "KHAC")?;
    ensure!(node.sync()?.files.sent == 1);
    same(&hub.content(&bad_there.hash)?, &bad)
}

fn stored(node: &Node, hash: &str) -> PathBuf {
    stored_at(node.folder(), hash)
}

fn stored_at(folder: &Path, hash: &str) -> PathBuf {
    folder.join("blobs").join(&hash[..2]).join(hash)
}

/// How many bytes of a file have come to a node, as long as the rest has not.
fn begun(node: &Node, hash: &str) -> Result<u64> {
    let mut kept = 0;
    for entry in std::fs::read_dir(node.folder().join("blobs").join("partial"))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(hash) {
            kept += entry.metadata()?.len();
        }
    }
    Ok(kept)
}

#[test]
fn a_copy_is_dropped_only_with_a_receipt_and_comes_back_when_there_is_a_link() -> Result<()> {
    let (p, point) = ready("618")?;
    let node = p.node("618");
    let file = scan(p.folder(), "quét.pdf", 1_000_000)?;
    let added = node.add(&point, &file, "KHAC")?;
    let sentence = node.ask(&["document", "drop", &added.hash])?.refused()?;
    ensure!(sentence.contains("chưa có biên nhận") && stored(node, &added.hash).exists(), "{sentence}");
    node.sync()?;
    node.tell(&["document", "drop", &added.hash])?;
    ensure!(!stored(node, &added.hash).exists() && node.document(&point)?.state == "at_hub");

    let out = p.folder().join("ra.pdf");
    node.link().close();
    let sentence = node.try_get(&added.hash, &out)?.refused()?;
    ensure!(sentence.contains("không giữ bản") && sentence.contains("mạng") && !out.exists(), "{sentence}");
    // The way back is cut in its midst: what has come stays.
    node.link().close_after(400_000);
    node.try_get(&added.hash, &out)?.refused()?;
    ensure!(!out.exists(), "half a file was written");
    // How much the node had read when the line broke is chance; all of it must stay.
    let kept = begun(node, &added.hash)?;
    ensure!(kept > 0, "nothing of 400.000 bytes was kept");
    node.link().open();
    let before = node.link().bytes().1;
    same(&node.content(&added.hash)?, &file)?;
    let came = node.link().bytes().1 - before;
    ensure!(came < 1_000_000 - kept + 50_000, "{came} bytes came again, {kept} had been kept");
    ensure!(node.document(&point)?.state == "both");
    Ok(())
}

#[test]
fn a_second_machine_of_the_unit_sees_and_gets_what_the_first_has_sent() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let file = scan(p.folder(), "quét.pdf", 100_000)?;
    let second = Node::join(&p.programs().node, &p.folder().join("second"), hub, "618", "B")?;
    let added = node.add(&point, &file, "KHAC")?;
    node.tell(&["sync", "--once", "--no-files"])?;
    second.sync()?;
    ensure!(second.document(&point)?.state == "elsewhere");
    let sentence = second.try_get(&added.hash, &p.folder().join("x"))?.refused()?;
    ensure!(sentence.contains("chưa nhận được tệp"), "{sentence}");
    node.sync()?;
    second.sync()?;
    ensure!(second.document(&point)?.state == "at_hub");
    same(&second.content(&added.hash)?, &file)?;
    ensure!(second.document(&point)?.state == "both");
    Ok(())
}

#[test]
fn another_district_gets_no_file_of_ours() -> Result<()> {
    let (mut p, point) = ready("618")?;
    p.join("610")?;
    let file = scan(p.folder(), "quét.pdf", 100_000)?;
    let added = p.node("618").add(&point, &file, "KHAC")?;
    p.node("618").sync()?;
    let (other, out) = (p.node("610"), p.folder().join("x"));
    let sentence = other.try_get(&added.hash, &out)?.refused()?;
    ensure!(sentence.contains("Không có văn bản nào"), "{sentence}");
    // A node that has been altered believes that it has such a document; the hub does not.
    let db = rusqlite::Connection::open(other.folder().join("keng.db"))?;
    let settled = |value: &str| format!("{{\"settled\":{value}}}");
    let fields = format!(
        "{{\"record\":{},\"hash\":{},\"bytes\":{},\"name\":{}}}",
        settled(&format!("\"{point}\"")),
        settled(&format!("\"{}\"", added.hash)),
        settled("100000"),
        settled("\"x.pdf\"")
    );
    db.execute(
        "INSERT INTO view_record (record, kind, scope, owner, lookup, fields) VALUES (?1, 'document', 'province', '610', ?2, ?3)",
        (vec![1_u8; 16], &added.hash, fields),
    )?;
    let sentence = other.try_get(&added.hash, &out)?.refused()?;
    ensure!(sentence.contains("không giao tệp") && !out.exists(), "{sentence}");
    Ok(())
}

#[test]
fn what_cannot_be_added_is_told_in_words_and_leaves_nothing() -> Result<()> {
    let (p, point) = ready("618")?;
    let node = p.node("618");
    let write = |name: &str, text: &[u8]| -> Result<PathBuf> {
        let path = p.folder().join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    };
    let plain = write("kế hoạch.txt", "Kế hoạch".as_bytes())?;
    let huge = p.folder().join("phim.mp4");
    std::fs::File::create(&huge)?.set_len(64 * 1_048_576 + 1)?;
    let refused = [
        (point.as_str(), write("TOI-MAT 12.pdf", b"x")?, "KHAC", "Tối mật"),
        (&point, write("a.txt", "CÔNG AN TỈNH\n  MẬT\nSố 1".as_bytes())?, "KHAC", "độ mật"),
        (&point, write("trống.pdf", b"")?, "KHAC", "không có nội dung"),
        (&point, huge, "KHAC", "64 MB"),
        (&point, p.folder().join("không có.pdf"), "KHAC", "Không đọc được"),
        (&point, plain.clone(), "GIAY_KHEN", "QD_THANH_LAP (Quyết định thành lập)"),
        ("00000000000000000000000000000000", plain, "KHAC", "Không có bản ghi"),
    ];
    for (record, file, kind, word) in &refused {
        let sentence = node.try_add(record, file, kind)?.refused()?;
        ensure!(sentence.contains(word) && sentence.contains("Chưa ghi gì"), "no “{word}” in {sentence}");
    }
    ensure!(node.documents(&point)?.is_empty() && node.status()?.pending == 0);
    let left: Vec<_> = walk(&node.folder().join("blobs"));
    ensure!(left.is_empty(), "files are left: {left:?}");
    let unknown = "0".repeat(64);
    let sentence = node.try_get(&unknown, &p.folder().join("x"))?.refused()?;
    ensure!(sentence.contains("Không có văn bản nào"), "{sentence}");
    ensure!(node.try_get("xyz", &p.folder().join("x"))?.code == Some(2), "a hash of another shape is wrong usage");
    Ok(())
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|e| e.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn the_budget_of_an_hour_and_of_a_connection_hold() -> Result<()> {
    let (p, point) = ready("618")?;
    let (node, hub) = (p.node("618"), p.hub());
    let file = scan(p.folder(), "quét.pdf", 1_000_000)?;
    node.add(&point, &file, "KHAC")?;
    node.tell(&["document", "budget", "--per-hour", "600000", "--per-connection", "150000"])?;
    let synced = node.sync()?;
    ensure!((synced.files.sent, synced.files.waiting) == (0, 1), "{synced:?}");
    ensure!(synced.files.bytes <= 600_000 && synced.files.bytes > 400_000, "{synced:?}");
    let left: serde_json::Value = node.tell(&["document", "budget", "--json"])?.json()?;
    // The hour may have turned in between: then all of it is there again.
    ensure!(left["left_this_hour"] == 0 || left["left_this_hour"] == 600_000, "{left}");
    node.tell(&["document", "budget", "--per-hour", "100000000"])?;
    let synced = node.sync()?;
    ensure!((synced.files.sent, synced.files.waiting) == (1, 0), "{synced:?}");
    same(&hub.content(&node.document(&point)?.hash)?, &file)
}
