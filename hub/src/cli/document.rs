//! `keng-hub document`.

use std::path::PathBuf;

use keng_desk::program::print_json;
use keng_desk::{Told, documents};
use keng_domain::document::FileHash;
use keng_domain::id::RecordId;
use keng_store::{Role, Store, StoreError};

use keng_desk::commands::{AddDocument, Json};

/// What is done with documents.
#[derive(Debug, clap::Subcommand)]
pub enum Document {
    /// Thêm một tệp vào hồ sơ của một bản ghi: ý kiến chỉ đạo, kết quả khảo sát.
    Add(AddDocument),
    /// Liệt kê hồ sơ của một bản ghi.
    List {
        /// Mã bản ghi.
        record: RecordId,
        #[command(flatten)]
        json: Json,
    },
    /// Lấy một tệp ra.
    Get {
        /// Mã tệp (SHA-256).
        hash: FileHash,
        /// Tệp ra.
        #[arg(long)]
        out: PathBuf,
    },
}

impl Document {
    /// Does it.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::Add(add) => return add.run(&mut store),
            Self::List { record, json: Json { json } } => {
                if store.record(record)?.is_none() {
                    return Err(StoreError::NoRecord(record).into());
                }
                let all = store.documents_of(Some(record))?;
                if json { print_json(&documents::json(&all, Role::Hub)) } else { documents::print(&all, Role::Hub) }
            }
            Self::Get { hash, out } => {
                let (file, document) = store.file_named(&hash)?.ok_or(StoreError::NoFile(hash))?;
                if !store.files().contains(&file) {
                    return Err(Told::new(
                        format!("Tệp “{}” chưa tới tỉnh.", document.name),
                        "Số liệu không bị ảnh hưởng.",
                        "Máy của đơn vị sẽ tự gửi khi có mạng; xem document list.",
                    ));
                }
                store.files().copy_out(&file, &out)?;
                println!("Đã ghi {}.", out.display());
            }
        }
        Ok(())
    }
}
