//! `keng-hub status`.

use keng_desk::consolidation::figures_by;
use keng_desk::folder::Keys;
use keng_desk::names::Names;
use keng_desk::program::print_json;
use keng_desk::{Told, clock, rehomed};
use keng_domain::unit::UnitKey;
use keng_store::Store;
use keng_store::enrol::NodeView;
use serde_json::{Value, json};

/// Prints how the units stand.
pub fn print(store: &Store, as_json: bool) -> Result<(), Told> {
    let names = Names::of(store)?;
    let year = store.current_year()?;
    let figures = figures_by(store, names.packs.annual(year), names.tree.clone())?;
    let nodes = store.nodes()?;
    let units: Vec<Value> = figures
        .units
        .iter()
        .map(|unit| {
            let of_unit =
                nodes.iter().filter(|n| names.tree.reporting_unit(&n.unit).is_some_and(|u| u.code == unit.code));
            json!({
                "code": unit.code,
                "name": unit.name,
                "nodes": of_unit.map(node).collect::<Vec<_>>(),
                "points": unit.points,
                "as_of": unit.as_of.map(|t| clock::rfc3339(t.timestamp_millis())),
            })
        })
        .collect();
    let mut dissolved: Vec<&UnitKey> = nodes.iter().map(|n| &n.unit).collect();
    dissolved.sort();
    dissolved.dedup();
    let rehomed: Vec<(&UnitKey, String)> = dissolved
        .into_iter()
        .filter_map(|unit| Some((unit, rehomed::note(&names.tree.units, unit, clock::today())?)))
        .collect();
    let contests = store.contest_count()?;
    let recovered = store.recovered()?;
    // What anyone needs to verify a receipt file.
    let public_key = hex::encode(Keys::of(store.folder()).signing_key()?.public().as_bytes());
    if as_json {
        let came_back: Vec<Value> =
            recovered.iter().map(|r| json!({ "node": r.node, "author": r.author, "entries": r.entries })).collect();
        print_json(&json!({
            "lsn": figures.cut.lsn,
            "root": figures.cut.root,
            "epoch": hex::encode(store.epoch()?),
            "units": units,
            "catalogue": names.tree.catalogue.id,
            "rehomed": rehomed.iter().map(|(unit, note)| json!({ "unit": unit.code, "note": note })).collect::<Vec<_>>(),
            "contests": contests,
            "recovered": came_back,
            "public_key": public_key,
        }));
        return Ok(());
    }
    let revoked = nodes.iter().filter_map(|n| n.revoked.as_ref().map(|r| (&n.node, r))).collect::<Vec<_>>();
    println!("Sổ cái: {} mục · {contests} xung đột", figures.cut.lsn);
    println!("Khóa công khai của trạm (để kiểm tra biên nhận): {public_key}");
    for r in &recovered {
        println!("  {} mục do {} ghi đã được máy {} gửi lại", r.entries, r.author, r.node);
    }
    for unit in &figures.units {
        let at = unit.as_of.map_or_else(
            || "chưa nhận".to_owned(),
            |t| clock::in_vietnam(t.timestamp_millis()).format("%d/%m %H:%M").to_string(),
        );
        println!("  {:<6} {:<28} {:>5} điểm · {at}", unit.code, unit.name, unit.points);
    }
    for (_, note) in &rehomed {
        println!("  {note}");
    }
    for (node, revocation) in revoked {
        println!("  Máy {node} đã bị thu hồi ({}): {}", revocation.at, revocation.reason);
    }
    Ok(())
}

fn node(n: &NodeView) -> Value {
    let state = match &n.contact {
        _ if n.revoked.is_some() => "revoked",
        None => "never",
        Some(c) if c.live => "live",
        Some(_) => "away",
    };
    json!({
        "id": n.node,
        "incarnation": n.incarnation,
        "state": state,
        "last_contact": n.contact.as_ref().map(|c| clock::rfc3339(c.last_contact_ms)),
        "complete_to": n.contact.as_ref().and_then(|c| c.complete_to_ms).map(clock::rfc3339),
        "pending": n.contact.as_ref().map(|c| c.pending),
        "pending_quarantine": n.quarantined,
        "revoked": n.revoked.as_ref().map(|r| json!({ "at": r.at, "reason": r.reason })),
    })
}
