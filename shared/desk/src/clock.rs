//! The one place that reads the clock, and how times are written for machines.

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, Utc};

/// Seconds by which Việt Nam is ahead of UTC.
const VIETNAM_SECONDS: i32 = 7 * 3_600;

/// Now, in milliseconds since 1970, UTC.
#[must_use]
pub fn now_ms() -> i64 {
    Utc::now().timestamp_millis()
}

/// Today in Việt Nam.
#[must_use]
pub fn today() -> NaiveDate {
    in_vietnam(now_ms()).date_naive()
}

/// A moment by the clocks of Việt Nam (UTC+7).
#[must_use]
pub fn in_vietnam(ms: i64) -> DateTime<FixedOffset> {
    let offset = FixedOffset::east_opt(VIETNAM_SECONDS).expect("seven hours are a valid offset");
    DateTime::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&offset)
}

/// RFC 3339 with the offset of Việt Nam: `2022-11-08T16:48:00+07:00`.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    in_vietnam(ms).to_rfc3339_opts(SecondsFormat::Secs, false)
}
