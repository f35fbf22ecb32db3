//! Data folders that are put back, copied or lost in part: a node restored from an older copy, two
//! folders that run under one name, a hub restored from yesterday.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use keng_desk::life;
use keng_domain::id::Incarnation;
use keng_records::stamp::Stamp;
use keng_sync::session::LifeReason;

use super::checks::{Checked, Violation};
use super::node::{Node, Tried};
use super::world::World;
use super::{Site, disk};

/// Names of lives that a run begins, one after the other; the first are those of the ground.
const FIRST_LIFE: u8 = 100;

/// A copy of a data folder, and what its replica knew then.
#[derive(Debug, Clone)]
struct Copy {
    folder: PathBuf,
    known: BTreeSet<[u8; 32]>,
}

/// Everything about copies in a run.
#[derive(Debug, Default)]
pub(super) struct Copies {
    copies: BTreeMap<Site, Copy>,
    made: u32,
    lives: u8,
    restored: BTreeSet<usize>,
    cloned: BTreeSet<usize>,
    hub_restored: bool,
    /// The hub's log has lost a part since the world was last at rest.
    pub(super) hub_lost: bool,
    /// Two folders may run under one name.
    pub(super) twins: bool,
}

impl Copies {
    /// Whether a node is a copy, has one, or was put back.
    pub(super) fn has(&self, n: usize) -> bool {
        self.restored.contains(&n) || self.cloned.contains(&n)
    }

    /// [`Copies::has`], of any node of this name.
    pub(super) fn has_name(&self, nodes: &[Node], name: &str) -> bool {
        nodes.iter().enumerate().any(|(n, node)| node.name == name && self.has(n))
    }

    /// The name of the next life.
    pub(super) fn next_life(&mut self) -> u8 {
        self.lives += 1;
        FIRST_LIFE + self.lives
    }
}

impl World {
    /// A copy is made of a folder; an earlier one is thrown away.
    pub(super) fn copy(&mut self, at: Site) -> Checked {
        let copy = self.copy_of(at)?;
        self.copies.copies.insert(at, copy);
        Ok(())
    }

    fn copy_of(&mut self, at: Site) -> Checked<Copy> {
        self.copies.made += 1;
        let from = match at {
            Site::Hub => self.hub.folder.clone(),
            Site::Node(n) => self.nodes[n].folder.clone(),
        };
        let folder = self.folder().join(format!("copy-{}", self.copies.made));
        disk::copy(&from, &folder).map_err(|e| Violation::world(e.to_string()))?;
        Ok(Copy { folder, known: self.ledger.known(at) })
    }

    /// A node's folder is put back from a copy. When the program notices at its start, it begins
    /// another life; otherwise the hub's heads tell it.
    pub(super) fn restore_node(&mut self, n: usize, noticed: bool) -> Checked {
        let site = Site::Node(n);
        let Some(copy) = self.copies.copies.get(&site).cloned() else { return Ok(()) };
        // Once in a run: a folder whose last life is not settled yet, put back without noticing, needs a
        // person (docs), and would never come to rest.
        if self.nodes[n].lies || self.copies.has(n) {
            return Ok(());
        }
        self.crash(site, &mut crate::chance::Chance::of(0))?;
        disk::replace(&copy.folder, &self.nodes[n].folder).map_err(|e| Violation::world(e.to_string()))?;
        self.ledger.goes_back(site, &copy.known);
        self.copies.restored.insert(n);
        self.excused.insert(self.nodes[n].name.clone());
        self.nodes[n].start()?;
        self.trace.note(format!("{site}: its folder is put back from a copy"));
        self.tally.copies += 1;
        if noticed { self.begin_life(n, LifeReason::Restored) } else { Ok(()) }
    }

    /// A node's folder is copied, and both run.
    pub(super) fn clone_node(&mut self, n: usize, noticed: bool) -> Checked {
        let original = &self.nodes[n];
        if original.lies || self.copies.restored.contains(&n) || !self.copies.cloned.is_empty() {
            return Ok(());
        }
        let copy = self.copy_of(Site::Node(n))?;
        let original = &self.nodes[n];
        let mut twin = Node {
            name: original.name.clone(),
            unit: original.unit.clone(),
            keys: original.keys.clone(),
            folder: copy.folder,
            store: None,
            offset_ms: original.offset_ms,
            partitioned: false,
            slow: 0,
            lies: false,
            tree_heads: Vec::new(),
            fault: None,
            told_revoked: None,
            tried: Tried::default(),
        };
        twin.start()?;
        let m = self.nodes.len();
        self.copies.cloned.extend([n, m]);
        self.copies.twins = true;
        self.excused.insert(twin.name.clone());
        self.nodes.push(twin);
        self.ledger.knows(Site::Node(m), &copy.known);
        self.trace.note(format!("{}: is a copy of node {n}", Site::Node(m)));
        self.tally.copies += 1;
        if noticed { self.begin_life(m, LifeReason::Copied) } else { Ok(()) }
    }

    /// The hub's folder is put back from a copy: its log goes on as another one.
    pub(super) fn restore_hub(&mut self) -> Checked {
        // Once in a run: what a life between two restores wrote, its own line of the register included,
        // a hub that goes back to before that life does not take again from its nodes (docs).
        if self.copies.hub_restored {
            return Ok(());
        }
        let Some(copy) = self.copies.copies.get(&Site::Hub).cloned() else { return Ok(()) };
        self.copies.hub_restored = true;
        self.crash(Site::Hub, &mut crate::chance::Chance::of(0))?;
        disk::replace(&copy.folder, &self.hub.folder).map_err(|e| Violation::world(e.to_string()))?;
        self.ledger.goes_back(Site::Hub, &copy.known);
        self.past.clear();
        self.copies.hub_lost = true;
        let (number, now_ms) = (self.copies.next_life(), self.now(Site::Hub));
        let key = self.hub.key.clone();
        self.hub.start()?;
        let store = self.hub.store()?;
        while store.project_step()?.more {}
        let ended = store.present_life()?;
        let new = Incarnation([number; 16]);
        let introduction = life::present(&key, ended, &key, new, LifeReason::Restored, now_ms);
        let stamp = Stamp { officer: "Thường trực".to_owned(), device_time_ms: now_ms, reason: None };
        store.begin_epoch([number; 16], &introduction, &stamp, now_ms)?;
        self.hub.store = None;
        self.hub.start()?;
        self.trace.note(format!("hub: its folder is put back from a copy; life and epoch {number}"));
        self.tally.copies += 1;
        Ok(())
    }

    /// A node begins another life.
    pub(super) fn begin_life(&mut self, n: usize, reason: LifeReason) -> Checked {
        let (number, now_ms) = (self.copies.next_life(), self.now(Site::Node(n)));
        self.trace.note(format!("{}: begins life {number} ({reason})", Site::Node(n)));
        self.excused.insert(self.nodes[n].name.clone());
        self.tally.lives += 1;
        self.nodes[n].begin_life(number, reason, now_ms)?;
        self.note_durable(n)
    }

    /// What a node holds durably now: after a crash it is there.
    pub(super) fn note_durable(&mut self, n: usize) -> Checked {
        let site = Site::Node(n);
        let store = self.nodes[n].store()?;
        let cursor = store.cursor()?;
        let mut heads = Vec::new();
        for life in store.lives()?.iter().map(|l| l.incarnation).chain([store.present_life()?]) {
            heads.push((life, store.heads_of(life)?));
        }
        self.ledger.cursors.insert(site, cursor);
        for (life, heads) in heads {
            self.ledger.promise(site, life, heads);
        }
        Ok(())
    }
}
