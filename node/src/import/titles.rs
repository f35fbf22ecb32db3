//! What the titles of columns mean, in the words of the forms that districts send.

use keng_domain::text::search_key;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// The running number.
    Number,
    /// Name of the model.
    Model,
    /// Fields of work of the model.
    Fields,
    /// The commune.
    Unit,
    /// Hamlet, school, office.
    Place,
    /// A field of the point, by its key in the schema.
    Point(&'static str),
    /// The rating of a year; `None` where the title names no year.
    Rating(Option<i32>),
}

/// Titles, folded. Within a column the earlier title wins when a sheet has two of them.
const TITLES: &[(Column, &[&str])] = &[
    (Column::Number, &["tt", "stt", "so tt", "so thu tu", "thu tu"]),
    (
        Column::Model,
        &["ten mo hinh", "mo hinh", "ten goi mo hinh", "ten mo hinh diem mo hinh", "ten goi", "mo hinh diem mo hinh"],
    ),
    (Column::Fields, &["linh vuc", "linh vuc hoat dong", "thuoc linh vuc", "linh vuc mo hinh"]),
    (
        Column::Unit,
        &[
            "xa phuong thi tran",
            "xa phuong dac khu",
            "xa phuong thi tran dac khu",
            "ten xa phuong thi tran",
            "ten xa phuong dac khu",
            "ten xa phuong",
            "xa phuong",
            "ten xa",
            "xa",
            "don vi hanh chinh",
            "don vi cap xa",
            "cap xa",
            "ma xa",
            "don vi xa phuong thi tran",
            "don vi xa phuong",
            "ten don vi",
            "don vi",
        ],
    ),
    (
        Column::Place,
        &[
            "dia ban don vi",
            "dia ban",
            "noi thuc hien",
            "dia ban thuc hien",
            "dia ban don vi thuc hien",
            "don vi thuc hien",
            "noi xay dung",
            "dia ban xay dung",
            "dia diem",
            "dia diem thuc hien",
            "thon lang to dan pho",
            "thon to dan pho",
            "thon lang",
            "khu dan cu",
            "ten diem mo hinh",
            "diem mo hinh",
            "ten diem",
        ],
    ),
    (Column::Point("object"), &["doi tuong", "doi tuong xay dung", "doi tuong ap dung"]),
    (Column::Point("origin"), &["nguon goc", "nguon goc hinh thanh", "nguon goc mo hinh"]),
    (
        Column::Point("decision_no"),
        &[
            "so quyet dinh",
            "so qd",
            "qd so",
            "quyet dinh so",
            "so quyet dinh thanh lap",
            "quyet dinh thanh lap so",
            "quyet dinh thanh lap so qd",
            "quyet dinh so qd",
            "so ky hieu quyet dinh",
            "quyet dinh so ky hieu",
            "quyet dinh",
        ],
    ),
    (
        Column::Point("decision_date"),
        &[
            "ngay quyet dinh",
            "ngay qd",
            "quyet dinh ngay",
            "quyet dinh ngay qd",
            "ngay ra quyet dinh",
            "ngay ky quyet dinh",
            "ngay ban hanh quyet dinh",
            "quyet dinh ngay ban hanh",
            "ngay thang quyet dinh",
            "ngay thang nam quyet dinh",
            "ngay quyet dinh thanh lap",
            "quyet dinh thanh lap ngay",
            "ngay ban hanh",
        ],
    ),
    (
        Column::Point("launched_on"),
        &["ngay ra mat", "ngay to chuc ra mat", "thoi gian ra mat", "ngay thang ra mat", "ra mat"],
    ),
    (Column::Point("teams"), &["so to", "tong so to", "so luong to", "so to tu quan", "to"]),
    (
        Column::Point("members"),
        &[
            "so thanh vien",
            "thanh vien",
            "tong so thanh vien",
            "so luong thanh vien",
            "so luong thanh vien tham gia",
            "so thanh vien tham gia",
            "so nguoi",
            "so nguoi tham gia",
        ],
    ),
    (
        Column::Point("status"),
        &["trang thai", "trang thai hoat dong", "tinh trang", "tinh trang hoat dong", "hien trang"],
    ),
    (
        Column::Point("ended_on"),
        &["ngay cham dut", "ngay cham dut hoat dong", "cham dut ngay", "thoi gian cham dut", "ngay ket thuc"],
    ),
    (
        Column::Point("end_ground"),
        &["ly do cham dut", "ly do cham dut hoat dong", "cham dut ly do", "nguyen nhan cham dut", "ly do ket thuc"],
    ),
    (Column::Point("note"), &["ghi chu"]),
];

/// Titles of rating columns without their year.
const RATINGS: &[&str] = &[
    "xep loai",
    "danh gia",
    "phan loai",
    "danh gia xep loai",
    "danh gia phan loai",
    "ket qua",
    "ket qua xep loai",
    "ket qua danh gia",
    "ket qua phan loai",
    "ket qua danh gia xep loai",
    "muc xep loai",
    "xep loai mo hinh",
    "xep loai diem mo hinh",
];

impl Column {
    /// What the title `text` means, and how sure that is: less is surer.
    pub(super) fn of_title(text: &str) -> Option<(Self, usize)> {
        let mut keys = vec![search_key(text)];
        // "Số thành viên (người)": what stands in brackets explains the title.
        if let Some(plain) = without_brackets(text) {
            keys.push(search_key(&plain));
        }
        keys.iter().find_map(|key| {
            let listed = TITLES
                .iter()
                .find_map(|(column, titles)| titles.iter().position(|t| t == key).map(|strength| (*column, strength)));
            listed.or_else(|| rating(key).map(|column| (column, 0)))
        })
    }

    /// The title by which officers know a column that must be there.
    pub(super) fn required_title(self) -> Option<&'static str> {
        match self {
            Self::Model => Some("Tên mô hình"),
            Self::Unit => Some("Xã, phường, thị trấn"),
            Self::Place => Some("Địa bàn, đơn vị"),
            Self::Number | Self::Fields | Self::Point(_) | Self::Rating(_) => None,
        }
    }
}

fn rating(key: &str) -> Option<Column> {
    let years = years(key);
    let words: Vec<&str> = key.split(' ').filter(|w| *w != "nam" && year(w).is_none()).collect();
    match years.as_slice() {
        [] if RATINGS.contains(&key) => Some(Column::Rating(None)),
        [one] if RATINGS.contains(&words.join(" ").as_str()) => Some(Column::Rating(Some(*one))),
        _ => None,
    }
}

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

fn year(word: &str) -> Option<i32> {
    let year = (word.len() == 4).then(|| word.parse::<i32>().ok()).flatten()?;
    (1900..=2099).contains(&year).then_some(year)
}

fn without_brackets(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('(')?;
    let after = rest.split_once(')').map_or("", |(_, after)| after);
    Some(format!("{before} {after}"))
}

#[cfg(test)]
mod tests {
    use super::{Column, RATINGS, TITLES, year_of_heading};
    use keng_domain::schema::Kind;
    use keng_domain::text::search_key;
    use unicode_normalization::UnicodeNormalization;

    fn check(titles: &[&str], expect: Column) {
        for title in titles {
            for spelling in
                [(*title).to_owned(), title.to_uppercase(), title.nfd().collect(), title.replace(' ', "\n ")]
            {
                assert_eq!(Column::of_title(&spelling).map(|(c, _)| c), Some(expect), "{spelling:?}");
            }
        }
    }

    #[test]
    fn titles_in_the_words_of_the_forms() {
        check(&["Tên mô hình", "Mô hình"], Column::Model);
        check(&["Xã, phường, thị trấn", "Xã/phường/thị trấn", "Tên xã", "Đơn vị"], Column::Unit);
        check(&["Địa bàn, đơn vị", "Địa bàn", "Nơi thực hiện"], Column::Place);
        check(&["Số QĐ", "Số quyết định"], Column::Point("decision_no"));
        check(&["Ngày QĐ", "Ngày quyết định (ngày/tháng/năm)"], Column::Point("decision_date"));
        check(&["Số thành viên", "Thành viên", "Số thành viên (người)"], Column::Point("members"));
        check(&["Xếp loại năm 2022", "Đánh giá năm 2022", "Xếp loại 2022"], Column::Rating(Some(2022)));
        check(&["Xếp loại năm 1999"], Column::Rating(Some(1999)));
        check(&["Xếp loại"], Column::Rating(None));
        check(&["Lý do chấm dứt", "Chấm dứt - Lý do"], Column::Point("end_ground"));
        assert_eq!(Column::of_title("DANH SÁCH MÔ HÌNH NĂM 2022"), None);
    }

    #[test]
    fn every_title_is_folded_unique_and_of_the_schema() {
        let mut seen = std::collections::BTreeSet::new();
        for (column, titles) in TITLES {
            if let Column::Point(key) = column {
                assert!(Kind::Point.field(key).is_some(), "{key}");
            }
            for title in *titles {
                assert_eq!(search_key(title), *title);
                assert!(seen.insert(*title), "{title} twice");
            }
        }
        assert!(RATINGS.iter().all(|r| search_key(r) == **r && !seen.contains(r)));
    }

    #[test]
    fn the_heading_tells_the_year_only_when_it_names_one() {
        let year = |text: &str| year_of_heading(text.lines());
        assert_eq!(year("HUYỆN SA THẦY\nDANH SÁCH NĂM 2022"), Some(2022));
        assert_eq!(year("Kế hoạch 12 ngày 05/01/2021\nDANH SÁCH NĂM 2022"), Some(2022));
        assert_eq!(year("NĂM 2021, NĂM 2022"), None);
        assert_eq!(year("HUYỆN SA THẦY"), None);
    }
}
