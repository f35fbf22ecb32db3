//! Tells by evidence in which encoding the texts of a sheet are, and turns them into Unicode.
//!
//! The evidence is words: one that is a Vietnamese syllable as it stands speaks for Unicode, one
//! that is a syllable only when read as TCVN3 (or VNI, or Windows-1258) speaks for that. What is
//! Unicode already can therefore not be garbled by a sheet of its own kind.

use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization;

use super::legacy::Legacy;
use super::syllable::is_syllable;

/// Different words that must speak for a legacy encoding: one or two may be names in a foreign
/// language, while a header alone has six.
const WORDS_MIN: usize = 3;
/// The other legacy encodings may have a quarter of the words of the best one: all differ in
/// nearly every word, so more means that none of them is right.
const RIVAL: usize = 4;
/// Among ten words of a legacy sheet one may look like Unicode by chance.
const CHANCE: usize = 10;

/// In which encoding a sheet was, and what became of its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Unicode, or nothing but plain letters; left alone.
    #[default]
    Unicode,
    /// All in a legacy encoding; turned into Unicode.
    Legacy(Legacy),
    /// Some cells in a legacy encoding; those were turned into Unicode.
    Partly(Legacy),
    /// Something that is no Unicode Vietnamese, but not clearly anything else; left alone.
    Undecided,
}

/// A text of a sheet in its place.
#[derive(Debug)]
pub struct Placed<'a> {
    /// Its row.
    pub row: u32,
    /// Its column.
    pub column: u32,
    /// The text.
    pub text: &'a mut String,
}

/// Turns the texts of a sheet into Unicode (NFC) where they clearly are in a legacy encoding, and
/// says what was found.
pub fn to_unicode<'a>(texts: impl IntoIterator<Item = Placed<'a>>) -> Encoding {
    let mut texts: Vec<Placed<'a>> = texts.into_iter().filter(|p| !p.text.is_ascii()).collect();
    let mut words = Words::default();
    texts.iter().for_each(|placed| words.learn(placed.text));
    let found = words.verdict();
    let (Encoding::Legacy(legacy) | Encoding::Partly(legacy)) = found else { return found };
    let mut rows: BTreeMap<u32, Balance> = BTreeMap::new();
    let mut columns: BTreeMap<u32, Balance> = BTreeMap::new();
    for placed in &texts {
        let balance = words.balance(placed.text, legacy);
        rows.entry(placed.row).or_default().add(balance);
        columns.entry(placed.column).or_default().add(balance);
    }
    let is_pure = words.unicode() == 0;
    for Placed { row, column, text } in &mut texts {
        // A cell with a letter that no legacy encoding can show is Unicode, whatever its sheet is.
        if text.nfc().any(is_beyond_latin) {
            continue;
        }
        let around = || {
            let (row, column) =
                (rows.get(row).copied().unwrap_or_default(), columns.get(column).copied().unwrap_or_default());
            // Titles in Unicode above a list in an old font: the row decides before the column does.
            match (row.unicode > 0, row.legacy > 0) {
                (true, false) => false,
                (false, true) => true,
                _ => column.legacy > RIVAL * column.unicode,
            }
        };
        let cell = words.balance(text, legacy);
        if is_pure || cell.read_legacy > cell.read_unicode || cell.read_legacy == cell.read_unicode && around() {
            **text = legacy.decode(text);
        }
    }
    found
}

/// Letters of Vietnamese outside Latin-1.
fn is_beyond_latin(c: char) -> bool {
    matches!(c, 'Ă' | 'ă' | 'Đ' | 'đ' | 'Ĩ' | 'ĩ' | 'Ũ' | 'ũ' | 'Ơ' | 'ơ' | 'Ư' | 'ư' | '\u{1EA0}'..='\u{1EF9}')
}

/// As what a word can be read.
#[derive(Debug, Clone, Copy, Default)]
struct Reading {
    unicode: bool,
    legacy: [bool; Legacy::ALL.len()],
}

impl Reading {
    fn of(word: &str) -> Self {
        let composed: String = word.nfc().collect();
        if composed.chars().any(is_beyond_latin) {
            return Self { unicode: true, ..Self::default() };
        }
        if composed.chars().any(|c| c > '\u{ff}') {
            return Self::default();
        }
        let legacy = Legacy::ALL.map(|legacy| is_syllable(&legacy.decode(&composed)));
        Self { unicode: is_syllable(&composed), legacy }
    }

    /// A word that can be read in several ways speaks for none.
    fn speaks_for_unicode(self) -> bool {
        self.unicode && !self.legacy.contains(&true)
    }

    fn is_some_legacy(self) -> bool {
        !self.unicode && self.legacy.contains(&true)
    }

    fn speaks_for(self, at: usize) -> bool {
        !self.unicode && self.legacy[at] && self.legacy.iter().filter(|l| **l).count() == 1
    }
}

/// How many words of a cell, row or column can be read in either way, and speak for either.
#[derive(Debug, Clone, Copy, Default)]
struct Balance {
    read_unicode: usize,
    read_legacy: usize,
    unicode: usize,
    legacy: usize,
}

impl Balance {
    fn add(&mut self, other: Self) {
        self.unicode += other.unicode;
        self.legacy += other.legacy;
    }
}

/// The different words of a sheet with letters that are not plain.
#[derive(Default)]
struct Words(HashMap<String, Reading>);

impl Words {
    fn of(text: &str) -> impl Iterator<Item = &str> {
        let between = |c: char| c.is_ascii() && !c.is_ascii_alphabetic() || c.is_whitespace();
        text.split(between).filter(|w| !w.is_ascii())
    }

    fn learn(&mut self, text: &str) {
        for word in Self::of(text) {
            if !self.0.contains_key(word) {
                self.0.insert(word.to_owned(), Reading::of(word));
            }
        }
    }

    fn unicode(&self) -> usize {
        self.0.values().filter(|r| r.speaks_for_unicode()).count()
    }

    fn balance(&self, text: &str, legacy: Legacy) -> Balance {
        let mut balance = Balance::default();
        let Some(at) = Legacy::ALL.iter().position(|l| *l == legacy) else { return balance };
        for reading in Self::of(text).filter_map(|word| self.0.get(word)) {
            balance.read_unicode += usize::from(reading.unicode);
            balance.read_legacy += usize::from(reading.legacy[at]);
            balance.unicode += usize::from(reading.speaks_for_unicode());
            balance.legacy += usize::from(reading.speaks_for(at));
        }
        balance
    }

    fn verdict(&self) -> Encoding {
        let count = |at: usize| self.0.values().filter(|r| r.speaks_for(at)).count();
        let mut counts: Vec<(usize, Legacy)> = (0..).map(count).zip(Legacy::ALL).collect();
        counts.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        let [(words, legacy), (rival, _), ..] = counts[..] else { return Encoding::Unicode };
        let unicode = self.unicode();
        let is_clear = words >= WORDS_MIN && words >= RIVAL * rival;
        match () {
            // Words that could be in any of several, and nothing that tells in which.
            () if words == 0 && unicode == 0 && self.0.values().any(|r| r.is_some_legacy()) => Encoding::Undecided,
            () if words == 0 => Encoding::Unicode,
            () if is_clear && unicode * CHANCE <= words => Encoding::Legacy(legacy),
            // Fewer than a quarter: names in a foreign language rather than an old list.
            () if is_clear && unicode <= words * RIVAL => Encoding::Partly(legacy),
            () if unicode > words * RIVAL => Encoding::Unicode,
            () => Encoding::Undecided,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Encoding, Placed, to_unicode};
    use crate::text::Legacy;

    const LIST: [&str; 6] = [
        "Danh sách mô hình, điểm mô hình",
        "Tiếng kẻng an ninh",
        "Xã Đăk Long",
        "Cụm liên kết bảo vệ trật tự",
        "Tổ 5",
        "Có",
    ];

    fn read(texts: &[String]) -> (Encoding, Vec<String>) {
        let mut texts = texts.to_vec();
        let found = to_unicode((0..).zip(&mut texts).map(|(row, text)| Placed { row, column: 0, text }));
        (found, texts)
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn a_list_in_a_legacy_encoding_becomes_unicode_and_its_encoding_is_told() {
        for legacy in Legacy::ALL {
            let old: Vec<String> = LIST.iter().map(|t| legacy.encode(t)).collect();
            assert_eq!(read(&old), (Encoding::Legacy(legacy), owned(&LIST)), "{old:?}");
        }
    }

    #[test]
    fn unicode_and_foreign_names_stay() {
        let french = owned(&["Noël, café, naïve, canoë, laïc", "Düsseldorf São Paulo Málaga", "Danh sách có xã"]);
        assert_eq!(read(&french).1, french);
        let list = owned(&LIST);
        assert_eq!(read(&list), (Encoding::Unicode, list.clone()));
    }

    #[test]
    fn in_a_mixed_list_only_the_old_cells_change() {
        let old = |t: &str| Legacy::Tcvn3.encode(t);
        let mixed: Vec<String> = LIST.iter().map(|t| (*t).to_owned()).chain(LIST.iter().map(|t| old(t))).collect();
        let (found, read) = read(&mixed);
        assert_eq!(found, Encoding::Partly(Legacy::Tcvn3));
        assert_eq!(read[..6], owned(&LIST));
        assert_eq!(read[6..11], owned(&LIST)[..5]);
        // "Cã" is a syllable in both, and its row and column do not say which.
        assert_eq!(read[11], "Cã");
    }

    #[test]
    fn titles_in_unicode_stay_above_a_list_in_an_old_font() {
        let titles = ["Tên mô hình", "Xã", "Số tổ"];
        let mut rows: Vec<Vec<String>> = vec![owned(&titles)];
        for _ in 0..3 {
            rows.push(LIST.iter().take(3).map(|t| Legacy::Tcvn3.encode(t)).collect());
            rows.push(LIST.iter().skip(3).map(|t| Legacy::Tcvn3.encode(t)).collect());
        }
        let cells = (0..)
            .zip(&mut rows)
            .flat_map(|(row, texts)| (0..).zip(texts).map(move |(column, text)| Placed { row, column, text }));
        assert!(matches!(to_unicode(cells), Encoding::Legacy(_) | Encoding::Partly(_)));
        assert_eq!(rows[0], owned(&titles));
        assert_eq!((&rows[1], &rows[2]), (&owned(&LIST[..3]), &owned(&LIST[3..])), "\"Cã\" too, by its row");
    }

    #[test]
    fn a_word_or_two_decide_nothing_and_that_is_said() {
        let one = owned(&["Tæ 5", "Xa Dak Mon"]);
        assert_eq!(read(&one), (Encoding::Undecided, one.clone()));
    }

    const WORDS: &str = "xã có là đã và cá cả của tổ điểm mô hình ấp thôn bản phường an ninh trật tự cãi nã tõ ý \
        kế hoạch quyết định số ngày bình hòa hoà thuận dòng họ tự quản camera café Noël police kẻng tiếng đô la \
        giữ gìn vũng tàu sông lô hồ xuân hương nhì chính kính gửi êm ô tô tê giác bê tông";

    proptest! {
        #[test]
        fn unicode_is_never_altered(words in prop::collection::vec(
            prop::sample::select(WORDS.split_whitespace().collect::<Vec<_>>()), 0..80
        ), shout: bool) {
            let list: Vec<String> =
                words.chunks(3).map(|w| if shout { w.join(" ").to_uppercase() } else { w.join(" ") }).collect();
            let (_, read) = read(&list);
            prop_assert_eq!(read, list);
        }

        #[test]
        fn any_texts_have_a_reading(texts in prop::collection::vec(".{0,40}", 0..20)) {
            let _ = read(&texts);
        }
    }
}
