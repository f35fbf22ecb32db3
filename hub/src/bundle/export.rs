//! Return files.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use keng_desk::bundle::out::{Out, Plan};
use keng_desk::bundle::{Exported, Tell};
use keng_desk::folder::{Keys, random};
use keng_desk::{Told, clock, program, seal};
use keng_domain::id::{Lsn, NodeId};
use keng_domain::unit::UnitCode;
use keng_proto::{BundleHeader, SignedHeads};
use keng_store::Store;
use keng_store::enrol::NodeView;
use keng_store::log::Log;
use keng_sync::batch::BatchEntry;
use keng_sync::bundle::Piece;
use keng_sync::head::{feed_head, sign_receipt};
use keng_sync::limits::BATCH_BYTES_MAX;
use keng_sync::session::hub::pulls;

use crate::identity::Identity;
use crate::session::Peer;

/// Whose return files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Every node's.
    All,
    /// Those of a unit's nodes.
    Unit(UnitCode),
    /// One node's.
    Node(NodeId),
}

/// Writes a return file for each node: receipts for what the hub holds of it, the entries of its
/// scopes after what it is known to hold, the signed tree head. One node's file is `to`; of
/// several, each has the node in its name.
///
/// # Errors
/// In words; the files that were whole by then stay.
pub fn export(
    store: &Store,
    to: &Path,
    whom: &Whom,
    file_bytes_max: Option<u64>,
    tell: Tell<'_>,
) -> Result<Exported, Told> {
    let nodes = nodes(store, whom)?;
    let identity = Identity::of(store, Keys::of(store.folder()).signing_key()?)?;
    let mut all = Exported::default();
    for node in &nodes {
        let twice = nodes.iter().filter(|n| n.node == node.node).count() > 1;
        let path = match nodes.len() {
            1 => to.to_owned(),
            _ => named(to, node, twice),
        };
        let one = Return { store, node, identity: &identity }.write(path, file_bytes_max, tell)?;
        all.files.extend(one.files);
        all.entries += one.entries;
        all.receipts += one.receipts;
        all.bytes += one.bytes;
    }
    Ok(all)
}

fn nodes(store: &Store, whom: &Whom) -> Result<Vec<NodeView>, Told> {
    let mut nodes = store.nodes()?;
    let none = match whom {
        Whom::All => "Chưa có máy nào gia nhập.".to_owned(),
        Whom::Unit(unit) => {
            nodes.retain(|n| n.unit.code == *unit);
            format!("Đơn vị {unit} chưa có máy nào.")
        }
        Whom::Node(node) => {
            nodes.retain(|n| n.node == *node);
            format!("Không có máy {node} trong sổ đăng ký.")
        }
    };
    if nodes.is_empty() { Err(Told::new(none, "Chưa xuất gì.", "")) } else { Ok(nodes) }
}

/// `tra.keng` becomes `tra.610-1.keng`; a node with several lives adds the beginning of theirs.
fn named(to: &Path, node: &NodeView, twice: bool) -> PathBuf {
    let life: String = if twice { node.incarnation.to_string().chars().take(8).collect() } else { String::new() };
    let mark = if twice { format!("{}-{life}", node.node) } else { node.node.to_string() };
    match to.extension() {
        Some(extension) => to.with_extension(format!("{mark}.{}", extension.to_string_lossy())),
        None => {
            let mut name = to.as_os_str().to_owned();
            name.push(format!(".{mark}"));
            name.into()
        }
    }
}

struct Return<'a> {
    store: &'a Store,
    node: &'a NodeView,
    identity: &'a Identity,
}

impl Return<'_> {
    fn write(&self, to: PathBuf, file_bytes_max: Option<u64>, tell: Tell<'_>) -> Result<Exported, Told> {
        let (store, incarnation) = (self.store, self.node.incarnation);
        let peer = Peer { unit: self.node.unit.clone(), node: self.node.node.clone() };
        let Some((_, subscription)) = peer.known(store, incarnation)? else {
            return Err(Told::refused(format!("Máy {} không còn trong sổ đăng ký.", peer.node)));
        };
        let epoch = self.identity.epoch;
        let last = store.bundle_peer(incarnation)?;
        let cursor = if last.epoch == Some(epoch) && last.cursor <= store.tail()? { last.cursor } else { Lsn(0) };
        let known_heads = if last.epoch.is_none_or(|e| e == epoch) { last.acknowledged } else { Vec::new() };
        let header = self.header(cursor)?;
        let mut out = Out::begin(Plan { to, file_bytes_max, seal: None, key: self.identity.key.clone(), header })?;
        let mut done = Exported::default();

        for receipt in store.receipts_after(incarnation, &known_heads)? {
            done.receipts += receipt.lsns.iter().map(|run| u64::from(run.count)).sum::<u64>();
            whole(out.put(Piece::Receipt(sign_receipt(&self.identity.key, receipt)))?)?;
        }
        let mut reached = cursor;
        loop {
            let slice = store.read(reached, &subscription, BATCH_BYTES_MAX)?;
            let heads = self.identity.signatures(store, &slice.entries, clock::now_ms())?;
            self.put(&mut out, &slice.entries, &heads, reached, slice.up_to)?;
            done.entries += slice.entries.iter().filter(|e| e.entry.body.is_some()).count() as u64;
            reached = slice.up_to;
            tell(out.bytes(), 0);
            if slice.at_tail {
                break;
            }
        }
        let (size, root) = store.log_root()?;
        let head = self.identity.tree_head(size.0, &root, clock::now_ms());
        whole(out.put(Piece::TreeHead(head))?)?;
        (done.files, done.bytes) = out.finish()?;
        Ok(done)
    }

    /// A slice that fits in no file of the size asked for is cut in two. One without entries still
    /// says how far the log was read.
    fn put(
        &self,
        out: &mut Out,
        entries: &[BatchEntry],
        heads: &[SignedHeads],
        after: Lsn,
        up_to: Lsn,
    ) -> Result<(), Told> {
        let made = pulls(entries, heads, after, up_to);
        let made = if made.is_empty() && up_to > after {
            vec![keng_proto::Pull { up_to: up_to.0, ..keng_proto::Pull::default() }]
        } else {
            made
        };
        match made.as_slice() {
            [] => Ok(()),
            [pull] => match out.put(Piece::Pull(pull.clone()))? {
                Ok(()) => {
                    out.reached(up_to);
                    Ok(())
                }
                Err(_) if entries.len() > 1 => self.halves(out, entries, heads, after, up_to),
                too_large @ Err(_) => whole(too_large),
            },
            _ => self.halves(out, entries, heads, after, up_to),
        }
    }

    fn halves(
        &self,
        out: &mut Out,
        entries: &[BatchEntry],
        heads: &[SignedHeads],
        after: Lsn,
        up_to: Lsn,
    ) -> Result<(), Told> {
        let (left, right) = entries.split_at(entries.len() / 2);
        let between = left.iter().map(|e| e.lsn).max().unwrap_or(after).max(after);
        self.put(out, left, heads, after, between)?;
        self.put(out, right, heads, between, up_to)
    }

    fn header(&self, cursor: Lsn) -> Result<BundleHeader, Told> {
        let held = self.store.heads_of(self.node.incarnation)?;
        Ok(BundleHeader {
            from_hub: true,
            node: self.node.node.to_string(),
            unit: self.node.unit.code.to_string(),
            incarnation: Bytes::copy_from_slice(&self.node.incarnation.0),
            hub_public_key: Bytes::copy_from_slice(self.identity.key.public().as_bytes()),
            epoch: Bytes::copy_from_slice(&self.identity.epoch),
            cursor: cursor.0,
            created_at_ms: clock::now_ms(),
            export: Bytes::copy_from_slice(&random::<16>()),
            part: 1,
            heads: held.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect(),
            software: program::software("keng-hub"),
            seal_recipient: seal::recipient(&Keys::of(self.store.folder()))?,
            introduction: None,
            hub_lives: self.identity.lives.iter().map(|life| Bytes::copy_from_slice(&life.0)).collect(),
        })
    }
}

fn whole(put: Result<(), keng_desk::bundle::out::TooLarge>) -> Result<(), Told> {
    put.map_err(|too_large| {
        Told::new(
            format!("Có một mảnh cần {} byte, không vừa một tệp.", too_large.bytes),
            "Chưa xuất được gói này; sổ cái giữ nguyên.",
            "Hãy tăng --max-size.",
        )
    })
}
