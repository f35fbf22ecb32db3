//! The whole alphabet, sentences as officers typed them, and the laws.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::Legacy;

const ALPHABET: &str = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ";

#[test]
fn sentences_as_they_stand_in_old_files() {
    for (encoding, old, new) in [
        (Legacy::Tcvn3, "TiÕng kÎng an ninh", "Tiếng kẻng an ninh"),
        (Legacy::Tcvn3, "TæNG HîP M¤ H×NH", "TỔNG HỢP MÔ HÌNH"),
        (Legacy::Tcvn3, "X·, ph\u{ad}êng, thÞ trÊn", "Xã, phường, thị trấn"),
        (Legacy::Tcvn3, "12/Q§-UBND ngµy 05/01/2021", "12/QĐ-UBND ngày 05/01/2021"),
        (Legacy::Tcvn3, "Tæ 5, th«n §¨k XÕ", "Tổ 5, thôn Đăk Xế"),
        (Legacy::Vni, "Tieáng keûng an ninh", "Tiếng kẻng an ninh"),
        (Legacy::Vni, "TOÅNG HÔÏP MOÂ HÌNH", "TỔNG HỢP MÔ HÌNH"),
        (Legacy::Vni, "Xaõ, phöôøng, thò traán", "Xã, phường, thị trấn"),
        (Legacy::Vni, "Huyeän Ñaêk Glei", "Huyện Đăk Glei"),
        (Legacy::Vni, "nhaø nghæ, kyù tuùc xaù, hoaø bình", "nhà nghỉ, ký túc xá, hoà bình"),
        (Legacy::Cp1258, "Tiêìng keÒng an ninh", "Tiếng kẻng an ninh"),
    ] {
        assert_eq!(encoding.decode(old), new);
    }
}

#[test]
fn every_letter_goes_there_and_back() {
    for encoding in Legacy::ALL {
        for c in ALPHABET.chars() {
            assert_eq!(encoding.decode(&encoding.encode(&c.to_string())), c.to_string(), "{encoding:?}");
        }
    }
    for encoding in [Legacy::Vni, Legacy::Cp1258] {
        for c in ALPHABET.chars().flat_map(char::to_uppercase) {
            assert_eq!(encoding.decode(&encoding.encode(&c.to_string())), c.to_string(), "{encoding:?}");
        }
    }
    let letters = ALPHABET.chars().filter(|c| !c.is_ascii()).count();
    assert_eq!(2 * letters, 134, "the letters with marks, small and capital");
}

#[test]
fn a_font_of_capitals_is_seen_by_the_other_letters_of_the_word() {
    let back = |text: &str| Legacy::Tcvn3.decode(&Legacy::Tcvn3.encode(text));
    for text in ["TIẾNG KẺNG AN NINH XÃ ĐĂK LONG", "Đăk Glei", "UBND xã", "Công an huyện ĐĂK GLEI"] {
        assert_eq!(back(text), text);
    }
    assert_eq!(back("Xã Ấp Bắc"), "Xã ấp Bắc", "one capital with a tone cannot be told");
}

/// Vietnamese text: words of the alphabet, with what stands between them.
fn vietnamese() -> impl Strategy<Value = String> {
    let letters: Vec<char> = ALPHABET.chars().chain("0123456789 ,.;:/()-\n".chars()).collect();
    prop::collection::vec(prop::sample::select(letters), 0..60).prop_map(|c| c.into_iter().collect())
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_itself(text in vietnamese(), decomposed: bool) {
        let given: String = if decomposed { text.nfd().collect() } else { text.clone() };
        for encoding in Legacy::ALL {
            prop_assert_eq!(encoding.decode(&encoding.encode(&given)), text.clone());
        }
        for encoding in [Legacy::Vni, Legacy::Cp1258] {
            let shouted = text.to_uppercase();
            prop_assert_eq!(encoding.decode(&encoding.encode(&shouted)), shouted);
        }
        let (tcvn3, lower) = (Legacy::Tcvn3, text.to_uppercase());
        prop_assert_eq!(tcvn3.decode(&tcvn3.encode(&lower)).to_lowercase(), lower.to_lowercase());
    }

    #[test]
    fn any_text_at_all_decodes_to_something(text in ".{0,80}") {
        for encoding in Legacy::ALL {
            let _ = encoding.decode(&text);
        }
    }
}
