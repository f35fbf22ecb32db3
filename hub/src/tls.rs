//! TLS of the gRPC port: our own CA, our own acceptor.
//!
//! A certificate is asked for and not demanded: a node that joins has none yet. What a caller
//! without one may do is decided per call, with a fixed answer; under TLS 1.3 a refusal in the
//! handshake would reach the node as a random one of three errors.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use keng_desk::Told;
use keng_desk::folder::Keys;
use keng_proto::signatures::made_by_ours;
use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig, ServerSessionMemoryCache, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::ca::{CA_CERT, JOIN_NAME, TLS_CERT, TLS_KEY};

/// A caller who does not finish the handshake in this time is dropped: a slow mountain link
/// needs two round trips of at most a few seconds.
const HANDSHAKE_MAX: Duration = Duration::from_secs(20);

/// Sessions that can be resumed: every commune of the country once; about 1 KiB each.
const RESUMABLE_MAX: usize = 4_096;

/// Handshakes under way at once; more wait in the kernel's queue.
const HANDSHAKES_MAX: usize = 256;

/// The hub's TLS settings from its key folder.
///
/// # Errors
/// When a key or certificate is missing or damaged.
pub fn server_config(keys: &Keys) -> Result<ServerConfig, Told> {
    let bad = |e: &dyn std::fmt::Display| Told::refused(format!("Khóa hoặc chứng thư của trạm tỉnh bị hỏng: {e}."));
    let ca = CertificateDer::from_pem_slice(&keys.read(CA_CERT)?).map_err(|e| bad(&e))?;
    let cert = CertificateDer::from_pem_slice(&keys.read(TLS_CERT)?).map_err(|e| bad(&e))?;
    let key = PrivateKeyDer::from_pem_slice(&keys.read(TLS_KEY)?).map_err(|e| bad(&e))?;
    let mut roots = RootCertStore::empty();
    roots.add(ca.clone()).map_err(|e| bad(&e))?;
    // A node has one certificate: it need not be told which CA to choose it by.
    let provider = Arc::new(CryptoProvider { signature_verification_algorithms: made_by_ours(), ..default_provider() });
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone());
    let verifier = verifier.allow_unauthenticated().clear_root_hint_subjects().build().map_err(|e| bad(&e))?;
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(&[&TLS13]);
    let builder = builder.map_err(|e| bad(&e))?.with_client_cert_verifier(verifier);
    let certified =
        |chain, key: &PrivateKeyDer<'_>| CertifiedKey::from_der(chain, key.clone_key(), &provider).map_err(|e| bad(&e));
    let chains = Chains {
        session: Arc::new(certified(vec![cert.clone()], &key)?),
        joining: Arc::new(certified(vec![cert, ca], &key)?),
    };
    let mut config = builder.with_cert_resolver(Arc::new(chains));
    config.alpn_protocols = vec![b"h2".to_vec()];
    // A node that comes back resumes; one ticket is as good as two, and 80 bytes less.
    config.send_tls13_tickets = 1;
    // And one that will not come back says so (RFC 9149).
    config.max_tls13_tickets = 1;
    config.session_storage = ServerSessionMemoryCache::new(RESUMABLE_MAX);
    Ok(config)
}

/// What the hub shows of itself: an enrolled node has the CA's certificate already, one that joins
/// knows its fingerprint alone. The name that is asked for tells which.
#[derive(Debug)]
struct Chains {
    session: Arc<CertifiedKey>,
    joining: Arc<CertifiedKey>,
}

impl ResolvesServerCert for Chains {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(if hello.server_name() == Some(JOIN_NAME) { self.joining.clone() } else { self.session.clone() })
    }
}

/// Accepts connections and hands on those whose handshake succeeded.
pub fn accept(listener: TcpListener, config: ServerConfig) -> mpsc::Receiver<TlsStream<TcpStream>> {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (ready, incoming) = mpsc::channel(16);
    let slots = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    tokio::spawn(async move {
        while let Ok(slot) = slots.clone().acquire_owned().await {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(e) => {
                    // Out of file handles, or the caller gave up: the next one may fare better.
                    tracing::warn!("accept: {e}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let (acceptor, ready) = (acceptor.clone(), ready.clone());
            tokio::spawn(async move {
                let handshake = shake_hands(acceptor, stream, peer).await;
                drop(slot);
                if let Some(tls) = handshake {
                    // The server has stopped when nobody receives.
                    let _ = ready.send(tls).await;
                }
            });
        }
    });
    incoming
}

async fn shake_hands(acceptor: TlsAcceptor, stream: TcpStream, peer: SocketAddr) -> Option<TlsStream<TcpStream>> {
    // Small frames must not wait for more.
    let _ = stream.set_nodelay(true);
    match tokio::time::timeout(HANDSHAKE_MAX, acceptor.accept(stream)).await {
        Ok(Ok(tls)) => Some(tls),
        Ok(Err(e)) => {
            tracing::info!(%peer, "handshake: {e}");
            None
        }
        Err(_) => {
            tracing::info!(%peer, "handshake: too slow");
            None
        }
    }
}
