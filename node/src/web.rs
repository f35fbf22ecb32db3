//! The web port: pages over the running node.

use std::net::SocketAddr;

use axum::Router;
use keng_store::owner::Owner;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::worker::Worker;

/// Serves the pages until the program stops.
pub async fn serve(listener: TcpListener, _address: SocketAddr, _store: Owner, _worker: Worker, mut stopping: watch::Receiver<bool>) {
    let stopped = async move {
        // Also when the sender is gone.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    if let Err(e) = axum::serve(listener, Router::new()).with_graceful_shutdown(stopped).await {
        tracing::error!("web: {e}");
    }
}
