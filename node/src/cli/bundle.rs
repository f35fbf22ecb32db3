//! `keng-node bundle`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use keng_desk::Told;
use keng_desk::bundle::{bar, follow, read_size};
use keng_desk::program::print_json;
use keng_store::Store;

use crate::bundle::{self, Options};

/// What to do with a stick.
#[derive(Debug, Subcommand)]
pub enum Bundle {
    /// Xuất những thay đổi chờ gửi ra tệp, để mang lên tỉnh bằng USB.
    Export {
        /// Tệp ra.
        file: PathBuf,
        /// Cắt thành nhiều tệp, mỗi tệp không lớn hơn (ví dụ 10M): FILE.1of3, FILE.2of3…
        #[arg(long, value_parser = read_size)]
        max_size: Option<u64>,
        /// Để ngỏ, không niêm phong: ai nhặt được USB cũng đọc được.
        #[arg(long)]
        open: bool,
        /// In ra một giá trị JSON.
        #[arg(long)]
        json: bool,
    },
    /// Nhập gói trả về của tỉnh: biên nhận và số liệu mới.
    Import {
        /// Gói trả về.
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
            Self::Export { file, max_size, open, json } => {
                let bar = bar("đang xuất");
                let options = Options { file_bytes_max: max_size, open };
                let done = bundle::export(&store, &file, options, &mut follow(&bar));
                bar.finish_and_clear();
                let done = done?;
                if json {
                    print_json(&done.json());
                    return Ok(ExitCode::SUCCESS);
                }
                let seal = if done.sealed {
                    "đã niêm phong cho tỉnh"
                } else {
                    "để ngỏ, hãy giữ USB cẩn thận"
                };
                println!("Đã xuất {} mục ({} byte, {seal}):", done.entries, done.bytes);
                done.files.iter().for_each(|file| println!("  {}", file.display()));
                if done.entries == 0 {
                    println!("Không có gì chờ gửi; gói chỉ báo cho tỉnh biết máy này đã nhận đến đâu.");
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Import { file, json } => {
                let bar = bar("đang nhập");
                let done = bundle::import(&mut store, &file, &mut follow(&bar));
                bar.finish_and_clear();
                let done = done?;
                if json {
                    print_json(&done.json());
                } else {
                    println!(
                        "Biên nhận cho {} mục; nhận {} mục mới của nơi khác, {} mục đã có từ trước.",
                        done.receipts, done.entries, done.already
                    );
                    if done.more {
                        println!("Gói này còn các phần sau; hãy nhập tiếp.");
                    }
                    if store.pending()?.entries == 0 {
                        println!("Đã gửi hết.");
                    }
                }
                if done.refused > 0 {
                    eprintln!("{} mục bị tỉnh từ chối; xem trang Gửi lên tỉnh.", done.refused);
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
