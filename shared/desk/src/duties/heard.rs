//! When the province was last heard, by its own clock: an act cannot have been done before it and
//! have arrived after it without having been on its way (DESIGN §4.6).

use keng_domain::field::Value;
use keng_domain::rules::timeliness::clocks_differ;
use keng_domain::schema::Kind;
use keng_store::edit::Act;
use keng_store::{Store, StoreError};

use super::{CLOCK_OFFSET_AFTER, hand_in_of};
use crate::acts::By;

/// The hub's clock minus ours, in milliseconds, as last measured.
pub const CLOCK_OFFSET: &str = "clock_offset_ms";
/// When the hub last answered, by the own clock.
pub const LAST_CONTACT: &str = "last_contact_ms";

/// What is known of the last contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// By the hub's clock, milliseconds since 1970; `None`: never.
    pub at_ms: Option<i64>,
    /// The hub's clock minus ours, in milliseconds.
    pub offset_ms: Option<i64>,
}

impl Heard {
    /// Reads it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn of(store: &Store) -> Result<Self, StoreError> {
        let number = |key| Ok::<_, StoreError>(store.meta(key)?.and_then(|s| s.parse::<i64>().ok()));
        let offset_ms = number(CLOCK_OFFSET)?;
        let contact = number(LAST_CONTACT)?.map(|own| own.saturating_add(offset_ms.unwrap_or(0)));
        // On a stream that stays open, receipts tell later than the greeting.
        Ok(Self { at_ms: contact.max(store.last_receipt_ms()?), offset_ms })
    }
}

/// Keeps how far the hub's clock is ahead of ours, as measured now. Where that is another than at the contact before,
/// the clock was set meanwhile: whatever was handed in since then is told both, since neither alone says when that was.
///
/// # Errors
/// Whatever SQLite says.
pub fn note_clock(store: &mut Store, offset_ms: i64) -> Result<(), StoreError> {
    let before = store.meta(CLOCK_OFFSET)?.and_then(|s| s.parse::<i64>().ok());
    if before.is_some_and(|before| clocks_differ(before, offset_ms)) {
        let acts = told_both(store, offset_ms)?;
        if !acts.is_empty() {
            let stamp = By::saying("Đồng hồ máy đã chỉnh giữa hai lần liên lạc với tỉnh.").stamp(store);
            store.commit(&acts, &stamp, stamp.device_time_ms)?;
        }
    }
    store.set_meta(CLOCK_OFFSET, &offset_ms.to_string())?;
    Ok(())
}

/// Hand-ins that were signed with another offset and have not reached the hub.
fn told_both(store: &Store, offset_ms: i64) -> Result<Vec<Act>, StoreError> {
    let unsent = store.unsent_records()?;
    let mut acts = Vec::new();
    for kind in [Kind::Submission, Kind::Nomination] {
        for view in store.records(kind)?.iter().filter(|view| unsent.contains(&view.id)) {
            let Some((evidence, _)) = hand_in_of(store, view)?.filter(|(e, _)| e.received_at.is_none()) else {
                continue;
            };
            let is_first_contact = evidence.clock_offset_after_ms.is_none();
            if is_first_contact && evidence.clock_offset_ms.is_some_and(|signed| clocks_differ(signed, offset_ms)) {
                let values = vec![(CLOCK_OFFSET_AFTER.to_owned(), Value::Int(offset_ms))];
                acts.push(Act::Change { id: view.id, values });
            }
        }
    }
    Ok(acts)
}
