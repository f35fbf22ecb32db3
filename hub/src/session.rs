//! One session of a node: drives the hub's state machine between a gRPC stream and the store.

use std::collections::{HashSet, VecDeque};

use keng_desk::clock;
use keng_domain::id::{Incarnation, NodeId};
use keng_domain::scope::Scope;
use keng_domain::unit::UnitCode;
use keng_proto::{ClientFrame, HubFrame};
use keng_records::authority::Role as Writer;
use keng_store::enrol::Contact;
use keng_store::ingest::Push;
use keng_store::log::{Log, Subscription};
use keng_store::{Store, StoreError};
use keng_sync::head::{PublicKey, feed_head};
use keng_sync::session::GoodbyeCode;
use keng_sync::session::hub::{HubEffect, HubEvent, HubSession, HubState, PeerFacts};
use tokio::sync::{mpsc, watch};
use tonic::{Status, Streaming};

use crate::hub::Hub;
use crate::ingest::Ingest;

/// Who is on the line, by certificate.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The unit.
    pub unit: UnitCode,
    /// The installation.
    pub node: NodeId,
}

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

/// Runs one session to its end. `out` holds as many frames as honest peers ever leave waiting.
pub async fn run(
    desk: Desk,
    peer: Peer,
    mut incoming: Streaming<ClientFrame>,
    out: mpsc::Sender<Result<HubFrame, Status>>,
) {
    let state = HubState { epoch: desk.hub.epoch, software: keng_desk::program::software("keng-hub") };
    let mut session = Session {
        machine: HubSession::new(state),
        peer,
        incarnation: None,
        subscription: None,
        pending: 0,
        software: String::new(),
        offset_ms: 0,
        desk,
        out,
    };
    let mut tail = session.desk.hub.tail.subscribe();
    let mut stopping = session.desk.stopping.clone();
    loop {
        let event = tokio::select! {
            frame = incoming.message() => match frame {
                Ok(Some(frame)) => HubEvent::Frame(frame),
                Ok(None) | Err(_) => HubEvent::Lost,
            },
            Ok(()) = tail.changed() => HubEvent::LogAdvanced { tail: *tail.borrow_and_update() },
            Ok(_) = stopping.wait_for(|stop| *stop) => HubEvent::Stopping,
        };
        if session.handle(event).await.is_break() {
            break;
        }
    }
    session.note_contact(false).await;
}

struct Session {
    machine: HubSession,
    peer: Peer,
    incarnation: Option<Incarnation>,
    subscription: Option<Subscription>,
    pending: u64,
    software: String,
    offset_ms: i64,
    desk: Desk,
    out: mpsc::Sender<Result<HubFrame, Status>>,
}

type Flow = std::ops::ControlFlow<()>;

impl Session {
    /// Gives an event to the machine and carries out what it wants, in its order.
    async fn handle(&mut self, event: HubEvent) -> Flow {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.machine.handle(clock::now_ms(), event) {
                match effect {
                    HubEffect::Send(frame) => {
                        // A full queue is a peer that does not read; a closed one is gone.
                        if self.out.try_send(Ok(frame)).is_err() {
                            return Flow::Break(());
                        }
                    }
                    HubEffect::LookUp { incarnation } => events.push_back(self.look_up(incarnation).await),
                    HubEffect::Append { entries, heads } => {
                        let count = entries.len() as u64;
                        let writer = Writer { unit: self.peer.unit.clone(), is_hub: false };
                        let push = Push { node: self.peer.node.clone(), writer, entries, heads };
                        events.push_back(self.append(push, count).await);
                    }
                    HubEffect::ReadLog { after, max_bytes } => events.push_back(self.read(after, max_bytes).await),
                    HubEffect::Contact { software, clock_offset_ms, pending, .. } => {
                        (self.software, self.offset_ms, self.pending) = (software, clock_offset_ms, pending);
                        self.note_contact(true).await;
                    }
                    HubEffect::Acked { .. } => {}
                    HubEffect::Close => return Flow::Break(()),
                }
            }
        }
        Flow::Continue(())
    }

    /// Who may come in: an incarnation that the register knows as this certificate's node.
    async fn look_up(&mut self, incarnation: Incarnation) -> HubEvent {
        let (hub, peer) = (self.desk.hub.clone(), self.peer.clone());
        let found = self
            .desk
            .hub
            .reader
            .call(move |store| {
                let Some((key, subscription)) = known(store, incarnation, &peer)? else { return Ok(None) };
                let held = store
                    .heads_of(incarnation)?
                    .iter()
                    .map(|(scope, seq, hash)| feed_head(scope, *seq, hash))
                    .collect();
                let tree_head = hub.tree_head(store, clock::now_ms())?;
                let tail = keng_domain::id::Lsn(tree_head.size);
                Ok(Some((key, held, tree_head, tail, subscription)))
            })
            .await;
        match found {
            Ok(Some((key, held, tree_head, tail, subscription))) => match PublicKey::from_slice(&key) {
                Ok(public_key) => {
                    (self.incarnation, self.subscription) = (Some(incarnation), Some(subscription));
                    HubEvent::PeerKnown(PeerFacts { public_key, held, tree_head, tail })
                }
                Err(e) => failed(&e),
            },
            Ok(None) => HubEvent::Refuse {
                code: GoodbyeCode::UnknownIncarnation,
                detail: format!("the register does not know {incarnation} as {}", self.peer.node),
            },
            Err(e) => failed(&e),
        }
    }

    async fn append(&mut self, push: Push, count: u64) -> HubEvent {
        match self.desk.ingest.append(push).await {
            Ok(Ok(receipt)) => {
                self.pending = self.pending.saturating_sub(count);
                self.note_contact(true).await;
                HubEvent::Appended(receipt)
            }
            Ok(Err(refused)) => {
                self.desk.hub.touched();
                let code = match refused {
                    keng_store::ingest::PushRefused::QuarantineFull(_) => GoodbyeCode::Overloaded,
                    _ => GoodbyeCode::Fork,
                };
                HubEvent::Refuse { code, detail: refused.to_string() }
            }
            Err(e) => failed(&e),
        }
    }

    async fn read(&self, after: keng_domain::id::Lsn, max_bytes: usize) -> HubEvent {
        let Some(subscription) = self.subscription.clone() else { return HubEvent::Lost };
        let hub = self.desk.hub.clone();
        let read = self
            .desk
            .hub
            .reader
            .call(move |store| {
                let slice = store.read(after, &subscription, max_bytes)?;
                let tree_head = slice.at_tail.then(|| hub.tree_head(store, clock::now_ms())).transpose()?;
                Ok((slice, tree_head))
            })
            .await;
        match read {
            Ok((slice, tree_head)) => HubEvent::LogRead {
                entries: slice.entries,
                heads: Vec::new(),
                up_to: slice.up_to,
                tree_head,
                at_tail: slice.at_tail,
            },
            Err(e) => failed(&e),
        }
    }

    async fn note_contact(&self, live: bool) {
        let Some(incarnation) = self.incarnation else { return };
        let now_ms = clock::now_ms();
        let contact = Contact {
            last_contact_ms: now_ms,
            complete_to_ms: (self.pending == 0).then_some(now_ms),
            pending: self.pending,
            clock_offset_ms: self.offset_ms,
            software: self.software.clone(),
            live,
        };
        let node = self.peer.node.clone();
        let noted = self.desk.hub.writer.call(move |store| store.note_contact(&node, incarnation, &contact)).await;
        if let Err(e) = noted {
            tracing::warn!("contact of {}: {e}", self.peer.node);
        }
        self.desk.hub.touched();
    }
}

/// What the register says of an incarnation that comes as `peer`, by link or by stick: its public
/// key, and what it may receive; `None` for a stranger.
///
/// # Errors
/// Whatever SQLite says.
pub fn known(
    store: &Store,
    incarnation: Incarnation,
    peer: &Peer,
) -> Result<Option<([u8; 32], Subscription)>, StoreError> {
    let author = store.author(incarnation).filter(|(unit, node)| *unit == peer.unit && *node == peer.node);
    let (Some(_), Some(key)) = (author, store.public_key(incarnation)?) else { return Ok(None) };
    let scopes: HashSet<Scope> = store
        .catalogues()?
        .iter()
        .flat_map(|c| c.within(&peer.unit).map(|u| c.scope_of(&u.code)).collect::<Vec<_>>())
        .chain([Scope::Province])
        .collect();
    Ok(Some((key, Subscription { scopes, except: incarnation })))
}

fn failed(e: &dyn std::error::Error) -> HubEvent {
    tracing::error!("session: {e}");
    HubEvent::Refuse { code: GoodbyeCode::Failed, detail: e.to_string() }
}

/// A caller without a certificate of a node.
#[derive(Debug, Clone, Copy)]
pub struct Peerless;

/// Reads who is on the line from the certificate's SAN URI, `keng://node/<unit>/<node>`.
///
/// # Errors
/// [`Peerless`] without a certificate, or with one of another shape.
pub fn peer_of(certificate: &[u8]) -> Result<Peer, Peerless> {
    use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
    let (_, cert) = X509Certificate::from_der(certificate).map_err(|_| Peerless)?;
    let names = cert.subject_alternative_name().ok().flatten().ok_or(Peerless)?;
    let uri = names.value.general_names.iter().find_map(|name| match name {
        GeneralName::URI(uri) => uri.strip_prefix("keng://node/"),
        _ => None,
    });
    let (unit, node) = uri.and_then(|u| u.split_once('/')).ok_or(Peerless)?;
    Ok(Peer { unit: unit.parse().map_err(|_| Peerless)?, node: NodeId(node.to_owned()) })
}
