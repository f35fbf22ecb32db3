//! The command line (DESIGN §7). Every command opens the data folder, does its act, and ends.

mod bundle;
mod document;
mod evidence;
mod init;
mod invite;
mod letter;
mod lint;
mod merge;
mod quarantine;
mod report;
mod revoke;
mod rules;
mod status;
mod template;
mod unit;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use keng_desk::acts::{self, By, Choice, approving};
use keng_desk::commands::{Backup, Fsck, Json, ModelCommand, Rate, Record, Restore, Who, of_role, say_saved, year};
use keng_desk::duties::calls;
use keng_desk::duties::commands::{Obligations, OfKind, ProvinceSubmission};
use keng_desk::duties::nominations::commands::ProvinceNomination;
use keng_desk::folder::{Keys, random};
use keng_desk::program::{self, print_json};
use keng_desk::{Told, answers, clock, life};
use keng_domain::id::{Incarnation, RecordId};
use keng_domain::schema::Kind;
use keng_domain::unit::UnitCode;
use keng_store::{Role, Store};
use keng_sync::session::LifeReason;

/// Trạm tỉnh của Kẻng: nhận số liệu từ các đơn vị, gộp, kết luận, lập báo cáo.
#[derive(Debug, Parser)]
#[command(name = "keng-hub", version)]
pub struct Arguments {
    /// Thư mục dữ liệu.
    #[arg(long, env = "KENG_DATA", global = true)]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Khởi tạo trạm tỉnh trong một thư mục mới.
    Init(init::Init),
    /// Chạy trạm tỉnh.
    Serve {
        /// Địa chỉ nhận kết nối từ các đơn vị.
        #[arg(long, default_value = "0.0.0.0:7443")]
        grpc: SocketAddr,
        /// Địa chỉ trang web cho cán bộ tỉnh.
        #[arg(long, default_value = "127.0.0.1:7480")]
        web: SocketAddr,
    },
    /// Cấp mã mời dùng một lần cho một đơn vị.
    Invite(invite::Invite),
    /// Thu hồi quyền kết nối của một máy.
    Revoke(revoke::Revoke),
    /// Đơn vị hành chính qua các thời kỳ.
    #[command(subcommand)]
    Unit(unit::Unit),
    /// Tình hình các đơn vị.
    Status(Json),
    /// Kết luận các mô hình trong một năm.
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
    /// Gộp các mô hình là một.
    Merge(merge::Merge),
    /// Lập báo cáo từ một điểm chốt.
    Report(report::Report),
    /// Công văn nhắc, tờ trình, biên bản: số và ngày ban hành để trống.
    #[command(subcommand)]
    Letter(letter::Letter),
    /// Bộ quy tắc: xem, xuất, thay.
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Mẫu thống kê (XLSX): xem, xuất, thay.
    #[command(subcommand)]
    Template(template::Template),
    /// Kiểm tra thể thức một tệp theo Nghị định 30/2020/NĐ-CP.
    Lint(lint::Lint),
    /// Những mục bị cách ly, kèm lý do.
    #[command(subcommand)]
    Quarantine(quarantine::Quarantine),
    /// Những máy đã thấy sổ cái khác của trạm này.
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// Mô hình.
    #[command(subcommand)]
    Model(ModelCommand),
    /// Điểm mô hình.
    #[command(subcommand)]
    Point(PointCommand),
    /// Báo cáo mà đơn vị trình: nhận, trả lại.
    #[command(subcommand)]
    Submission(ProvinceSubmission),
    /// Đề xuất thông báo mô hình: chọn, đề nghị Bộ, trả lại.
    #[command(subcommand)]
    Nomination(ProvinceNomination),
    /// Đơn vị nào nợ gì trong một năm.
    Obligations(Obligations),
    /// Danh sách gọi: đơn vị quá hạn, gọi ai, máy của họ lần cuối nói gì.
    CallList {
        /// Năm.
        #[arg(value_parser = year)]
        year: i32,
        #[command(flatten)]
        json: Json,
    },
    #[command(flatten)]
    OfKind(OfKind),
    /// Bản ghi.
    #[command(subcommand)]
    Record(FileCommand),
    /// Sao lưu trạm đang chạy vào một tệp.
    Backup(Backup),
    /// Khôi phục thư mục dữ liệu từ bản sao lưu.
    Restore(Restore),
    /// Kiểm tra thư mục dữ liệu: chuỗi, chữ ký, số liệu, khóa.
    Fsck(Fsck),
    /// Hồ sơ, văn bản.
    #[command(subcommand)]
    Document(document::Document),
    /// Gói USB, cho các đơn vị không có mạng.
    #[command(subcommand)]
    Bundle(bundle::Bundle),
}

#[derive(Debug, Subcommand)]
enum PointCommand {
    #[command(flatten)]
    Common(Record),
    /// Xếp loại một năm.
    Rate(Rate),
    /// Duyệt xếp loại năm: một điểm, hoặc mọi điểm của một đơn vị mà xếp loại đã thống nhất.
    Approve {
        /// Mã điểm.
        #[arg(required_unless_present = "unit", conflicts_with = "unit")]
        id: Option<RecordId>,
        /// Mã đơn vị báo cáo: duyệt mọi điểm đã xếp loại thống nhất của đơn vị ấy.
        #[arg(long)]
        unit: Option<UnitCode>,
        /// Năm.
        #[arg(long, value_parser = year)]
        year: i32,
        /// Mức được chọn, khi các đơn vị xếp loại khác nhau.
        #[arg(long, conflicts_with = "unit")]
        level: Option<String>,
        #[command(flatten)]
        who: Who,
    },
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
        // A file is judged by itself.
        if let Command::Lint(lint) = self.command {
            return lint.run();
        }
        let Some(data) = self.data else {
            return Err(Told::refused("Thiếu thư mục dữ liệu (--data hoặc biến KENG_DATA)."));
        };
        match self.command {
            Command::Init(init) => init.run(&data)?,
            Command::Serve { grpc, web } => serve(&data, grpc, web)?,
            Command::Invite(invite) => invite.run(open(&data)?)?,
            Command::Revoke(revoke) => revoke.run(open(&data)?)?,
            Command::Unit(unit) => unit.run(open(&data)?)?,
            Command::Status(Json { json }) => status::print(&open(&data)?, json)?,
            Command::Verdicts { year, json: Json { json } } => print_verdicts(&open(&data)?, year, json)?,
            Command::Contests { all, json: Json { json } } => program::print_contests(&open(&data)?, all, json)?,
            Command::Resolve { contest, pick, value, who } => {
                let choice = pick.map_or_else(|| Choice::Value(value.unwrap_or_default()), Choice::Pick);
                acts::resolve(&mut open(&data)?, &contest, &choice, &who.into())?;
                println!("Đã chọn; đơn vị sẽ thấy ở lần đồng bộ tới.");
            }
            Command::Trace { record, field, json: Json { json } } => {
                let lines = open(&data)?.trace(record, field.as_deref())?;
                if json { print_json(&answers::trace(&lines)) } else { keng_desk::plain::trace(&lines) }
            }
            Command::Merge(merge) => merge.run(open(&data)?)?,
            Command::Report(report) => report.run(open(&data)?)?,
            Command::Letter(letter) => letter.run(&open(&data)?)?,
            Command::Rules(command) => command.run(open(&data)?)?,
            Command::Template(command) => command.run(open(&data)?)?,
            Command::Lint(lint) => return lint.run(),
            Command::Quarantine(command) => command.run(&open(&data)?)?,
            Command::Evidence(command) => command.run(&open(&data)?)?,
            Command::Model(command) => command.run(open(&data)?)?,
            Command::Point(PointCommand::Common(command)) => command.run(open(&data)?, Kind::Point)?,
            Command::Point(PointCommand::Rate(command)) => command.run(open(&data)?)?,
            Command::Point(PointCommand::Approve { id, unit, year, level, who }) => {
                approve(open(&data)?, (id, unit), year, level.as_deref(), &who.into())?;
            }
            Command::Submission(command) => command.run(open(&data)?)?,
            Command::Nomination(command) => command.run(open(&data)?)?,
            Command::Obligations(command) => command.run(&open(&data)?)?,
            Command::CallList { year, json: Json { json } } => {
                let calls = calls::list(&open(&data)?, year, clock::today())?;
                if json { print_json(&calls::json(&calls)) } else { calls::print(&calls) }
            }
            Command::OfKind(command) => command.run(open(&data)?)?,
            Command::Record(FileCommand::Export { id, out }) => acts::export(&open(&data)?, id, &out)?,
            Command::Backup(backup) => backup.run(&open(&data)?)?,
            Command::Restore(restore) => restore.run(Role::Hub, &data)?,
            Command::Fsck(fsck) => return fsck.run(Role::Hub, &data),
            Command::Document(document) => document.run(open(&data)?)?,
            Command::Bundle(bundle) => return bundle.run(open(&data)?),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn approve(
    mut store: Store,
    of: (Option<RecordId>, Option<UnitCode>),
    year: i32,
    level: Option<&str>,
    by: &By,
) -> Result<(), Told> {
    match of {
        (Some(id), _) => {
            let changed = approving::approve(&mut store, id, year, level, by)?;
            say_saved(&store, changed);
        }
        (None, Some(unit)) => {
            let n = approving::approve_all(&mut store, &unit, year, by)?;
            println!("Đã duyệt xếp loại năm {year} của {n} điểm, đơn vị {unit}.");
        }
        (None, None) => {}
    }
    Ok(())
}

/// Opens a hub's data folder, with everything in its log projected.
fn open(data: &Path) -> Result<Store, Told> {
    let mut store = of_role(Store::open(data)?, Role::Hub)?;
    while store.project_step()?.more {}
    if let Some(reason) = life::settle(&mut store, begin_epoch)? {
        eprintln!(
            "Lưu ý: {}. Trạm tỉnh mở sổ cái mới; các máy sẽ gửi lại phần còn thiếu ở lần đồng bộ tới.",
            life::in_vietnamese(reason)
        );
    }
    Ok(store)
}

/// A hub's folder that was put back or copied: its log goes on as another one.
fn begin_epoch(store: &mut Store, reason: LifeReason) -> Result<(), Told> {
    let key = Keys::of(store.folder()).signing_key()?;
    let (ended, new) = (store.present_life()?, Incarnation(random()));
    let now_ms = clock::now_ms();
    let introduction = life::present(&key, ended, &key, new, reason, now_ms);
    let stamp = By { officer: None, reason: Some(life::in_vietnamese(reason).to_owned()) }.stamp(store);
    store.begin_epoch(random(), &introduction, &stamp, now_ms)?;
    Ok(())
}

fn serve(data: &Path, grpc: SocketAddr, web: SocketAddr) -> Result<(), Told> {
    let store = open(data)?;
    rustls::crypto::ring::default_provider().install_default().ok();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Told::refused(format!("Không khởi động được: {e}.")))?;
    runtime.block_on(crate::serve::serve(store, grpc, web))
}

fn print_verdicts(store: &Store, year: i32, json: bool) -> Result<(), Told> {
    let verdicts = answers::verdicts(store, year)?;
    if json {
        print_json(&verdicts);
    } else {
        keng_desk::plain::verdicts(&verdicts);
    }
    Ok(())
}
