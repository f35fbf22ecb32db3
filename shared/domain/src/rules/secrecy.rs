//! No attachment marked Mật, Tối mật or Tuyệt mật (R32; law 29/2018 on state secrets, article 5).
//!
//! Best effort: a stamp in the file's name, in the text at its beginning where the file is plain text or an office
//! file, or in what is said of it. A scanned stamp is a picture and is not seen; the officer is told so in the guide.

use unicode_normalization::UnicodeNormalization;

/// A stamp of secrecy, as it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// Tuyệt mật.
    TopSecret,
    /// Tối mật.
    HighlySecret,
    /// Mật.
    Secret,
}

impl Stamp {
    /// On screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::TopSecret => "Tuyệt mật",
            Self::HighlySecret => "Tối mật",
            Self::Secret => "Mật",
        }
    }
}

/// The two longer stamps, with diacritics and as people type them without.
///
/// Not by folding the text: "tôi mất" (I lost) folds to the same letters as "tối mật".
const PHRASES: [(&str, Stamp); 6] = [
    ("tuyệt mật", Stamp::TopSecret),
    ("tuyet mat", Stamp::TopSecret),
    ("tuyetmat", Stamp::TopSecret),
    ("tối mật", Stamp::HighlySecret),
    ("toi mat", Stamp::HighlySecret),
    ("toimat", Stamp::HighlySecret),
];

/// The stamp that a file's name or the beginning of its text shows, if any. `head` may be any
/// bytes: what is no text shows no stamp.
#[must_use]
pub fn stamp(name: &str, head: &[u8]) -> Option<Stamp> {
    // A name often has its words joined by signs: "VB_TOI-MAT.pdf".
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let text = text_of(head);
    line_stamp(stem).or_else(|| stamp_in_text(&text))
}

/// The stamp that a line of a text shows, if any.
#[must_use]
pub fn stamp_in_text(text: &str) -> Option<Stamp> {
    text.lines().find_map(line_stamp)
}

fn text_of(head: &[u8]) -> String {
    match head {
        [0xff, 0xfe, rest @ ..] => {
            let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(head).into_owned(),
    }
}

fn line_stamp(line: &str) -> Option<Stamp> {
    let lower = line.nfc().flat_map(char::to_lowercase).map(|c| if c.is_alphanumeric() { c } else { ' ' });
    let words = lower.collect::<String>();
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.as_slice() == ["mật"] || words.as_slice() == ["độ", "mật", "mật"] {
        return Some(Stamp::Secret);
    }
    let spaced = format!(" {} ", words.join(" "));
    PHRASES.iter().find(|(phrase, _)| spaced.contains(&format!(" {phrase} "))).map(|(_, stamp)| *stamp)
}

#[cfg(test)]
mod tests {
    use super::{Stamp, stamp};

    fn check(name: &str, text: &str, expected: Option<Stamp>) {
        assert_eq!(stamp(name, text.as_bytes()), expected, "{name} {text}");
    }

    #[test]
    fn a_stamp_in_the_name_is_seen_however_it_is_typed() {
        for name in ["TỐI MẬT.pdf", "kh_toi-mat_2022.docx", "a (Tối mật).txt"] {
            check(name, "", Some(Stamp::HighlySecret));
        }
        check("VB TUYETMAT.pdf", "", Some(Stamp::TopSecret));
        check("Mật.pdf", "", Some(Stamp::Secret));
    }

    #[test]
    fn a_stamp_on_a_line_of_the_text_is_seen() {
        check("a.txt", "BỘ CÔNG AN\r\n  MẬT  \r\nSố: 12", Some(Stamp::Secret));
        check("a.txt", "Độ mật: Mật\nSố: 12", Some(Stamp::Secret));
        check("a.txt", "Tài liệu tuyệt mật, không sao chụp", Some(Stamp::TopSecret));
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("x\nMẬT\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(stamp("a.txt", &utf16), Some(Stamp::Secret));
    }

    #[test]
    fn words_that_only_sound_like_it_are_no_stamp() {
        for text in ["Tôi mất giấy tờ", "bảo vệ bí mật nhà nước", "mặt trận", "mật ong", "MAT TRAN TO QUOC"]
        {
            check("kế hoạch.txt", text, None);
        }
        assert_eq!(stamp("a.pdf", &[0xff, 0xfe, 0x00]), None);
    }
}
