//! Nominations at the command line: what a unit does, and what the province does.

use clap::Subcommand;
use keng_domain::document::FileHash;
use keng_domain::id::RecordId;
use keng_store::Store;

use super::New;
use crate::Told;
use crate::acts::{By, Given};
use crate::commands::{Json, Who};
use crate::program::{print_json, read_set};

/// `keng-node nomination`.
#[derive(Debug, Subcommand)]
pub enum UnitNomination {
    /// Lập đề xuất một mô hình.
    Add {
        /// Mã hoặc tên mô hình.
        model: String,
        /// Quý, ví dụ 2022-Q4.
        #[arg(long)]
        quarter: String,
        /// Trường hợp: tot (xếp loại Tốt, đã nhân rộng) hoặc moi (mô hình mới).
        #[arg(long)]
        case: String,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Sửa trường hợp (case) hay lý do (justification).
    Edit {
        /// Mã đề xuất.
        id: RecordId,
        /// Giá trị, dạng mục=giá trị.
        #[arg(long = "set", value_parser = read_set, required = true, num_args = 1..)]
        set: Vec<Given>,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
    /// Trình đề xuất.
    HandIn {
        /// Mã đề xuất.
        id: RecordId,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Các đề xuất, đủ điều kiện hay chưa và vì sao.
    List(Json),
}

impl UnitNomination {
    /// Does it.
    ///
    /// # Errors
    /// As [`super`].
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::Add { model, quarter, case, who, json } => {
                let by = By::from(who);
                let justification = by.reason.clone().unwrap_or_default();
                let id = super::add(&mut store, &New { model, quarter, case, justification }, &by)?;
                show_nomination(&store, id, json)
            }
            Self::Edit { id, set, who } => {
                let changed = super::edit(&mut store, id, &set, &who.into())?;
                println!("{}", if changed { "Đã lưu tại máy." } else { "Không có gì thay đổi." });
                Ok(())
            }
            Self::HandIn { id, who, json } => {
                super::hand_in(&mut store, id, &[], &who.into())?;
                show_nomination(&store, id, json)
            }
            Self::List(json) => list_nominations(&store, json),
        }
    }
}

fn show_nomination(store: &Store, id: RecordId, Json { json }: Json) -> Result<(), Told> {
    let one = super::one(store, id)?;
    if json {
        print_json(&super::in_json(&one, &store.rule_pack_of(one.quarter.year)?));
    } else {
        super::print(&[one]);
    }
    Ok(())
}

fn list_nominations(store: &Store, Json { json }: Json) -> Result<(), Told> {
    let all = super::list(store)?;
    if json {
        print_json(&super::json(&all, &store.rule_packs()?));
    } else {
        super::print(&all);
    }
    Ok(())
}

/// `keng-hub nomination`.
#[derive(Debug, Subcommand)]
pub enum ProvinceNomination {
    /// Các đề xuất, đủ điều kiện hay chưa và vì sao.
    List(Json),
    /// Tiếp nhận đề xuất để nghiên cứu; chưa quyết định gì.
    Receive {
        /// Mã đề xuất.
        id: RecordId,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
    /// Chọn thông báo toàn tỉnh.
    Select {
        /// Mã đề xuất.
        id: RecordId,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
    /// Đề nghị Bộ Công an thông báo toàn quốc, theo một trong ba trường hợp của điểm 2.
    Propose {
        /// Mã đề xuất.
        id: RecordId,
        /// Căn cứ: dossier (hồ sơ đủ, đúng hạn, có trong danh sách), directive (ý kiến chỉ đạo), finding (kết quả kiểm tra, khảo sát).
        #[arg(long)]
        basis: String,
        /// Văn bản làm căn cứ (SHA-256 của tệp trong hồ sơ).
        #[arg(long)]
        document: Option<FileHash>,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
    /// Trả lại đề xuất, kèm lý do.
    Return {
        /// Mã đề xuất.
        id: RecordId,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
}

impl ProvinceNomination {
    /// Does it.
    ///
    /// # Errors
    /// As [`super`].
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::List(json) => return list_nominations(&store, json),
            Self::Receive { id, who } => {
                super::receive(&mut store, id, &who.into())?;
                println!("Đã tiếp nhận đề xuất; đơn vị sẽ thấy.");
            }
            Self::Select { id, who } => {
                super::select(&mut store, id, &who.into())?;
                println!("Đã chọn thông báo toàn tỉnh.");
            }
            Self::Propose { id, basis, document, who } => {
                super::propose(&mut store, id, &basis, document, &who.into())?;
                println!("Đã đề nghị Bộ Công an; căn cứ được ghi cùng quyết định.");
            }
            Self::Return { id, who } => {
                super::send_back(&mut store, id, &who.into())?;
                println!("Đã trả lại đề xuất; đơn vị sẽ thấy lý do.");
            }
        }
        Ok(())
    }
}
