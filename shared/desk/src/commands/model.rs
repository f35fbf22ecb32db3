//! `model`: as other records, and the two acts on a model as a whole.

use clap::Subcommand;
use keng_domain::schema::Kind;
use keng_store::Store;

use super::{Record, Settle};
use crate::Told;

/// What is done with models.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Như bản ghi khác.
    #[command(flatten)]
    Common(Record),
    /// Công nhận, chấm dứt.
    #[command(flatten)]
    Settle(Settle),
}

impl ModelCommand {
    /// Does it.
    ///
    /// # Errors
    /// As [`Record::run`] and [`Settle::run`].
    pub fn run(self, store: Store) -> Result<(), Told> {
        match self {
            Self::Common(command) => command.run(store, Kind::Model),
            Self::Settle(command) => command.run(store, Kind::Model),
        }
    }
}
