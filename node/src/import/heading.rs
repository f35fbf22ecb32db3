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
///
/// A day is no such year: "Kèm theo Công văn 12 ngày 05 tháng 01 năm 2023" says when a letter was signed, and
/// the list that it sends is mostly of the year before.
pub(super) fn year_of_heading<'a>(texts: impl Iterator<Item = &'a str>) -> Option<i32> {
    let keys: Vec<String> = texts.map(search_key).collect();
    one_year(&keys, is_of_a_day)
}

/// Of folded texts: the year after "năm", except where `is_dated` says of the words before it and of the whole
/// text that it belongs to a day; where there is none, any in a text that tells no day.
fn one_year(keys: &[String], is_dated: fn(&[&str], &[&str]) -> bool) -> Option<i32> {
    let (mut named, mut bare) = (Vec::new(), Vec::new());
    for key in keys {
        let words: Vec<&str> = key.split(' ').collect();
        let after_nam =
            words.windows(2).enumerate().filter(|(at, two)| two[0] == "nam" && !is_dated(&words[..*at], &words));
        named.extend(after_nam.filter_map(|(_, two)| year(two[1])));
        if !is_dated(&[], &words) {
            bare.extend(years(key));
        }
    }
    let mut found = if named.is_empty() { bare } else { named };
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// Whether a year after `before` in a text of `words` is that of a day: "ngày 05 tháng 01 năm", also with its
/// numbers left out to be written by hand. Without anything before it, whether the text tells a day at all.
fn is_of_a_day(before: &[&str], words: &[&str]) -> bool {
    let month = before.len().saturating_sub(2);
    words.contains(&"ngay") && (before.is_empty() || before[month..].contains(&"thang"))
}

/// The period that the rows above a form speak of, as submissions name it: `2021-half`, `2021-annual`, `2021-Q4`.
///
/// Lines that say when and where something was signed speak of it only where no other does.
pub(super) fn period_of_heading<'a>(texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let keys: Vec<String> = texts.map(search_key).collect();
    let year = one_year(&keys, is_of_a_day).or_else(|| one_year(&keys, |_, _| false))?;
    let says = |words: &str| keys.iter().any(|k| format!(" {k} ").contains(words));
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
    fn the_day_of_a_letter_is_no_year_of_ratings() {
        let year = |text: &str| year_of_heading(text.lines());
        for dated in [
            "Kèm theo Công văn 12 ngày 05 tháng 01 năm 2023",
            "Đăk Glei, ngày … tháng … năm 2023",
            "Đăk Glei, ngày    tháng 01 năm 2023",
            "(Kèm theo Báo cáo số 12/2023/BC-UBND ngày 05/01/2023)",
        ] {
            assert_eq!(year(&format!("{dated}\nDANH SÁCH")), None, "{dated}");
            assert_eq!(year(&format!("{dated}\nDANH SÁCH NĂM 2022")), Some(2022), "{dated}");
            assert_eq!(year(&format!("DANH SÁCH NĂM 2022 ({dated})")), Some(2022), "{dated}");
        }
        assert_eq!(year("Danh sách 6 tháng năm 2022"), Some(2022));
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
