//! Bundles at a node: what a session would send goes into a file, and the hub's return file brings
//! receipts and the entries of others.

mod import;

use std::path::Path;

use bytes::Bytes;
use keng_desk::bundle::out::{Out, Plan};
use keng_desk::bundle::{Exported, Tell};
use keng_desk::folder::{Keys, random};
use keng_desk::seal::Recipient;
use keng_desk::{Told, clock, life, program};
use keng_domain::id::Lsn;
use keng_proto::BundleHeader;
use keng_store::Store;
use keng_sync::batch::{BatchEntry, split};
use keng_sync::bundle::Piece;
use keng_sync::head::{SigningKey, feed_head};
use keng_sync::limits::BATCH_BYTES_MAX;
use keng_sync::push;

pub use self::import::import;
use crate::sync::{SEAL_RECIPIENT, hub_key};

/// Read from the outbox at once: memory stays bounded however much waits.
const READ_BYTES_MAX: usize = 4 * BATCH_BYTES_MAX;

/// How to export.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The largest file; without it there is one.
    pub file_bytes_max: Option<u64>,
    /// Not sealed: whoever finds the stick can read it.
    pub open: bool,
}

/// Writes all own entries without a receipt, as a session would push them, for the hub.
///
/// # Errors
/// In words; then no file is left behind.
pub fn export(store: &Store, to: &Path, options: Options, tell: Tell<'_>) -> Result<Exported, Told> {
    let keys = Keys::of(store.folder());
    let key = keys.signing_key_of(store.present_life()?)?;
    let seal = if options.open { None } else { Some(recipient(store)?) };
    let plan = Plan {
        to: to.to_owned(),
        file_bytes_max: options.file_bytes_max,
        seal,
        key: key.clone(),
        header: header(store)?,
    };
    let sealed = plan.seal.is_some();
    let total = store.pending()?.bytes;
    let mut out = Out::begin(plan)?;
    let (mut read_to, mut entries) = (0, 0);
    loop {
        let (found, more) = store.outbox(read_to, READ_BYTES_MAX)?;
        read_to = found.last().map_or(read_to, |(position, _)| *position);
        let waiting: Vec<BatchEntry> =
            found.into_iter().map(|(_, entry)| BatchEntry { entry, lsn: Lsn(0), received_at_ms: 0 }).collect();
        // One push is one author's: lives that ended stand before the present one.
        let author = |entry: &BatchEntry| entry.entry.feed.incarnation;
        for run in waiting.chunk_by(|a, b| author(a) == author(b)) {
            let key = keys.signing_key_of(author(&run[0]))?;
            for batch in split(run) {
                put(&mut out, batch, &key)?;
            }
        }
        entries += waiting.len() as u64;
        tell(out.bytes(), total);
        if !more {
            break;
        }
    }
    let (files, bytes) = out.finish()?;
    Ok(Exported { files, entries, receipts: 0, bytes, sealed })
}

/// A batch that fits in no file of the size asked for is cut in two.
fn put(out: &mut Out, batch: &[BatchEntry], key: &SigningKey) -> Result<(), Told> {
    let Some(first) = batch.first() else { return Ok(()) };
    let push = push::make(batch, key, first.entry.feed.incarnation, clock::now_ms());
    match out.put(Piece::Push(push))? {
        Ok(()) => Ok(()),
        Err(_) if batch.len() > 1 => {
            let (left, right) = batch.split_at(batch.len() / 2);
            put(out, left, key)?;
            put(out, right, key)
        }
        Err(too_large) => Err(Told::new(
            format!("Có một lần ghi cần {} byte, không vừa một tệp.", too_large.bytes),
            "Chưa xuất được gì; dữ liệu trên máy giữ nguyên.",
            "Hãy tăng --max-size.",
        )),
    }
}

fn header(store: &Store) -> Result<BundleHeader, Told> {
    let id = store.identity();
    let present = store.present_life()?;
    let introduction = match store.needs_introduction()? {
        true => Some(match store.introduction()? {
            Some(introduction) => introduction,
            None => life::present_first(&Keys::of(store.folder()).signing_key_of(present)?, present, clock::now_ms()),
        }),
        false => None,
    };
    let epoch = store.meta("epoch")?.is_some().then(|| store.epoch()).transpose()?;
    let heads = store.acknowledged()?;
    Ok(BundleHeader {
        from_hub: false,
        node: id.node.to_string(),
        unit: id.unit.to_string(),
        incarnation: Bytes::copy_from_slice(&present.0),
        hub_public_key: Bytes::copy_from_slice(hub_key(store)?.as_bytes()),
        epoch: epoch.map(|epoch| Bytes::copy_from_slice(&epoch)).unwrap_or_default(),
        cursor: store.cursor()?.0,
        created_at_ms: clock::now_ms(),
        export: Bytes::copy_from_slice(&random::<16>()),
        heads: heads.iter().map(|(scope, seq, hash)| feed_head(scope, *seq, hash)).collect(),
        software: program::software("keng-node"),
        introduction,
        ..BundleHeader::default()
    })
}

/// Whether a bundle can be sealed.
///
/// # Errors
/// When the store cannot be read.
pub fn can_seal(store: &Store) -> Result<bool, keng_store::StoreError> {
    Ok(store.meta(SEAL_RECIPIENT)?.is_some_and(|r| r.parse::<Recipient>().is_ok()))
}

fn recipient(store: &Store) -> Result<Recipient, Told> {
    store.meta(SEAL_RECIPIENT)?.and_then(|r| r.parse().ok()).ok_or_else(|| {
        Told::new(
            "Máy này chưa có khóa niêm phong của tỉnh nên chưa niêm phong được gói.",
            "Chưa xuất gì.",
            "Hãy nhập một gói trả về của tỉnh để nhận khóa, hoặc xuất gói để ngỏ bằng --open và giữ USB cẩn thận.",
        )
    })
}
