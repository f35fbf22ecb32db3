//! `keng-hub rules`: the rule pack in force, and another in its place, without another release.

use std::path::{Path, PathBuf};

use keng_desk::Told;
use keng_desk::acts::commit;
use keng_desk::clock::in_vietnam;
use keng_desk::commands::Who;
use keng_domain::rule_pack::RulePack;
use keng_store::edit::Act;
use keng_store::query::rule_pack_record;
use keng_store::{Store, StoreError};

use super::init::read;

/// What is done with the rule pack.
#[derive(Debug, clap::Subcommand)]
pub enum Rules {
    /// Bộ nào đang dùng, các bộ đã dùng: ai đặt, khi nào, vì sao.
    Show,
    /// Ghi bộ đang dùng ra tệp TOML, để sửa.
    Export {
        /// Tệp .toml sẽ ghi.
        file: PathBuf,
    },
    /// Kiểm tra một bộ rồi đặt làm bộ đang dùng; kết luận mọi năm được tính lại, các đơn vị nhận ở lần nối tới.
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
            Self::Adopt { file, who } => adopt(&mut store, &file, who),
        }
    }
}

fn toml(store: &Store) -> Result<String, Told> {
    let view = store.record(rule_pack_record())?;
    Ok(view.and_then(|v| v.fields.text("toml").map(str::to_owned)).ok_or(StoreError::NoCatalogue)?)
}

fn show(store: &Store) -> Result<(), Told> {
    let pack = store.rule_pack()?;
    println!("Đang dùng {}: {}", pack.id, pack.name);
    for line in store.trace(rule_pack_record(), Some("pack"))? {
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
    std::fs::write(file, toml(store)?)
        .map_err(|e| Told::refused(format!("Không ghi được {}: {e}.", file.display())))?;
    println!("Đã ghi {}. Sửa, đổi id, rồi: keng-hub rules adopt {}", file.display(), file.display());
    Ok(())
}

/// Reports print the pack's identifier, and are made again from their cut: one identifier is one content.
fn adopt(store: &mut Store, file: &Path, who: Who) -> Result<(), Told> {
    let text = read(file)?;
    let pack = RulePack::from_toml(&text).map_err(|e| {
        Told::new(
            format!("Bộ quy tắc trong {} không dùng được: {e}.", file.display()),
            "Bộ đang dùng giữ nguyên.",
            "Hãy sửa tệp; bộ đầy đủ để so: keng-hub rules export.",
        )
    })?;
    let used = store.trace(rule_pack_record(), Some("pack"))?;
    if used.iter().any(|line| line.value.as_text() == Some(pack.id.as_str())) {
        if toml(store)? == text {
            println!("Bộ {} đang được dùng; không có gì thay đổi.", pack.id);
            return Ok(());
        }
        return Err(Told::new(
            format!("Mã {} đã dùng cho một bộ quy tắc.", pack.id),
            "Bộ đang dùng giữ nguyên.",
            "Báo cáo in mã của bộ, nên bộ khác phải có mã khác: hãy đổi id trong tệp.",
        ));
    }
    let values = vec![("pack".to_owned(), pack.id.as_str().into()), ("toml".to_owned(), text.into())];
    commit(store, &[Act::Change { id: rule_pack_record(), values }], &who.into())?;
    println!("Đã đặt bộ {}; kết luận đã được tính lại.", pack.id);
    Ok(())
}
