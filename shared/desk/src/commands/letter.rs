//! `letter`: papers as files. What both programs have is here once; what only the province makes is in its own
//! enum.

use std::path::PathBuf;

use clap::Subcommand;
use keng_domain::id::RecordId;
use keng_domain::letter::Letter;
use keng_store::Store;

use crate::letters::{self, Press};
use crate::program::write_files;
use crate::{Told, clock};

/// Where files go, and in which formats.
#[derive(Debug, clap::Args)]
pub struct To {
    /// Thư mục ghi tệp.
    #[arg(long)]
    out: PathBuf,
    /// Các dạng tệp, cách nhau dấu phẩy: docx, tại trạm tỉnh cả pdf (mặc định: mọi dạng lập được).
    #[arg(long, value_delimiter = ',')]
    format: Vec<String>,
}

impl To {
    /// Writes the papers and prints their files; all are laid out before the first is written.
    ///
    /// # Errors
    /// For a format that the program does not make, and when the disk refuses.
    pub fn write(&self, papers: &[Letter], press: &Press) -> Result<(), Told> {
        let formats: Vec<&'static str> = match self.format.as_slice() {
            [] => press.formats.to_vec(),
            named => named.iter().map(|name| press.format(name)).collect::<Result<_, _>>()?,
        };
        let mut files = Vec::new();
        for paper in papers {
            for format in &formats {
                files.push(press.file(paper, format)?);
            }
        }
        write_files(&self.out, &files)
    }
}

/// `letter minutes`.
#[derive(Debug, clap::Args)]
pub struct SurveyMinutes {
    /// Mã bản ghi kiểm tra, khảo sát.
    id: RecordId,
    /// Ghi vào đâu, dạng nào.
    #[command(flatten)]
    to: To,
}

impl SurveyMinutes {
    /// Writes the minutes of a survey.
    ///
    /// # Errors
    /// As [`letters::minutes`] and [`To::write`].
    pub fn run(self, store: &Store, press: &Press) -> Result<(), Told> {
        self.to.write(&[letters::minutes(store, self.id, clock::today())?], press)
    }
}

/// `letter score`.
#[derive(Debug, clap::Args)]
pub struct ScoreSheet {
    /// Mã bản ghi chấm điểm phong trào.
    id: RecordId,
    /// Ghi vào đâu, dạng nào.
    #[command(flatten)]
    to: To,
}

impl ScoreSheet {
    /// Writes a score sheet.
    ///
    /// # Errors
    /// As [`letters::score`] and [`To::write`].
    pub fn run(self, store: &Store, press: &Press) -> Result<(), Told> {
        self.to.write(&[letters::score(store, self.id, clock::today())?], press)
    }
}

/// `letter submission`.
#[derive(Debug, clap::Args)]
pub struct SubmissionReport {
    /// Mã báo cáo đã trình.
    id: RecordId,
    /// Ghi vào đâu, dạng nào.
    #[command(flatten)]
    to: To,
}

impl SubmissionReport {
    /// Writes the report of a submission.
    ///
    /// # Errors
    /// As [`letters::submission`] and [`To::write`].
    pub fn run(self, store: &Store, press: &Press) -> Result<(), Told> {
        self.to.write(&[letters::submission(store, self.id)?], press)
    }
}

/// `letter nominate`.
#[derive(Debug, clap::Args)]
pub struct UnitProposal {
    /// Mã đề xuất.
    id: RecordId,
    /// Ghi vào đâu, dạng nào.
    #[command(flatten)]
    to: To,
}

impl UnitProposal {
    /// Writes the proposal of a unit.
    ///
    /// # Errors
    /// As [`letters::nomination`] and [`To::write`].
    pub fn run(self, store: &Store, press: &Press) -> Result<(), Told> {
        self.to.write(&[letters::nomination(store, self.id, clock::today())?], press)
    }
}

/// `letter recognise`.
#[derive(Debug, clap::Args)]
pub struct Recognition {
    /// Mã điểm.
    id: RecordId,
    /// Ghi vào đâu, dạng nào.
    #[command(flatten)]
    to: To,
}

impl Recognition {
    /// Writes the proposal to recognise a point.
    ///
    /// # Errors
    /// As [`letters::recognition`] and [`To::write`].
    pub fn run(self, store: &Store, press: &Press) -> Result<(), Told> {
        self.to.write(&[letters::recognition(store, self.id, clock::today())?], press)
    }
}

/// `letter end`.
#[derive(Debug, clap::Args)]
pub struct Ending {
    /// Mã điểm.
    id: RecordId,
    /// Ghi vào đâu, dạng nào.
    #[command(flatten)]
    to: To,
}

impl Ending {
    /// Writes the proposal to end a point.
    ///
    /// # Errors
    /// As [`letters::ending`] and [`To::write`].
    pub fn run(self, store: &Store, press: &Press) -> Result<(), Told> {
        self.to.write(&[letters::ending(store, self.id, clock::today())?], press)
    }
}

/// `keng-node letter`.
#[derive(Debug, Subcommand)]
pub enum UnitLetter {
    /// Biên bản một lần sơ kết, tổng kết, kiểm tra, khảo sát.
    Minutes(SurveyMinutes),
    /// Biên bản họp đánh giá, xếp loại mô hình của đơn vị trong một năm.
    Rating {
        /// Năm.
        year: i32,
        /// Ghi vào đâu, dạng nào.
        #[command(flatten)]
        to: To,
    },
    /// Bảng chấm điểm phong trào của một nơi trong một năm (QĐ 510).
    Score(ScoreSheet),
    /// Báo cáo của đơn vị cho một kỳ đã trình, theo số liệu đã chốt khi trình.
    Submission(SubmissionReport),
    /// Tờ trình của đơn vị: đề nghị tỉnh thông báo một mô hình.
    Nominate(UnitProposal),
    /// Tờ trình đề nghị công nhận một điểm tự phát (công văn 4267, điểm 1.c).
    Recognise(Recognition),
    /// Tờ trình đề nghị chấm dứt một điểm đã ghi lý do và ngày chấm dứt.
    End(Ending),
}

impl UnitLetter {
    /// Does it.
    ///
    /// # Errors
    /// As [`letters`] and [`To::write`].
    pub fn run(self, store: &Store, press: &Press) -> Result<(), Told> {
        match self {
            Self::Minutes(minutes) => minutes.run(store, press),
            Self::Rating { year, to } => to.write(&letters::ratings(store, year, None)?, press),
            Self::Score(sheet) => sheet.run(store, press),
            Self::Submission(report) => report.run(store, press),
            Self::Nominate(proposal) => proposal.run(store, press),
            Self::Recognise(proposal) => proposal.run(store, press),
            Self::End(proposal) => proposal.run(store, press),
        }
    }
}
