//! Which communes, agencies, enterprises and schools have an effective model (TT 124/2021, Điều 5.1, 6.1, 7.1;
//! R22, R24, R31).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use keng_domain::explanation::Judgement;
use keng_domain::field::{Field, Fields, Value};
use keng_domain::figures::judge_all;
use keng_domain::id::RecordId;
use keng_domain::lineage::{Lineage, read_pairs};
use keng_domain::model::{Merges, Model};
use keng_domain::point::Point;
use keng_domain::rule_pack::RulePack;
use keng_domain::rules::effective::{Ground, Lacking, Running};
use keng_domain::tree::Tree;
use keng_domain::unit::{Catalogue, UnitKey};
use keng_domain::units::Units;

const OLD: &str = include_str!("../../../tests/fixtures/units/kontum-2022.csv");
const NEW: &str = include_str!("../../../tests/fixtures/units/quangngai-2025.csv");
const PAIRS: &str = include_str!("../../../tests/fixtures/units/lineage-2025-07-01.csv");

fn tree(id: &str) -> Tree {
    let catalogue = |id: &str, csv: &str| Catalogue::from_csv(id.parse().unwrap(), csv).unwrap();
    let (old, new) = (catalogue("kontum-2022", OLD), catalogue("quangngai-2025", NEW));
    let effective = "2025-07-01".parse().unwrap();
    let lineage = Lineage::new(&old, &new, effective, &read_pairs(PAIRS).unwrap()).unwrap();
    let units = Units::new(vec![old, new], vec![lineage]);
    Tree::of(units, &key("62"), &id.parse().unwrap()).unwrap()
}

fn key(text: &str) -> UnitKey {
    text.parse().unwrap()
}

/// A point of model 9 in a commune, decided long ago and rated well for 2022, but for `pairs`.
fn point(n: u8, scope: &str, pairs: &[(&str, &str)]) -> Point {
    let unit = scope.rsplit(':').next().unwrap();
    let model = RecordId([9; 16]).to_string();
    let usual = [
        ("unit", unit),
        ("model", model.as_str()),
        ("decision_date", "2015-03-01"),
        ("ratings/2022/610", "tot"),
        ("place", "Thôn 1"),
    ];
    let fields: BTreeMap<String, Field> =
        usual.iter().chain(pairs).map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect();
    Point::of(RecordId([n; 16]), &scope.parse().unwrap(), &Fields(fields))
}

fn with<T>(tree: &Tree, points: &[Point], ask: impl FnOnce(&Ground<'_>) -> T) -> T {
    let pack = RulePack::kontum_2022();
    let models = [Model::read(RecordId([9; 16]), &Fields::default())];
    let day: NaiveDate = "2022-11-15".parse().unwrap();
    let judged = judge_all(&models, points, 2022, "2022-11-09".parse().unwrap(), &pack);
    let verdicts: BTreeMap<RecordId, Judgement> = judged.into_iter().map(|(id, (_, j))| (id, j)).collect();
    let merges = Merges::of(&models);
    ask(&Ground { tree, points, merges: &merges, verdicts: &verdicts, day, pack: &RulePack::kontum_2022() })
}

fn running(tree: &Tree, points: &[Point], unit: &str, name: Option<&str>) -> Running {
    with(tree, points, |ground| ground.running(&key(unit), name))
}

const ELSEWHERE: &str = "area:kontum-2022:23344";
const HERE: &str = "area:kontum-2022:23341";

/// R22: "duy trì ít nhất 01 mô hình hoạt động hiệu quả": the model must be running there.
#[test]
fn r22_a_point_that_has_ended_or_waits_gives_its_commune_no_effective_model() {
    let tree = tree("kontum-2022");
    let unit = "kontum-2022:23341";
    for (pairs, why) in [
        (&[("status", "CHAM_DUT"), ("ended_on", "2016-05-01")][..], "01 điểm đã chấm dứt"),
        (&[("origin", "TU_PHAT"), ("decision_date", "")], "01 điểm tự phát chờ công nhận"),
        (&[("decision_date", "")], "01 điểm chưa có quyết định"),
        (&[("decision_date", "2022-11-16")], "01 điểm chưa có quyết định"),
    ] {
        // The model is effective all the same: its points elsewhere make it so.
        let points = [point(1, ELSEWHERE, &[]), point(2, HERE, pairs)];
        assert!(running(&tree, &points, "kontum-2022:23344", None).is_effective());
        let here = running(&tree, &points, unit, None);
        assert!(!here.is_effective(), "{pairs:?}");
        assert_eq!(here.why(|_| String::new()), format!("Không có điểm nào được tính: {why}."));
    }
    let points = [point(1, ELSEWHERE, &[]), point(2, HERE, &[])];
    assert!(running(&tree, &points, unit, None).is_effective());
    // Ended on the day after the last one that counts.
    let points = [point(1, ELSEWHERE, &[]), point(2, HERE, &[("ended_on", "2022-11-16")])];
    assert!(running(&tree, &points, unit, None).is_effective());
}

/// R31: a unit is a catalogue and a code; a commune sees the points of those it was made of.
#[test]
fn r31_a_new_commune_sees_the_points_of_its_predecessors_and_an_old_one_only_its_own() {
    // 23344 of 2025 was made of 23344, 23347 and 23350.
    let points = [point(1, "area:kontum-2022:23347", &[])];
    let new = tree("quangngai-2025");
    assert!(running(&new, &points, "quangngai-2025:23344", None).is_effective());
    let others = new.catalogue.smallest().filter(|u| u.code.as_str() != "23344");
    for other in others {
        assert!(!running(&new, &points, &format!("quangngai-2025:{}", other.code), None).is_effective(), "{other:?}");
    }
    let old = tree("kontum-2022");
    assert!(running(&old, &points, "kontum-2022:23347", None).is_effective());
    assert!(!running(&old, &points, "kontum-2022:23344", None).is_effective());
}

/// Letter 4267, 1.a: which communes, agencies, enterprises and schools have none.
#[test]
fn r24_places_without_an_effective_model_are_listed_with_why() {
    let tree = tree("kontum-2022");
    let (pack, district) = (RulePack::kontum_2022(), "610".parse().unwrap());
    let school = ("object", "CO_SO_GIAO_DUC");
    let points = [
        point(1, HERE, &[]),
        point(2, HERE, &[school, ("place", "Trường A")]),
        point(3, HERE, &[school, ("place", "Trường B"), ("ended_on", "2020-01-01")]),
        point(4, HERE, &[("object", "KHU_DAN_CU"), ("place", "Thôn 2"), ("ended_on", "2020-01-01")]),
        point(5, HERE, &[("place", "Công ty D")]),
    ];
    let assessed = [("CO_QUAN", "Phòng C"), ("DOANH_NGHIEP", "Công ty D"), ("CO_SO_GIAO_DUC", "TRƯỜNG A")];
    let assessed = assessed.map(|(object, name)| (object.to_owned(), key("kontum-2022:23341"), name.to_owned()));
    let all = with(&tree, &points, |ground| ground.lacking(&district, &assessed, &pack));
    let (communes, places): (Vec<&Lacking>, Vec<&Lacking>) = all.iter().partition(|l| l.object == "XA");
    let of_district = tree.catalogue.smallest().filter(|u| tree.catalogue.is_within(&u.code, &district)).count();
    assert_eq!(communes.len(), of_district - 1, "all but the one with an effective model");
    assert!(communes.iter().all(|l| l.unit.as_str() != "23341"));
    assert_eq!(communes[0].running.why(|_| String::new()), "Chưa có điểm mô hình nào.");
    let named: Vec<(&str, &str)> = places.iter().map(|l| (l.object.as_str(), l.name.as_str())).collect();
    // A hamlet needs no model of its own; a point that tells no object stands for the place of its name.
    assert_eq!(named, [("CO_QUAN", "Phòng C"), ("CO_SO_GIAO_DUC", "Trường B")]);
    // Nothing of another district is told to this one.
    let other = with(&tree, &points, |ground| ground.lacking(&"618".parse().unwrap(), &assessed, &pack));
    assert!(other.iter().all(|l| l.object == "XA" && l.name.is_empty()));
}
