//! The same answers as lines for people at a terminal.

use keng_domain::field::Value;
use keng_records::personal::is_sealed;
use keng_store::contests::{ContestView, ParallelView};
use keng_store::query::RecordView;
use keng_store::trace::TraceLine;
use keng_store::{Store, StoreError};
use serde_json::Value as Json;

use crate::clock::in_vietnam;
use crate::names::{Names, UNREADABLE, field_label};

fn time(ms: i64) -> String {
    in_vietnam(ms).format("%d/%m/%Y %H:%M").to_string()
}

fn shown(value: &Value) -> String {
    if is_sealed(value) { UNREADABLE.to_owned() } else { value.to_string() }
}

/// Prints a trace, oldest first.
pub fn trace(lines: &[TraceLine]) {
    for line in lines {
        let seen: Vec<String> = line.base.iter().map(|b| shown(&b.value)).collect();
        let before = if seen.is_empty() { String::new() } else { format!(" (trước đó {})", seen.join(" ↔ ")) };
        let place = line.arrival.map_or_else(|| "chưa tới tỉnh".to_owned(), |a| format!("mục {}", a.lsn));
        let reason = line.author.reason.as_ref().map_or_else(String::new, |r| format!(" “{r}”"));
        println!(
            "{}  {} · {} · {}  {} = {}{before}{reason}  [{place}]",
            time(line.author.device_time_ms),
            line.author.unit,
            line.author.officer,
            line.author.node,
            line.field,
            shown(&line.value),
        );
    }
}

/// Prints contests with their candidates.
///
/// # Errors
/// Whatever SQLite says.
pub fn contests(store: &Store, contests: &[ContestView]) -> Result<(), StoreError> {
    if contests.is_empty() {
        println!("Không có xung đột nào.");
        return Ok(());
    }
    let names = Names::of(store)?;
    for c in contests {
        let view = store.record(c.record)?;
        let record = view.as_ref().map_or_else(|| c.record.to_string(), |v| names.record(v));
        println!("{}  {record} · {}", c.id, field_label(&c.kind, &c.field));
        for (n, candidate) in c.contest.candidates.iter().enumerate() {
            let value = names.value(&c.kind, &c.field, &candidate.value);
            let author = &candidate.author;
            println!(
                "  {n}: {value} — {} · {} · {}",
                names.unit(&candidate.side),
                author.officer,
                time(author.device_time_ms)
            );
        }
    }
    Ok(())
}

/// Prints parallel edits: who wrote which field without knowing of the others.
///
/// # Errors
/// Whatever SQLite says.
pub fn parallel(store: &Store, parallel: &[ParallelView]) -> Result<(), StoreError> {
    if parallel.is_empty() {
        println!("Không có sửa song song nào.");
        return Ok(());
    }
    let names = Names::of(store)?;
    println!("Song song (các ô khác nhau của một bản ghi, không phải chọn gì):");
    for p in parallel {
        let view = store.record(p.record)?;
        println!("{}  {}", p.record, view.as_ref().map_or_else(String::new, |v| names.record(v)));
        for w in &p.written {
            let (value, author) = (names.value(&p.kind, &w.field, &w.written.value), &w.written.author);
            println!(
                "  {}: {value} — {} · {} · {}",
                field_label(&p.kind, &w.field),
                names.unit(&w.written.side),
                author.officer,
                time(author.device_time_ms)
            );
        }
    }
    Ok(())
}

/// Prints verdicts.
pub fn verdicts(verdicts: &Json) {
    for v in verdicts.as_array().into_iter().flatten() {
        let text = |key: &str| v[key].as_str().unwrap_or_default().to_owned();
        let why = v["explanation"]["sentence"].as_str().unwrap_or_default();
        println!("{:<14} {:<48} {why}", text("verdict"), text("name"));
    }
}

/// Prints records by name.
///
/// # Errors
/// Whatever SQLite says.
pub fn list(store: &Store, found: &[RecordView]) -> Result<(), StoreError> {
    let names = Names::of(store)?;
    let mut lines: Vec<(String, String)> = found.iter().map(|v| (names.record(v), v.id.to_string())).collect();
    lines.sort_by(|a, b| keng_domain::text::compare(&a.0, &b.0));
    for (name, id) in lines {
        println!("{id}  {name}");
    }
    Ok(())
}
