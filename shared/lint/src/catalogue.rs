//! The rules by name, each with its place in the decree. `docs/technical/decree-30.md` lists where
//! each is checked and tested.

/// A rule and where the decree states it.
#[derive(Debug)]
pub struct Rule {
    /// Its name for programs; never used for another rule again.
    pub id: &'static str,
    /// Its place, as officers cite it.
    pub clause: &'static str,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal, $clause:literal;)*) => {
        $($(#[doc = $doc])* pub const $name: Rule =
            Rule { id: $id, clause: concat!("Nghị định 30/2020/NĐ-CP, ", $clause) };)*
    };
}

rules! {
    /// A4.
    PAGE_SIZE = "page-size", "Phụ lục I, Phần I, Mục I, khoản 1";
    /// Upright, or on its side for tables.
    ORIENTATION = "page-orientation", "Phụ lục I, Phần I, Mục I, khoản 2";
    /// 20–25, 20–25, 30–35, 15–20 mm.
    MARGIN = "page-margin", "Phụ lục I, Phần I, Mục I, khoản 3";
    /// Times New Roman.
    FONT = "font", "Phụ lục I, Phần I, Mục I, khoản 4";
    /// A PDF carries its letters along.
    FONT_EMBEDDED = "font-embedded", "Phụ lục I, Phần I, Mục I, khoản 4";
    /// Black.
    COLOUR = "colour", "Phụ lục I, Phần I, Mục I, khoản 4";
    /// Arabic, 13–14, upright, centred in the top margin, from 1.
    PAGE_NUMBER = "page-number", "Phụ lục I, Phần I, Mục I, khoản 7";
    /// Not shown on the first page.
    PAGE_NUMBER_FIRST = "page-number-first", "Phụ lục I, Phần I, Mục I, khoản 7";
    /// Each annex counts its own pages.
    PAGE_NUMBER_ANNEX = "page-number-annex", "Phụ lục I, Phần I, Mục III, khoản 1, điểm đ";
    /// Quốc hiệu.
    NATION = "nation", "Phụ lục I, Phần I, Mục II, khoản 1, điểm a";
    /// Tiêu ngữ.
    MOTTO = "motto", "Phụ lục I, Phần I, Mục II, khoản 1, điểm b";
    /// The agency above the issuer.
    SUPERIOR = "superior", "Phụ lục I, Phần I, Mục II, khoản 2, điểm b";
    /// The issuing agency.
    ISSUER = "issuer", "Phụ lục I, Phần I, Mục II, khoản 2, điểm b";
    /// Số, ký hiệu.
    NUMBER = "number", "Phụ lục I, Phần I, Mục II, khoản 3, điểm c";
    /// Days and months below ten.
    DATE_ZERO = "date-zero", "Phụ lục I, Phần I, Mục II, khoản 4, điểm b";
    /// Place and date.
    PLACE_DATE = "place-date", "Phụ lục I, Phần I, Mục II, khoản 4, điểm c";
    /// Tên loại.
    TYPE = "type", "Phụ lục I, Phần I, Mục II, khoản 5, điểm b";
    /// Trích yếu.
    SUBJECT = "subject", "Phụ lục I, Phần I, Mục II, khoản 5, điểm b";
    /// Trích yếu of a letter.
    REGARDING = "regarding", "Phụ lục I, Phần I, Mục II, khoản 5, điểm b";
    /// Căn cứ.
    BASIS = "basis", "Phụ lục I, Phần I, Mục II, khoản 6, điểm a";
    /// Parts, sections, clauses: numbers and letters.
    HEADING = "heading", "Phụ lục I, Phần I, Mục II, khoản 6, điểm đ";
    /// a b c d đ e g h i k l m n …
    LETTERS = "letters", "Phụ lục I, Phần I, Mục II, khoản 6, điểm đ";
    /// Size and slope of the text.
    TEXT = "text", "Phụ lục I, Phần I, Mục II, khoản 6, điểm e";
    /// Justified.
    TEXT_ALIGN = "text-align", "Phụ lục I, Phần I, Mục II, khoản 6, điểm e";
    /// 1 or 1,27 cm.
    TEXT_INDENT = "text-indent", "Phụ lục I, Phần I, Mục II, khoản 6, điểm e";
    /// At least 6 pt.
    TEXT_GAP = "text-gap", "Phụ lục I, Phần I, Mục II, khoản 6, điểm e";
    /// From single to 1,5.
    LINE_SPACING = "line-spacing", "Phụ lục I, Phần I, Mục II, khoản 6, điểm e";
    /// The mark after the last word.
    END_MARK = "end-mark", "Phụ lục III, Mục II (các mẫu trình bày văn bản)";
    /// Quyền hạn, chức vụ.
    AUTHORITY = "authority", "Phụ lục I, Phần I, Mục II, khoản 7, điểm đ";
    /// Họ tên.
    SIGNER = "signer", "Phụ lục I, Phần I, Mục II, khoản 7, điểm c và đ";
    /// Kính gửi.
    ADDRESSEES = "addressees", "Phụ lục I, Phần I, Mục II, khoản 9, điểm d";
    /// The words "Nơi nhận".
    RECIPIENTS_HEAD = "recipients-head", "Phụ lục I, Phần I, Mục II, khoản 9, điểm d";
    /// The list under them.
    RECIPIENTS = "recipients", "Phụ lục I, Phần I, Mục II, khoản 9, điểm d";
    /// Its last line.
    ARCHIVE = "archive", "Phụ lục I, Phần I, Mục II, khoản 9, điểm d";
    /// Annexes are named in the text and numbered in Roman.
    ANNEX_NUMBER = "annex-number", "Phụ lục I, Phần I, Mục III, khoản 1, điểm a";
    /// The word "Phụ lục" and the annex's title.
    ANNEX_HEADING = "annex-heading", "Phụ lục I, Phần I, Mục III, khoản 1, điểm b";
    /// (Kèm theo …).
    ANNEX_REFERENCE = "annex-reference", "Phụ lục I, Phần I, Mục III, khoản 1, điểm c";
    /// No stamp of secrecy (rule R32): such a paper has no place in Kẻng at all.
    SECRECY = "secrecy", "Phụ lục I, Phần I, Mục III, khoản 2, điểm a";
    /// Hỏa tốc, thượng khẩn, khẩn.
    URGENCY = "urgency", "Phụ lục I, Phần I, Mục III, khoản 2, điểm b";
    /// Lưu hành nội bộ, xem xong trả lại.
    CIRCULATION = "circulation", "Phụ lục I, Phần I, Mục III, khoản 2, điểm c";
    /// Who drafted it, and how many copies.
    DRAFTER = "drafter", "Phụ lục I, Phần I, Mục III, khoản 3";
}
