//! `keng-hub rules`: the rule pack in force, and another in its place, without another release.

use std::path::{Path, PathBuf};

use keng_desk::Told;
use keng_desk::clock::in_vietnam;
use keng_desk::commands::Who;
use keng_store::Store;

use crate::rules::{self, Changed, Proposed};

/// What is done with the rule pack.
#[derive(Debug, clap::Subcommand)]
pub enum Rules {
    /// Bộ nào đang dùng với những tham số nào, tham số nào là giả định; các bộ đã dùng: ai đặt, khi nào, vì sao.
    Show,
    /// Ghi bộ đang dùng ra tệp TOML, để sửa.
    Export {
        /// Tệp .toml sẽ ghi.
        file: PathBuf,
    },
    /// Xem một bộ sẽ đổi tham số nào, kết luận nào; không ghi gì.
    Check {
        /// Tệp .toml, có mã (id) mới.
        file: PathBuf,
    },
    /// Kiểm tra một bộ rồi đặt làm bộ đang dùng; các năm thuộc hiệu lực của bộ (effective_from) được kết luận lại, các
    /// đơn vị nhận ở lần nối tới.
    Adopt {
        /// Tệp .toml, có mã (id) mới.
        file: PathBuf,
        #[command(flatten)]
        who: Who,
    },
}

impl Rules {
    /// Does it.
    pub fn run(self, mut store: Store) -> Result<(), Told> {
        match self {
            Self::Show => show(&store),
            Self::Export { file } => export(&store, &file),
            Self::Check { file } => check(&store, &file),
            Self::Adopt { file, who } => adopt(&mut store, &file, who),
        }
    }
}

fn show(store: &Store) -> Result<(), Told> {
    let packs = store.rule_packs()?;
    let pack = packs.latest();
    println!("Đang dùng {}: {}\nCăn cứ: {}", pack.id, pack.name, pack.basis);
    for p in pack.parameters() {
        let assumed = if p.assumed { " · giả định, chưa thấy văn bản quy định" } else { "" };
        println!("  {}: {} = {} ({}){assumed}", p.group, p.name, p.value, p.source);
    }
    println!("Các bộ đã đặt:");
    for line in rules::history(store)? {
        let at = in_vietnam(line.author.device_time_ms).format("%d/%m/%Y %H:%M");
        let why = line.author.reason.map_or_else(String::new, |why| format!(": {why}"));
        println!("{at}  {} · {}{why}", line.value, line.author.officer);
    }
    Ok(())
}

fn export(store: &Store, file: &Path) -> Result<(), Told> {
    if file.exists() {
        return Err(Told::refused(format!("Đã có {}; hãy chọn tên khác.", file.display())));
    }
    std::fs::write(file, rules::toml(store)?)
        .map_err(|e| Told::refused(format!("Không ghi được {}: {e}.", file.display())))?;
    println!("Đã ghi {}. Sửa, đổi id, rồi: keng-hub rules check {}", file.display(), file.display());
    Ok(())
}

fn check(store: &Store, file: &Path) -> Result<(), Told> {
    match rules::propose(store, &file.display().to_string(), &rules::read(file)?)? {
        None => println!("Đây là bộ đang dùng; không có gì thay đổi."),
        Some(proposed) => print(&proposed),
    }
    Ok(())
}

fn print(Proposed { pack, changes, effects }: &Proposed) {
    println!("Bộ {}: {}", pack.id, pack.name);
    for Changed { name, before, after } in changes {
        let shown = |v: &Option<String>| v.clone().unwrap_or_else(|| "không có".to_owned());
        println!("  {name}: {} → {}", shown(before), shown(after));
    }
    for effect in effects {
        match (effect.judges, effect.models.len()) {
            (false, _) => println!("Năm {}: vẫn theo bộ trước.", effect.year),
            (true, 0) => println!("Năm {}: không kết luận nào đổi.", effect.year),
            (true, n) => println!("Năm {}: {n} kết luận đổi:", effect.year),
        }
        for (name, now, then) in effect.models.iter().filter(|_| effect.judges) {
            println!("  {name}: {} → {}", now.label(), then.label());
        }
    }
    println!("Chưa đặt. Để đặt: keng-hub rules adopt TỆP --reason LÝ DO");
}

fn adopt(store: &mut Store, file: &Path, who: Who) -> Result<(), Told> {
    match rules::adopt(store, &file.display().to_string(), &rules::read(file)?, &who.into())? {
        None => println!("Đây là bộ đang dùng; không có gì thay đổi."),
        Some(pack) => println!("Đã đặt bộ {}; kết luận đã được tính lại.", pack.id),
    }
    Ok(())
}
