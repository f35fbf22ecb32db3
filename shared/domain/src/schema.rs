//! What each kind of record may hold: names, labels, types and who may write, in one table.
//!
//! The command line, the importer, the pages and the authority check at ingest all read it.

mod duties;
mod spec;

use self::duties::{
    ASSESSMENT, COMMITTEE, CONTACT, EDITION, EXEMPLAR, MEMBER, NOMINATION, ORGANISATION, SCORE, SUBMISSION, SURVEY,
    TEAM,
};
pub use self::duties::{
    DECISION_ACCEPTED, DECISION_RETURNED, DECISIONS, EXEMPLAR_KINDS, EXEMPLAR_LEVELS, MEMBER_ROLES, NOMINATION_CASES,
    NOMINATION_DECISIONS, ORGANISATION_KINDS, PROPOSAL_BASES, REWARDS, SURVEY_KINDS, TEAM_LEADER, YES_NO,
};
pub use self::spec::{
    BadValue, COUNT_MAX, ELEMENTS_MAX, FieldSpec, FieldType, LINE_CHARS_MAX, MONEY_MAX, PERSONAL_CHARS_MAX,
    SUBJECT_CHARS_MAX, TEXT_CHARS_MAX, Writer, elements, read_date,
};
use self::spec::{f, hub};
use crate::field::Fields;
use crate::point::CRITERIA;
use crate::rules::effective::COMMUNE;

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
    /// Tổ chức: a steering committee, police, agency, enterprise, school or mass organisation that leads,
    /// advises or hosts models.
    Organisation,
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

const KINDS: [Kind; 20] = [
    Kind::Model,
    Kind::Point,
    Kind::Document,
    Kind::Submission,
    Kind::Nomination,
    Kind::Organisation,
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
            Self::Organisation => "organisation",
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
            Self::Organisation => "tổ chức",
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
            Self::Organisation => ORGANISATION,
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

    /// The fields without which a record of this kind says nothing, beside those that are written once. An
    /// assessment is of a place: a commune is its unit, any other has a name (R24).
    #[must_use]
    pub fn essentials(self, object: Option<&str>) -> &'static [&'static str] {
        match (self, object) {
            (Self::Member | Self::Organisation | Self::Exemplar, _) => &["name"],
            (Self::Assessment, Some(COMMUNE)) => &["object"],
            (Self::Assessment, _) => &["object", "name"],
            _ => &[],
        }
    }

    /// The description of `key`, which may be a path such as `ratings/2022/610`.
    #[must_use]
    pub fn field(self, key: &str) -> Option<&'static FieldSpec> {
        let head = key.split('/').next().unwrap_or(key);
        self.fields().iter().find(|f| f.key == head)
    }
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

/// Why a record was taken out of lists, counts and reports, as if it had never been written
/// (a file that was imported by mistake, a place assessed twice). The record stays, can be traced, and one edit that
/// clears this field brings it back. Not for what has come to an end: that has a date and counts until then.
pub const WITHDRAWN: &str = "withdrawn";

/// The field of [`WITHDRAWN`], in every kind of record that officers list.
const TAKEN_BACK: FieldSpec = f(WITHDRAWN, "Rút khỏi danh sách vì", FieldType::Line);

/// Whether a record is withdrawn, see [`WITHDRAWN`].
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

/// A district: it is scored by QĐ 510, and is no object of a model.
pub const DISTRICT: &str = "HUYEN";

/// Fields of work of a model (data dictionary, `linh_vuc`): codes of the proposed grouping, and the words in which
/// officers write them. Others may be typed too.
pub const FIELDS_OF_WORK: &[(&str, &str)] = &[
    ("TU_QUAN_KDC", "Tự quản khu dân cư"),
    ("DONG_HO", "Dòng họ"),
    ("GIAP_RANH", "Giáp ranh"),
    ("TON_GIAO", "Tôn giáo"),
    ("DAN_TOC_THIEU_SO", "Dân tộc thiểu số"),
    ("DOAN_THE", "Đoàn thể"),
    ("TRUONG_HOC", "Trường học"),
    ("CO_QUAN_DN", "Cơ quan, doanh nghiệp"),
    ("GIAO_THONG", "An toàn giao thông"),
    ("PCCC", "Phòng cháy, chữa cháy"),
    ("MA_TUY_TNXH", "Ma túy, tệ nạn xã hội"),
    ("TAI_HOA_NHAP", "Tái hòa nhập cộng đồng"),
    ("BIEN_GIOI", "Biên giới"),
    ("CONG_NGHE", "Camera, Zalo, công nghệ"),
    ("NONG_THON_MOI", "Nông thôn mới"),
    ("KHAC", "Lĩnh vực khác"),
];

const MODEL: &[FieldSpec] = &[
    f("name", "Tên mô hình", FieldType::Line),
    f("aliases", "Tên gọi khác", FieldType::Words(&[])),
    f("fields", "Lĩnh vực", FieldType::Words(FIELDS_OF_WORK)),
    f("objects", "Đối tượng", FieldType::Set(OBJECTS)),
    f("origin", "Nguồn gốc", FieldType::Code(ORIGINS)),
    f("lead", "Cơ quan chủ trì, tham mưu", FieldType::Line),
    f("founded_on", "Ngày xây dựng", FieldType::Date),
    f("goal", "Mục tiêu", FieldType::Text),
    f("content", "Nội dung", FieldType::Text),
    f("method", "Cách làm", FieldType::Text),
    f("decision_no", "Số quyết định công nhận", FieldType::Line),
    f("decision_date", "Ngày quyết định công nhận", FieldType::Date),
    f("ended_on", "Ngày chấm dứt", FieldType::Date),
    f("end_ground", "Lý do chấm dứt", FieldType::Code(END_GROUNDS)),
    TAKEN_BACK,
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
    TAKEN_BACK,
    f("ratings", "Xếp loại năm", FieldType::Map),
    f(CRITERIA, "Điểm tiêu chí xếp loại", FieldType::Map),
    hub("approved", "Xếp loại năm đã duyệt", FieldType::Map),
];

/// Why a document was taken out of its dossier. The link and its file stay, and can be traced; one edit that
/// clears this field brings it back.
pub const REMOVED: &str = "removed";

const DOCUMENT: &[FieldSpec] = &[
    f("record", "Thuộc bản ghi", FieldType::Fixed),
    f("document_kind", "Loại văn bản", FieldType::Fixed),
    f("hash", "Mã băm của tệp", FieldType::Fixed),
    f("name", "Tên tệp", FieldType::Fixed),
    f("bytes", "Dung lượng (byte)", FieldType::Fixed),
    f("number", "Số, ký hiệu", FieldType::Line),
    f("issued_on", "Ngày ban hành", FieldType::Date),
    f("issuer", "Cơ quan ban hành", FieldType::Line),
    f("subject", "Trích yếu", FieldType::Subject),
    f("signer_title", "Chức vụ người ký", FieldType::Line),
    f("signer", "Người ký", FieldType::Line),
    f("pages", "Số trang", FieldType::Count),
    f(REMOVED, "Đã gỡ khỏi hồ sơ vì", FieldType::Line),
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
