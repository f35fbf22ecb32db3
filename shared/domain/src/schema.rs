//! What each kind of record may hold: names, labels, types and who may write, in one table.
//!
//! The command line, the importer, the pages and the authority check at ingest all read it.

mod duties;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use self::duties::{
    ASSESSMENT, COMMITTEE, CONTACT, EDITION, EXEMPLAR, MEMBER, NOMINATION, SCORE, SUBMISSION, SURVEY, TEAM,
};
pub use self::duties::{
    DECISION_ACCEPTED, DECISION_RETURNED, DECISIONS, EXEMPLAR_KINDS, EXEMPLAR_LEVELS, MEMBER_ROLES, NOMINATION_CASES,
    NOMINATION_DECISIONS, PROPOSAL_BASES, REWARDS, SURVEY_KINDS, YES_NO,
};
use crate::field::{Fields, Value};

/// Longest text a field may hold, in characters: a page of prose, and well below an entry.
pub const TEXT_CHARS_MAX: usize = 8_000;
/// Longest single-line text (names, places, numbers of decisions), in characters.
pub const LINE_CHARS_MAX: usize = 300;
/// Longest text about a person (name, phone number), in characters.
pub const PERSONAL_CHARS_MAX: usize = 100;
/// Largest count of teams or members at one point: more is a typing error.
pub const COUNT_MAX: i64 = 100_000;
/// Largest sum of money of one point, in đồng: a billion is ordinary, a thousand of them a typing error.
pub const MONEY_MAX: i64 = 1_000_000_000_000;

/// The kinds of record this version knows. Others are kept and forwarded untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Mô hình.
    Model,
    /// Điểm mô hình.
    Point,
    /// Văn bản: the link between a record and a file.
    Document,
    /// Báo cáo của đơn vị: a unit's act of handing in a period.
    Submission,
    /// Đề xuất thông báo: a model proposed for notice.
    Nomination,
    /// Điển hình tiên tiến, tập thể hay cá nhân.
    Exemplar,
    /// Ban Chỉ đạo, Ban chủ nhiệm, Ban điều hành of a model or point, with its rules of operation.
    Committee,
    /// Tổ: a group that runs a point.
    Team,
    /// Thành viên of a team, committee, point or model: a person, whose record can be erased.
    Member,
    /// Sơ kết, tổng kết, kiểm tra, khảo sát of a model or point.
    Survey,
    /// "An toàn về an ninh, trật tự" of a place for a year (TT 124/2021).
    Assessment,
    /// The movement's score of a place for a year (QĐ 510).
    Score,
    /// A consolidated report on its way from draft to issue, written by the hub.
    Edition,
    /// A catalogue of units, written by the hub.
    Catalogue,
    /// What became of the units of a catalogue, written by the hub.
    Lineage,
    /// A rule pack adopted by the hub.
    RulePack,
    /// The template of the statistics form that the province has put in force.
    Template,
    /// A line of the register of nodes: incarnation → node, unit, public key.
    Register,
    /// Whom the province calls at a unit, written by the hub.
    Contact,
}

const KINDS: [Kind; 19] = [
    Kind::Model,
    Kind::Point,
    Kind::Document,
    Kind::Submission,
    Kind::Nomination,
    Kind::Exemplar,
    Kind::Committee,
    Kind::Team,
    Kind::Member,
    Kind::Survey,
    Kind::Assessment,
    Kind::Score,
    Kind::Edition,
    Kind::Catalogue,
    Kind::Lineage,
    Kind::RulePack,
    Kind::Template,
    Kind::Register,
    Kind::Contact,
];

impl Kind {
    /// The code stored in a record's `kind`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Point => "point",
            Self::Document => "document",
            Self::Submission => "submission",
            Self::Nomination => "nomination",
            Self::Exemplar => "exemplar",
            Self::Committee => "committee",
            Self::Team => "team",
            Self::Member => "member",
            Self::Survey => "survey",
            Self::Assessment => "assessment",
            Self::Score => "score",
            Self::Edition => "edition",
            Self::Catalogue => "catalogue",
            Self::Lineage => "lineage",
            Self::RulePack => "rule_pack",
            Self::Template => "template",
            Self::Register => "register",
            Self::Contact => "contact",
        }
    }

    /// The kind with this code; `None` for kinds of a newer version.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        KINDS.into_iter().find(|k| k.code() == code)
    }

    /// Whether only the hub writes records of this kind.
    #[must_use]
    pub fn is_hub_only(self) -> bool {
        matches!(
            self,
            Self::Edition
                | Self::Catalogue
                | Self::Lineage
                | Self::RulePack
                | Self::Template
                | Self::Register
                | Self::Contact
        )
    }

    /// Whether documents may be added to records of this kind: of a person nothing is kept but what
    /// can be erased.
    #[must_use]
    pub fn has_documents(self) -> bool {
        !self.is_hub_only() && !matches!(self, Self::Document | Self::Member)
    }

    /// What people call a record of this kind, in the middle of a sentence.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Model => "mô hình",
            Self::Point => "điểm mô hình",
            Self::Document => "văn bản",
            Self::Submission => "báo cáo của đơn vị",
            Self::Nomination => "đề xuất thông báo",
            Self::Exemplar => "điển hình tiên tiến",
            Self::Committee => "ban chỉ đạo, ban điều hành",
            Self::Team => "tổ",
            Self::Member => "thành viên",
            Self::Survey => "kiểm tra, khảo sát",
            Self::Assessment => "đánh giá an toàn về an ninh, trật tự",
            Self::Score => "chấm điểm phong trào",
            Self::Edition => "bản báo cáo",
            Self::Catalogue => "danh mục đơn vị",
            Self::Lineage => "sắp xếp đơn vị",
            Self::RulePack => "bộ quy tắc",
            Self::Template => "mẫu thống kê",
            Self::Register => "sổ đăng ký máy",
            Self::Contact => "liên hệ của đơn vị",
        }
    }

    /// The fields of this kind, in the order in which people read them.
    #[must_use]
    pub fn fields(self) -> &'static [FieldSpec] {
        match self {
            Self::Model => MODEL,
            Self::Point => POINT,
            Self::Document => DOCUMENT,
            Self::Submission => SUBMISSION,
            Self::Nomination => NOMINATION,
            Self::Exemplar => EXEMPLAR,
            Self::Committee => COMMITTEE,
            Self::Team => TEAM,
            Self::Member => MEMBER,
            Self::Survey => SURVEY,
            Self::Assessment => ASSESSMENT,
            Self::Score => SCORE,
            Self::Edition => EDITION,
            Self::Catalogue => CATALOGUE,
            Self::Lineage => LINEAGE,
            Self::RulePack => RULE_PACK,
            Self::Template => TEMPLATE,
            Self::Register => REGISTER,
            Self::Contact => CONTACT,
        }
    }

    /// The description of `key`, which may be a path such as `ratings/2022/610`.
    #[must_use]
    pub fn field(self, key: &str) -> Option<&'static FieldSpec> {
        let head = key.split('/').next().unwrap_or(key);
        self.fields().iter().find(|f| f.key == head)
    }
}

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// One line of text.
    Line,
    /// One line about a person, stored sealed under the key of its record.
    Personal,
    /// Several lines of text.
    Text,
    /// A whole number from 0 to [`COUNT_MAX`].
    Count,
    /// A sum in đồng from 0 to [`MONEY_MAX`]; typed with or without points between thousands.
    Money,
    /// A calendar date, stored as `YYYY-MM-DD`.
    Date,
    /// One of these codes; the second text is the label on screens.
    Code(&'static [(&'static str, &'static str)]),
    /// Another record's identifier.
    Record,
    /// The code of a unit.
    Unit,
    /// A map of codes keyed by path; written by acts of their own, not by `--set`.
    Map,
    /// Written by an act of its own (hand-in, decision), not by `--set`.
    Act,
    /// Written at creation, never again.
    Fixed,
}

/// Who may write a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Whoever may write in the record's scope.
    Anyone,
    /// The hub alone (merges, approvals).
    Hub,
}

/// One field: key, label, type, writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// The key in the record and on the command line.
    pub key: &'static str,
    /// The label on screens.
    pub label: &'static str,
    /// The type.
    pub kind: FieldType,
    /// Who may write it.
    pub writer: Writer,
}

const fn f(key: &'static str, label: &'static str, kind: FieldType) -> FieldSpec {
    FieldSpec { key, label, kind, writer: Writer::Anyone }
}

const fn hub(key: &'static str, label: &'static str, kind: FieldType) -> FieldSpec {
    FieldSpec { key, label, kind, writer: Writer::Hub }
}

/// Origins of a model or point (data dictionary, `nguon_goc`).
pub const ORIGINS: &[(&str, &str)] =
    &[("CHI_DAO", "Theo chỉ đạo"), ("TU_PHAT", "Tự phát"), ("NHAN_RONG_TU_TINH_KHAC", "Nhân rộng từ tỉnh khác")];

/// The catalogue in which the unit of a node is a unit, in the register; lines of the first
/// version have none.
pub const UNIT_CATALOGUE: &str = "unit_catalogue";
/// When the province revoked a node (RFC 3339), in the register.
pub const REVOKED_AT: &str = "revoked_at";
/// Why it did, in its own words.
pub const REVOKED_REASON: &str = "revoked_reason";

/// States of a model or point (data dictionary, `trang_thai`).
pub const STATUSES: &[(&str, &str)] = &[
    ("KHAO_SAT", "Khảo sát"),
    ("DE_XUAT", "Đề xuất"),
    ("THANH_LAP", "Đã có quyết định"),
    ("RA_MAT", "Đã ra mắt"),
    ("HOAT_DONG", "Đang hoạt động"),
    ("CHO_CONG_NHAN", "Tự phát, chờ công nhận"),
    ("TAM_DUNG", "Tạm dừng"),
    ("CHAM_DUT", "Chấm dứt"),
];

/// The state that takes a point out of the counts.
pub const STATUS_ENDED: &str = "CHAM_DUT";
/// The origin that needs recognition before it counts (R4).
pub const ORIGIN_SPONTANEOUS: &str = "TU_PHAT";

/// Why a model or point was taken out of lists, counts and reports, as if it had never been written
/// (a file that was imported by mistake). The record stays, can be traced, and one edit that clears
/// this field brings it back. Not for what has come to an end: that has a date and counts until then.
pub const WITHDRAWN: &str = "withdrawn";

/// Whether a model or point is withdrawn, see [`WITHDRAWN`].
#[must_use]
pub fn is_withdrawn(fields: &Fields) -> bool {
    fields.text(WITHDRAWN).is_some_and(|why| !why.is_empty())
}

/// Grounds for ending a model or point (R5): the letter's three, two of practice, two of ours.
pub const END_GROUNDS: &[(&str, &str)] = &[
    ("KHONG_DUNG_MUC_TIEU", "Không đúng mục tiêu"),
    ("TRUC_LOI", "Có dấu hiệu lợi dụng để trục lợi"),
    ("ANH_HUONG_ANTT", "Gây ảnh hưởng an ninh, trật tự"),
    ("KHONG_HIEU_QUA", "Không hiệu quả"),
    ("HO_SO_KHONG_DAM_BAO", "Hồ sơ không đảm bảo"),
    ("SAP_XEP_DVHC", "Sắp xếp đơn vị hành chính"),
    ("KHAC", "Lý do khác"),
];

/// Objects of a model (data dictionary, `doi_tuong`).
pub const OBJECTS: &[(&str, &str)] = &[
    ("KHU_DAN_CU", "Khu dân cư"),
    ("XA", "Xã, phường, thị trấn"),
    ("CO_QUAN", "Cơ quan"),
    ("DOANH_NGHIEP", "Doanh nghiệp"),
    ("CO_SO_GIAO_DUC", "Cơ sở giáo dục"),
];

const MODEL: &[FieldSpec] = &[
    f("name", "Tên mô hình", FieldType::Line),
    f("aliases", "Tên gọi khác", FieldType::Line),
    f("fields", "Lĩnh vực", FieldType::Line),
    f("objects", "Đối tượng", FieldType::Line),
    f("origin", "Nguồn gốc", FieldType::Code(ORIGINS)),
    f("lead", "Cơ quan chủ trì, tham mưu", FieldType::Line),
    f("founded_on", "Ngày xây dựng", FieldType::Date),
    f("goal", "Mục tiêu", FieldType::Text),
    f("content", "Nội dung", FieldType::Text),
    f("method", "Cách làm", FieldType::Text),
    f(WITHDRAWN, "Rút khỏi danh sách vì", FieldType::Line),
    hub("merged_into", "Gộp vào mô hình", FieldType::Record),
];

const POINT: &[FieldSpec] = &[
    f("model", "Mô hình", FieldType::Record),
    f("unit", "Xã, phường, thị trấn", FieldType::Fixed),
    f("place", "Địa bàn, đơn vị", FieldType::Line),
    f("object", "Đối tượng", FieldType::Code(OBJECTS)),
    f("origin", "Nguồn gốc", FieldType::Code(ORIGINS)),
    f("decision_no", "Số quyết định", FieldType::Line),
    f("decision_date", "Ngày quyết định", FieldType::Date),
    f("launched_on", "Ngày ra mắt", FieldType::Date),
    f("original", "Điểm gốc", FieldType::Code(YES_NO)),
    f("replicated_on", "Ngày nhân rộng", FieldType::Date),
    f("teams", "Số tổ", FieldType::Count),
    f("members", "Số thành viên", FieldType::Count),
    f("budget", "Kinh phí ngân sách (đồng)", FieldType::Money),
    f("contributed", "Kinh phí xã hội hóa (đồng)", FieldType::Money),
    f("equipment", "Thiết bị", FieldType::Line),
    f("status", "Trạng thái", FieldType::Code(STATUSES)),
    f("ended_on", "Ngày chấm dứt", FieldType::Date),
    f("end_ground", "Lý do chấm dứt", FieldType::Code(END_GROUNDS)),
    f("note", "Ghi chú", FieldType::Text),
    f(WITHDRAWN, "Rút khỏi danh sách vì", FieldType::Line),
    f("ratings", "Xếp loại năm", FieldType::Map),
    hub("approved", "Xếp loại năm đã duyệt", FieldType::Map),
];

const DOCUMENT: &[FieldSpec] = &[
    f("record", "Thuộc bản ghi", FieldType::Fixed),
    f("document_kind", "Loại văn bản", FieldType::Fixed),
    f("hash", "Mã băm của tệp", FieldType::Fixed),
    f("name", "Tên tệp", FieldType::Fixed),
    f("bytes", "Dung lượng (byte)", FieldType::Fixed),
    f("number", "Số, ký hiệu", FieldType::Line),
    f("issued_on", "Ngày ban hành", FieldType::Date),
    f("issuer", "Cơ quan ban hành", FieldType::Line),
    f("subject", "Trích yếu", FieldType::Line),
    f("signer", "Người ký", FieldType::Line),
    f("removed", "Đã gỡ khỏi hồ sơ vì", FieldType::Line),
];

const CATALOGUE: &[FieldSpec] =
    &[hub("catalogue", "Mã danh mục", FieldType::Line), hub("csv", "Danh mục đơn vị", FieldType::Text)];

const LINEAGE: &[FieldSpec] = &[
    hub("from", "Danh mục trước", FieldType::Fixed),
    hub("to", "Danh mục sau", FieldType::Fixed),
    hub("effective", "Có hiệu lực từ ngày", FieldType::Fixed),
    hub("pairs", "Đơn vị trước, đơn vị sau", FieldType::Fixed),
];

const RULE_PACK: &[FieldSpec] = &[
    hub("pack", "Mã bộ quy tắc", FieldType::Line),
    hub("toml", "Bộ quy tắc", FieldType::Text),
    hub("packs", "Bộ quy tắc đã dùng", FieldType::Map),
];

/// The hash of the file, of which a document of this record tells the rest; without one the template that
/// goes with the program is in force.
pub const TEMPLATE_HASH: &str = "hash";

const TEMPLATE: &[FieldSpec] =
    &[hub(TEMPLATE_HASH, "Mã băm của tệp", FieldType::Act), hub("name", "Tên tệp", FieldType::Act)];

const REGISTER: &[FieldSpec] = &[
    hub("incarnation", "Lần cài đặt", FieldType::Line),
    hub("node", "Máy", FieldType::Line),
    hub("unit", "Đơn vị", FieldType::Fixed),
    hub(UNIT_CATALOGUE, "Danh mục đơn vị", FieldType::Fixed),
    hub("public_key", "Khóa công khai", FieldType::Line),
    hub("previous", "Lần cài đặt trước", FieldType::Line),
    hub("life_reason", "Lý do cài đặt lại", FieldType::Line),
    hub(REVOKED_AT, "Thu hồi lúc", FieldType::Line),
    hub(REVOKED_REASON, "Lý do thu hồi", FieldType::Line),
];

/// Why a text is no value of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    /// The kind of record has no such field, or it is not written by hand.
    #[error("no field {0:?}")]
    NoField(String),
    /// Not a whole number between 0 and [`COUNT_MAX`].
    #[error("{0:?} is not a whole number from 0 to {COUNT_MAX}")]
    Count(String),
    /// Not a sum between 0 and [`MONEY_MAX`].
    #[error("{0:?} is not a sum in đồng from 0 to {MONEY_MAX}")]
    Money(String),
    /// Not a calendar date.
    #[error("{0:?} is not a date (YYYY-MM-DD or DD/MM/YYYY)")]
    Date(String),
    /// Not one of the codes of the field.
    #[error("{value:?} is not one of {}", allowed.join(", "))]
    Code {
        /// What was given.
        value: String,
        /// The codes.
        allowed: Vec<&'static str>,
    },
    /// Not an identifier.
    #[error("{0:?} is not the identifier of a record")]
    Record(String),
    /// Longer than the field may be.
    #[error("longer than {max} characters")]
    TooLong {
        /// The limit.
        max: usize,
    },
}

impl FieldSpec {
    /// Reads a value typed by a person. An empty text clears the field. Text becomes NFC.
    ///
    /// # Errors
    /// A [`BadValue`] that says what was expected.
    pub fn read(&self, text: &str) -> Result<Value, BadValue> {
        let text: String = text.trim().nfc().collect();
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let short = |max: usize| match text.chars().count() {
            n if n > max => Err(BadValue::TooLong { max }),
            _ => Ok(Value::Text(text.clone())),
        };
        match self.kind {
            FieldType::Line => {
                let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if line.chars().count() > LINE_CHARS_MAX {
                    return Err(BadValue::TooLong { max: LINE_CHARS_MAX });
                }
                Ok(Value::Text(line))
            }
            FieldType::Unit => short(LINE_CHARS_MAX),
            FieldType::Personal => short(PERSONAL_CHARS_MAX),
            FieldType::Text => short(TEXT_CHARS_MAX),
            FieldType::Count => match text.parse::<i64>() {
                Ok(n) if (0..=COUNT_MAX).contains(&n) => Ok(Value::Int(n)),
                _ => Err(BadValue::Count(text)),
            },
            FieldType::Money => match read_money(&text) {
                Some(n) if (0..=MONEY_MAX).contains(&n) => Ok(Value::Int(n)),
                _ => Err(BadValue::Money(text)),
            },
            FieldType::Date => read_date(&text).map(|d| Value::Text(d.to_string())).ok_or(BadValue::Date(text)),
            FieldType::Code(codes) => codes
                .iter()
                .find(|(code, label)| code.eq_ignore_ascii_case(&text) || label.to_lowercase() == text.to_lowercase())
                .map(|(code, _)| Value::from(*code))
                .ok_or_else(|| BadValue::Code { value: text, allowed: codes.iter().map(|c| c.0).collect() }),
            FieldType::Record => match text.parse::<crate::id::RecordId>() {
                Ok(id) => Ok(Value::Text(id.to_string())),
                Err(_) => Err(BadValue::Record(text)),
            },
            FieldType::Map | FieldType::Act | FieldType::Fixed => Err(BadValue::NoField(self.key.to_owned())),
        }
    }

    /// The label of a stored code; the value itself where the field has no codes.
    #[must_use]
    pub fn label_of<'a>(&self, value: &'a str) -> &'a str {
        match self.kind {
            FieldType::Code(codes) => codes.iter().find(|(c, _)| *c == value).map_or(value, |(_, label)| label),
            _ => value,
        }
    }
}

/// A sum as people write it: `12500000`, `12.500.000`, `12 500 000 đồng`.
fn read_money(text: &str) -> Option<i64> {
    let text = text.to_lowercase();
    let number = text.trim_end_matches("đồng").trim_end_matches("vnd").trim_end_matches('đ').trim();
    let groups: Vec<&str> = number.split(['.', ' ']).collect();
    let is_grouped = groups.iter().skip(1).all(|g| g.len() == 3) && groups.first().is_some_and(|g| g.len() <= 3);
    if groups.len() > 1 && !is_grouped {
        return None;
    }
    let digits = groups.concat();
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// Reads `YYYY-MM-DD`, `DD/MM/YYYY`, `DD-MM-YYYY` or `DD.MM.YYYY`; years from 1945 to 2100.
#[must_use]
pub fn read_date(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    let text = text.trim();
    let date = text.parse::<NaiveDate>().ok().or_else(|| {
        let mut parts = text.split(['/', '-', '.']).map(str::trim);
        let (d, m, y) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || y.len() != 4 {
            return None;
        }
        NaiveDate::from_ymd_opt(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)
    })?;
    (1945..=2100).contains(&date.year()).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::{BadValue, Kind, read_date};
    use crate::field::Value;

    fn read(key: &str, text: &str) -> Result<Value, BadValue> {
        Kind::Point.field(key).unwrap().read(text)
    }

    #[test]
    fn a_count_is_a_whole_number() {
        assert_eq!(read("teams", " 7 "), Ok(Value::Int(7)));
        for bad in ["-1", "7,5", "bảy", "100001"] {
            assert!(matches!(read("teams", bad), Err(BadValue::Count(_))), "{bad}");
        }
    }

    #[test]
    fn dates_are_read_as_officers_write_them_and_stored_one_way() {
        assert_eq!(read("decision_date", "9/11/2022"), Ok(Value::from("2022-11-09")));
        assert_eq!(read("decision_date", "2022-11-09"), Ok(Value::from("2022-11-09")));
        assert!(read_date("31/13/2021").is_none());
        assert!(read_date("30/02/2022").is_none());
    }

    #[test]
    fn codes_are_accepted_by_code_or_by_label() {
        assert_eq!(read("origin", "tu_phat"), Ok(Value::from("TU_PHAT")));
        assert_eq!(read("status", "đang hoạt động"), Ok(Value::from("HOAT_DONG")));
        assert!(read("status", "ngủ").is_err());
        for text in ["12500000", "12.500.000", "12 500 000 đồng", "12.500.000 VND"] {
            assert_eq!(read("budget", text), Ok(Value::Int(12_500_000)), "{text}");
        }
        for text in ["12.5", "12,5 triệu", "-1", "1.000.000.000.001", "12.500.00"] {
            assert!(read("budget", text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_empty_text_clears_a_field() {
        assert_eq!(read("note", "  "), Ok(Value::Null));
    }
}
