//! A revoked node sends nothing more; what it sent before stays.

#![allow(dead_code, reason = "the province's words are shared with other tests")]

mod province;

use keng_domain::field::Value;
use keng_domain::id::NodeId;
use keng_store::revoke::{Revocation, RevokeRefused};
use province::{Province, stamp};

fn lost() -> Revocation {
    Revocation { at: "2022-11-08T08:00:00+07:00".into(), reason: "máy bị mất".into() }
}

#[test]
fn what_a_revoked_node_sends_is_kept_aside_and_what_it_sent_stays() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Tiếng kẻng an ninh");
    let point = p.add_point(0, "23368", model);
    p.reconnect_all();
    let node = p.nodes[0].identity().node.clone();
    let now = p.now();
    p.hub.revoke(&node, &lost(), &stamp("Tỉnh"), now).unwrap().unwrap();

    p.set(Some(0), point, "teams", Value::Int(7));
    let (waiting, _) = p.nodes[0].outbox(0, usize::MAX).unwrap();
    let entries: Vec<_> = waiting.into_iter().map(|(_, e)| e).collect();
    let (before, now) = (p.hub.views_as_text().unwrap(), p.now());
    let push = p.signed(0, &entries, now);
    let refused = p.hub.append(&[push], now).unwrap().remove(0).unwrap_err();
    assert_eq!((refused.code(), refused.to_string().as_str()), ("REVOKED", "máy bị mất"));
    assert_eq!(p.hub.views_as_text().unwrap(), before);
    assert_eq!(p.hub.quarantine_list(9).unwrap()[0].code, "REVOKED");
    let view = p.hub.nodes().unwrap().into_iter().find(|n| n.node == node).unwrap();
    assert_eq!((view.revoked, view.quarantined), (Some(lost()), entries.len() as u64));

    // The others go on, and learn of it with everything else.
    p.sync(1);
    assert!(p.hub.record(point).unwrap().is_some() && p.nodes[1].record(model).unwrap().is_some());
    assert_eq!(p.nodes[1].revocation(&node).unwrap(), Some(lost()));
}

#[test]
fn the_hub_unknown_nodes_and_revoked_ones_cannot_be_revoked() {
    let mut p = Province::of(&["610"]);
    let mut revoke = |node: &str| p.hub.revoke(&NodeId(node.into()), &lost(), &stamp("Tỉnh"), 1).unwrap();
    assert_eq!(revoke("hub"), Err(RevokeRefused::IsHub));
    assert_eq!(revoke("610-9"), Err(RevokeRefused::Unknown));
    assert_eq!(revoke("610-1"), Ok(()));
    assert_eq!(revoke("610-1"), Err(RevokeRefused::Already(lost())));
}
