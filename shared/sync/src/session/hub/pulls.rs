//! The log on its way to a peer: a window of pulls, then silence until it grows.

use std::collections::{HashMap, VecDeque};

use keng_domain::id::{Incarnation, Lsn};
use keng_proto::hub_frame::Frame;
use keng_proto::{CaughtUp, FeedHead, Pull, SignedHeads, TreeHead};
use prost::Message;

use super::{HubEffect, send};
use crate::batch::{BatchEntry, encode, split};
use crate::entry::{Hash, Seq};
use crate::limits::{BATCH_BYTES_MAX, MESSAGE_BYTES_MAX, WINDOW_BATCHES};
use crate::merkle::proof::write_proof;

/// What was read of the log.
pub(super) struct LogPart {
    pub(super) entries: Vec<BatchEntry>,
    pub(super) heads: Vec<SignedHeads>,
    pub(super) up_to: Lsn,
    pub(super) tree_head: Option<TreeHead>,
    pub(super) consistency: Vec<Hash>,
    pub(super) at_tail: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Pulls {
    peer: Incarnation,
    /// Read up to here.
    read_to: Lsn,
    reading: bool,
    /// The log may hold more after `read_to`.
    more: bool,
    /// The log's end, as last told.
    tail: Lsn,
    /// The size of the last tree head that was shown.
    shown_size: u64,
    /// The peer got entries or receipts that no shown tree head covers yet. One whom the log's growth
    /// does not concern is spared the proof of it.
    owes_head: bool,
    /// Wait for the window: of one read at most.
    waiting: VecDeque<Frame>,
    sent_to: Lsn,
    /// Sent and not acknowledged, oldest first.
    in_flight: VecDeque<Lsn>,
}

impl Pulls {
    /// A peer that holds everything is told so without a look at the log.
    pub(super) fn new(peer: Incarnation, cursor: Lsn, tail: Lsn, shown_size: u64) -> Self {
        let nothing = Frame::CaughtUp(CaughtUp { lsn: cursor.0, ..CaughtUp::default() });
        Self {
            peer,
            read_to: cursor,
            reading: false,
            more: cursor < tail,
            tail,
            shown_size,
            owes_head: false,
            waiting: if cursor < tail { VecDeque::new() } else { VecDeque::from([nothing]) },
            sent_to: cursor,
            in_flight: VecDeque::new(),
        }
    }

    /// The log ends at `tail` now.
    pub(super) fn advance(&mut self, tail: Lsn) -> Vec<HubEffect> {
        self.tail = self.tail.max(tail);
        self.more |= self.tail > self.read_to;
        self.go_on()
    }

    /// The peer was given a receipt: it may wait for a tree head that covers it, whether the log is
    /// read on for another reason or not.
    pub(super) fn owe_head(&mut self) -> Vec<HubEffect> {
        (self.owes_head, self.more) = (true, true);
        self.go_on()
    }

    /// Takes what was read. Own entries of the peer are left out here whatever the subscription.
    pub(super) fn fill(&mut self, part: LogPart) -> Vec<HubEffect> {
        let LogPart { mut entries, heads, up_to, tree_head, consistency, at_tail } = part;
        self.reading = false;
        // A read that neither moves on nor ends would be asked for again for ever.
        self.more = up_to > self.read_to && !at_tail || self.tail > up_to;
        entries.retain(|entry| entry.entry.feed.incarnation != self.peer);
        self.owes_head |= !entries.is_empty();
        self.waiting.extend(pulls(&entries, &heads, self.read_to, up_to).into_iter().map(Frame::Pull));
        self.read_to = self.read_to.max(up_to);
        if at_tail {
            // A head of a size that was shown says nothing new.
            let owes_head = std::mem::take(&mut self.owes_head);
            let tree_head = tree_head.filter(|head| owes_head && head.size != self.shown_size);
            let consistency = tree_head.as_ref().map(|_| write_proof(&consistency)).unwrap_or_default();
            self.shown_size = tree_head.as_ref().map_or(self.shown_size, |head| head.size);
            self.waiting.push_back(Frame::CaughtUp(CaughtUp { lsn: up_to.0, tree_head, consistency }));
        }
        self.go_on()
    }

    /// The peer holds everything up to here; `false` when that is not the end of the oldest frame
    /// that asks for an acknowledgement.
    pub(super) fn acknowledge(&mut self, up_to: Lsn) -> bool {
        let fits = self.in_flight.front() == Some(&up_to);
        if fits {
            self.in_flight.pop_front();
        }
        fits
    }

    /// Sends what the window allows; reads on when nothing waits.
    pub(super) fn go_on(&mut self) -> Vec<HubEffect> {
        let mut effects = Vec::new();
        while let Some(frame) = self.next() {
            effects.push(send(frame));
        }
        let room = self.in_flight.len() < WINDOW_BATCHES;
        if room && self.more && !self.reading && self.waiting.is_empty() {
            self.reading = true;
            effects.push(HubEffect::ReadLog {
                after: self.read_to,
                max_bytes: BATCH_BYTES_MAX,
                shown_size: self.shown_size,
            });
        }
        effects
    }

    /// The next frame, if the window has room for it. A pull is acknowledged, and so is a
    /// `CaughtUp` that moves the peer's cursor; one that comes right after a pull is not.
    fn next(&mut self) -> Option<Frame> {
        let (up_to, acknowledged) = match self.waiting.front()? {
            Frame::CaughtUp(caught_up) => (Lsn(caught_up.lsn), Lsn(caught_up.lsn) > self.sent_to),
            Frame::Pull(pull) => (Lsn(pull.up_to), true),
            Frame::Welcome(_) | Frame::Receipt(_) | Frame::Goodbye(_) => return None,
        };
        if acknowledged {
            if self.in_flight.len() >= WINDOW_BATCHES {
                return None;
            }
            self.in_flight.push_back(up_to);
            self.sent_to = up_to;
        }
        self.waiting.pop_front()
    }
}

/// What was read of the log after `after`, up to `up_to`, in pulls that each fit in a message; none
/// when nothing was read.
#[must_use]
pub fn pulls(entries: &[BatchEntry], heads: &[SignedHeads], after: Lsn, up_to: Lsn) -> Vec<Pull> {
    let mut reached = after;
    let mut pulls: Vec<Pull> = split(entries).iter().flat_map(|piece| pulls_of(piece, heads)).collect();
    for pull in &mut pulls {
        reached = reached.max(Lsn(pull.up_to));
        pull.up_to = reached.0;
    }
    if let Some(last) = pulls.last_mut() {
        last.up_to = up_to.0;
    }
    pulls
}

/// A piece that fits in a batch may still not fit in a message, when the signatures over it are
/// many: then it is halved. `up_to` is the last position in the piece, 0 for none.
fn pulls_of(piece: &[BatchEntry], heads: &[SignedHeads]) -> Vec<Pull> {
    let up_to = piece.iter().map(|entry| entry.lsn.0).max().unwrap_or(0);
    let pull = Pull { batch: Some(encode(piece)), up_to, heads: heads_of(piece, heads) };
    if pull.encoded_len() <= MESSAGE_BYTES_MAX || piece.len() <= 1 {
        return vec![pull];
    }
    let (left, right) = piece.split_at(piece.len() / 2);
    [pulls_of(left, heads), pulls_of(right, heads)].concat()
}

/// The signatures whose place in some feed lies within `piece`.
fn heads_of(piece: &[BatchEntry], heads: &[SignedHeads]) -> Vec<SignedHeads> {
    let mut spans: HashMap<(Incarnation, String), (Seq, Seq)> = HashMap::new();
    for BatchEntry { entry, .. } in piece {
        let feed = (entry.feed.incarnation, entry.feed.scope.to_string());
        spans.entry(feed).or_insert((entry.seq, entry.seq)).1 = entry.seq;
    }
    let covers = |signed: &&SignedHeads| {
        let Ok(incarnation) = Incarnation::from_slice(&signed.incarnation) else { return false };
        let within = |head: &FeedHead| {
            let span = spans.get(&(incarnation, head.scope.clone()));
            span.is_some_and(|(first, last)| (*first..=*last).contains(&head.seq))
        };
        signed.heads.iter().any(within)
    };
    heads.iter().filter(covers).cloned().collect()
}
