//! When the province was last heard, by its own clock: an act cannot have been done before it and
//! have arrived after it without having been on its way (DESIGN §4.6).

use keng_store::{Store, StoreError};

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
