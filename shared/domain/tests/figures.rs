//! Figures where several things meet: years judged by different rule packs, and what a model says of itself beside
//! what its points do; places that were written down twice.

use std::collections::BTreeMap;

use keng_domain::field::{Field, Fields, Value};
use keng_domain::figures::{Cut, Figures, Input, Reconciliation, SafePlace, ScoredPlace, consolidate};
use keng_domain::id::{Lsn, RecordId};
use keng_domain::model::Model;
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rule_pack::{MonthDay, RulePack, RulePacks};
use keng_domain::scope::Scope;
use keng_domain::tree::Tree;
use keng_domain::unit::Catalogue;
use keng_domain::units::Units;

const UNITS: &str = "code,name,kind,parent,valid_from,valid_to
62,Tỉnh Kon Tum,TINH,,,
610,Huyện Đắk Glei,HUYEN,62,,
";

/// What is in force today, and a pack of later.
fn packs(from: &str, change: impl FnOnce(&mut RulePack)) -> RulePacks {
    let mut later = RulePack::kontum_2022();
    later.id = "later".to_owned();
    later.effective_from = Some(from.parse().unwrap());
    change(&mut later);
    RulePacks::new(vec![RulePack::kontum_2022()], later)
}

/// A point of the one model, rated "Khá" in each of `years`.
fn point(n: u8, decided: &str, years: &[i32]) -> Point {
    let model = RecordId([1; 16]).to_string();
    let mut pairs: Vec<(String, String)> = [("model", model.as_str()), ("unit", "610"), ("decision_date", decided)]
        .map(|(k, v)| (k.into(), v.into()))
        .into();
    pairs.extend(years.iter().map(|year| (format!("ratings/{year}/610"), "kha".to_owned())));
    let fields = pairs.into_iter().map(|(k, v)| (k, Field::Settled(Value::from(v)))).collect();
    Point::read(RecordId([n; 16]), &Fields(fields))
}

fn figures(period: Period, packs: &RulePacks, points: &[Point]) -> Figures {
    figures_of(period, packs, &Model::read(RecordId([1; 16]), &Fields::default()), points, (&[], &[]))
}

fn figures_of(
    period: Period,
    packs: &RulePacks,
    model: &Model,
    points: &[Point],
    (places, scored): (&[SafePlace], &[ScoredPlace]),
) -> Figures {
    let catalogue = Catalogue::from_csv("kontum-2022".parse().unwrap(), UNITS).unwrap();
    consolidate(Input {
        period,
        cut: Cut { lsn: Lsn(1), root: String::new(), rule_pack: String::new(), cut_off: period.cut_off },
        packs,
        tree: &Tree::new(Units::new(vec![catalogue.clone()], Vec::new()), catalogue, "62".parse().unwrap()),
        models: std::slice::from_ref(model),
        points,
        received: &BTreeMap::new(),
        contests: Vec::new(),
        handed_in: &BTreeMap::new(),
        places: places.to_vec(),
        scored: scored.to_vec(),
        exemplars: Vec::new(),
        nominations: Vec::new(),
    })
}

/// The check of points at the beginning, new ones, ended ones and points at the end.
fn flow(figures: &Figures) -> &Reconciliation {
    figures.reconciliation.iter().find(|line| line.what.starts_with("Điểm đầu kỳ")).unwrap()
}

#[test]
fn a_year_is_judged_by_its_own_pack_in_every_report_that_speaks_of_it() {
    let packs = packs("2023-11-10", |pack| {
        pack.levels.iter_mut().find(|l| l.code == "kha").unwrap().effective = Some(false);
    });
    assert_eq!((packs.of_year(2022).id.as_str(), packs.of_year(2024).id.as_str()), ("kontum-2022", "later"));
    let points = [point(10, "2020-01-01", &[2022])];
    let effective =
        |id: &str| figures(packs.period_of_id(id).unwrap(), &packs, &points).as_printed().totals.effective_models;
    assert_eq!(["2022-annual", "2023-half", "2024-half", "2024-Q1"].map(effective), [1; 4]);
    let half = figures(packs.period_of_id("2024-half").unwrap(), &packs, &points);
    assert_eq!(half.rated.as_ref().map(|r| (r.rated_year, r.units[0].effective)), Some((2022, 1)));
    assert_eq!(half.previous.before.effective_models, Some(1), "half-year 2023 says so itself");
    let points = [point(10, "2020-01-01", &[2023, 2024])];
    let year = figures(packs.annual(2024), &packs, &points);
    let both = (year.totals.effective_models, year.previous.before.effective_models);
    assert_eq!(both, (0, Some(1)), "the later pack judges 2024, and 2023 stays as it was");
}

#[test]
fn a_point_decided_between_an_old_deadline_and_a_new_one_is_new_in_exactly_one_year() {
    let packs = packs("2026-11-14", |pack| pack.periods.annual_due = MonthDay { month: 11, day: 15 });
    assert_eq!(packs.annual(2025).cut_off.to_string(), "2025-11-09");
    assert_eq!(packs.annual(2026).cut_off.to_string(), "2026-11-14");
    let points = [point(10, "2025-11-12", &[])];
    let (last, this) = (figures(packs.annual(2025), &packs, &points), figures(packs.annual(2026), &packs, &points));
    assert_eq!((last.totals.new_points, this.totals.new_points), (0, 1));
    assert_eq!((flow(&this).left.as_str(), flow(&this).right.as_str(), flow(&this).holds), ("0 + 1 − 0", "1", true));
    assert_eq!(this.previous.cut_off, packs.annual(2025).cut_off);
}

#[test]
fn days_between_two_periods_or_in_both_do_not_reconcile() {
    let packs = RulePacks::from(RulePack::kontum_2022());
    let of = |from: &str, decided: &str| {
        let period = Period { from: from.parse().unwrap(), ..packs.annual(2022) };
        flow(&figures(period, &packs, &[point(10, decided, &[])])).holds
    };
    assert!(of("2021-11-10", "2021-11-12"));
    assert!(!of("2021-11-15", "2021-11-12"), "in neither");
    assert!(!of("2021-11-05", "2021-11-07"), "in both");
}

/// The columns "Đơn vị chủ trì" and "Năm xây dựng (QĐ số)" of the statistics form.
#[test]
fn a_model_is_printed_as_it_says_of_itself_and_by_its_points_where_it_says_nothing() {
    let packs = RulePacks::from(RulePack::kontum_2022());
    let mut points = [point(10, "2019-04-03", &[]), point(11, "2020-05-01", &[])];
    points[0].decision_no = Some("12/QĐ-UBND".to_owned());
    let printed = |lead: &str, founded: &str| {
        let pairs = [("name", "Kẻng"), ("lead", lead), ("founded_on", founded)];
        let said = pairs.into_iter().filter(|(_, text)| !text.is_empty());
        let fields = said.map(|(k, text)| (k.to_owned(), Field::Settled(Value::from(text)))).collect();
        let model = Model::read(RecordId([1; 16]), &Fields(fields));
        let line = figures_of(packs.annual(2022), &packs, &model, &points, (&[], &[])).models.remove(0);
        (line.lead_unit, line.founded.unwrap_or_default())
    };
    let pair = |lead: &str, founded: &str| (lead.to_owned(), founded.to_owned());
    assert_eq!(printed("Hội Cựu chiến binh", "2012-01-01"), pair("Hội Cựu chiến binh", "2012"));
    assert_eq!(printed("", ""), pair("Huyện Đắk Glei", "2019 (12/QĐ-UBND)"));
    assert_eq!(printed("", "2019-01-01"), pair("Huyện Đắk Glei", "2019 (12/QĐ-UBND)"), "the number of that year");
}

#[test]
fn a_place_written_down_twice_is_one_place_of_the_movement() {
    let packs = RulePacks::from(RulePack::kontum_2022());
    let fields = |pairs: &[(&str, &str)]| {
        let base = [("unit", "610"), ("year", "2022")];
        Fields(base.iter().chain(pairs).map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect())
    };
    let place =
        |n: u8, pairs: &[(&str, &str)]| SafePlace::read(RecordId([n; 16]), &Scope::Province, &fields(pairs)).unwrap();
    let hamlet = |n, name, recognised| {
        place(n, &[("object", "KHU_DAN_CU"), ("name", name), ("registered", "CO"), ("recognised", recognised)])
    };
    let places = [
        hamlet(20, "Thôn 1", "CO"),
        hamlet(21, "thôn  1", "KHONG"),
        hamlet(22, "Thôn 2", "KHONG"),
        place(23, &[("object", "XA"), ("name", "UBND xã")]),
        place(24, &[("object", "XA"), ("registered", "CO")]),
    ];
    let score = |n: u8, name: &str| {
        let fields = fields(&[("object", "CO_QUAN"), ("name", name)]);
        ScoredPlace::read(RecordId([n; 16]), &Scope::Province, &fields, &packs.latest().movement).unwrap()
    };
    let scored = [score(30, "Phòng Giáo dục"), score(31, "PHÒNG GIÁO DỤC"), score(32, "Trạm Y tế")];
    let model = Model::read(RecordId([1; 16]), &Fields::default());
    let of = |places: &[SafePlace], scored: &[ScoredPlace]| {
        figures_of(packs.annual(2022), &packs, &model, &[], (places, scored)).movement
    };
    let movement = of(&places, &scored);
    let told = |m: &keng_domain::figures::Movement| -> Vec<[u32; 4]> {
        m.safety.iter().map(|s| [s.places, s.registered, s.recognised, s.not_recognised]).collect()
    };
    assert_eq!(told(&movement), [[2, 2, 1, 1], [1, 1, 0, 0]], "the recognised hamlet, the registered commune");
    assert_eq!(movement.scored(), 2);
    let mut turned = places;
    turned.reverse();
    assert_eq!(of(&turned, &scored), movement, "whatever came first");
}

/// R20: the new and the ended ones of the report and those of its reconciliation are other numbers, and the figures
/// tell why: what began and ended in the period, and what ended without having counted.
#[test]
fn new_and_ended_points_are_told_apart_from_the_movement_that_reconciles() {
    let packs = RulePacks::from(RulePack::kontum_2022());
    let ended = |n, decided, on: &str| Point { ended_on: Some(on.parse().unwrap()), ..point(n, decided, &[]) };
    let never = Point { decision_date: None, spontaneous: true, ..ended(13, "2022-01-01", "2022-06-01") };
    let points = [
        point(10, "2022-03-01", &[]),
        ended(11, "2022-03-01", "2022-08-01"),
        ended(12, "2020-03-01", "2022-08-01"),
        never,
    ];
    let f = figures(packs.annual(2022), &packs, &points);
    assert_eq!((f.totals.new_points, f.totals.ended, f.began_and_ended, f.ended_uncounted), (1, 3, 1, 1));
    assert_eq!(flow(&f).left, "1 + 2 − 2");
}
