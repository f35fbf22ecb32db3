//! Nominations at the command line: for programs and for people.

use keng_domain::rule_pack::{RulePack, RulePacks};
use serde_json::{Value as Json, json};

use super::Nomination;
use crate::clock::rfc3339;

/// `nomination list --json`.
#[must_use]
pub fn json(all: &[Nomination], packs: &RulePacks) -> Json {
    all.iter().map(|n| in_json(n, packs.of_year(n.quarter.year))).collect()
}

/// One of [`json`].
#[must_use]
pub fn in_json(n: &Nomination, pack: &RulePack) -> Json {
    let at = |t: chrono::DateTime<chrono::Utc>| rfc3339(t.timestamp_millis());
    json!({
        "id": n.id,
        "unit": n.unit,
        "model": n.model,
        "name": n.name,
        "quarter": n.quarter.id(),
        "case": n.case,
        "justification": n.justification,
        "eligible": n.assessment.eligible,
        "complete": n.assessment.complete,
        "missing": n.assessment.missing,
        "listed": n.assessment.listed,
        "timeliness": n.assessment.timeliness,
        "state": n.state,
        "due": n.quarter.due(),
        "handed_in_at": n.evidence.map(|e| at(e.acted_at)),
        "received_at": n.evidence.and_then(|e| e.received_at).map(at),
        "first_handed_in_at": n.first.map(|e| at(e.acted_at)),
        "first_received_at": n.first.and_then(|e| e.received_at).map(at),
        "selected": n.selected.is_some(),
        "proposed": n.proposed.is_some(),
        "basis": n.proposed.map(|p| p.basis.code()),
        "basis_document": n.proposed.and_then(|p| p.document),
        "decision_reason": n.decision_reason,
        "why": {
            "clause": pack.letter.clause("điểm 1.b và điểm 2"),
            "rule_pack": pack.id,
            "assumed": pack.nomination.assumed,
            "conditions": n.assessment.conditions,
        },
    })
}

/// Prints nominations for people.
pub fn print(all: &[Nomination]) {
    if all.is_empty() {
        println!("Chưa có đề xuất nào.");
    }
    for n in all {
        println!("{}  {} · {} · {} · {}", n.id, n.unit, n.name, n.quarter.title(), n.label());
        for c in &n.assessment.conditions {
            println!("    {} {}: {}", if c.holds { "✓" } else { "–" }, c.rule, c.sentence);
        }
        if let Some(reason) = &n.decision_reason {
            println!("    Tỉnh: {reason}");
        }
    }
}
