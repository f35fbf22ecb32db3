//! The web port: pages over the running hub.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::hub::Hub;

/// Serves the pages until the program stops.
pub async fn serve(listener: TcpListener, _address: SocketAddr, _hub: Hub, stopping: watch::Receiver<bool>) {
    let served = axum::serve(listener, Router::new()).with_graceful_shutdown(crate::serve::stopped(stopping)).await;
    if let Err(e) = served {
        tracing::error!("web: {e}");
    }
}
