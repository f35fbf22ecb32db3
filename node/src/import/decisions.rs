//! How lists tell of the decision of a point, which officers call by many names and write into one cell or two.

use chrono::NaiveDate;
use keng_domain::text::search_key;

use super::cells;
use super::founded::days;
use super::titles::Column;

/// Titles of a day without what happened on it.
const DAYS: &[&str] = &["ngay", "ngay thang", "ngay thang nam"];

/// Titles of the day on which a point was founded.
const FOUNDED_DAYS: &[&str] = &["ngay thanh lap", "ngay thang thanh lap", "ngay thang nam thanh lap"];

/// Words of which titles of a decision are made, whatever their order: "Số, ngày, tháng quyết định thành lập".
const OF_DECISION: &[&str] = &[
    "so", "ky", "hieu", "ngay", "thang", "nam", "qd", "quyet", "dinh", "thanh", "lap", "ban", "hanh", "va", "ra", "van",
];

/// The number of a decision, perhaps with its day, or the day alone.
pub(super) fn decision(key: &str) -> Option<Column> {
    let words: Vec<&str> = key.split(' ').collect();
    let named = words.contains(&"qd") || words.windows(2).any(|two| two == ["quyet", "dinh"]);
    let is_year = words.contains(&"nam") && !words.contains(&"ngay") && !words.contains(&"so");
    if !named || is_year || !words.iter().all(|w| OF_DECISION.contains(w)) {
        return None;
    }
    let day_alone = words.contains(&"ngay") && !words.contains(&"so");
    Some(Column::Point(if day_alone { "decision_date" } else { "decision_no" }))
}

/// What a title means only in a list of points: there the day on which one was founded is that of its
/// decision, and beside the number of a decision stands its day.
pub(super) fn day_in_list(text: &str, left: Option<Column>) -> Option<Column> {
    let key = search_key(text);
    let beside = left == Some(Column::Point("decision_no")) && DAYS.contains(&key.as_str());
    (beside || FOUNDED_DAYS.contains(&key.as_str())).then_some(Column::Point("decision_date"))
}

/// A longer text is no decision; each piece of it would be looked at.
const DECISION_BYTES_MAX: usize = 400;

/// The number of a decision and its day, where one cell holds both: `12/QĐ-UBND ngày 01/02/2020`. What stands
/// behind the day stays with the number. `None` where there is no day, or nothing but one.
///
/// # Errors
/// For a day that no calendar has, and where it could be one of several.
pub(super) fn number_and_day(text: &str) -> Result<Option<(String, NaiveDate)>, String> {
    if text.len() > DECISION_BYTES_MAX {
        return Ok(None);
    }
    let day = match days(text)?.as_slice() {
        [] => return Ok(None),
        [one] => *one,
        _ => {
            let shown = cells::excerpt(text);
            return Err(format!("“{shown}” có nhiều ngày; cần ghi số và ngày của một quyết định ở hai cột riêng"));
        }
    };
    let tells = |part: &str| days(part).is_ok_and(|days| days == [day]);
    // The shortest piece between blanks and signs that still tells the day.
    let between = || text.match_indices([' ', ',', ';', '(', ')']).map(|(at, _)| at);
    let Some(from) = between().rfind(|at| tells(&text[*at..])) else { return Ok(None) };
    let to = between().filter(|to| *to > from).find(|to| tells(&text[from..*to])).unwrap_or(text.len());
    let signs = [' ', ',', ';', ':', '.', '(', ')', '-', '–'];
    if !text[to..].trim_matches(signs).is_empty() {
        return Ok(Some((text.to_owned(), day)));
    }
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut number = words(text[..from].trim_end_matches(signs));
    while number.last().is_some_and(|w| matches!(&*search_key(w), "ngay" | "ky")) {
        number.pop();
    }
    let named = number.iter().take_while(|w| matches!(&*search_key(w), "so" | "qd" | "quyet" | "dinh")).count();
    let number = number[named..].join(" ").trim_matches(signs).to_owned();
    Ok((!number.is_empty()).then_some((number, day)))
}

#[cfg(test)]
mod tests {
    use super::number_and_day;

    #[test]
    fn a_decision_in_one_cell_is_its_number_and_its_day() {
        let told = |text: &str| number_and_day(text).unwrap().map(|(number, day)| format!("{number} = {day}"));
        for (text, expect) in [
            ("12/QĐ-UBND ngày 01/02/2020", "12/QĐ-UBND = 2020-02-01"),
            ("Số 12/QĐ-UBND, ngày 01/02/2020", "12/QĐ-UBND = 2020-02-01"),
            ("12/QĐ-UBND,01/02/2020", "12/QĐ-UBND = 2020-02-01"),
            ("QĐ số: 12/QĐ-UBND (01/02/2020)", "12/QĐ-UBND = 2020-02-01"),
            ("12/2020/QĐ-UBND ngày 01 tháng 02 năm 2020.", "12/2020/QĐ-UBND = 2020-02-01"),
            ("12/QĐ-UBND ngày 01/02/2020 của UBND xã", "12/QĐ-UBND ngày 01/02/2020 của UBND xã = 2020-02-01"),
        ] {
            assert_eq!(told(text).as_deref(), Some(expect), "{text}");
        }
        for text in ["12/QĐ-UBND", "12/2020/QĐ-UBND", "01/02/2020", "ngày 01/02/2020", ""] {
            assert_eq!(told(text), None, "{text}");
        }
        assert!(number_and_day("12/QĐ ngày 31/02/2020").is_err());
        assert!(number_and_day("12/QĐ ngày 01/02/2020; 15/QĐ ngày 3/4/2021").unwrap_err().contains("nhiều ngày"));
    }
}
