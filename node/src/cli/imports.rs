//! `keng-node import --list` and `--undo`: the imports at this machine.

use std::process::ExitCode;

use keng_desk::Told;
use keng_desk::acts::By;
use keng_desk::clock::{in_vietnam, rfc3339};
use keng_desk::program::print_json;
use keng_store::Store;
use keng_store::imports::{Import, ImportId};
use serde_json::{Value, json};

use crate::importing::undo::{Undone, undo as take_back};

/// Lists the imports, the latest first.
pub(super) fn list(store: &Store, as_json: bool) -> Result<ExitCode, Told> {
    let imports = store.imports()?;
    if as_json {
        print_json(&json!({ "imports": imports.iter().map(value).collect::<Vec<_>>() }));
        return Ok(ExitCode::SUCCESS);
    }
    if imports.is_empty() {
        println!("Máy này chưa nhập tệp nào.");
    }
    for i in &imports {
        let undone = if i.undone_at_ms.is_some() { " · đã hoàn tác" } else { "" };
        println!(
            "{}. {} · {} · {} · {} dòng: {} mới, {} thay đổi, {} giữ nguyên, {} không đọc được{undone}",
            i.id.0,
            i.file,
            in_vietnam(i.at_ms).format("%d/%m/%Y %H:%M"),
            i.officer,
            i.counts.rows,
            i.counts.new,
            i.counts.changed,
            i.counts.unchanged,
            i.counts.rejected,
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn value(i: &Import) -> Value {
    let at = rfc3339;
    json!({
        "id": i.id, "file": i.file, "at": at(i.at_ms), "officer": i.officer,
        "rows": i.counts.rows, "new": i.counts.new, "changed": i.counts.changed,
        "unchanged": i.counts.unchanged, "rejected": i.counts.rejected,
        "undone_at": i.undone_at_ms.map(at),
    })
}

/// Takes an import back.
pub(super) fn undo(store: &mut Store, id: i64, by: &By, as_json: bool) -> Result<ExitCode, Told> {
    let undone = take_back(store, ImportId(id), by)?;
    match as_json {
        true => print_json(&json!(undone)),
        false => print(&undone),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(u: &Undone) {
    if u.already {
        println!("Lần nhập {} ({}) đã hoàn tác từ trước; không ghi gì thêm.", u.import.0, u.file);
        return;
    }
    println!(
        "Đã hoàn tác lần nhập {} ({}): rút {} điểm, {} mô hình; {} ô trở về giá trị cũ. Nhập lại tệp sẽ đưa các dòng trở lại.",
        u.import.0, u.file, u.points, u.models, u.fields
    );
    for left in &u.left {
        let field = left.field.as_ref().map_or_else(String::new, |f| format!(", {f}"));
        println!("  giữ nguyên {}{field}: {}", left.name, left.reason);
    }
}
