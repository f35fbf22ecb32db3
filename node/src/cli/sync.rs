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

use crate::sync::{Done, Happening, SyncFault, session};

/// How to sync.
#[derive(Debug, clap::Args)]
pub struct Sync {
    /// Một lần: gửi hết, nhận hết, rồi dừng.
    #[arg(long, required = true)]
    once: bool,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

impl Sync {
    /// One session.
    pub fn run(self, store: Store) -> Result<(), Told> {
        let (done, pending) = super::block_on(async {
            let owner = Owner::start("store", store)?;
            let done = once(&owner).await.map_err(|e| told(&e))?;
            let pending = owner.call(|s| s.pending()).await?.entries;
            Ok((done, pending))
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
            }));
        } else if s.sent + s.received == 0 {
            println!("Không có gì mới; đã gửi hết.");
        } else {
            println!(
                "Đã gửi {} mục, nhận {} mục ({} byte đi, {} byte về).",
                s.sent, s.received, done.bytes_sent, done.bytes_received
            );
        }
        if s.refused > 0 {
            eprintln!("{} mục bị tỉnh từ chối; xem trang Gửi lên tỉnh.", s.refused);
        }
        Ok(())
    }
}

async fn once(owner: &Owner) -> Result<Done, SyncFault> {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar.set_message("đang nối với trạm tỉnh…");
    let done = session(owner, Mode::Once, |happening| {
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
