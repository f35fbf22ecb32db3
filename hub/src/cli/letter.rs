//! `keng-hub letter`: the papers beside the report.

use keng_desk::commands::letter::{Ending, Recognition, ScoreSheet, SubmissionReport, SurveyMinutes, To, UnitProposal};
use keng_desk::{Told, clock, letters};
use keng_domain::id::RecordId;
use keng_domain::unit::UnitCode;
use keng_store::Store;

use crate::press::PRESS;

/// Công văn nhắc, tờ trình, biên bản, bảng chấm điểm: số và ngày ban hành để trống.
#[derive(Debug, clap::Subcommand)]
pub enum Letter {
    /// Công văn nhắc các đơn vị quá hạn một kỳ báo cáo, mỗi đơn vị một công văn.
    Remind {
        /// Kỳ: 2022-annual, 2022-half.
        period: String,
        /// Chỉ đơn vị này; đơn vị đã trình mà còn nội dung chưa giải quyết cũng được nhắc.
        #[arg(long)]
        unit: Option<UnitCode>,
        #[command(flatten)]
        to: To,
    },
    /// Tờ trình đề nghị Bộ Công an thông báo các mô hình đã có căn cứ đề nghị.
    Propose {
        /// Mã các đề xuất (mặc định: mọi đề xuất tỉnh đã đề nghị Bộ).
        ids: Vec<RecordId>,
        /// Chỉ quý này, ví dụ 2022-Q4.
        #[arg(long)]
        quarter: Option<String>,
        #[command(flatten)]
        to: To,
    },
    /// Công văn thông báo tới mọi đơn vị các mô hình tỉnh đã chọn trong đề xuất của một quý.
    Notice {
        /// Quý, ví dụ 2022-Q4.
        quarter: String,
        #[command(flatten)]
        to: To,
    },
    /// Công văn trả lại một báo cáo hoặc một đề xuất, kèm lý do tỉnh đã ghi.
    Return {
        /// Mã báo cáo đã trình hoặc mã đề xuất.
        id: RecordId,
        #[command(flatten)]
        to: To,
    },
    /// Biên bản một lần sơ kết, tổng kết, kiểm tra, khảo sát.
    Minutes(SurveyMinutes),
    /// Biên bản họp đánh giá, xếp loại mô hình trong một năm, mỗi đơn vị một biên bản, theo số liệu đã nhận.
    Rating {
        /// Năm.
        year: i32,
        /// Chỉ đơn vị này (mặc định: mọi đơn vị báo cáo về tỉnh trong năm đó).
        #[arg(long)]
        unit: Option<UnitCode>,
        #[command(flatten)]
        to: To,
    },
    /// Bảng chấm điểm phong trào của một nơi trong một năm (QĐ 510).
    Score(ScoreSheet),
    /// Báo cáo của một đơn vị cho một kỳ đã trình, theo số liệu đã chốt khi trình.
    Submission(SubmissionReport),
    /// Tờ trình của một đơn vị: đề nghị tỉnh thông báo một mô hình.
    Nominate(UnitProposal),
    /// Tờ trình của đơn vị: đề nghị công nhận một điểm tự phát (công văn 4267, điểm 1.c).
    Recognise(Recognition),
    /// Tờ trình của đơn vị: đề nghị chấm dứt một điểm đã ghi lý do và ngày chấm dứt.
    End(Ending),
}

impl Letter {
    /// Writes the papers and prints their files.
    ///
    /// # Errors
    /// As [`letters`]; for a format that is none of paper.
    pub fn run(self, store: &Store) -> Result<(), Told> {
        let today = clock::today();
        match self {
            Self::Remind { period, unit, to } => {
                let all = letters::reminders(store, &period, unit.as_ref(), today)?;
                if all.is_empty() {
                    eprintln!("Không có đơn vị nào quá hạn kỳ này.");
                }
                to.write(&all, &PRESS)
            }
            Self::Propose { ids, quarter, to } => {
                to.write(&[letters::proposal(store, quarter.as_deref(), &ids, today)?], &PRESS)
            }
            Self::Notice { quarter, to } => to.write(&[letters::notice(store, &quarter, today)?], &PRESS),
            Self::Return { id, to } => to.write(&[letters::sent_back(store, id, today)?], &PRESS),
            Self::Minutes(minutes) => minutes.run(store, &PRESS),
            Self::Rating { year, unit, to } => to.write(&letters::ratings(store, year, unit.as_ref())?, &PRESS),
            Self::Score(sheet) => sheet.run(store, &PRESS),
            Self::Submission(report) => report.run(store, &PRESS),
            Self::Nominate(proposal) => proposal.run(store, &PRESS),
            Self::Recognise(proposal) => proposal.run(store, &PRESS),
            Self::End(proposal) => proposal.run(store, &PRESS),
        }
    }
}
