//! One session of a node: drives the hub's state machine between a gRPC stream and the store.

use std::collections::{HashSet, VecDeque};

use keng_desk::acts::By;
use keng_desk::clock;
use keng_domain::id::{Incarnation, Lsn, NodeId};
use keng_domain::scope::Scope;
use keng_domain::unit::UnitCode;
use keng_proto::{ClientFrame, HubFrame, Introduction, LsnRun, Receipt, Refusal};
use keng_records::authority::Role as Writer;
use keng_store::enrol::Contact;
use keng_store::ingest::{Push, PushRefused};
use keng_store::log::{Log, Subscription};
use keng_store::revoke::Revocation;
use keng_store::{Store, StoreError};
use keng_sync::batch::RawEntry;
use keng_sync::head::{PublicKey, feed_head, sign_receipt, verify_introduction};
use keng_sync::session::GoodbyeCode;
use keng_sync::session::hub::{HubEffect, HubEvent, HubSession, HubState, PeerFacts};
use tokio::sync::{mpsc, watch};
use tonic::{Status, Streaming};

use crate::hub::{Hub, Shown};
use crate::ingest::Ingest;

/// Lives that one node may begin. A restore or a copy is a rare event; a program that begins one at
/// every start would fill the register.
const LIVES_PER_NODE_MAX: usize = 500;

/// Who is on the line, by certificate.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The unit.
    pub unit: UnitCode,
    /// The installation.
    pub node: NodeId,
}

impl Peer {
    /// The key by which an incarnation signs; `None` unless the register knows it as this peer's.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn key_of(&self, store: &Store, incarnation: Incarnation) -> Result<Option<[u8; 32]>, StoreError> {
        match store.author(incarnation) {
            Some((unit, node)) if unit == self.unit && node == self.node => store.public_key(incarnation),
            Some(_) | None => Ok(None),
        }
    }
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
    let state = HubState {
        epoch: desk.hub.epoch,
        lives: desk.hub.lives.to_vec(),
        software: keng_desk::program::software("keng-hub"),
    };
    let mut session = Session {
        machine: HubSession::new(state),
        peer,
        incarnation: None,
        subscription: None,
        pending: 0,
        pending_at_hello: 0,
        software: String::new(),
        offset_ms: 0,
        returned: None,
        seen: Lsn(0),
        desk,
        out,
    };
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
                let revocation = revocations.borrow_and_update().get(&session.peer.node).cloned();
                match revocation {
                    Some(revocation) => refuse_revoked(&revocation),
                    None => continue,
                }
            }
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
    pending_at_hello: u64,
    software: String,
    offset_ms: i64,
    /// The log was looked at up to here, or is known to hold nothing for this peer.
    seen: Lsn,
    /// To a peer of an earlier epoch: what this hub had lost of its own entries.
    returned: Option<Returned>,
    desk: Desk,
    out: mpsc::Sender<Result<HubFrame, Status>>,
}

/// Counts what a node sends again. What it had never sent before, it has told with its Hello.
#[derive(Debug, Clone, Copy, Default)]
struct Returned {
    appended: u64,
    counted: u64,
}

type Flow = std::ops::ControlFlow<()>;

impl Session {
    /// Whether what the log has grown by since the last look is for this peer.
    fn concerns(&mut self, tail: Lsn) -> bool {
        let after = self.seen;
        self.seen = tail.max(after);
        self.subscription.as_ref().is_none_or(|reader| self.desk.hub.recent.concerns(after, tail, reader))
    }

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
                    HubEffect::LookUp { incarnation, introduction, restart, known_size } => {
                        self.returned = restart.then(Returned::default);
                        events.push_back(self.look_up(incarnation, introduction, restart, known_size).await);
                    }
                    HubEffect::PeerKnowsMore { size, root } => tracing::error!(
                        node = %self.peer.node, size, root = hex::encode(&root),
                        "the node has verified another log than ours: this hub was rolled back or altered, or the node lies"
                    ),
                    HubEffect::Append { entries, heads, brought } => {
                        let count = entries.len() as u64;
                        let writer = (!brought).then(|| Writer { unit: self.peer.unit.clone(), is_hub: false });
                        let push = Push { node: self.peer.node.clone(), writer, entries, heads };
                        events.push_back(self.append(push, count).await);
                    }
                    HubEffect::ReadLog { after, max_bytes, shown_size } => {
                        events.push_back(self.read(after, max_bytes, shown_size).await);
                    }
                    HubEffect::Contact { software, clock_offset_ms, pending, .. } => {
                        (self.software, self.offset_ms, self.pending) = (software, clock_offset_ms, pending);
                        self.pending_at_hello = pending;
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
    async fn look_up(
        &mut self,
        incarnation: Incarnation,
        introduction: Option<Introduction>,
        restart: bool,
        known_size: u64,
    ) -> HubEvent {
        match self.find(incarnation, restart, known_size).await {
            HubEvent::Refuse { code: GoodbyeCode::UnknownIncarnation, detail } => match introduction {
                Some(introduction) if introduction.incarnation == incarnation.0.as_slice() => {
                    match self.register(introduction).await {
                        Ok(()) => self.find(incarnation, restart, known_size).await,
                        Err(refused) => refused,
                    }
                }
                _ => HubEvent::Refuse { code: GoodbyeCode::UnknownIncarnation, detail },
            },
            known => known,
        }
    }

    /// Enters another life of the peer's node into the register.
    async fn register(&self, introduction: Introduction) -> Result<(), HubEvent> {
        let refuse = |detail: &str| HubEvent::Refuse { code: GoodbyeCode::BadSignature, detail: detail.to_owned() };
        let key =
            verify_introduction(&introduction).map_err(|_| refuse("the introduction is not signed by its key"))?;
        let peer = self.peer.clone();
        let known = self.desk.hub.writer.call(move |store| {
            let lives = store.nodes()?.iter().filter(|view| view.node == peer.node).count();
            if lives >= LIVES_PER_NODE_MAX {
                return Ok(false);
            }
            let stamp =
                By { officer: None, reason: Some(format!("lần cài đặt mới: {}", introduction.reason)) }.stamp(store);
            store.register_life(&peer.node, &peer.unit, &introduction, key.as_bytes(), &stamp, clock::now_ms())?;
            Ok(true)
        });
        match known.await {
            Ok(true) => {
                self.desk.hub.touched();
                Ok(())
            }
            Ok(false) => Err(refuse("this node has begun too many lives")),
            Err(e) => Err(failed(&e)),
        }
    }

    async fn find(&mut self, incarnation: Incarnation, restart: bool, known_size: u64) -> HubEvent {
        let (hub, peer) = (self.desk.hub.clone(), self.peer.clone());
        let found = self
            .desk
            .hub
            .reader
            .call(move |store| {
                if let Some(revocation) = store.revocation(&peer.node)? {
                    return Ok(Err(revocation));
                }
                let Some((key, subscription)) = known(store, incarnation, &peer)? else { return Ok(Ok(None)) };
                let held = store
                    .heads_of(incarnation)?
                    .iter()
                    .map(|(scope, seq, hash)| feed_head(scope, *seq, hash))
                    .collect();
                let shown = hub.show(store, known_size, clock::now_ms())?;
                let others = if restart { store.others_held(&subscription)? } else { Vec::new() };
                Ok(Ok(Some((key, held, others, shown, subscription))))
            })
            .await;
        match found {
            Ok(Err(revocation)) => refuse_revoked(&revocation),
            Ok(Ok(Some((key, held, others, shown, subscription)))) => match PublicKey::from_slice(&key) {
                Ok(public_key) => {
                    (self.incarnation, self.subscription) = (Some(incarnation), Some(subscription));
                    let Shown { tree_head, known_root, consistency } = shown;
                    let tail = Lsn(tree_head.size);
                    HubEvent::PeerKnown(PeerFacts {
                        public_key,
                        held,
                        others,
                        tree_head,
                        tail,
                        known_root,
                        consistency,
                    })
                }
                Err(e) => failed(&e),
            },
            Ok(Ok(None)) => HubEvent::Refuse {
                code: GoodbyeCode::UnknownIncarnation,
                detail: format!("the register does not know {incarnation} as {}", self.peer.node),
            },
            Err(e) => failed(&e),
        }
    }

    async fn append(&mut self, push: Push, count: u64) -> HubEvent {
        let (brought, tail) = (push.writer.is_none().then(|| push.clone()), *self.desk.hub.tail.borrow());
        match self.desk.ingest.append(push).await {
            Ok(Ok(receipt)) => {
                if brought.is_none() {
                    self.count_returned(&receipt, tail).await;
                    self.pending = self.pending.saturating_sub(count);
                    self.note_contact(true).await;
                }
                HubEvent::Appended(receipt)
            }
            Ok(Err(refused)) => {
                self.desk.hub.touched();
                if let Some(push) = brought {
                    // What somebody brings for others must not keep its own entries out.
                    tracing::warn!(node = %self.peer.node, "what was brought is not taken: {refused}");
                    return HubEvent::Appended(self.refusing(&push, &refused));
                }
                let code = match refused {
                    PushRefused::QuarantineFull(_) => GoodbyeCode::Overloaded,
                    PushRefused::Revoked { .. } => GoodbyeCode::Revoked,
                    _ => GoodbyeCode::Fork,
                };
                HubEvent::Refuse { code, detail: refused.to_string() }
            }
            Err(e) => failed(&e),
        }
    }

    /// How many own entries a node has sent again to this hub, which had lost them.
    async fn count_returned(&mut self, receipt: &Receipt, tail: Lsn) {
        let (Some(returned), Some(author)) = (&mut self.returned, self.incarnation) else { return };
        let new = receipt.lsns.iter().filter(|run| run.first > tail.0).map(|run| u64::from(run.count)).sum::<u64>();
        returned.appended += new;
        let all = returned.appended.saturating_sub(self.pending_at_hello);
        let more = all.saturating_sub(returned.counted);
        returned.counted += more;
        if more > 0 {
            let node = self.peer.node.to_string();
            let noted = self.desk.hub.writer.call(move |store| store.note_recovered(&node, author, more)).await;
            if let Err(e) = noted {
                tracing::warn!("counting what came back: {e}");
            }
        }
    }

    /// A receipt that takes nothing of a push.
    fn refusing(&self, push: &Push, refused: &PushRefused) -> Receipt {
        let refusal = |entry: &RawEntry| Refusal {
            scope: entry.feed.scope.to_string(),
            seq: entry.seq,
            code: refused.code().to_owned(),
            detail: refused.to_string(),
            ..Refusal::default()
        };
        let receipt = Receipt {
            epoch: bytes::Bytes::copy_from_slice(&self.desk.hub.epoch),
            incarnation: push.heads.incarnation.clone(),
            heads: push.heads.heads.clone(),
            received_at_ms: clock::now_ms(),
            lsns: vec![LsnRun { first: 0, count: u32::try_from(push.entries.len()).unwrap_or(u32::MAX) }],
            refusals: push.entries.iter().map(refusal).collect(),
            ..Receipt::default()
        };
        sign_receipt(&self.desk.hub.key, receipt)
    }

    async fn read(&self, after: Lsn, max_bytes: usize, shown_size: u64) -> HubEvent {
        let Some(subscription) = self.subscription.clone() else { return HubEvent::Lost };
        let hub = self.desk.hub.clone();
        let read = self
            .desk
            .hub
            .reader
            .call(move |store| {
                let slice = store.read(after, &subscription, max_bytes)?;
                let now_ms = clock::now_ms();
                // The hub's own first: the register of the others' authors is in its entries.
                let mut heads = hub.own_heads(&slice.entries, now_ms);
                heads.extend(store.signatures_over(&slice.entries)?);
                let shown = slice.at_tail.then(|| hub.show(store, shown_size, now_ms)).transpose()?;
                Ok((slice, heads, shown.map(|s| (s.tree_head, s.consistency)).unzip()))
            })
            .await;
        match read {
            Ok((slice, heads, (tree_head, consistency))) => HubEvent::LogRead {
                entries: slice.entries,
                heads,
                up_to: slice.up_to,
                tree_head,
                consistency: consistency.unwrap_or_default(),
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

/// The detail is what the officer at the node reads.
fn refuse_revoked(revocation: &Revocation) -> HubEvent {
    HubEvent::Refuse { code: GoodbyeCode::Revoked, detail: revocation.reason.clone() }
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
    let Some(key) = peer.key_of(store, incarnation)? else { return Ok(None) };
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
