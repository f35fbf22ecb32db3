//! Two keys for comparing text.
//!
//! [`name_key`] is strict: what it makes equal is the same name by any reader's judgement.
//! [`search_key`] is loose: what a person types without diacritics finds what they mean.

use unicode_normalization::UnicodeNormalization;

/// The five tone marks: huyền, hỏi, ngã, sắc, nặng.
pub(super) const TONES: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

/// Key under which two spellings are *certainly* the same name (DESIGN §8).
///
/// Equal for composed and decomposed text, any case, any spacing, and the old and new position
/// of the tone (hòa, hoà): the tone is taken out of each syllable and put behind it. Letters
/// with their own marks (ă â đ ê ô ơ ư) and the tones themselves stay significant.
#[must_use]
pub fn name_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut tone = None;
    for c in text.nfd().flat_map(char::to_lowercase) {
        if TONES.contains(&c) {
            tone = Some(c);
        } else if c.is_whitespace() || is_invisible(c) {
            end_syllable(&mut key, &mut tone);
            if !c.is_whitespace() {
                continue;
            }
            if !key.is_empty() && !key.ends_with(' ') {
                key.push(' ');
            }
        } else if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) {
            key.push(c);
        } else {
            end_syllable(&mut key, &mut tone);
            // "an ninh , trật tự" and "an ninh,trật tự" are one name.
            while key.ends_with(' ') {
                key.pop();
            }
            key.push(plain_sign(c));
            key.push(' ');
        }
    }
    end_syllable(&mut key, &mut tone);
    key.truncate(key.trim_end().len());
    key
}

fn end_syllable(key: &mut String, tone: &mut Option<char>) {
    if let Some(t) = tone.take() {
        key.push(t);
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

fn plain_sign(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        other => other,
    }
}

/// Key for searching and for matching names of units: lower case, no diacritics, đ as d,
/// apostrophes and other signs dropped, single spaces. Đắk, Đăk and Dak are one.
#[must_use]
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.nfd().flat_map(char::to_lowercase) {
        match c {
            'đ' => key.push('d'),
            '\'' | '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => {}
            c if unicode_normalization::char::is_combining_mark(c) || is_invisible(c) => {}
            c if c.is_alphanumeric() => key.push(c),
            _ if key.is_empty() || key.ends_with(' ') => {}
            _ => key.push(' '),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

#[cfg(test)]
mod tests {
    use super::{name_key, search_key};
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        let key = name_key("Thôn bình yên, gia đình hòa thuận");
        for other in [
            "THÔN BÌNH YÊN, GIA ĐÌNH HÒA THUẬN",
            "Thôn bình yên, gia đình hoà thuận",
            "  Thôn  bình yên ,gia đình\u{a0}hòa thuận ",
            &"Thôn bình yên, gia đình hòa thuận".nfd().collect::<String>(),
        ] {
            assert_eq!(name_key(other), key, "{other}");
        }
        assert_eq!(name_key("thuý"), name_key("thúy"));
    }

    #[test]
    fn different_words_keep_different_keys() {
        for (a, b) in [
            ("Cụm an ninh liên hoàn", "Cụm giáp ranh an toàn"),
            ("Tổ", "Tộ"),
            ("Đăk", "Đắk"),
            ("Camera an ninh", "Ca mê ra an ninh"),
        ] {
            assert_ne!(name_key(a), name_key(b));
        }
    }

    #[test]
    fn search_needs_no_diacritics() {
        for t in ["Đắk Glei", "Đăk Glei", "DAK GLEI", " đak  glei"] {
            assert_eq!(search_key(t), "dak glei");
        }
        assert_eq!(search_key("Ia H’Drai"), search_key("Ia H'Drai"));
        assert_eq!(search_key("Hòa Bình"), search_key("Hoà Bình"));
    }
}
