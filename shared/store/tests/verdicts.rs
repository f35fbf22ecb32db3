//! Verdicts that are kept up to date are those that the rules give for the points as they are.

mod province;

use std::collections::BTreeSet;

use keng_domain::field::Value;
use keng_domain::figures::judge_all;
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::point::rating_key;
use keng_domain::schema::WITHDRAWN;
use keng_store::Store;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert_eq, prop_oneof, proptest};
use province::{Province, code};

#[derive(Debug, Clone)]
enum Edit {
    Rate {
        point: usize,
        year: i32,
        level: &'static str,
    },
    TakeBack {
        point: usize,
        year: i32,
    },
    Move {
        point: usize,
        model: usize,
    },
    Date {
        point: usize,
        day: &'static str,
    },
    End {
        point: usize,
    },
    Withdraw {
        point: usize,
        back: bool,
    },
    Merge {
        model: usize,
        into: usize,
    },
    Origin {
        model: usize,
        of_itself: bool,
    },
    /// The province rates what the unit has rated too: with another level that is a contest.
    RateAbove {
        point: usize,
        year: i32,
        level: &'static str,
    },
    Sync,
}

fn edit() -> impl Strategy<Value = Edit> {
    let levels = || prop_oneof![Just("tot"), Just("yeu"), Just("chua_phan_loai")];
    let days = prop_oneof![Just("2019-05-01"), Just("2022-05-10"), Just("2023-11-08")];
    let (point, year, model) = (0_usize..4, 2021..2024, 0_usize..3);
    prop_oneof![
        4 => (point.clone(), year.clone(), levels()).prop_map(|(point, year, level)| Edit::Rate { point, year, level }),
        2 => (point.clone(), year.clone()).prop_map(|(point, year)| Edit::TakeBack { point, year }),
        2 => (point.clone(), model.clone()).prop_map(|(point, model)| Edit::Move { point, model }),
        2 => (point.clone(), days).prop_map(|(point, day)| Edit::Date { point, day }),
        1 => point.clone().prop_map(|point| Edit::End { point }),
        2 => (point.clone(), proptest::bool::ANY).prop_map(|(point, back)| Edit::Withdraw { point, back }),
        1 => (model.clone(), model.clone()).prop_map(|(model, into)| Edit::Merge { model, into }),
        1 => (model, proptest::bool::ANY).prop_map(|(model, of_itself)| Edit::Origin { model, of_itself }),
        2 => (point, year, levels()).prop_map(|(point, year, level)| Edit::RateAbove { point, year, level }),
        2 => Just(Edit::Sync),
    ]
}

/// By every point, from nothing.
fn agree(store: &Store) {
    let (models, points, pack) = (store.models().unwrap(), store.points().unwrap(), store.rule_pack().unwrap());
    for year in 2020..2025 {
        let cut_off = Period::annual(year, &pack.periods).cut_off;
        let judged =
            judge_all(&models, &points, year, cut_off, &pack).into_iter().map(|(id, (_, j))| (id, j)).collect();
        assert_eq!(store.verdicts(year).unwrap(), judged, "{year}");
    }
    let rated: BTreeSet<i32> = points.iter().flat_map(|p| p.ratings.keys().copied()).collect();
    if let Some(last) = rated.last() {
        assert_eq!(store.current_year().unwrap(), *last);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn verdicts_kept_by_adding_and_taking_away_are_those_of_the_points(edits in proptest::collection::vec(edit(), 1..40)) {
        let mut p = Province::of(&["610"]);
        let models: Vec<RecordId> = ["Camera an ninh", "Tiếng kẻng", "Dân phòng"].iter().map(|n| p.add_model(0, n)).collect();
        let points: Vec<RecordId> = (0..4).map(|n| p.add_point(0, "23368", models[n % 3])).collect();
        p.sync(0);
        let own = |year| rating_key(year, &code("610"));
        for edit in edits {
            let (at, record, key, value) = match edit {
                Edit::Rate { point, year, level } => (Some(0), points[point], own(year), level.into()),
                Edit::TakeBack { point, year } => (Some(0), points[point], own(year), Value::Null),
                Edit::Move { point, model } => (Some(0), points[point], "model".to_owned(), models[model].to_string().into()),
                Edit::Date { point, day } => (Some(0), points[point], "decision_date".to_owned(), day.into()),
                Edit::End { point } => (Some(0), points[point], "ended_on".to_owned(), "2022-06-01".into()),
                Edit::Withdraw { point, back } => {
                    let why = if back { Value::Null } else { "nhập nhầm".into() };
                    (Some(0), points[point], WITHDRAWN.to_owned(), why)
                }
                Edit::Origin { model, of_itself } => {
                    let origin = if of_itself { "TU_PHAT" } else { "CHI_DAO" };
                    (Some(0), models[model], "origin".to_owned(), origin.into())
                }
                Edit::Merge { model, into } => (None, models[model], "merged_into".to_owned(), models[into].to_string().into()),
                Edit::RateAbove { point, year, level } => (None, points[point], rating_key(year, &code("62")), level.into()),
                Edit::Sync => {
                    p.sync(0);
                    agree(&p.nodes[0]);
                    continue;
                }
            };
            p.set(at, record, &key, value);
            agree(if at.is_some() { &p.nodes[0] } else { &p.hub });
        }
        p.reconnect_all();
        agree(&p.hub);
        let before = p.hub.views_as_text().unwrap();
        p.hub.rebuild().unwrap();
        prop_assert_eq!(p.hub.views_as_text().unwrap(), before);
    }
}
