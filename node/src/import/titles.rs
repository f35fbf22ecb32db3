//! What the titles of columns mean, in the words of the forms that districts send.

use keng_domain::rule_pack::Level;
use keng_domain::text::search_key;

use super::codes::is_level;
use super::decisions::decision;
use super::heading::{year, years};

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
    /// Of a statistics form: the unit or office that leads the model.
    Lead,
    /// Of a statistics form: the year or the decision by which the model began.
    Founded,
    /// Of a statistics form: how many points the model has.
    Points,
    /// A level, by its place in the rule pack, and the year that its title names: in a statistics form how many
    /// points are rated at it, in a list of points a sign that this one is.
    Level(Option<i32>, usize),
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
            "thon",
            "ten thon",
            "to dan pho",
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
    (Column::Point("teams"), &["so to", "tong so to", "so luong to", "so to tu quan", "to tu quan", "to"]),
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
    (
        Column::Points,
        &[
            "tong so diem",
            "tong so diem mo hinh",
            "so diem",
            "so diem mo hinh",
            "so luong diem",
            "so luong diem mo hinh",
            "tong diem",
            "diem",
        ],
    ),
    (
        Column::Lead,
        &[
            "don vi chu tri",
            "co quan chu tri",
            "co quan don vi chu tri",
            "co quan chu tri tham muu",
            "don vi chu tri tham muu",
            "don vi tham muu",
            "don vi phu trach",
            "chu tri",
        ],
    ),
    (
        Column::Founded,
        &[
            "nam xay dung qd so",
            "nam xay dung so qd",
            "nam xay dung so quyet dinh",
            "nam xay dung quyet dinh so",
            "nam xay dung",
            "ngay xay dung",
            "thoi gian xay dung",
            "nam thanh lap",
            "ngay thanh lap",
            "thoi gian thanh lap",
            "nam ra doi",
        ],
    ),
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

/// Titles of what follows from points and their ratings, and of what an import adds to rejected rows.
const RECKONED: &[&str] =
    &["mo hinh hieu qua", "hieu qua", "diem moi trong ky", "du thoi gian", "chua danh gia", "chua xep loai", "ly do"];

/// Less sure than any title that is listed.
const UNSURE: usize = 1_000;

impl Column {
    /// What the title `text` means, and how sure that is: less is surer. `levels` are those of the rule pack.
    pub(super) fn of_title(text: &str, levels: &[Level]) -> Option<(Self, usize)> {
        let mut keys = vec![search_key(text)];
        // "Số thành viên (người)": what stands in brackets explains the title.
        if let Some(plain) = without_brackets(text) {
            keys.push(search_key(&plain));
        }
        keys.iter().find_map(|key| {
            let listed = TITLES
                .iter()
                .find_map(|(column, titles)| titles.iter().position(|t| t == key).map(|strength| (*column, strength)));
            let listed = listed.or_else(|| rating(key).map(|column| (column, 0)));
            listed.or_else(|| Some((level(key, levels)?, 0))).or_else(|| Some((decision(key)?, UNSURE)))
        })
    }

    /// Whether a title that is not read says what Kẻng reckons itself, or added itself: nothing of it is lost.
    pub(super) fn is_reckoned(text: &str) -> bool {
        RECKONED.contains(&search_key(text).as_str())
    }

    /// Whether a column says nothing in a list of points.
    pub(super) fn is_of_form(self) -> bool {
        matches!(self, Self::Lead | Self::Founded | Self::Points)
    }

    /// Whether it counts, so that of rows merged together each has but its part.
    pub(super) fn counts(self) -> bool {
        matches!(self, Self::Number | Self::Points | Self::Point("teams" | "members"))
    }

    /// The title by which officers know a column that must be there.
    pub(super) fn required_title(self) -> Option<&'static str> {
        match self {
            Self::Model => Some("Tên mô hình"),
            Self::Unit => Some("Xã, phường, thị trấn"),
            Self::Place => Some("Địa bàn, đơn vị"),
            Self::Points => Some("Tổng số điểm"),
            Self::Number
            | Self::Fields
            | Self::Point(_)
            | Self::Rating(_)
            | Self::Lead
            | Self::Founded
            | Self::Level(..) => None,
        }
    }
}

/// Words that may stand before the level in the title of its count: "Kết quả xếp loại điểm năm 2021: Tốt".
const BEFORE_LEVEL: &[&str] = &[
    "ket", "qua", "xep", "loai", "danh", "gia", "phan", "muc", "dat", "tong", "so", "luong", "diem", "mo", "hinh",
    "nam",
];

fn level(key: &str, levels: &[Level]) -> Option<Column> {
    let words: Vec<&str> = key.split(' ').collect();
    // A title of more words is a sentence.
    let starts = 0..words.len().min(12);
    let before = |at: usize| words[..at].iter().all(|w| BEFORE_LEVEL.contains(w) || year(w).is_some());
    let mut ends = starts.filter(|at| before(*at)).map(|at| words[at..].join(" "));
    let level = ends.find_map(|end| levels.iter().position(|l| is_level(&end, l)))?;
    let year = match years(key).as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    Some(Column::Level(year, level))
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

fn without_brackets(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('(')?;
    let after = rest.split_once(')').map_or("", |(_, after)| after);
    Some(format!("{before} {after}"))
}

#[cfg(test)]
mod tests {
    use super::{Column, RATINGS, TITLES};
    use keng_domain::rule_pack::RulePack;
    use keng_domain::schema::Kind;
    use keng_domain::text::search_key;
    use unicode_normalization::UnicodeNormalization;

    fn check(titles: &[&str], expect: Column) {
        for title in titles {
            for spelling in
                [(*title).to_owned(), title.to_uppercase(), title.nfd().collect(), title.replace(' ', "\n ")]
            {
                let found = Column::of_title(&spelling, &RulePack::kontum_2022().levels);
                assert_eq!(found.map(|(c, _)| c), Some(expect), "{spelling:?}");
            }
        }
    }

    #[test]
    fn titles_in_the_words_of_the_forms() {
        check(&["Tên mô hình", "Mô hình"], Column::Model);
        check(&["Xã, phường, thị trấn", "Xã/phường/thị trấn", "Tên xã", "Đơn vị"], Column::Unit);
        check(&["Địa bàn, đơn vị", "Địa bàn", "Nơi thực hiện"], Column::Place);
        check(&["Số QĐ", "Số quyết định"], Column::Point("decision_no"));
        check(
            &["Quyết định thành lập", "QĐ thành lập", "Quyết định thành lập (số, ngày)"],
            Column::Point("decision_no"),
        );
        check(&["Số, ngày quyết định", "Số, ngày, tháng QĐ thành lập", "QĐ số, ngày"], Column::Point("decision_no"));
        check(&["Ngày QĐ", "Ngày quyết định (ngày/tháng/năm)"], Column::Point("decision_date"));
        check(&["Ngày, tháng, năm ra quyết định", "Ngày ban hành QĐ thành lập"], Column::Point("decision_date"));
        check(&["Thôn", "Tổ dân phố"], Column::Place);
        for other in ["Quyết định công nhận", "Năm quyết định", "Quyết định chấm dứt", "Số tiền theo QĐ"]
        {
            assert_eq!(Column::of_title(other, &RulePack::kontum_2022().levels), None, "{other}");
        }
        check(&["Số thành viên", "Thành viên", "Số thành viên (người)"], Column::Point("members"));
        check(&["Xếp loại năm 2022", "Đánh giá năm 2022", "Xếp loại 2022"], Column::Rating(Some(2022)));
        check(&["Xếp loại năm 1999"], Column::Rating(Some(1999)));
        check(&["Xếp loại"], Column::Rating(None));
        check(&["Lý do chấm dứt", "Chấm dứt - Lý do"], Column::Point("end_ground"));
        assert_eq!(Column::of_title("DANH SÁCH MÔ HÌNH NĂM 2022", &RulePack::kontum_2022().levels), None);
    }

    #[test]
    fn titles_in_the_words_of_statistics_forms() {
        check(&["Tổng số điểm", "Số điểm", "Điểm"], Column::Points);
        check(&["Đơn vị chủ trì", "Cơ quan chủ trì, tham mưu"], Column::Lead);
        check(&["Năm xây dựng (QĐ số)", "Năm thành lập"], Column::Founded);
        check(&["Tốt", "Mức tốt", "Kết quả xếp loại điểm Tốt"], Column::Level(None, 0));
        check(&["Kết quả xếp loại điểm năm 2021 Tốt"], Column::Level(Some(2021), 0));
        check(&["Trung bình", "TB", "Xếp loại: trung bình"], Column::Level(None, 2));
        check(&["Tổng số tổ"], Column::Point("teams"));
        for other in ["Mô hình hiệu quả", "Điểm mới trong kỳ", "Chưa đánh giá", "Người tốt", "Hiệu quả"]
        {
            assert_eq!(Column::of_title(other, &RulePack::kontum_2022().levels), None, "{other}");
        }
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
}
