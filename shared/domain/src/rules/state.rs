//! What a point or model has come to, from what has happened to it (data dictionary, `trang_thai`).
//!
//! The field that officers type says what no event tells – that a point pauses, or is being surveyed –
//! and never outweighs one: a point with a date of its end has ended, whatever stands in the field.

use chrono::NaiveDate;

use super::counting::{Standing, standing};
use super::spontaneous;
use crate::model::Model;
use crate::point::{Point, YearRating};
use crate::rule_pack::RulePack;
use crate::schema::{STATUS_ENDED, STATUSES};
use crate::text::date_dmy;

/// A state with the event that gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// One of [`STATUSES`].
    pub code: &'static str,
    /// The event, in Vietnamese: `đã xếp loại năm 2022`.
    pub why: String,
}

impl State {
    fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }

    /// Its label on screens.
    #[must_use]
    pub fn label(&self) -> &'static str {
        STATUSES.iter().find(|(code, _)| *code == self.code).map_or(self.code, |(_, label)| label)
    }
}

/// The state of a point at the end of `day`.
#[must_use]
pub fn of_point(point: &Point, day: NaiveDate, pack: &RulePack) -> State {
    let typed = point.status.as_deref();
    match standing(point, day, pack) {
        Standing::Ended => {
            let why = point.ended_on.map(|on| format!("chấm dứt từ {}", date_dmy(on)));
            State::new(STATUS_ENDED, why.unwrap_or_else(|| "đơn vị ghi chấm dứt, chưa có ngày".to_owned()))
        }
        Standing::SpontaneousPending => State::new("CHO_CONG_NHAN", "tự phát, chưa có quyết định công nhận"),
        Standing::NotYet => match (point.decision_date, typed) {
            (Some(on), _) => State::new("DE_XUAT", format!("ngày quyết định {} chưa tới", date_dmy(on))),
            (None, Some("DE_XUAT")) => State::new("DE_XUAT", "đơn vị ghi đang đề xuất, chưa có quyết định"),
            (None, _) => State::new("KHAO_SAT", "chưa có quyết định"),
        },
        Standing::NotLaunched => State::new("THANH_LAP", format!("{}, chưa ra mắt", decided(point))),
        Standing::Counted => running(point, typed, day),
    }
}

/// A point with its decision.
fn running(point: &Point, typed: Option<&str>, day: NaiveDate) -> State {
    let rated = point.ratings.iter().rev().find(|(_, rating)| matches!(rating, YearRating::Rated(_)));
    match (typed, rated, point.launched_on.filter(|on| *on <= day)) {
        (Some("TAM_DUNG"), ..) => State::new("TAM_DUNG", "đơn vị ghi tạm dừng"),
        (_, Some((year, _)), _) => State::new("HOAT_DONG", format!("đã xếp loại năm {year}")),
        (Some("HOAT_DONG"), ..) => State::new("HOAT_DONG", "đã có quyết định, đơn vị ghi đang hoạt động"),
        (.., Some(on)) => State::new("RA_MAT", format!("ra mắt {}", date_dmy(on))),
        (.., None) => State::new("THANH_LAP", decided(point)),
    }
}

fn decided(point: &Point) -> String {
    point.decision_date.map_or_else(String::new, |on| format!("quyết định {}", date_dmy(on)))
}

/// The furthest along first; what has ended counts once nothing else is left.
const FURTHEST: [&str; 8] =
    ["HOAT_DONG", "RA_MAT", "THANH_LAP", "TAM_DUNG", "CHO_CONG_NHAN", "DE_XUAT", "KHAO_SAT", STATUS_ENDED];

/// The state of a model: that of its points which are furthest along; being surveyed while it has none.
/// One that arose by itself waits until a point is recognised.
#[must_use]
pub fn of_model<'a>(model: &Model, points: impl Iterator<Item = &'a Point>, day: NaiveDate, pack: &RulePack) -> State {
    let points: Vec<&Point> = points.collect();
    if spontaneous::waits(model, points.iter().copied(), day, pack) {
        return State::new("CHO_CONG_NHAN", "tự phát, chưa có điểm nào được công nhận");
    }
    let codes: Vec<&str> = points.iter().map(|p| of_point(p, day, pack).code).collect();
    let furthest = FURTHEST.into_iter().find(|code| codes.contains(code));
    let of_itself = |on: Option<NaiveDate>| on.filter(|on| *on <= day);
    let code = match (furthest, of_itself(model.ended_on), of_itself(model.decision_date)) {
        (None | Some(STATUS_ENDED), Some(on), _) => {
            return State::new(STATUS_ENDED, format!("chấm dứt từ {}", date_dmy(on)));
        }
        (None, None, Some(on)) => return State::new("THANH_LAP", format!("được công nhận {}", date_dmy(on))),
        (None, None, None) => return State::new("KHAO_SAT", "chưa có điểm nào"),
        (Some(code), ..) => code,
    };
    let so = codes.iter().filter(|c| **c == code).count();
    State::new(code, format!("{so}/{} điểm", codes.len()))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{FURTHEST, of_model, of_point};
    use crate::field::{Field, Fields, Value};
    use crate::id::RecordId;
    use crate::model::Model;
    use crate::point::Point;
    use crate::rule_pack::RulePack;
    use crate::schema::STATUSES;

    fn pack() -> RulePack {
        RulePack::kontum_2022()
    }

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2022, 11, 9).unwrap()
    }

    fn fields(values: &[(&str, &str)]) -> Fields {
        Fields(values.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(Value::from(*v)))).collect())
    }

    fn point(values: &[(&str, &str)]) -> Point {
        Point::read(RecordId([1; 16]), &fields(values))
    }

    #[test]
    fn the_state_follows_from_events_and_the_typed_one_fills_what_they_leave_open() {
        let decided = ("decision_date", "2021-12-05");
        for (values, code) in [
            (&[][..], "KHAO_SAT"),
            (&[("status", "DE_XUAT")], "DE_XUAT"),
            (&[("status", "HOAT_DONG")], "KHAO_SAT"),
            (&[("decision_date", "2022-11-10"), ("status", "HOAT_DONG")], "DE_XUAT"),
            (&[("decision_date", "2022-11-09")], "THANH_LAP"),
            (&[decided, ("launched_on", "2022-11-10")], "THANH_LAP"),
            (&[decided, ("launched_on", "2022-11-09")], "RA_MAT"),
            (&[decided, ("status", "HOAT_DONG")], "HOAT_DONG"),
            (&[decided, ("ratings/2022/610", "TOT")], "HOAT_DONG"),
            (&[decided, ("ratings/2022/610", "TOT"), ("status", "TAM_DUNG")], "TAM_DUNG"),
            (&[("origin", "TU_PHAT"), ("status", "HOAT_DONG")], "CHO_CONG_NHAN"),
            (&[("origin", "TU_PHAT"), decided], "THANH_LAP"),
            (&[decided, ("status", "HOAT_DONG"), ("ended_on", "2022-11-09")], "CHAM_DUT"),
            (&[decided, ("ended_on", "2022-11-10")], "THANH_LAP"),
            (&[decided, ("status", "CHAM_DUT")], "CHAM_DUT"),
        ] {
            let state = of_point(&point(values), day(), &pack());
            assert_eq!(state.code, code, "{values:?}");
            assert!(!state.why.is_empty() && state.label() != state.code);
        }
    }

    #[test]
    fn a_model_runs_while_one_of_its_points_does_and_has_ended_with_the_last() {
        let running = point(&[("decision_date", "2021-12-05"), ("status", "HOAT_DONG")]);
        let ended = point(&[("decision_date", "2021-12-05"), ("ended_on", "2022-03-03")]);
        let model = |origin: &str| Model::read(RecordId([2; 16]), &fields(&[("origin", origin)]));
        let ordered = model("CHI_DAO");
        let state = of_model(&ordered, [&running, &ended, &ended].into_iter(), day(), &pack());
        assert_eq!((state.code, state.why.as_str()), ("HOAT_DONG", "1/3 điểm"));
        assert_eq!(of_model(&ordered, [&ended].into_iter(), day(), &pack()).code, "CHAM_DUT");
        assert_eq!(of_model(&ordered, [].into_iter(), day(), &pack()).code, "KHAO_SAT");
        assert_eq!(of_model(&model("TU_PHAT"), [].into_iter(), day(), &pack()).code, "CHO_CONG_NHAN");
        assert_eq!(of_model(&model("TU_PHAT"), [&running].into_iter(), day(), &pack()).code, "HOAT_DONG");
        assert!(STATUSES.iter().all(|(code, _)| FURTHEST.contains(code)));
    }
}
