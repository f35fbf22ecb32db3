//! `keng-node status`.

use keng_desk::duties::heard::{CLOCK_OFFSET, LAST_CONTACT};
use keng_desk::program::print_json;
use keng_desk::{Told, clock, life, rehomed};
use keng_store::Store;
use serde_json::{Value, json};

/// Prints how this node stands.
pub fn print(store: &Store, as_json: bool) -> Result<(), Told> {
    let id = store.identity();
    let (pending, files) = (store.pending()?, store.files_pending()?);
    let heads: Vec<Value> = store
        .heads_of(store.present_life()?)?
        .iter()
        .map(|(scope, seq, hash)| json!({ "scope": scope, "seq": seq, "hash": hex::encode(hash) }))
        .collect();
    let number = |key: &str| -> Result<Option<i64>, Told> { Ok(store.meta(key)?.and_then(|s| s.parse().ok())) };
    let last_receipt = store.last_receipt_ms()?.map(clock::rfc3339);
    let offset = number(CLOCK_OFFSET)?;
    let lives: Vec<Value> = store
        .lives()?
        .iter()
        .map(|ended| json!({ "incarnation": ended.incarnation, "ended_at": clock::rfc3339(ended.ended_at_ms), "reason": ended.reason.as_str(), "settled": ended.settled }))
        .collect();
    let contests = store.contest_count()?;
    let evidence = store.evidence_count()?;
    let units = store.units()?;
    let catalogue = units.home(&id.unit_key()).map(|c| c.id.clone());
    let rehomed = rehomed::note(&units, &id.unit_key(), clock::today());
    if as_json {
        print_json(&json!({
            "unit": id.unit,
            "catalogue": catalogue,
            "rehomed": rehomed,
            "node": id.node,
            "incarnation": store.present_life()?,
            "former_lives": lives,
            "heads": heads,
            "pending": pending.entries,
            "refused": pending.refused,
            "last_receipt": last_receipt,
            "last_contact": number(LAST_CONTACT)?.map(clock::rfc3339),
            "cursor": store.cursor()?,
            "contests": contests,
            "clock_offset_ms": offset,
            "evidence": evidence,
            "files_waiting": files.files,
            "files_waiting_bytes": files.bytes,
        }));
        return Ok(());
    }
    println!("{} · {} · {}", id.unit, id.node, id.officer);
    if let Some(note) = rehomed {
        println!("{note}");
    }
    match pending.entries {
        0 => println!("Đã gửi hết."),
        n => println!("{n} thay đổi chờ gửi ({} byte).", pending.bytes),
    }
    if files.files > 0 {
        println!("{} tệp chờ gửi ({} byte).", files.files, files.bytes);
    }
    if pending.refused > 0 {
        println!("{} thay đổi bị tỉnh từ chối, cần xử lý.", pending.refused);
    }
    println!("Biên nhận gần nhất: {}.", last_receipt.unwrap_or_else(|| "chưa có".to_owned()));
    println!("{contests} xung đột.");
    for ended in store.lives()? {
        let at = clock::in_vietnam(ended.ended_at_ms).format("%d/%m/%Y %H:%M");
        println!("Lần cài đặt {} kết thúc {at}: {}.", ended.incarnation, life::in_vietnamese(ended.reason));
    }
    if evidence > 0 {
        println!(
            "{evidence} bằng chứng trạm tỉnh đưa ra sổ cái khác với sổ cái đã ký (evidence list); hãy báo quản trị."
        );
    }
    Ok(())
}
