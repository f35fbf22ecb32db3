//! What two fields of one record cannot both say: a slip of the pen, told before it is counted.

use chrono::Datelike;

use crate::field::Fields;
use crate::schema::Kind;
use crate::text::date_dmy;

/// Each contradiction within a record, in a sentence.
#[must_use]
pub fn contradictions(kind: Kind, fields: &Fields) -> Vec<String> {
    let found = match kind {
        Kind::Member => {
            let days = fields.date("joined_on").zip(fields.date("left_on")).filter(|(joined, left)| left < joined);
            days.map(|(joined, left)| format!("“Đến ngày” {} trước “Từ ngày” {}.", date_dmy(left), date_dmy(joined)))
        }
        Kind::Exemplar => {
            let years = fields.int("year").zip(fields.date("decision_date").map(|on| i64::from(on.year())));
            years
                .filter(|(year, decided)| year > decided)
                .map(|(year, decided)| format!("Năm {year} sau năm của quyết định công nhận ({decided})."))
        }
        // TT 124, Điều 6.5, 7.6 (R27).
        Kind::Assessment => {
            let counts = fields.int("sub_units").zip(fields.int("sub_units_good")).filter(|(all, good)| good > all);
            counts.map(|(all, good)| {
                format!("Số đơn vị đạt tiên tiến, hoàn thành tốt ({good}) nhiều hơn số đơn vị trực thuộc ({all}).")
            })
        }
        _ => None,
    };
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::contradictions;
    use crate::field::{Field, Fields, Value};
    use crate::schema::Kind;

    fn told(kind: Kind, pairs: &[(&str, Value)]) -> String {
        let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), Field::Settled(v.clone()))).collect();
        contradictions(kind, &Fields(fields)).join(" ")
    }

    #[test]
    fn nobody_leaves_before_joining_and_no_year_follows_its_decision() {
        let member = |left: &str| told(Kind::Member, &[("joined_on", "2022-05-01".into()), ("left_on", left.into())]);
        assert_eq!(member("2022-05-01"), "");
        assert_eq!(member("2022-04-30"), "“Đến ngày” 30/04/2022 trước “Từ ngày” 01/05/2022.");
        let exemplar =
            |year: i64| told(Kind::Exemplar, &[("year", Value::Int(year)), ("decision_date", "2022-12-31".into())]);
        assert_eq!((exemplar(2021).as_str(), exemplar(2022).as_str()), ("", ""));
        assert!(exemplar(2023).contains("2023") && exemplar(2023).contains("2022"), "{}", exemplar(2023));
    }

    /// Điều 6.5, 7.6 (R27): a share of more than all is a slip of the pen.
    #[test]
    fn no_more_sub_units_are_good_than_there_are() {
        let of_ten =
            |good: i64| told(Kind::Assessment, &[("sub_units", Value::Int(10)), ("sub_units_good", Value::Int(good))]);
        assert_eq!(of_ten(10), "");
        assert!(of_ten(11).contains("(11)") && of_ten(11).contains("(10)"), "{}", of_ten(11));
        assert_eq!(told(Kind::Assessment, &[("sub_units_good", Value::Int(11))]), "", "nobody has said of how many");
    }
}
