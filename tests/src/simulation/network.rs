//! Links: frames on their way as bytes, in both directions, until one side is gone.

use std::collections::VecDeque;

use keng_proto::client_frame::Frame as Up;
use keng_proto::hub_frame::Frame as Down;
use keng_proto::{ClientFrame, HubFrame};
use keng_sync::session::OUTGOING_FRAMES_MAX;
use prost::Message;

use super::hub::HubSide;
use super::node::NodeSide;
use crate::chance::Chance;

/// What comes out of a lane.
#[derive(Debug, Clone)]
pub(super) enum Wire {
    Frame(Vec<u8>),
    /// The other side is gone, or the link is.
    End,
}

/// One direction of a link. Frames come out in the order in which they went in, whenever the
/// schedule says: that is all the delay there is.
#[derive(Debug, Default)]
pub(super) struct Lane {
    waiting: VecDeque<Wire>,
    /// Nothing goes in any more.
    ended: bool,
}

impl Lane {
    /// Puts a frame in; `false` when more wait than honest peers ever leave waiting.
    pub(super) fn send(&mut self, bytes: Vec<u8>) -> bool {
        if !self.ended {
            self.waiting.push_back(Wire::Frame(bytes));
        }
        self.ended || self.waiting.len() <= OUTGOING_FRAMES_MAX
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn take(&mut self) -> Option<Wire> {
        self.waiting.pop_front()
    }

    /// The sender goes away in order: what waits still arrives.
    pub(super) fn end(&mut self) {
        if !self.ended {
            self.ended = true;
            self.waiting.push_back(Wire::End);
        }
    }

    /// The link breaks: of what waits, some first frames still arrive.
    pub(super) fn cut(&mut self, chance: &mut Chance) {
        let arrive = chance.below(self.waiting.len() as u64 + 1);
        self.waiting.truncate(usize::try_from(arrive).unwrap_or(0));
        self.ended = false;
        self.end();
    }

    /// Nobody reads any more.
    pub(super) fn abandon(&mut self) {
        self.waiting.clear();
        self.ended = true;
    }

    /// Damages a waiting frame; says how. Whatever a relay could do to a link without TLS, as far as
    /// signatures or the order of turns must stop it.
    pub(super) fn damage(&mut self, chance: &mut Chance, downwards: bool) -> Option<&'static str> {
        let frames = self.waiting.iter().filter(|w| matches!(w, Wire::Frame(_))).count() as u64;
        if frames == 0 {
            return None;
        }
        let at = usize::try_from(chance.below(frames)).unwrap_or(0);
        let Wire::Frame(bytes) = &mut self.waiting[at] else { return None };
        let kind = match chance.below(4) {
            0 => {
                bytes.truncate(usize::try_from(chance.below(bytes.len() as u64)).unwrap_or(0));
                "truncated"
            }
            1 if is_vouched_for(bytes, downwards) => {
                for _ in 0..=chance.below(3) {
                    let bit = chance.below(bytes.len() as u64 * 8);
                    bytes[usize::try_from(bit / 8).unwrap_or(0)] ^= 1 << (bit % 8);
                }
                "with flipped bits"
            }
            2 => {
                let again = Wire::Frame(bytes.clone());
                self.waiting.insert(at + 1, again);
                "twice"
            }
            _ => {
                let after = at + 1;
                let pull = |wire: &Wire| matches!(wire, Wire::Frame(bytes) if is_pull(bytes, downwards));
                match self.waiting.get(after) {
                    // Nothing in a pull says what came before it: its order is the stream's to keep.
                    Some(next @ Wire::Frame(_)) if !pull(next) && !pull(&self.waiting[at]) => {
                        self.waiting.swap(at, after);
                        "out of order"
                    }
                    // A stream loses no single frame: with one all behind it are gone.
                    _ => {
                        self.waiting.truncate(at);
                        "lost"
                    }
                }
            }
        };
        // A link on which that happens does not live long.
        if kind == "lost" || chance.one_in(2) {
            self.waiting.truncate(at + 2);
            self.ended = false;
            self.end();
        }
        Some(kind)
    }
}

/// Whether signatures and hashes cover what matters in this frame. What a `Hello` or a `Pull` says
/// of cursors is the link's own business: TLS keeps it whole, and nothing else does.
fn is_vouched_for(bytes: &[u8], downwards: bool) -> bool {
    if downwards {
        matches!(HubFrame::decode(bytes), Ok(HubFrame { frame: Some(Down::Receipt(_)) }))
    } else {
        matches!(ClientFrame::decode(bytes), Ok(ClientFrame { frame: Some(Up::Push(_) | Up::PullAck(_)) }))
    }
}

fn is_pull(bytes: &[u8], downwards: bool) -> bool {
    downwards && matches!(HubFrame::decode(bytes), Ok(HubFrame { frame: Some(Down::Pull(_)) }))
}

/// One session: a link and what stands at its ends. A side that is gone is `None`; the other may
/// not know yet.
pub(super) struct Link {
    pub(super) node: usize,
    pub(super) up: Lane,
    pub(super) down: Lane,
    pub(super) client: Option<NodeSide>,
    pub(super) hub: Option<HubSide>,
    /// Frames were damaged on it: the machines may refuse what honest peers never send.
    pub(super) damaged: bool,
}

impl Link {
    pub(super) fn new(node: usize, client: NodeSide, hub: HubSide) -> Self {
        let (up, down) = (Lane::default(), Lane::default());
        Self { node, up, down, client: Some(client), hub: Some(hub), damaged: false }
    }

    /// Both ways, at different places.
    pub(super) fn cut(&mut self, chance: &mut Chance) {
        self.up.cut(chance);
        self.down.cut(chance);
    }

    pub(super) fn end_client(&mut self) {
        self.client = None;
        self.up.end();
        self.down.abandon();
    }

    pub(super) fn end_hub(&mut self) {
        self.hub = None;
        self.down.end();
        self.up.abandon();
    }
}
