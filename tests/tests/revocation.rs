//! The province takes a machine's right to send away: at once, with a reason, and nobody else
//! notices.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use keng_tests::{Node, Province, fixtures, until};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(30);

/// A page of a running program, as text.
fn page(web: &str, path: &str) -> Result<String> {
    let host = web.strip_prefix("http://").context("an address")?;
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What `status` of the hub says of a machine.
fn machine(p: &Province, unit: &str, id: &str) -> Result<Value> {
    let status = p.hub().status()?;
    let found = status.unit(unit)?.nodes.iter().find(|n| n["id"] == id).cloned();
    found.with_context(|| format!("no machine {id}"))
}

#[test]
fn a_revoked_machine_is_cut_off_at_once_and_works_on_for_itself() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join_all(&["610", "618"])?;
    p.everywhere(|unit, node| {
        node.import(&fixtures::spreadsheet(unit))?;
        node.sync()?;
        node.serve()
    })?;
    let (hub, node) = (p.hub(), p.node("618"));
    until("both are connected", LIMIT, || {
        Ok(machine(&p, "610", "610-1")?["state"] == "live" && machine(&p, "618", "618-1")?["state"] == "live")
    })?;
    let point = node.points()?[0].id.clone();
    node.edit_point(&point, "note", "trước khi thu hồi")?;
    p.wait_sent("618", LIMIT)?;

    let points = hub.points()?.len();
    hub.tell(&["revoke", "618-1", "--reason", "Máy bị mất ngày 08/11"])?;
    let told = machine(&p, "618", "618-1")?;
    ensure!(told["state"] == "revoked" && told["revoked"]["reason"] == "Máy bị mất ngày 08/11", "{told}");
    ensure!(page(&hub.web()?, "/units")?.contains("Bị thu hồi"));
    // The session that was open has ended, and the officer reads why.
    until("the page of 618 says so", LIMIT, || {
        let page = page(&node.web()?, "/sync")?;
        Ok(page.contains("thu hồi quyền kết nối") && page.contains("Máy bị mất ngày 08/11"))
    })?;
    // It asks no more by itself.
    let before = node.link().bytes();
    std::thread::sleep(Duration::from_secs(4));
    ensure!(node.link().bytes() == before, "it goes on asking");

    // Work goes on at the machine; nothing of it comes to the province any more.
    let lsn = hub.status()?.lsn;
    node.edit_point(&point, "note", "sau khi thu hồi")?;
    let sentence = node.try_sync()?.refused()?;
    ensure!(
        sentence.contains("thu hồi") && sentence.contains("Máy bị mất") && sentence.contains("nguyên"),
        "{sentence}"
    );
    ensure!(node.status()?.pending == 1 && node.point(&point)?.text("note") == "sau khi thu hồi");
    ensure!(hub.point(&point)?.text("note") == "trước khi thu hồi" && hub.status()?.lsn == lsn);
    ensure!(hub.points()?.len() == points, "what was sent before is gone");

    // The others go on, and can trace who revoked it.
    let other = p.node("610");
    let theirs = other.points()?[0].id.clone();
    other.edit_point(&theirs, "note", "vẫn gửi được")?;
    p.wait_sent("610", LIMIT)?;
    ensure!(hub.point(&theirs)?.text("note") == "vẫn gửi được");

    // The unit gets another machine.
    let again = Node::join(&p.programs().node, &p.folder().join("again"), hub, "618", "Cán bộ mới")?;
    again.sync()?;
    ensure!(machine(&p, "618", "618-2")?["state"] != "revoked");
    let ours = again.point(&point)?;
    ensure!(ours.text("note") == "trước khi thu hồi");
    again.edit_point(&point, "note", "máy mới")?;
    again.sync()?;
    ensure!(hub.point(&point)?.text("note") == "máy mới");
    Ok(())
}

#[test]
fn what_cannot_be_revoked_is_told_in_a_sentence() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let refused = |args: &[&str], word: &str| -> Result<()> {
        let sentence = p.hub().ask(args)?.refused()?;
        ensure!(sentence.contains(word), "{args:?}: {sentence}");
        Ok(())
    };
    refused(&["revoke", "618-1"], "lý do")?;
    refused(&["revoke", "618-1", "--reason", "  "], "lý do")?;
    refused(&["revoke", "618-9", "--reason", "mất"], "618-9")?;
    refused(&["revoke", "hub", "--reason", "mất"], "chính trạm tỉnh")?;
    ensure!(machine(&p, "618", "618-1")?["state"] != "revoked");
    p.hub().tell(&["revoke", "618-1", "--reason", "mất"])?;
    refused(&["revoke", "618-1", "--reason", "mất lần nữa"], "từ trước")?;
    ensure!(machine(&p, "618", "618-1")?["revoked"]["reason"] == "mất");
    Ok(())
}
