//! The two gRPC services: sessions for nodes with a certificate, enrolment for callers with a token.

use std::pin::Pin;
use std::time::Duration;

use keng_desk::acts::By;
use keng_desk::clock;
use keng_domain::id::Incarnation;
use keng_proto::enrolment_server::Enrolment;
use keng_proto::sync_server::Sync;
use keng_proto::{ClientFrame, HubFrame, JoinReply, JoinRequest, ProofReply, ProofRequest};
use keng_store::enrol::TokenRefused;
use keng_sync::head::PublicKey;
use keng_sync::session::OUTGOING_FRAMES_MAX;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::Stream;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::session::{self, Desk, Peer};
use crate::{ca, proof};

/// The prefix under which a joining node signs its secret and request.
pub const JOIN_PREFIX: &[u8] = b"keng join v1\0";

/// A wrong token costs this long: guessing 128 bits was hopeless anyway, now it is also slow.
const WRONG_TOKEN_COSTS: Duration = Duration::from_millis(500);

/// Sessions of nodes.
pub struct SyncService(pub Desk);

#[tonic::async_trait]
impl Sync for SyncService {
    type SessionStream = Pin<Box<dyn Stream<Item = Result<HubFrame, Status>> + Send>>;

    async fn session(&self, request: Request<Streaming<ClientFrame>>) -> Result<Response<Self::SessionStream>, Status> {
        let peer = peer_of(&request)?;
        let (out, frames) = mpsc::channel(OUTGOING_FRAMES_MAX);
        tokio::spawn(session::run(self.0.clone(), peer, request.into_inner(), out));
        Ok(Response::new(Box::pin(ReceiverStream::new(frames).map(|frame| *frame))))
    }

    async fn proof(&self, request: Request<ProofRequest>) -> Result<Response<ProofReply>, Status> {
        let peer = peer_of(&request)?;
        proof::answer(&self.0.hub, peer, request.into_inner()).await.map(Response::new)
    }
}

/// Who is on the line, by certificate.
fn peer_of<T>(request: &Request<T>) -> Result<Peer, Status> {
    let certificates = request.peer_certs();
    let peer = certificates.as_deref().and_then(|chain| chain.first()).and_then(|leaf| session::peer_of(leaf).ok());
    peer.ok_or_else(|| Status::unauthenticated("NOT_ENROLLED"))
}

/// Enrolment of new nodes.
pub struct EnrolmentService {
    desk: Desk,
    one_at_a_time: Semaphore,
}

impl EnrolmentService {
    /// For the hub behind `desk`.
    #[must_use]
    pub fn new(desk: Desk) -> Self {
        Self { desk, one_at_a_time: Semaphore::new(1) }
    }
}

#[tonic::async_trait]
impl Enrolment for EnrolmentService {
    async fn join(&self, request: Request<JoinRequest>) -> Result<Response<JoinReply>, Status> {
        let _turn = self.one_at_a_time.acquire().await.map_err(|_| Status::unavailable("SHUTTING_DOWN"))?;
        match enrol(&self.desk, request.into_inner()).await {
            Ok(reply) => Ok(Response::new(reply)),
            Err(status) => {
                tokio::time::sleep(WRONG_TOKEN_COSTS).await;
                Err(status)
            }
        }
    }
}

/// What the node signs to prove that it holds the key it enrols: its secret and its request.
fn signed_by_node(request: &JoinRequest) -> Vec<u8> {
    [request.secret.as_ref(), request.incarnation.as_ref(), request.csr_pem.as_bytes()].concat()
}

async fn enrol(desk: &Desk, request: JoinRequest) -> Result<JoinReply, Status> {
    let malformed = |what: &str| Status::invalid_argument(format!("MALFORMED: {what}"));
    let incarnation = Incarnation::from_slice(&request.incarnation).map_err(|_| malformed("incarnation"))?;
    let key = PublicKey::from_slice(&request.public_key).map_err(|_| malformed("public_key"))?;
    key.verify_bytes(JOIN_PREFIX, &signed_by_node(&request), &request.proof).map_err(|_| malformed("proof"))?;
    let hub = desk.hub.clone();
    let reply = desk
        .hub
        .writer
        .call(move |store| {
            let secret_hash: [u8; 32] = Sha256::digest(&request.secret).into();
            let now_ms = clock::now_ms();
            let (unit, node) = match store.use_token(&secret_hash, now_ms)? {
                Ok(named) => named,
                Err(refused) => return Ok(Err(Status::permission_denied(refusal(refused)))),
            };
            let certificate_pem = match ca::sign_node(&hub.keys, &request.csr_pem, &unit, &node) {
                Ok(pem) => pem,
                Err(told) => return Ok(Err(Status::invalid_argument(told.to_string()))),
            };
            let stamp = By { officer: None, reason: Some("gia nhập bằng mã mời".to_owned()) }.stamp(store);
            store.register(incarnation, &node, &unit, key.as_bytes(), &stamp, now_ms)?;
            let ca_pem = hub.keys.read_text(ca::CA_CERT).map(|pem| pem.to_string()).unwrap_or_default();
            // Without it the node joins all the same; it learns the key from the first return file.
            let seal_recipient = keng_desk::seal::recipient(&hub.keys).unwrap_or_else(|told| {
                tracing::error!("seal: {told}");
                String::new()
            });
            let me = store.identity();
            Ok(Ok(JoinReply {
                certificate_pem,
                ca_pem,
                hub_public_key: bytes::Bytes::copy_from_slice(hub.identity.key.public().as_bytes()),
                node: node.to_string(),
                unit: unit.code.to_string(),
                catalogue: unit.catalogue.map(|id| id.to_string()).unwrap_or_default(),
                province: me.province.to_string(),
                hub_incarnation: bytes::Bytes::copy_from_slice(&me.incarnation.0),
                seal_recipient,
            }))
        })
        .await
        .map_err(|e| Status::internal(e.to_string()))?;
    desk.hub.touched();
    reply
}

fn refusal(refused: TokenRefused) -> &'static str {
    match refused {
        TokenRefused::Unknown => "TOKEN_UNKNOWN",
        TokenRefused::Used => "TOKEN_USED",
        TokenRefused::Expired => "TOKEN_EXPIRED",
    }
}
