//! The running hub, wired: store, workers, listeners; then wait, and stop in reverse.

use std::net::SocketAddr;
use std::time::Duration;

use keng_desk::Told;
use keng_desk::folder::{Keys, ServeLock};
use keng_desk::program::{listen, local, wait_for_signal};
use keng_proto::blobs_server::BlobsServer;
use keng_proto::enrolment_server::EnrolmentServer;
use keng_proto::sync_server::SyncServer;
use keng_store::Store;
use keng_sync::limits::{FILE_FRAME_BYTES, MESSAGE_BYTES_MAX};
use tokio::sync::watch;
use tonic::service::Routes;

use crate::blobs::BlobService;
use crate::grpc::{EnrolmentService, SyncService};
use crate::hub::Hub;
use crate::ingest::Ingest;
use crate::session::Desk;
use crate::{http2, projector, tls, web};

/// How long open sessions and pages get to end when the program stops.
const DRAIN: Duration = Duration::from_secs(5);

/// A frame of a file with its names, with room.
const BLOB_MESSAGE_BYTES_MAX: usize = 2 * FILE_FRAME_BYTES;

/// Runs until a signal asks to stop.
///
/// # Errors
/// When a port is in use, another `serve` runs here, or the data folder is no hub's.
pub async fn serve(mut store: Store, grpc: SocketAddr, web: SocketAddr) -> Result<(), Told> {
    let _lock = ServeLock::take(store.folder())?;
    let config = tls::server_config(&Keys::of(store.folder()))?;
    let grpc_listener = listen(grpc).await?;
    let web_listener = listen(web).await?;
    let (grpc, web) = (local(&grpc_listener)?, local(&web_listener)?);
    store.set_meta("grpc_address", &grpc.to_string())?;

    let folder = store.folder().to_owned();
    let hub = Hub::open(store)?;
    let (stop, stopping) = watch::channel(false);
    projector::start(hub.clone());
    let desk = Desk { hub: hub.clone(), ingest: Ingest::start(hub.clone()), stopping: stopping.clone() };

    let sync = SyncServer::new(SyncService(desk.clone()))
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX);
    let blobs = BlobService::new(desk.clone());
    blobs.sweep(&folder);
    let blobs = BlobsServer::new(blobs)
        .max_decoding_message_size(BLOB_MESSAGE_BYTES_MAX)
        .max_encoding_message_size(BLOB_MESSAGE_BYTES_MAX);
    let enrolment = EnrolmentServer::new(EnrolmentService::new(desk)).max_decoding_message_size(64 * 1024);
    let routes = Routes::new(sync).add_service(blobs).add_service(enrolment).prepare();
    let server = tokio::spawn(http2::serve(tls::accept(grpc_listener, config), routes, stopped(stopping.clone())));
    let pages = tokio::spawn(web::serve(web_listener, web, hub, stopping));

    println!("ready grpc={grpc} web=http://{web}");
    wait_for_signal().await;
    // Everybody has gone when this fails.
    let _ = stop.send(true);
    let _ = tokio::time::timeout(DRAIN, async { (server.await, pages.await) }).await;
    Ok(())
}

/// Resolves when the program stops.
pub async fn stopped(mut stopping: watch::Receiver<bool>) {
    // Also when the sender is gone.
    let _ = stopping.wait_for(|stop| *stop).await;
}
