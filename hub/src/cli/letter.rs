//! `keng-hub letter`: the papers beside the report.

use std::path::PathBuf;

use keng_desk::{Told, clock, letters};
use keng_domain::id::RecordId;
use keng_domain::letter::Letter as Paper;
use keng_domain::unit::UnitCode;
use keng_report::{letter_stem, render_letter};
use keng_store::Store;

use super::report::{formats, write};

/// Công văn nhắc, tờ trình, biên bản: số và ngày ban hành để trống.
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
    /// Biên bản một lần sơ kết, tổng kết, kiểm tra, khảo sát.
    Minutes {
        /// Mã bản ghi kiểm tra, khảo sát.
        id: RecordId,
        #[command(flatten)]
        to: To,
    },
}

/// Where files go, and in which formats.
#[derive(Debug, clap::Args)]
pub struct To {
    /// Thư mục ghi tệp.
    #[arg(long)]
    out: PathBuf,
    /// Các dạng tệp: docx,pdf.
    #[arg(long, value_delimiter = ',', default_value = "docx,pdf")]
    format: Vec<String>,
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
                to.write(&all)
            }
            Self::Propose { ids, quarter, to } => {
                to.write(&[letters::proposal(store, quarter.as_deref(), &ids, today)?])
            }
            Self::Minutes { id, to } => to.write(&[letters::minutes(store, id, today)?]),
        }
    }
}

impl To {
    /// All are rendered before the first is written.
    fn write(&self, papers: &[Paper]) -> Result<(), Told> {
        let formats = formats(&self.format, &keng_report::LETTER_FORMATS)?;
        let mut files = Vec::new();
        for paper in papers {
            for format in &formats {
                let bytes = render_letter(paper, *format)
                    .map_err(|e| Told::refused(format!("Không lập được văn bản: {e}.")))?;
                files.push((format!("{}.{format}", letter_stem(paper)), bytes));
            }
        }
        for (name, bytes) in files {
            let path = self.out.join(name);
            write(&self.out, &path, &bytes)?;
            println!("{}", path.display());
        }
        Ok(())
    }
}
