//! A join token becomes an enrolled data folder.

use std::path::Path;

use bytes::Bytes;
use keng_desk::folder::{Keys, SIGNING_KEY, random};
use keng_desk::{Told, program};
use keng_domain::id::{Incarnation, NodeId};
use keng_proto::enrolment_client::EnrolmentClient;
use keng_proto::{JoinReply, JoinRequest, JoinToken};
use keng_store::{Identity, Role, Store, StoreError, open};
use keng_sync::head::SigningKey;
use keng_sync::token;
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

use crate::link::{self, CA_CERT, NODE_CERT, NODE_KEY};
use crate::sync::{HUB_ADDRESS, HUB_PUBLIC_KEY, SEAL_RECIPIENT, chain};

/// The prefix under which the incarnation's key signs the request.
const JOIN_PREFIX: &[u8] = b"keng join v1\0";

/// Joins: makes keys, shows the token to the hub, and keeps what it answers.
///
/// # Errors
/// A sentence; the data folder is left as it was, and an unused token stays good.
pub async fn join(text: &str, folder: &Path, officer: Option<String>) -> Result<Store, Told> {
    let token = token::from_text(text).map_err(|_| {
        Told::new(
            "Mã mời không đọc được (thiếu hoặc gõ sai ký tự).",
            "Chưa ghi gì.",
            "Hãy chép lại nguyên vẹn mã mời của tỉnh.",
        )
    })?;
    if folder.join(open::FILE).exists() {
        return Err(StoreError::HasData(folder.to_owned()).into());
    }
    let keys = Keys::of(folder);
    let prepared = Prepared::new(&token, officer.clone().unwrap_or_default())?;
    // A folder that cannot be written must be known before the token is used up.
    keys.write(SIGNING_KEY, &prepared.signing.to_seed())?;
    keys.write(NODE_KEY, prepared.tls_key.as_bytes())?;
    let reply = ask(&token, &prepared.request).await?;
    keep(folder, &keys, &token, &prepared, &reply, officer)
}

struct Prepared {
    incarnation: Incarnation,
    signing: SigningKey,
    tls_key: String,
    request: JoinRequest,
}

impl Prepared {
    fn new(token: &JoinToken, officer: String) -> Result<Self, Told> {
        let broken = |e: rcgen::Error| Told::refused(format!("Không tạo được khóa: {e}."));
        let key = KeyPair::generate_for(&PKCS_ED25519).map_err(broken)?;
        let csr =
            CertificateParams::new(Vec::<String>::new()).and_then(|p| p.serialize_request(&key)).map_err(broken)?;
        let csr_pem = csr.pem().map_err(broken)?;
        let incarnation = Incarnation(random());
        let signing = SigningKey::from_seed(&random());
        let signed = [token.secret.as_ref(), incarnation.0.as_slice(), csr_pem.as_bytes()].concat();
        let request = JoinRequest {
            secret: token.secret.clone(),
            csr_pem,
            incarnation: Bytes::copy_from_slice(&incarnation.0),
            public_key: Bytes::copy_from_slice(signing.public().as_bytes()),
            proof: Bytes::copy_from_slice(&signing.sign_bytes(JOIN_PREFIX, &signed)),
            officer,
            software: program::software("keng-node"),
        };
        Ok(Self { incarnation, signing, tls_key: key.serialize_pem(), request })
    }
}

async fn ask(token: &JoinToken, request: &JoinRequest) -> Result<JoinReply, Told> {
    let fingerprint: [u8; 32] = token
        .ca_fingerprint
        .as_ref()
        .try_into()
        .map_err(|_| Told::refused("Mã mời thiếu dấu chứng thư của trạm tỉnh."))?;
    let reached = link::dial_to_join(&token.address, fingerprint).await;
    let (channel, _) = reached.map_err(|e| {
        let text = chain(&e);
        tracing::info!("join: {text}");
        if text.contains("peer certificate") {
            Told::new(
                format!("Máy ở {} không phải trạm tỉnh đã cấp mã mời (chứng thư khác).", token.address),
                "Chưa ghi gì; mã mời vẫn dùng được.",
                "Hãy kiểm tra địa chỉ với tỉnh.",
            )
        } else {
            Told::new(
                format!("Không tới được trạm tỉnh ở {}.", token.address),
                "Chưa ghi gì; mã mời vẫn dùng được.",
                "Hãy kiểm tra mạng rồi thử lại.",
            )
        }
    })?;
    let reply = EnrolmentClient::new(channel).join(request.clone()).await;
    reply.map(tonic::Response::into_inner).map_err(|status| {
        let again = "Hãy xin tỉnh mã mời mới.";
        match status.message() {
            "TOKEN_USED" => Told::new("Mã mời này đã được dùng.", "Chưa ghi gì.", again),
            "TOKEN_EXPIRED" => Told::new("Mã mời này đã hết hạn.", "Chưa ghi gì.", again),
            "TOKEN_UNKNOWN" => Told::new("Trạm tỉnh không biết mã mời này.", "Chưa ghi gì.", again),
            other => Told::new(format!("Trạm tỉnh không nhận: {other}."), "Chưa ghi gì.", "Hãy báo quản trị tỉnh."),
        }
    })
}

fn keep(
    folder: &Path,
    keys: &Keys,
    token: &JoinToken,
    prepared: &Prepared,
    reply: &JoinReply,
    officer: Option<String>,
) -> Result<Store, Told> {
    let odd = |what: &str| Told::refused(format!("Trạm tỉnh trả lời không đúng ({what})."));
    let ca = CertificateDer::from_pem_slice(reply.ca_pem.as_bytes()).map_err(|_| odd("chứng thư"))?;
    if Sha256::digest(&ca).as_slice() != token.ca_fingerprint.as_ref() {
        return Err(odd("chứng thư khác với mã mời"));
    }
    let hub = Incarnation::from_slice(&reply.hub_incarnation).map_err(|_| odd("mã trạm tỉnh"))?;
    let identity = Identity {
        role: Role::Node,
        province: reply.province.parse().map_err(|_| odd("mã tỉnh"))?,
        unit: reply.unit.parse().map_err(|_| odd("mã đơn vị"))?,
        // A hub of the version before has none to give.
        catalogue: match reply.catalogue.as_str() {
            "" => None,
            id => Some(id.parse().map_err(|_| odd("danh mục đơn vị"))?),
        },
        node: NodeId(reply.node.clone()),
        incarnation: prepared.incarnation,
        officer: officer.unwrap_or_else(|| format!("Cán bộ {}", reply.unit)),
    };
    keys.write(CA_CERT, reply.ca_pem.as_bytes())?;
    keys.write(NODE_CERT, reply.certificate_pem.as_bytes())?;
    let mut store = Store::create(folder, &identity)?;
    store.set_meta(HUB_ADDRESS, &token.address)?;
    store.set_meta(HUB_PUBLIC_KEY, &hex::encode(&reply.hub_public_key))?;
    store.set_meta("hub_incarnation", &hub.to_string())?;
    // A hub of the version before has none to give.
    if !reply.seal_recipient.is_empty() {
        store.set_meta(SEAL_RECIPIENT, &reply.seal_recipient)?;
    }
    Ok(store)
}
