//! Texts from records as they may stand in a printed report, and the forms of times; shares come with the rules of their thresholds.

use chrono::{DateTime, FixedOffset, Utc};
pub use keng_domain::text::{percent, percent_by};

/// Longest piece of a record that a report prints, in characters. It is the longest line that a
/// field may hold (`schema::LINE_CHARS_MAX`); whatever else turns up is in the JSON in full.
pub const CLIP_CHARS: usize = keng_domain::schema::LINE_CHARS_MAX;

/// Vietnam is at UTC+7 all the year round.
const VIETNAM_SECONDS: i32 = 7 * 3600;

/// Makes a text printable in every format: line breaks and tabs become spaces; control
/// characters (XML 1.0 allows none of them), non-characters, marks that turn the direction of
/// writing and invisible ones are left out, for a name that reads otherwise than it is stored
/// has no place in a report.
pub fn printable(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
            c if c.is_control() || is_hidden(c) => None,
            c => Some(c),
        })
        .collect()
}

/// Direction marks, zero-width characters, soft hyphens, tags, variation selectors and
/// non-characters.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// A printable text of at most [`CLIP_CHARS`] characters; what is cut off shows as `…`.
pub fn clip(text: &str) -> String {
    clip_to(text, CLIP_CHARS)
}

/// The same for a piece that may be of another length.
pub fn clip_to(text: &str, chars: usize) -> String {
    let text = printable(text);
    match text.char_indices().nth(chars) {
        None => text,
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

/// `16:20 08/11/2022`, Vietnamese time.
pub fn stamp(at: DateTime<Utc>) -> String {
    in_vietnam(at).format("%H:%M %d/%m/%Y").to_string()
}

/// `2022-11-08`, the Vietnamese day, as names of files sort it.
pub fn stamp_day(at: DateTime<Utc>) -> String {
    in_vietnam(at).format("%Y-%m-%d").to_string()
}

fn in_vietnam(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    // Seven hours lie within a day, so that the offset exists; UTC would do no harm.
    let zone = FixedOffset::east_opt(VIETNAM_SECONDS).unwrap_or_else(|| at.fixed_offset().timezone());
    at.with_timezone(&zone)
}

#[cfg(test)]
mod tests {
    use super::{CLIP_CHARS, clip, printable, stamp, stamp_day};

    #[test]
    fn what_xml_forbids_and_what_turns_the_direction_is_left_out() {
        assert_eq!(printable("Tiếng\tkẻng\r\nan\u{0}\u{8}\u{1b} ninh"), "Tiếng kẻng  an ninh");
        assert_eq!(printable("Xã \u{202e}HÀ\u{202c}\u{feff}\u{ffff}\u{200f}"), "Xã HÀ");
        assert_eq!(printable("<b>&\"#let [x]*_=$"), "<b>&\"#let [x]*_=$");
        assert_eq!(printable("Đắk Hà: nghĩa trang ấp 3, phường Lê Lợi"), "Đắk Hà: nghĩa trang ấp 3, phường Lê Lợi");
    }

    #[test]
    fn a_name_of_ten_kilobytes_is_cut_where_it_can_be_seen() {
        let long = clip(&"kẻng ".repeat(2_500));
        assert_eq!(long.chars().count(), CLIP_CHARS);
        assert!(long.ends_with("kẻng…"));
        assert_eq!(clip("kẻng"), "kẻng");
    }

    #[test]
    fn times_are_vietnamese() {
        assert_eq!(stamp("2022-11-09T17:05:00Z".parse().unwrap()), "00:05 10/11/2022");
        assert_eq!(stamp_day("2022-11-09T17:05:00Z".parse().unwrap()), "2022-11-10");
    }
}
