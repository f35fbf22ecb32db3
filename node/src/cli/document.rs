//! `keng-node document`.

use std::path::{Path, PathBuf};

use keng_desk::program::print_json;
use keng_desk::{Told, documents};
use keng_domain::document::FileHash;
use keng_domain::id::RecordId;
use keng_store::owner::Owner;
use keng_store::{Role, Store};
use serde_json::json;

use crate::blobs::FileFault;
use crate::blobs::fetching::fetch;
use keng_desk::commands::{AddDocument, Json};

/// What is done with documents.
#[derive(Debug, clap::Subcommand)]
pub enum Document {
    /// Thêm một tệp vào hồ sơ của một bản ghi.
    Add(AddDocument),
    /// Liệt kê hồ sơ của một bản ghi.
    List {
        /// Mã bản ghi.
        record: RecordId,
        #[command(flatten)]
        json: Json,
    },
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
            Self::Add(add) => add.run(&mut store),
            Self::List { record, json: Json { json } } => list(&store, record, json),
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

fn list(store: &Store, record: RecordId, json: bool) -> Result<(), Told> {
    if store.record(record)?.is_none() {
        return Err(keng_store::StoreError::NoRecord(record).into());
    }
    let all = store.documents_of(Some(record))?;
    if json {
        print_json(&documents::json(&all, Role::Node));
    } else {
        documents::print(&all, Role::Node);
    }
    Ok(())
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
