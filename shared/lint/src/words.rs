//! Words as a clerk compares them, and how long a line of Times New Roman is.

use unicode_normalization::UnicodeNormalization;

/// Widths of U+0020…U+007E in thousandths of the size: Times New Roman, upright.
#[rustfmt::skip]
const UPRIGHT: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889,
    722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500,
    444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480,
    200, 480, 541,
];
/// The same, bold.
#[rustfmt::skip]
const BOLD: [u16; 95] = [
    250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667, 611, 778, 778, 389, 500, 778, 667, 944,
    722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722, 722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556,
    444, 333, 500, 556, 278, 333, 556, 278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394,
    220, 394, 520,
];
/// Points to millimetres.
pub const MM_PER_PT: f64 = 25.4 / 72.0;

/// Small letters without marks, single spaces: `Nơi nhận :` and `NƠI NHẬN:` are the same words.
pub fn folded(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| match c {
            'đ' | 'Đ' => 'd',
            '\u{a0}' | '\t' | '\n' => ' ',
            '–' | '—' | '\u{2011}' => '-',
            c => c,
        })
        .flat_map(char::to_lowercase)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The letters of [`folded`] alone.
pub fn letters(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphabetic()).collect()
}

/// Whether it has letters and none of them is small.
pub fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// Width of a character in thousandths of the size. Marks take no room; what is not Latin is as
/// wide as a digit.
fn width(c: char, bold: bool) -> u32 {
    let base = c.nfd().next().map_or(c, |base| match base {
        'đ' => 'd',
        'Đ' => 'D',
        base => base,
    });
    let table = if bold { &BOLD } else { &UPRIGHT };
    let at = u32::from(base).wrapping_sub(0x20) as usize;
    table.get(at).copied().map_or(if c == '…' { 1000 } else { 500 }, u32::from)
}

/// Length of a text set in `size_pt`, mm.
pub fn length_mm(text: &str, size_pt: f64, bold: bool) -> f64 {
    let thousandths: u32 = text.chars().map(|c| width(c, bold)).sum();
    f64::from(thousandths) / 1000.0 * size_pt * MM_PER_PT
}

/// Length of the longest line, mm, when `text` is broken at spaces to fit `room_mm`.
pub fn longest_line_mm(text: &str, size_pt: f64, bold: bool, room_mm: f64) -> f64 {
    let space = length_mm(" ", size_pt, bold);
    let mut longest: f64 = 0.0;
    for piece in text.split('\n') {
        let mut line = 0.0;
        for word in piece.split_whitespace() {
            let long = length_mm(word, size_pt, bold);
            line = if line > 0.0 && line + space + long <= room_mm { line + space + long } else { long };
            longest = longest.max(line);
        }
    }
    longest
}

/// The value of a Roman numeral of capitals.
pub fn roman(text: &str) -> Option<u32> {
    let mut sum = 0;
    let mut greatest = 0;
    for c in text.chars().rev() {
        let n = match c {
            'I' => 1,
            'V' => 5,
            'X' => 10,
            'L' => 50,
            'C' => 100,
            _ => return None,
        };
        if n < greatest {
            sum -= n.min(sum);
        } else {
            sum += n;
            greatest = n;
        }
    }
    (sum > 0).then_some(sum)
}

/// A number with a comma, as Vietnamese writes it, without needless digits.
pub fn decimal(n: f64) -> String {
    let text = format!("{n:.2}");
    text.trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::{decimal, folded, length_mm, letters, longest_line_mm, roman};

    #[test]
    fn marks_case_and_spaces_make_no_difference() {
        assert_eq!(folded("NƠI  NHẬN:"), "noi nhan:");
        assert_eq!(letters("Độc lập – Tự do - Hạnh phúc"), "doclaptudohanhphuc");
    }

    #[test]
    fn lines_are_as_long_as_in_the_font() {
        let nation = length_mm("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13.0, true);
        assert!((nation - 95.67).abs() < 0.2, "{nation}");
        let wrapped = longest_line_mm("CÔNG AN TỈNH KON TUM CÔNG AN TỈNH KON TUM", 13.0, true, 60.0);
        assert!((wrapped - 57.8).abs() < 0.2, "{wrapped}");
    }

    #[test]
    fn roman_numerals_count() {
        let known = ["I", "IV", "IX", "XIV", "XL", "f", ""].map(roman);
        assert_eq!(known, [Some(1), Some(4), Some(9), Some(14), Some(40), None, None]);
    }

    #[test]
    fn numbers_are_vietnamese() {
        assert_eq!([decimal(12.7), decimal(20.0), decimal(0.333)], ["12,7", "20", "0,33"]);
    }
}
