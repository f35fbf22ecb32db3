//! `keng-hub unit contact`.

use keng_desk::commands::{Who, say_saved};
use keng_desk::{Told, duties::contacts};
use keng_domain::unit::UnitCode;
use keng_store::Store;

/// Whom to call at a unit.
#[derive(Debug, clap::Args)]
pub struct Contact {
    /// Mã đơn vị trong danh mục đang có hiệu lực.
    unit: UnitCode,
    /// Tên cán bộ đầu mối; chuỗi rỗng thì bỏ.
    #[arg(long)]
    name: Option<String>,
    /// Điện thoại cơ quan (chỉ tỉnh và đơn vị đó thấy); chuỗi rỗng thì bỏ.
    #[arg(long)]
    phone: Option<String>,
    #[command(flatten)]
    who: Who,
}

impl Contact {
    /// Writes it.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        if self.name.is_none() && self.phone.is_none() {
            return Err(Told::refused("Thiếu --name hoặc --phone."));
        }
        let by = self.who.into();
        let changed = contacts::set(&mut store, &self.unit, self.name.as_deref(), self.phone.as_deref(), &by)?;
        say_saved(&store, changed);
        Ok(())
    }
}
