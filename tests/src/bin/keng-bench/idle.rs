//! What it costs to have nothing to say: however many records, again after a cut, and a minute long.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use keng_tests::{Memory, Relay};

use crate::crossing::Crossing;
use crate::page::{Table, held, thousands};
use crate::stage::Stage;
use crate::work::Work;

/// No byte for so long: the session has settled. Well below the pauses between keep-alive frames.
const QUIET: Duration = Duration::from_millis(2_500);
/// The cut is a short one: a node finds its link again within its first pauses between attempts.
const BACK_WITHIN: Duration = Duration::from_secs(60);

const FULL: u64 = 6_000;
const RESUMED: u64 = 1_500;
const ROUND_TRIPS: u64 = 2;
const A_MINUTE: u64 = 100;
const NODE_MB: u64 = 100;
const HUB_MB: u64 = 200;

/// Measures `counts` but those in `known`; the last of them also after a cut, and for `open` on the
/// open stream.
pub fn measure(counts: &[usize], mut known: Vec<(usize, Crossing)>, open: Duration) -> Result<Vec<Table>> {
    let mut rest = None;
    for (at, n) in counts.iter().enumerate() {
        let is_last = at + 1 == counts.len();
        if known.iter().any(|(k, _)| k == n) && !is_last {
            continue;
        }
        eprintln!("nothing to say, {n} records…");
        let mut stage = Stage::new()?;
        stage.write_records(&Work::new(*n, &[]))?;
        stage.node().sync()?;
        stage.wait_until_projected()?;
        stage.node().sync()?;
        known.retain(|(k, _)| k != n);
        known.push((*n, Crossing::of(stage.node())?));
        if is_last {
            rest = Some((*n, serving(&stage, open)?));
        }
    }
    known.sort_unstable_by_key(|(n, _)| *n);
    let mut tables = vec![by_records(&known)];
    tables.extend(rest.map(|(n, serving)| serving.table(n)));
    Ok(tables)
}

fn by_records(known: &[(usize, Crossing)]) -> Table {
    let mut table = Table::new(
        "Nothing to say",
        "`sync --once` of the real program, a full TLS handshake included. Asked: constant (within the few bytes by which \
         numbers differ), ≤ 6 KB, ≤ 2 round trips after TLS.",
        &["records", "bytes up", "bytes down", "together", "round trips after TLS", "ms"],
    );
    for (n, crossing) in known {
        table.row([
            thousands(*n as u64),
            thousands(crossing.up),
            thousands(crossing.down),
            held(&thousands(crossing.bytes()), crossing.bytes() <= FULL),
            held(&crossing.round_trips.to_string(), crossing.round_trips <= ROUND_TRIPS),
            crossing.ms.to_string(),
        ]);
    }
    table
}

/// Figures of a node that serves and stays connected.
struct Serving {
    again: (u64, u64),
    bytes: u64,
    lasted: Duration,
    node: Memory,
    hub: Memory,
}

fn serving(stage: &Stage, open: Duration) -> Result<Serving> {
    let link = stage.node().link();
    stage.node().serve()?;
    wait_until_quiet(link, total(link))?;
    link.close();
    let before = link.bytes();
    link.open();
    wait_until_quiet(link, before.0 + before.1)?;
    let after = link.bytes();
    eprintln!("the open stream, {} s…", open.as_secs());
    let (since, began) = (total(link), Instant::now());
    std::thread::sleep(open);
    let (bytes, lasted) = (total(link) - since, began.elapsed());
    let (node, hub) = (stage.node().memory()?, stage.hub().memory()?);
    stage.node().stop()?;
    Ok(Serving { again: (after.0 - before.0, after.1 - before.1), bytes, lasted, node, hub })
}

impl Serving {
    fn table(&self, records: usize) -> Table {
        let mut table = Table::new(
            "A node that stays connected",
            &format!("`serve` of both programs, {} records in each.", thousands(records as u64)),
            &["", "measured", "asked"],
        );
        let again = self.again.0 + self.again.1;
        table.row([
            "back after a cut, same process".to_owned(),
            held(&format!("{} + {} bytes", thousands(self.again.0), thousands(self.again.1)), again <= RESUMED),
            "≤ 1.5 KB, TLS resumed".to_owned(),
        ]);
        let a_minute = self.bytes * 60 / self.lasted.as_secs().max(1);
        table.row([
            "bytes a minute on the open stream".to_owned(),
            held(&thousands(a_minute), a_minute <= A_MINUTE),
            format!("≤ {A_MINUTE}"),
        ]);
        for (who, memory, limit) in [("node", self.node, NODE_MB), ("hub", self.hub, HUB_MB)] {
            let (now, peak) = (memory.now / 1_000_000, memory.peak / 1_000_000);
            table.row([
                format!("{who} resident"),
                held(&format!("{now} MB, {peak} MB at most"), now <= limit),
                format!("≤ {limit} MB with the ten districts' records"),
            ]);
        }
        table
    }
}

/// Bytes both ways so far.
pub fn total(link: &Relay) -> u64 {
    let (up, down) = link.bytes();
    up + down
}

/// Waits until more than `start` bytes have passed, and then none for a while.
pub fn wait_until_quiet(link: &Relay, start: u64) -> Result<()> {
    let began = Instant::now();
    let (mut last, mut since) = (total(link), Instant::now());
    while last == start || since.elapsed() < QUIET {
        if began.elapsed() > BACK_WITHIN {
            bail!("the node did not settle on its link in {} s", BACK_WITHIN.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
        if total(link) != last {
            (last, since) = (total(link), Instant::now());
        }
    }
    Ok(())
}
