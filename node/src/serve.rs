//! The running node, wired: store, sync worker, file worker, pages; then wait, and stop.

use std::net::SocketAddr;
use std::time::Duration;

use keng_desk::Told;
use keng_desk::folder::ServeLock;
use keng_store::Store;
use keng_store::owner::Owner;
use tokio::sync::watch;

use crate::worker::Worker;
use crate::{hints, web};

/// How long open pages get to end when the program stops.
const DRAIN: Duration = Duration::from_secs(3);

/// Runs until a signal asks to stop.
///
/// # Errors
/// When the port is in use, or another `serve` runs on this folder.
pub async fn serve(store: Store, address: SocketAddr) -> Result<(), Told> {
    let _lock = ServeLock::take(store.folder())?;
    let listener = keng_desk::program::listen(address).await?;
    let address = keng_desk::program::local(&listener)?;
    let (folder, files) = (store.folder().to_owned(), store.files());
    let owner = Owner::start("store", store)?;
    let worker = Worker::start(owner.clone(), hints::start());
    keng_desk::sweep::start(folder, move |part| files.remove_part(part));
    let sending = crate::blobs::worker::start(owner.clone(), worker.state.clone());
    let worker = worker.with_files(sending);
    let (stop, stopping) = watch::channel(false);
    let pages = tokio::spawn(web::serve(listener, address, owner, worker, stopping));

    println!("ready web=http://{address}");
    keng_desk::program::wait_for_signal().await;
    // Everybody has gone when this fails.
    let _ = stop.send(true);
    let _ = tokio::time::timeout(DRAIN, pages).await;
    Ok(())
}
