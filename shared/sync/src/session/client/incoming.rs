//! Entries of others on their way from the hub.

use std::collections::VecDeque;

use keng_domain::id::{Incarnation, Lsn};
use keng_proto::{CaughtUp, Pull, TreeHead};

use super::ClientEffect;
use super::reason::{BadFrame, Reason};
use super::tree::KnownTree;
use crate::batch::{RawEntry, decode};
use crate::head::PublicKey;
use crate::limits::WINDOW_BATCHES;
use crate::session::Epoch;

#[derive(Debug, Clone)]
pub(super) struct Incoming {
    epoch: Epoch,
    /// Frames have come up to here.
    received: Lsn,
    /// Being stored, oldest first.
    storing: VecDeque<Storing>,
    /// One for each frame that the hub may send: round trips before we let it.
    credit: VecDeque<u32>,
    caught_up: CaughtUpTo,
}

#[derive(Debug, Clone)]
struct Storing {
    up_to: Lsn,
    entries: u64,
    /// Round trips after which it came.
    turn: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CaughtUpTo {
    Never,
    /// The hub has said so.
    Told(Lsn),
    /// And everything before is stored.
    Announced,
}

impl Incoming {
    pub(super) fn new(cursor: Lsn) -> Self {
        Self {
            epoch: Epoch::default(),
            received: cursor,
            storing: VecDeque::new(),
            credit: std::iter::repeat_n(0, WINDOW_BATCHES).collect(), // a window comes for the Hello
            caught_up: CaughtUpTo::Never,
        }
    }

    /// Begins where the cursor stands, or at 0 when the hub says that it must.
    pub(super) fn begin(
        &mut self,
        head: &TreeHead,
        known: Option<Epoch>,
        restart: bool,
    ) -> Result<Option<ClientEffect>, Reason> {
        self.epoch = head.epoch.as_ref().try_into().map_err(|_| BadFrame::Epoch)?;
        if restart {
            self.received = Lsn(0);
            return Ok(Some(ClientEffect::ResetCursor { epoch: self.epoch }));
        }
        if known.is_some_and(|known| known != self.epoch) {
            return Err(BadFrame::Epoch.into());
        }
        let size = Lsn(head.size);
        if size < self.received {
            return Err(Reason::HubBehind { known: self.received, size });
        }
        Ok(None)
    }

    pub(super) fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Where the session begins to receive.
    pub(super) fn cursor(&self) -> Lsn {
        self.received
    }

    /// Round trips after which the last frame came that is being stored.
    pub(super) fn turn(&self) -> u32 {
        self.storing.back().map_or(1, |last| last.turn)
    }

    pub(super) fn take_pull(&mut self, pull: Pull, own: Incarnation) -> Result<ClientEffect, Reason> {
        let entries = read_pull(&pull, self.received, own)?;
        self.store(entries, pull.heads, Lsn(pull.up_to))
    }

    /// The hub has nothing more for now. Its position may be beyond the last pull, when what lies
    /// between is not for us: then the cursor moves there.
    pub(super) fn take_caught_up(
        &mut self,
        caught_up: CaughtUp,
        tree: &mut KnownTree,
        hub: &PublicKey,
    ) -> Result<Vec<ClientEffect>, Reason> {
        let mut effects = Vec::new();
        let lsn = Lsn(caught_up.lsn);
        if lsn < self.received {
            return Err(BadFrame::Position { got: lsn, after: self.received }.into());
        }
        if let Some(head) = caught_up.tree_head {
            if head.epoch != self.epoch.as_slice() {
                return Err(BadFrame::Epoch.into());
            }
            tree.take(&head, &caught_up.consistency, hub)?;
            effects.push(ClientEffect::TreeHead(head));
        }
        if lsn > self.received {
            effects.push(self.store(Vec::new(), Vec::new(), lsn)?);
        }
        self.caught_up = CaughtUpTo::Told(lsn);
        Ok(effects)
    }

    /// The oldest pull is durable; gives its number of entries.
    pub(super) fn stored(&mut self, up_to: Lsn) -> Result<u64, Reason> {
        match self.storing.pop_front() {
            Some(oldest) if oldest.up_to == up_to => {
                self.credit.push_back(oldest.turn);
                Ok(oldest.entries)
            }
            Some(_) | None => Err(Reason::OutOfTurn { phase: "Streaming", event: "PullStored" }),
        }
    }

    /// Says once that everything up to the hub's last `CaughtUp` is stored.
    pub(super) fn announce(&mut self) -> Option<ClientEffect> {
        match self.caught_up {
            CaughtUpTo::Told(lsn) if self.storing.is_empty() => {
                self.caught_up = CaughtUpTo::Announced;
                Some(ClientEffect::CaughtUp { lsn })
            }
            CaughtUpTo::Told(_) | CaughtUpTo::Never | CaughtUpTo::Announced => None,
        }
    }

    /// Whether everything up to the hub's last `CaughtUp` is stored.
    pub(super) fn is_done(&self) -> bool {
        self.caught_up == CaughtUpTo::Announced && self.storing.is_empty()
    }

    fn store(
        &mut self,
        entries: Vec<RawEntry>,
        heads: Vec<keng_proto::SignedHeads>,
        up_to: Lsn,
    ) -> Result<ClientEffect, Reason> {
        let turn = self.credit.pop_front().ok_or(BadFrame::Window)?;
        self.received = up_to;
        self.storing.push_back(Storing { up_to, entries: entries.len() as u64, turn: turn + 1 });
        Ok(ClientEffect::StorePull { entries, heads, up_to, epoch: self.epoch })
    }
}

/// The entries of a pull that comes after `after`: of others, and rising in the log.
///
/// # Errors
/// When it breaks a limit, brings an own entry back, or does not go on after `after`.
pub fn read_pull(pull: &Pull, after: Lsn, own: Incarnation) -> Result<Vec<RawEntry>, BadFrame> {
    let up_to = Lsn(pull.up_to);
    let entries = match &pull.batch {
        Some(batch) => decode(batch)?,
        None => Vec::new(),
    };
    let mut reached = after;
    for entry in &entries {
        if entry.feed.incarnation == own {
            return Err(BadFrame::OwnEntry);
        }
        // A withheld entry is in no log: it only keeps the chain of its feed whole.
        let placed = entry.withheld.is_none() || entry.lsn > Lsn(0);
        if placed && (entry.lsn <= reached || entry.lsn > up_to) {
            return Err(BadFrame::Position { got: entry.lsn, after: reached });
        }
        reached = reached.max(entry.lsn);
    }
    if up_to >= after { Ok(entries) } else { Err(BadFrame::Position { got: up_to, after }) }
}
