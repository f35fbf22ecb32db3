//! A file on its way in: frame by frame to the disk, durable chunk by chunk, then the receipt.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use keng_desk::clock;
use keng_domain::document::FileHash;
use keng_domain::id::NodeId;
use keng_proto::{BlobFrame, BlobProgress};
use keng_store::StoreError;
use keng_store::blobs::abandoned::Part as Stale;
use keng_store::blobs::files::{Files, FrameFault, Partial};
use keng_sync::blob::File;
use keng_sync::limits::{FILE_CONFIRM_BYTES, NODE_FILE_BYTES_MAX};
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use super::{BlobService, IDLE_MAX, blocking, internal};
use crate::session::Peer;

/// What has come of one file from one node; `None` once it was whole.
type Part = Mutex<Option<Partial>>;

/// The parts that are open, by file and node.
type Open = HashMap<(FileHash, NodeId), Weak<Part>>;

/// Files that are being brought now. A node that comes back before the hub has noticed that its
/// old line is dead goes on in the same part: each frame must be the next one, whoever brings it.
#[derive(Clone, Default)]
pub(super) struct Arriving(Arc<Mutex<Open>>);

impl Arriving {
    /// How much has come of a file that is being brought now.
    pub(super) fn have(&self, file: &File, node: &NodeId) -> Option<u64> {
        let part = self.find(file, node)?;
        let part = part.lock().unwrap_or_else(PoisonError::into_inner);
        part.as_ref().map(Partial::have)
    }

    /// Removes a part that nobody has open; `false` when somebody has, or it was touched meanwhile.
    pub(super) fn remove(&self, files: &Files, part: &Stale) -> Result<bool, StoreError> {
        // Held until it is gone: nobody opens it in between.
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (part.hash, NodeId(part.node.clone()));
        if open.get(&key).is_some_and(|part| part.strong_count() > 0) {
            return Ok(false);
        }
        files.remove_part(part)
    }

    fn find(&self, file: &File, node: &NodeId) -> Option<Arc<Part>> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&(file.hash, node.clone()))?.upgrade()
    }

    /// The part of a file, opened when nobody has it open. Blocks on the disk.
    fn open(&self, files: &Files, file: File, node: &NodeId, durable: u64) -> Result<Arc<Part>, StoreError> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, part| part.strong_count() > 0);
        let key = (file.hash, node.clone());
        if let Some(part) = open.get(&key).and_then(Weak::upgrade)
            && part.lock().unwrap_or_else(PoisonError::into_inner).is_some()
        {
            return Ok(part);
        }
        let part = Arc::new(Mutex::new(Some(files.partial(file, &node.0, durable)?)));
        open.insert(key, Arc::downgrade(&part));
        Ok(part)
    }
}

/// What a frame has brought about.
struct Written {
    have: u64,
    durable: u64,
    synced: bool,
    whole: Option<Partial>,
}

/// One upload.
struct Upload<'a> {
    service: &'a BlobService,
    peer: Peer,
    file: File,
    part: Arc<Part>,
}

impl BlobService {
    /// Takes one upload in, to its end or to the end of the line.
    pub(super) async fn receive(
        &self,
        peer: Peer,
        mut incoming: Streaming<BlobFrame>,
        out: &mpsc::Sender<Result<BlobProgress, Status>>,
    ) -> Result<(), Status> {
        let Some(first) = next(&mut incoming).await? else { return Ok(()) };
        let (peer, file) = self.admit(Some(peer), &first.file.clone().unwrap_or_default()).await?;
        let standing = self.standing(&peer, file).await?;
        if standing.receipt.is_some() {
            return tell(out, BlobProgress { have: file.bytes, receipt: standing.receipt }).await;
        }
        let upload = self.begin(peer, file).await?;
        let outcome = upload.run(standing.have, first, &mut incoming, out).await;
        upload.keep().await;
        self.desk.hub.touched();
        outcome
    }

    async fn begin(&self, peer: Peer, file: File) -> Result<Upload<'_>, Status> {
        let node = peer.node.clone();
        let (brought, durable, files) = self
            .desk
            .hub
            .reader
            .call(move |s| Ok((s.bytes_brought(&node, &file.hash)?, s.arrived(&file, &node.0)?, s.files())))
            .await
            .map_err(|e| internal(&e))?;
        if brought + file.bytes > NODE_FILE_BYTES_MAX {
            return Err(Status::resource_exhausted("NODE_FULL"));
        }
        let (arriving, node) = (self.arriving.clone(), peer.node.clone());
        let part = blocking(move || arriving.open(&files, file, &node, durable)).await?;
        Ok(Upload { service: self, peer, file, part })
    }
}

impl Upload<'_> {
    async fn run(
        &self,
        mut have: u64,
        first: BlobFrame,
        incoming: &mut Streaming<BlobFrame>,
        out: &mpsc::Sender<Result<BlobProgress, Status>>,
    ) -> Result<(), Status> {
        let mut told = have;
        let mut frame = Some(first).filter(|f| !f.data.is_empty());
        let mut stopping = self.service.desk.stopping.clone();
        loop {
            if let Some(BlobFrame { from, data, .. }) = frame {
                let written = self.write(from, data).await?;
                if written.synced {
                    self.note(written.durable).await?;
                }
                if let Some(whole) = written.whole {
                    return self.finish(whole, out).await;
                }
                have = written.have;
                if have.saturating_sub(told) >= FILE_CONFIRM_BYTES {
                    told = have;
                    tell(out, BlobProgress { have, receipt: None }).await?;
                }
            }
            frame = tokio::select! {
                frame = next(incoming) => frame?,
                Ok(_) = stopping.wait_for(|stop| *stop) => return Err(Status::unavailable("SHUTTING_DOWN")),
            };
            if frame.is_none() {
                // The node has ended for now, and may want to know how far it got.
                return tell(out, BlobProgress { have, receipt: None }).await;
            }
        }
    }

    async fn write(&self, from: u64, data: Bytes) -> Result<Written, Status> {
        let part = self.part.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(open) = part.as_mut() else { return Ok(None) };
            let synced = open.append(from, &data)?;
            let (have, durable) = (open.have(), open.durable());
            let whole = if open.is_whole() { part.take() } else { None };
            Ok::<_, FrameFault>(Some(Written { have, durable, synced, whole }))
        });
        match written.await.map_err(|e| internal(&e))? {
            Ok(Some(written)) => Ok(written),
            // Another line of the same node has brought the last byte meanwhile.
            Ok(None) => Err(Status::failed_precondition("OUT_OF_PLACE")),
            Err(FrameFault::Refused(e)) => Err(Status::failed_precondition(format!("{}: {e}", e.code()))),
            Err(FrameFault::Store(e)) => Err(internal(&e)),
        }
    }

    async fn note(&self, durable: u64) -> Result<(), Status> {
        let (file, node) = (self.file, self.peer.node.0.clone());
        let noted = self.service.desk.hub.writer.call(move |s| s.note_arrived(&file, &node, durable, clock::now_ms()));
        noted.await.map_err(|e| internal(&e))
    }

    /// The last byte has come: verified, it gets its name and its receipt; what is not what was
    /// offered is not kept.
    async fn finish(&self, whole: Partial, out: &mpsc::Sender<Result<BlobProgress, Status>>) -> Result<(), Status> {
        match tokio::task::spawn_blocking(move || whole.finish()).await.map_err(|e| internal(&e))? {
            Ok(()) => {}
            Err(StoreError::FileDamaged(hash)) => {
                tracing::warn!(node = %self.peer.node, %hash, "a file came whose content is another one");
                self.note(0).await?;
                return Err(Status::data_loss("WRONG_CONTENT"));
            }
            Err(e) => return Err(internal(&e)),
        }
        let (file, node) = (self.file, self.peer.node.0.clone());
        let hub = &self.service.desk.hub;
        let (parts, files) = hub
            .writer
            .call(move |s| Ok((s.file_is_here(&file, &node, clock::now_ms())?, s.files())))
            .await
            .map_err(|e| internal(&e))?;
        // Parts that other nodes were bringing of the same file are not needed any more.
        blocking(move || parts.iter().try_for_each(|node| files.forget_partial(&file, node))).await?;
        let receipt = self.service.receipt(self.file).await?;
        tell(out, BlobProgress { have: self.file.bytes, receipt }).await
    }

    /// The line is gone: what has come stays, and is known to be on the disk.
    async fn keep(&self) {
        let part = self.part.clone();
        let durable = blocking(move || {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(open) = part.as_mut() else { return Ok(None) };
            open.sync()?;
            Ok(Some(open.durable()))
        });
        // What could not be made sure of is sent again; the fault is in the log.
        if let Ok(Some(durable)) = durable.await {
            let _ = self.note(durable).await;
        }
    }
}

/// The next frame; `None` when the peer has ended or its line broke.
async fn next(incoming: &mut Streaming<BlobFrame>) -> Result<Option<BlobFrame>, Status> {
    match tokio::time::timeout(IDLE_MAX, incoming.message()).await {
        Ok(Ok(frame)) => Ok(frame),
        Ok(Err(_)) => Ok(None),
        Err(_) => Err(Status::deadline_exceeded("IDLE")),
    }
}

/// Tells the peer how far its file is; a peer that does not read is not waited for.
async fn tell(out: &mpsc::Sender<Result<BlobProgress, Status>>, progress: BlobProgress) -> Result<(), Status> {
    match tokio::time::timeout(IDLE_MAX, out.send(Ok(progress))).await {
        Ok(_) => Ok(()),
        Err(_) => Err(Status::deadline_exceeded("IDLE")),
    }
}

#[cfg(test)]
mod tests {
    use keng_domain::document::FileHash;
    use keng_domain::id::NodeId;
    use keng_store::blobs::abandoned::Part;
    use keng_store::blobs::files::Files;
    use keng_sync::blob::File;

    use super::Arriving;

    #[test]
    fn a_part_that_is_being_brought_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (arriving, files) = (Arriving::default(), Files::of(folder.path()));
        let (file, node) = (File { hash: FileHash([3; 32]), bytes: 100 }, NodeId("610-1".into()));
        let open = arriving.open(&files, file, &node, 0).unwrap();
        let path = folder.path().join(format!("blobs/partial/{}.610-1", file.hash));
        let touched = path.metadata().unwrap().modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
        let part =
            Part { hash: file.hash, node: node.0, touched_ms: i64::try_from(touched.as_millis()).unwrap(), bytes: 0 };
        assert!(!arriving.remove(&files, &part).unwrap() && path.exists());
        drop(open);
        assert!(arriving.remove(&files, &part).unwrap() && !path.exists());
    }
}
