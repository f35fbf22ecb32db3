//! "An toàn về an ninh, trật tự" (TT 124/2021/TT-BCA; R22–R27). It assists; people decide.

use chrono::NaiveDate;
use serde::Serialize;

use crate::field::Fields;
use crate::rule_pack::{MonthDay, RulePack, SafetyObject};
use crate::rules::nomination::Condition;

/// A place assessed for a year, as it reads now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// A code of [`crate::schema::OBJECTS`].
    pub object: String,
    /// The year.
    pub year: i32,
    /// Whether it has registered.
    pub registered: bool,
    /// By number of the criterion, from 1: whether it is met; absent: nobody has said.
    pub criteria: Vec<Option<bool>>,
    /// Sub-units, and the good ones of them (Điều 6.5, 7.6).
    pub sub_units: Option<(u32, u32)>,
    /// Whether the competent level has recognised it.
    pub recognised: Option<bool>,
    /// When.
    pub decision_date: Option<NaiveDate>,
}

impl Place {
    /// Reads a place from the fields of its record; `None` without object or year.
    #[must_use]
    pub fn read(fields: &Fields, pack: &RulePack) -> Option<Self> {
        let yes = |key: &str| fields.text(key).map(|v| v == "CO");
        let count = |key: &str| fields.int(key).and_then(|n| u32::try_from(n).ok());
        let object = fields.text("object")?.to_owned();
        let known = pack.safety.object(&object).map_or(0, |o| o.criteria.len());
        Some(Self {
            year: fields.text("year")?.parse().ok()?,
            registered: yes("registered") == Some(true),
            criteria: (1..=known).map(|n| yes(&format!("criteria/{n}"))).collect(),
            sub_units: count("sub_units").map(|all| (all, count("sub_units_good").unwrap_or(0))),
            recognised: yes("recognised"),
            decision_date: fields.date("decision_date"),
            object,
        })
    }
}

/// Counts over the places within a commune (Điều 5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Within {
    /// Places that fall under the circular, as the commune has counted them; `None`: nobody has.
    pub due: Option<u32>,
    /// Places that have a record of the year.
    pub places: u32,
    /// Of these, registered.
    pub registered: u32,
    /// Of these, recognised.
    pub recognised: u32,
}

/// The days of an assessment: first and last (Điều 8, R25), and the first late day of the decision
/// (Điều 9, 10, R26).
#[must_use]
pub fn days(object: &SafetyObject, year: i32) -> Option<(NaiveDate, NaiveDate, NaiveDate)> {
    let day = |year: i32, d: MonthDay| NaiveDate::from_ymd_opt(year, d.month, d.day);
    Some((day(year - 1, object.from)?, day(year, object.to)?, day(year, object.due)?))
}

/// Every condition of the circular for one place: `effective_models` are those in its area or its own.
/// `within` is for communes.
#[must_use]
pub fn conditions(place: &Place, effective_models: u32, within: Option<Within>, pack: &RulePack) -> Vec<Condition> {
    let Some(rules) = pack.safety.object(&place.object) else { return Vec::new() };
    let mut all = vec![Condition {
        rule: "R23",
        holds: place.registered,
        sentence: if place.registered { "Đã đăng ký.".to_owned() } else { "Chưa đăng ký.".to_owned() },
    }];
    if rules.needs_model {
        let rule = if place.object == "XA" { "R22" } else { "R24" };
        let n = crate::text::padded(u64::from(effective_models));
        let sentence = match effective_models {
            0 => "Chưa có mô hình hiệu quả: cần ít nhất 01.".to_owned(),
            _ => format!("Có {n} mô hình hiệu quả."),
        };
        all.push(Condition { rule, holds: effective_models > 0, sentence });
    }
    if let (Some(within), "XA") = (within, place.object.as_str()) {
        all.extend(shares(within, pack));
    }
    if let (Some((sub_units, good)), true) = (place.sub_units, place.object != "XA") {
        let least = pack.safety.sub_units_share.least(sub_units);
        // More than there are can only come from another program, or from two machines that wrote one each.
        let is_possible = good <= sub_units;
        let holds = is_possible && pack.safety.sub_units_share.reached(good, sub_units);
        let sentence = match is_possible {
            true => format!("{good}/{sub_units} đơn vị trực thuộc đạt; cần ít nhất {least}."),
            false => format!("{good}/{sub_units} đơn vị trực thuộc đạt: số đạt nhiều hơn số có, phải sửa."),
        };
        all.push(Condition { rule: "R27", holds, sentence });
    }
    for (text, met) in rules.criteria.iter().zip(&place.criteria) {
        let said = match met {
            Some(true) => "đạt",
            Some(false) => "không đạt",
            None => "chưa đánh giá",
        };
        all.push(Condition { rule: "TT 124", holds: *met == Some(true), sentence: format!("{text}: {said}.") });
    }
    if let (Some(decided), Some((_, to, due))) = (place.decision_date, days(rules, place.year)) {
        let told = |is: &str| {
            let (decided, to) = (crate::text::date_dmy(decided), crate::text::date_dmy(to));
            format!("Quyết định ngày {decided} {is} hết thời gian đánh giá ({to}).")
        };
        let holds = decided >= to;
        all.push(Condition { rule: "R25", holds, sentence: told(if holds { "khi đã" } else { "khi chưa" }) });
        let sentence = format!(
            "Quyết định ngày {}; hạn là trước ngày {}.",
            crate::text::date_dmy(decided),
            crate::text::date_dmy(due)
        );
        all.push(Condition { rule: "R26", holds: decided < due, sentence });
    }
    all
}

/// Điều 5.4: all registered, at least seven tenths recognised.
fn shares(within: Within, pack: &RulePack) -> [Condition; 2] {
    let Within { due, places: recorded, registered, recognised } = within;
    let (all, most) = (pack.safety.registered_share, pack.safety.recognised_share);
    // Whoever has no record has not registered: all means all that fall under the circular.
    let places = due.unwrap_or(0).max(recorded);
    let some = places > 0;
    let counted = match due {
        None => " (chưa ghi số nơi thuộc diện: mới tính trên các nơi đã có hồ sơ)".to_owned(),
        Some(due) if due < recorded => format!(" (ghi {due} nơi thuộc diện, nhưng {recorded} nơi đã có hồ sơ)"),
        Some(_) => String::new(),
    };
    [
        Condition {
            rule: "R23",
            holds: some && all.reached(registered, places),
            sentence: format!(
                "{registered}/{places} nơi trong địa bàn đã đăng ký; cần {}{counted}.",
                all.least(places)
            ),
        },
        Condition {
            rule: "R23",
            holds: some && most.reached(recognised, places),
            sentence: format!("{recognised}/{places} nơi được công nhận; cần ít nhất {}{counted}.", most.least(places)),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::{Place, Within, conditions, days};
    use crate::field::{Field, Fields, Value};
    use crate::rule_pack::RulePack;

    fn place(object: &str, pairs: &[(&str, &str)]) -> Place {
        let base = [("object", object), ("year", "2022"), ("registered", "CO")];
        let fields =
            base.iter().chain(pairs).map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect();
        Place::read(&Fields(fields), &RulePack::kontum_2022()).unwrap()
    }

    fn holds(rule: &str, place: &Place, models: u32, within: Option<Within>) -> Vec<bool> {
        let all = conditions(place, models, within, &RulePack::kontum_2022());
        all.iter().filter(|c| c.rule == rule).map(|c| c.holds).collect()
    }

    /// TT 124, Điều 5.1: "xây dựng, củng cố hoặc duy trì … ít nhất 01 mô hình hoạt động hiệu quả" (R22).
    #[test]
    fn a_commune_needs_one_effective_model() {
        assert_eq!(holds("R22", &place("XA", &[]), 0, None), [false]);
        assert_eq!(holds("R22", &place("XA", &[]), 1, None), [true]);
    }

    /// Điều 5.4: 100 % registered, 70 % recognised (R23); exactly seven of ten is enough.
    #[test]
    fn seven_of_ten_places_recognised_are_enough_and_all_must_be_registered() {
        let within = |registered, recognised| Some(Within { due: None, places: 10, registered, recognised });
        assert_eq!(holds("R23", &place("XA", &[]), 1, within(10, 7)), [true, true, true]);
        assert_eq!(holds("R23", &place("XA", &[]), 1, within(10, 6)), [true, true, false]);
        assert_eq!(holds("R23", &place("XA", &[]), 1, within(9, 7)), [true, false, true]);
        assert_eq!(holds("R23", &place("XA", &[]), 1, Some(Within::default())), [true, false, false], "no places");
    }

    /// Điều 5.4: 100 % of the places of the commune, not of those that somebody has entered.
    #[test]
    fn places_without_a_record_have_not_registered() {
        let within = |due| Some(Within { due, places: 7, registered: 7, recognised: 7 });
        let sentences = |due| -> Vec<String> {
            let all = conditions(&place("XA", &[]), 1, within(due), &RulePack::kontum_2022());
            all.into_iter().filter(|c| c.rule == "R23").skip(1).map(|c| c.sentence).collect()
        };
        assert_eq!(holds("R23", &place("XA", &[]), 1, within(Some(10))), [true, false, true]);
        assert_eq!(holds("R23", &place("XA", &[]), 1, within(Some(11))), [true, false, false]);
        assert_eq!(sentences(Some(10))[0], "7/10 nơi trong địa bàn đã đăng ký; cần 10.");
        assert_eq!(holds("R23", &place("XA", &[]), 1, within(None)), [true, true, true]);
        assert!(sentences(None)[0].contains("chưa ghi số nơi thuộc diện"), "{:?}", sentences(None));
        assert!(sentences(Some(3))[1].contains("ghi 3 nơi thuộc diện, nhưng 7"), "{:?}", sentences(Some(3)));
    }

    /// Điều 6.1, 7.1 (R24).
    #[test]
    fn agencies_enterprises_and_schools_need_one_each_and_hamlets_none() {
        for object in ["CO_QUAN", "DOANH_NGHIEP", "CO_SO_GIAO_DUC"] {
            assert_eq!(holds("R24", &place(object, &[]), 0, None), [false], "{object}");
        }
        assert!(holds("R24", &place("KHU_DAN_CU", &[]), 0, None).is_empty());
    }

    /// Điều 8 (R25), Điều 9 and 10 (R26).
    #[test]
    fn hamlets_are_decided_before_the_15th_and_others_before_the_20th_of_november() {
        let pack = RulePack::kontum_2022();
        let told = |object: &str| {
            let (from, to, due) = days(pack.safety.object(object).unwrap(), 2022).unwrap();
            format!("{from}..{to} <{due}")
        };
        assert_eq!(told("KHU_DAN_CU"), "2021-11-01..2022-10-31 <2022-11-15");
        assert_eq!(told("XA"), "2021-11-16..2022-11-15 <2022-11-20");
        assert_eq!(holds("R26", &place("XA", &[("decision_date", "2022-11-19")]), 1, None), [true]);
        assert_eq!(holds("R26", &place("XA", &[("decision_date", "2022-11-20")]), 1, None), [false]);
    }

    /// Điều 8 (R25): what the year was like is decided when it is over.
    #[test]
    fn nothing_is_decided_before_the_time_of_the_assessment_is_over() {
        for (object, day, expect) in [
            ("XA", "2021-01-01", false),
            ("XA", "2022-11-14", false),
            ("XA", "2022-11-15", true),
            ("KHU_DAN_CU", "2022-10-30", false),
            ("KHU_DAN_CU", "2022-10-31", true),
        ] {
            assert_eq!(holds("R25", &place(object, &[("decision_date", day)]), 1, None), [expect], "{object} {day}");
        }
        assert!(holds("R25", &place("XA", &[]), 1, None).is_empty(), "nothing is decided yet");
    }

    /// Điều 6.5, 7.6 (R27).
    #[test]
    fn seven_of_ten_sub_units_are_enough() {
        let mut school = place("CO_SO_GIAO_DUC", &[]);
        for (good, expect) in [(7, true), (6, false), (10, true), (12, false)] {
            school.sub_units = Some((10, good));
            assert_eq!(holds("R27", &school, 1, None), [expect]);
        }
    }

    #[test]
    fn criteria_that_people_judge_stay_open_until_they_have() {
        let all = holds("TT 124", &place("XA", &[("criteria/1", "CO"), ("criteria/2", "KHONG")]), 1, None);
        assert_eq!(all, [true, false, false]);
    }
}
