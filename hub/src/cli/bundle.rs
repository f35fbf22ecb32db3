//! `keng-hub bundle`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use keng_desk::Told;
use keng_desk::bundle::{bar, follow, read_size};
use keng_desk::program::print_json;
use keng_domain::id::NodeId;
use keng_domain::unit::UnitCode;
use keng_store::Store;

use crate::bundle::{self, Whom};

/// What to do with a stick.
#[derive(Debug, Subcommand)]
pub enum Bundle {
    /// Xuất gói trả về: biên nhận và số liệu mới cho các máy không có mạng.
    Export {
        /// Tệp ra; nhiều máy thì mỗi máy một tệp, tên máy ghi thêm vào tên tệp.
        file: PathBuf,
        /// Chỉ cho các máy của một đơn vị.
        #[arg(long, conflicts_with = "node")]
        unit: Option<UnitCode>,
        /// Chỉ cho một máy.
        #[arg(long)]
        node: Option<String>,
        /// Cắt thành nhiều tệp, mỗi tệp không lớn hơn (ví dụ 10M): FILE.1of3, FILE.2of3…
        #[arg(long, value_parser = read_size)]
        max_size: Option<u64>,
        /// In ra một giá trị JSON.
        #[arg(long)]
        json: bool,
    },
    /// Nhập gói USB của một đơn vị vào sổ cái.
    Import {
        /// Gói của đơn vị.
        file: PathBuf,
        /// In ra một giá trị JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Bundle {
    /// Writes or reads a bundle.
    pub fn run(self, mut store: Store) -> Result<ExitCode, Told> {
        match self {
            Self::Export { file, unit, node, max_size, json } => {
                let whom = match (unit, node) {
                    (Some(unit), _) => Whom::Unit(unit),
                    (None, Some(node)) => Whom::Node(NodeId(node)),
                    (None, None) => Whom::All,
                };
                let bar = bar("đang xuất");
                let done = bundle::export(&store, &file, &whom, max_size, &mut follow(&bar));
                bar.finish_and_clear();
                let done = done?;
                if json {
                    print_json(&done.json());
                } else {
                    println!(
                        "Đã xuất {} mục và biên nhận cho {} mục ({} byte):",
                        done.entries, done.receipts, done.bytes
                    );
                    done.files.iter().for_each(|file| println!("  {}", file.display()));
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Import { file, json } => {
                let bar = bar("đang nhập");
                let done = bundle::import(&mut store, &file, &mut follow(&bar));
                bar.finish_and_clear();
                let done = done?;
                // So that the next command beside `serve`, or without it, sees documents and views.
                while store.project_step()?.more {}
                if json {
                    print_json(&done.json());
                } else {
                    println!(
                        "Đã nhập {} mục mới, {} mục đã có từ trước, {} mục bị từ chối.",
                        done.entries, done.already, done.refused
                    );
                    if done.more {
                        println!("Gói này còn các phần sau; hãy nhập tiếp.");
                    } else {
                        println!("Hãy xuất gói trả về cho đơn vị: keng-hub bundle export TỆP.");
                    }
                }
                Ok(match done.left {
                    Some(left) => {
                        eprintln!("{left}");
                        ExitCode::FAILURE
                    }
                    None => ExitCode::SUCCESS,
                })
            }
        }
    }
}
