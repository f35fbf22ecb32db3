//! `keng-hub fsck`.

use std::path::Path;
use std::process::ExitCode;

use keng_desk::{Told, fsck};
use keng_store::{Store, StoreError};

/// What to do with what is found.
#[derive(Debug, clap::Args)]
pub struct Fsck {
    /// Lập lại mọi phần dẫn xuất từ các mục ghi.
    #[arg(long)]
    repair: bool,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

impl Fsck {
    /// Checks the data folder, also while `serve` runs.
    pub fn run(self, data: &Path) -> Result<ExitCode, Told> {
        let opened = match Store::open(data) {
            Ok(store) => Ok(super::of_this_program(store, data)?),
            // What the check is there to find.
            Err(e @ (StoreError::Sqlite(_) | StoreError::Damaged(_))) => Err(e),
            Err(other) => return Err(other.into()),
        };
        fsck::run(opened, self.repair, self.json)
    }
}
