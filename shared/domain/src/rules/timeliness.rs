//! On time or late (letter 4267, 1.b and 1.d; R15, R18; DESIGN §4.6).
//!
//! "Trước ngày 10" makes the 9th the last day on time, in the time of Việt Nam. What counts is the
//! act of the unit; a link that was down must not make it late, and a clock that was set back must
//! not make it punctual. So the act lies between the last contact before it and its receipt.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::text::date_dmy;

/// Seconds by which Việt Nam is ahead of UTC.
const VIETNAM_SECONDS: i64 = 7 * 3_600;

/// A machine's clock that is off by more is told as wrong, and corrected when a deadline is judged:
/// deadlines are days, but officers read minutes. Below it the clock on the officer's screen counts.
pub const CLOCK_OFF_MS: i64 = 5 * 60_000;

/// Whether an act was in time. Words on screens: [`Timeliness::label`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Timeliness {
    /// Đúng hạn: the province had it before the deadline, or it is on its way and was done in time.
    OnTime,
    /// Đúng hạn (lập khi mất mạng): done in time, received after the deadline.
    OnTimeOffline,
    /// Quá hạn.
    Late,
}

impl Timeliness {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OnTime, Self::OnTimeOffline, Self::Late];

    /// The word on screens and in reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::OnTime => "Đúng hạn",
            Self::OnTimeOffline => "Đúng hạn (lập khi mất mạng)",
            Self::Late => "Quá hạn",
        }
    }

    /// Whether the deadline was kept.
    #[must_use]
    pub fn is_kept(self) -> bool {
        self != Self::Late
    }
}

/// What is known of an act's time. All but the last one are signed by the unit, that one by the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Evidence {
    /// The act, by the clock of the unit's machine.
    pub acted_at: DateTime<Utc>,
    /// The hub's clock minus that machine's, as measured at the last contact before the act.
    pub clock_offset_ms: Option<i64>,
    /// The same as measured at the first contact after the act, where it was another by then: the clock was set
    /// meanwhile, before the act or after it.
    pub clock_offset_after_ms: Option<i64>,
    /// The last contact with the hub before the act, by the hub's clock.
    pub last_contact_at: Option<DateTime<Utc>>,
    /// When the hub received the act.
    pub received_at: Option<DateTime<Utc>>,
}

impl Evidence {
    /// When the act was: by the unit's clock, corrected where that was known to be wrong. Of two moments that are
    /// both possible, see [`Evidence::moments`], the earlier: a clock that was set right makes nothing late.
    #[must_use]
    pub fn acted(&self) -> DateTime<Utc> {
        self.moments()[0]
    }

    /// The moments at which the act may have been, the earlier first. They are two where the clock was set between the
    /// contacts around the act, was wrong at the first of them, and the bounds that those set leave both open. What a
    /// clock showed that had been right, counts unless the bounds exclude it.
    #[must_use]
    pub fn moments(&self) -> [DateTime<Utc>; 2] {
        let before = self.by(self.clock_offset_ms);
        if !self.clock_was_set() {
            return [before; 2];
        }
        let after = self.by(self.clock_offset_after_ms);
        let was_wrong = before != self.acted_at;
        match (self.is_possible(before), self.is_possible(after)) {
            (true, true) if was_wrong => [before.min(after), before.max(after)],
            (false, true) => [after; 2],
            _ => [before; 2],
        }
    }

    /// Whether the clock was set between the contacts around the act.
    #[must_use]
    pub fn clock_was_set(&self) -> bool {
        let both = self.clock_offset_ms.zip(self.clock_offset_after_ms);
        both.is_some_and(|(before, after)| clocks_differ(before, after))
    }

    /// The act, by a clock that is so far off.
    fn by(&self, offset_ms: Option<i64>) -> DateTime<Utc> {
        let wrong_by = offset_ms.filter(|ms| clocks_differ(*ms, 0));
        let offset = TimeDelta::try_milliseconds(wrong_by.unwrap_or(0)).unwrap_or_default();
        self.acted_at.checked_add_signed(offset).unwrap_or(self.acted_at)
    }

    /// Whether the act may have been at `at`: not before the last contact, not after the receipt.
    fn is_possible(&self, at: DateTime<Utc>) -> bool {
        let slack = TimeDelta::milliseconds(CLOCK_OFF_MS);
        self.last_contact_at.is_none_or(|contact| at - contact > -slack)
            && self.received_at.is_none_or(|received| at - received < slack)
    }
}

/// Whether two offsets of a clock are so far apart that it was set, or is wrong: see [`CLOCK_OFF_MS`].
#[must_use]
pub fn clocks_differ(one_ms: i64, other_ms: i64) -> bool {
    one_ms.abs_diff(other_ms) > CLOCK_OFF_MS.unsigned_abs()
}

/// A judgement about a deadline, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Punctuality {
    /// The result.
    pub timeliness: Timeliness,
    /// The first late day.
    pub due: NaiveDate,
    /// The clause of the letter that sets the deadline.
    pub clause: String,
    /// The act itself.
    pub evidence: Evidence,
    /// The first one, where the province sent that back: by it the deadline is judged.
    pub first: Option<Evidence>,
    /// One sentence for officers.
    pub sentence: String,
}

/// The first late moment: midnight in Việt Nam at the beginning of `due`.
#[must_use]
pub fn late_from(due: NaiveDate) -> DateTime<Utc> {
    due.and_time(NaiveTime::MIN).and_utc() - TimeDelta::seconds(VIETNAM_SECONDS)
}

/// Judges an act against the first late day `due` (R15, R18).
#[must_use]
pub fn judge(evidence: Evidence, due: NaiveDate, clause: impl Into<String>) -> Punctuality {
    let (timeliness, sentence) = told_of("trình", evidence, due);
    Punctuality { timeliness, due, clause: clause.into(), evidence, first: None, sentence }
}

/// Judges an act that was done `again` after the province had sent the `first` one back. The letter sets a day for
/// handing in and none for mending: what was in time stays so, and the later act is told beside it.
#[must_use]
pub fn judge_again(first: Evidence, again: Evidence, due: NaiveDate, clause: impl Into<String>) -> Punctuality {
    let (timeliness, sentence) = told_of("trình lần đầu", first, due);
    let sentence = format!("{sentence} Sau khi tỉnh trả lại, trình lại {}.", moments(again));
    Punctuality { timeliness, due, clause: clause.into(), evidence: again, first: Some(first), sentence }
}

/// Whether the deadline was kept, and the sentence that says so of what was done.
fn told_of(what: &str, evidence: Evidence, due: NaiveDate) -> (Timeliness, String) {
    let late_from = late_from(due);
    let before = |at: DateTime<Utc>| at < late_from;
    let acted = evidence.acted();
    let contacted_late = evidence.last_contact_at.is_some_and(|at| !before(at));
    let timeliness = match evidence.received_at {
        Some(received) if before(received) => Timeliness::OnTime,
        _ if !before(acted) || contacted_late => Timeliness::Late,
        Some(_) => Timeliness::OnTimeOffline,
        None => Timeliness::OnTime,
    };
    let (label, moments) = (timeliness.label(), moments(evidence));
    let mut sentence = format!("{label}: {what} {moments}; hạn là trước ngày {}.", date_dmy(due));
    if timeliness == Timeliness::Late && before(acted) {
        // The clock says otherwise than the log.
        let at = evidence.last_contact_at.map_or_else(String::new, told);
        sentence.push_str(&format!(" Máy đã liên lạc với tỉnh {at}, nên báo cáo không thể lập trước đó."));
    }
    if evidence.clock_was_set() {
        sentence.push_str(" Đồng hồ máy đã chỉnh giữa hai lần liên lạc với tỉnh.");
    }
    (timeliness, sentence)
}

/// `lúc 23:59 ngày 09/05/2022, tỉnh nhận lúc 09:30 ngày 12/05/2022`; `lúc … hoặc lúc …` where both are possible.
fn moments(evidence: Evidence) -> String {
    let received =
        evidence.received_at.map_or_else(|| "chưa tới tỉnh".to_owned(), |at| format!("tỉnh nhận {}", told(at)));
    let [earlier, later] = evidence.moments();
    let or_later = if later == earlier { String::new() } else { format!(" hoặc {}", told(later)) };
    format!("{}{or_later}, {received}", told(earlier))
}

/// `lúc 23:59 ngày 09/5/2022`, in the time of Việt Nam.
fn told(at: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(VIETNAM_SECONDS as i32).expect("seven hours are a valid offset");
    at.with_timezone(&zone).format("lúc %H:%M ngày %d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Timeliness, judge, judge_again};
    use chrono::{DateTime, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}+07:00").parse().unwrap()
    }

    /// Letter 4267, 1.d: "báo cáo 06 tháng trước ngày 10 tháng 5".
    fn half_year(acted: &str, contact: Option<&str>, received: Option<&str>) -> Timeliness {
        let evidence = Evidence {
            acted_at: at(acted),
            last_contact_at: contact.map(at),
            received_at: received.map(at),
            ..Evidence::default()
        };
        judge(evidence, "2022-05-10".parse().unwrap(), "1.d").timeliness
    }

    #[test]
    fn the_ninth_of_may_at_23_59_is_on_time_the_tenth_at_00_00_is_late() {
        let received_at_once = |t| half_year(t, None, Some(t));
        assert_eq!(received_at_once("2022-05-09T23:59:00"), Timeliness::OnTime);
        assert_eq!(received_at_once("2022-05-10T00:00:00"), Timeliness::Late);
    }

    #[test]
    fn captured_on_time_while_offline_is_told_apart_from_both() {
        let offline = half_year("2022-05-09T23:59:00", Some("2022-05-02T08:00:00"), Some("2022-05-12T09:00:00"));
        assert_eq!(offline, Timeliness::OnTimeOffline);
        assert_eq!(half_year("2022-05-10T00:00:00", None, Some("2022-05-12T09:00:00")), Timeliness::Late);
        assert_eq!(half_year("2022-05-09T23:59:00", None, None), Timeliness::OnTime);
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_punctual() {
        let set_back = half_year("2022-05-08T08:00:00", Some("2022-05-11T08:00:00"), Some("2022-05-12T09:00:00"));
        assert_eq!(set_back, Timeliness::Late);
    }

    #[test]
    fn a_clock_that_is_ahead_makes_nothing_late() {
        assert_eq!(half_year("2032-05-08T08:00:00", None, Some("2022-05-09T09:00:00")), Timeliness::OnTime);
    }

    #[test]
    fn a_clock_known_to_be_wrong_is_corrected_by_the_measured_offset() {
        let mut evidence = Evidence {
            acted_at: at("2022-05-10T08:00:00"),
            clock_offset_ms: Some(-24 * 3_600_000),
            last_contact_at: Some(at("2022-05-08T08:00:00")),
            received_at: Some(at("2022-05-12T08:00:00")),
            ..Evidence::default()
        };
        let due = "2022-05-10".parse().unwrap();
        assert_eq!(judge(evidence, due, "1.d").timeliness, Timeliness::OnTimeOffline);
        evidence.clock_offset_ms = Some(-4 * 60_000);
        evidence.acted_at = at("2022-05-10T00:00:00");
        assert_eq!(judge(evidence, due, "1.d").timeliness, Timeliness::Late, "four minutes are no wrong clock");
        evidence.clock_offset_ms = Some(i64::MIN);
        assert_eq!(judge(evidence, due, "1.d").timeliness, Timeliness::Late, "an absurd offset is left out");
    }

    /// The act is bounded by the last contact before it and the receipt after it. Two days slow at the one, set
    /// right, handed in on the last day, and right at the other.
    #[test]
    fn a_clock_that_was_set_right_while_offline_makes_a_punctual_act_not_late() {
        let two_days = 2 * 24 * 3_600_000;
        let mut evidence = Evidence {
            acted_at: at("2022-11-09T16:50:00"),
            clock_offset_ms: Some(two_days),
            clock_offset_after_ms: Some(0),
            last_contact_at: Some(at("2022-11-07T08:00:00")),
            received_at: Some(at("2022-11-14T08:00:00")),
        };
        let judged = |of: Evidence| judge(of, "2022-11-10".parse().unwrap(), "1.d");
        let told = judged(evidence);
        assert_eq!(told.timeliness, Timeliness::OnTimeOffline);
        assert!(told.sentence.contains("trình lúc 16:50 ngày 09/11/2022 hoặc lúc 16:50 ngày 11/11/2022, tỉnh nhận"));
        assert!(told.sentence.ends_with("Đồng hồ máy đã chỉnh giữa hai lần liên lạc với tỉnh."), "{}", told.sentence);
        // The receipt leaves one of the two.
        evidence.received_at = Some(at("2022-11-10T08:00:00"));
        let told = judged(evidence);
        assert!(told.sentence.contains("trình lúc 16:50 ngày 09/11/2022, tỉnh nhận"), "{}", told.sentence);
        assert_eq!(told.timeliness, Timeliness::OnTimeOffline);
        // So does the last contact: two days ahead, set right after the act.
        evidence.clock_offset_ms = Some(-two_days);
        evidence.acted_at = at("2022-11-08T16:50:00");
        assert_eq!(judged(evidence).evidence.acted(), at("2022-11-08T16:50:00"));
        // A clock that had been right, and is ten minutes ahead by the next contact: the officer's own screen counts.
        let midnight = Evidence {
            acted_at: at("2022-11-10T00:00:00"),
            clock_offset_ms: Some(0),
            clock_offset_after_ms: Some(-600_000),
            last_contact_at: Some(at("2022-11-07T08:00:00")),
            received_at: Some(at("2022-11-14T08:00:00")),
        };
        assert_eq!(judged(midnight).timeliness, Timeliness::Late);
        // Not set at all: the measured offset holds, as before.
        evidence.clock_offset_ms = Some(two_days);
        evidence.clock_offset_after_ms = Some(two_days + 60_000);
        evidence.received_at = Some(at("2022-11-14T08:00:00"));
        assert_eq!(judged(evidence).timeliness, Timeliness::Late);
    }

    /// Letter 4267, 1.d, sets a day for handing in, and none for mending what the province sent back.
    #[test]
    fn what_was_in_time_and_is_mended_after_the_deadline_stays_in_time() {
        let act =
            |acted, received| Evidence { acted_at: at(acted), received_at: Some(at(received)), ..Evidence::default() };
        let due = "2022-05-10".parse().unwrap();
        let first = act("2022-05-08T16:00:00", "2022-05-08T16:05:00");
        let again = act("2022-05-15T08:00:00", "2022-05-15T08:01:00");
        let mended = judge_again(first, again, due, "1.d");
        assert_eq!((mended.timeliness, mended.first, mended.evidence), (Timeliness::OnTime, Some(first), again));
        assert_eq!(
            mended.sentence,
            "Đúng hạn: trình lần đầu lúc 16:00 ngày 08/05/2022, tỉnh nhận lúc 16:05 ngày 08/05/2022; hạn là trước ngày \
             10/05/2022. Sau khi tỉnh trả lại, trình lại lúc 08:00 ngày 15/05/2022, tỉnh nhận lúc 08:01 ngày 15/05/2022."
        );
        assert_eq!(
            judge_again(again, again, due, "1.d").timeliness,
            Timeliness::Late,
            "mending makes nothing punctual"
        );
    }

    #[test]
    fn the_sentence_shows_both_times() {
        let evidence = Evidence {
            acted_at: at("2022-05-09T23:59:00"),
            clock_offset_ms: Some(0),
            received_at: Some(at("2022-05-12T09:30:00")),
            ..Evidence::default()
        };
        assert_eq!(
            judge(evidence, "2022-05-10".parse().unwrap(), "1.d").sentence,
            "Đúng hạn (lập khi mất mạng): trình lúc 23:59 ngày 09/05/2022, tỉnh nhận lúc 09:30 ngày 12/05/2022; hạn là \
             trước ngày 10/05/2022."
        );
    }
}
