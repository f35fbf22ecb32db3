//! Letter 4267, 1.b and 2, at its edges: what was handed in, when, and what the province has said of it.

use anyhow::{Context, Result, ensure};
use keng_tests::command::set_clock;
use keng_tests::{Node, Office, Province, fixtures};
use serde_json::Value;

/// The one nomination that an office holds.
fn only(office: &Office) -> Result<Value> {
    let mut all: Vec<Value> = office.tell(&["nomination", "list", "--json"])?.json()?;
    ensure!(all.len() == 1, "one was expected: {all:#?}");
    all.pop().context("one was expected")
}

/// What was found of a rule.
fn found<'a>(of: &'a Value, rule: &str) -> &'a str {
    let conditions = of["why"]["conditions"].as_array().into_iter().flatten();
    conditions.filter(|c| c["rule"] == rule).find_map(|c| c["sentence"].as_str()).unwrap_or_default()
}

/// A draft about the model of the first point, for the fourth quarter of 2022.
fn drafted(node: &Node) -> Result<String> {
    node.import(&fixtures::spreadsheet("610"))?;
    let point = node.points()?.into_iter().next().context("a point")?;
    let add = ["nomination", "add", point.text("model"), "--quarter", "2022-Q4", "--case", "tot"];
    node.tell(&[&add[..], &["--reason", "giảm trộm cắp"]].concat())?;
    Ok(only(node)?["id"].as_str().context("an id")?.to_owned())
}

/// 2: the province decides about what was handed in, so that the unit changes it only after a return.
#[test]
fn a_nomination_stands_as_it_was_handed_in_until_it_comes_back() -> Result<()> {
    set_clock(Some("2022-12-05 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node) = (p.hub(), p.node("610"));
    let id = drafted(node)?;
    let edit = |words: &str| node.ask(&["nomination", "edit", &id, "--set", &format!("justification={words}")]);
    edit("chuông báo")?.done()?;
    node.tell(&["nomination", "hand-in", &id])?;
    let refused = edit("viết sau khi trình")?.refused()?;
    ensure!(refused.contains("“Đã trình”") && only(node)?["justification"] == "chuông báo", "{refused}");
    node.sync()?;
    hub.tell(&["nomination", "return", &id, "--reason", "bổ sung cách làm"])?;
    node.sync()?;
    edit("chuông báo và loa")?.done()?;
    ensure!(only(node)?["justification"] == "chuông báo và loa");
    Ok(())
}
