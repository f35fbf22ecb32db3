//! First push, first pull, and edits made offline: by the real programs, and by the peers.

use std::time::{Duration, Instant};

use anyhow::Result;
use keng_tests::until;

use crate::chart::Group;
use crate::crossing::Crossing;
use crate::floor::Floor;
use crate::idle::{total, wait_until_quiet};
use crate::page::{Table, held, thousands};
use crate::peers::{self, AUTOMERGE_REPO, POUCHDB, PeerRow};
use crate::stage::Stage;
use crate::work::Work;

/// How long an edit may take from a node that serves to its receipt, the pause before it calls again included.
const RECEIPT_WITHIN: Duration = Duration::from_secs(60);

/// As many times fewer bytes, or less time, than each peer.
const TIMES: f64 = 3.0;

/// One piece of work, done by everybody.
struct Done {
    work: &'static str,
    /// Records held by both sides; records moved, or edits.
    records: usize,
    count: usize,
    /// How a node that serves was connected; empty: `sync --once`.
    connected: &'static str,
    floor: Floor,
    ours: Crossing,
    peers: Vec<PeerRow>,
}

/// What was measured.
#[derive(Default)]
pub struct Measured {
    /// Push and pull; edits.
    pub tables: Vec<Table>,
    /// For the chart.
    pub groups: Vec<Group>,
    /// A sync with nothing to say, by number of records.
    pub idle: Vec<(usize, Crossing)>,
}

/// For each number of records: push, pull, idle, and every list of edits that is at most half as long.
pub fn measure(records: &[usize], edits: &[usize], patience: Duration) -> Result<Measured> {
    let (mut moved, mut edited, mut measured) = (Vec::new(), Vec::new(), Measured::default());
    for n in records {
        eprintln!("{n} records…");
        let lists: Vec<usize> = edits.iter().copied().filter(|m| 2 * m <= *n).collect();
        let work = Work::new(*n, &lists);
        let mut stage = Stage::new()?;
        stage.write_records(&work)?;
        let floor = Floor::of(&stage.waiting()?)?;
        let push = Crossing::of(stage.node())?;
        stage.wait_until_projected()?;
        let pull = Crossing::of(stage.second())?;
        stage.wait_until_projected()?;
        measured.idle.push((*n, Crossing::of(stage.node())?));
        let mut ours = Vec::new();
        for list in &work.edits {
            stage.write_edits(list)?;
            let floor = Floor::of(&stage.waiting()?)?;
            ours.push((list.len(), "", floor, Crossing::of(stage.node())?));
            stage.wait_until_projected()?;
        }
        if let Some((1, _, floor, _)) = ours.first().copied() {
            let [open, resumed] = connected(&stage)?;
            ours.splice(1..1, [(1, "TLS resumed", floor, resumed), (1, "open stream", floor, open)]);
        }
        drop(stage);
        let peers = peers::run(&work, patience)?;
        let of = |work: &str, count: usize| -> Vec<PeerRow> {
            peers.iter().filter(|row| row.work == work && row.count == count).cloned().collect()
        };
        for (work, ours) in [("push", push), ("pull", pull)] {
            moved.push(Done { work, records: *n, count: *n, connected: "", floor, ours, peers: of(work, *n) });
        }
        for (count, connected, floor, ours) in ours {
            edited.push(Done { work: "edits", records: *n, count, connected, floor, ours, peers: of("edits", count) });
        }
        if let Some((_, idle)) = measured.idle.last() {
            measured.groups.push(group(
                &format!("nothing to say, {} records", thousands(*n as u64)),
                *idle,
                &of("idle", *n),
            ));
        }
    }
    measured.tables = vec![moved_table(&moved), edits_table(&edited)];
    for done in moved.iter().chain(&edited).filter(|done| done.connected.is_empty()) {
        let name = match done.work {
            "edits" => format!("{} edits of {}", thousands(done.count as u64), thousands(done.records as u64)),
            work => format!("first {work} of {}", thousands(done.count as u64)),
        };
        measured.groups.push(group(&name, done.ours, &done.peers));
    }
    Ok(measured)
}

/// One edit at a node that serves: on its open stream, and when it comes back after a short cut.
fn connected(stage: &Stage) -> Result<[Crossing; 2]> {
    let (node, link) = (stage.node(), stage.node().link());
    let edit = |value: i64, cut: bool| -> Result<Crossing> {
        let (before, turns) = (link.bytes(), link.turns());
        if cut {
            link.close();
            // At once: an attempt that gets no answer would use up the ticket.
            link.open();
        }
        stage.write_edits(&vec![(0, value)])?;
        let began = Instant::now();
        until("the edit has its receipt", RECEIPT_WITHIN, || Ok(stage.waiting()?.is_empty()))?;
        let ms = u64::try_from(began.elapsed().as_millis())?;
        wait_until_quiet(link, before.0 + before.1)?;
        let after = link.bytes();
        let (up, down) = (after.0 - before.0, after.1 - before.1);
        Ok(Crossing { up, down, turns: link.turns() - turns, ms, entries: 1, ..Crossing::default() })
    };
    let before = total(link);
    node.serve()?;
    wait_until_quiet(link, before)?;
    // Other values than those of the common work.
    let both = [edit(95, false)?, edit(96, true)?];
    node.stop()?;
    Ok(both)
}

fn group(name: &str, ours: Crossing, peers: &[PeerRow]) -> Group {
    let bar = |who: &str, bytes: u64| (who.to_owned(), bytes as f64, format!("{} B", thousands(bytes)));
    let bars = std::iter::once(bar("Kẻng", ours.bytes())).chain(peers.iter().map(|p| bar(&p.peer, p.bytes())));
    Group { name: name.to_owned(), bars: bars.collect() }
}

fn moved_table(all: &[Done]) -> Table {
    let mut table = Table::new(
        "First push and first pull",
        "Bytes both ways. Kẻng: TLS, signatures and receipts included, durable on both sides. Allowed: 1.3 × (zstd -19 of \
         the raw changes + 16 bytes each) + 4 KB. Asked: no more than that, and at least 3 × faster than each peer. \
         “–”: no result in the time given.",
        &["work", "records", "Kẻng", "allowed", "ms", "PouchDB", "ms", "automerge-repo", "ms", "least × faster"],
    );
    for done in all {
        let times = least(done, |p| p.ms, done.ours.ms);
        table.row([
            format!("first {}", done.work),
            thousands(done.count as u64),
            held(&thousands(done.ours.bytes()), done.ours.bytes() <= done.floor.allowed()),
            thousands(done.floor.allowed()),
            thousands(done.ours.ms),
            cell(done, POUCHDB, PeerRow::bytes),
            cell(done, POUCHDB, |p| p.ms),
            cell(done, AUTOMERGE_REPO, PeerRow::bytes),
            cell(done, AUTOMERGE_REPO, |p| p.ms),
            times.map_or_else(|| "–".to_owned(), |t| held(&format!("{t:.1}"), t >= TIMES)),
        ]);
    }
    table
}

fn edits_table(all: &[Done]) -> Table {
    let mut table = Table::new(
        "One-field edits made offline",
        "Each edit is a transaction of its own. Kẻng by `sync --once`: a program that starts, shakes hands with \
         certificates on both sides, syncs and ends. “TLS resumed”, “open stream”: the same edit at a node that serves, \
         back after a cut, or connected; its time is from the save to the receipt. The peers, in all lines: one \
         replication of PouchDB, an open WebSocket of automerge-repo; neither has TLS. Asked: no more than allowed, at \
         least 3 × fewer bytes than each peer, and fewer turns. Turns count TLS too.",
        &[
            "edits",
            "of records",
            "Kẻng",
            "allowed",
            "turns",
            "ms",
            "PouchDB",
            "turns",
            "ms",
            "automerge-repo",
            "turns",
            "ms",
            "least × fewer bytes",
        ],
    );
    for done in all {
        let times = least(done, PeerRow::bytes, done.ours.bytes());
        let turns_fewer = done.peers.iter().filter(|p| p.peer == POUCHDB).all(|p| done.ours.turns < p.turns);
        let how = if done.connected.is_empty() { String::new() } else { format!(", {}", done.connected) };
        table.row([
            thousands(done.count as u64) + &how,
            thousands(done.records as u64),
            held(&thousands(done.ours.bytes()), done.ours.bytes() <= done.floor.allowed()),
            thousands(done.floor.allowed()),
            held(&done.ours.turns.to_string(), turns_fewer),
            thousands(done.ours.ms),
            cell(done, POUCHDB, PeerRow::bytes),
            cell(done, POUCHDB, |p| p.turns),
            cell(done, POUCHDB, |p| p.ms),
            cell(done, AUTOMERGE_REPO, PeerRow::bytes),
            cell(done, AUTOMERGE_REPO, |p| p.turns),
            cell(done, AUTOMERGE_REPO, |p| p.ms),
            times.map_or_else(|| "–".to_owned(), |t| held(&format!("{t:.1}"), t >= TIMES)),
        ]);
    }
    table
}

fn cell(done: &Done, peer: &str, figure: impl Fn(&PeerRow) -> u64) -> String {
    done.peers.iter().find(|p| p.peer == peer).map_or_else(|| "–".to_owned(), |p| thousands(figure(p)))
}

/// How many times more the best of the peers took.
fn least(done: &Done, figure: impl Fn(&PeerRow) -> u64, ours: u64) -> Option<f64> {
    let best = done.peers.iter().map(figure).min()?;
    Some(best as f64 / ours.max(1) as f64)
}
