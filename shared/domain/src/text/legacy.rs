//! Encodings of Vietnamese before Unicode, as they meet us in spreadsheets: a font drew Vietnamese
//! letters in the places of Latin ones, so a cell holds `TiÕng kÎng` (TCVN3) or `Tieáng keûng`
//! (VNI) and everything but that font shows just this.
//!
//! Written here and not taken from a crate: the one that has these tables (`skey-engine`) is
//! GPL-3.0, and `encoding_rs` knows neither TCVN3 nor VNI.

use unicode_normalization::UnicodeNormalization;

/// An encoding whose characters look like Latin-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Legacy {
    /// TCVN3 (ABC), the fonts `.VnTime`, `.VnArial`: TCVN 5712:1993, VN3.
    Tcvn3,
    /// VNI-Windows, the fonts `VNI-Times`, `VNI-Helve`.
    Vni,
    /// Windows-1258 read as Windows-1252: tones as characters of their own behind the vowel.
    Cp1258,
}

/// TCVN 5712:1993, VN3. The set has no capitals with tones: fonts such as `.VnTimeH` draw the
/// small letters large.
const TCVN3: &[(&str, &str)] = &[
    ("µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË", "àáảãạăằắẳẵặâầấẩẫậ"),
    ("®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞ", "đèéẻẽẹêềếểễệìíỉĩị"),
    ("ßãáâä«åèæçé¬êíëìî", "òóỏõọôồốổỗộơờớởỡợ"),
    ("ïóñòô\u{ad}õøö÷ùúýûüþ", "ùúủũụưừứửữựỳýỷỹỵ"),
    ("¡¢£¤¥¦§", "ĂÂÊÔƠƯĐ"),
];

/// Letters of VNI that stand alone.
const VNI_SINGLE: (&str, &str) = ("íìæóòîñöôÍÌÆÓÒÎÑÖÔ", "íìỉĩịỵđươÍÌỈĨỊỴĐƯƠ");
/// The second characters of VNI behind a, e, o, ơ (ô), u, ư (ö), y, and what both are.
const VNI_PAIRS: &[(char, &str, &str)] = &[
    ('a', "ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ"),
    ('e', "ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
    ('o', "ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
    ('ô', "ùøûõï", "ớờởỡợ"),
    ('u', "ùøûõï", "úùủũụ"),
    ('ö', "ùøûõï", "ứừửữự"),
    ('y', "ùøûõ", "ýỳỷỹ"),
];

/// Windows-1258 where it differs from Windows-1252.
const CP1258: (&str, &str) = ("ÃÌÐÒÕÝÞãìðòõýþ", "Ă\u{300}Đ\u{309}ƠƯ\u{303}ă\u{301}đ\u{323}ơư₫");

impl Legacy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Tcvn3, Self::Vni, Self::Cp1258];

    /// Unicode (NFC) of a text that is in this encoding. Characters that the encoding does not use
    /// stay as they are; Windows-1252 quotes and dashes are among them.
    #[must_use]
    pub fn decode(self, text: &str) -> String {
        let decoded: String = match self {
            Self::Tcvn3 => raise(&text.chars().map(|c| tcvn3(c).unwrap_or(c)).collect::<String>()),
            Self::Vni => vni(text),
            Self::Cp1258 => text.chars().map(|c| paired(c, CP1258).unwrap_or(c)).collect(),
        };
        decoded.nfc().collect()
    }

    /// `text` in this encoding, as the characters that a cell would hold. TCVN3 has no capitals
    /// with tones, so those come out small. Letters outside Vietnamese stay as they are.
    #[must_use]
    pub fn encode(self, text: &str) -> String {
        let composed = text.nfc();
        match self {
            Self::Tcvn3 => composed.map(|c| tcvn3_of(c).unwrap_or(c)).collect(),
            Self::Vni => composed.fold(String::new(), |mut out, c| {
                match vni_of(c) {
                    Some((first, second)) => out.extend(std::iter::once(first).chain(second)),
                    None => out.push(c),
                }
                out
            }),
            Self::Cp1258 => cp1258_of(text),
        }
    }
}

fn paired(c: char, (from, to): (&str, &str)) -> Option<char> {
    let at = from.chars().position(|f| f == c)?;
    to.chars().nth(at)
}

fn tcvn3(c: char) -> Option<char> {
    TCVN3.iter().find_map(|table| paired(c, *table))
}

fn tcvn3_of(c: char) -> Option<char> {
    let find = |c| TCVN3.iter().find_map(|(from, to)| paired(c, (to, from)));
    find(c).or_else(|| {
        let mut small = c.to_lowercase();
        find(small.next()?).filter(|_| c.is_uppercase() && small.next().is_none())
    })
}

/// Gives capitals back to words that were typed for a `.VnTimeH` font: `TIÕNG` is `TIẾNG`.
///
/// A word with one plain capital alone says nothing (`X·` is Xã or XÃ), unless its whole line has
/// no small plain letter and a word that does say something.
fn raise(text: &str) -> String {
    let shouted = |word: &str| {
        let plain = |c: &char| c.is_ascii_alphabetic() || "ĂÂÊÔƠƯĐ".contains(*c);
        word.chars().filter(|c| plain(c) && c.is_uppercase()).count() >= 2
            && !word.chars().any(|c| c.is_ascii_lowercase())
    };
    let line = |line: &str| {
        let all =
            !line.chars().any(|c| c.is_ascii_lowercase()) && line.split(|c: char| !c.is_alphabetic()).any(shouted);
        let mut out = String::with_capacity(line.len());
        for word in line.split_inclusive(|c: char| !c.is_alphabetic()) {
            match all || shouted(word) {
                true => out.extend(word.chars().flat_map(char::to_uppercase)),
                false => out.push_str(word),
            }
        }
        out
    };
    text.split_inclusive('\n').map(line).collect()
}

fn small(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn like(c: char, pattern: char) -> char {
    if pattern.is_uppercase() { c.to_uppercase().next().unwrap_or(c) } else { c }
}

fn vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let pairs = VNI_PAIRS.iter().find(|(base, _, _)| *base == small(c));
        let both = pairs.zip(chars.peek()).and_then(|((_, from, to), next)| paired(small(*next), (from, to)));
        match both {
            Some(letter) => {
                chars.next();
                out.push(like(letter, c));
            }
            None => out.push(paired(c, VNI_SINGLE).unwrap_or(c)),
        }
    }
    out
}

fn vni_of(c: char) -> Option<(char, Option<char>)> {
    let (from, to) = VNI_SINGLE;
    if let Some(single) = paired(c, (to, from)) {
        return Some((single, None));
    }
    let (base, second) = VNI_PAIRS.iter().find_map(|(base, from, to)| Some((*base, paired(small(c), (to, from))?)))?;
    Some((like(base, c), Some(like(second, c))))
}

fn cp1258_of(text: &str) -> String {
    let (from, to) = CP1258;
    let mut out = String::with_capacity(text.len());
    for c in text.nfd().collect::<Vec<char>>() {
        // A mark that has no place of its own (â, ê, ô; ă, ơ, ư) joins its letter again.
        let joined = out.pop().map(|last: char| (last, [last, c].iter().collect::<String>().nfc().collect::<String>()));
        match joined {
            Some((last, whole))
                if whole.chars().count() == 1 && !super::fold::TONES.contains(&c) && last.is_alphabetic() =>
            {
                out.push_str(&whole);
            }
            // ậ decomposes to a, nặng, mũ: the mark goes before the tone.
            Some((last, _))
                if super::fold::TONES.contains(&last)
                    && !super::fold::TONES.contains(&c)
                    && unicode_normalization::char::is_combining_mark(c) =>
            {
                let base = out.pop().map(|b| [b, c].iter().collect::<String>().nfc().collect::<String>());
                out.push_str(&base.unwrap_or_default());
                out.push(last);
            }
            Some((last, _)) => out.extend([last, c]),
            None => out.push(c),
        }
    }
    out.chars().map(|c| paired(c, (to, from)).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests;
