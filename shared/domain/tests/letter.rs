//! Rules R1 to R12, R20 and R21, each with the words it comes from and its boundary. The later rules stand
//! with their own files in `src/rules`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use keng_domain::explanation::{Tally, Verdict};
use keng_domain::field::{Author, Candidate, Field, Fields, Value};
use keng_domain::figures::{Cut, Figures, Input, OpenContest, consolidate, unrated_points};
use keng_domain::id::{Incarnation, Lsn, NodeId, RecordId};
use keng_domain::model::{Merges, Model};
use keng_domain::period::Period;
use keng_domain::point::{Point, YearRating};
use keng_domain::rule_pack::{RulePack, RulePacks};
use keng_domain::rules::counting::{Effect, Standing, effect, is_eligible, rating_duty, standing, tally};
use keng_domain::rules::half_points::judge_by_points;
use keng_domain::rules::identity::{Likeness, suggest};
use keng_domain::schema::END_GROUNDS;
use keng_domain::tree::Tree;
use keng_domain::unit::Catalogue;
use keng_domain::units::Units;

const UNITS: &str = "code,name,kind,parent,valid_from,valid_to
62,Tỉnh Kon Tum,TINH,,,
610,Huyện Đắk Glei,HUYEN,62,,
617,Huyện Tu Mơ Rông,HUYEN,62,,
618,Huyện Ia H'Drai,HUYEN,62,,
";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn pack() -> RulePack {
    RulePack::kontum_2022()
}

fn cut_off() -> NaiveDate {
    day("2022-11-09")
}

fn point(n: u8, pairs: &[(&str, &str)]) -> Point {
    let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect();
    Point::read(RecordId([n; 16]), &Fields(fields))
}

fn model(n: u8, name: &str, merged_into: Option<u8>) -> Model {
    let fields = [("name".to_owned(), Field::Settled(Value::from(name)))];
    Model {
        merged_into: merged_into.map(|n| RecordId([n; 16])),
        ..Model::read(RecordId([n; 16]), &Fields(fields.into()))
    }
}

/// A counted, eligible point of model `of` in `unit`, rated `level` (empty: not rated).
fn rated(n: u8, of: u8, unit: &str, level: &str) -> Point {
    let model = RecordId([of; 16]).to_string();
    let pairs =
        [("model", model.as_str()), ("unit", unit), ("decision_date", "2020-01-01"), ("ratings/2022/62", level)];
    let mut p = point(n, &pairs);
    p.teams = 1;
    p
}

fn annual(models: &[Model], points: &[Point], received: &[&str]) -> Figures {
    figures_of(Period::annual(2022, &RulePack::kontum_2022().periods), models, points, received)
}

fn figures_of(period: Period, models: &[Model], points: &[Point], received: &[&str]) -> Figures {
    contested(period, models, points, received, Vec::new())
}

fn contested(
    period: Period,
    models: &[Model],
    points: &[Point],
    received: &[&str],
    contests: Vec<OpenContest>,
) -> Figures {
    let packs = RulePacks::from(RulePack::kontum_2022());
    let catalogue = Catalogue::from_csv("kontum-2022".parse().unwrap(), UNITS).unwrap();
    let received = received.iter().map(|u| (u.parse().unwrap(), "2022-11-08T09:00:00Z".parse().unwrap())).collect();
    consolidate(Input {
        period,
        cut: Cut { lsn: Lsn(1), root: String::new(), rule_pack: packs.latest().id.clone(), cut_off: period.cut_off },
        packs: &packs,
        tree: &Tree::new(Units::new(vec![catalogue.clone()], Vec::new()), catalogue, "62".parse().unwrap()),
        models,
        points,
        received: &received,
        contests,
        handed_in: &BTreeMap::new(),
        places: Vec::new(),
        scored: Vec::new(),
        exemplars: Vec::new(),
        nominations: Vec::new(),
    })
}

fn judged(effective: u32, not: u32, open: u32) -> (Verdict, u32) {
    let eligible = effective + not + open;
    let inputs = Tally { points: eligible, eligible, effective, unrated: open, contested: 0 };
    let judgement = judge_by_points(inputs, cut_off(), &RulePack::kontum_2022());
    (judgement.verdict, judgement.explanation.effective_needed)
}

/// HD 22 as Hòa Bình passes it on: "tổng số điểm … từ 01 mô hình ban đầu được nhân rộng". One model at 31
/// places is 1 model and 31 points; what was entered as 31 models becomes one only by a person's act.
#[test]
fn r01_thirty_one_models_of_one_name_become_one_model_with_thirty_one_points() {
    let names = |merged: bool| -> Vec<Model> {
        (1..=31)
            .map(|n| {
                model(n, if n % 2 == 0 { "TỰ QUẢN VỀ ANTT" } else { "Tự quản về ANTT" }, (merged && n > 1).then_some(1))
            })
            .collect()
    };
    let points: Vec<Point> = (1..=31).map(|n| rated(100 + n, n, "617", "tot")).collect();
    let before = annual(&names(false), &points, &["617"]).totals;
    let suggested = suggest(&names(false));
    assert_eq!((suggested.len(), suggested[0].likeness, suggested[0].from.len()), (1, Likeness::Certain, 30));
    let after = annual(&names(true), &points, &["617"]).totals;
    assert_eq!([before.models, before.points, after.models, after.points], [31, 31, 1, 31]);
    assert_eq!((before.teams, before.members), (after.teams, after.members), "totals reconcile");
    assert_eq!(Merges::of(&names(true)).target(RecordId([31; 16])), RecordId([1; 16]));
}

/// Letter 4267, 1.c: a point exists by a founding or recognition decision dated by the cut-off.
#[test]
fn r02_a_point_counts_from_the_day_of_its_decision() {
    for (date, expect) in [("2022-11-09", Standing::Counted), ("2022-11-10", Standing::NotYet)] {
        assert_eq!(standing(&point(1, &[("decision_date", date)]), cut_off(), &pack()), expect, "{date}");
    }
    assert_eq!(
        standing(&point(1, &[("decision_no", "7/QĐ")]), cut_off(), &pack()),
        Standing::NotYet,
        "a number is no date"
    );
}

/// Letter 4267, 1.c and 1.d: ratings come with the annual report, so that reports before it judge by those of
/// the last year that has some; a point that was too young then had none to get.
#[test]
fn r09_between_two_annual_reports_models_stand_as_the_last_year_left_them() {
    let periods = RulePack::kontum_2022().periods;
    let of = |period: &str, since: &str, year: &str| {
        let key = format!("ratings/{year}/62");
        let mut poor = rated(1, 1, "610", "");
        let fields = [("decision_date", "2020-01-01"), (key.as_str(), "yeu")];
        poor.ratings = point(1, &fields).ratings;
        let mut new = rated(2, 1, "610", "");
        new.ratings.clear();
        new.decision_date = Some(day(since));
        figures_of(Period::of_id(period, &periods).unwrap(), &[model(1, "Kẻng", None)], &[poor, new], &["610"])
    };
    let verdict = |f: &Figures| f.rated.as_ref().map(|r| (r.rated_year, r.models[0].verdict));
    // Six months old on 9 November 2021, or a day short of it.
    let old_enough = of("2022-half", "2021-05-09", "2021");
    assert_eq!(verdict(&old_enough), Some((2021, Verdict::Undetermined)));
    let too_young = of("2022-half", "2021-05-10", "2021");
    assert_eq!(verdict(&too_young), Some((2021, Verdict::NotEffective)));
    assert_eq!(too_young.rated.as_ref().unwrap().not_effective_models, 1);
    // What the contract names stays by the year of the period.
    assert_eq!((too_young.models[0].verdict, too_young.totals.undetermined_models), (Verdict::Undetermined, 1));
    assert_eq!(too_young.as_printed().totals.not_effective_models, 1);
    assert!(too_young.reconciliation.iter().all(|line| line.holds), "{:#?}", too_young.reconciliation);
    // An early rating of the running year is none yet; the fourth quarter closes after the annual report.
    assert_eq!(verdict(&of("2022-half", "2021-05-09", "2022")), None);
    assert_eq!(verdict(&of("2022-Q3", "2021-05-10", "2020")), Some((2020, Verdict::NotEffective)));
    assert_eq!(verdict(&of("2022-Q4", "2022-05-10", "2022")), Some((2022, Verdict::NotEffective)));
    assert_eq!(verdict(&of("2022-annual", "2021-05-09", "2021")), None, "a year speaks for itself");
}

/// Letter 4267, 1.d and 2: what there was at the end of the period before, as the records tell today.
#[test]
fn r20_the_period_before_is_counted_from_the_same_records() {
    let bell = [model(1, "Kẻng", None), model(2, "Camera", None)];
    let last_day = |n, of, decided: &str| Point { decision_date: Some(day(decided)), ..rated(n, of, "610", "tot") };
    let mut old = rated(1, 1, "610", "tot");
    old.ratings.insert(2021, YearRating::Rated("yeu".to_owned()));
    let gone = Point { ended_on: Some(day("2021-11-10")), ..rated(2, 1, "610", "tot") };
    // The last day of 2021's period, and the first of 2022's.
    let points = [old, gone, last_day(3, 1, "2021-11-09"), last_day(4, 2, "2021-11-10")];
    let f = annual(&bell, &points, &["610"]);
    let (before, now) = (f.previous.before, f.previous.now);
    assert_eq!((f.previous.period.as_str(), f.previous.cut_off), ("2021", day("2021-11-09")));
    assert_eq!([before.models, before.points, before.teams], [1, 3, 3]);
    assert_eq!([now.models, now.points, now.teams], [2, 3, 3]);
    assert_eq!((before.effective_models, now.effective_models), (Some(0), Some(2)));
    assert_eq!(now.effective_models, Some(u64::from(f.totals.effective_models)));
    let unrated = annual(&bell, &[rated(1, 1, "610", "tot")], &["610"]);
    assert_eq!(unrated.previous.before.effective_models, None, "nobody had rated 2021");
}

fn open_contest(record: u8, field: &str, values: [Value; 2]) -> OpenContest {
    let candidate = |value| Candidate {
        value,
        author: Author {
            unit: "610".parse().unwrap(),
            node: NodeId("610-1".into()),
            incarnation: Incarnation([7; 16]),
            officer: "Y Blê".into(),
            device_time_ms: 0,
            reason: None,
        },
        change: "ab".repeat(32),
        side: "610".parse().unwrap(),
    };
    OpenContest {
        id: format!("{record}:{field}"),
        record: RecordId([record; 16]),
        kind: "point".into(),
        name: String::new(),
        field: field.into(),
        label: String::new(),
        candidates: values.map(candidate).into(),
        may_change_verdict: false,
        tips: Vec::new(),
    }
}

/// R12: whoever chooses is told which model turns, the one that a point would leave included; in May by the
/// year whose verdicts are printed.
#[test]
fn a_contest_names_every_model_that_its_choice_can_turn() {
    let periods = RulePack::kontum_2022().periods;
    let models = [model(1, "Kẻng", None), model(2, "Camera", None)];
    let mut points = [rated(10, 1, "610", "yeu"), rated(11, 1, "610", "tot"), rated(20, 2, "610", "yeu")];
    let [bell, camera] = [1, 2].map(|n| Value::from(RecordId([n; 16]).to_string()));
    let tips = |period: &str, points: &[Point], contest: OpenContest| {
        let period = Period::of_id(period, &periods).unwrap();
        let f = contested(period, &models, points, &["610"], vec![contest]);
        assert_eq!(f.contests[0].may_change_verdict, !f.contests[0].tips.is_empty());
        f.contests[0].tips.clone()
    };
    let whose = open_contest(11, "model", [bell, camera]);
    assert_eq!(tips("2022-annual", &points, whose.clone()), ["Kẻng", "Camera"]);
    let teams = open_contest(11, "teams", [1.into(), 2.into()]);
    assert_eq!(tips("2022-annual", &points, teams), Vec::<String>::new());
    // The only year that was rated is the last one: it is what the half-year report prints.
    for p in &mut points {
        p.ratings = std::mem::take(&mut p.ratings).into_values().map(|level| (2021, level)).collect();
    }
    let rating = open_contest(20, "ratings/2021", ["tot".into(), "yeu".into()]);
    assert_eq!(tips("2022-half", &points, rating), ["Camera"]);
}

/// HD 22: "tổng số Tổ" is the sum over counted points alone.
#[test]
fn r03_teams_are_summed_over_counted_points() {
    let mut ended = rated(3, 1, "610", "tot");
    ended.ended_on = Some(day("2022-11-09"));
    let mut many = rated(2, 1, "610", "tot");
    many.teams = 4;
    let t = annual(&[model(1, "Kẻng", None)], &[rated(1, 1, "610", "tot"), many, ended], &["610"]).totals;
    assert_eq!((t.points, t.teams), (2, 5));
}

/// Letter 4267, 1.c, second dash: spontaneous models are recognised or ended; until then they are listed.
#[test]
fn r04_a_spontaneous_point_is_listed_until_it_is_recognised_or_ended() {
    let of_itself = ("origin", "TU_PHAT");
    let at = |pairs: &[(&str, &str)]| standing(&point(1, pairs), cut_off(), &pack());
    assert_eq!(at(&[of_itself]), Standing::SpontaneousPending);
    assert_eq!(at(&[of_itself, ("decision_date", "2022-11-09")]), Standing::Counted);
    assert_eq!(at(&[of_itself, ("status", "CHAM_DUT")]), Standing::Ended);
    let waiting = Point { spontaneous: true, decision_date: None, ..rated(1, 1, "610", "tot") };
    let t = annual(&[model(1, "Kẻng", None)], &[waiting], &["610"]).totals;
    assert_eq!((t.models, t.points, t.spontaneous_pending), (0, 0, 1));
}

/// Letter 4267, 1.c: "không đúng mục tiêu đề ra, có dấu hiệu lợi dụng mô hình để trục lợi, gây ảnh hưởng".
#[test]
fn r05_an_ended_point_is_out_from_its_day_and_its_ground_is_one_of_seven() {
    let decided = ("decision_date", "2020-01-01");
    let ended = |on| standing(&point(1, &[decided, ("status", "CHAM_DUT"), ("ended_on", on)]), cut_off(), &pack());
    assert_eq!((ended("2022-11-09"), ended("2022-11-10")), (Standing::Ended, Standing::Counted));
    let codes: Vec<&str> = END_GROUNDS.iter().map(|g| g.0).collect();
    assert_eq!(&codes[..3], ["KHONG_DUNG_MUC_TIEU", "TRUC_LOI", "ANH_HUONG_ANTT"], "the letter's three first");
    assert_eq!(codes.len(), 7);
}

/// Letter 4267, 1.c: "hằng năm tổ chức đánh giá, xếp loại": one effective rating a year; none is "chưa đánh giá".
#[test]
fn r06_each_point_has_one_rating_a_year_and_none_stays_open() {
    let pack = RulePack::kontum_2022();
    let p = rated(1, 1, "610", "tot");
    assert_eq!(p.ratings[&2022], YearRating::Rated("tot".into()));
    assert_eq!((effect(&p, 2022, &pack), effect(&p, 2021, &pack)), (Effect::Effective, Effect::Unrated));
}

/// "Đủ thời gian": six full months to the cut-off (an assumed parameter of the rule pack).
#[test]
fn r07_a_point_younger_than_six_months_at_the_cut_off_is_outside_the_rating() {
    let pack = RulePack::kontum_2022();
    assert!(pack.eligibility.assumed && pack.eligibility.months == 6);
    let eligible = |date| is_eligible(&point(1, &[("decision_date", date)]), cut_off(), &pack);
    assert!(eligible("2022-05-09") && !eligible("2022-05-10"));
    let young = [point(1, &[("decision_date", "2022-05-10"), ("ratings/2022/62", "tot")])];
    assert_eq!(tally(&young, 2022, cut_off(), &pack), Tally { points: 1, ..Tally::default() });
}

/// Which levels are effective is the rule pack's word: Tốt and Khá are, Trung bình and Yếu are not.
#[test]
fn r08_the_rule_pack_says_which_levels_are_effective() {
    let pack = RulePack::kontum_2022();
    let of = |level| effect(&rated(1, 1, "610", level), 2022, &pack);
    assert_eq!([of("tot"), of("kha")], [Effect::Effective; 2]);
    assert_eq!([of("trung_binh"), of("yeu")], [Effect::NotEffective; 2]);
    assert_eq!(of("chua_phan_loai"), Effect::Undecided);
}

/// Letter 4267, 1.c: "hằng năm … đánh giá, xếp loại" is done where the level decides nothing; the verdict waits for one
/// that does.
#[test]
fn r06_a_point_rated_at_a_level_that_decides_nothing_is_rated_and_stays_open_for_the_verdict() {
    let pack = RulePack::kontum_2022();
    let points = [rated(1, 1, "610", "chua_phan_loai"), rated(2, 1, "610", "tot")];
    assert_eq!(tally(&points, 2022, cut_off(), &pack).unrated, 1);
    assert_eq!(rating_duty(&points, 2022, cut_off(), &pack).unrated, 0);
    let due = points.iter().chain(&[point(3, &[("decision_date", "2020-01-01")])]).cloned().collect::<Vec<_>>();
    let open: Vec<_> = unrated_points(&due, 2022, cut_off(), &pack).iter().map(|p| p.id).collect();
    assert_eq!((open, rating_duty(&due, 2022, cut_off(), &pack).unrated), (vec![due[2].id], 1));
}

/// Letter 4267, 1.c, third dash: "nếu có từ 50% số điểm trở lên … được đánh giá là hoạt động hiệu quả".
#[test]
fn r09_from_half_of_the_points_on_a_model_is_effective_and_open_ratings_leave_it_open() {
    assert_eq!(judged(2, 2, 0), (Verdict::Effective, 0), "exactly half");
    assert_eq!(judged(1, 2, 0), (Verdict::NotEffective, 1), "one more would do");
    assert_eq!(judged(1, 1, 2), (Verdict::Undetermined, 1));
    assert_eq!(judged(1, 4, 1).0, Verdict::NotEffective, "even all open ones would not do");
}

/// A model at one place takes that place's result; at none it is not rated.
#[test]
fn r10_a_single_point_decides_and_none_decides_nothing() {
    assert_eq!(
        [judged(1, 0, 0).0, judged(0, 1, 0).0, judged(0, 0, 0).0],
        [Verdict::Effective, Verdict::NotEffective, Verdict::NotRated]
    );
}

/// The result of a model is that of all units together: what one district sees is provisional. Two of four in
/// three districts are exactly half; while one district is missing, so is the verdict, whatever the order.
#[test]
fn r11_a_model_in_three_districts_is_judged_over_all_of_them() {
    let models = [model(1, "Kẻng", None)];
    let all =
        [rated(1, 1, "610", "tot"), rated(2, 1, "610", "yeu"), rated(3, 1, "617", "yeu"), rated(4, 1, "618", "kha")];
    let verdict = |points: &[Point], received: &[&str]| annual(&models, points, received).models[0].verdict;
    assert_eq!(verdict(&all[..2], &["610"]), Verdict::Effective, "one district alone, provisionally");
    let mut offline = all.clone();
    offline[3].ratings.clear();
    assert_eq!(verdict(&offline, &["610", "617"]), Verdict::Undetermined);
    for turn in 0..all.len() {
        let mut order = all.clone();
        order.rotate_left(turn);
        assert_eq!(verdict(&order, &["610", "617", "618"]), Verdict::Effective);
    }
}

/// Two raters who differ are both kept, and count as not yet evaluated until the approving level chooses.
#[test]
fn r12_raters_who_differ_leave_the_point_open_until_the_approving_level_chooses() {
    let pack = RulePack::kontum_2022();
    let differ = [("decision_date", "2020-01-01"), ("ratings/2022/610", "tot"), ("ratings/2022/62", "yeu")];
    assert_eq!(effect(&point(1, &differ), 2022, &pack), Effect::Contested);
    assert_eq!(tally(&[point(1, &differ)], 2022, cut_off(), &pack).unrated, 1);
    let chosen = [differ[0], differ[1], differ[2], ("approved/2022", "yeu")];
    assert_eq!(effect(&point(1, &chosen), 2022, &pack), Effect::NotEffective);
}

/// Sums that must agree: points of the units, opening + new − ended, levels + not rated; models of the province
/// are at most those of the units, for several units share one.
#[test]
fn r20_the_sums_are_counted_both_ways_and_printed() {
    let mut ended = rated(4, 1, "617", "kha");
    ended.ended_on = Some(day("2022-06-01"));
    let mut new = rated(5, 1, "618", "");
    new.decision_date = Some(day("2022-02-01"));
    let points = [rated(1, 1, "610", "tot"), rated(2, 1, "617", "yeu"), ended, new];
    let figures = annual(&[model(1, "Kẻng", None)], &points, &["610"]);
    assert!(figures.reconciliation.iter().all(|line| line.holds), "{:#?}", figures.reconciliation);
    assert_eq!(figures.reconciliation.len(), 4);
    let by_units: u32 = figures.units.iter().map(|u| u.models).sum();
    assert_eq!((figures.totals.models, by_units), (1, 3));
}

/// The report names the units from which nothing has come, and as of when the others stand.
#[test]
fn r21_units_that_are_missing_are_named() {
    let figures = annual(&[model(1, "Kẻng", None)], &[rated(1, 1, "610", "tot")], &["610", "618"]);
    assert_eq!(figures.missing_units.iter().map(|u| u.name.as_str()).collect::<Vec<_>>(), ["Huyện Tu Mơ Rông"]);
    let as_of: Vec<bool> = figures.units.iter().map(|u| u.as_of.is_some()).collect();
    assert_eq!(as_of, [true, false, true]);
}
