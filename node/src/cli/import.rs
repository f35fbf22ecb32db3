//! `keng-node import`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use keng_desk::acts::By;
use keng_desk::program::print_json;
use keng_desk::{Told, clock};
use keng_store::Store;
use serde_json::json;

use super::imports;
use crate::import::{Context, Limits, Refused, Sheet, read_sheet};
use crate::importing::{FormTold, Imported, LookAlike, import, layouts, remember_same, same_named};

/// Which files.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// Các bảng tính .xlsx, .xls, .ods hoặc tệp .csv.
    #[arg(required_unless_present_any = ["list", "undo"])]
    files: Vec<PathBuf>,
    /// Liệt kê các lần nhập tại máy này, mới nhất trước.
    #[arg(long, conflicts_with_all = ["files", "undo"])]
    list: bool,
    /// Hoàn tác cả một lần nhập, theo số trong danh sách; ô đã có người sửa sau đó thì giữ nguyên.
    #[arg(long, value_name = "SỐ", conflicts_with = "files")]
    undo: Option<i64>,
    /// Cột nào là cột nào, ví dụ “Tên mô hình=B, Số tổ=F”; được nhớ cho các tệp có cùng tiêu đề.
    #[arg(long, value_name = "TIÊU ĐỀ=CỘT,…")]
    map: Option<String>,
    /// Tên mô hình trong tệp là mô hình đã có (hoặc “mới”); được nhớ cho các lần nhập sau.
    #[arg(long, value_name = "TÊN=MÃ")]
    same: Vec<String>,
    /// Chỉ cho biết sẽ nhập gì.
    #[arg(long)]
    dry_run: bool,
    /// Ghi các dòng không đọc được ra tệp .xlsx để sửa; nhiều tệp thì thêm tên tệp vào sau.
    #[arg(long, value_name = "TỆP.xlsx")]
    rejected: Option<PathBuf>,
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
        if self.list {
            return imports::list(&store, self.json);
        }
        if let Some(id) = self.undo {
            let by = By { officer: self.officer, reason: None };
            return imports::undo(&mut store, id, &by, self.json);
        }
        let sheets = self.read_all(&store)?;
        for given in &self.same {
            let (name, model) = same_named(given)?;
            remember_same(&mut store, &name, model)?;
        }
        let names: Vec<String> = sheets.iter().map(|(name, _)| name.clone()).collect();
        let places = self.rejected.as_deref().map(|path| rejected_places(path, &names)).unwrap_or_default();
        let bar = progress(sheets.len());
        let by = By { officer: self.officer.clone(), reason: None };
        let mut done = Vec::with_capacity(sheets.len());
        for (at, (name, sheet)) in sheets.into_iter().enumerate() {
            bar.set_message(name.clone());
            let mut imported = import(&mut store, &name, sheet, self.dry_run, &by)?;
            if let (Some(refused), Some(path)) = (imported.refused.take(), places.get(at)) {
                imported.rejected_file = Some(save(&refused, path)?);
            }
            done.push(imported);
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
        let (tree, pack) = (store.tree(clock::today())?, store.rule_pack()?);
        let layouts = layouts(store, self.map.as_deref())?;
        let context = Context {
            catalogue: &tree.catalogue,
            unit: &store.identity().unit,
            pack: &pack,
            layouts: &layouts,
            all: &tree.units,
        };
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

/// Where the rejected rows of each of `files` are saved: one file for each, for their columns differ. Two of one
/// name, from two folders or of two formats, are numbered, so that neither takes the place of the other.
fn rejected_places(path: &Path, files: &[String]) -> Vec<PathBuf> {
    if files.len() == 1 {
        return vec![path.to_owned()];
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut taken = HashSet::new();
    let place = |name: &String| {
        let own = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
        let plain = std::iter::once(format!("{stem}-{own}.xlsx"));
        let mut names = plain.chain((2_u32..).map(|n| format!("{stem}-{own}-{n}.xlsx")));
        // Where capitals do not tell files apart, "DS" and "ds" are one.
        let free = names.find(|name| taken.insert(name.to_lowercase()));
        path.with_file_name(free.unwrap_or_default())
    };
    files.iter().map(place).collect()
}

/// Saves rejected rows. The good ones are in by then, so a disk that is full costs nothing else.
fn save(refused: &Refused, path: &Path) -> Result<String, Told> {
    let fault = |e: String| {
        Told::new(
            format!("Không ghi được các dòng lỗi ra {}: {e}.", path.display()),
            "Các dòng đọc được đã nhập xong.",
            "Chọn nơi ghi khác rồi nhập lại; nhập lại không làm trùng.",
        )
    };
    let bytes = refused.to_xlsx().map_err(|e| fault(e.to_string()))?;
    std::fs::write(path, bytes).map_err(|e| fault(e.to_string()))?;
    Ok(path.display().to_string())
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

/// Sentences about a form that a terminal shows; the rest are counted.
const SENTENCES_MAX: usize = 20;

fn print_form(form: &FormTold) {
    let all = form.sentences();
    for sentence in all.iter().take(SENTENCES_MAX) {
        println!("  {sentence}");
    }
    if let more @ 1.. = all.len().saturating_sub(SENTENCES_MAX) {
        println!("  … và {more} câu nữa: xem bằng --json, hoặc ở trang Nhập từ bảng tính");
    }
}

fn print(i: &Imported, dry_run: bool) {
    let verb = if dry_run { "sẽ nhập" } else { "đã nhập" };
    let what = if i.form.is_some() { " (mỗi dòng một mô hình)" } else { "" };
    println!(
        "{}: {verb} {} dòng{what} · {} mới · {} thay đổi · {} giữ nguyên · {} dòng không đọc được",
        i.file,
        i.rows,
        i.new,
        i.changed,
        i.unchanged,
        i.rejected.len()
    );
    for notice in &i.notices {
        println!("  {notice}");
    }
    i.form.iter().for_each(print_form);
    for look in &i.look_alikes {
        let existing: Vec<String> = look.existing.iter().map(|e| format!("“{}” ({})", e.name, e.id)).collect();
        println!("  dòng {}, {}: “{}” là mới; có thể là {}", look.at(), look.column, look.name, existing.join(", "));
    }
    if i.look_alikes.iter().any(LookAlike::is_model) {
        println!("  nếu là mô hình đã có: hoàn tác (--undo) rồi nhập lại với --same \"TÊN=MÃ\"");
    }
    for fault in &i.rejected {
        println!("  dòng {}, cột “{}”, giá trị “{}”: {}", fault.name(), fault.column, fault.value, fault.reason);
    }
    if let Some(path) = &i.rejected_file {
        println!("  đã ghi các dòng này ra {path}; sửa rồi nhập lại tệp đó");
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::rejected_places;

    #[test]
    fn rejected_rows_of_files_with_one_name_do_not_take_each_others_place() {
        let places = |files: &[&str]| {
            let files: Vec<String> = files.iter().map(|f| (*f).to_owned()).collect();
            let places = rejected_places(Path::new("/x/sua.xlsx"), &files);
            places.iter().map(|p| p.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(places(&["ds.xlsx"]), ["/x/sua.xlsx"]);
        assert_eq!(places(&["a.xlsx", "b.xlsx"]), ["/x/sua-a.xlsx", "/x/sua-b.xlsx"]);
        assert_eq!(
            places(&["ds.xlsx", "DS.csv", "ds-2.xlsx", "ds.xlsx"]),
            ["/x/sua-ds.xlsx", "/x/sua-DS-2.xlsx", "/x/sua-ds-2-2.xlsx", "/x/sua-ds-3.xlsx"]
        );
    }
}
