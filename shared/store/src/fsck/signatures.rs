//! Signed statements: whether their author signed them, and whether they are true.

use std::collections::HashMap;

use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{FeedHead, Receipt, SignedHeads, TreeHead};
use keng_sync::entry::FeedId;
use keng_sync::head::{PublicKey, read_feed_head, verify_heads, verify_receipt, verify_tree_head};
use keng_sync::merkle::Tree;
use prost::Message;
use rusqlite::Connection;

use super::{Fault, HUB_PUBLIC_KEY, Part, Report, StatementFault, StatementKind, TREE_HEAD, Tell};
use crate::lives;
use crate::log::Log;
use crate::rows;
use crate::{Role, Store, StoreError, ingest, signatures};

/// Statements of one read: bounds how long the snapshot lives, signatures being slow to verify.
const READ_STATEMENTS: i64 = 500;

pub(super) fn check(store: &Store, report: &mut Report, tell: &mut Tell<'_>) -> Result<(), StoreError> {
    // A node holds its scopes alone: others' statements speak of feeds that it does not have.
    let mut keys = Keys { db: &store.db, whole: store.identity.role == Role::Hub, known: HashMap::new() };
    each(store, "signed_heads", tell, |row, bytes| {
        report.checked.signatures += 1;
        let why = heads(&store.db, &mut keys, bytes)?;
        report.extend(StatementKind::Heads, row, why);
        Ok(())
    })?;
    if store.identity.role == Role::Hub {
        return own_tree_head(store, report);
    }
    let hub = store.meta(HUB_PUBLIC_KEY)?.and_then(|k| hex::decode(k).ok());
    let Some(hub) = hub.and_then(|k| PublicKey::from_slice(&k).ok()) else { return Ok(()) };
    each(store, "receipt", tell, |row, bytes| {
        report.checked.receipts += 1;
        let why = receipt(&store.db, store.identity.incarnation, &hub, bytes)?;
        report.extend(StatementKind::Receipt, row, why);
        Ok(())
    })?;
    if let Some(head) = store.meta(TREE_HEAD)? {
        report.checked.tree_heads += 1;
        let why = match read_tree_head(&head) {
            None => Some(StatementFault::Unreadable),
            // A node holds its scopes alone: it can say who signed this, not whether it is true.
            Some(head) => verify_tree_head(&head, &hub).err().map(|_| StatementFault::Signature),
        };
        report.extend(StatementKind::TreeHead, 0, why);
    }
    Ok(())
}

impl Report {
    fn extend(&mut self, kind: StatementKind, row: i64, why: Option<StatementFault>) {
        if let Some(why) = why {
            self.fault(Fault::Statement { kind, row, why });
        }
    }
}

/// Reads the messages of a table, piece by piece.
fn each(
    store: &Store,
    table: &str,
    tell: &mut Tell<'_>,
    mut look: impl FnMut(i64, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let of: i64 = store.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))?;
    let sql = format!("SELECT rowid, message FROM {table} WHERE rowid > ?1 ORDER BY rowid LIMIT ?2");
    let (mut after, mut done) = (0, 0);
    loop {
        let piece: Vec<(i64, Vec<u8>)> = store
            .db
            .prepare_cached(&sql)?
            .query_map((after, READ_STATEMENTS), |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let Some((last, _)) = piece.last() else { return Ok(()) };
        after = *last;
        for (row, bytes) in &piece {
            look(*row, bytes)?;
        }
        done += piece.len() as u64;
        tell(Part::Signatures, done, of.max(0) as u64);
    }
}

/// The keys of the register, each looked up once.
struct Keys<'a> {
    db: &'a Connection,
    /// Whether the feeds of everybody are here: at the hub.
    whole: bool,
    known: HashMap<Incarnation, Option<PublicKey>>,
}

impl Keys<'_> {
    fn of(&mut self, incarnation: Incarnation) -> Result<Option<PublicKey>, StoreError> {
        if let Some(key) = self.known.get(&incarnation) {
            return Ok(*key);
        }
        let key = signatures::public_key(self.db, incarnation)?;
        let key = key.and_then(|k| PublicKey::from_slice(&k).ok());
        self.known.insert(incarnation, key);
        Ok(key)
    }
}

fn heads(db: &Connection, keys: &mut Keys<'_>, bytes: &[u8]) -> Result<Option<StatementFault>, StoreError> {
    let Ok(signed) = SignedHeads::decode(bytes) else { return Ok(Some(StatementFault::Unreadable)) };
    let Ok(incarnation) = Incarnation::from_slice(&signed.incarnation) else {
        return Ok(Some(StatementFault::Unreadable));
    };
    let Some(key) = keys.of(incarnation)? else { return Ok(Some(StatementFault::NoKey(incarnation))) };
    if verify_heads(&signed, &key).is_err() {
        return Ok(Some(StatementFault::Signature));
    }
    // Nodes keep signatures of others alone.
    against_chain(db, incarnation, &signed.heads, !keys.whole)
}

fn receipt(
    db: &Connection,
    present: Incarnation,
    hub: &PublicKey,
    bytes: &[u8],
) -> Result<Option<StatementFault>, StoreError> {
    let Ok(receipt) = Receipt::decode(bytes) else { return Ok(Some(StatementFault::Unreadable)) };
    let Ok(incarnation) = Incarnation::from_slice(&receipt.incarnation) else {
        return Ok(Some(StatementFault::Unreadable));
    };
    if verify_receipt(&receipt, hub).is_err() {
        return Ok(Some(StatementFault::Signature));
    }
    // One for what was brought back for others repeats their signature, over feeds that are not here.
    let own = incarnation == present || lives::is_former(db, incarnation)?;
    against_chain(db, incarnation, &receipt.heads, !own)
}

/// The first head that the chain does not have; `partly`: not all of the author's entries are here.
fn against_chain(
    db: &Connection,
    incarnation: Incarnation,
    heads: &[FeedHead],
    partly: bool,
) -> Result<Option<StatementFault>, StoreError> {
    for head in heads {
        let Ok((scope, seq, hash)) = read_feed_head(head) else { return Ok(Some(StatementFault::Unreadable)) };
        let feed = FeedId { incarnation, scope };
        let row = rows::find_feed(db, &feed)?.map_or(0, |f| f.id);
        let found = ingest::hash_at(db, &feed, row, seq)?;
        if found != Some(hash) && !(partly && found.is_none()) {
            return Ok(Some(StatementFault::Chain { feed, seq }));
        }
    }
    Ok(None)
}

/// At the hub: the tree of the log, made again, against the head that was last given to anybody.
fn own_tree_head(store: &Store, report: &mut Report) -> Result<(), StoreError> {
    let Some(text) = store.meta(TREE_HEAD)? else { return Ok(()) };
    report.checked.tree_heads += 1;
    let why = match read_tree_head(&text) {
        None => Some(StatementFault::Unreadable),
        Some(head) => {
            let mut tree = Tree::new();
            for leaf in store.leaves(Lsn(0))? {
                tree.push(&leaf);
            }
            let same = tree.root_at(head.size).is_some_and(|root| root == head.root.as_ref());
            (!same).then_some(StatementFault::Root { size: head.size })
        }
    };
    report.extend(StatementKind::TreeHead, 0, why);
    Ok(())
}

fn read_tree_head(text: &str) -> Option<TreeHead> {
    TreeHead::decode(hex::decode(text).ok()?.as_slice()).ok()
}
