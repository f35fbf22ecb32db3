//! `keng-hub unit`.

mod change;
mod effect;
mod told;

use keng_desk::Told;
use keng_store::Store;

/// Đơn vị hành chính qua các thời kỳ.
#[derive(Debug, clap::Subcommand)]
pub enum Unit {
    /// Sắp xếp đơn vị: đơn vị nào nay thuộc đơn vị nào. Không có --confirm thì chỉ xem trước.
    Change(change::Change),
}

impl Unit {
    /// Shows or confirms.
    pub fn run(self, store: Store) -> Result<(), Told> {
        match self {
            Self::Change(change) => change.run(store),
        }
    }
}
