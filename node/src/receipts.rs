//! Receipt files: what an officer keeps to prove, years later and to anyone, that the province has
//! received an entry. See `docs/technical/transparent-log.md`.

pub mod file;

use std::collections::HashMap;

use bytes::Bytes;
use keng_desk::Told;
use keng_desk::folder::Keys;
use keng_domain::id::Incarnation;
use keng_proto::sync_client::SyncClient;
use keng_proto::{Inclusion, ProofReply, ProofRequest, TreeHead};
use keng_store::owner::Owner;
use keng_store::receipts::{Acknowledged, Which};
use keng_store::{Store, StoreError};
use keng_sync::head::PublicKey;
use keng_sync::limits::{MESSAGE_BYTES_MAX, PROOFS_MAX};
use keng_sync::merkle::proof::read_proof;
use keng_sync::receipt::{Holding, verify};
use keng_sync::session::Epoch;
use keng_sync::session::client::KnownTree;
use prost::Message;
use tonic::Code;

use self::file::{EntryLine, FORMAT, ReceiptFile};
use crate::link;
use crate::sync::{self, SyncFault};

/// Composes the file for these entries: the receipts are here, the proofs come from the hub.
///
/// # Errors
/// Without a link; when nothing has a receipt yet; when the hub cannot prove what it has signed.
pub async fn compose(owner: &Owner, which: Which) -> Result<ReceiptFile, Told> {
    let asker = owner.call(move |store| Ok(Asker::of(store, which))).await??;
    let tls = link::enrolled(&asker.keys)?;
    let (channel, _) = link::dial(&asker.address, tls).await.map_err(|e| told(&sync::dial_fault(&e)))?;
    let mut client = SyncClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let mut holdings = Vec::with_capacity(asker.entries.len());
    let mut head = None;
    for part in asker.entries.chunks(PROOFS_MAX) {
        let reply = asker.ask(&mut client, part, head.as_ref()).await?;
        let in_log = match (&head, &reply.tree_head) {
            (Some(head), _) => head,
            (None, Some(shown)) => head.insert(believe(owner, &asker, shown.clone(), &reply.consistency).await?),
            (None, None) => return Err(cannot_prove()),
        };
        if reply.inclusions.len() != part.len() {
            return Err(cannot_prove());
        }
        for (entry, inclusion) in part.iter().zip(&reply.inclusions) {
            let holding = holding(entry, inclusion).ok_or_else(cannot_prove)?;
            verify(&holding, &entry.receipt, in_log, &asker.hub).map_err(|why| {
                tracing::error!(lsn = %entry.lsn, "the hub cannot prove what it has acknowledged: {why}");
                cannot_prove()
            })?;
            holdings.push(holding);
        }
    }
    let head = head.ok_or_else(nothing_acknowledged)?;
    Ok(asker.file(&head, &holdings))
}

/// What is asked for, and by whom.
struct Asker {
    keys: Keys,
    address: String,
    hub: PublicKey,
    epoch: Epoch,
    incarnation: Incarnation,
    known: KnownTree,
    entries: Vec<Acknowledged>,
    labels: [String; 3],
}

impl Asker {
    fn of(store: &Store, which: Which) -> Result<Self, Told> {
        let entries = store.acknowledged_entries(which)?;
        if entries.is_empty() {
            return Err(nothing_acknowledged());
        }
        let me = store.identity();
        Ok(Self {
            keys: Keys::of(store.folder()),
            address: store.meta(sync::HUB_ADDRESS)?.ok_or_else(|| StoreError::Damaged(sync::HUB_ADDRESS.to_owned()))?,
            hub: sync::hub_key(store)?,
            epoch: store.epoch()?,
            incarnation: me.incarnation,
            known: KnownTree::new(store.tree_head()?),
            entries,
            labels: [me.province.to_string(), me.unit.to_string(), me.node.to_string()],
        })
    }

    async fn ask(
        &self,
        client: &mut SyncClient<link::Channel>,
        entries: &[Acknowledged],
        within: Option<&TreeHead>,
    ) -> Result<ProofReply, Told> {
        let request = ProofRequest {
            incarnation: Bytes::copy_from_slice(&self.incarnation.0),
            epoch: Bytes::copy_from_slice(&self.epoch),
            lsns: entries.iter().map(|entry| entry.lsn.0).collect(),
            tree_size: within.map_or(0, |head| head.size),
            known_size: self.known.of_epoch(&self.epoch).map_or(0, |head| head.size),
        };
        client.proof(request).await.map(tonic::Response::into_inner).map_err(|status| match status.code() {
            Code::FailedPrecondition => Told::new(
                "Trạm tỉnh đã mở một kỳ sổ cái mới.",
                "Dữ liệu vẫn lưu nguyên tại máy.",
                "Hãy đồng bộ (sync --once) rồi xuất biên nhận lại.",
            ),
            Code::Unimplemented => {
                Told::new("Trạm tỉnh dùng bản Kẻng cũ, chưa chứng minh được sổ cái.", "", "Hãy báo quản trị tỉnh.")
            }
            _ => told(&sync::status_fault(&status)),
        })
    }

    fn file(&self, head: &TreeHead, holdings: &[Holding]) -> ReceiptFile {
        let [province, unit, node] = self.labels.clone();
        let mut receipts: Vec<Vec<u8>> = Vec::new();
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        let entries = self.entries.iter().zip(holdings).map(|(entry, holding)| {
            let message = entry.receipt.encode_to_vec();
            let receipt = *places.entry(message).or_insert_with_key(|message| {
                receipts.push(message.clone());
                receipts.len() - 1
            });
            EntryLine::of(holding, receipt)
        });
        let entries = entries.collect();
        ReceiptFile {
            format: FORMAT.to_owned(),
            province,
            unit,
            node,
            hub_public_key: hex::encode(self.hub.as_bytes()),
            tree_head: file::to_base64(&head.encode_to_vec()),
            receipts: receipts.iter().map(|receipt| file::to_base64(receipt)).collect(),
            entries,
        }
    }
}

/// Holds a tree head against the one that was kept, as a session does; one that does not continue
/// it is evidence.
async fn believe(owner: &Owner, asker: &Asker, shown: TreeHead, proof: &[Bytes]) -> Result<TreeHead, Told> {
    let mut known = asker.known.clone();
    match known.take(&shown, proof, &asker.hub) {
        Ok(()) => {
            let head = shown.clone();
            owner.call(move |store| store.keep_tree_head(&head)).await?;
            Ok(shown)
        }
        Err(reason) => {
            if let Some(evidence) = known.evidence() {
                owner.call(move |store| store.keep_evidence(&evidence, keng_desk::clock::now_ms())).await?;
            }
            Err(told(&SyncFault::Session(reason)))
        }
    }
}

fn holding(entry: &Acknowledged, inclusion: &Inclusion) -> Option<Holding> {
    Some(Holding {
        feed: entry.feed.clone(),
        seq: entry.seq,
        hash: entry.hash,
        lsn: entry.lsn,
        received_at_ms: inclusion.received_at_ms,
        inclusion: read_proof(&inclusion.hashes).ok()?,
    })
}

fn told(fault: &SyncFault) -> Told {
    tracing::info!("receipts: {fault}");
    Told::new(fault.in_vietnamese(), "Dữ liệu vẫn lưu nguyên tại máy.", "")
}

fn nothing_acknowledged() -> Told {
    Told::refused("Chưa có mục nào như vậy được tỉnh ký biên nhận. Hãy đồng bộ trước (sync --once).")
}

fn cannot_prove() -> Told {
    Told::new(
        "Trạm tỉnh không chứng minh được rằng sổ cái có đủ các mục mà trạm đã ký biên nhận.",
        "Dữ liệu và biên nhận vẫn nguyên tại máy; chưa ghi tệp nào.",
        "Hãy giữ nguyên thư mục dữ liệu và báo quản trị.",
    )
}
