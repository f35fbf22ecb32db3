//! Whether a word can be a Vietnamese syllable: the evidence by which a legacy encoding is told
//! from Unicode. A word read in the wrong encoding is hardly ever one.

use unicode_normalization::UnicodeNormalization;

/// Consonants before the vowel (ngữ âm tiếng Việt: 22 âm đầu in all their spellings).
const ONSETS: &[&str] = &[
    "ngh", "ng", "nh", "gh", "gi", "kh", "ch", "tr", "th", "ph", "qu", "b", "c", "d", "đ", "g", "h", "k", "l", "m",
    "n", "p", "r", "s", "t", "v", "x", "",
];

/// Vowels with what closes them, without tones.
const RIMES: &str = " a ai ao au ay ac ach am an ang anh ap at ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây \
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu \
    o oa oac oach oai oam oan oang oanh oap oat oay oao oeo oăc oăm oăn oăng oăt oc oe oen oet oi om on ong oong \
    ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uât uâng uây uc uê uênh uêch ui um un ung uơ up ut \
    uy uya uych uynh uyn uyp uyt uyên uyêt uyu uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn \
    ương ươp ươt ươu y yêm yên yêng yêt yêu ";

/// Rimes of which the last letter never has the tone; a word in VNI often looks like one that has.
const TONE_BEFORE: &str =
    " ai ao au ay âu ây eo êu ia iu iêu oi oai oay oao oeo ôi ơi ua ui uây uyu uôi ưa ưi ưu ươi ươu yêu ";

/// Whether `word`, composed or not, in any case, is spelled as a Vietnamese syllable.
///
/// A syllable that ends in c, ch, p or t has the tone sắc or nặng; without that rule half of the
/// letters of another encoding would pass.
pub(super) fn is_syllable(word: &str) -> bool {
    let mut tone = None;
    let mut toned_last = false;
    let mut bare = String::with_capacity(word.len());
    for c in word.nfd().flat_map(char::to_lowercase) {
        if super::fold::TONES.contains(&c) {
            if tone.replace(c).is_some() {
                return false;
            }
            toned_last = true;
        } else {
            // ậ is a, nặng, mũ: the mark goes to the same letter.
            toned_last &= unicode_normalization::char::is_combining_mark(c);
            bare.push(c);
        }
    }
    let bare: String = bare.nfc().collect();
    let stopped = bare.ends_with(['c', 'p', 't']) || bare.ends_with("ch");
    if stopped && !matches!(tone, Some('\u{301}' | '\u{323}')) {
        return false;
    }
    let is_rime = |rime: &str| {
        let listed = |list: &str| list.contains(&format!(" {rime} "));
        let misplaced = toned_last && listed(TONE_BEFORE);
        !rime.is_empty() && !rime.contains(' ') && listed(RIMES) && !misplaced
    };
    ONSETS.iter().filter_map(|onset| bare.strip_prefix(onset)).any(is_rime)
}

#[cfg(test)]
mod tests {
    use super::is_syllable;

    #[test]
    fn words_of_the_letter_are_syllables() {
        let text = "Tiếng kẻng an ninh giữ gìn trật tự xã hội phòng cháy chữa cháy quần chúng nghiêm túc \
                    hòa hoà thuý thúy khuya quyết quốc giếng yên Ủy ban huyện phường tổ ước uống ngoằn tuýp";
        for word in text.split_whitespace() {
            assert!(is_syllable(word), "{word}");
        }
    }

    #[test]
    fn words_in_another_encoding_or_language_are_none() {
        for word in ["tiÕng", "kÎng", "Tieáng", "keûng", "xaõ", "café", "Müller", "cat", "trât", "bếếp", "", "São1"]
        {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
