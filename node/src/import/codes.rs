//! What officers write where a record holds a code: origins, states, objects, levels.

use keng_domain::rule_pack::{Level, RulePack};
use keng_domain::schema::{FieldType, Kind};
use keng_domain::text::search_key;

use super::grid::Cell;

/// Other words for the labels of the schema, folded. Words that could mean two codes
/// ("ngừng hoạt động": paused or ended?) are left out on purpose: a person says which.
const OTHER_WORDS: &[(&str, &str, &[&str])] = &[
    (
        "origin",
        "CHI_DAO",
        &["chi dao", "theo chi dao ke hoach", "chi dao ke hoach", "theo ke hoach", "theo chi dao va ke hoach"],
    ),
    ("origin", "TU_PHAT", &["nhan dan tu phat", "tu phat trong nhan dan", "mo hinh tu phat"]),
    ("origin", "NHAN_RONG_TU_TINH_KHAC", &["nhan rong tu tinh ban", "nhan rong tu dia phuong khac"]),
    ("status", "KHAO_SAT", &["dang khao sat"]),
    ("status", "DE_XUAT", &["dang de xuat"]),
    ("status", "THANH_LAP", &["thanh lap", "da thanh lap"]),
    ("status", "RA_MAT", &["ra mat"]),
    (
        "status",
        "HOAT_DONG",
        &[
            "hoat dong",
            "con hoat dong",
            "dang duy tri",
            "duy tri",
            "duy tri hoat dong",
            "dang duy tri hoat dong",
            "hoat dong binh thuong",
        ],
    ),
    ("status", "CHO_CONG_NHAN", &["cho cong nhan", "dang cho cong nhan"]),
    ("status", "TAM_DUNG", &["dang tam dung", "tam dung hoat dong", "tam ngung", "tam ngung hoat dong"]),
    (
        "status",
        "CHAM_DUT",
        &[
            "da cham dut",
            "cham dut hoat dong",
            "da cham dut hoat dong",
            "ket thuc",
            "da ket thuc",
            "giai the",
            "da giai the",
        ],
    ),
    ("end_ground", "KHONG_DUNG_MUC_TIEU", &["khong dung muc dich", "sai muc tieu"]),
    ("end_ground", "TRUC_LOI", &["truc loi", "loi dung truc loi", "loi dung de truc loi", "co dau hieu truc loi"]),
    ("end_ground", "ANH_HUONG_ANTT", &["anh huong antt", "anh huong an ninh trat tu", "gay anh huong antt"]),
    ("end_ground", "KHONG_HIEU_QUA", &["hoat dong khong hieu qua", "khong con hieu qua", "kem hieu qua"]),
    ("end_ground", "HO_SO_KHONG_DAM_BAO", &["ho so mo hinh khong dam bao", "ho so khong bao dam"]),
    ("end_ground", "SAP_XEP_DVHC", &["sap nhap", "sap xep don vi", "sap xep dvhc", "sap nhap don vi hanh chinh"]),
    ("end_ground", "KHAC", &["khac"]),
    ("object", "KHU_DAN_CU", &["kdc", "khu dan cu thon lang to dan pho", "thon lang to dan pho", "dia ban dan cu"]),
    ("object", "XA", &["xa", "phuong", "thi tran", "dac khu", "xa phuong", "xa phuong dac khu"]),
    ("object", "CO_QUAN", &["co quan don vi", "co quan nha nuoc"]),
    ("object", "DOANH_NGHIEP", &["cong ty"]),
    ("object", "CO_SO_GIAO_DUC", &["truong hoc", "nha truong", "co so giao duc truong hoc"]),
];

/// Words for "not rated this year": the cell says as much as an empty one.
const NOT_RATED: &[&str] = &[
    "chua danh gia",
    "chua xep loai",
    "chua duoc danh gia",
    "chua duoc xep loai",
    "chua danh gia xep loai",
    "chua du thoi gian",
    "chua du thoi gian danh gia",
    "chua den ky danh gia",
];

/// The code of the point's field `key` that `text` means.
pub(super) fn code(key: &str, text: &str) -> Result<&'static str, String> {
    let codes = match Kind::Point.field(key).map(|f| f.kind) {
        Some(FieldType::Code(codes)) => codes,
        _ => &[],
    };
    let wanted = search_key(text);
    let meant = |code: &str, label: &str| {
        search_key(label) == wanted
            || search_key(code) == wanted
            || OTHER_WORDS.iter().any(|(k, c, words)| *k == key && *c == code && words.contains(&wanted.as_str()))
    };
    codes.iter().find(|(code, label)| meant(code, label)).map(|(code, _)| *code).ok_or_else(|| {
        let labels: Vec<&str> = codes.iter().map(|(_, label)| *label).collect();
        format!("“{}” không có trong danh mục; cần một trong: {}", super::cells::excerpt(text), labels.join("; "))
    })
}

/// The code of the level that `text` means; `None` says "not rated".
pub(super) fn level(pack: &RulePack, text: &str) -> Result<Option<String>, String> {
    let key = search_key(text);
    let bare = ["xep loai ", "loai ", "muc ", "dat loai "].iter().find_map(|p| key.strip_prefix(p)).unwrap_or(&key);
    let found = pack
        .level_of_text(text)
        .or_else(|| pack.levels.iter().find(|l| search_key(&l.code) == key || is_level(bare, l)));
    match found {
        Some(level) => Ok(Some(level.code.clone())),
        None if NOT_RATED.contains(&key.as_str()) => Ok(None),
        None => {
            let labels: Vec<&str> = pack.levels.iter().map(|l| l.label.as_str()).collect();
            Err(format!(
                "“{}” không phải mức xếp loại; cần một trong: {} (để trống nếu chưa đánh giá)",
                super::cells::excerpt(text),
                labels.join("; ")
            ))
        }
    }
}

/// Signs by which officers mark one of several columns; `ü` is how a check mark of Wingdings is stored.
const MARKS: &[&str] = &["x", "v", "+", "*", "✓", "✔", "√", "ü", "1", "có", "đạt"];
/// What says that a column is not marked.
const NO_MARKS: &[&str] = &["0", "không", "o"];

/// Whether a cell under the level `label` is marked. The level's own name marks it, too.
pub(super) fn is_ticked(cell: &Cell, label: &str) -> Result<bool, String> {
    let text = match cell {
        Cell::Truth(truth) => return Ok(*truth),
        Cell::Error(code) => return Err(super::cells::error_reason(code)),
        Cell::Number(n) => n.to_string(),
        Cell::Date(n) => n.to_string(),
        Cell::Text(text) => super::cells::line(text).to_lowercase(),
    };
    match &*text {
        mark if MARKS.contains(&mark) => Ok(true),
        mark if NO_MARKS.contains(&mark) => Ok(false),
        name if !label.is_empty() && search_key(name) == search_key(label) => Ok(true),
        other => Err(format!(
            "“{}” không phải dấu chọn; cần đánh dấu x ở đúng một mức xếp loại",
            super::cells::excerpt(other)
        )),
    }
}

/// Whether a folded text is the label of a level, or its abbreviation.
pub(super) fn is_level(key: &str, level: &Level) -> bool {
    let label = search_key(&level.label);
    label == key || is_abbreviation(key, &label)
}

/// `tb` for `trung binh`: the first letters of two words or more.
fn is_abbreviation(short: &str, label: &str) -> bool {
    label.contains(' ') && label.split(' ').filter_map(|w| w.chars().next()).eq(short.chars())
}

#[cfg(test)]
mod tests {
    use super::{OTHER_WORDS, code, level};
    use keng_domain::rule_pack::RulePack;
    use keng_domain::schema::{FieldType, Kind};

    #[test]
    fn officers_words_are_understood() {
        for (key, text, expect) in [
            ("origin", "Theo chỉ đạo, kế hoạch", "CHI_DAO"),
            ("origin", "THEO CHỈ ĐẠO", "CHI_DAO"),
            ("origin", "chi_dao", "CHI_DAO"),
            ("status", "ĐANG  HOẠT ĐỘNG", "HOAT_DONG"),
            ("status", "Đã chấm dứt", "CHAM_DUT"),
            ("status", "Tạm dừng", "TAM_DUNG"),
            ("object", "Xã, phường, thị trấn", "XA"),
            ("end_ground", "Không hiệu quả", "KHONG_HIEU_QUA"),
            ("end_ground", "TRUC_LOI", "TRUC_LOI"),
            ("end_ground", "Sáp nhập đơn vị hành chính", "SAP_XEP_DVHC"),
        ] {
            assert_eq!(code(key, text), Ok(expect), "{text}");
        }
    }

    #[test]
    fn an_unknown_word_gets_the_list_of_known_ones() {
        let reason = code("status", "Ngủ đông").unwrap_err();
        assert!(reason.contains("Ngủ đông") && reason.contains("Đang hoạt động") && reason.contains("Chấm dứt"));
        assert!(code("status", "Ngừng hoạt động").is_err(), "paused or ended: a person says which");
    }

    #[test]
    fn levels_by_label_by_code_and_by_first_letters() {
        let pack = RulePack::kontum_2022();
        for (text, expect) in
            [("TỐT", Some("tot")), ("Loại khá", Some("kha")), ("TB", Some("trung_binh")), ("Chưa đánh giá", None)]
        {
            assert_eq!(level(&pack, text), Ok(expect.map(str::to_owned)), "{text}");
        }
        assert!(level(&pack, "Xuất sắc").unwrap_err().contains("Trung bình"));
    }

    #[test]
    fn other_words_belong_to_codes_of_the_schema() {
        for (key, code, words) in OTHER_WORDS {
            let Some(FieldType::Code(codes)) = Kind::Point.field(key).map(|f| f.kind) else { panic!("{key}") };
            assert!(codes.iter().any(|(c, _)| c == code), "{code}");
            assert!(words.iter().all(|w| keng_domain::text::search_key(w) == **w), "{words:?}");
        }
    }
}
