//! `keng-node document`.

use std::path::{Path, PathBuf};

use keng_desk::program::print_json;
use keng_desk::{Told, commands};
use keng_domain::document::FileHash;
use keng_store::Store;
use keng_store::owner::Owner;
use serde_json::json;

use crate::blobs::FileFault;
use crate::blobs::fetching::fetch;
use keng_desk::commands::Json;

/// What is done with documents.
#[derive(Debug, clap::Subcommand)]
pub enum Document {
    #[command(flatten)]
    Common(commands::Document),
    /// Lấy một tệp ra; tải lại từ tỉnh nếu máy này không giữ bản.
    Get {
        /// Mã tệp (SHA-256).
        hash: FileHash,
        /// Tệp ra.
        #[arg(long)]
        out: PathBuf,
    },
    /// Bỏ bản trên máy này của một tệp mà tỉnh đã có biên nhận.
    Drop {
        /// Mã tệp (SHA-256).
        hash: FileHash,
    },
    /// Dung lượng tệp được gửi mỗi giờ và mỗi lần nối; không ghi gì thì xem.
    Budget {
        /// Byte mỗi giờ.
        #[arg(long)]
        per_hour: Option<u64>,
        /// Byte mỗi lần nối.
        #[arg(long)]
        per_connection: Option<u64>,
        #[command(flatten)]
        json: Json,
    },
}

impl Document {
    /// Does it.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::Common(common) => common.run(&mut store),
            Self::Get { hash, out } => get(store, hash, &out),
            Self::Drop { hash } => {
                store.drop_file(&hash)?;
                println!("Đã bỏ bản trên máy này; tỉnh giữ tệp, lấy lại bằng document get khi có mạng.");
                Ok(())
            }
            Self::Budget { per_hour, per_connection, json: Json { json } } => {
                store.set_allowance(per_hour, per_connection)?;
                budget(&store, json)
            }
        }
    }
}

fn get(store: Store, hash: FileHash, out: &Path) -> Result<(), Told> {
    let files = store.files();
    let file = super::block_on(async move {
        let owner = Owner::start("store", store)?;
        fetch(&owner, hash, |_| {}).await.map_err(|e| told(&e))
    })?;
    files.copy_out(&file, out)?;
    println!("Đã ghi {}.", out.display());
    Ok(())
}

/// A fault of fetching, in words.
fn told(fault: &FileFault) -> Told {
    tracing::info!("fetch: {fault}");
    match fault {
        FileFault::Store(e) => Told::from(e),
        fault => Told::new(
            format!("Máy này không giữ bản của tệp, và chưa tải được từ tỉnh. {}", fault.in_vietnamese()),
            "Phần đã tải được giữ lại; lần sau tải tiếp từ đó.",
            "",
        ),
    }
}

fn budget(store: &Store, json: bool) -> Result<(), Told> {
    let allowance = store.allowance()?;
    let left = allowance.budget.left(keng_desk::clock::now_ms());
    if json {
        print_json(&json!({
            "per_hour": allowance.budget.per_hour,
            "per_connection": allowance.per_connection,
            "left_this_hour": left,
        }));
    } else {
        println!(
            "Mỗi giờ {} byte, mỗi lần nối {} byte; giờ này còn {left} byte.",
            allowance.budget.per_hour, allowance.per_connection
        );
    }
    Ok(())
}
