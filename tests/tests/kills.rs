//! SIGKILL at random moments: nothing acknowledged is lost, nothing comes twice, all converge.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use keng_tests::chance::Chance;
use keng_tests::{Node, Office, Province, fixtures};

/// What the officers were told is saved.
#[derive(Default)]
struct Saved(BTreeMap<String, Vec<String>>);

impl Saved {
    fn add(&mut self, point: &str, note: &str) {
        self.0.entry(point.to_owned()).or_default().push(note.to_owned());
    }

    /// Every saved note can be traced at `office`, once, in the order of saving.
    fn all_at(&self, office: &Office) -> Result<()> {
        for (point, notes) in &self.0 {
            let lines = office.trace(point, "note")?;
            let traced: Vec<&str> = lines.iter().filter_map(|l| l.value.as_str()).collect();
            for note in notes {
                let times = traced.iter().filter(|t| *t == note).count();
                ensure!(times == 1, "“{note}” was acknowledged and is there {times} times: {traced:?}");
            }
            let order: Vec<&str> = traced.into_iter().filter(|t| notes.iter().any(|n| n == t)).collect();
            ensure!(order == *notes, "order changed: {order:?}");
        }
        Ok(())
    }
}

fn first_points(node: &Node) -> Result<Vec<String>> {
    Ok(node.points()?.into_iter().take(3).map(|p| p.id).collect())
}

fn ready(units: &[&str]) -> Result<Province> {
    let mut p = Province::kon_tum()?;
    p.join_all(units)?;
    p.everywhere(|unit, node| {
        node.import(&fixtures::spreadsheet(unit))?;
        node.sync()
    })?;
    Ok(p)
}

/// All points of a unit are the same records at its node and at the hub.
fn converged(p: &Province) -> Result<()> {
    p.sync_all()?;
    let at_hub: BTreeMap<String, _> = p.hub().points()?.into_iter().map(|x| (x.id.clone(), x)).collect();
    for (unit, node) in p.nodes() {
        ensure!(node.status()?.pending == 0, "{unit} still has something to send");
        for point in node.points()? {
            ensure!(at_hub.get(&point.id) == Some(&point), "{unit}: {} differs", point.id);
        }
    }
    Ok(())
}

#[test]
fn the_hub_is_killed_again_and_again_while_nodes_sync() -> Result<()> {
    let p = ready(&["612", "618"])?;
    p.everywhere(|_, node| node.serve())?;
    let (mut chance, mut saved) = (Chance::new(4267), Saved::default());
    let points = [("612", first_points(p.node("612"))?), ("618", first_points(p.node("618"))?)];
    for round in 0..8 {
        for (unit, points) in &points {
            for (n, point) in points.iter().enumerate() {
                let note = format!("{unit} vòng {round} lần {n}");
                p.node(unit).edit_point(point, "note", &note)?;
                saved.add(point, &note);
            }
        }
        std::thread::sleep(chance.moment(Duration::from_millis(500)));
        p.hub().kill();
        p.hub().serve()?;
    }
    converged(&p)?;
    saved.all_at(p.hub())?;
    for (unit, _) in &points {
        ensure!(p.node(unit).is_serving(), "{unit} gave up");
    }
    Ok(())
}

#[test]
fn a_node_is_killed_in_the_midst_of_edits_imports_and_syncs() -> Result<()> {
    let p = ready(&["618"])?;
    let node = p.node("618");
    let (mut chance, mut saved) = (Chance::new(1612), Saved::default());
    let points = first_points(node)?;
    let file = fixtures::spreadsheet("618");
    let file = file.to_str().context("a path in UTF-8")?;
    for round in 0..24 {
        let (point, note) = (&points[round % points.len()], format!("vòng {round}"));
        let limit = chance.moment(Duration::from_millis(120));
        match round % 4 {
            0 | 1 => {
                if node.tell_and_kill(&["point", "edit", point, "--set", &format!("note={note}")], limit)? {
                    saved.add(point, &note);
                }
            }
            2 => {
                node.tell_and_kill(&["import", file], limit)?;
            }
            _ => {
                node.tell_and_kill(&["sync", "--once"], limit)?;
            }
        }
        if round % 8 == 7 {
            node.serve()?;
            std::thread::sleep(chance.moment(Duration::from_millis(200)));
            node.kill();
        }
        let whole = format!("vòng {round} sau khi bật lại");
        node.edit_point(point, "note", &whole)?;
        saved.add(point, &whole);
    }
    saved.all_at(node)?;
    converged(&p)?;
    saved.all_at(p.hub())?;
    ensure!(p.hub().points()?.len() == 22, "an import killed half-way left something");
    Ok(())
}
