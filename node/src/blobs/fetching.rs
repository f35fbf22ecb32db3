//! A file comes back from the hub: verified on arrival, going on where the last attempt ended.

use std::time::Duration;

use keng_desk::clock;
use keng_domain::document::FileHash;
use keng_proto::BlobFetch;
use keng_store::StoreError;
use keng_store::blobs::files::{FrameFault, Partial};
use keng_store::owner::Owner;
use keng_sync::blob::File;
use tonic::Streaming;

use super::{FileFault, Line, status_fault};
use crate::sync::SyncFault;

/// A hub that sends nothing for so long is away.
const FRAME_MAX: Duration = Duration::from_secs(60);

/// What has come waits in no queue: a frame is written before the next is read. Frames gathered
/// for one write; the disk likes it better, and a cut loses none of them.
const GATHER: usize = 16;

/// Keys fetched in one go; more follow with the next.
const KEYS_AT_ONCE: usize = 100;

/// Makes sure that a file is in this data folder; fetches it from the hub when it is not.
/// `tell` hears how many bytes have come.
///
/// # Errors
/// [`StoreError::NoFile`] for a file that no document names; [`FileFault`] when it cannot come:
/// what has come stays, and the next attempt goes on there.
pub async fn fetch(store: &Owner, hash: FileHash, mut tell: impl FnMut(u64)) -> Result<File, FileFault> {
    let (file, files) =
        store.call(move |s| Ok((s.file_named(&hash)?.ok_or(StoreError::NoFile(hash))?.0, s.files()))).await?;
    let look = files.clone();
    let sound = blocking(move || {
        let sound = look.verify(&file)?;
        if !sound {
            look.set_aside(&hash)?;
        }
        Ok(sound)
    });
    if sound.await? {
        return Ok(file);
    }
    // It stood in the table and is not in the folder: a word that was wrong is taken back first.
    store.call(move |s| if s.file_place(&file)?.here { s.file_is_gone(&hash) } else { Ok(()) }).await?;
    let durable = store.call(move |s| s.arrived(&file, "")).await?;
    let mut line = Line::open(store).await?;
    let mut partial = blocking(move || files.partial(file, "", durable)).await?;
    if !partial.is_whole() {
        let request = BlobFetch { file: Some(line.offer(&file)), from: partial.have() };
        let mut incoming = match line.client.fetch(request).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => {
                let fault = status_fault(&file, &status);
                if matches!(&fault, FileFault::Refused { code, .. } if code == "NO_FILE") {
                    store.call(move |s| s.hub_lost_file(&hash)).await?;
                }
                return Err(fault);
            }
        };
        let (back, came) = receive(file, partial, &mut incoming, &mut tell).await?;
        partial = back;
        let durable = partial.durable();
        store.call(move |s| s.note_arrived(&file, "", durable, clock::now_ms())).await?;
        came?;
    }
    match blocking(move || partial.finish()).await {
        Ok(()) => {}
        Err(e) => {
            store.call(move |s| s.note_arrived(&file, "", 0, clock::now_ms())).await?;
            return Err(e.into());
        }
    }
    store.call(move |s| s.file_is_here(&file, "", clock::now_ms())).await?;
    Ok(file)
}

/// Fetches the keys of persons that the hub has and this machine lacks: without them the officer sees
/// records without names. Returns how many came.
///
/// # Errors
/// As [`fetch`]; those that came before stay.
pub async fn fetch_keys(store: &Owner) -> Result<usize, FileFault> {
    let keys = store.call(|s| s.keys_at_hub(KEYS_AT_ONCE)).await?;
    for key in &keys {
        fetch(store, key.hash, |_| {}).await?;
    }
    Ok(keys.len())
}

/// Takes frames until the file is whole or the line breaks. The part comes back either way, with
/// everything that came durable in it.
async fn receive(
    file: File,
    mut partial: Partial,
    incoming: &mut Streaming<keng_proto::BlobFrame>,
    tell: &mut impl FnMut(u64),
) -> Result<(Partial, Result<(), FileFault>), FileFault> {
    let mut frames = Vec::with_capacity(GATHER);
    let came = loop {
        let next = tokio::time::timeout(FRAME_MAX, incoming.message()).await;
        let ended = match next {
            Ok(Ok(Some(frame))) => {
                frames.push(frame);
                None
            }
            Ok(Ok(None)) => Some(Ok(())),
            Ok(Err(status)) => Some(Err(status_fault(&file, &status))),
            Err(_) => Some(Err(SyncFault::NoLink("the hub sends nothing".to_owned()).into())),
        };
        if ended.is_none() && frames.len() < GATHER {
            continue;
        }
        let gathered = std::mem::replace(&mut frames, Vec::with_capacity(GATHER));
        let write = move || {
            let written = gathered.iter().try_for_each(|f| partial.append(f.from, &f.data).map(|_| ()));
            (partial, written)
        };
        let (back, written) = tokio::task::spawn_blocking(write).await.map_err(|_| StoreError::Closing)?;
        partial = back;
        tell(partial.have());
        if let Err(fault) = written {
            break Err(frame_fault(&file, fault));
        }
        match ended {
            None if partial.is_whole() => break Ok(()),
            None => {}
            Some(Ok(())) if partial.is_whole() => break Ok(()),
            Some(Ok(())) => break Err(SyncFault::NoLink("the hub ended before the file did".to_owned()).into()),
            Some(Err(fault)) => break Err(fault),
        }
    };
    let sync = move || {
        let synced = partial.sync();
        (partial, synced)
    };
    let (partial, synced) = tokio::task::spawn_blocking(sync).await.map_err(|_| StoreError::Closing)?;
    synced?;
    Ok((partial, came))
}

fn frame_fault(file: &File, fault: FrameFault) -> FileFault {
    match fault {
        FrameFault::Refused(e) => FileFault::Refused { hash: file.hash, code: e.code().to_owned() },
        FrameFault::Store(e) => e.into(),
    }
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(act).await.map_err(|_| StoreError::Closing)?
}
