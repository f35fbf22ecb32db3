//! The duties at the command line. What both programs have is here once; what only one may do is in
//! its own enum. Nominations have theirs beside them.

use clap::Subcommand;
use keng_domain::id::RecordId;
use keng_domain::rules::submission::OpenItem;
use keng_domain::schema::Kind;
use keng_store::{Role, Store};
use serde_json::json;

use super::obligations::{self, Cell, DutyKind};
use super::{records, safety, submissions};
use crate::commands::{Json, Record, Who, year};
use crate::program::print_json;
use crate::{Told, clock};

/// `keng-node submission`.
#[derive(Debug, Subcommand)]
pub enum UnitSubmission {
    /// Trình báo cáo một kỳ: số liệu được chốt tại lúc trình.
    HandIn {
        /// Kỳ: 2022-annual, 2022-half.
        period: String,
        /// Báo cáo không: trong kỳ không phát sinh.
        #[arg(long)]
        nothing: bool,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Xem trước số liệu sẽ trình và những việc còn mở.
    Draft {
        /// Kỳ: 2022-annual, 2022-half.
        period: String,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Các báo cáo đã trình.
    List(Json),
}

impl UnitSubmission {
    /// Does it.
    ///
    /// # Errors
    /// As [`submissions`].
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::HandIn { period, nothing, who, json: Json { json } } => {
                let id = submissions::hand_in(&mut store, &period, nothing, &who.into())?;
                let all = submissions::list(&store, None)?;
                let own: Vec<_> = all.into_iter().filter(|s| s.id == id).collect();
                if json {
                    print_json(&submissions::json(&own)[0]);
                } else {
                    println!("Đã trình, đã lưu tại máy; sẽ tự gửi khi có mạng.");
                    submissions::print(&own);
                }
            }
            Self::Draft { period, json: Json { json } } => {
                let draft = submissions::draft(&store, &period)?;
                if json {
                    let items = |items: &[OpenItem]| {
                        items
                            .iter()
                            .map(|i| json!({"code": i.code, "points": i.points, "sentence": i.sentence(&draft.letter)}))
                            .collect::<Vec<_>>()
                    };
                    print_json(&json!({
                        "period": draft.period.id(),
                        "due": draft.period.due(),
                        "still_runs": draft.frozen.still_runs(&draft.period),
                        "figures": draft.frozen,
                        "open_items": items(&draft.open_items),
                        "blocking": items(&draft.blocking),
                    }));
                } else {
                    let t = draft.frozen.totals;
                    println!("{}: {} mô hình, {} điểm.", draft.period.title(), t.models, t.points);
                    if let Some(notice) = draft.frozen.still_runs(&draft.period) {
                        println!("Lưu ý: {notice}");
                    }
                    draft.open_items.iter().for_each(|i| println!("Còn mở: {}", i.sentence(&draft.letter)));
                }
            }
            Self::List(json) => list_submissions(&store, json)?,
        }
        Ok(())
    }
}

fn list_submissions(store: &Store, Json { json }: Json) -> Result<(), Told> {
    let all = submissions::list(store, None)?;
    if json {
        print_json(&submissions::json(&all));
    } else {
        submissions::print(&all);
    }
    Ok(())
}

/// `keng-hub submission`.
#[derive(Debug, Subcommand)]
pub enum ProvinceSubmission {
    /// Các báo cáo mà đơn vị đã trình.
    List(Json),
    /// Nhận báo cáo.
    Accept {
        /// Mã báo cáo.
        id: RecordId,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
    /// Trả lại báo cáo, kèm lý do.
    Return {
        /// Mã báo cáo.
        id: RecordId,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
}

impl ProvinceSubmission {
    /// Does it.
    ///
    /// # Errors
    /// As [`submissions`].
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::List(json) => return list_submissions(&store, json),
            Self::Accept { id, who } => {
                submissions::accept(&mut store, id, &who.into())?;
                println!("Đã nhận báo cáo {id}.");
            }
            Self::Return { id, who } => {
                submissions::send_back(&mut store, id, &who.into())?;
                println!("Đã trả lại báo cáo {id}; đơn vị sẽ thấy lý do.");
            }
        }
        Ok(())
    }
}

/// `obligations YEAR`.
#[derive(Debug, clap::Args)]
pub struct Obligations {
    /// Năm.
    #[arg(value_parser = year)]
    year: i32,
    /// Dạng in ra.
    #[command(flatten)]
    json: Json,
}

impl Obligations {
    /// Prints the matrix of units and duties as of today.
    ///
    /// # Errors
    /// As [`obligations::matrix`].
    pub fn run(self, store: &Store) -> Result<(), Told> {
        let rows = obligations::matrix(store, &store.points()?, self.year, clock::today())?;
        if self.json.json {
            print_json(&json!(rows));
            return Ok(());
        }
        for row in rows {
            let cells: Vec<String> = row.cells.iter().map(said).collect();
            println!("{} {} — {}", row.unit, row.name, cells.join(" · "));
        }
        Ok(())
    }
}

/// `2022-annual: Đã trình`, `xếp loại 2022: Quá hạn (27/30 điểm)`.
fn said(cell: &Cell) -> String {
    let what = match cell.duty.kind {
        DutyKind::Rating => format!("xếp loại {}", cell.duty.period.year),
        DutyKind::Nomination | DutyKind::Report => cell.duty.period.id(),
    };
    let rated = cell.tally.map_or_else(String::new, |t| format!(" ({}/{} điểm)", t.eligible - t.unrated, t.eligible));
    format!("{what}: {}{rated}", cell.state.label())
}

/// The other records of the letter, the same commands for each.
#[derive(Debug, Subcommand)]
pub enum OfKind {
    /// Điển hình tiên tiến.
    #[command(subcommand)]
    Exemplar(Record),
    /// Ban Chỉ đạo, Ban chủ nhiệm, Ban điều hành.
    #[command(subcommand)]
    Committee(Record),
    /// Tổ chức: Ban Chỉ đạo, Công an, cơ quan, doanh nghiệp, trường học, đoàn thể.
    #[command(subcommand)]
    Organisation(Record),
    /// Tổ của một điểm.
    #[command(subcommand)]
    Team(Record),
    /// Thành viên: họ tên, số điện thoại được mã hóa và xóa được.
    #[command(subcommand)]
    Member(Member),
    /// Sơ kết, tổng kết, kiểm tra, khảo sát.
    #[command(subcommand)]
    Survey(Record),
    /// Đánh giá “An toàn về an ninh, trật tự” (Thông tư 124/2021).
    #[command(subcommand)]
    Assessment(Assessment),
    /// Chấm điểm phong trào (Quyết định 510).
    #[command(subcommand)]
    Score(Record),
}

/// Members: as other records, and erased.
#[derive(Debug, Subcommand)]
pub enum Member {
    /// Như bản ghi khác.
    #[command(flatten)]
    Common(Record),
    /// Xóa thông tin cá nhân ở mọi máy, kể cả trong lịch sử; không lấy lại được.
    Erase {
        /// Mã bản ghi.
        id: RecordId,
        /// Ai xóa, vì sao (bắt buộc ghi lý do).
        #[command(flatten)]
        who: Who,
    },
}

/// Assessments: as other records, and what is lacking.
#[derive(Debug, Subcommand)]
pub enum Assessment {
    /// Như bản ghi khác.
    #[command(flatten)]
    Common(Record),
    /// Xã, cơ quan, doanh nghiệp, trường học chưa có mô hình hiệu quả trong một năm.
    Lacking {
        /// Năm.
        #[arg(value_parser = clap::value_parser!(i32).range(1990..=2100))]
        year: i32,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
}

fn lacking(store: &Store, year: i32, Json { json }: Json) -> Result<(), Told> {
    let all = safety::without_model(store, year)?;
    if json {
        print_json(&safety::without_model_json(&all));
    } else {
        safety::print_without_model(&all, year);
    }
    Ok(())
}

fn erase(mut store: Store, id: RecordId, who: Who) -> Result<(), Told> {
    let role = store.identity().role;
    let words = match (records::erase(&mut store, id, &who.into())?, role) {
        (false, _) => "Thông tin cá nhân này đã được xóa từ trước.",
        (true, Role::Node) => "Đã xóa thông tin cá nhân ở máy này; tỉnh xóa theo ở lần đồng bộ tới.",
        (true, Role::Hub) => "Đã xóa thông tin cá nhân ở tỉnh; máy của đơn vị xóa theo ở lần đồng bộ tới.",
    };
    println!("{words}");
    Ok(())
}

impl OfKind {
    /// Does it.
    ///
    /// # Errors
    /// As [`Record::run`].
    pub fn run(self, store: Store) -> Result<(), Told> {
        match self {
            Self::Exemplar(command) => command.run(store, Kind::Exemplar),
            Self::Organisation(command) => command.run(store, Kind::Organisation),
            Self::Committee(command) => command.run(store, Kind::Committee),
            Self::Team(command) => command.run(store, Kind::Team),
            Self::Member(Member::Common(command)) => command.run(store, Kind::Member),
            Self::Member(Member::Erase { id, who }) => erase(store, id, who),
            Self::Survey(command) => command.run(store, Kind::Survey),
            Self::Assessment(Assessment::Common(command)) => command.run(store, Kind::Assessment),
            Self::Assessment(Assessment::Lacking { year, json }) => lacking(&store, year, json),
            Self::Score(command) => command.run(store, Kind::Score),
        }
    }
}
