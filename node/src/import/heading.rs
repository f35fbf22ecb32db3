//! What the rows above a table say of all of it: its year, its period.

use keng_domain::text::search_key;

/// The different years in a folded text, in order of appearance.
pub(super) fn years(key: &str) -> Vec<i32> {
    let mut found = Vec::new();
    for y in key.split(' ').filter_map(year) {
        if !found.contains(&y) {
            found.push(y);
        }
    }
    found
}

/// The one year that the rows above a table speak of: first those after the word "năm", then any.
pub(super) fn year_of_heading<'a>(texts: impl Iterator<Item = &'a str>) -> Option<i32> {
    let keys: Vec<String> = texts.map(search_key).collect();
    let after_nam = keys.iter().flat_map(|k| k.split("nam ").skip(1)).filter_map(|rest| year(rest.split(' ').next()?));
    let mut named: Vec<i32> = after_nam.collect();
    if named.is_empty() {
        named = keys.iter().flat_map(|k| years(k)).collect();
    }
    named.sort_unstable();
    named.dedup();
    match named.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// The period that the rows above a form speak of, as submissions name it: `2021-half`, `2021-annual`, `2021-Q4`.
///
/// Lines that say when and where something was signed speak of it only where no other does.
pub(super) fn period_of_heading<'a>(texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let texts: Vec<&str> = texts.collect();
    let undated = texts.iter().copied().filter(|t| !search_key(t).split(' ').any(|w| w == "ngay"));
    let year = year_of_heading(undated).or_else(|| year_of_heading(texts.iter().copied()))?;
    let keys: Vec<String> = texts.iter().map(|t| format!(" {} ", search_key(t))).collect();
    let says = |words: &str| keys.iter().any(|k| k.contains(words));
    if ["6", "06", "sau"].iter().any(|n| says(&format!(" {n} thang dau ")) || says(&format!(" {n} thang nam "))) {
        return Some(format!("{year}-half"));
    }
    let quarters = [["i", "1"], ["ii", "2"], ["iii", "3"], ["iv", "4"]];
    let quarter = quarters.iter().position(|names| names.iter().any(|n| says(&format!(" quy {n} "))));
    Some(quarter.map_or_else(|| format!("{year}-annual"), |q| format!("{year}-Q{}", q + 1)))
}

/// A word that is a year.
pub(super) fn year(word: &str) -> Option<i32> {
    let year = (word.len() == 4).then(|| word.parse::<i32>().ok()).flatten()?;
    (1900..=2099).contains(&year).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::{period_of_heading, year_of_heading};

    #[test]
    fn the_heading_tells_the_year_only_when_it_names_one() {
        let year = |text: &str| year_of_heading(text.lines());
        assert_eq!(year("HUYỆN SA THẦY\nDANH SÁCH NĂM 2022"), Some(2022));
        assert_eq!(year("Kế hoạch 12 ngày 05/01/2021\nDANH SÁCH NĂM 2022"), Some(2022));
        assert_eq!(year("NĂM 2021, NĂM 2022"), None);
        assert_eq!(year("HUYỆN SA THẦY"), None);
    }

    #[test]
    fn the_heading_of_a_form_tells_its_period() {
        let period = |text: &str| period_of_heading(text.lines());
        assert_eq!(period("THỐNG KÊ MÔ HÌNH NĂM 2021").as_deref(), Some("2021-annual"));
        assert_eq!(period("THỐNG KÊ MÔ HÌNH\n6 tháng đầu năm 2022").as_deref(), Some("2022-half"));
        assert_eq!(period("Biểu thống kê quý IV năm 2022").as_deref(), Some("2022-Q4"));
        let signed = "Đăk Glei, ngày 06 tháng 01 năm 2022\nTHỐNG KÊ MÔ HÌNH NĂM 2021\nNgười lập: quý ông A";
        assert_eq!(period(signed).as_deref(), Some("2021-annual"));
        assert_eq!(period("(Kèm theo Báo cáo ngày 05/11/2021)").as_deref(), Some("2021-annual"));
        assert_eq!(period("THỐNG KÊ MÔ HÌNH TỪ NĂM 2018 ĐẾN NĂM 2021"), None);
    }
}
