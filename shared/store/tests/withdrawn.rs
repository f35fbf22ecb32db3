//! What was imported by mistake is in no list and no count, and comes back by one edit.

#![allow(dead_code, reason = "the province's words are shared with other tests")]

mod province;

use keng_domain::field::Value;
use keng_domain::schema::{Kind, WITHDRAWN};
use province::Province;

#[test]
fn a_withdrawn_point_is_in_no_list_at_either_side_until_the_mark_is_taken_off() {
    let mut p = Province::of(&["610"]);
    let model = p.add_model(0, "Camera an ninh");
    let (kept, wrong) = (p.add_point(0, "23368", model), p.add_point(0, "23368", model));
    p.set(Some(0), wrong, WITHDRAWN, "nhập nhầm".into());
    p.sync(0);
    for store in [&p.hub, &p.nodes[0]] {
        assert_eq!(store.points().unwrap().iter().map(|x| x.id).collect::<Vec<_>>(), [kept]);
        assert_eq!(store.belonging(Kind::Point, model).unwrap().len(), 1);
        assert_eq!(store.withdrawn(Kind::Point).unwrap()[0].id, wrong);
        assert!(store.record(wrong).unwrap().is_some() && !store.trace(wrong, None).unwrap().is_empty(), "traceable");
    }
    p.set(Some(0), wrong, WITHDRAWN, Value::Null);
    p.sync(0);
    assert_eq!(p.hub.points().unwrap().len(), 2);
}

#[test]
fn a_withdrawn_model_stays_as_long_as_somebody_elses_point_names_it() {
    let mut p = Province::of(&["610", "612"]);
    let model = p.add_model(0, "Camera an ninh");
    p.sync(0);
    p.sync(1);
    // At the same time: one unit takes the model back, another adds a point to it.
    p.set(Some(0), model, WITHDRAWN, "nhập nhầm".into());
    assert!(p.nodes[0].models().unwrap().is_empty());
    let point = p.add_point(1, "23428", model);
    p.sync(0);
    assert!(p.hub.models().unwrap().is_empty());
    p.sync(1);
    assert_eq!(p.hub.models().unwrap().len(), 1);
    assert!(p.hub.withdrawn(Kind::Model).unwrap().is_empty());
    p.set(Some(1), point, WITHDRAWN, "nhập nhầm".into());
    p.sync(1);
    assert!(p.hub.models().unwrap().is_empty());
}
