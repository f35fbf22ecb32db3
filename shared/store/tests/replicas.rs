//! What replicas promise each other (I2–I5), on bare stores.

mod province;

use keng_domain::explanation::Verdict;
use keng_domain::field::Value;
use keng_domain::id::Lsn;
use keng_store::StoreError;
use keng_store::log::{Log, Subscription};
use keng_sync::entry::{Entry, FeedId, GENESIS};
use province::{Province, code};

#[test]
fn a_contest_names_both_sides_and_choosing_settles_it_everywhere() {
    let mut p = Province::of(&["610"]);
    let model = p.add_model(0, "Tiếng kẻng an ninh");
    let point = p.add_point(0, "23368", model);
    p.sync(0);
    p.set(Some(0), point, "teams", Value::Int(7));
    p.set(None, point, "teams", Value::Int(9));
    p.reconnect_all();
    for store in [&p.hub, &p.nodes[0]] {
        let contests = store.contests(Some(point)).unwrap();
        assert_eq!(contests.len(), 1);
        let sides: Vec<_> =
            contests[0].contest.candidates.iter().map(|c| (c.value.to_string(), c.side.to_string())).collect();
        assert_eq!(sides, [("7".into(), "610".into()), ("9".into(), "62".into())]);
        assert!(contests[0].arrivals.iter().all(Option::is_some), "{:?}", contests[0].arrivals);
    }
    p.set(None, point, "teams", Value::Int(7));
    p.reconnect_all();
    assert!(p.nodes[0].contests(Some(point)).unwrap().is_empty());
    let told: Vec<_> = p.nodes[0].trace(point, Some("teams")).unwrap().iter().map(|l| l.value.to_string()).collect();
    assert_eq!(told.len(), 4);
    assert_eq!(told[0], "1");
}

#[test]
fn parallel_edits_are_told_alike_everywhere_until_somebody_edits_on_top_of_both() {
    let mut p = Province::of(&["610"]);
    let model = p.add_model(0, "Tiếng kẻng an ninh");
    let point = p.add_point(0, "23368", model);
    p.sync(0);
    p.set(Some(0), point, "note", "của huyện".into());
    p.set(None, point, "decision_no", "77/QĐ-UBND".into());
    p.reconnect_all();
    for store in [&p.hub, &p.nodes[0]] {
        assert_eq!((store.contest_count().unwrap(), store.parallel_count().unwrap()), (0, 1));
        let told = store.parallel(9).unwrap().remove(0);
        let sides: Vec<_> = told
            .written
            .iter()
            .map(|w| (w.field.clone(), w.written.side.to_string(), w.written.value.to_string()))
            .collect();
        assert_eq!(
            sides,
            [
                ("note".into(), "610".into(), "của huyện".into()),
                ("decision_no".into(), "62".into(), "77/QĐ-UBND".into())
            ]
        );
        assert!(told.record == point && told.arrivals.iter().all(Option::is_some), "{told:?}");
    }
    p.set(Some(0), point, "members", Value::Int(5));
    assert!(p.nodes[0].parallel(9).unwrap().is_empty());
    p.reconnect_all();
    assert!(p.hub.parallel(9).unwrap().is_empty());
    assert_eq!(p.hub.record(point).unwrap().unwrap().fields.text("decision_no"), Some("77/QĐ-UBND"));
}

#[test]
fn views_made_again_from_the_entries_are_equal_to_the_last_byte() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    for (i, commune) in [(0, "23368"), (1, "23428")] {
        let point = p.add_point(i, commune, model);
        let unit = p.nodes[i].identity().unit.to_string();
        p.set(Some(i), point, &format!("ratings/2022/{unit}"), "tot".into());
    }
    p.reconnect_all();
    let before = p.hub.views_as_text().unwrap();
    assert_eq!(p.hub.verdicts(2022).unwrap()[&model].verdict, Verdict::Effective);
    p.hub.rebuild().unwrap();
    assert_eq!(p.hub.views_as_text().unwrap(), before);
    let tail = p.hub.tail().unwrap();
    assert_eq!(p.hub.as_of(tail).unwrap().views_as_text().unwrap(), before);
    assert!(p.hub.as_of(Lsn(tail.0 + 1)).is_err());
}

/// A rater names the year in the key, and no calendar has every number.
#[test]
fn a_rating_for_a_year_that_cannot_be_stops_no_replica() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    let point = p.add_point(0, "23368", model);
    p.set(Some(0), point, "ratings/300000/610", "tot".into());
    p.set(Some(0), point, "ratings/2022/610", "tot".into());
    p.reconnect_all();
    p.hub.rebuild().unwrap();
    assert_eq!(p.hub.current_year().unwrap(), 2022);
    assert_eq!(p.hub.verdicts(2022).unwrap()[&model].verdict, Verdict::Effective);
}

#[test]
fn a_foreign_scope_goes_to_quarantine_and_blocks_nobody() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    let foreign =
        FeedId { incarnation: p.nodes[0].identity().incarnation, scope: "area:kontum-2022:23428".parse().unwrap() };
    let first = Entry::new(foreign.clone(), 1, &GENESIS, vec![1, 2, 3].into());
    let now = p.now();
    let push = p.signed(0, &[first], now);
    let again = push.clone();
    let receipt = p.hub.append(&[push], now).unwrap().remove(0).unwrap();
    assert_eq!((receipt.refusals.len(), receipt.refusals[0].code.as_str()), (1, "SCOPE"));
    let kept = p.hub.quarantine_list(9).unwrap();
    assert_eq!((kept.len(), kept[0].code.as_str()), (1, "SCOPE"));
    let (entry, body) = p.hub.quarantine_entry(kept[0].id).unwrap().unwrap();
    assert_eq!((entry, body), (kept[0].clone(), vec![1, 2, 3]));
    // The receipt may have been lost: the second one says the same.
    assert_eq!(p.hub.append(&[again], now).unwrap().remove(0).unwrap().refusals, receipt.refusals);
    p.sync(0);
    p.sync(1);
    assert!(p.nodes[1].record(model).unwrap().is_some());
}

#[test]
fn a_node_knows_which_of_its_entries_the_hub_refused_and_why() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    p.sync(0);
    // The province has moved the commune to another district, and this node has not heard of it.
    let moved = province::CSV.replace("23368,Xã Đăk Long,XA,610,,", "23368,Xã Đăk Long,XA,612,,");
    p.set(None, keng_store::query::catalogue_record(&"kontum-2022".parse().unwrap()), "csv", moved.into());
    let point = p.add_point(0, "23368", model);
    p.push(0);
    assert_eq!(p.nodes[0].pending().unwrap().refused, 1);
    let refused = p.nodes[0].refused_entries(9).unwrap().remove(0);
    assert_eq!((refused.code.as_str(), refused.scope.as_str()), ("SCOPE", "area:kontum-2022:23368"));
    assert!(refused.records == [point] && refused.detail.contains("610"), "{refused:?}");
    assert!(p.nodes[0].record(point).unwrap().is_some() && p.hub.record(point).unwrap().is_none());
}

#[test]
fn altered_entries_are_refused_and_kept_with_the_reason() {
    let mut p = Province::of(&["610"]);
    p.add_model(0, "Camera an ninh");
    let (waiting, _) = p.nodes[0].outbox(0, usize::MAX).unwrap();
    let entries: Vec<_> = waiting.into_iter().map(|(_, e)| e).collect();
    let now = p.now();
    let mut push = p.signed(0, &entries, now);
    push.entries[0].body = Some(vec![9].into());
    assert_eq!(p.hub.append(&[push], now).unwrap()[0].as_ref().unwrap_err().code(), "HASH");
    assert_eq!(p.hub.quarantine_list(9).unwrap()[0].code, "HASH");
    p.sync(0);
    assert_eq!(p.nodes[0].pending().unwrap().entries, 0);
}

#[test]
fn sending_again_is_harmless() {
    let mut p = Province::of(&["610"]);
    p.add_model(0, "Camera an ninh");
    let (waiting, _) = p.nodes[0].outbox(0, usize::MAX).unwrap();
    let entries: Vec<_> = waiting.into_iter().map(|(_, e)| e).collect();
    let now = p.now();
    let push = p.signed(0, &entries, now);
    let once = p.hub.append(std::slice::from_ref(&push), now).unwrap().remove(0).unwrap();
    let tail = p.hub.tail().unwrap();
    let twice = p.hub.append(&[push], now).unwrap().remove(0).unwrap();
    assert_eq!((once.lsns, p.hub.tail().unwrap()), (twice.lsns, tail));
}

#[test]
fn a_node_receives_only_its_scopes() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    let point = p.add_point(0, "23368", model);
    p.reconnect_all();
    assert!(p.nodes[1].record(model).unwrap().is_some());
    assert!(p.nodes[1].record(point).unwrap().is_none());
}

#[test]
fn a_node_may_not_write_in_anothers_name() {
    let mut p = Province::of(&["610"]);
    let model = p.add_model(0, "Camera an ninh");
    let point = p.add_point(0, "23368", model);
    let act = keng_store::edit::Act::Change { id: point, values: vec![("ratings/2022/612".into(), "tot".into())] };
    let stamp = keng_records::stamp::Stamp { officer: "X".into(), device_time_ms: 0, reason: None };
    assert!(p.nodes[0].commit(&[act], &stamp, 1).is_err());
    assert_eq!(p.nodes[0].record(point).unwrap().unwrap().owner, code("610"));
}

/// Honest entries whose changes were mutated and their checksums repaired, chained and signed by
/// the node's own key, through the real ingest and projection.
#[test]
fn mutated_changes_in_signed_entries_poison_nothing_and_block_nobody() {
    use keng_proto::{EntryBody, RecordChange};
    use prost::Message;
    use sha2::{Digest, Sha256};
    std::panic::set_hook(Box::new(|_| {}));
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    let point = p.add_point(0, "23368", model);
    p.sync(0);
    p.set(Some(0), point, "place", "Thôn mới".into());
    let (waiting, _) = p.nodes[0].outbox(0, usize::MAX).unwrap();
    let honest = EntryBody::decode(waiting[0].1.body.clone().unwrap()).unwrap();
    let feed = waiting[0].1.feed.clone();
    let held = p.hub.heads_of(feed.incarnation).unwrap();
    let (mut seq, mut hash) = held.iter().find(|h| h.0 == feed.scope).map(|h| (h.1, h.2)).unwrap();
    let mut seed = 0x5DEE_CE66_u64;
    let mut random = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % n
    };
    for _ in 0..40 {
        let entries: Vec<Entry> = (0..20)
            .map(|_| {
                let mut bytes = honest.changes[0].change.to_vec();
                for _ in 0..=random(3) {
                    let at = 8 + random(bytes.len() - 8);
                    bytes[at] = random(256) as u8;
                }
                let checksum = Sha256::digest(&bytes[8..]);
                bytes[4..8].copy_from_slice(&checksum[..4]);
                let changes = vec![RecordChange { record: honest.changes[0].record.clone(), change: bytes.into() }];
                let entry =
                    Entry::new(feed.clone(), seq + 1, &hash, EntryBody { hlc: 1, changes }.encode_to_vec().into());
                (seq, hash) = (entry.seq, entry.hash);
                entry
            })
            .collect();
        let now = p.now();
        let push = p.signed(0, &entries, now);
        p.hub.append(&[push], now).unwrap().remove(0).unwrap();
        while p.hub.project_step().unwrap().more {}
    }
    let _ = std::panic::take_hook();
    assert!(p.hub.quarantine_list(1_000).unwrap().len() > 100, "the loop must reach the gates");
    assert!(p.hub.document(point).unwrap().is_some());
    let other = p.add_point(1, "23428", model);
    p.sync(1);
    assert!(p.hub.record(other).unwrap().is_some());
    let before = p.hub.views_as_text().unwrap();
    p.hub.rebuild().unwrap();
    assert_eq!(p.hub.views_as_text().unwrap(), before);
}

/// I4 at the reader: a hub that alters what a unit wrote has not that unit's key.
#[test]
fn a_hub_that_alters_a_units_entry_is_found_out_by_the_others() {
    let mut p = Province::of(&["610", "612"]);
    p.add_model(0, "Camera an ninh");
    p.push(0);
    let (honest, heads, up_to) = p.pulled(1);
    assert_eq!(heads.len(), 1, "the signature of 610 comes with its entry");

    let mut altered = honest.clone();
    let body = altered.last_mut().and_then(|e| e.body.as_mut()).unwrap();
    *body = body.iter().rev().copied().collect::<Vec<u8>>().into();
    let mut resigned = heads.clone();
    resigned[0].at_ms += 1;
    for (entries, heads) in [(&altered, &heads), (&honest, &resigned)] {
        let now = p.now();
        let told = p.nodes[1].store_pull(entries, heads, up_to, [0; 16], now).unwrap_err();
        assert!(matches!(told, StoreError::Signature { .. }), "{told}");
        assert!(p.nodes[1].cursor().unwrap() < up_to, "nothing was stored");
    }
    p.pull(1);
    assert_eq!(p.nodes[1].cursor().unwrap(), up_to);
}

/// A push is cut into several pulls: its signature comes with the part that holds its last entry.
#[test]
fn a_signature_comes_with_the_last_entry_that_it_covers() {
    let mut p = Province::of(&["610", "612"]);
    for name in ["Camera an ninh", "Cổng làng bình yên", "Tiếng kẻng an ninh"] {
        p.add_model(0, name);
    }
    p.push(0);
    let scopes = [keng_domain::scope::Scope::Province].into();
    let subscription = Subscription { scopes, except: p.nodes[1].identity().incarnation };
    let (mut at, mut signed) = (p.nodes[1].cursor().unwrap(), Vec::new());
    loop {
        let slice = p.hub.read(at, &subscription, 1).unwrap();
        signed.push(p.hub.signatures_over(&slice.entries).unwrap().len());
        at = slice.up_to;
        if slice.at_tail {
            break;
        }
    }
    assert_eq!(signed, [0, 0, 1]);
}

mod laws {
    use super::Province;
    use keng_domain::field::Value;
    use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

    #[derive(Debug, Clone)]
    enum Step {
        Edit { at: Option<usize>, point: usize, field: usize, value: i64 },
        Push(usize),
        Pull(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let at = prop_oneof![Just(None), (0_usize..3).prop_map(Some)];
        prop_oneof![
            3 => (at, 0_usize..3, 0_usize..3, 0_i64..3).prop_map(|(at, point, field, value)| Step::Edit { at, point, field, value }),
            1 => (0_usize..3).prop_map(Step::Push),
            1 => (0_usize..3).prop_map(Step::Pull),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

        /// I2, I3: whatever the interleaving, replicas converge and every value stays reachable.
        #[test]
        fn any_interleaving_converges(steps in proptest::collection::vec(step(), 1..40), _seed in any::<u8>()) {
            let mut p = Province::of(&["610", "612", "617"]);
            let model = p.add_model(0, "Camera an ninh");
            let points = [p.add_point(0, "23368", model), p.add_point(1, "23428", model), p.add_point(2, "23446", model)];
            p.reconnect_all();
            let mut written = Vec::new();
            for step in steps {
                match step {
                    // A node edits its own point and the shared model; the hub any of them.
                    Step::Edit { at, point, field, value } => {
                        let record = match (at, field) {
                            (_, 2) => model,
                            (Some(i), _) => points[i],
                            (None, _) => points[point],
                        };
                        let (key, value) = match field {
                            0 => ("teams", Value::Int(value)),
                            1 => ("place", Value::from(format!("Thôn {value}"))),
                            _ => ("goal", Value::from(format!("Mục tiêu {value}"))),
                        };
                        p.set(at, record, key, value.clone());
                        written.push((record, key, value));
                    }
                    Step::Push(i) => p.push(i),
                    Step::Pull(i) => p.pull(i),
                }
            }
            p.reconnect_all();
            for (i, node) in p.nodes.iter().enumerate() {
                for record in [model, points[i]] {
                    let (here, there) = (node.document(record).unwrap().unwrap(), p.hub.document(record).unwrap().unwrap());
                    prop_assert_eq!(here.heads(), there.heads());
                    prop_assert_eq!(node.record(record).unwrap(), p.hub.record(record).unwrap());
                    prop_assert_eq!(node.contests(Some(record)).unwrap(), p.hub.contests(Some(record)).unwrap());
                    let parallel = |s: &keng_store::Store| s.parallel(9).unwrap().into_iter().find(|v| v.record == record);
                    prop_assert_eq!(parallel(node), parallel(&p.hub));
                }
            }
            for (record, field, value) in written {
                let trace = p.hub.trace(record, Some(field)).unwrap();
                prop_assert!(trace.iter().any(|l| l.value == value), "{field} = {value} is lost");
            }
            for store in [&p.nodes[0], &p.hub] {
                prop_assert_eq!(store.fsck(&mut |_, _, _| {}).unwrap().faults, vec![]);
            }
            let before = p.hub.views_as_text().unwrap();
            p.hub.rebuild().unwrap();
            prop_assert_eq!(p.hub.views_as_text().unwrap(), before);
        }
    }
}
