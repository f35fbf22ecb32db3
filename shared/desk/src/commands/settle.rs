//! `recognise`, `end`: the two acts of letter 4267, 1.c (second dash), on a point, or on a model with its points.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_store::Store;

use super::{Who, say_saved};
use crate::acts::By;
use crate::acts::settling::{self, Settling};
use crate::{Told, documents};

/// The two acts.
#[derive(Debug, Subcommand)]
pub enum Settle {
    /// Ghi quyết định công nhận điểm, mô hình tự phát; với mô hình là cùng các điểm đang chờ ở đây.
    Recognise {
        /// Số, ký hiệu quyết định.
        #[arg(long)]
        number: String,
        /// Của cái nào, từ ngày nào, kèm tệp nào.
        #[command(flatten)]
        of: Of,
    },
    /// Chấm dứt hoạt động của điểm, mô hình; với mô hình là cùng các điểm đang chạy ở đây.
    End {
        /// Lý do: KHONG_DUNG_MUC_TIEU, TRUC_LOI, ANH_HUONG_ANTT, KHONG_HIEU_QUA…
        #[arg(long)]
        ground: String,
        /// Của cái nào, từ ngày nào, kèm tệp nào.
        #[command(flatten)]
        of: Of,
    },
}

/// What both acts have.
#[derive(Debug, Args)]
pub struct Of {
    /// Mã điểm, mã mô hình.
    id: RecordId,
    /// Ngày quyết định; ngày hiệu lực của chấm dứt.
    #[arg(long)]
    date: String,
    /// Tệp quyết định công nhận, văn bản chấm dứt: thêm vào hồ sơ.
    #[arg(long, value_name = "TỆP")]
    document: Option<PathBuf>,
    /// Ai ghi, vì sao.
    #[command(flatten)]
    who: Who,
}

impl Settle {
    /// Does it to a record of `kind`: [`Kind::Model`], or a point.
    ///
    /// # Errors
    /// As [`settling::settle`] and [`settling::settle_model`].
    pub fn run(self, mut store: Store, kind: Kind) -> Result<(), Told> {
        let (act, of) = match self {
            Self::Recognise { number, of } => (Settling::Recognise { number, date: of.date.clone() }, of),
            Self::End { ground, of } => (Settling::End { ground, date: of.date.clone() }, of),
        };
        let (id, by) = (of.id, By::from(of.who));
        let paper =
            of.document.map(|file| documents::take(&store, id, act.paper(), &file, &act.details())).transpose()?;
        if kind == Kind::Model {
            let n = settling::settle_model(&mut store, id, &act, paper, &by)?;
            let done = match act {
                Settling::Recognise { .. } => format!("quyết định công nhận mô hình, cùng {n} điểm tự phát đang chờ"),
                Settling::End { .. } => format!("chấm dứt mô hình, cùng {n} điểm đang chạy"),
            };
            println!("Đã ghi {done} ở đây.");
            return Ok(());
        }
        let changed = settling::settle(&mut store, id, &act, paper, &by)?;
        say_saved(&store, changed);
        settling::doubt(&store, id)?.into_iter().for_each(|words| eprintln!("{words}"));
        Ok(())
    }
}
