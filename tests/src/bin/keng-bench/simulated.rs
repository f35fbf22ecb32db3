//! Nodes without a data folder: enrolled by the hub's own gRPC, with their own keys and
//! certificates, they speak by the same state machine over real TLS, but keep their entries in
//! memory. Many of them fit in one process.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use bytes::Bytes;
use keng_desk::clock;
use keng_desk::folder::{Keys, random};
use keng_domain::field::Value;
use keng_domain::id::{Incarnation, Lsn, RecordId};
use keng_domain::scope::Scope;
use keng_domain::unit::UnitKey;
use keng_node::link::{self, CA_CERT};
use keng_node::retry::Retry;
use keng_proto::enrolment_client::EnrolmentClient;
use keng_proto::sync_client::SyncClient;
use keng_proto::{EntryBody, JoinRequest, RecordChange};
use keng_records::record::{Meta, Record};
use keng_records::stamp::Stamp;
use keng_store::Store;
use keng_store::log::Log;
use keng_sync::batch::cost;
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::head::{PublicKey, SigningKey, last_heads};
use keng_sync::limits::MESSAGE_BYTES_MAX;
use keng_sync::session::client::{
    ClientEffect, ClientEvent, ClientSession, ClientState, Mode, OutboxEntry, OutboxPosition, Summary,
};
use keng_sync::session::{Epoch, OUTGOING_FRAMES_MAX};
use keng_tests::Hub;
use prost::Message;
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// The prefix under which a joining node signs its secret and request.
const JOIN_PREFIX: &[u8] = b"keng join v1\0";
/// A day is enough to use a token.
const TOKEN_GOOD_FOR_MS: i64 = 86_400_000;

/// A simulated node.
pub struct Simulated {
    /// Who writes.
    pub incarnation: Incarnation,
    unit: String,
    key: SigningKey,
    hub_key: PublicKey,
    tls: ClientConfig,
    address: String,
    epoch: Epoch,
    cursor: Lsn,
    entries: Vec<Entry>,
    acknowledged: usize,
    hlc: u64,
}

/// Enrols one node for each of `units`; all of them then stand at the end of the hub's log.
pub async fn enrol(hub: &Hub, units: &[String]) -> Result<Vec<Simulated>> {
    let mut store = Store::open(hub.folder())?;
    let address = hub.ready("grpc")?;
    let ca = CertificateDer::from_pem_slice(&Keys::of(hub.folder()).read(CA_CERT)?)?;
    let (channel, _) = link::dial_to_join(&address, Sha256::digest(&ca).into()).await?;
    let mut client = EnrolmentClient::new(channel);
    let mut nodes = Vec::with_capacity(units.len());
    for unit in units {
        let secret: [u8; 16] = random();
        store.add_token(
            &Sha256::digest(secret).into(),
            &unit.parse::<UnitKey>()?,
            clock::now_ms() + TOKEN_GOOD_FOR_MS,
        )?;
        let (tls_key, key) = (KeyPair::generate_for(&PKCS_ED25519)?, SigningKey::from_seed(&random()));
        let csr_pem = CertificateParams::new(Vec::<String>::new())?.serialize_request(&tls_key)?.pem()?;
        let incarnation = Incarnation(random());
        let signed = [&secret[..], &incarnation.0, csr_pem.as_bytes()].concat();
        let request = JoinRequest {
            secret: Bytes::copy_from_slice(&secret),
            csr_pem,
            incarnation: Bytes::copy_from_slice(&incarnation.0),
            public_key: Bytes::copy_from_slice(key.public().as_bytes()),
            proof: Bytes::copy_from_slice(&key.sign_bytes(JOIN_PREFIX, &signed)),
            ..JoinRequest::default()
        };
        let reply = client.join(request).await?.into_inner();
        let mut roots = RootCertStore::empty();
        roots.add(ca.clone())?;
        let mut tls = ClientConfig::builder().with_root_certificates(roots).with_client_auth_cert(
            vec![CertificateDer::from_pem_slice(reply.certificate_pem.as_bytes())?],
            PrivateKeyDer::from_pem_slice(tls_key.serialize_pem().as_bytes())?,
        )?;
        tls.alpn_protocols = vec![b"h2".to_vec()];
        nodes.push(Simulated {
            incarnation,
            unit: unit.clone(),
            key,
            hub_key: PublicKey::from_slice(&reply.hub_public_key)?,
            tls,
            address: address.clone(),
            epoch: Epoch::default(),
            cursor: Lsn(0),
            entries: Vec::new(),
            acknowledged: 0,
            hlc: 0,
        });
    }
    let (epoch, cursor) = (store.epoch()?, store.tail()?);
    for node in &mut nodes {
        (node.epoch, node.cursor) = (epoch, cursor);
    }
    Ok(nodes)
}

impl Simulated {
    /// Writes entries, each a transaction of its own: new points of the given fields, one after
    /// another, then edits of one field of each in turn.
    pub fn write(&mut self, points: &[(Scope, Vec<(String, Value)>)], edits: usize) -> Result<()> {
        let stamp =
            |n: usize| Stamp { officer: "Cán bộ".to_owned(), device_time_ms: 37_000 * n as i64, reason: None };
        let mut records = Vec::with_capacity(points.len());
        for (n, (scope, values)) in points.iter().enumerate() {
            let meta = Meta { kind: "point".to_owned(), scope: scope.clone(), owner: self.unit.parse()? };
            let (record, change) = Record::create(RecordId(random()), &meta, values, self.incarnation, &stamp(n));
            self.append(scope, record.id, change);
            records.push(record);
        }
        for n in 0..edits {
            let (at, scope) = (n % points.len(), &points[n % points.len()].0);
            let value = Value::Int(100 + (n / points.len()) as i64);
            let edited = records[at].edit(&[("teams".to_owned(), value)], self.incarnation, &stamp(points.len() + n));
            self.append(scope, records[at].id, edited.context("each edit is to a new value")?);
        }
        Ok(())
    }

    fn append(&mut self, scope: &Scope, record: RecordId, change: Vec<u8>) {
        self.hlc += 37_000 << 16;
        let changes = vec![RecordChange { record: Bytes::copy_from_slice(&record.0), change: change.into() }];
        let body = EntryBody { hlc: self.hlc, changes }.encode_to_vec();
        let feed = FeedId { incarnation: self.incarnation, scope: scope.clone() };
        let last = self.entries.iter().rev().find(|e| e.feed == feed);
        let (seq, previous) = last.map_or((0, GENESIS), |e| (e.seq, e.hash));
        self.entries.push(Entry::new(feed, seq + 1, &previous, body.into()));
    }

    /// Entries written and not acknowledged.
    pub fn waiting(&self) -> usize {
        self.entries.len() - self.acknowledged
    }

    /// One session: sends all, receives all.
    ///
    /// # Errors
    /// When the link breaks or the hub refuses; what was acknowledged stays so.
    pub async fn session(&mut self) -> Result<Summary> {
        let (channel, _) = link::dial(&self.address, self.tls.clone()).await?;
        let mut client = SyncClient::new(channel)
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX);
        let (out, frames) = mpsc::channel(OUTGOING_FRAMES_MAX);
        let mut machine = ClientSession::new(ClientState {
            incarnation: self.incarnation,
            signing_key: self.key.clone(),
            former: Vec::new(),
            introduction: None,
            restitution_due: false,
            tree_head: None,
            hub_public_key: self.hub_key,
            epoch: Some(self.epoch),
            cursor: self.cursor,
            acknowledged: last_heads(self.entries[..self.acknowledged].iter()),
            pending: self.waiting() as u64,
            mode: Mode::Once,
            software: "keng-bench".to_owned(),
        });
        self.handle(&mut machine, &out, ClientEvent::Connected)?;
        let mut incoming = client.session(ReceiverStream::new(frames)).await?.into_inner();
        loop {
            let event = incoming.message().await?.map_or(ClientEvent::Lost, ClientEvent::Frame);
            if let Some(summary) = self.handle(&mut machine, &out, event)? {
                return Ok(summary);
            }
        }
    }

    fn handle(
        &mut self,
        machine: &mut ClientSession,
        out: &mpsc::Sender<keng_proto::ClientFrame>,
        event: ClientEvent,
    ) -> Result<Option<Summary>> {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in machine.handle(clock::now_ms(), event) {
                match effect {
                    ClientEffect::Send(frame) => out.try_send(frame).map_err(|_| anyhow!("the hub does not read"))?,
                    ClientEffect::ReadHeads => events.push_back(ClientEvent::OwnHeads(last_heads(self.entries.iter()))),
                    ClientEffect::ReadOutbox { after, max_bytes } => events.push_back(self.outbox(after, max_bytes)),
                    ClientEffect::StoreReceipt { entries, .. } => {
                        if entries.iter().any(|(.., lsn)| lsn.is_none()) {
                            bail!("the hub refused entries of {}", self.unit);
                        }
                        self.acknowledged += entries.len();
                        events.push_back(ClientEvent::ReceiptStored);
                    }
                    ClientEffect::StorePull { up_to, .. } => {
                        self.cursor = self.cursor.max(up_to);
                        events.push_back(ClientEvent::PullStored { up_to });
                    }
                    ClientEffect::ResetCursor { .. } | ClientEffect::ResendFrom { .. } => {
                        bail!("the hub's log is another")
                    }
                    ClientEffect::Done(summary) => return Ok(Some(summary)),
                    ClientEffect::Closed(reason) => return Err(reason.into()),
                    // A node without screen and disk has nobody to tell.
                    _ => {}
                }
            }
        }
        Ok(None)
    }

    /// Positions count from 1; receipts come in their order, so that what is acknowledged is a
    /// beginning of the list.
    fn outbox(&self, after: OutboxPosition, max_bytes: usize) -> ClientEvent {
        let start = self.acknowledged.max(usize::try_from(after.0).unwrap_or(usize::MAX));
        let (mut entries, mut bytes) = (Vec::new(), 0);
        for (n, entry) in self.entries.iter().enumerate().skip(start) {
            bytes += cost(entry);
            if bytes > max_bytes && !entries.is_empty() {
                return ClientEvent::Outbox { entries, more: true };
            }
            entries.push(OutboxEntry { position: OutboxPosition(n as u64 + 1), entry: entry.clone() });
        }
        ClientEvent::Outbox { entries, more: false }
    }

    /// Sessions until all is acknowledged, with the pauses of a node that is turned away. Returns
    /// how many attempts it took.
    ///
    /// # Errors
    /// When it does not get through in `limit`.
    pub async fn send_all(&mut self, limit: Duration) -> Result<u32> {
        // Nobody tells it of the network: the pauses alone, with the node's own jitter.
        let (_, no_hints) = mpsc::channel(1);
        let (mut attempts, mut retry) = (0, Retry::new(no_hints));
        let sending = async {
            loop {
                attempts += 1;
                match self.session().await {
                    Ok(_) if self.waiting() == 0 => return attempts,
                    Ok(_) | Err(_) => {
                        let pause = retry.pause();
                        retry.wait(pause).await;
                    }
                }
            }
        };
        tokio::time::timeout(limit, sending).await.context("not sent in time")
    }
}
