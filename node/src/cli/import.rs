//! `keng-node import`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use keng_desk::Told;
use keng_desk::acts::{self, By};
use keng_desk::program::print_json;
use keng_store::Store;
use serde_json::json;

use crate::import::{Context, Limits, Sheet, read_sheet};
use crate::importing::{Imported, import};

/// Which files.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// Các bảng tính .xlsx hoặc .xls.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Chỉ cho biết sẽ nhập gì.
    #[arg(long)]
    dry_run: bool,
    /// Tên cán bộ ghi.
    #[arg(long)]
    officer: Option<String>,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

impl Import {
    /// Reads all files first: when one is no spreadsheet, nothing of any is written. Then each
    /// file is one transaction. Exit 1 when rows were rejected; the good ones are in.
    pub fn run(self, mut store: Store) -> Result<ExitCode, Told> {
        let sheets = self.read_all(&store)?;
        let bar = progress(sheets.len());
        let by = By { officer: self.officer, reason: None };
        let mut done = Vec::with_capacity(sheets.len());
        for (name, sheet) in sheets {
            bar.set_message(name.clone());
            done.push(import(&mut store, &name, sheet, self.dry_run, &by)?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        if self.json {
            print_json(&json!({ "files": done }));
        } else {
            for imported in &done {
                print(imported, self.dry_run);
            }
        }
        let rejected = done.iter().any(|i| !i.rejected.is_empty());
        Ok(if rejected { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn read_all(&self, store: &Store) -> Result<Vec<(String, Sheet)>, Told> {
        let (catalogue, pack) = (acts::own_tree(store)?.0, store.rule_pack()?);
        let context = Context { catalogue: &catalogue, unit: &store.identity().unit, pack: &pack };
        let limits = Limits::default();
        let mut sheets = Vec::with_capacity(self.files.len());
        for path in &self.files {
            let name = file_name(path);
            let bytes = read(path, &limits)?;
            let sheet = read_sheet(&bytes, &context, &limits)
                .map_err(|e| Told::new(format!("{name}: {}", e.in_vietnamese()), "", ""))?;
            sheets.push((name, sheet));
        }
        Ok(sheets)
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>, Told> {
    let fault = |e: std::io::Error| Told::refused(format!("Không đọc được {}: {e}.", path.display()));
    let size = std::fs::metadata(path).map_err(fault)?.len();
    if size > limits.file_bytes {
        return Err(Told::refused(format!("{} quá lớn ({} MiB).", path.display(), size >> 20)));
    }
    std::fs::read(path).map_err(fault)
}

/// A bar on a terminal; nothing elsewhere.
fn progress(files: usize) -> ProgressBar {
    let bar = ProgressBar::new(files as u64);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn print(i: &Imported, dry_run: bool) {
    let verb = if dry_run { "sẽ nhập" } else { "đã nhập" };
    println!(
        "{}: {verb} {} dòng · {} mới · {} thay đổi · {} giữ nguyên · {} dòng không đọc được",
        i.file,
        i.rows,
        i.new,
        i.changed,
        i.unchanged,
        i.rejected.len()
    );
    for fault in &i.rejected {
        println!("  dòng {}, cột “{}”, giá trị “{}”: {}", fault.row, fault.column, fault.value, fault.reason);
    }
}
