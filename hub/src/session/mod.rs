//! One session of a node: drives the hub's state machine between a gRPC stream and the store.

mod peer;
pub mod visit;

use std::collections::VecDeque;

use bytes::Bytes;
use keng_desk::clock;
use keng_domain::id::Lsn;
use keng_proto::client_frame::Frame;
use keng_proto::{ClientFrame, HubFrame};
use keng_store::StoreError;
use keng_store::ingest::Push;
use keng_sync::session::GoodbyeCode;
use keng_sync::session::hub::{HubEffect, HubEvent, HubSession};
use tokio::sync::{mpsc, watch};
use tonic::{Status, Streaming};

pub use self::peer::{Peer, Peerless, peer_of};
use self::visit::{Found, Greeting, Visit, refuse_revoked};
use crate::hub::Hub;
use crate::ingest::Ingest;

/// What a session needs of the program.
#[derive(Clone)]
pub struct Desk {
    /// The hub.
    pub hub: Hub,
    /// Where pushes go.
    pub ingest: Ingest,
    /// True when the program stops.
    pub stopping: watch::Receiver<bool>,
}

/// A frame on its way out. Boxed: a channel makes room for 32 at once, which would be 7 KiB for each
/// node that is connected and silent.
pub type Outgoing = Box<Result<HubFrame, Status>>;

/// Runs one session to its end. `out` holds as many frames as honest peers ever leave waiting.
pub async fn run(desk: Desk, peer: Peer, mut incoming: Streaming<ClientFrame>, out: mpsc::Sender<Outgoing>) {
    let machine = visit::machine(&desk.hub.identity);
    let mut session = Session { machine, visit: Visit::of(peer), seen: Lsn(0), desk, out };
    let mut tail = session.desk.hub.tail.subscribe();
    let mut stopping = session.desk.stopping.clone();
    let mut revocations = session.desk.hub.revocations.subscribe();
    loop {
        let event = tokio::select! {
            frame = incoming.message() => match frame {
                Ok(Some(frame)) => HubEvent::Frame(frame),
                Ok(None) | Err(_) => HubEvent::Lost,
            },
            Ok(()) = tail.changed() => {
                let tail = *tail.borrow_and_update();
                if !session.concerns(tail) {
                    continue;
                }
                HubEvent::LogAdvanced { tail }
            }
            Ok(()) = revocations.changed() => {
                let revocation = revocations.borrow_and_update().get(&session.visit.peer.node).cloned();
                match revocation {
                    Some(revocation) => refuse_revoked(&revocation),
                    None => continue,
                }
            }
            Ok(_) = stopping.wait_for(|stop| *stop) => HubEvent::Stopping,
        };
        // Unpacked, a push is several times as large: until its turn it waits as it came.
        let _turn = match &event {
            HubEvent::Frame(ClientFrame { frame: Some(Frame::Push(_)) }) => session.desk.ingest.turn().await,
            _ => None,
        };
        if session.handle(event).await.is_break() {
            break;
        }
    }
    session.note_contact(false).await;
}

struct Session {
    machine: HubSession,
    visit: Visit,
    /// The log was looked at up to here, or is known to hold nothing for this peer.
    seen: Lsn,
    desk: Desk,
    out: mpsc::Sender<Outgoing>,
}

type Flow = std::ops::ControlFlow<()>;

impl Session {
    /// Whether what the log has grown by since the last look is for this peer.
    fn concerns(&mut self, tail: Lsn) -> bool {
        let after = self.seen;
        self.seen = tail.max(after);
        self.visit.subscription().is_none_or(|reader| self.desk.hub.recent.concerns(after, tail, reader))
    }

    /// Gives an event to the machine and carries out what it wants, in its order.
    async fn handle(&mut self, event: HubEvent) -> Flow {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.machine.handle(clock::now_ms(), event) {
                match effect {
                    HubEffect::Send(frame) => {
                        // A full queue is a peer that does not read; a closed one is gone.
                        if self.out.try_send(Box::new(Ok(frame))).is_err() {
                            return Flow::Break(());
                        }
                    }
                    HubEffect::LookUp { incarnation, introduction, restart, known_size } => {
                        let greeting = Greeting { incarnation, introduction, restart, known_size };
                        events.push_back(self.look_up(greeting).await.unwrap_or_else(|e| failed(&e)));
                    }
                    HubEffect::PeerKnowsMore { size, root } => self.keep_sighting(size, root).await,
                    HubEffect::Append { entries, heads, brought } => {
                        let push = self.visit.push(entries, heads, brought);
                        events.push_back(self.append(push).await);
                    }
                    HubEffect::ReadLog { after, max_bytes, shown_size } => {
                        events.push_back(self.read(after, max_bytes, shown_size).await);
                    }
                    HubEffect::Contact { software, clock_offset_ms, pending, .. } => {
                        self.visit.told(software, clock_offset_ms, pending);
                        self.note_contact(true).await;
                    }
                    HubEffect::Acked { .. } => {}
                    HubEffect::Close => return Flow::Break(()),
                }
            }
        }
        Flow::Continue(())
    }

    /// Who may come in: an incarnation that the register knows as this certificate's node, or that
    /// presents itself as a life of it.
    async fn look_up(&mut self, greeting: Greeting) -> Result<HubEvent, StoreError> {
        let mut found = self.find(&greeting).await?;
        if let (Found::Stranger, Some(introduction)) = (&found, greeting.presents().cloned()) {
            let peer = self.visit.peer.clone();
            let register = move |store: &mut _| visit::register(store, &peer, &introduction, clock::now_ms());
            if let Some(refused) = self.desk.hub.writer.call(register).await? {
                return Ok(refused);
            }
            self.desk.hub.touched();
            found = self.find(&greeting).await?;
        }
        Ok(self.visit.found(&greeting, found))
    }

    async fn find(&self, greeting: &Greeting) -> Result<Found, StoreError> {
        let (identity, peer, greeting) = (self.desk.hub.identity.clone(), self.visit.peer.clone(), greeting.clone());
        self.desk.hub.reader.call(move |store| greeting.find(&identity, store, &peer, clock::now_ms())).await
    }

    /// The peer has verified another log than ours: kept for people, whatever is the truth of it.
    async fn keep_sighting(&self, size: u64, root: Bytes) {
        let (node, told) = (self.visit.peer.node.clone(), root.clone());
        let keep = move |store: &mut keng_store::Store| store.keep_sighting(&node, size, &told, clock::now_ms());
        let kept = self.desk.hub.writer.call(keep).await;
        if let Err(e) = &kept {
            tracing::error!("keeping what a node has seen: {e}");
        }
        // A node that says so again and again fills no log either.
        if kept.unwrap_or(true) {
            tracing::error!(
                node = %self.visit.peer.node, size, root = hex::encode(&root),
                "the node has verified another log than ours: this hub was rolled back or altered, or the node lies"
            );
            self.desk.hub.touched();
        }
    }

    async fn append(&mut self, push: Push) -> HubEvent {
        let count = push.entries.len() as u64;
        let (brought, tail) = (push.writer.is_none().then(|| push.clone()), *self.desk.hub.tail.borrow());
        match self.desk.ingest.append(push).await {
            Ok(Ok(receipt)) => {
                if brought.is_none() {
                    if let Some((author, more)) = self.visit.taken(&receipt, count, tail) {
                        let node = self.visit.peer.node.to_string();
                        let note = move |store: &mut keng_store::Store| store.note_recovered(&node, author, more);
                        if let Err(e) = self.desk.hub.writer.call(note).await {
                            tracing::warn!("counting what came back: {e}");
                        }
                    }
                    self.note_contact(true).await;
                }
                HubEvent::Appended(receipt)
            }
            Ok(Err(refused)) => {
                self.desk.hub.touched();
                tracing::warn!(node = %self.visit.peer.node, brought = brought.is_some(), "a push is not taken: {refused}");
                visit::refused(&self.desk.hub.identity, brought.as_ref(), &refused, clock::now_ms())
            }
            Err(e) => failed(&e),
        }
    }

    async fn read(&self, after: Lsn, max_bytes: usize, shown_size: u64) -> HubEvent {
        let Some(subscription) = self.visit.subscription().cloned() else { return HubEvent::Lost };
        let identity = self.desk.hub.identity.clone();
        let wanted = (after, max_bytes, shown_size);
        let read = self
            .desk
            .hub
            .reader
            .call(move |store| visit::read(&identity, store, &subscription, wanted, clock::now_ms()));
        read.await.unwrap_or_else(|e| failed(&e))
    }

    async fn note_contact(&self, live: bool) {
        let Some((incarnation, contact)) = self.visit.contact(live, clock::now_ms()) else { return };
        let node = self.visit.peer.node.clone();
        let noted = self.desk.hub.writer.call(move |store| store.note_contact(&node, incarnation, &contact)).await;
        if let Err(e) = noted {
            tracing::warn!("contact of {}: {e}", self.visit.peer.node);
        }
        self.desk.hub.touched();
    }
}

fn failed(e: &dyn std::error::Error) -> HubEvent {
    tracing::error!("session: {e}");
    HubEvent::Refuse { code: GoodbyeCode::Failed, detail: e.to_string() }
}
