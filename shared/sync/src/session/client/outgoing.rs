//! Own entries on their way to the hub.

use std::collections::{HashSet, VecDeque};

use keng_domain::id::Incarnation;
use keng_domain::id::Lsn;
use keng_proto::{FeedHead, FeedState, LsnRun, Push, Receipt, SignedHeads};

use super::reason::{BadReceipt, Reason};
use super::{Brought, ClientEffect, ClientState, OutboxEntry, OutboxPosition};
use crate::batch::{BatchEntry, encode, split};
use crate::entry::{FeedId, Hash, Seq};
use crate::limits::{BATCH_BYTES_MAX, ENTRY_BYTES_MAX, WINDOW_BATCHES};
use crate::push;

/// Read from the outbox at once: a window of batches, so that memory stays bounded and the window
/// full.
const READ_BYTES_MAX: usize = WINDOW_BATCHES * BATCH_BYTES_MAX;

#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    open: bool,
    read_to: OutboxPosition,
    reading: bool,
    /// The outbox may hold more after `read_to`.
    more: bool,
    /// What the hub has lost of others' entries goes before all else: the register may be in it.
    restitution: Option<Restitution>,
    /// It was asked for, and not yet told that it is done.
    bringing_back: bool,
    /// Wait for the window.
    batches: VecDeque<Waiting>,
    /// Sent, no receipt yet. Oldest first.
    flights: VecDeque<Flight>,
    /// Receipts that are being stored. Oldest first.
    storing: VecDeque<Storing>,
    /// One for each batch that we may send: round trips before we may.
    credit: VecDeque<u32>,
    /// The highest position in the log that a receipt of this session has named.
    acknowledged_to: Lsn,
}

#[derive(Debug, Clone)]
struct Restitution {
    held: Vec<FeedState>,
    after: u64,
}

/// A batch of one author's entries.
#[derive(Debug, Clone)]
struct Waiting {
    entries: Vec<BatchEntry>,
    /// Somebody else's signature; `None`: to be signed here.
    signed: Option<SignedHeads>,
}

#[derive(Debug, Clone)]
struct Flight {
    incarnation: Incarnation,
    heads: Vec<FeedHead>,
    entries: Vec<(FeedId, Seq, Hash)>,
    /// Round trips before it was sent.
    turn: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Storing {
    pub(super) entries: u64,
    pub(super) refused: u64,
    /// Round trips after which it came.
    pub(super) turn: u32,
}

/// What a receipt says of each entry: its position, or `None` when it was refused.
type Outcomes = Vec<(FeedId, Seq, Hash, Option<Lsn>)>;

impl Outgoing {
    pub(super) fn new() -> Self {
        Self {
            open: false,
            read_to: OutboxPosition::default(),
            reading: false,
            more: true,
            restitution: None,
            bringing_back: false,
            batches: VecDeque::new(),
            flights: VecDeque::new(),
            storing: VecDeque::new(),
            credit: std::iter::repeat_n(1, WINDOW_BATCHES).collect(), // a window after the Welcome
            acknowledged_to: Lsn(0),
        }
    }

    /// The hub may be sent entries from now on.
    pub(super) fn open(&mut self) {
        self.open = true;
    }

    pub(super) fn expect_more(&mut self) -> Result<Vec<ClientEffect>, Reason> {
        self.more = true;
        // Entries of an ended life may come to wait before what was read already. When nothing is
        // under way, all that was read has its receipt, and the outbox can be read from its start.
        let under_way = self.reading || !self.flights.is_empty() || !self.storing.is_empty();
        if !under_way && self.batches.is_empty() {
            self.read_to = OutboxPosition::default();
        }
        Ok(Vec::new())
    }

    /// The hub has lost a part of its log; in the feeds of others it holds this much.
    pub(super) fn bring_back(&mut self, held: Vec<FeedState>) {
        self.restitution = Some(Restitution { held, after: 0 });
        self.bringing_back = true;
    }

    /// Says once that everything the hub had lost has its receipts.
    pub(super) fn restituted(&mut self) -> Option<ClientEffect> {
        let under_way =
            self.reading || !self.batches.is_empty() || !self.flights.is_empty() || !self.storing.is_empty();
        let done = self.bringing_back && self.restitution.is_none() && !under_way;
        self.bringing_back &= !done;
        done.then_some(ClientEffect::Restituted)
    }

    pub(super) fn restitute(&mut self, pushes: Vec<Brought>, next: Option<u64>) -> Result<Vec<ClientEffect>, Reason> {
        let (true, Some(mut going)) = (std::mem::take(&mut self.reading), self.restitution.take()) else {
            return Err(Reason::OutOfTurn { phase: "Streaming", event: "Restitution" });
        };
        let unplaced = |entry| BatchEntry { entry, lsn: Lsn(0), received_at_ms: 0 };
        self.batches.extend(pushes.into_iter().map(|brought| Waiting {
            entries: brought.entries.into_iter().map(unplaced).collect(),
            signed: Some(brought.signed),
        }));
        // An answer that leads nowhere would be asked for again for ever.
        if let Some(next) = next.filter(|next| *next > going.after) {
            going.after = next;
            self.restitution = Some(going);
        }
        Ok(Vec::new())
    }

    /// Asks for more entries when none wait.
    pub(super) fn read(&mut self) -> Option<ClientEffect> {
        if !self.open || self.reading || !self.batches.is_empty() {
            return None;
        }
        if let Some(Restitution { held, after }) = &self.restitution {
            self.reading = true;
            let (held, after) = (held.clone(), *after);
            return Some(ClientEffect::ReadRestitution { held, after, max_bytes: READ_BYTES_MAX });
        }
        if !self.more {
            return None;
        }
        (self.reading, self.more) = (true, false);
        Some(ClientEffect::ReadOutbox { after: self.read_to, max_bytes: READ_BYTES_MAX })
    }

    pub(super) fn fill(&mut self, entries: Vec<OutboxEntry>, more: bool) -> Result<Vec<ClientEffect>, Reason> {
        if !std::mem::take(&mut self.reading) {
            return Err(Reason::OutOfTurn { phase: "Streaming", event: "Outbox" });
        }
        self.more |= more && !entries.is_empty(); // an outbox that has more but gives none would be read for ever
        let mut batch = Vec::with_capacity(entries.len());
        for OutboxEntry { position, entry } in entries {
            let bytes = entry.body.as_ref().map_or(0, bytes::Bytes::len);
            if bytes > ENTRY_BYTES_MAX {
                return Err(Reason::EntryTooLarge { feed: entry.feed, seq: entry.seq, bytes });
            }
            self.read_to = self.read_to.max(position);
            batch.push(BatchEntry { entry, lsn: Lsn(0), received_at_ms: 0 });
        }
        // One push is one author's: lives that ended stand before the present one.
        let author = |entry: &BatchEntry| entry.entry.feed.incarnation;
        for run in batch.chunk_by(|a, b| author(a) == author(b)) {
            let waiting = |piece: &[BatchEntry]| Waiting { entries: piece.to_vec(), signed: None };
            self.batches.extend(split(run).into_iter().map(waiting));
        }
        Ok(Vec::new())
    }

    /// The next batch, if the window has room for it, and how many entries it has.
    ///
    /// What an earlier life wrote may be refused, and what later lives wrote may stand on it: that must not be in
    /// the log then, so it waits for the receipt.
    pub(super) fn next_push(&mut self, state: &ClientState, now_ms: i64) -> Option<(Push, u64)> {
        let turn = *self.credit.front()?;
        let author = self.batches.front()?.entries.first()?.entry.feed.incarnation;
        if self.flights.iter().any(|flight| flight.incarnation != author && state.is_former(flight.incarnation)) {
            return None;
        }
        let Waiting { entries: batch, signed } = self.batches.pop_front()?;
        self.credit.pop_front();
        let incarnation = batch.first()?.entry.feed.incarnation;
        let former = state.former.iter().find(|(life, _)| *life == incarnation).map(|(_, key)| key);
        let push = match signed {
            Some(signed) => Push { batch: Some(encode(&batch)), heads: Some(signed) },
            None => push::make(&batch, former.unwrap_or(&state.signing_key), incarnation, now_ms),
        };
        let heads = push.heads.as_ref().map(|signed| signed.heads.clone()).unwrap_or_default();
        let entries: Vec<_> = batch.into_iter().map(|b| (b.entry.feed, b.entry.seq, b.entry.hash)).collect();
        let count = entries.len() as u64;
        self.flights.push_back(Flight { incarnation, heads, entries, turn });
        Some((push, count))
    }

    /// Holds a receipt against the oldest push without one; gives the round trips after which it came.
    pub(super) fn acknowledge(&mut self, receipt: &Receipt) -> Result<(Outcomes, u32), BadReceipt> {
        let flight = self.flights.front().ok_or(BadReceipt::Unasked)?;
        if receipt.incarnation != flight.incarnation.0.as_slice() {
            return Err(BadReceipt::Incarnation);
        }
        if flight.heads != receipt.heads {
            return Err(BadReceipt::Heads);
        }
        let positions = expand(&receipt.lsns, flight.entries.len()).ok_or(BadReceipt::Count)?;
        let refused: HashSet<(&str, Seq)> = receipt.refusals.iter().map(|r| (r.scope.as_str(), r.seq)).collect();
        let unplaced: HashSet<(String, Seq)> = (flight.entries.iter().zip(&positions))
            .filter(|(_, lsn)| lsn.is_none())
            .map(|((feed, seq, _), _)| (feed.scope.to_string(), *seq))
            .collect();
        let agree = refused.len() == unplaced.len() && unplaced.iter().all(|(s, seq)| refused.contains(&(s, *seq)));
        if !agree || receipt.refusals.len() != refused.len() {
            return Err(BadReceipt::Refusals);
        }
        let Some(flight) = self.flights.pop_front() else { return Err(BadReceipt::Unasked) };
        let turn = flight.turn + 1;
        self.acknowledged_to = positions.iter().flatten().copied().fold(self.acknowledged_to, Lsn::max);
        self.storing.push_back(Storing { entries: positions.len() as u64, refused: unplaced.len() as u64, turn });
        let join = |((feed, seq, hash), lsn)| (feed, seq, hash, lsn);
        Ok((flight.entries.into_iter().zip(positions).map(join).collect(), turn))
    }

    /// The oldest receipt is durable: there is room for one more batch.
    pub(super) fn stored(&mut self) -> Result<Storing, Reason> {
        let oldest =
            self.storing.pop_front().ok_or(Reason::OutOfTurn { phase: "Streaming", event: "ReceiptStored" })?;
        self.credit.push_back(oldest.turn);
        Ok(oldest)
    }

    /// The highest position in the log that a receipt of this session has named.
    pub(super) fn acknowledged_to(&self) -> Lsn {
        self.acknowledged_to
    }

    /// Whether everything that was there is sent, acknowledged, and the receipts are stored.
    pub(super) fn is_done(&self) -> bool {
        let idle = self.open && !self.reading && !self.more && self.restitution.is_none();
        idle && self.batches.is_empty() && self.flights.is_empty() && self.storing.is_empty()
    }
}

/// One position for each of `count` entries, `None` for a refused one; `None` in all when the runs
/// come to another number or to no position of a log.
pub(crate) fn expand(runs: &[LsnRun], count: usize) -> Option<Vec<Option<Lsn>>> {
    let mut positions = Vec::with_capacity(count);
    for run in runs {
        let length = run.count as usize;
        if length == 0 || length > count - positions.len() {
            return None;
        }
        let end = run.first.checked_add(u64::from(run.count)).filter(|end| i64::try_from(*end).is_ok())?;
        match run.first {
            0 => positions.extend(std::iter::repeat_n(None, length)),
            first => positions.extend((first..end).map(|lsn| Some(Lsn(lsn)))),
        }
    }
    (positions.len() == count).then_some(positions)
}

#[cfg(test)]
mod tests {
    use super::expand;
    use keng_domain::id::Lsn;
    use keng_proto::LsnRun;

    #[test]
    fn runs_are_expanded_to_exactly_as_many_positions_as_entries() {
        let run = |first, count| LsnRun { first, count };
        let check = |runs: &[LsnRun], count, expected: Option<&[u64]>| {
            let lsn = |n: &u64| (*n != 0).then_some(Lsn(*n));
            assert_eq!(expand(runs, count), expected.map(|e| e.iter().map(lsn).collect()), "{runs:?}");
        };
        check(&[run(5, 2), run(0, 1), run(9, 1)], 4, Some(&[5, 6, 0, 9]));
        check(&[], 0, Some(&[]));
        check(&[run(5, 2)], 3, None);
        check(&[run(5, 4)], 3, None);
        check(&[run(0, u32::MAX)], 3, None);
        check(&[run(u64::MAX, 3)], 3, None);
        check(&[run(5, 3), run(0, 0)], 3, None);
    }
}
