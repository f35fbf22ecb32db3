//! Numbers and dates as Vietnamese reports write them.

use chrono::{Datelike, NaiveDate};

use crate::rule_pack::Share;

/// Thousands with a point: 15305 → `15.305`.
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(c);
    }
    out
}

/// A count in prose: below ten it is padded (`02 mô hình`), from a thousand it has points.
#[must_use]
pub fn padded(n: u64) -> String {
    if n < 10 { format!("{n:02}") } else { thousands(n) }
}

/// A share with one digit, rounded to the nearest: `48,5 %`; `—` of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    tenths(part, whole).map_or_else(|| "—".to_owned(), of_tenths)
}

/// [`percent`] beside a threshold: a share that does not reach it is never printed as if it did, for "50,0 %"
/// means "enough" (letter 4267, 1.c).
#[must_use]
pub fn percent_by(part: u64, whole: u64, threshold: Share) -> String {
    let (above, below) = (u64::from(threshold.numerator), u64::from(threshold.denominator));
    let is_below = u128::from(part) * u128::from(below) < u128::from(whole) * u128::from(above);
    match (tenths(part, whole), tenths(above, below)) {
        (Some(n), Some(line)) if is_below => of_tenths(n.min(line.saturating_sub(1))),
        _ => percent(part, whole),
    }
}

/// Thousandths, a half rounded up.
fn tenths(part: u64, whole: u64) -> Option<u128> {
    let (part, whole) = (u128::from(part), u128::from(whole));
    (whole > 0).then(|| (part * 2000 + whole) / (whole * 2))
}

fn of_tenths(tenths: u128) -> String {
    format!("{},{} %", tenths / 10, tenths % 10)
}

/// `dd/mm/yyyy`.
#[must_use]
pub fn date_dmy(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// `ngày 05 tháng 01 năm 2020`: days below ten and months 1 and 2 get a zero, other months do
/// not (decree 30/2020, annex I, II.4.b).
#[must_use]
pub fn date_long(date: NaiveDate) -> String {
    let month = match date.month() {
        m @ (1 | 2) => format!("{m:02}"),
        m => m.to_string(),
    };
    format!("ngày {:02} tháng {month} năm {}", date.day(), date.year())
}

#[cfg(test)]
mod tests {
    use super::{date_long, padded, percent, percent_by, thousands};
    use crate::rule_pack::Share;

    #[test]
    fn numbers_as_in_reports() {
        assert_eq!([thousands(0), thousands(999), thousands(155_033)], ["0", "999", "155.033"]);
        assert_eq!([padded(2), padded(48), padded(1_394)], ["02", "48", "1.394"]);
    }

    #[test]
    fn shares_are_rounded_to_the_nearest_tenth() {
        assert_eq!([percent(8, 134), percent(33, 68), percent(34, 68)], ["6,0 %", "48,5 %", "50,0 %"]);
        assert_eq!([percent(2, 3), percent(4_999, 10_000), percent(1, 1)], ["66,7 %", "50,0 %", "100,0 %"]);
        assert_eq!(percent(0, 0), "—");
    }

    #[test]
    fn a_share_below_the_threshold_never_looks_like_it() {
        let (half, two_thirds) = (Share::HALF, Share { numerator: 2, denominator: 3 });
        let by = |part, whole| percent_by(part, whole, half);
        assert_eq!([by(4_999, 10_000), by(5_000, 10_000), by(5_001, 10_000)], ["49,9 %", "50,0 %", "50,0 %"]);
        assert_eq!([by(8, 134), by(0, 0), by(5_996, 10_000)], ["6,0 %", "—", "60,0 %"], "at the threshold alone");
        let by = |part, whole| percent_by(part, whole, two_thirds);
        assert_eq!([by(6_666, 10_000), by(2, 3), by(4_999, 10_000)], ["66,6 %", "66,7 %", "50,0 %"]);
    }

    #[test]
    fn the_month_zero_rule() {
        let d = |y, m, d| date_long(chrono::NaiveDate::from_ymd_opt(y, m, d).unwrap());
        assert_eq!(d(2019, 6, 29), "ngày 29 tháng 6 năm 2019");
        assert_eq!(d(2020, 1, 5), "ngày 05 tháng 01 năm 2020");
    }
}
