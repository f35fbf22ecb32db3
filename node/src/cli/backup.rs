//! `keng-node backup` and `keng-node restore`.

use std::path::{Path, PathBuf};

use keng_desk::Told;
use keng_desk::backup;
use keng_store::{Role, Store};

/// Where to, and how the keys are sealed.
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

/// Where from.
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

impl Backup {
    /// Writes the file, also while `serve` runs.
    pub fn run(self, store: &Store) -> Result<(), Told> {
        backup::run_back_up(store, "keng-node", &self.file, self.passphrase_file.as_deref(), self.force)
    }
}

impl Restore {
    /// Checks everything, then replaces.
    pub fn run(self, data: &Path) -> Result<(), Told> {
        backup::run_restore(&backup::Restore {
            role: Role::Node,
            file: &self.file,
            data,
            replace: self.replace,
            passphrase_file: self.passphrase_file.as_deref(),
        })
    }
}
