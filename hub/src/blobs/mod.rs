//! Files of documents: the service that nodes offer, bring and fetch them by.
//!
//! A node may name only a file that some document in one of its own scopes names; the document
//! travels with the figures and is here before. What has come of a file stays, whatever cuts the
//! line; the receipt is given when the whole is verified and on the disk.

mod arriving;

use std::collections::HashMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use keng_desk::clock;
use keng_domain::id::{Incarnation, NodeId};
use keng_proto::blobs_server::Blobs;
use keng_proto::{BlobFetch, BlobFrame, BlobOffer, BlobProgress, BlobReceipt, BlobStanding};
use keng_store::StoreError;
use keng_store::blobs::files::Files;
use keng_sync::blob::{File, sign_blob_receipt};
use keng_sync::limits::{FILE_FRAME_BYTES, FILE_TRANSFERS_MAX, FILE_TRANSFERS_PER_NODE_MAX};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use crate::session::{self, Desk, Peer};
use arriving::Arriving;

/// A peer that brings nothing for so long gives its place to others: a frame takes half a second
/// at 64 kbit/s, a window eight.
const IDLE_MAX: Duration = Duration::from_secs(120);

/// Words of progress that a peer has not read yet; more wait for it.
const PROGRESS_WAITING_MAX: usize = 8;

/// Files of documents.
#[derive(Clone)]
pub struct BlobService {
    desk: Desk,
    arriving: Arriving,
    slots: Slots,
}

impl BlobService {
    /// For the hub behind `desk`.
    #[must_use]
    pub fn new(desk: Desk) -> Self {
        Self { desk, arriving: Arriving::default(), slots: Slots::new() }
    }

    /// Sweeps parts that nobody will finish any more, as long as the program runs.
    pub fn sweep(&self, folder: &Path) {
        let (arriving, files) = (self.arriving.clone(), Files::of(folder));
        keng_desk::sweep::start(folder.to_owned(), move |part| arriving.remove(&files, part));
    }

    /// Who asks, and for which file; refused when they may not (I4, I9).
    async fn admit(&self, peer: Option<Peer>, offer: &BlobOffer) -> Result<(Peer, File), Status> {
        let peer = peer.ok_or_else(|| Status::unauthenticated("NOT_ENROLLED"))?;
        let file = File::of_offer(offer).map_err(|e| Status::invalid_argument(format!("{}: {e}", e.code())))?;
        let incarnation =
            Incarnation::from_slice(&offer.incarnation).map_err(|_| Status::invalid_argument("MALFORMED"))?;
        let who = peer.clone();
        let look = move |store: &mut keng_store::Store| {
            // A revoked node's session is told why; here it is as unknown as any stranger.
            if store.revocation(&who.node)?.is_some() {
                return Ok(None);
            }
            let known = who.key_of(store, incarnation)?;
            if known.is_none() {
                return Ok(None);
            }
            if store.may_reach_file(&who.unit, &file)? {
                return Ok(Some(true));
            }
            // The document may be in the log already, and not projected yet.
            while store.project_step()?.more {}
            store.may_reach_file(&who.unit, &file).map(Some)
        };
        match self.desk.hub.writer.call(look).await.map_err(|e| internal(&e))? {
            None => Err(Status::unauthenticated("NOT_ENROLLED")),
            Some(false) => Err(Status::permission_denied("NO_DOCUMENT")),
            Some(true) => Ok((peer, file)),
        }
    }

    /// How much of a file is here from `peer`, and the receipt when it is all.
    async fn standing(&self, peer: &Peer, file: File) -> Result<BlobStanding, Status> {
        if let Some(receipt) = self.receipt(file).await? {
            return Ok(BlobStanding { have: file.bytes, receipt: Some(receipt) });
        }
        let (arriving, node) = (self.arriving.clone(), peer.node.clone());
        if let Some(have) = blocking(move || Ok(arriving.have(&file, &node))).await? {
            return Ok(BlobStanding { have, receipt: None });
        }
        let node = peer.node.0.clone();
        let have = self.desk.hub.reader.call(move |store| store.arrived(&file, &node)).await;
        Ok(BlobStanding { have: have.map_err(|e| internal(&e))?, receipt: None })
    }

    /// The receipt for a file that is whole here; `None` when it is not.
    ///
    /// The folder is believed before the table: a file that was removed is asked for again, and
    /// one whose name was written just before a power cut is taken over.
    async fn receipt(&self, file: File) -> Result<Option<BlobReceipt>, Status> {
        let hub = &self.desk.hub;
        let (since, files) = hub
            .reader
            .call(move |store| Ok((store.held_since_ms(&file)?, store.files())))
            .await
            .map_err(|e| internal(&e))?;
        let look = files.clone();
        let stands = blocking(move || Ok(if since.is_some() { look.contains(&file) } else { look.verify(&file)? }));
        let since = match (since, stands.await?) {
            (Some(since), true) => since,
            (None, false) => return Ok(None),
            (Some(_), false) => {
                hub.writer.call(move |s| s.file_is_gone(&file.hash)).await.map_err(|e| internal(&e))?;
                return Ok(None);
            }
            (None, true) => {
                let now_ms = clock::now_ms();
                hub.writer.call(move |s| s.file_is_here(&file, "", now_ms)).await.map_err(|e| internal(&e))?;
                now_ms
            }
        };
        Ok(Some(sign_blob_receipt(&hub.identity.key, &hub.identity.epoch, &file, since)))
    }
}

#[tonic::async_trait]
impl Blobs for BlobService {
    type UploadStream = Pin<Box<dyn Stream<Item = Result<BlobProgress, Status>> + Send>>;
    type FetchStream = Pin<Box<dyn Stream<Item = Result<BlobFrame, Status>> + Send>>;

    async fn offer(&self, request: Request<BlobOffer>) -> Result<Response<BlobStanding>, Status> {
        let peer = peer_of(&request);
        let (peer, file) = self.admit(peer, request.get_ref()).await?;
        Ok(Response::new(self.standing(&peer, file).await?))
    }

    async fn upload(&self, request: Request<Streaming<BlobFrame>>) -> Result<Response<Self::UploadStream>, Status> {
        let peer = peer_of(&request).ok_or_else(|| Status::unauthenticated("NOT_ENROLLED"))?;
        let slot = self.slots.take(&peer.node)?;
        let (out, progress) = mpsc::channel(PROGRESS_WAITING_MAX);
        let service = self.clone();
        tokio::spawn(async move {
            if let Err(status) = service.receive(peer, request.into_inner(), &out).await {
                // A peer that is gone needs no answer.
                let _ = out.send(Err(status)).await;
            }
            drop(slot);
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(progress))))
    }

    async fn fetch(&self, request: Request<BlobFetch>) -> Result<Response<Self::FetchStream>, Status> {
        let peer = peer_of(&request);
        let BlobFetch { file: offer, from } = request.into_inner();
        let (peer, file) = self.admit(peer, &offer.unwrap_or_default()).await?;
        let slot = self.slots.take(&peer.node)?;
        if self.receipt(file).await?.is_none() {
            return Err(Status::not_found("NO_FILE"));
        }
        if from > file.bytes {
            return Err(Status::failed_precondition("OUT_OF_PLACE"));
        }
        let path = self.desk.hub.reader.call(|store| Ok(store.files())).await.map_err(|e| internal(&e))?;
        Ok(Response::new(Box::pin(frames(path.path(&file.hash), file, from, slot).await?)))
    }
}

/// Who is on the line, by certificate.
fn peer_of<T>(request: &Request<T>) -> Option<Peer> {
    let certificates = request.peer_certs()?;
    session::peer_of(certificates.first()?).ok()
}

/// The frames of a file. The slot is given back when the stream ends or its reader goes.
async fn frames(
    path: std::path::PathBuf,
    file: File,
    from: u64,
    slot: Slot,
) -> Result<impl Stream<Item = Result<BlobFrame, Status>> + Send, Status> {
    let io = |e: std::io::Error| Status::internal(format!("{}: {e}", path.display()));
    let mut handle = tokio::fs::File::open(&path).await.map_err(io)?;
    handle.seek(std::io::SeekFrom::Start(from)).await.map_err(io)?;
    let reader = tokio::io::BufReader::with_capacity(64 * 1024, handle);
    Ok(futures::stream::try_unfold((reader, from, slot), move |(mut reader, at, slot)| async move {
        let len = (file.bytes - at).min(FILE_FRAME_BYTES as u64) as usize;
        if len == 0 {
            return Ok(None);
        }
        // Each frame goes out by itself: of several joined into one, a cut would lose them all.
        tokio::task::yield_now().await;
        let mut data = vec![0; len];
        reader.read_exact(&mut data).await.map_err(|e| Status::internal(e.to_string()))?;
        let frame = BlobFrame { file: None, from: at, data: Bytes::from(data) };
        Ok(Some((frame, (reader, at + len as u64, slot))))
    }))
}

/// Runs what blocks on the disk.
async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Status> {
    tokio::task::spawn_blocking(act).await.map_err(|e| internal(&e))?.map_err(|e| internal(&e))
}

fn internal(e: &dyn std::error::Error) -> Status {
    tracing::error!("files: {e}");
    Status::internal("FAILED")
}

/// Places for transfers: so many in all, so many for one node.
#[derive(Clone)]
struct Slots {
    all: Arc<Semaphore>,
    by_node: Arc<Mutex<HashMap<NodeId, usize>>>,
}

/// A place; given back when dropped.
struct Slot {
    _place: OwnedSemaphorePermit,
    node: NodeId,
    by_node: Arc<Mutex<HashMap<NodeId, usize>>>,
}

impl Slots {
    fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(FILE_TRANSFERS_MAX)), by_node: Arc::default() }
    }

    fn take(&self, node: &NodeId) -> Result<Slot, Status> {
        let full = || Status::resource_exhausted("OVERLOADED");
        let place = self.all.clone().try_acquire_owned().map_err(|_| full())?;
        // Counting cannot panic half way.
        let mut by_node = self.by_node.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_node.entry(node.clone()).or_default();
        if *count >= FILE_TRANSFERS_PER_NODE_MAX {
            return Err(full());
        }
        *count += 1;
        Ok(Slot { _place: place, node: node.clone(), by_node: self.by_node.clone() })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut by_node = self.by_node.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_node.get_mut(&self.node) {
            *count -= 1;
            if *count == 0 {
                by_node.remove(&self.node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Slots;
    use keng_domain::id::NodeId;
    use keng_sync::limits::FILE_TRANSFERS_PER_NODE_MAX;

    #[test]
    fn one_node_cannot_take_the_places_of_others() {
        let (slots, greedy) = (Slots::new(), NodeId("610-1".into()));
        let mut held: Vec<_> = (0..FILE_TRANSFERS_PER_NODE_MAX).map(|_| slots.take(&greedy).unwrap()).collect();
        assert!(slots.take(&greedy).is_err());
        assert!(slots.take(&NodeId("612-1".into())).is_ok());
        held.pop();
        assert!(slots.take(&greedy).is_ok(), "a place that was given back is free");
    }
}
