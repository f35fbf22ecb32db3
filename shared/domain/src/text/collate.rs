//! Vietnamese dictionary order (CLDR `vi`), numbers by value: "Tổ 2" before "Tổ 10".

use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::preferences::CollationNumericOrdering;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
use icu_locale_core::locale;

static VI: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    let mut preferences: CollatorPreferences = locale!("vi").into();
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    // The data is compiled in; its absence would be a build fault, not a run-time state.
    Collator::try_new(preferences, CollatorOptions::default()).expect("collation data for `vi` is compiled in")
});

/// Compares two texts in Vietnamese dictionary order; equal texts in NFC and NFD are equal.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    VI.compare(a, b)
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn the_order_of_the_alphabet_and_of_the_tones() {
        let alphabet: Vec<&str> = "a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y".split(' ').collect();
        let tones = ["ma", "mà", "mả", "mã", "má", "mạ"];
        for order in [&alphabet[..], &tones] {
            let mut sorted: Vec<&str> = order.iter().rev().copied().collect();
            sorted.sort_by(|a, b| compare(a, b));
            assert_eq!(sorted, order);
        }
    }

    #[test]
    fn letters_then_tones_then_numbers() {
        let mut words = ["nặng", "mạ", "má", "mã", "mả", "mà", "ma", "Tổ 10", "Tổ 2", "đa", "da", "ăn", "an", "ân"];
        words.sort_by(|a, b| compare(a, b));
        assert_eq!(words, ["an", "ăn", "ân", "da", "đa", "ma", "mà", "mả", "mã", "má", "mạ", "nặng", "Tổ 2", "Tổ 10"]);
    }
}
