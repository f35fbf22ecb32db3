//! The way to the hub: TCP, TLS by the hub's own CA, HTTP/2; every byte on the wire counted.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use keng_desk::Told;
use keng_desk::folder::Keys;
use keng_proto::gathered::{Gathered, NODE};
use keng_proto::signatures::made_by_ours;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{TicketRequest, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::{cipher_suite, default_provider, kx_group};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::version::TLS13;
use rustls::{ClientConfig, ConfigBuilder, DigitallySignedStruct, RootCertStore, SignatureScheme, WantsVerifier};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::body::Body;
use tower::Service;

/// The name in the hub's certificate, whatever address it has today.
const HUB_NAME: &str = "keng-hub";
/// HTTP/2 wants a host with each call. Who the hub is was settled by its certificate, so that a longer
/// name would be bytes for nothing.
const AUTHORITY: &str = "h";
/// By this name a node that joins asks for the hub, which then shows its CA's certificate too.
const JOIN_NAME: &str = "join.keng-hub";

/// What is offered to the hub: TLS 1.3 alone, one key exchange, and the two ciphers that hash with
/// SHA-256, fast with AES in the processor and without. Both programs are ours, so that more would be
/// bytes for nothing; SHA-384 would make each resumption 48 bytes longer. HTTP/2 is not negotiated (ALPN): a
/// hub of this CA speaks nothing else, and its key is used for nothing else.
fn offer() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    let provider = CryptoProvider {
        cipher_suites: vec![cipher_suite::TLS13_AES_128_GCM_SHA256, cipher_suite::TLS13_CHACHA20_POLY1305_SHA256],
        kx_groups: vec![kx_group::X25519],
        signature_verification_algorithms: made_by_ours(),
        ..default_provider()
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(provider)).with_protocol_versions(&[&TLS13]);
    builder.expect("the ciphers above are those of TLS 1.3")
}

/// Files of the key folder.
pub const CA_CERT: &str = "ca.pem";
/// The node's certificate.
pub const NODE_CERT: &str = "node.pem";
/// The key of the node's certificate.
pub const NODE_KEY: &str = "node.key";

/// A hub that does not answer in this time is taken for away: two round trips of a bad link.
const CONNECT_MAX: Duration = Duration::from_secs(15);

/// How often an idle link is asked whether it lives: a question and its answer are 78 bytes, and an
/// open stream may cost 100 bytes a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// A link that does not answer for so long is dead.
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(20);

/// Bytes on the wire of one link, TLS included.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    sent: Arc<AtomicU64>,
    received: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Wire {
    /// Bytes sent so far.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Bytes received so far.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Everything has been said and answered: the link closes with the end of TLS alone, without HTTP/2's
    /// own farewells, 74 bytes that would tell the hub the same, and its answer to them.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// TLS settings of an enrolled node, made once: a session after the first one resumes.
#[derive(Debug, Default)]
pub struct Tls {
    config: OnceLock<Arc<ClientConfig>>,
    once: bool,
}

impl Tls {
    /// Settings for one session, of which nothing is kept: the hub need not send a ticket to resume by.
    #[must_use]
    pub fn once() -> Self {
        Self { once: true, ..Self::default() }
    }

    /// The settings from these keys.
    ///
    /// # Errors
    /// As [`enrolled`].
    pub fn of(&self, keys: &Keys) -> Result<Arc<ClientConfig>, Told> {
        if let Some(config) = self.config.get() {
            return Ok(config.clone());
        }
        let mut config = enrolled(keys)?;
        config.send_ticket_request = self.once.then_some(TicketRequest { new_session_count: 0, resumption_count: 0 });
        Ok(self.config.get_or_init(|| Arc::new(config)).clone())
    }
}

/// TLS settings of an enrolled node: it shows its certificate and trusts the hub's CA alone.
///
/// # Errors
/// When a key or certificate is missing or damaged.
pub fn enrolled(keys: &Keys) -> Result<ClientConfig, Told> {
    let bad = |e: &dyn std::fmt::Display| Told::refused(format!("Khóa hoặc chứng thư của máy này bị hỏng: {e}."));
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(&keys.read(CA_CERT)?).map_err(|e| bad(&e))?).map_err(|e| bad(&e))?;
    let cert = CertificateDer::from_pem_slice(&keys.read(NODE_CERT)?).map_err(|e| bad(&e))?;
    let key = PrivateKeyDer::from_pem_slice(&keys.read(NODE_KEY)?).map_err(|e| bad(&e))?;
    let config = offer().with_root_certificates(roots).with_client_auth_cert(vec![cert], key);
    let mut config = config.map_err(|e| bad(&e))?;
    // The name in the hub's certificate is checked all the same; it need not be asked for.
    config.enable_sni = false;
    Ok(config)
}

/// TLS settings of a node that joins: it has no certificate yet, and trusts the CA whose
/// fingerprint its token carries.
#[must_use]
pub fn joining(ca_fingerprint: [u8; 32]) -> ClientConfig {
    let verifier = Arc::new(PinnedCa { ca_fingerprint });
    let builder = offer().dangerous();
    builder.with_custom_certificate_verifier(verifier).with_no_client_auth()
}

/// An open connection to the hub, for the stubs of gRPC. By hyper itself: tonic's own client would name
/// itself with each connection, and leaves no place between HTTP/2 and TLS for [`Gathered`].
#[derive(Debug, Clone)]
pub struct Channel(SendRequest<Body>);

impl Service<Request<Body>> for Channel {
    type Response = Response<Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let path = request.uri().path_and_query().cloned();
        let mut uri = http::uri::Parts::default();
        (uri.scheme, uri.authority) = (Some(Scheme::HTTP), Some(Authority::from_static(AUTHORITY)));
        uri.path_and_query = path.or_else(|| Some(PathAndQuery::from_static("/")));
        *request.uri_mut() = Uri::from_parts(uri).expect("scheme, authority and path are all there");
        Box::pin(self.0.send_request(request))
    }
}

/// Dials the hub.
///
/// # Errors
/// The transport's fault; nothing was sent.
pub async fn dial(address: &str, config: impl Into<Arc<ClientConfig>>) -> io::Result<(Channel, Wire)> {
    dial_as(HUB_NAME, address, config.into()).await
}

/// [`dial`], for a node that joins.
///
/// # Errors
/// The transport's fault; nothing was sent.
pub async fn dial_to_join(address: &str, ca_fingerprint: [u8; 32]) -> io::Result<(Channel, Wire)> {
    dial_as(JOIN_NAME, address, Arc::new(joining(ca_fingerprint))).await
}

async fn dial_as(name: &'static str, address: &str, config: Arc<ClientConfig>) -> io::Result<(Channel, Wire)> {
    let wire = Wire::default();
    let connecting = async {
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from(name).map_err(io::Error::other)?;
        TlsConnector::from(config).connect(name, Counted { tcp, wire: wire.clone() }).await
    };
    let tls = tokio::time::timeout(CONNECT_MAX, connecting).await??;
    let mut http = Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new()).keep_alive_interval(KEEP_ALIVE).keep_alive_timeout(KEEP_ALIVE_ANSWER);
    http.keep_alive_while_idle(true);
    // RFC 9113's own size needs no setting.
    http.max_frame_size(None);
    let stream = TokioIo::new(Gathered::new(tls, NODE).until(wire.over.clone()));
    let (requests, connection) = http.handshake(stream).await.map_err(io::Error::other)?;
    tokio::spawn(async move {
        // Whoever waits for an answer is told too.
        if let Err(e) = connection.await {
            tracing::debug!("link: {e}");
        }
    });
    Ok((Channel(requests), wire))
}

/// Accepts a hub whose chain holds the CA with this fingerprint, and whose certificate is signed
/// by it. The rest is rustls's own verification.
#[derive(Debug)]
struct PinnedCa {
    ca_fingerprint: [u8; 32],
}

impl ServerCertVerifier for PinnedCa {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let unknown = || rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let ca =
            intermediates.iter().find(|c| Sha256::digest(c).as_slice() == self.ca_fingerprint).ok_or_else(unknown)?;
        let mut roots = RootCertStore::empty();
        roots.add(ca.clone().into_owned())?;
        let verifier = WebPkiServerVerifier::builder(Arc::new(roots)).build().map_err(|_| unknown())?;
        // The certificate carries the hub's name, not the one that says why we call.
        let name = ServerName::try_from(HUB_NAME).map_err(|_| unknown())?;
        verifier.verify_server_cert(end_entity, intermediates, &name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

pin_project_lite::pin_project! {
    /// A TCP stream that counts.
    struct Counted {
        #[pin]
        tcp: TcpStream,
        wire: Wire,
    }
}

impl AsyncRead for Counted {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let before = buf.filled().len();
        let polled = this.tcp.poll_read(cx, buf);
        this.wire.received.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.project();
        let polled = this.tcp.poll_write(cx, bytes);
        if let Poll::Ready(Ok(n)) = &polled {
            this.wire.sent.fetch_add(*n as u64, Ordering::Relaxed);
        }
        polled
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().tcp.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().tcp.poll_shutdown(cx)
    }
}
