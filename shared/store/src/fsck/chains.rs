//! Every feed from GENESIS to its head, and the replica's own order of entries.

use keng_domain::id::Lsn;
use keng_sync::entry::{FeedId, GENESIS, Hash, Seq, chain_hash};
use rusqlite::Connection;

use super::{Fault, Part, Report, Tell};
use crate::lives;
use crate::rows;
use crate::{Identity, Role, StoreError};

/// Entries of one read: bounds how long the snapshot lives.
const READ_ENTRIES: u64 = 1_000;
/// Gaps of the order that are told.
const GAPS_MAX: i64 = 50;

/// A feed as its row says, at one moment.
struct Claimed {
    row: i64,
    id: FeedId,
    seq: Seq,
    hash: Hash,
    /// The last entry that there is.
    last: Seq,
}

pub(super) fn check(
    db: &Connection,
    identity: &Identity,
    report: &mut Report,
    tell: &mut Tell<'_>,
) -> Result<(), StoreError> {
    // At a node, entries that were written again by a later life have left their places.
    if identity.role == Role::Hub {
        order(db, report)?;
    }
    let feeds = claimed(db, report)?;
    let of = feeds.iter().map(|f| f.seq).sum();
    let mut done = 0;
    for feed in feeds {
        // Of others' feeds a node may lack what the hub withheld.
        let own = feed.id.incarnation == identity.incarnation || lives::is_former(db, feed.id.incarnation)?;
        let withheld = identity.role == Role::Node && !own;
        let mut walk = Walk { report: &mut *report, feed: &feed, withheld, next: 1, links: vec![GENESIS] };
        while walk.next <= feed.seq {
            let before = walk.next;
            read(db, &mut walk)?;
            tell(Part::Chains, done + walk.next - 1, of);
            if walk.next == before {
                break;
            }
        }
        walk.end();
        done += feed.seq;
        report.checked.feeds += 1;
    }
    Ok(())
}

fn claimed(db: &Connection, report: &mut Report) -> Result<Vec<Claimed>, StoreError> {
    // One statement: head and last entry as they were at one moment.
    let mut statement = db.prepare(
        "SELECT id, incarnation, scope, seq, hash, (SELECT coalesce(max(e.seq), 0) FROM entry e WHERE e.feed = feed.id)
         FROM feed ORDER BY id",
    )?;
    let mut found = statement.query([])?;
    let mut feeds = Vec::new();
    while let Some(row) = found.next()? {
        let id: i64 = row.get(0)?;
        let (incarnation, scope, hash): (Vec<u8>, String, Vec<u8>) = (row.get(1)?, row.get(2)?, row.get(4)?);
        match (rows::feed_id(&incarnation, &scope), rows::hash_of(&hash)) {
            (Ok(feed), Ok(hash)) => feeds.push(Claimed {
                row: id,
                id: feed,
                seq: row.get::<_, i64>(3)? as Seq,
                hash,
                last: row.get::<_, i64>(5)? as Seq,
            }),
            _ => report.fault(Fault::BadRow { table: "feed", row: id }),
        }
    }
    Ok(feeds)
}

/// One feed on its way to its head.
struct Walk<'a> {
    report: &'a mut Report,
    feed: &'a Claimed,
    withheld: bool,
    next: Seq,
    /// The hashes that the next entry may build on; none: unknown. More than one after a fault, so
    /// that one altered hash is one fault and not two.
    links: Vec<Hash>,
}

fn read(db: &Connection, walk: &mut Walk<'_>) -> Result<(), StoreError> {
    let FeedId { incarnation, scope } = &walk.feed.id;
    let mut statement = db.prepare_cached(
        "SELECT seq, hash, body, withheld, 0 FROM entry WHERE feed = ?1 AND seq BETWEEN ?4 AND ?5
         UNION ALL
         SELECT seq, hash, body, 0, 1 FROM quarantine
         WHERE incarnation = ?2 AND scope = ?3 AND lsn IS NULL AND seq BETWEEN ?4 AND ?5
         ORDER BY seq",
    )?;
    let last = walk.feed.seq.min(walk.next + READ_ENTRIES - 1);
    let (from, to) = (walk.next as i64, last as i64);
    let mut found = statement.query((walk.feed.row, incarnation.0, scope.to_string(), from, to))?;
    while let Some(row) = found.next()? {
        let (hash, body): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        walk.step(row.get::<_, i64>(0)? as Seq, &hash, &body, row.get(3)?, row.get(4)?);
    }
    // A whole piece may be missing.
    if walk.next <= last && !walk.withheld {
        walk.missing(last + 1);
    } else if walk.next <= last && last == walk.feed.seq {
        walk.report.checked.withheld += last + 1 - walk.next;
        (walk.next, walk.links) = (last + 1, Vec::new());
    } else if walk.next <= last {
        // Withheld ones are counted by the entry that follows them: look further on for it.
        skip(db, walk)?;
    }
    Ok(())
}

/// Beyond a long run of entries of which nothing is here.
fn skip(db: &Connection, walk: &mut Walk<'_>) -> Result<(), StoreError> {
    let next: Option<i64> = db
        .prepare_cached("SELECT min(seq) FROM entry WHERE feed = ?1 AND seq >= ?2")?
        .query_row((walk.feed.row, walk.next as i64), |r| r.get(0))?;
    match next.map(|seq| seq as Seq).filter(|seq| *seq <= walk.feed.seq) {
        None => {
            walk.report.checked.withheld += walk.feed.seq + 1 - walk.next;
            (walk.next, walk.links) = (walk.feed.seq + 1, Vec::new());
        }
        Some(seq) => {
            let (hash, body, withheld): (Vec<u8>, Vec<u8>, i64) = db
                .prepare_cached("SELECT hash, body, withheld FROM entry WHERE feed = ?1 AND seq = ?2")?
                .query_row((walk.feed.row, seq as i64), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
            walk.step(seq, &hash, &body, withheld, false);
        }
    }
    Ok(())
}

impl Walk<'_> {
    fn step(&mut self, seq: Seq, hash: &[u8], body: &[u8], withheld: i64, quarantined: bool) {
        if seq < self.next {
            // The same place in the log and in quarantine.
            self.altered(seq, quarantined);
            return;
        }
        let gap = seq - self.next;
        if gap > 0 && self.withheld && u64::try_from(withheld) == Ok(gap) {
            self.report.checked.withheld += gap;
            self.links.clear();
        } else if gap > 0 {
            self.missing(seq);
        }
        self.report.checked.entries += 1;
        self.next = seq + 1;
        let Ok(hash) = <Hash>::try_from(hash) else {
            self.links.clear();
            self.altered(seq, quarantined);
            return;
        };
        let given: Vec<Hash> = self.links.iter().map(|link| chain_hash(&self.feed.id, seq, link, body)).collect();
        if given.is_empty() || given.contains(&hash) {
            self.links = vec![hash];
        } else {
            self.altered(seq, quarantined);
            self.links = given;
            self.links.push(hash);
            self.links.truncate(4);
        }
    }

    fn missing(&mut self, until: Seq) {
        self.report.fault(Fault::Missing { feed: self.feed.id.clone(), first: self.next, last: until - 1 });
        self.next = until;
        self.links.clear();
    }

    fn altered(&mut self, seq: Seq, quarantined: bool) {
        self.report.fault(Fault::Altered { feed: self.feed.id.clone(), seq, quarantined });
    }

    fn end(self) {
        let reached = self.links.is_empty() || self.links.contains(&self.feed.hash);
        if !reached || self.feed.last > self.feed.seq {
            self.report.fault(Fault::Head { feed: self.feed.id.clone(), seq: self.feed.seq });
        }
    }
}

fn order(db: &Connection, report: &mut Report) -> Result<(), StoreError> {
    let (count, first, last): (i64, i64, i64) =
        db.query_row("SELECT count(*), coalesce(min(lsn), 1), coalesce(max(lsn), 0) FROM entry", [], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })?;
    if first > 1 {
        report.fault(Fault::LsnGap { after: Lsn(0), next: Lsn(first as u64) });
    }
    if count == last + 1 - first {
        return Ok(());
    }
    let mut statement = db.prepare(
        "SELECT lsn, next FROM (SELECT lsn, lead(lsn) OVER (ORDER BY lsn) AS next FROM entry) WHERE next > lsn + 1 LIMIT ?1",
    )?;
    for gap in statement.query_map([GAPS_MAX], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?)))? {
        let (after, next) = gap?;
        report.fault(Fault::LsnGap { after: Lsn(after as u64), next: Lsn(next as u64) });
    }
    Ok(())
}
