//! A hub and nodes in one temporary folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use crate::programs::{self, Programs};
use crate::{Hub, Node, fixtures, until};

/// A province of real processes. All end, and the folder goes, when it is dropped.
#[derive(Debug)]
pub struct Province {
    // Dropped in this order: processes before the folder they write to.
    nodes: BTreeMap<String, Node>,
    hub: Hub,
    folder: tempfile::TempDir,
    programs: &'static Programs,
}

impl Province {
    /// Kon Tum with its ten districts of 2022; the hub serves, nobody has joined.
    ///
    /// # Errors
    /// When the programs are missing or the hub does not start.
    pub fn kon_tum() -> Result<Self> {
        Self::of("62", &fixtures::units("kontum-2022"))
    }

    /// Any province of any catalogue.
    ///
    /// # Errors
    /// When the programs are missing or the hub does not start.
    pub fn of(code: &str, units: &Path) -> Result<Self> {
        Self::with(code, &[units])
    }

    /// A province whose units changed: several catalogues.
    ///
    /// # Errors
    /// When the programs are missing or the hub does not start.
    pub fn with(code: &str, units: &[&Path]) -> Result<Self> {
        let programs = programs::find(|| eprintln!("building keng-hub and keng-node…"))?;
        let folder = tempfile::Builder::new().prefix("keng-").tempdir()?;
        let hub = Hub::init_with(&programs.hub, &folder.path().join("hub"), code, units)?;
        hub.serve()?;
        Ok(Self { nodes: BTreeMap::new(), hub, folder, programs })
    }

    /// The programs under test.
    #[must_use]
    pub fn programs(&self) -> &'static Programs {
        self.programs
    }

    /// The folder with everybody's data; other files of a scenario may stand here too.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The hub.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// A node by the code of its unit.
    ///
    /// # Panics
    /// When the unit has not joined: the scenario is wrong.
    #[must_use]
    pub fn node(&self, unit: &str) -> &Node {
        self.nodes.get(unit).unwrap_or_else(|| panic!("{unit} has not joined"))
    }

    /// All nodes.
    pub fn nodes(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.nodes.iter().map(|(unit, node)| (unit.as_str(), node))
    }

    /// Lets a unit join.
    ///
    /// # Errors
    /// When hub or node refuses.
    pub fn join(&mut self, unit: &str) -> Result<&Node> {
        self.join_all(&[unit])?;
        self.nodes.get(unit).context("just joined")
    }

    /// Lets several units join at the same time.
    ///
    /// # Errors
    /// When hub or node refuses.
    pub fn join_all(&mut self, units: &[&str]) -> Result<()> {
        let (hub, programs, folder) = (&self.hub, self.programs, self.folder.path());
        let joined = at_once(units.iter().copied(), |unit| {
            let folder = folder.join(format!("node-{unit}"));
            Node::join(&programs.node, &folder, hub, unit, &format!("Cán bộ {unit}"))
        })?;
        self.nodes.extend(joined.into_iter().map(|(unit, node)| (unit.to_owned(), node)));
        Ok(())
    }

    /// Does the same at every node at the same time.
    ///
    /// # Errors
    /// The first that fails.
    pub fn everywhere<T: Send>(&self, act: impl Fn(&str, &Node) -> Result<T> + Sync) -> Result<BTreeMap<&str, T>> {
        let done = at_once(self.nodes(), |(unit, node)| act(unit, node))?;
        Ok(done.into_iter().map(|((unit, _), value)| (unit, value)).collect())
    }

    /// Syncs every node twice, so that what one sends the others get.
    ///
    /// # Errors
    /// When one fails.
    pub fn sync_all(&self) -> Result<()> {
        for _ in 0..2 {
            self.everywhere(|_, node| node.sync())?;
        }
        Ok(())
    }

    /// Waits until nothing is left to send at a node whose `serve` syncs by itself.
    ///
    /// # Errors
    /// When it does not get there.
    pub fn wait_sent(&self, unit: &str, limit: Duration) -> Result<()> {
        let node = self.node(unit);
        until(&format!("{unit} has sent all"), limit, || Ok(node.status()?.pending == 0))
    }
}

/// Runs `act` on all items at the same time, in threads.
fn at_once<I: Copy + Send, T: Send>(
    items: impl Iterator<Item = I>,
    act: impl Fn(I) -> Result<T> + Sync,
) -> Result<Vec<(I, T)>> {
    let act = &act;
    std::thread::scope(|scope| {
        let running: Vec<_> = items.map(|item| (item, scope.spawn(move || act(item)))).collect();
        let ended = running.into_iter().map(|(item, thread)| {
            thread.join().map_err(|_| anyhow!("a thread of the scenario panicked"))?.map(|value| (item, value))
        });
        ended.collect()
    })
}
