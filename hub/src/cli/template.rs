//! `keng-hub template`.

use std::io::Write;
use std::path::{Path, PathBuf};

use keng_desk::commands::{Json, Who};
use keng_desk::program::print_json;
use keng_desk::{Told, clock};
use keng_store::Store;
use serde_json::json;

use crate::templates::{self, Adoption, BUILT_IN};

/// What is done with the template of the statistics form.
#[derive(Debug, clap::Subcommand)]
pub enum Template {
    /// Mẫu nào đang dùng, ai đặt, khi nào.
    Show(Json),
    /// Các mẫu đã từng dùng, cũ trước mới sau.
    List(Json),
    /// Mọi tên ô mà mẫu phải có, và ý nghĩa.
    Names(Json),
    /// Xuất mẫu có sẵn của chương trình, với đủ tên ô.
    Export {
        /// Tệp .xlsx sẽ ghi.
        file: PathBuf,
        /// Xuất mẫu đang dùng thay vì mẫu có sẵn.
        #[arg(long)]
        in_force: bool,
        /// Ghi đè tệp đã có.
        #[arg(long)]
        force: bool,
    },
    /// Kiểm tra một mẫu rồi đặt làm mẫu đang dùng.
    Adopt {
        /// Tệp .xlsx có các ô đặt tên.
        #[arg(required_unless_present = "built_in", conflicts_with = "built_in")]
        file: Option<PathBuf>,
        /// Trở lại mẫu có sẵn của chương trình.
        #[arg(long)]
        built_in: bool,
        #[command(flatten)]
        who: Who,
    },
}

impl Template {
    /// Does it.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::Show(Json { json }) => show(&store, json)?,
            Self::List(Json { json }) => {
                let all = templates::history(&store)?;
                match json {
                    true => print_json(&all.iter().map(one).collect()),
                    false if all.is_empty() => println!("Chưa đặt mẫu nào; đang dùng {BUILT_IN}."),
                    false => all.iter().for_each(|a| println!("{}", line(a))),
                }
            }
            Self::Names(Json { json }) => {
                let all = templates::known(&store)?;
                match json {
                    true => print_json(
                        &all.iter()
                            .map(|n| json!({"name": n.name, "meaning": n.meaning, "optional": n.optional}))
                            .collect(),
                    ),
                    false => all.iter().for_each(|n| {
                        println!("{}  {}{}", n.name, n.meaning, if n.optional { " (không bắt buộc)" } else { "" });
                    }),
                }
            }
            Self::Export { file, in_force, force } => {
                let bytes = match in_force {
                    true => templates::file(&store, &store.files())?.1,
                    false => templates::built_in_file(&store)?,
                };
                write(&file, &bytes, force)?;
                println!("Đã ghi {}.", file.display());
            }
            Self::Adopt { file: None, who, .. } => match templates::adopt_built_in(&mut store, &who.into())? {
                true => println!("Đã trở lại {BUILT_IN}."),
                false => println!("Đang dùng {BUILT_IN}; không ghi gì."),
            },
            Self::Adopt { file: Some(file), who, .. } => {
                let adopted = templates::adopt(&mut store, &file, &who.into())?;
                for warning in &adopted.warnings {
                    eprintln!("Lưu ý: {warning}");
                }
                match adopted.already {
                    true => println!("Mẫu “{}” đang dùng rồi; không ghi gì.", adopted.name),
                    false => println!("Đã đặt mẫu “{}” ({}).", adopted.name, adopted.hash),
                }
            }
        }
        Ok(())
    }
}

fn show(store: &Store, json: bool) -> Result<(), Told> {
    let current = templates::in_force(store)?;
    if json {
        let names = templates::known(store)?;
        let mut told = current.as_ref().map_or_else(|| json!({"name": null, "hash": null}), one);
        told["built_in"] = json!(current.as_ref().is_none_or(|a| a.file.is_none()));
        told["names"] = json!(names.len());
        print_json(&told);
    } else {
        println!("{}", current.as_ref().map_or_else(|| format!("Đang dùng {BUILT_IN}."), line));
    }
    Ok(())
}

fn one(adoption: &Adoption) -> serde_json::Value {
    let (hash, name) = adoption.file.clone().unzip();
    json!({"name": name, "hash": hash, "officer": adoption.officer, "adopted_at": clock::rfc3339(adoption.at_ms)})
}

fn line(adoption: &Adoption) -> String {
    let at = clock::in_vietnam(adoption.at_ms).format("%d/%m/%Y %H:%M");
    let hash = adoption.file.as_ref().map_or_else(String::new, |(hash, _)| format!(" · {hash}"));
    format!("{} · {} {at}{hash}", adoption.name(), adoption.officer)
}

fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), Told> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!force);
    let written = options.open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Told::refused(format!("Tệp {} đã có; thêm --force để ghi đè.", path.display()))
        }
        _ => Told::refused(format!("Không ghi được {}: {e}.", path.display())),
    })
}
