//! What the machines of a unit said last, in words.

use chrono::{DateTime, Utc};
use keng_desk::duties::machines::Machines;
use keng_web::{Count, format};

use crate::pages::machines::MachinesSaid;

/// Clocks that differ by less are as good as equal: nobody sets a clock better by hand.
const CLOCK_OFF_MS: i64 = 60_000;

/// The words, as of `now`.
#[must_use]
pub fn said(machines: &Machines, now: DateTime<Utc>) -> MachinesSaid {
    let brief = |ms| format::brief(format::of_millis(ms), now);
    let heard = machines.heard.as_ref();
    MachinesSaid {
        last_contact: match heard {
            None => "chưa lần nào".to_owned(),
            Some(_) if machines.live => "đang nối".to_owned(),
            Some(heard) => brief(heard.last_contact_ms),
        },
        waiting: heard.map(|_| Count(machines.waiting)),
        complete_to: machines.complete_to_ms.map_or_else(|| "chưa lần nào gửi hết".to_owned(), brief),
        clock: heard.map_or_else(String::new, |h| clock_words(h.clock_offset_ms)),
        version: heard.map_or_else(String::new, |h| version(&h.software).to_owned()),
    }
}

/// The number alone: every unit runs the same program.
#[must_use]
pub fn version(software: &str) -> &str {
    software.rsplit('/').next().unwrap_or_default()
}

/// A machine's clock against ours: `khớp`, `chậm 10 phút`.
#[must_use]
pub fn clock_words(offset_ms: i64) -> String {
    match offset_ms {
        o if o.abs() < CLOCK_OFF_MS => "khớp".to_owned(),
        o if o < 0 => format!("chậm {}", format::span(o / 1000)),
        o => format!("nhanh {}", format::span(o / 1000)),
    }
}
