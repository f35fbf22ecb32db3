//! Times and sizes as Vietnamese officers write them. Numbers, shares and dates without a time
//! are in [`keng_domain::text`].

use chrono::{DateTime, Datelike, Days, FixedOffset, Utc, Weekday};
use keng_domain::text::thousands;

/// Vietnam is at UTC+7 all the year round.
const VIETNAM_SECONDS: i32 = 7 * 3600;

/// The time in Vietnam.
#[must_use]
pub fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    // Seven hours lie within a day, so that the offset exists; UTC would do no harm.
    let zone = FixedOffset::east_opt(VIETNAM_SECONDS).unwrap_or_else(|| at.fixed_offset().timezone());
    at.with_timezone(&zone)
}

/// A time from milliseconds since 1970; out of range gives 1970 rather than a fault.
#[must_use]
pub fn of_millis(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// `16:20`.
#[must_use]
pub fn clock(at: DateTime<Utc>) -> String {
    local(at).format("%H:%M").to_string()
}

/// `08/11 16:20`.
#[must_use]
pub fn stamp(at: DateTime<Utc>) -> String {
    local(at).format("%d/%m %H:%M").to_string()
}

/// `08/11/2022 16:20`.
#[must_use]
pub fn full_stamp(at: DateTime<Utc>) -> String {
    local(at).format("%d/%m/%Y %H:%M").to_string()
}

/// `hôm nay 16:48`, `hôm qua 16:48`, `06/11 08:40`, or with the year when it is another one.
#[must_use]
pub fn near(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (day, today) = (local(at).date_naive(), local(now).date_naive());
    if day == today {
        format!("hôm nay {}", clock(at))
    } else if day.checked_add_days(Days::new(1)) == Some(today) {
        format!("hôm qua {}", clock(at))
    } else if day.year() == today.year() {
        stamp(at)
    } else {
        full_stamp(at)
    }
}

/// `16:20` today, otherwise with the date: a time older than a day never looks fresh.
#[must_use]
pub fn brief(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if local(at).date_naive() == local(now).date_naive() { clock(at) } else { near(at, now) }
}

/// `Thứ ba, 8/11/2022 16:50`.
#[must_use]
pub fn heading(at: DateTime<Utc>) -> String {
    let at = local(at);
    let day = match at.weekday() {
        Weekday::Mon => "Thứ hai",
        Weekday::Tue => "Thứ ba",
        Weekday::Wed => "Thứ tư",
        Weekday::Thu => "Thứ năm",
        Weekday::Fri => "Thứ sáu",
        Weekday::Sat => "Thứ bảy",
        Weekday::Sun => "Chủ nhật",
    };
    format!("{day}, {}", at.format("%-d/%-m/%Y %H:%M"))
}

/// How long ago or until, in the largest unit: `26 phút`, `3 giờ`, `2 ngày`.
#[must_use]
pub fn span(seconds: i64) -> String {
    match seconds.unsigned_abs() {
        s @ 0..60 => format!("{s} giây"),
        s @ 60..3600 => format!("{} phút", s / 60),
        s @ 3600..86_400 => format!("{} giờ", s / 3600),
        s => format!("{} ngày", thousands(s / 86_400)),
    }
}

/// Clocks that differ by less are as good as equal: nobody sets a clock better by hand.
const CLOCKS_AGREE_MS: i64 = 60_000;

/// How a machine's clock stands to the province's, from the machine's minus the province's: `chậm 10 phút`,
/// `nhanh 8 ngày`; [`None`]: they agree.
#[must_use]
pub fn clock_off(machine_minus_hub_ms: i64) -> Option<String> {
    let side = if machine_minus_hub_ms < 0 { "chậm" } else { "nhanh" };
    let is_off = machine_minus_hub_ms.unsigned_abs() >= CLOCKS_AGREE_MS.unsigned_abs();
    is_off.then(|| format!("{side} {}", span(machine_minus_hub_ms / 1_000)))
}

/// The same text with a capital letter, as it begins a line.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().collect::<String>() + letters.as_str())
}

/// A size: `512 B`, `9 KB`, `5,1 MB`.
#[must_use]
pub fn bytes(n: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = KB * KB;
    match n {
        0..KB => format!("{n} B"),
        KB..MB => format!("{} KB", n.div_ceil(KB)),
        _ => format!("{},{} MB", thousands(n / MB), n % MB * 10 / MB),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, clock_off, heading, near, span};
    use chrono::{DateTime, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn days_change_at_midnight_in_vietnam() {
        let now = at("2022-11-08T09:50:00Z");
        assert_eq!(heading(now), "Thứ ba, 8/11/2022 16:50");
        assert_eq!(near(at("2022-11-08T09:48:00Z"), now), "hôm nay 16:48");
        assert_eq!(near(at("2022-11-07T17:00:00Z"), now), "hôm nay 00:00");
        assert_eq!(near(at("2022-11-07T16:59:00Z"), now), "hôm qua 23:59");
        assert_eq!(near(at("2022-11-06T01:40:00Z"), now), "06/11 08:40");
        assert_eq!(near(at("2021-11-06T01:40:00Z"), now), "06/11/2021 08:40");
    }

    #[test]
    fn sizes_and_spans_in_the_largest_unit() {
        assert_eq!([bytes(9), bytes(8_300), bytes(5_400_000)], ["9 B", "9 KB", "5,1 MB"]);
        assert_eq!([span(59), span(1_560), span(86_400 * 3)], ["59 giây", "26 phút", "3 ngày"]);
    }

    #[test]
    fn a_machine_that_is_ahead_of_the_province_is_fast() {
        let words = |ms| clock_off(ms);
        assert_eq!(words(691_200_000).as_deref(), Some("nhanh 8 ngày"));
        assert_eq!(words(-600_000).as_deref(), Some("chậm 10 phút"));
        assert_eq!((words(59_999), words(-59_999)), (None, None));
    }
}
