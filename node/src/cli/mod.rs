//! The command line (DESIGN §7). Every command opens the data folder, does its act, and ends.

mod bundle;
mod document;
mod evidence;
mod import;
mod imports;
mod receipt;
mod status;
mod sync;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use keng_desk::acts::{self, Choice};
use keng_desk::commands::letter::UnitLetter;
use keng_desk::commands::{Backup, Fsck, Json, ModelCommand, Rate, Record, Restore, Settle, Who, of_role, year};
use keng_desk::duties::commands::{Obligations, OfKind, UnitSubmission};
use keng_desk::duties::nominations::commands::UnitNomination;
use keng_desk::program::{self, print_json};
use keng_desk::{Told, answers, life, plain};
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_store::{Role, Store};

use crate::press::PRESS;

/// Máy của đơn vị: ghi, sửa, xếp loại khi có mạng hay không; tự gửi lên tỉnh khi có mạng.
#[derive(Debug, Parser)]
#[command(name = "keng-node", version)]
pub struct Arguments {
    /// Thư mục dữ liệu.
    #[arg(long, env = "KENG_DATA", global = true)]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Gia nhập bằng mã mời của tỉnh.
    Join {
        /// Mã mời.
        token: String,
        /// Tên cán bộ ghi.
        #[arg(long)]
        officer: Option<String>,
    },
    /// Chạy: trang web tại máy, tự đồng bộ khi có mạng.
    Serve {
        /// Địa chỉ trang web.
        #[arg(long, default_value = "127.0.0.1:7490")]
        web: SocketAddr,
    },
    /// Nhập bảng tính.
    Import(import::Import),
    /// Đồng bộ với tỉnh.
    Sync(sync::Sync),
    /// Tình trạng máy này.
    Status(Json),
    /// Kết quả tạm tính tại địa bàn.
    Verdicts {
        /// Năm.
        #[arg(value_parser = year)]
        year: i32,
        #[command(flatten)]
        json: Json,
    },
    /// Các xung đột chưa chọn.
    Contests {
        /// Kể cả sửa song song: các ô khác nhau của một bản ghi, không phải chọn gì.
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        json: Json,
    },
    /// Chọn giá trị cho một xung đột.
    Resolve {
        /// Mã xung đột.
        contest: String,
        /// Số thứ tự giá trị được chọn, đếm từ 0.
        #[arg(long, required_unless_present = "value", conflicts_with = "value")]
        pick: Option<usize>,
        /// Giá trị khác.
        #[arg(long)]
        value: Option<String>,
        #[command(flatten)]
        who: Who,
    },
    /// Ai ghi giá trị này?
    Trace {
        /// Mã bản ghi.
        record: RecordId,
        /// Mục cần hỏi; bỏ trống: mọi mục.
        field: Option<String>,
        #[command(flatten)]
        json: Json,
    },
    /// Mô hình.
    #[command(subcommand)]
    Model(ModelCommand),
    /// Điểm mô hình.
    #[command(subcommand)]
    Point(PointCommand),
    /// Báo cáo 6 tháng, năm: xem trước, trình.
    #[command(subcommand)]
    Submission(UnitSubmission),
    /// Đề xuất thông báo mô hình hằng quý.
    #[command(subcommand)]
    Nomination(UnitNomination),
    /// Biên bản, tệp Word: số và ngày ban hành để trống.
    #[command(subcommand)]
    Letter(UnitLetter),
    /// Nghĩa vụ của đơn vị trong một năm.
    Obligations(Obligations),
    #[command(flatten)]
    OfKind(OfKind),
    /// Bản ghi.
    #[command(subcommand)]
    Record(FileCommand),
    /// Tệp biên nhận: bằng chứng rằng tỉnh đã nhận.
    #[command(subcommand)]
    Receipt(receipt::Receipt),
    /// Bằng chứng rằng trạm tỉnh đưa ra sổ cái khác với sổ cái đã ký.
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Sao lưu máy đang chạy vào một tệp.
    Backup(Backup),
    /// Khôi phục thư mục dữ liệu từ bản sao lưu.
    Restore(Restore),
    /// Kiểm tra thư mục dữ liệu: chuỗi, chữ ký, biên nhận, số liệu, khóa.
    Fsck(Fsck),
    /// Hồ sơ, văn bản.
    #[command(subcommand)]
    Document(document::Document),
    /// Gói USB, khi không có mạng.
    #[command(subcommand)]
    Bundle(bundle::Bundle),
}

#[derive(Debug, Subcommand)]
enum PointCommand {
    #[command(flatten)]
    Common(Record),
    /// Xếp loại một năm.
    Rate(Rate),
    /// Công nhận, chấm dứt.
    #[command(flatten)]
    Settle(Settle),
}

#[derive(Debug, Subcommand)]
enum FileCommand {
    /// Xuất một bản ghi thành tệp Automerge.
    Export {
        /// Mã bản ghi.
        id: RecordId,
        /// Tệp ra.
        #[arg(long)]
        out: PathBuf,
    },
}

impl Arguments {
    /// Does what was asked.
    ///
    /// # Errors
    /// A sentence for the officer; then nothing was half done.
    pub fn run(self) -> Result<ExitCode, Told> {
        // What others have made verifies on any machine, without a data folder.
        match self.command {
            Command::Receipt(receipt::Receipt::Verify(verify)) => return verify.run(self.data.as_deref()),
            Command::Evidence(evidence::Evidence::Verify(verify)) => return verify.run(self.data.as_deref()),
            _ => {}
        }
        let Some(data) = self.data else {
            return Err(Told::refused("Thiếu thư mục dữ liệu (--data hoặc biến KENG_DATA)."));
        };
        match self.command {
            Command::Join { token, officer } => sync::join(&data, &token, officer)?,
            Command::Serve { web } => serve(&data, web)?,
            Command::Import(import) => return import.run(open(&data)?),
            Command::Sync(sync) => sync.run(open(&data)?)?,
            Command::Status(Json { json }) => status::print(&open(&data)?, json)?,
            Command::Verdicts { year, json: Json { json } } => {
                let verdicts = answers::verdicts(&open(&data)?, year)?;
                if json { print_json(&verdicts) } else { plain::verdicts(&verdicts) }
            }
            Command::Contests { all, json: Json { json } } => program::print_contests(&open(&data)?, all, json)?,
            Command::Resolve { contest, pick, value, who } => {
                let choice = pick.map_or_else(|| Choice::Value(value.unwrap_or_default()), Choice::Pick);
                acts::resolve(&mut open(&data)?, &contest, &choice, &who.into())?;
                println!("Đã chọn, đã lưu tại máy.");
            }
            Command::Trace { record, field, json: Json { json } } => {
                let lines = open(&data)?.trace(record, field.as_deref())?;
                if json { print_json(&answers::trace(&lines)) } else { plain::trace(&lines) }
            }
            Command::Model(command) => command.run(open(&data)?)?,
            Command::Point(PointCommand::Common(command)) => command.run(open(&data)?, Kind::Point)?,
            Command::Point(PointCommand::Rate(command)) => command.run(open(&data)?)?,
            Command::Point(PointCommand::Settle(command)) => command.run(open(&data)?, Kind::Point)?,
            Command::Submission(command) => command.run(open(&data)?)?,
            Command::Nomination(command) => command.run(open(&data)?)?,
            Command::Letter(letter) => letter.run(&open(&data)?, &PRESS)?,
            Command::Obligations(command) => command.run(&open(&data)?)?,
            Command::OfKind(command) => command.run(open(&data)?)?,
            Command::Record(FileCommand::Export { id, out }) => acts::export(&open(&data)?, id, &out)?,
            Command::Receipt(receipt) => return receipt.run(&data),
            Command::Evidence(evidence) => return evidence.run(&data),
            Command::Backup(backup) => backup.run(&open(&data)?)?,
            Command::Restore(restore) => restore.run(Role::Node, &data)?,
            Command::Fsck(fsck) => return fsck.run(Role::Node, &data),
            Command::Document(document) => document.run(open(&data)?)?,
            Command::Bundle(bundle) => return bundle.run(open(&data)?),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Opens a node's data folder.
fn open(data: &Path) -> Result<Store, Told> {
    let mut store = of_role(Store::open(data)?, Role::Node)?;
    // A session that ended with its program may have left views behind the entries.
    while store.project_step()?.more {}
    if let Some(reason) = life::settle(&mut store, life::begin)? {
        eprintln!(
            "Lưu ý: {}. Máy đã mở một lần cài đặt mới; dữ liệu vẫn nguyên, phần còn thiếu sẽ được nhận lại từ tỉnh.",
            life::in_vietnamese(reason)
        );
    }
    Ok(store)
}

/// Runs async code for one command.
fn block_on<T>(work: impl Future<Output = Result<T, Told>>) -> Result<T, Told> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Told::refused(format!("Không khởi động được: {e}.")))?;
    runtime.block_on(work)
}

fn serve(data: &Path, web: SocketAddr) -> Result<(), Told> {
    let store = open(data)?;
    block_on(crate::serve::serve(store, web))
}
