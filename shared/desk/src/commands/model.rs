//! `model`: as other records, and the two acts on a model as a whole.

use std::path::PathBuf;

use clap::Subcommand;
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_store::Store;

use super::{Record, Who};
use crate::acts::By;
use crate::acts::settling::{Settling, settle_model};
use crate::{Told, documents};

/// What is done with models.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Như bản ghi khác.
    #[command(flatten)]
    Common(Record),
    /// Ghi quyết định công nhận một mô hình tự phát, cùng các điểm của nó đang chờ ở đây.
    Recognise {
        /// Mã mô hình.
        id: RecordId,
        /// Số, ký hiệu quyết định.
        #[arg(long)]
        number: String,
        /// Ngày quyết định.
        #[arg(long)]
        date: String,
        /// Tệp quyết định công nhận, thêm vào hồ sơ của mô hình.
        #[arg(long, value_name = "TỆP")]
        document: Option<PathBuf>,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
    /// Chấm dứt một mô hình, cùng các điểm của nó đang chạy ở đây.
    End {
        /// Mã mô hình.
        id: RecordId,
        /// Lý do: KHONG_DUNG_MUC_TIEU, TRUC_LOI, ANH_HUONG_ANTT, KHONG_HIEU_QUA…
        #[arg(long)]
        ground: String,
        /// Ngày hiệu lực.
        #[arg(long)]
        date: String,
        /// Tệp văn bản chấm dứt, thêm vào hồ sơ của mô hình.
        #[arg(long, value_name = "TỆP")]
        document: Option<PathBuf>,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
}

impl ModelCommand {
    /// Does it.
    ///
    /// # Errors
    /// As [`Record::run`] and [`settle_model`].
    pub fn run(self, store: Store) -> Result<(), Told> {
        match self {
            Self::Common(command) => command.run(store, Kind::Model),
            Self::Recognise { id, number, date, document, who } => {
                let n = settle(store, id, &Settling::Recognise { number, date }, document, &who.into())?;
                println!("Đã ghi quyết định công nhận mô hình, cùng {n} điểm tự phát đang chờ ở đây.");
                Ok(())
            }
            Self::End { id, ground, date, document, who } => {
                let n = settle(store, id, &Settling::End { ground, date }, document, &who.into())?;
                println!("Đã ghi chấm dứt mô hình, cùng {n} điểm đang chạy ở đây.");
                Ok(())
            }
        }
    }
}

fn settle(mut store: Store, id: RecordId, act: &Settling, file: Option<PathBuf>, by: &By) -> Result<usize, Told> {
    let paper = file.map(|file| documents::take(&store, id, act.paper(), &file, &act.details())).transpose()?;
    settle_model(&mut store, id, act, paper, by)
}
