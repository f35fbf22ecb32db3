//! HTTP/2 on accepted connections, by hyper itself: tonic's own server would send a date with each
//! answer, and leaves no place between HTTP/2 and TLS for [`Gathered`].

use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http2::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use keng_proto::gathered::{Gathered, HUB};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::server::TlsStream;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::server::Connected;
use tower::Service;

/// How often an idle link is asked whether it lives. Nodes ask every minute; this finds the ends of
/// those that went away without a word, and costs a live one 16 bytes a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(300);
/// A link that does not answer for so long is dead.
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(30);
/// A node has one session, and beside it a few questions; files come by a connection of their own.
const STREAMS_MAX: u32 = 8;

/// Serves connections until `stop`; then waits until each has ended what it had begun.
pub async fn serve(mut accepted: mpsc::Receiver<TlsStream<TcpStream>>, routes: Routes, stop: impl Future<Output = ()>) {
    let mut http = Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new()).keep_alive_interval(KEEP_ALIVE).keep_alive_timeout(KEEP_ALIVE_ANSWER);
    http.max_concurrent_streams(STREAMS_MAX).auto_date_header(false);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let tls = tokio::select! {
            () = &mut stop => break,
            Some(tls) = accepted.recv() => tls,
            else => break,
        };
        // As tonic's server does: by it a call is asked for its certificates.
        let (who, routes) = (tls.connect_info(), routes.clone());
        let call = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(who.clone());
            routes.clone().call(request)
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(Gathered::new(tls, HUB)), call));
        tokio::spawn(async move {
            if let Err(e) = connection.await {
                tracing::debug!("connection: {e}");
            }
        });
    }
    drop(accepted);
    graceful.shutdown().await;
}
