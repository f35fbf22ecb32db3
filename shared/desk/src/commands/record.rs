//! `list`, `show`, `add`, `edit`: the same for records of every kind, at both programs.

use clap::Subcommand;
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use keng_store::{Role, Store};

use super::{Json, Who};
use crate::acts::{self, Given, settling};
use crate::duties::records;
use crate::program::{print_json, read_set};
use crate::{Told, alike, answers, plain};

/// What is done with records of one kind.
#[derive(Debug, Subcommand)]
pub enum Record {
    /// Liệt kê.
    List {
        /// Chỉ những bản ghi có chữ này, không cần dấu: tên, địa bàn, đơn vị, số quyết định.
        #[arg(long, value_name = "CHỮ")]
        find: Option<String>,
        /// Những bản ghi đã rút khỏi danh sách; sửa withdrawn= (để trống) thì trở lại.
        #[arg(long)]
        withdrawn: bool,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Xem một bản ghi.
    Show {
        /// Mã bản ghi.
        id: RecordId,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Thêm.
    Add {
        /// Giá trị, dạng mục=giá trị.
        #[arg(long = "set", value_parser = read_set, required = true, num_args = 1..)]
        set: Vec<Given>,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Sửa.
    Edit {
        /// Mã bản ghi.
        id: RecordId,
        /// Giá trị, dạng mục=giá trị.
        #[arg(long = "set", value_parser = read_set, required = true, num_args = 1..)]
        set: Vec<Given>,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
}

impl Record {
    /// Does it to records of `kind`: models, points, or one of [`records::KINDS`].
    ///
    /// # Errors
    /// As [`acts`] and [`records`].
    pub fn run(self, mut store: Store, kind: Kind) -> Result<(), Told> {
        match self {
            Self::List { find, withdrawn, json: Json { json } } => {
                let all = if withdrawn { store.withdrawn(kind)? } else { store.records(kind)? };
                let found = answers::found(&store, all, find.as_deref())?;
                if json { print_json(&answers::list(&store, kind, &found)?) } else { plain::list(&store, &found)? }
            }
            Self::Show { id, json: _ } => print_json(&show(&store, kind, id)?),
            Self::Add { set, who, json: Json { json } } => {
                let by = who.into();
                let id = match kind {
                    Kind::Model => acts::add_model(&mut store, &set, &by)?,
                    Kind::Point => acts::add_point(&mut store, &set, &by)?,
                    _ => records::add(&mut store, kind, &set, &by)?,
                };
                if json {
                    print_json(&show(&store, kind, id)?);
                } else {
                    println!("{id}");
                }
                if let Some(warning) = alike::warning(&store, kind, id)? {
                    eprintln!("{warning}");
                }
            }
            Self::Edit { id, set, who, json: Json { json } } => {
                let by = who.into();
                let changed = match kind {
                    Kind::Model | Kind::Point => acts::edit(&mut store, kind, id, &set, &by)?,
                    _ => records::edit(&mut store, kind, id, &set, &by)?,
                };
                if json {
                    print_json(&show(&store, kind, id)?);
                } else {
                    say_saved(&store, changed);
                }
                if kind == Kind::Point {
                    settling::doubt(&store, id)?.into_iter().for_each(|words| eprintln!("{words}"));
                }
            }
        }
        Ok(())
    }
}

fn show(store: &Store, kind: Kind, id: RecordId) -> Result<serde_json::Value, Told> {
    match kind {
        Kind::Model | Kind::Point => Ok(answers::show(store, kind, id)?),
        _ => records::show(store, kind, id),
    }
}

/// Says whether an edit changed anything, and where it is now.
pub fn say_saved(store: &Store, changed: bool) {
    let words = match (changed, store.identity().role) {
        (false, _) => "Không có gì thay đổi.",
        (true, Role::Node) => "Đã lưu tại máy.",
        (true, Role::Hub) => "Đã lưu tại tỉnh.",
    };
    println!("{words}");
}
