//! Fields of the records that the letter orders beside models and points (data dictionary, DOMAIN §9).

use super::spec::{f, hub};
use super::{FieldSpec, FieldType, OBJECTS, TAKEN_BACK};

/// Yes or no, as officers tick it.
pub const YES_NO: &[(&str, &str)] = &[("CO", "Có"), ("KHONG", "Không")];

/// The province has received a submission and taken it over.
pub const DECISION_ACCEPTED: &str = "ACCEPTED";
/// The province has sent it back, with a reason.
pub const DECISION_RETURNED: &str = "RETURNED";
/// What the province decides about a submission.
pub const DECISIONS: &[(&str, &str)] = &[(DECISION_ACCEPTED, "Đã nhận"), (DECISION_RETURNED, "Trả lại")];

/// The two cases of letter 4267, 1.b (R13): code at the command line, label.
pub const NOMINATION_CASES: &[(&str, &str)] =
    &[("tot", "Xếp loại Tốt, đã nhân rộng"), ("moi", "Mới, cách làm hay, sáng tạo")];

/// What the province decides about a nomination (data dictionary, `ket_qua`).
pub const NOMINATION_DECISIONS: &[(&str, &str)] = &[
    ("RECEIVED", "Tiếp nhận"),
    ("SELECTED", "Thông báo toàn tỉnh"),
    ("PROPOSED", "Đề nghị Bộ Công an thông báo"),
    ("RETURNED", "Trả lại"),
];

/// The three cases in which the province proposes a model to the Ministry (letter 4267, 2; R17).
pub const PROPOSAL_BASES: &[(&str, &str)] = &[
    ("dossier", "Hồ sơ đầy đủ, đúng hạn, có trong danh sách thống kê"),
    ("directive", "Có ý kiến chỉ đạo của cấp có thẩm quyền"),
    ("finding", "Qua sơ kết, tổng kết, kiểm tra, khảo sát thực tế thấy cần thiết"),
];

/// Collective or person (data dictionary, `loai` of `dien_hinh_tien_tien`).
pub const EXEMPLAR_KINDS: &[(&str, &str)] = &[("TAP_THE", "Tập thể"), ("CA_NHAN", "Cá nhân")];

/// Who recognised an exemplar (data dictionary, `cap`).
pub const EXEMPLAR_LEVELS: &[(&str, &str)] =
    &[("XA", "Cấp xã"), ("HUYEN", "Cấp huyện"), ("TINH", "Cấp tỉnh"), ("BO", "Bộ, ngành Trung ương")];

/// Forms of reward (data dictionary, `hinh_thuc_khen`).
pub const REWARDS: &[(&str, &str)] = &[
    ("GIAY_KHEN", "Giấy khen"),
    ("BANG_KHEN", "Bằng khen"),
    ("KY_NIEM_CHUONG", "Kỷ niệm chương"),
    ("CO_THI_DUA", "Cờ thi đua"),
];

/// Kinds of organisation (data dictionary, `loai` of `to_chuc`).
pub const ORGANISATION_KINDS: &[(&str, &str)] = &[
    ("BCD_TINH", "Ban Chỉ đạo tỉnh"),
    ("BCD_HUYEN", "Ban Chỉ đạo huyện, thành phố"),
    ("BCD_XA", "Ban Chỉ đạo xã, phường, thị trấn"),
    ("CONG_AN_TINH", "Công an tỉnh"),
    ("CONG_AN_HUYEN", "Công an huyện, thành phố"),
    ("CONG_AN_XA", "Công an xã, phường, thị trấn"),
    ("UBND", "Ủy ban nhân dân"),
    ("CO_QUAN", "Cơ quan"),
    ("DOANH_NGHIEP", "Doanh nghiệp"),
    ("CO_SO_GIAO_DUC", "Cơ sở giáo dục"),
    ("DOAN_THE", "Đoàn thể"),
    ("BO_CONG_AN_V05", "Cục V05, Bộ Công an"),
];

/// What the body that leads a model or point is called (data dictionary, `ban_dieu_hanh`).
pub const COMMITTEE_KINDS: &[(&str, &str)] =
    &[("BAN_CHI_DAO", "Ban Chỉ đạo"), ("BAN_CHU_NHIEM", "Ban chủ nhiệm"), ("BAN_DIEU_HANH", "Ban điều hành")];

/// The role of who leads a team.
pub const TEAM_LEADER: &str = "TO_TRUONG";

/// What a person does in a team or committee (data dictionary, `vai_tro` of `thanh_vien`).
pub const MEMBER_ROLES: &[(&str, &str)] = &[
    ("TRUONG_BAN", "Trưởng ban"),
    ("PHO_BAN", "Phó ban"),
    ("UY_VIEN", "Ủy viên"),
    (TEAM_LEADER, "Tổ trưởng"),
    ("TO_PHO", "Tổ phó"),
    ("THANH_VIEN", "Thành viên"),
];

/// How a model was looked at (letter 4267, 1.c and 2).
pub const SURVEY_KINDS: &[(&str, &str)] =
    &[("SO_KET", "Sơ kết"), ("TONG_KET", "Tổng kết"), ("KIEM_TRA", "Kiểm tra"), ("KHAO_SAT", "Khảo sát thực tế")];

/// States of a consolidated report (DOMAIN §9, `bao_cao`).
pub const EDITION_STATES: &[(&str, &str)] =
    &[("DRAFT", "Dự thảo"), ("SUBMITTED", "Đã trình ký"), ("ISSUED", "Đã ban hành"), ("REPLACED", "Đã được thay thế")];

/// The act and its evidence: when by the own clock, when the hub was last heard and how far the own
/// clock was off (DESIGN §4.6).
const HANDED_IN_AT: (&str, &str) = ("handed_in_at", "Trình lúc");
const LAST_CONTACT_AT: (&str, &str) = ("last_contact_at", "Liên lạc với tỉnh lần cuối");
const CLOCK_OFFSET: (&str, &str) = ("clock_offset_ms", "Đồng hồ máy lệch (mili giây)");
/// Written at the first contact after the act, where the clock was set meanwhile.
const CLOCK_OFFSET_AFTER: (&str, &str) = ("clock_offset_after_ms", "Đồng hồ máy lệch ở lần liên lạc sau (mili giây)");

pub(super) const SUBMISSION: &[FieldSpec] = &[
    f("unit", "Đơn vị", FieldType::Fixed),
    f("period", "Kỳ báo cáo", FieldType::Fixed),
    f(HANDED_IN_AT.0, HANDED_IN_AT.1, FieldType::Fixed),
    f(LAST_CONTACT_AT.0, LAST_CONTACT_AT.1, FieldType::Fixed),
    f(CLOCK_OFFSET.0, CLOCK_OFFSET.1, FieldType::Fixed),
    f(CLOCK_OFFSET_AFTER.0, CLOCK_OFFSET_AFTER.1, FieldType::Act),
    f("nothing", "Báo cáo không", FieldType::Fixed),
    f("figures", "Số liệu đã chốt", FieldType::Fixed),
    f("heads", "Điểm chốt", FieldType::Fixed),
    f("open_items", "Việc còn mở khi trình", FieldType::Fixed),
    f("replaces", "Thay bản đã trình", FieldType::Fixed),
    f("note", "Ghi chú", FieldType::Text),
    hub("decision", "Tỉnh quyết định", FieldType::Code(DECISIONS)),
    hub("decision_reason", "Lý do của tỉnh", FieldType::Text),
];

pub(super) const NOMINATION: &[FieldSpec] = &[
    f("unit", "Đơn vị", FieldType::Fixed),
    f("model", "Mô hình", FieldType::Fixed),
    f("quarter", "Quý", FieldType::Fixed),
    f("case", "Trường hợp", FieldType::Code(NOMINATION_CASES)),
    f("justification", "Lý do đề xuất", FieldType::Text),
    f(HANDED_IN_AT.0, HANDED_IN_AT.1, FieldType::Act),
    f(LAST_CONTACT_AT.0, LAST_CONTACT_AT.1, FieldType::Act),
    f(CLOCK_OFFSET.0, CLOCK_OFFSET.1, FieldType::Act),
    f(CLOCK_OFFSET_AFTER.0, CLOCK_OFFSET_AFTER.1, FieldType::Act),
    hub("decision", "Tỉnh quyết định", FieldType::Code(NOMINATION_DECISIONS)),
    hub("decided_hand_in", "Về lần trình lúc", FieldType::Act),
    hub("decision_reason", "Lý do của tỉnh", FieldType::Text),
    hub("basis", "Căn cứ đề nghị Bộ", FieldType::Code(PROPOSAL_BASES)),
    hub("basis_document", "Văn bản làm căn cứ", FieldType::Line),
];

pub(super) const ORGANISATION: &[FieldSpec] = &[
    f("unit", "Thuộc địa bàn", FieldType::Fixed),
    f("name", "Tên tổ chức", FieldType::Line),
    f("short_name", "Viết tắt", FieldType::Line),
    f("organisation_kind", "Loại", FieldType::Code(ORGANISATION_KINDS)),
    f("identifier", "Mã định danh", FieldType::Line),
    f("node", "Máy Kẻng", FieldType::Line),
    f("note", "Ghi chú", FieldType::Text),
    TAKEN_BACK,
];

pub(super) const EXEMPLAR: &[FieldSpec] = &[
    f("unit", "Xã, phường, thị trấn", FieldType::Fixed),
    f("name", "Họ tên, tên tập thể", FieldType::Line),
    f("exemplar_kind", "Loại", FieldType::Code(EXEMPLAR_KINDS)),
    f("address", "Địa chỉ", FieldType::Line),
    f("model", "Mô hình", FieldType::Record),
    f("achievement", "Thành tích", FieldType::Text),
    f("decision_no", "Số quyết định công nhận", FieldType::Line),
    f("decision_date", "Ngày quyết định", FieldType::Date),
    f("year", "Năm", FieldType::Year),
    f("level", "Cấp công nhận", FieldType::Code(EXEMPLAR_LEVELS)),
    f("reward", "Hình thức khen", FieldType::Code(REWARDS)),
    f("note", "Ghi chú", FieldType::Text),
    TAKEN_BACK,
];

pub(super) const COMMITTEE: &[FieldSpec] = &[
    f("unit", "Xã, phường, thị trấn", FieldType::Fixed),
    f("record", "Của mô hình, điểm", FieldType::Fixed),
    f("committee_kind", "Tên gọi", FieldType::Code(COMMITTEE_KINDS)),
    f("people", "Số người", FieldType::Count),
    f("decision_no", "Số quyết định thành lập, kiện toàn", FieldType::Line),
    f("decision_date", "Ngày quyết định", FieldType::Date),
    f("rules_no", "Số quy chế hoạt động", FieldType::Line),
    f("rules_date", "Ngày quy chế", FieldType::Date),
    f("note", "Ghi chú", FieldType::Text),
    TAKEN_BACK,
];

pub(super) const TEAM: &[FieldSpec] = &[
    f("unit", "Xã, phường, thị trấn", FieldType::Fixed),
    f("record", "Của điểm", FieldType::Fixed),
    f("name", "Tên tổ", FieldType::Line),
    f("members", "Số thành viên", FieldType::Count),
    f("ended_on", "Ngày thôi hoạt động", FieldType::Date),
    f("note", "Ghi chú", FieldType::Text),
    TAKEN_BACK,
];

/// A person, with as little as the work needs (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15): no number of
/// an identity card, no religion, no ethnicity. Role and days stay when the person is erased.
pub(super) const MEMBER: &[FieldSpec] = &[
    f("unit", "Xã, phường, thị trấn", FieldType::Fixed),
    f("record", "Của tổ, ban, điểm", FieldType::Fixed),
    f("name", "Họ và tên", FieldType::Personal),
    f("role", "Vai trò", FieldType::Code(MEMBER_ROLES)),
    f("phone", "Số điện thoại", FieldType::Personal),
    f("joined_on", "Từ ngày", FieldType::Date),
    f("left_on", "Đến ngày", FieldType::Date),
    TAKEN_BACK,
];

pub(super) const SURVEY: &[FieldSpec] = &[
    f("unit", "Xã, phường, thị trấn", FieldType::Fixed),
    f("record", "Của mô hình, điểm", FieldType::Fixed),
    f("survey_kind", "Hình thức", FieldType::Code(SURVEY_KINDS)),
    f("held_on", "Ngày", FieldType::Date),
    f("by", "Đơn vị thực hiện", FieldType::Line),
    f("finding", "Kết quả", FieldType::Text),
    f("remedy", "Kiến nghị, khắc phục", FieldType::Text),
    TAKEN_BACK,
];

pub(super) const ASSESSMENT: &[FieldSpec] = &[
    f("unit", "Xã, phường, thị trấn", FieldType::Fixed),
    f("year", "Năm", FieldType::Fixed),
    f("object", "Đối tượng", FieldType::Code(OBJECTS)),
    f("name", "Tên nơi được đánh giá", FieldType::Line),
    f("registered", "Đã đăng ký", FieldType::Code(YES_NO)),
    f("criteria", "Tiêu chí", FieldType::Map),
    f("remarks", "Ghi chú của tiêu chí", FieldType::Map),
    f("places", "Số nơi thuộc diện trong xã (thôn, cơ quan, doanh nghiệp, trường)", FieldType::Count),
    f("sub_units", "Số đơn vị trực thuộc", FieldType::Count),
    f("sub_units_good", "Trong đó đạt tiên tiến, hoàn thành tốt", FieldType::Count),
    f("recognised", "Cấp có thẩm quyền công nhận", FieldType::Code(YES_NO)),
    f("decision_no", "Số quyết định", FieldType::Line),
    f("decision_date", "Ngày quyết định", FieldType::Date),
    f("note", "Ghi chú", FieldType::Text),
    TAKEN_BACK,
];

pub(super) const SCORE: &[FieldSpec] = &[
    f("unit", "Xã, phường, thị trấn", FieldType::Fixed),
    f("year", "Năm", FieldType::Fixed),
    f("object", "Đối tượng", FieldType::Fixed),
    f("name", "Tên nơi được chấm", FieldType::Line),
    f("own", "Cơ sở tự chấm", FieldType::Map),
    f("above", "Cấp trên chấm", FieldType::Map),
    f("proposed_class", "Mức đề xuất phân loại", FieldType::Line),
    f("class", "Loại theo quyết định", FieldType::Line),
    f("decision_no", "Số quyết định", FieldType::Line),
    f("decision_date", "Ngày quyết định", FieldType::Date),
    f("note", "Ghi chú", FieldType::Text),
    TAKEN_BACK,
];

pub(super) const EDITION: &[FieldSpec] = &[
    hub("report_kind", "Loại báo cáo", FieldType::Fixed),
    hub("period", "Kỳ báo cáo", FieldType::Fixed),
    hub("lsn", "Đến mục", FieldType::Fixed),
    hub("root", "Gốc sổ cái", FieldType::Fixed),
    hub("pack", "Bộ quy tắc", FieldType::Fixed),
    hub("sha256", "Mã băm số liệu", FieldType::Fixed),
    hub("replaces", "Thay bản", FieldType::Fixed),
    hub("state", "Trạng thái", FieldType::Code(EDITION_STATES)),
    hub("number", "Số, ký hiệu", FieldType::Line),
    hub("issued_on", "Ngày ban hành", FieldType::Date),
];

/// The office that is called when a unit is late: no private number belongs here.
pub(super) const CONTACT: &[FieldSpec] = &[
    hub("unit", "Đơn vị", FieldType::Fixed),
    hub("of_catalogue", "Danh mục đơn vị", FieldType::Fixed),
    hub("officer", "Cán bộ đầu mối", FieldType::Line),
    hub("phone", "Điện thoại cơ quan", FieldType::Line),
];
