//! `keng-hub unit`.

mod add;
mod change;
mod contact;
mod effect;
mod told;

use keng_desk::Told;
use keng_store::Store;

/// Đơn vị hành chính qua các thời kỳ.
#[derive(Debug, clap::Subcommand)]
pub enum Unit {
    /// Thêm cơ quan báo cáo thẳng về tỉnh: sở, ngành, đoàn thể là thành viên Ban Chỉ đạo tỉnh.
    Add(add::Add),
    /// Sắp xếp đơn vị: đơn vị nào nay thuộc đơn vị nào. Không có --confirm thì chỉ xem trước.
    Change(change::Change),
    /// Ghi cán bộ đầu mối và điện thoại cơ quan của một đơn vị, cho danh sách gọi.
    Contact(contact::Contact),
}

impl Unit {
    /// Shows, confirms or writes.
    pub fn run(self, store: Store) -> Result<(), Told> {
        match self {
            Self::Add(add) => add.run(store),
            Self::Change(change) => change.run(store),
            Self::Contact(contact) => contact.run(store),
        }
    }
}
