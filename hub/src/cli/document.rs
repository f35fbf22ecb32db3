//! `keng-hub document`.

use std::path::PathBuf;

use keng_desk::{Told, commands};
use keng_domain::document::FileHash;
use keng_store::{Store, StoreError};

/// What is done with documents.
#[derive(Debug, clap::Subcommand)]
pub enum Document {
    #[command(flatten)]
    Common(commands::Document),
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
            Self::Common(common) => return common.run(&mut store),
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
