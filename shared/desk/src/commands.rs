//! Commands that are the same at both programs: what follows them on the command line, and what they do.

mod document;
pub mod letter;
mod model;
mod rate;
mod record;
mod settle;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keng_domain::period::YEARS;
use keng_store::{Role, Store, StoreError};

use crate::acts::By;
use crate::{Told, backup, fsck};

pub use self::document::Document;
pub use self::model::ModelCommand;
pub use self::rate::Rate;
pub use self::record::{Record, say_saved};
pub use self::settle::Settle;

/// Who acts, and why.
#[derive(Debug, clap::Args)]
pub struct Who {
    /// Tên cán bộ ghi (mặc định: tên đặt khi khởi tạo hay gia nhập).
    #[arg(long)]
    officer: Option<String>,
    /// Lý do.
    #[arg(long)]
    reason: Option<String>,
}

impl From<Who> for By {
    fn from(who: Who) -> Self {
        Self { officer: who.officer, reason: who.reason }
    }
}

/// Whether to print JSON.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Json {
    /// In ra một giá trị JSON.
    #[arg(long)]
    pub json: bool,
}

/// Reads a year on the command line.
///
/// # Errors
/// For what is none of [`YEARS`].
pub fn year(text: &str) -> Result<i32, String> {
    let year = text.trim().parse().ok().filter(|y| YEARS.contains(y));
    year.ok_or_else(|| format!("năm phải từ {} đến {}", YEARS.start(), YEARS.end()))
}

/// `backup`: where to, and how the keys are sealed.
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// Tệp sao lưu sẽ ghi.
    file: PathBuf,
    /// Tệp chứa mật khẩu niêm khóa (một dòng); hoặc đặt biến KENG_PASSPHRASE.
    #[arg(long, value_name = "TỆP")]
    passphrase_file: Option<PathBuf>,
    /// Ghi đè tệp đã có.
    #[arg(long)]
    force: bool,
}

impl Backup {
    /// Writes the file, also while `serve` runs.
    ///
    /// # Errors
    /// As [`backup::back_up`].
    pub fn run(self, store: &Store) -> Result<(), Told> {
        let program = program_of(store.identity().role);
        backup::run_back_up(store, program, &self.file, self.passphrase_file.as_deref(), self.force)
    }
}

/// `restore`: where from.
#[derive(Debug, clap::Args)]
pub struct Restore {
    /// Tệp sao lưu.
    file: PathBuf,
    /// Tệp chứa mật khẩu đã niêm khóa; hoặc đặt biến KENG_PASSPHRASE.
    #[arg(long, value_name = "TỆP")]
    passphrase_file: Option<PathBuf>,
    /// Thay thư mục đã có dữ liệu; thư mục cũ được giữ bên cạnh.
    #[arg(long)]
    replace: bool,
}

impl Restore {
    /// Checks everything, then replaces the folder of a program with this role.
    ///
    /// # Errors
    /// As [`backup::restore`].
    pub fn run(self, role: Role, data: &Path) -> Result<(), Told> {
        backup::run_restore(&backup::Restore {
            role,
            file: &self.file,
            data,
            replace: self.replace,
            passphrase_file: self.passphrase_file.as_deref(),
        })
    }
}

/// `fsck`: what to do with what is found.
#[derive(Debug, clap::Args)]
pub struct Fsck {
    /// Lập lại mọi phần dẫn xuất từ các mục ghi.
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    json: Json,
}

impl Fsck {
    /// Checks the folder of a program with this role, also while `serve` runs.
    ///
    /// # Errors
    /// When it is another program's, or cannot be read at all.
    pub fn run(self, role: Role, data: &Path) -> Result<ExitCode, Told> {
        let opened = match Store::open(data) {
            Ok(store) => Ok(of_role(store, role)?),
            // What the check is there to find.
            Err(e @ (StoreError::Sqlite(_) | StoreError::Damaged(_))) => Err(e),
            Err(other) => return Err(other.into()),
        };
        fsck::run(opened, self.repair, self.json.json)
    }
}

/// The store, if it is one of the program with this role.
///
/// # Errors
/// When it is the other program's.
pub fn of_role(store: Store, role: Role) -> Result<Store, Told> {
    if store.identity().role == role {
        return Ok(store);
    }
    let (theirs, ours) = match role {
        Role::Hub => ("một đơn vị (keng-node)", "trạm tỉnh"),
        Role::Node => ("trạm tỉnh (keng-hub)", "máy của đơn vị"),
    };
    Err(Told::refused(format!("Thư mục {} là của {theirs}, không phải {ours}.", store.folder().display())))
}

fn program_of(role: Role) -> &'static str {
    match role {
        Role::Hub => "keng-hub",
        Role::Node => "keng-node",
    }
}
