//! `keng-node document`.

use std::fs::File;
use std::path::{Path, PathBuf};

use keng_desk::program::print_json;
use keng_desk::{Told, documents};
use keng_domain::document::FileHash;
use keng_domain::id::RecordId;
use keng_store::owner::Owner;
use keng_store::{Role, Store};
use keng_sync::limits::FILE_BYTES_MAX;
use serde_json::json;

use crate::blobs::FileFault;
use crate::blobs::fetching::fetch;
use keng_desk::commands::{Json, Who};

/// What is done with documents.
#[derive(Debug, clap::Subcommand)]
pub enum Document {
    /// Thêm một tệp vào hồ sơ của mô hình hay điểm.
    Add {
        /// Mã bản ghi.
        record: RecordId,
        /// Tệp.
        file: PathBuf,
        /// Loại văn bản: QD_THANH_LAP, KE_HOACH, BC_TONG_KET, KHAC…
        #[arg(long)]
        kind: String,
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        json: Json,
    },
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
            Self::Add { record, file, kind, who, json: Json { json } } => {
                add(&mut store, record, &file, &kind, who, json)
            }
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

fn add(store: &mut Store, record: RecordId, path: &Path, kind: &str, who: Who, json: bool) -> Result<(), Told> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let wanted = documents::wanted(store, record, kind, &name)?;
    let mut file =
        File::open(path).map_err(|e| Told::refused(format!("Không đọc được tệp {}: {e}.", path.display())))?;
    let stored = store.files().take(&mut file, FILE_BYTES_MAX).map_err(|e| documents::told(&wanted.name, &e))?;
    let added = documents::link(store, &wanted, stored, &who.into())?;
    if json {
        let all = store.documents_of(Some(record))?;
        let one: Vec<_> = all.into_iter().filter(|d| d.document.hash == added.stored.file.hash).collect();
        print_json(&documents::json(&one, Role::Node)[0]);
    } else if added.already {
        println!("Bản ghi này đã có tệp {}; không ghi thêm.", added.stored.file.hash);
    } else {
        println!("{}", added.stored.file.hash);
    }
    Ok(())
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
