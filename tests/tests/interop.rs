//! A record is an ordinary Automerge document: the original library opens it, and sees the same
//! conflict as we do.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use keng_tests::command::run;
use keng_tests::{Office, Province, fixtures, npm};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the library sees.
#[derive(Debug, Deserialize)]
struct Seen {
    value: Value,
    keys: Vec<String>,
    conflicts: Vec<Value>,
    actors: BTreeSet<String>,
    changes: usize,
}

#[test]
fn the_original_library_sees_the_conflict_that_we_see() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    p.node("618").import(&fixtures::spreadsheet("618"))?;
    p.node("618").sync()?;
    let point = p.node("618").points()?[0].id.clone();
    let before = seen(&p, p.node("618"), &point)?;
    ensure!(before.conflicts.len() <= 1, "{before:?}");
    p.node("618").edit_point(&point, "teams", 7)?;
    p.hub().edit_point(&point, "teams", 9)?;
    p.node("618").sync()?;

    for office in [&**p.node("618"), &**p.hub()] {
        let ours = office.contest(&point, "teams")?;
        let theirs = seen(&p, office, &point)?;
        let values = |list: Vec<Value>| list.into_iter().map(|v| v.to_string()).collect::<BTreeSet<_>>();
        let our_values = values(ours.candidates.iter().map(|c| c.value.clone()).collect());
        ensure!(values(theirs.conflicts.clone()) == our_values, "{ours:?} but {theirs:?}");
        ensure!(our_values.len() == 2 && theirs.actors.len() == 2, "{theirs:?}");
        ensure!(theirs.changes == before.changes + 2, "{theirs:?}");
    }
    // The actor is the incarnation.
    let incarnation = p.node("618").status()?.incarnation.replace('-', "");
    ensure!(seen(&p, p.hub(), &point)?.actors.contains(&incarnation), "{incarnation} is no actor");

    let contest = p.hub().contest(&point, "teams")?;
    p.hub().choose(&contest, "618", "theo huyện")?;
    let settled = seen(&p, p.hub(), &point)?;
    ensure!(settled.value == json!(7) && settled.conflicts.len() <= 1, "{settled:?}");
    Ok(())
}

fn seen(p: &Province, office: &Office, record: &str) -> Result<Seen> {
    let file = p.folder().join("record.automerge");
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a path in UTF-8");
    office.tell(&["record", "export", record, "--out", &text(&file)?])?;
    let script = npm::folder("interop")?.join("conflicts.mjs");
    let seen: Seen = run(Path::new("node"), [text(&script)?, text(&file)?, "teams".into()])?.done()?.json()?;
    ensure!(seen.keys.iter().any(|k| k == "teams"), "{seen:?}");
    Ok(seen)
}
