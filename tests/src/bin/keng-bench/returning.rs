//! All nodes of the country's communes return at the same moment, each with a day's edits.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use keng_tests::{Memory, Province};
use tokio::task::JoinSet;

use crate::page::{Table, held, thousands};
use crate::simulated::{Simulated, enrol};
use crate::stage::wait_until_projected;
use crate::work::fields;

/// Points that each node makes and edits.
const POINTS: usize = 5;
/// Entries of each node: new points first, then edits.
const ENTRIES: usize = 50;
/// No node may need longer.
const LIMIT: Duration = Duration::from_secs(600);

/// For each count of nodes: entries a second, the hub's memory, how long they waited.
pub fn measure(counts: &[usize]) -> Result<Table> {
    let mut table = Table::new(
        "Nodes returning at once",
        &format!(
            "Each node has {ENTRIES} entries ({POINTS} new points, then edits) and is a simulated one: the real state \
             machine over its own TLS connection, entries in memory, all of them in one process on the same cores as the \
             hub. Waiting is from the start to the last receipt. Asked: all acknowledged, ≥ 5,000 entries/s, hub below \
             400 MB, nobody waits more than 5 × the median."
        ),
        &["nodes", "acknowledged", "entries/s", "median wait", "longest", "attempts, most", "hub resident, most"],
    );
    for count in counts {
        let one = returning(*count).with_context(|| format!("{count} nodes returning"))?;
        table.row(one.cells(*count));
    }
    Ok(table)
}

struct Returned {
    waits: Vec<Duration>,
    attempts: u32,
    memory: Memory,
}

impl Returned {
    fn cells(&self, nodes: usize) -> Vec<String> {
        let (median, longest) = (self.waits[self.waits.len() / 2], self.waits[self.waits.len() - 1]);
        let rate = (nodes * ENTRIES) as f64 / longest.as_secs_f64();
        let mb = self.memory.peak / 1_000_000;
        vec![
            thousands(nodes as u64),
            thousands((nodes * ENTRIES) as u64),
            held(&thousands(rate as u64), rate >= 5_000.0),
            format!("{:.2} s", median.as_secs_f64()),
            held(&format!("{:.2} s", longest.as_secs_f64()), longest <= 5 * median),
            self.attempts.to_string(),
            held(&format!("{mb} MB"), mb < 400),
        ]
    }
}

fn returning(count: usize) -> Result<Returned> {
    allow_many_files();
    let folder = tempfile::tempdir()?;
    let catalogue = folder.path().join("fleet-2025.csv");
    std::fs::write(&catalogue, province_of(count))?;
    let province = Province::of("99", &catalogue)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let units: Vec<String> = (0..count).map(code).collect();
    eprintln!("enrolling {count} nodes…");
    let mut nodes = runtime.block_on(enrol(province.hub(), &units))?;
    eprintln!("{ENTRIES} entries at each of {count} nodes…");
    for (node, unit) in nodes.iter_mut().zip(&units) {
        let scope = format!("area:fleet-2025:{unit}").parse()?;
        let mut values = fields(0, keng_domain::id::RecordId([1; 16])).split_off(3);
        values.retain(|(key, _)| key != "unit");
        values.push(("unit".to_owned(), unit.as_str().into()));
        node.write(&vec![(scope, values); POINTS], ENTRIES - POINTS)?;
    }
    wait_until_projected(province.hub())?;
    eprintln!("they return…");
    let (mut waits, attempts) = runtime.block_on(all_at_once(nodes))?;
    waits.sort_unstable();
    ensure!(waits.len() == count, "{} of {count} nodes sent all", waits.len());
    Ok(Returned { waits, attempts, memory: province.hub().memory()? })
}

async fn all_at_once(nodes: Vec<Simulated>) -> Result<(Vec<Duration>, u32)> {
    let began = Instant::now();
    let mut running = JoinSet::new();
    for mut node in nodes {
        running.spawn(async move { node.send_all(LIMIT).await.map(|attempts| (began.elapsed(), attempts)) });
    }
    let (mut waits, mut most) = (Vec::new(), 0);
    while let Some(ended) = running.join_next().await {
        let (wait, attempts) = ended??;
        waits.push(wait);
        most = most.max(attempts);
    }
    Ok((waits, most))
}

fn code(n: usize) -> String {
    (10_000 + n).to_string()
}

/// A province whose communes stand directly under it, as since July 2025.
fn province_of(communes: usize) -> String {
    let mut csv = String::from("code,name,kind,parent,valid_from,valid_to\n99,Tỉnh,TINH,,,\n");
    for n in 0..communes {
        // Writing to a String cannot fail.
        let _ = writeln!(csv, "{},Xã {n},XA,99,,", code(n));
    }
    csv
}

/// A connection is a file handle here and another at the hub, which inherits the limit.
fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    // Refused: the usual limit is enough for a thousand nodes, and more say themselves what fails.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, maximum: now.maximum });
}
