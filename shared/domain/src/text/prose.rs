//! Numbers and dates as Vietnamese reports write them.

use chrono::{Datelike, NaiveDate};

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
    use super::{date_long, padded, thousands};

    #[test]
    fn numbers_as_in_reports() {
        assert_eq!([thousands(0), thousands(999), thousands(155_033)], ["0", "999", "155.033"]);
        assert_eq!([padded(2), padded(48), padded(1_394)], ["02", "48", "1.394"]);
    }

    #[test]
    fn the_month_zero_rule() {
        let d = |y, m, d| date_long(chrono::NaiveDate::from_ymd_opt(y, m, d).unwrap());
        assert_eq!(d(2019, 6, 29), "ngày 29 tháng 6 năm 2019");
        assert_eq!(d(2020, 1, 5), "ngày 05 tháng 01 năm 2020");
    }
}
