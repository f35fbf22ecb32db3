//! What the province has signed it cannot take back unnoticed (I8), and what it has received an
//! officer can prove to anyone.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use keng_tests::command::{Answer, run};
use keng_tests::{Province, fixtures};
use rusqlite::Connection;
use serde_json::Value;

/// A province with one node that has sent everything.
fn settled() -> Result<Province> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    p.node("618").import(&fixtures::spreadsheet("618"))?;
    p.node("618").sync()?;
    ensure!(p.node("618").status()?.pending == 0);
    Ok(p)
}

/// Somebody alters the hub's database while it does not run.
fn tamper(p: &Province, sql: &str) -> Result<usize> {
    p.hub().stop()?;
    let db = Connection::open(p.hub().folder().join("keng.db"))?;
    let altered = db.execute(sql, [])?;
    drop(db);
    p.hub().serve()?;
    Ok(altered)
}

/// A command of the node's program on a machine that knows nothing.
fn elsewhere(p: &Province, args: &[&str]) -> Result<Answer> {
    run(&p.programs().node, args)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}

/// The node reports, keeps what it has, and works on.
fn reported(p: &Province, evidence: u64) -> Result<String> {
    let node = p.node("618");
    let sentence = node.try_sync()?.refused()?;
    ensure!(sentence.contains("sổ cái khác với sổ cái đã ký trước đây"), "{sentence}");
    ensure!(sentence.contains("nguyên") && sentence.contains("báo quản trị"), "{sentence}");
    let found = node.status()?.evidence;
    ensure!(found == evidence, "{found} pieces of evidence, not {evidence}");
    Ok(sentence)
}

/// What the hub has kept of nodes that saw another log.
fn told_at_hub(p: &Province) -> Result<Vec<Value>> {
    p.hub().tell(&["evidence", "list", "--json"])?.json()
}

#[test]
fn a_hub_that_alters_what_it_has_acknowledged_is_reported_with_evidence() -> Result<()> {
    let p = settled()?;
    let node = p.node("618");
    // The very last entry: one sync was enough to cover it.
    let altered =
        tamper(&p, "UPDATE entry SET stored_at_ms = stored_at_ms + 1 WHERE lsn = (SELECT max(lsn) FROM entry)")?;
    ensure!(altered == 1);
    ensure!(told_at_hub(&p)?.is_empty());
    reported(&p, 1)?;
    reported(&p, 1)?; // the same again is no new one
    let told = told_at_hub(&p)?;
    ensure!(told.len() == 1, "{told:?}");
    ensure!(told[0]["node"] == "618-1" && told[0]["size"] == told[0]["our_size"] && told[0]["present"] == true);

    let point = node.points()?[0].id.clone();
    node.edit_point(&point, "teams", 7)?;
    ensure!(node.point(&point)?.number("teams") == Some(7) && node.status()?.pending == 1, "work goes on");

    let list: Value = node.tell(&["evidence", "list", "--json"])?.json()?;
    ensure!(list[0]["times"] == 2 && list[0]["kept"]["size"] == list[0]["shown"]["size"], "{list}");
    ensure!(list[0]["kept"]["root"] != list[0]["shown"]["root"], "{list}");
    let file = p.folder().join("evidence.json");
    node.tell(&["evidence", "export", "1", "--out", text(&file)?])?;
    node.ask(&["evidence", "export", "2", "--out", text(&file)?])?.refused()?;
    let key = p.hub().status()?.public_key;
    let said = elsewhere(&p, &["evidence", "verify", text(&file)?, "--hub-key", &key])?.done()?;
    ensure!(said.stdout.contains("hai sổ cái khác nhau có cùng số mục"), "{}", said.stdout);
    let mut evidence: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    evidence["shown"] = evidence["kept"].clone();
    std::fs::write(&file, serde_json::to_vec(&evidence)?)?;
    elsewhere(&p, &["evidence", "verify", text(&file)?, "--hub-key", &key])?.refused()?;

    // The true log is back: nothing was lost, and the evidence stays.
    tamper(&p, "UPDATE entry SET stored_at_ms = stored_at_ms - 1 WHERE lsn = (SELECT max(lsn) FROM entry)")?;
    node.sync()?;
    ensure!(p.hub().point(&point)?.number("teams") == Some(7));
    ensure!(node.status()?.evidence == 1);
    Ok(())
}

#[test]
fn a_hub_that_drops_what_it_has_acknowledged_is_reported_with_evidence() -> Result<()> {
    let p = settled()?;
    let point = p.hub().points()?[0].id.clone();
    let before = p.hub().status()?.lsn;
    let dropped = tamper(&p, "DELETE FROM entry WHERE lsn > (SELECT max(lsn) FROM entry) - 2")?;
    ensure!(dropped == 2);
    let sentence = reported(&p, 1)?;
    ensure!(sentence.contains(&format!("{before} mục, nay chỉ còn {}", before - 2)), "{sentence}");
    // Others in their place hide nothing.
    for members in 30..34 {
        p.hub().edit_point(&point, "members", members)?;
    }
    ensure!(p.hub().status()?.lsn > before);
    let sentence = reported(&p, 2)?;
    ensure!(sentence.contains("không nối tiếp"), "{sentence}");
    // The hub's people see it too: the node says the same both times.
    let told = told_at_hub(&p)?;
    ensure!(told.len() == 1 && told[0]["size"] == before && told[0]["our_size"] == before - 2, "{told:?}");
    let page = String::from_utf8(p.hub().page("/units")?)?;
    ensure!(page.contains("1 máy đã thấy sổ cái khác") && page.contains("ngắn hơn"), "{page}");
    ensure!(p.node("618").points()?.len() == 22, "the node has all it had");
    Ok(())
}

/// Exports with these arguments and says how many entries are in the file.
fn export(p: &Province, which: &[&str], out: &Path) -> Result<u64> {
    let args = [&["receipt", "export"], which, &["--out", text(out)?, "--json"]].concat();
    let answer: Value = p.node("618").tell(&args)?.json()?;
    answer["entries"].as_u64().context("no number of entries")
}

#[test]
fn a_receipt_file_proves_to_anyone_what_the_province_has_received() -> Result<()> {
    let p = settled()?;
    let (node, hub) = (p.node("618"), p.hub());
    let point = node.points()?[0].id.clone();
    for teams in 2..5 {
        node.edit_point(&point, "teams", teams)?;
    }
    let out = |name: &str| -> PathBuf { p.folder().join(name) };
    let (record, entry, all) = (out("record.json"), out("entry.json"), out("all.json"));
    let last = node.trace(&point, "teams")?.pop().context("no trace")?;
    let sentence = node.ask(&["receipt", "export", "--entry", &last.entry, "--out", text(&entry)?])?.refused()?;
    ensure!(sentence.contains("biên nhận") && !entry.exists(), "{sentence}");
    node.sync()?;
    // Three entries were one push: the receipt names the last, the proofs cover the others too.
    ensure!(export(&p, &[&point], &record)? >= 4);
    ensure!(export(&p, &["--entry", &last.entry], &entry)? == 1);
    let everything = export(&p, &["--all"], &all)?;
    ensure!(everything > 4, "{everything}");

    hub.stop()?;
    let sentence = node.ask(&["receipt", "export", &point, "--out", text(&record)?])?.refused()?;
    ensure!(sentence.contains("Chưa tới được trạm tỉnh"), "{sentence}");
    let key = hub.status()?.public_key;
    for file in [&record, &entry, &all] {
        let said = elsewhere(&p, &["receipt", "verify", text(file)?, "--hub-key", &key])?.done()?.stdout;
        ensure!(said.contains("Đúng: trạm tỉnh 62 đã nhận mục") && !said.contains("CHÚ Ý"), "{said}");
        let said = elsewhere(&p, &["receipt", "verify", text(file)?])?.done()?.stdout;
        ensure!(said.contains("CHÚ Ý") && said.contains("chưa đối chiếu"), "{said}");
        let said: Value = node.tell(&["receipt", "verify", text(file)?, "--json"])?.json()?;
        ensure!(said["valid"] == true && said["key"] == "joined", "{said}");
    }
    let said: Value = elsewhere(&p, &["receipt", "verify", text(&entry)?, "--json"])?.done()?.json()?;
    ensure!(said["entries"][0]["entry"] == last.entry.as_str() && said["key"] == "unchecked", "{said}");
    ensure!(said["entries"][0]["lsn"].as_u64() > Some(0), "{said}");
    Ok(())
}

#[test]
fn an_altered_receipt_file_is_told_as_such() -> Result<()> {
    let p = settled()?;
    let point = p.node("618").points()?[0].id.clone();
    let file = p.folder().join("receipt.json");
    export(&p, &[&point], &file)?;
    let honest: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let key = p.hub().status()?.public_key;
    let refused = |altered: &[u8], word: &str| -> Result<()> {
        std::fs::write(&file, altered)?;
        let answer = elsewhere(&p, &["receipt", "verify", text(&file)?, "--hub-key", &key, "--json"])?;
        let said: Value = answer.json()?;
        let sentence = answer.refused()?;
        ensure!(sentence.contains(word) && said["valid"] == false && said["fault"] == sentence.as_str(), "{sentence}");
        Ok(())
    };
    let altered = |alter: &dyn Fn(&mut Value), word: &str| -> Result<()> {
        let mut file = honest.clone();
        alter(&mut file);
        refused(&serde_json::to_vec(&file)?, word)
    };
    altered(&|f| f["entries"][0]["entry"] = "00".repeat(32).into(), "mục thứ 1")?;
    altered(&|f| f["entries"][0]["received_at_ms"] = 1.into(), "giờ nhận")?;
    altered(&|f| f["entries"][0]["received_at"] = "2022-11-08T16:48:00+07:00".into(), "giờ nhận")?;
    altered(&|f| f["entries"][0]["lsn"] = 1.into(), "mục")?;
    altered(&|f| f["entries"][0]["inclusion"] = "".into(), "vị trí đó")?;
    altered(&|f| f["hub_public_key"] = "00".repeat(32).into(), "hub_public_key")?; // a weak key
    altered(&|f| f["tree_head"] = "AAAA".into(), "tree_head")?;
    altered(&|f| f["entries"] = Value::Array(vec![]), "không có mục nào")?;
    refused(b"{}", "không phải tệp biên nhận")?;
    refused("kẻng".as_bytes(), "không phải tệp biên nhận")?;

    // Another hub's file is not this one's, whatever it proves.
    let other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"; // RFC 8032, 7.1, test 1
    std::fs::write(&file, serde_json::to_vec(&honest)?)?;
    let sentence = elsewhere(&p, &["receipt", "verify", text(&file)?, "--hub-key", other])?.refused()?;
    ensure!(sentence.contains("không phải khóa của trạm tỉnh"), "{sentence}");
    ensure!(elsewhere(&p, &["receipt", "verify", text(&file)?, "--hub-key", "xyz"])?.code == Some(2), "wrong usage");
    Ok(())
}

#[test]
fn a_hub_that_cannot_prove_what_it_has_signed_is_told_as_such() -> Result<()> {
    let p = settled()?;
    let point = p.node("618").points()?[0].id.clone();
    tamper(&p, "UPDATE entry SET stored_at_ms = stored_at_ms + 1 WHERE lsn = 1")?;
    let file = p.folder().join("receipt.json");
    let sentence = p.node("618").ask(&["receipt", "export", &point, "--out", text(&file)?])?.refused()?;
    ensure!(sentence.contains("sổ cái khác với sổ cái đã ký trước đây") && !file.exists(), "{sentence}");
    ensure!(p.node("618").status()?.evidence == 1);
    Ok(())
}
