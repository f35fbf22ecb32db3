//! One connection on which waiting files go up: after the figures, within the budget, each going
//! on where the hub's part of it ends.

use std::io::SeekFrom;
use std::time::{Duration, Instant};

use bytes::Bytes;
use keng_desk::clock;
use keng_domain::document::FileHash;
use keng_proto::{BlobFrame, BlobProgress};
use keng_store::owner::Owner;
use keng_sync::blob::{Departure, File};
use keng_sync::limits::{FILE_CHUNK_BYTES, FILE_FRAME_BYTES, FILE_WINDOW_BYTES};
use tokio::io::{AsyncReadExt, AsyncSeekExt, BufReader};
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use super::{FileFault, Line, status_fault};
use crate::sync::SyncFault;

/// Files looked up at once; the rest follow on the same connection.
const FILES_AT_ONCE: usize = 64;

/// Files of other machines that the hub is asked about on one connection: a hundred bytes each.
const QUESTIONS_MAX: usize = 200;

/// A hub that confirms nothing for so long is away: a window takes 8 s at 64 kbit/s.
const CONFIRM_MAX: Duration = Duration::from_secs(60);

/// How often a sender looks whether an officer has saved figures meanwhile; on a slow link half
/// a frame passes in that time.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Bytes read from the disk at once.
const READ_BYTES: usize = 64 * 1024;

/// Frames that wait for the connection: as many as a window holds.
const FRAMES_WAITING_MAX: usize = (FILE_WINDOW_BYTES as usize).div_ceil(FILE_FRAME_BYTES) + 1;

/// The reason, beside those of the hub, why a file did not go: the own copy is damaged.
pub const DAMAGED_HERE: &str = "DAMAGED_HERE";

/// How a sender behaves beside the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Stops as soon as figures wait: they go first.
    Yielding,
    /// Goes on: the figures have just been sent, and a person waits.
    Staying,
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nothing is left to send.
    Done,
    /// Figures wait.
    FiguresFirst,
    /// What may go on one connection has gone.
    ConnectionSpent,
    /// What may go in this hour has gone.
    HourSpent,
}

/// What happened on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Files for which a receipt came.
    pub files: u64,
    /// Bytes of files that the hub took.
    pub bytes: u64,
    /// Bytes on the wire, TLS included.
    pub wire_bytes: u64,
    /// Why it ended.
    pub ended: Ended,
    /// Files that the hub did not take, each with the reason; they block none of the others.
    pub refused: Vec<(FileHash, String)>,
}

impl Sent {
    fn nothing() -> Self {
        Self { files: 0, bytes: 0, wire_bytes: 0, ended: Ended::Done, refused: Vec::new() }
    }
}

/// Sends waiting files on one connection; with `ask`, the hub is also asked about files that
/// other machines have added. Dials only when there is something to do.
///
/// # Errors
/// [`FileFault`]; what the hub has confirmed until then it keeps, and the next connection goes
/// on there. `tell` hears of every confirmation: bytes taken in all.
pub async fn send(store: &Owner, manner: Manner, ask: bool, mut tell: impl FnMut(u64)) -> Result<Sent, FileFault> {
    let questions = if ask { QUESTIONS_MAX } else { 0 };
    let (waiting, unheard) = store.call(move |s| Ok((s.files_waiting(1)?, s.files_unheard_of(questions)?))).await?;
    if waiting.is_empty() && unheard.is_empty() {
        return Ok(Sent::nothing());
    }
    let (budget, per_connection) = store.call(|s| s.allowance().map(|a| (a.budget, a.per_connection))).await?;
    let in_hour = budget.left(clock::now_ms());
    if in_hour == 0 && unheard.is_empty() {
        return Ok(Sent { ended: Ended::HourSpent, ..Sent::nothing() });
    }
    let line = Line::open(store).await?;
    let mut sender = Sender {
        store: store.clone(),
        line,
        manner,
        left: in_hour.min(per_connection),
        looked: Instant::now(),
        sent: Sent::nothing(),
    };
    for file in unheard {
        sender.ask(file).await?;
    }
    sender.all(&mut tell).await?;
    if sender.sent.ended == Ended::ConnectionSpent && in_hour <= per_connection {
        sender.sent.ended = Ended::HourSpent;
    }
    sender.sent.wire_bytes = sender.line.wire.sent();
    Ok(sender.sent)
}

struct Sender {
    store: Owner,
    line: Line,
    manner: Manner,
    /// Bytes that may still go on this connection.
    left: u64,
    looked: Instant,
    sent: Sent,
}

/// What became of one file.
enum Outcome {
    Received,
    Stopped(Ended),
}

impl Sender {
    /// Asks the hub about a file that is not here.
    async fn ask(&mut self, file: File) -> Result<(), FileFault> {
        match self.line.client.offer(self.line.offer(&file)).await {
            Ok(standing) => {
                let standing = standing.into_inner();
                match standing.receipt {
                    Some(receipt) => self.line.keep_receipt(&self.store, file, receipt).await,
                    None => Ok(()),
                }
            }
            Err(status) => match status_fault(&file, &status) {
                FileFault::Refused { .. } => Ok(()),
                fault => Err(fault),
            },
        }
    }

    async fn all(&mut self, tell: &mut impl FnMut(u64)) -> Result<(), FileFault> {
        let mut put_off: Vec<FileHash> = Vec::new();
        loop {
            let skipped = put_off.len();
            let waiting = self.store.call(move |s| s.files_waiting(FILES_AT_ONCE + skipped)).await?;
            let Some(file) = waiting.into_iter().find(|f| !put_off.contains(&f.hash)) else { return Ok(()) };
            match self.one(file, tell).await {
                Ok(Outcome::Received) => self.sent.files += 1,
                Ok(Outcome::Stopped(ended)) => {
                    self.sent.ended = ended;
                    return Ok(());
                }
                // One file that cannot go must not keep the others.
                Err(FileFault::Refused { hash, code }) => {
                    tracing::warn!(%hash, code, "the hub did not take a file");
                    let here = code == "WRONG_CONTENT" && !self.is_sound(file).await?;
                    self.sent.refused.push((hash, if here { DAMAGED_HERE.to_owned() } else { code }));
                    put_off.push(hash);
                }
                Err(FileFault::Store(keng_store::StoreError::FileDamaged(hash))) => {
                    self.is_sound(file).await?;
                    self.sent.refused.push((hash, DAMAGED_HERE.to_owned()));
                    put_off.push(hash);
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Whether the own copy is what its name says; one that is not is no copy any more.
    async fn is_sound(&self, file: File) -> Result<bool, FileFault> {
        let files = self.store.call(|s| Ok(s.files())).await?;
        let look = move || {
            let sound = files.verify(&file)?;
            if !sound {
                files.set_aside(&file.hash)?;
            }
            Ok::<_, keng_store::StoreError>(sound)
        };
        let looked = tokio::task::spawn_blocking(look).await;
        let sound = looked.map_err(|_| keng_store::StoreError::Closing)??;
        if !sound {
            tracing::error!(hash = %file.hash, "a file is missing or damaged in the data folder");
            self.store.call(move |s| s.file_is_gone(&file.hash)).await?;
        }
        Ok(sound)
    }

    async fn one(&mut self, file: File, tell: &mut impl FnMut(u64)) -> Result<Outcome, FileFault> {
        let standing = self.line.client.offer(self.line.offer(&file)).await.map_err(|s| status_fault(&file, &s))?;
        let standing = standing.into_inner();
        if let Some(receipt) = standing.receipt {
            // Another record, or another unit, has the same file: not a byte of it goes again.
            self.line.keep_receipt(&self.store, file, receipt).await?;
            return Ok(Outcome::Received);
        }
        self.note(file, standing.have).await?;
        if self.left == 0 {
            return Ok(Outcome::Stopped(Ended::ConnectionSpent));
        }
        let departure = Departure::new(file.bytes, standing.have, self.left);
        let mut upload = Upload::begin(self, file, departure).await?;
        let outcome = upload.run(tell).await;
        upload.settle().await?;
        outcome
    }

    async fn note(&self, file: File, have: u64) -> Result<(), FileFault> {
        Ok(self.store.call(move |s| s.note_hub_has(&file, have, clock::now_ms())).await?)
    }

    /// Whether figures wait; asked a few times a second at most.
    async fn must_yield(&mut self) -> Result<bool, FileFault> {
        if self.manner == Manner::Staying || self.looked.elapsed() < LOOK_EVERY {
            return Ok(false);
        }
        self.looked = Instant::now();
        Ok(self.store.call(|s| s.pending()).await?.entries > 0)
    }
}

/// Each frame goes out by itself: of several joined into one, a cut would lose them all.
async fn alone(frame: BlobFrame) -> BlobFrame {
    tokio::task::yield_now().await;
    frame
}

/// One file on its way.
struct Upload<'s> {
    sender: &'s mut Sender,
    file: File,
    departure: Departure,
    reader: BufReader<tokio::fs::File>,
    /// `None` when no more frames will follow on this connection.
    out: Option<mpsc::Sender<BlobFrame>>,
    incoming: Streaming<BlobProgress>,
    /// Bytes given out that the budget does not know of yet.
    unspent: u64,
    noted: u64,
    began: u64,
}

impl<'s> Upload<'s> {
    async fn begin(sender: &'s mut Sender, file: File, departure: Departure) -> Result<Self, FileFault> {
        let damaged = |_| keng_store::StoreError::FileDamaged(file.hash);
        let path = sender.store.call(move |s| Ok(s.files().path(&file.hash))).await?;
        let mut handle = tokio::fs::File::open(path).await.map_err(damaged)?;
        handle.seek(SeekFrom::Start(departure.have())).await.map_err(damaged)?;
        let (out, frames) = mpsc::channel(FRAMES_WAITING_MAX);
        let first = BlobFrame { file: Some(sender.line.offer(&file)), from: departure.have(), data: Bytes::new() };
        // The channel is new and holds more than one frame.
        let _ = out.try_send(first);
        let frames = ReceiverStream::new(frames).then(alone);
        let incoming = sender.line.client.upload(frames).await.map_err(|s| status_fault(&file, &s))?.into_inner();
        let reader = BufReader::with_capacity(READ_BYTES, handle);
        let began = departure.have();
        Ok(Self { sender, file, departure, reader, out: Some(out), incoming, unspent: 0, noted: began, began })
    }

    async fn run(&mut self, tell: &mut impl FnMut(u64)) -> Result<Outcome, FileFault> {
        loop {
            self.fill_window().await?;
            if self.departure.is_spent() {
                return self.stop(Ended::ConnectionSpent, tell).await;
            }
            let Some(progress) = self.next().await? else {
                return Err(SyncFault::NoLink("the hub ended the upload".to_owned()).into());
            };
            if self.take(progress, tell).await? {
                return Ok(Outcome::Received);
            }
            if self.sender.must_yield().await? {
                return self.stop(Ended::FiguresFirst, tell).await;
            }
        }
    }

    /// No more frames: the hub says how far it has come, and nothing under way is lost.
    async fn stop(&mut self, ended: Ended, tell: &mut impl FnMut(u64)) -> Result<Outcome, FileFault> {
        self.out = None;
        while let Some(progress) = self.next().await? {
            if self.take(progress, tell).await? {
                return Ok(Outcome::Received);
            }
        }
        self.note().await?;
        Ok(Outcome::Stopped(ended))
    }

    async fn next(&mut self) -> Result<Option<BlobProgress>, FileFault> {
        match tokio::time::timeout(CONFIRM_MAX, self.incoming.message()).await {
            Ok(Ok(progress)) => Ok(progress),
            Ok(Err(status)) => Err(status_fault(&self.file, &status)),
            Err(_) => Err(SyncFault::NoLink("the hub confirms nothing".to_owned()).into()),
        }
    }

    /// Takes a confirmation; tells whether the receipt came with it.
    async fn take(&mut self, progress: BlobProgress, tell: &mut impl FnMut(u64)) -> Result<bool, FileFault> {
        self.departure.confirmed(progress.have);
        tell(self.sender.sent.bytes + self.departure.have() - self.began);
        if let Some(receipt) = progress.receipt {
            self.sender.line.keep_receipt(&self.sender.store, self.file, receipt).await?;
            return Ok(true);
        }
        if self.departure.have() / FILE_CHUNK_BYTES > self.noted / FILE_CHUNK_BYTES {
            self.note().await?;
        }
        Ok(false)
    }

    async fn fill_window(&mut self) -> Result<(), FileFault> {
        while let Some((from, len)) = self.departure.next() {
            let mut data = vec![0; len];
            let read = self.reader.read_exact(&mut data).await;
            read.map_err(|_| keng_store::StoreError::FileDamaged(self.file.hash))?;
            let frame = BlobFrame { file: None, from, data: data.into() };
            // The queue holds a whole window; when it is full or closed the line is gone.
            let queued = self.out.as_ref().is_some_and(|out| out.try_send(frame).is_ok());
            if !queued {
                return Err(SyncFault::NoLink("the line does not take frames".to_owned()).into());
            }
            self.departure.sent(len);
            self.unspent += len as u64;
        }
        Ok(())
    }

    /// What the officer sees and the budget counts is written once a chunk, not at every frame.
    async fn note(&mut self) -> Result<(), FileFault> {
        self.noted = self.departure.have();
        self.sender.note(self.file, self.noted).await?;
        let spent = std::mem::take(&mut self.unspent);
        Ok(self.sender.store.call(move |s| s.spend(spent, clock::now_ms())).await?)
    }

    /// Whatever happened: the budget and the sums are right.
    async fn settle(mut self) -> Result<(), FileFault> {
        let taken = self.departure.have() - self.began;
        self.sender.sent.bytes += taken;
        self.sender.left = self.sender.left.saturating_sub(taken);
        let spent = std::mem::take(&mut self.unspent);
        self.sender.store.call(move |s| s.spend(spent, clock::now_ms())).await?;
        Ok(())
    }
}
