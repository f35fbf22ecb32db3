//! The seven states of the way to the province, in the words of UX §2.

use chrono::{DateTime, Utc};
use keng_domain::text::thousands;

use crate::format;
use crate::parts::{Chip, Icon, Tone};

/// How things stand between this machine and the province. "Đã gửi hết" only when receipts
/// cover the local heads (I6); being offline is normal and never red.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncChip {
    /// Receipts cover everything.
    AllAcknowledged {
        /// When the last receipt came.
        at: DateTime<Utc>,
        /// Until when the province's own changes have been fetched: another matter than sending.
        received_until: Option<DateTime<Utc>>,
    },
    /// There is a link, and changes wait their turn.
    Waiting {
        /// Entries without a receipt.
        changes: u64,
    },
    /// Changes are going up.
    Sending {
        /// Acknowledged in this round.
        done: u64,
        /// Of so many.
        total: u64,
        /// Still to go.
        bytes_left: u64,
    },
    /// No link; nothing is lost.
    Offline {
        /// Since when.
        since: Option<DateTime<Utc>>,
        /// Entries without a receipt.
        changes: u64,
    },
    /// There should be a link, yet nothing gets through.
    Stalled {
        /// Since when.
        since: DateTime<Utc>,
        /// Why, in words for officers.
        reason: String,
        /// When it is tried again.
        next_try: Option<DateTime<Utc>>,
    },
    /// Contests, quarantine, a forked identity: each has one button on the page of the state.
    NeedsPerson {
        /// How many matters.
        matters: u32,
    },
    /// The clock is off; order never depends on it, deadlines do.
    ClockProblem {
        /// The machine's clock minus the province's.
        offset_ms: i64,
    },
}

impl SyncChip {
    /// The chip of the header.
    #[must_use]
    pub fn chip(&self, now: DateTime<Utc>) -> Chip {
        let (tone, icon) = self.look();
        let progress = match self {
            Self::Sending { done, total, .. } => {
                u8::try_from(done.saturating_mul(100) / (*total).max(1)).ok().map(|p| p.min(100))
            }
            _ => None,
        };
        Chip { tone, icon, text: self.text(now), detail: self.detail(now), progress }
    }

    fn look(&self) -> (Tone, Icon) {
        match self {
            Self::AllAcknowledged { .. } => (Tone::Ok, Icon::Check),
            Self::Waiting { .. } => (Tone::Wait, Icon::Up),
            Self::Sending { .. } => (Tone::Wait, Icon::Turning),
            Self::Offline { .. } => (Tone::Calm, Icon::Cloud),
            Self::Stalled { .. } => (Tone::Warn, Icon::Alert),
            Self::NeedsPerson { .. } => (Tone::Danger, Icon::Dot),
            Self::ClockProblem { .. } => (Tone::Warn, Icon::Clock),
        }
    }

    fn text(&self, now: DateTime<Utc>) -> String {
        match self {
            Self::AllAcknowledged { at, .. } => format!("Đã gửi hết · {}", format::brief(*at, now)),
            Self::Waiting { changes } => format!("{} thay đổi chờ gửi", thousands(*changes)),
            Self::Sending { done, total, bytes_left } => {
                format!("Đang gửi {}/{} · {}", thousands(*done), thousands(*total), format::bytes(*bytes_left))
            }
            Self::Offline { .. } => "Chưa có mạng · đã lưu tại máy".to_owned(),
            Self::Stalled { since, .. } => format!("Gửi chưa được {}", format::span((now - since).num_seconds())),
            Self::NeedsPerson { matters } => format!("Cần xử lý ({matters})"),
            Self::ClockProblem { .. } => "Đồng hồ máy lệch".to_owned(),
        }
    }

    fn detail(&self, now: DateTime<Utc>) -> String {
        match self {
            Self::AllAcknowledged { at, received_until } => {
                let received = received_until
                    .map_or_else(String::new, |t| format!("; thay đổi của tỉnh đã nhận đến {}", format::near(t, now)));
                format!("Tỉnh báo đã nhận đủ {}{received}", format::near(*at, now))
            }
            Self::Waiting { .. } => "Đã lưu tại máy; sẽ tự gửi khi đến lượt".to_owned(),
            Self::Sending { .. } => "Cứ tiếp tục làm việc trong khi gửi".to_owned(),
            Self::Offline { since, changes } => {
                let since = since.map_or_else(String::new, |t| format!("Từ {}. ", format::near(t, now)));
                format!("{since}{} thay đổi chờ gửi, đã lưu tại máy; tự gửi khi có mạng", thousands(*changes))
            }
            Self::Stalled { reason, next_try, .. } => {
                let next = next_try.map_or_else(String::new, |t| format!(" Thử lại lúc {}.", format::brief(t, now)));
                format!(
                    "{reason}{next} Dữ liệu vẫn lưu an toàn tại máy; gấp thì bấm “Xuất ra USB” ở trang Gửi lên tỉnh."
                )
            }
            Self::NeedsPerson { .. } => "Có việc máy không tự quyết được; bấm để xem".to_owned(),
            Self::ClockProblem { offset_ms } => {
                let off = format::clock_off(*offset_ms).unwrap_or_else(|| "lệch".to_owned());
                format!("Đồng hồ máy {off} so với tỉnh; dữ liệu vẫn an toàn, hãy chỉnh giờ của máy")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SyncChip;
    use crate::parts::Tone;

    #[test]
    fn the_words_of_all_seven_states() {
        let at = |t: &str| t.parse().unwrap();
        let now = at("2022-11-08T09:20:00Z");
        let check = |state: SyncChip, text: &str, tone: Tone| {
            let chip = state.chip(now);
            assert_eq!((chip.text.as_str(), chip.tone), (text, tone));
        };
        let all = |t| SyncChip::AllAcknowledged { at: at(t), received_until: None };
        check(all("2022-11-08T09:20:00Z"), "Đã gửi hết · 16:20", Tone::Ok);
        check(all("2022-11-06T01:40:00Z"), "Đã gửi hết · 06/11 08:40", Tone::Ok);
        check(SyncChip::Waiting { changes: 12 }, "12 thay đổi chờ gửi", Tone::Wait);
        let sending = SyncChip::Sending { done: 7, total: 12, bytes_left: 240 * 1024 };
        assert_eq!(sending.chip(now).progress, Some(58));
        check(sending, "Đang gửi 7/12 · 240 KB", Tone::Wait);
        check(SyncChip::Offline { since: None, changes: 42 }, "Chưa có mạng · đã lưu tại máy", Tone::Calm);
        let stalled =
            SyncChip::Stalled {
                since: at("2022-11-08T08:54:00Z"), reason: "Máy tỉnh bận.".into(), next_try: None
            };
        check(stalled, "Gửi chưa được 26 phút", Tone::Warn);
        check(SyncChip::NeedsPerson { matters: 2 }, "Cần xử lý (2)", Tone::Danger);
        let fast = SyncChip::ClockProblem { offset_ms: 691_200_000 };
        assert!(fast.chip(now).detail.contains("nhanh 8 ngày so với tỉnh"));
        check(fast, "Đồng hồ máy lệch", Tone::Warn);
    }
}
