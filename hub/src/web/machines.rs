//! What the machines of a unit said last, in words.

use chrono::{DateTime, Utc};
use keng_desk::duties::machines::Machines;
use keng_web::{Count, format};

use crate::pages::machines::MachinesSaid;

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
    format::clock_off(offset_ms).unwrap_or_else(|| "khớp".to_owned())
}
