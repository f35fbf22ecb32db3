//! Catching up after a year: a real node pulls everything that another one has written since.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use keng_desk::clock;
use keng_domain::id::{Lsn, RecordId};
use keng_proto::{Batch, EntryBody, SignedHeads};
use keng_records::gate::{self, Decoded};
use keng_store::Store;
use keng_store::log::{Log, Subscription};
use keng_store::open::FILE;
use keng_sync::batch::{RawEntry, decode, encode, split};
use keng_sync::entry::{GENESIS, chain_hash};
use keng_sync::limits::{BATCH_BYTES_MAX, WINDOW_BATCHES};
use keng_tests::Province;
use prost::Message;

use crate::crossing::Crossing;
use crate::page::{Table, held, thousands};
use crate::simulated::enrol;
use crate::stage::wait_until_projected;
use crate::work::{COMMUNES, UNIT, fields, scope_of};

/// Edits to each point in the year, the making of it included.
const ENTRIES_A_POINT: usize = 10;
/// As many entries are projected in one step by the store.
const STEP_ENTRIES: usize = 1_000;

/// Entries a second, and where the time goes.
pub fn measure(entries: usize) -> Result<Table> {
    let mut province = Province::kon_tum()?;
    province.join(UNIT)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut author = runtime.block_on(enrol(province.hub(), &[UNIT.to_owned()]))?.remove(0);
    // The reader knows the author, and is then away for the year.
    province.node(UNIT).sync()?;
    // Opened and closed again, the database is one file.
    drop(Store::open(province.node(UNIT).folder())?);
    let copy = tempfile::tempdir()?;
    std::fs::copy(province.node(UNIT).folder().join(FILE), copy.path().join(FILE))?;
    eprintln!("writing a year's {entries} entries…");
    let mut points = Vec::new();
    for n in 0..entries / ENTRIES_A_POINT {
        let values = fields(n, RecordId([1; 16])).split_off(3);
        points.push((scope_of(n).parse()?, values));
    }
    author.write(&points, entries - points.len())?;
    let sent = runtime.block_on(author.session())?;
    ensure!(sent.acknowledged == entries as u64, "{} of {entries} entries acknowledged", sent.acknowledged);
    wait_until_projected(province.hub())?;
    let caught_up = Crossing::of(province.node(UNIT))?;
    ensure!(caught_up.entries == entries as u64, "{} of {entries} entries pulled", caught_up.entries);
    let pulls = pulls(province.hub().folder(), province.node(UNIT).folder())?;
    let steps = Steps::of(&pulls, copy.path())?;
    Ok(table(entries, points.len(), &caught_up, &steps))
}

fn table(entries: usize, points: usize, caught_up: &Crossing, steps: &Steps) -> Table {
    let mut table = Table::new(
        "Catching up after a year",
        &format!(
            "{} entries, {} points made and then edited one field at a time, pulled by a node that holds none of them. \
             The session ends when all of them are verified and durable; the projection follows. The steps are timed one \
             by one on the very batches in this process. Asked: ≥ 20,000 entries/s.",
            thousands(entries as u64),
            thousands(points as u64)
        ),
        &["step", "time", "entries/s"],
    );
    let per_second = |took: Duration| (entries as f64 / took.as_secs_f64().max(1e-9)) as u64;
    let whole = Duration::from_millis(caught_up.ms.max(1));
    table.row([
        "whole session of the real program".to_owned(),
        format!("{:.2} s, {} bytes", whole.as_secs_f64(), thousands(caught_up.bytes())),
        held(&thousands(per_second(whole)), per_second(whole) >= 20_000),
    ]);
    let known = steps.first_gate + steps.documents;
    for (name, took) in [
        ("decompress and decode batches", steps.unpack),
        ("hash chains", steps.chain),
        ("entries, chains and signatures into SQLite, durably", steps.store),
        ("first gate: decode changes, encode again", steps.first_gate),
        ("documents: load, apply, save, load again", steps.documents),
        ("documents, views and verdicts into SQLite: the rest of the projection", steps.project.saturating_sub(known)),
        ("projection as a whole", steps.project),
    ] {
        table.row([name.to_owned(), format!("{:.2} s", took.as_secs_f64()), thousands(per_second(took))]);
    }
    table
}

/// A pull as the hub sends it.
struct Pulled {
    batch: Batch,
    heads: Vec<SignedHeads>,
    up_to: Lsn,
}

/// What the hub would send to the node again.
fn pulls(hub: &Path, node: &Path) -> Result<Vec<Pulled>> {
    let (hub, node) = (Store::open(hub)?, Store::open(node)?);
    let mut scopes = HashSet::from([keng_domain::scope::Scope::Province]);
    for n in 0..COMMUNES.len() {
        scopes.insert(scope_of(n).parse()?);
    }
    let subscription = Subscription { scopes, except: node.identity().incarnation };
    let (mut pulls, mut after) = (Vec::new(), Lsn(0));
    loop {
        let slice = hub.read(after, &subscription, WINDOW_BATCHES * BATCH_BYTES_MAX)?;
        let own = hub.identity().incarnation;
        let foreign: Vec<_> = slice.entries.into_iter().filter(|e| e.entry.feed.incarnation != own).collect();
        for piece in split(&foreign) {
            let up_to = piece.last().map_or(after, |last| last.lsn);
            pulls.push(Pulled { batch: encode(piece), heads: hub.signatures_over(piece)?, up_to });
        }
        after = slice.up_to;
        if slice.at_tail {
            return Ok(pulls);
        }
    }
}

/// How long each step takes on one core.
struct Steps {
    unpack: Duration,
    chain: Duration,
    first_gate: Duration,
    documents: Duration,
    store: Duration,
    project: Duration,
}

impl Steps {
    /// `reader`: a data folder as it was before the year.
    fn of(pulls: &[Pulled], reader: &Path) -> Result<Self> {
        let (batches, unpack) = timed(|| pulls.iter().map(|p| decode(&p.batch)).collect::<Result<Vec<_>, _>>())?;
        let (_, chain) = timed(|| Ok::<_, anyhow::Error>(hash_chains(&batches)))?;
        let (changes, first_gate) = timed(|| first_gate(&batches))?;
        let ((), documents) = timed(|| documents(&changes))?;
        let mut store = Store::open(reader)?;
        let epoch = store.epoch()?;
        let ((), whole) = timed(|| {
            for (pull, entries) in pulls.iter().zip(&batches) {
                store.store_pull(entries, &pull.heads, pull.up_to, epoch, clock::now_ms())?;
            }
            Ok::<_, anyhow::Error>(())
        })?;
        let ((), project) = timed(|| {
            while store.project_step()?.more {}
            Ok::<_, anyhow::Error>(())
        })?;
        Ok(Self { unpack, chain, first_gate, documents, store: whole, project })
    }
}

fn timed<T, E: Into<anyhow::Error>>(act: impl FnOnce() -> Result<T, E>) -> Result<(T, Duration)> {
    let began = Instant::now();
    let done = act().map_err(Into::into)?;
    Ok((done, began.elapsed()))
}

fn hash_chains(batches: &[Vec<RawEntry>]) -> usize {
    let mut heads = HashMap::new();
    for raw in batches.iter().flatten() {
        let head = heads.entry(&raw.feed).or_insert(GENESIS);
        *head = chain_hash(&raw.feed, raw.seq, head, raw.body.as_deref().unwrap_or_default());
    }
    heads.len()
}

fn first_gate(batches: &[Vec<RawEntry>]) -> Result<Vec<(RecordId, Decoded)>> {
    let mut changes = Vec::new();
    for raw in batches.iter().flatten() {
        for change in EntryBody::decode(raw.body.clone().unwrap_or_default())?.changes {
            changes.push((RecordId::from_slice(&change.record)?, gate::decode(&change.change)?));
        }
    }
    Ok(changes)
}

/// By record, as the store does it: load once, apply all, save once.
fn documents(changes: &[(RecordId, Decoded)]) -> Result<()> {
    let mut saved: HashMap<RecordId, Vec<u8>> = HashMap::new();
    for step in changes.chunks(STEP_ENTRIES) {
        let mut by_record: HashMap<RecordId, Vec<Decoded>> = HashMap::new();
        for (id, change) in step {
            by_record.entry(*id).or_default().push(change.clone());
        }
        for (id, changes) in by_record {
            let record = gate::apply(id, saved.get(&id).map(Vec::as_slice), &changes)?;
            saved.insert(id, record.save());
        }
    }
    Ok(())
}
