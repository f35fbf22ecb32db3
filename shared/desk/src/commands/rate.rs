//! `point rate`: the same at both programs, each in the name of its own unit.

use keng_domain::id::RecordId;
use keng_store::Store;

use super::{Who, say_saved, year};
use crate::Told;
use crate::acts::Given;
use crate::acts::rating::{Rating, own_total, rate};
use crate::program::read_set;

/// `point rate`.
#[derive(Debug, clap::Args)]
pub struct Rate {
    /// Mã điểm.
    id: RecordId,
    /// Năm.
    #[arg(long, value_parser = year)]
    year: i32,
    /// Mức: tot, kha, trung_binh, yeu…
    #[arg(long, required_unless_present = "points")]
    level: Option<String>,
    /// Điểm từng tiêu chí theo bộ quy tắc, dạng số=điểm: 1=38 2=52.
    #[arg(long, value_parser = read_set, num_args = 1..)]
    points: Vec<Given>,
    /// Ai ghi, vì sao.
    #[command(flatten)]
    who: Who,
}

impl Rate {
    /// Does it.
    ///
    /// # Errors
    /// As [`rate`].
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        let rating = Rating { level: self.level, points: self.points };
        let changed = rate(&mut store, self.id, self.year, &rating, &self.who.into())?;
        say_saved(&store, changed);
        let total = own_total(&store, self.id, self.year)?;
        if !total.is_empty() {
            println!("{total}.");
        }
        Ok(())
    }
}
