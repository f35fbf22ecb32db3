//! `keng-node join` and `keng-node sync`.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use keng_desk::Told;
use keng_desk::program::print_json;
use keng_store::Store;
use keng_store::owner::Owner;
use keng_sync::session::client::Mode;
use serde_json::json;

use crate::blobs::FileFault;
use crate::blobs::fetching::fetch_keys;
use crate::blobs::sending::{Ended, Manner, send};
use crate::link::Tls;
use crate::sync::{Done, Happening, SyncFault, session};

/// How to sync.
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// Một lần: gửi hết, nhận hết, rồi dừng.
    #[arg(long, required = true)]
    once: bool,
    /// Chỉ gửi số liệu, không gửi tệp.
    #[arg(long)]
    no_files: bool,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

impl Sync {
    /// One session.
    pub fn run(self, store: Store) -> Result<(), Told> {
        let no_files = self.no_files;
        let (done, pending, files) = super::block_on(async move {
            let owner = Owner::start("store", store)?;
            let done = once(&owner).await.map_err(|e| told(&e))?;
            let pending = owner.call(|s| s.pending()).await?.entries;
            let files = if no_files { FilesDone::default() } else { send_files(&owner).await? };
            Ok((done, pending, files))
        })?;
        let s = done.summary;
        if self.json {
            print_json(&json!({
                "sent": { "entries": s.sent, "bytes": done.bytes_sent },
                "received": { "entries": s.received, "bytes": done.bytes_received },
                "round_trips": s.round_trips,
                "ms": u64::try_from(done.took.as_millis()).unwrap_or(u64::MAX),
                "lsn": s.lsn,
                "pending": pending,
                "files": {
                    "sent": files.sent,
                    "bytes": files.bytes,
                    "wire_bytes": files.wire_bytes,
                    "waiting": files.waiting,
                    "refused": files.refused.len(),
                },
            }));
        } else if s.sent + s.received == 0 {
            println!("Không có gì mới; đã gửi hết.");
        } else {
            println!(
                "Đã gửi {} mục, nhận {} mục ({} byte đi, {} byte về).",
                s.sent, s.received, done.bytes_sent, done.bytes_received
            );
        }
        if files.sent + files.waiting > 0 && !self.json {
            println!("Đã gửi {} tệp ({} byte); còn {} tệp chờ gửi.", files.sent, files.bytes, files.waiting);
        }
        for line in &files.refused {
            eprintln!("{line}");
        }
        if let Some(fault) = files.fault {
            return Err(fault);
        }
        if s.refused > 0 {
            eprintln!("{} mục bị tỉnh từ chối; xem trang Gửi lên tỉnh.", s.refused);
        }
        Ok(())
    }
}

/// What became of the files after the figures.
#[derive(Default)]
struct FilesDone {
    sent: u64,
    bytes: u64,
    wire_bytes: u64,
    waiting: u64,
    refused: Vec<String>,
    fault: Option<Told>,
}

/// Sends waiting files, connection after connection, until none waits or the hour's budget is
/// used up.
async fn send_files(owner: &Owner) -> Result<FilesDone, Told> {
    let bar = spinner();
    let mut done = FilesDone::default();
    let mut ask = true;
    loop {
        let before = done.bytes;
        let sent = send(owner, Manner::Staying, ask, |bytes| {
            bar.set_message(format!("đã gửi {} KB tệp", (before + bytes) / 1_000));
        })
        .await;
        ask = false;
        let sent = match sent {
            Ok(sent) => fetch_keys(owner).await.map(|_| sent),
            fault => fault,
        };
        match sent {
            Ok(sent) => {
                done.sent += sent.files;
                done.bytes += sent.bytes;
                done.wire_bytes += sent.wire_bytes;
                let refused = sent.refused.into_iter();
                done.refused = refused.map(|(hash, code)| FileFault::Refused { hash, code }.in_vietnamese()).collect();
                if sent.ended != Ended::ConnectionSpent {
                    break;
                }
            }
            Err(fault) => {
                tracing::info!("files: {fault}");
                let data = "Số liệu đã gửi; tệp vẫn lưu nguyên tại máy, phần đã tới tỉnh không phải gửi lại.";
                done.fault = Some(Told::new(fault.in_vietnamese(), data, ""));
                break;
            }
        }
    }
    bar.finish_and_clear();
    done.waiting = owner.call(|s| s.files_pending()).await?.files;
    Ok(done)
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

async fn once(owner: &Owner) -> Result<Done, SyncFault> {
    let bar = spinner();
    bar.set_message("đang nối với trạm tỉnh…");
    let done = session(owner, &Tls::once(), Mode::Once, |happening| {
        if let Happening::Progress(s, bytes) = happening {
            bar.set_message(format!(
                "đã gửi {}/{} mục · {} KB · nhận {} mục",
                s.acknowledged,
                s.sent,
                bytes / 1_000,
                s.received
            ));
        }
    })
    .await;
    bar.finish_and_clear();
    done
}

fn told(fault: &SyncFault) -> Told {
    tracing::info!("sync: {fault}");
    Told::new(fault.in_vietnamese(), "Dữ liệu vẫn lưu nguyên tại máy.", "")
}

/// Joins, then pulls the catalogue and the rules, so that the node works without a link.
pub fn join(data: &Path, token: &str, officer: Option<String>) -> Result<(), Told> {
    super::block_on(async {
        let store = crate::join::join(token, data, officer).await?;
        let (unit, node) = (store.identity().unit.clone(), store.identity().node.clone());
        let owner = Owner::start("store", store)?;
        match once(&owner).await {
            Ok(_) => println!("Đã gia nhập: đơn vị {unit}, máy {node}."),
            // The token is used up and the node is enrolled: only the first pull is missing.
            Err(fault) => {
                tracing::info!("first sync: {fault}");
                println!(
                    "Đã gia nhập: đơn vị {unit}, máy {node}. Chưa tải được danh mục; hãy đồng bộ khi có mạng (sync --once)."
                );
            }
        }
        Ok(())
    })
}
