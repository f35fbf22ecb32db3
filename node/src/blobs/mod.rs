//! Files of documents on their way: to the hub after the figures, and back when asked for.
//!
//! * [`sending`]: one connection on which waiting files go up, within the budget.
//! * [`fetching`]: one file comes back, going on where the last attempt ended.
//! * [`worker`]: sending by itself, whenever figures leave the way free.

pub mod fetching;
pub mod sending;
pub mod worker;

use keng_desk::Told;
use keng_desk::folder::Keys;
use keng_domain::document::FileHash;
use keng_proto::blobs_client::BlobsClient;
use keng_proto::{BlobOffer, BlobReceipt};
use keng_store::owner::Owner;
use keng_store::{Store, StoreError};
use keng_sync::blob::{File, verify_blob_receipt};
use keng_sync::head::PublicKey;
use keng_sync::limits::FILE_FRAME_BYTES;
use tonic::{Code, Status};

use crate::link;
use crate::sync::{HUB_ADDRESS, HUB_PUBLIC_KEY, SyncFault, dial_fault};

/// A frame of a file with its names, with room.
const MESSAGE_BYTES_MAX: usize = 2 * FILE_FRAME_BYTES;

/// Why files did not go, or come. What had arrived stays where it arrived.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// The way to the hub.
    #[error(transparent)]
    Way(#[from] SyncFault),
    /// The hub does not take or give this file, for a reason of its own.
    #[error("file {hash}: {code}")]
    Refused {
        /// The file.
        hash: FileHash,
        /// The reason, as the hub said it.
        code: String,
    },
    /// The hub gave a receipt that it did not sign.
    #[error("the receipt for file {0} is not the hub's")]
    Receipt(FileHash),
    /// The own store or disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FileFault {
    /// Whether trying again later may help without a person.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Way(fault) => fault.is_passing(),
            Self::Refused { code, .. } => {
                matches!(code.as_str(), "OVERLOADED" | "SHUTTING_DOWN" | "OUT_OF_PLACE" | "FAILED" | "IDLE")
            }
            Self::Receipt(_) => false,
            Self::Store(_) => true,
        }
    }

    /// What happened and what to do; that the data are safe is said once, by the caller.
    #[must_use]
    pub fn in_vietnamese(&self) -> String {
        match self {
            Self::Way(fault) => fault.in_vietnamese(),
            Self::Refused { hash, code } => match code.as_str() {
                "NO_DOCUMENT" => {
                    format!("Tỉnh không nhận hoặc không giao tệp {hash}: không văn bản nào của địa bàn này nêu tệp đó.")
                }
                "NO_FILE" => format!("Tỉnh chưa nhận được tệp {hash} từ đơn vị nào."),
                "VERSION" => {
                    "Trạm tỉnh dùng phiên bản chưa nhận tệp. Tệp đợi ở máy này đến khi tỉnh cài bản mới.".to_owned()
                }
                "NODE_FULL" => {
                    "Máy này đã gửi hết dung lượng tệp mà tỉnh dành cho một máy. Hãy báo quản trị tỉnh.".to_owned()
                }
                "WRONG_CONTENT" => {
                    format!("Tệp {hash} tới tỉnh không đúng nội dung nên tỉnh không giữ; máy sẽ gửi lại từ đầu.")
                }
                sending::DAMAGED_HERE => format!(
                    "Bản của tệp {hash} trên máy này đã hỏng hoặc mất nên không gửi. Hãy thêm lại tệp gốc (document add)."
                ),
                "TOO_LARGE" => format!("Tệp {hash} lớn hơn mức tỉnh nhận."),
                "OVERLOADED" | "SHUTTING_DOWN" | "IDLE" => {
                    "Trạm tỉnh đang bận hoặc đang dừng; máy sẽ tự thử lại.".to_owned()
                }
                other => format!("Trạm tỉnh chưa nhận được tệp {hash} ({other}). Hãy thử lại sau."),
            },
            Self::Receipt(hash) => {
                format!("Biên nhận cho tệp {hash} không mang chữ ký của trạm tỉnh. Hãy báo quản trị.")
            }
            Self::Store(e) => Told::from(e).to_string(),
        }
    }
}

/// A connection for files, apart from that of the figures.
struct Line {
    client: BlobsClient<link::Channel>,
    wire: link::Wire,
    hub_key: PublicKey,
    incarnation: bytes::Bytes,
}

impl Line {
    async fn open(store: &Owner) -> Result<Self, FileFault> {
        let facts = |store: &mut Store| -> Result<Result<_, SyncFault>, StoreError> {
            let damaged = |what: &str| StoreError::Damaged(what.to_owned());
            let address = store.meta(HUB_ADDRESS)?.ok_or_else(|| damaged("no address of the hub"))?;
            let key = store.meta(HUB_PUBLIC_KEY)?.and_then(|k| hex::decode(k).ok());
            let key = key.and_then(|k| PublicKey::from_slice(&k).ok()).ok_or_else(|| damaged("the key of the hub"))?;
            let tls = link::enrolled(&Keys::of(store.folder()));
            Ok(tls.map(|tls| (address, key, tls, store.identity().incarnation)).map_err(SyncFault::from))
        };
        let (address, hub_key, tls, incarnation) = store.call(facts).await??;
        let (channel, wire) = link::dial(&address, tls).await.map_err(|e| dial_fault(&e))?;
        let client = BlobsClient::new(channel)
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX);
        Ok(Self { client, wire, hub_key, incarnation: bytes::Bytes::copy_from_slice(&incarnation.0) })
    }

    fn offer(&self, file: &File) -> BlobOffer {
        BlobOffer {
            incarnation: self.incarnation.clone(),
            hash: bytes::Bytes::copy_from_slice(&file.hash.0),
            bytes: file.bytes,
        }
    }

    /// Verifies and keeps the hub's receipt for a file.
    async fn keep_receipt(&self, store: &Owner, file: File, receipt: BlobReceipt) -> Result<(), FileFault> {
        verify_blob_receipt(&receipt, &file, &self.hub_key).map_err(|_| FileFault::Receipt(file.hash))?;
        store.call(move |s| s.keep_file_receipt(&file, &receipt, keng_desk::clock::now_ms())).await?;
        Ok(())
    }
}

/// What the hub's answer means for a file.
fn status_fault(file: &File, status: &Status) -> FileFault {
    let code = status.message().split(':').next().unwrap_or_default();
    let is_word = !code.is_empty() && code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    match status.code() {
        Code::Unauthenticated => SyncFault::NotEnrolled.into(),
        // A hub of an older version takes figures and no files.
        Code::Unimplemented => FileFault::Refused { hash: file.hash, code: "VERSION".to_owned() },
        // What the transport says of a broken line is no word of the hub's.
        _ if is_word => FileFault::Refused { hash: file.hash, code: code.to_owned() },
        _ => SyncFault::NoLink(crate::sync::chain(status)).into(),
    }
}
