//! A hub and two nodes of one district as real processes, and records in them.

use std::time::Duration;

use anyhow::Result;
use keng_desk::acts::fresh_id;
use keng_desk::clock;
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::scope::Scope;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::Store;
use keng_store::edit::Act;
use keng_store::log::Log;
use keng_sync::entry::Entry;
use keng_tests::{Hub, Node, Province, until};

use crate::work::{Edits, UNIT, Work, scope_of};

/// Records written in one transaction: a district's list and more.
const RECORDS_AT_ONCE: usize = 500;
/// Between two edits of an officer.
const EDIT_EVERY_MS: i64 = 37_000;
/// META_KEYS stand first in the fields of the common work.
const META_FIELDS: usize = 3;

/// The province of one measurement.
pub struct Stage {
    // Dropped before the province, whose folder it writes to.
    second: Node,
    province: Province,
    ids: Vec<RecordId>,
}

impl Stage {
    /// Everybody has joined and holds the catalogue and the register.
    pub fn new() -> Result<Self> {
        let mut province = Province::kon_tum()?;
        province.join(UNIT)?;
        let folder = province.folder().join("second");
        let second = Node::join(&province.programs().node, &folder, province.hub(), UNIT, "Cán bộ 610")?;
        let stage = Self { second, province, ids: Vec::new() };
        stage.node().sync()?;
        stage.second().sync()?;
        Ok(stage)
    }

    /// The hub.
    pub fn hub(&self) -> &Hub {
        self.province.hub()
    }

    /// The node that writes.
    pub fn node(&self) -> &Node {
        self.province.node(UNIT)
    }

    /// The node that reads.
    pub fn second(&self) -> &Node {
        &self.second
    }

    /// Writes the models and sends them everywhere, then writes the records at the first node.
    pub fn write_records(&mut self, work: &Work) -> Result<()> {
        let mut store = Store::open(self.node().folder())?;
        let owner = store.identity().unit.clone();
        let meta = |kind: &str, scope| Meta { kind: kind.to_owned(), scope, owner: owner.clone() };
        let model = |(n, id): (usize, &RecordId)| Act::Create {
            id: *id,
            meta: meta("model", Scope::Province),
            values: vec![("name".to_owned(), Value::from(format!("Tiếng kẻng an ninh {n}")))],
        };
        let models: Vec<Act> = work.models.iter().enumerate().map(model).collect();
        store.commit(&models, &stamp(clock::now_ms()), clock::now_ms())?;
        self.node().sync()?;
        self.second().sync()?;
        self.ids = work.records.iter().map(|_| fresh_id()).collect();
        let numbers: Vec<usize> = (0..work.records.len()).collect();
        for chunk in numbers.chunks(RECORDS_AT_ONCE) {
            let mut acts = Vec::with_capacity(chunk.len());
            for n in chunk {
                let meta = meta("point", scope_of(*n).parse()?);
                acts.push(Act::Create { id: self.ids[*n], meta, values: work.records[*n][META_FIELDS..].to_vec() });
            }
            store.commit(&acts, &stamp(clock::now_ms()), clock::now_ms())?;
        }
        Ok(())
    }

    /// Edits at the first node, each its own transaction, as an officer's would be.
    pub fn write_edits(&self, edits: &Edits) -> Result<()> {
        let mut store = Store::open(self.node().folder())?;
        let mut at_ms = clock::now_ms() - EDIT_EVERY_MS * edits.len() as i64;
        for (n, teams) in edits {
            at_ms += EDIT_EVERY_MS;
            let act = Act::Change { id: self.ids[*n], values: vec![("teams".to_owned(), Value::Int(*teams))] };
            store.commit(&[act], &stamp(at_ms), at_ms)?;
        }
        Ok(())
    }

    /// What the first node has not sent yet.
    pub fn waiting(&self) -> Result<Vec<Entry>> {
        let (entries, _) = Store::open(self.node().folder())?.outbox(0, usize::MAX)?;
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }

    /// Waits until the hub's projector has done what came in, so that it disturbs no measurement.
    pub fn wait_until_projected(&self) -> Result<()> {
        wait_until_projected(self.hub())
    }
}

/// Waits until the views of a hub contain its whole log.
pub fn wait_until_projected(hub: &Hub) -> Result<()> {
    let store = Store::open(hub.folder())?;
    until("the hub has projected its log", Duration::from_secs(900), || Ok(store.position()? == store.tail()?))
}

fn stamp(device_time_ms: i64) -> Stamp {
    Stamp { officer: "Cán bộ 610".to_owned(), device_time_ms, reason: None }
}
