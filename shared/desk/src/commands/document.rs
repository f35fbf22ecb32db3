//! `document add`, `list`, `dossier`, `edit`, `remove`, `restore`: the same at both programs.

use std::path::PathBuf;

use keng_domain::id::RecordId;
use keng_store::{Store, StoreError};

use super::{Json, Who, say_saved};
use crate::acts::{By, Given};
use crate::documents::change::{self, Named};
use crate::documents::dossier;
use crate::program::{print_json, read_set};
use crate::{Told, documents};

/// What is done with documents at both programs.
#[derive(Debug, clap::Subcommand)]
pub enum Document {
    /// Thêm một tệp vào hồ sơ của một bản ghi.
    Add(AddDocument),
    /// Liệt kê hồ sơ của một bản ghi.
    List {
        /// Mã bản ghi.
        record: RecordId,
        /// Chỉ liệt kê văn bản đã gỡ, ai gỡ và vì sao.
        #[arg(long)]
        removed: bool,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Đối chiếu hồ sơ của một mô hình, một điểm với danh mục của bộ quy tắc.
    Dossier {
        /// Mã mô hình, mã điểm.
        record: RecordId,
        /// Dạng in ra.
        #[command(flatten)]
        json: Json,
    },
    /// Ghi số, ngày ban hành, cơ quan ban hành, trích yếu, người ký, số trang của một văn bản.
    Edit {
        /// Mã tệp (SHA-256) hoặc mã văn bản.
        document: Named,
        /// Giá trị, dạng mục=giá trị: number, issued_on, issuer, subject, signer_title, signer, pages.
        #[arg(long = "set", value_parser = read_set, required = true, num_args = 1..)]
        set: Vec<Given>,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
    /// Gỡ một văn bản khỏi hồ sơ: phải có lý do; văn bản còn trong lịch sử.
    Remove {
        /// Mã tệp (SHA-256) hoặc mã văn bản.
        document: Named,
        /// Ai gỡ, vì sao.
        #[command(flatten)]
        who: Who,
    },
    /// Đưa lại vào hồ sơ một văn bản đã gỡ.
    Restore {
        /// Mã tệp (SHA-256) hoặc mã văn bản.
        document: Named,
        /// Ai ghi, vì sao.
        #[command(flatten)]
        who: Who,
    },
}

impl Document {
    /// Does it.
    ///
    /// # Errors
    /// As [`documents`] and [`change`].
    pub fn run(self, store: &mut Store) -> Result<(), Told> {
        match self {
            Self::Add(add) => return add.run(store),
            Self::List { record, removed, json: Json { json } } => return list(store, record, removed, json),
            Self::Dossier { record, json: Json { json } } => {
                let (dossier, all) = dossier::told(store, record)?;
                if json { print_json(&all) } else { println!("{}", dossier.sentence()) }
            }
            Self::Edit { document, set, who } => {
                let any = change::edit(store, document, &set, &By::from(who))?;
                say_saved(store, any);
            }
            Self::Remove { document, who } => {
                change::remove(store, document, &By::from(who))?;
                println!("Đã gỡ khỏi hồ sơ; đưa lại bằng document restore.");
            }
            Self::Restore { document, who } => {
                let any = change::restore(store, document, &By::from(who))?;
                say_saved(store, any);
            }
        }
        Ok(())
    }
}

fn list(store: &Store, record: RecordId, removed: bool, json: bool) -> Result<(), Told> {
    if store.record(record)?.is_none() {
        return Err(StoreError::NoRecord(record).into());
    }
    let role = store.identity().role;
    let out = if removed || !json { store.documents_removed_from(record)? } else { Vec::new() };
    if removed && json {
        print_json(&documents::removed_json(&out, role));
        return Ok(());
    }
    if !removed {
        let all = store.documents_of(Some(record))?;
        if json { print_json(&documents::json(&all, role)) } else { documents::print(&all, role) }
    }
    documents::print_removed(&out);
    Ok(())
}

/// `document add`: a file for a record.
#[derive(Debug, clap::Args)]
pub struct AddDocument {
    /// Mã bản ghi.
    record: RecordId,
    /// Tệp.
    file: PathBuf,
    /// Loại văn bản: QD_THANH_LAP, KE_HOACH, TO_TRINH, Y_KIEN_CHI_DAO, KHAC…
    #[arg(long)]
    kind: String,
    /// Nói về văn bản, dạng mục=giá trị: number, issued_on, issuer, subject, signer.
    #[arg(long = "set", value_parser = read_set, num_args = 1..)]
    set: Vec<Given>,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    json: Json,
}

impl AddDocument {
    fn run(self, store: &mut Store) -> Result<(), Told> {
        let (wanted, stored) = documents::take(store, self.record, &self.kind, &self.file, &self.set)?;
        let added = documents::link(store, &wanted, stored, &self.who.into())?;
        if self.json.json {
            let all = store.documents_of(Some(self.record))?;
            let one: Vec<_> = all.into_iter().filter(|d| d.document.id == added.id).collect();
            print_json(&documents::json(&one, store.identity().role)[0]);
        } else {
            match added.written.notice() {
                Some(notice) => println!("{notice} {}", added.stored.file.hash),
                None => println!("{}", added.stored.file.hash),
            }
        }
        Ok(())
    }
}
