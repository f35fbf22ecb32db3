//! What a report says: every sentence and every table, from the figures alone.

mod agency;
pub mod annex;
mod body;
mod changes;
mod contest;

use keng_domain::figures::{Cut, Figures};
use keng_domain::text;

use crate::document::{Document, Head};
use crate::words::printable;
use agency::Agency;
pub use body::unrated_points;

/// The number of a report that nobody has issued yet (decree 30/2020, Article 15; rule R29).
const BLANK_NUMBER: &str = "Số:      /BC-…";
/// The date of a report that nobody has issued yet.
const BLANK_DATE: &str = "ngày      tháng      năm      ";
/// What the movement is called in titles.
const MOVEMENT: &str = "phong trào toàn dân bảo vệ an ninh Tổ quốc";

/// Writes the report of `figures`.
pub fn compose(figures: &Figures) -> Document {
    let agency = Agency::of(&figures.province.name);
    Document {
        cut_off: figures.cut.cut_off,
        head: Head {
            superior: "BỘ CÔNG AN".to_owned(),
            issuer: agency.issuer.to_uppercase(),
            issuer_in_text: agency.issuer.clone(),
            number: BLANK_NUMBER.to_owned(),
            nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".to_owned(),
            motto: "Độc lập - Tự do - Hạnh phúc".to_owned(),
            place_and_date: format!("{}, {BLANK_DATE}", agency.place),
        },
        kind: "BÁO CÁO".to_owned(),
        subject: format!("Kết quả {}", subject(figures)),
        addressees: vec!["Bộ Công an (Cục V05)".to_owned(), agency.committee.clone()],
        blocks: body::blocks(figures, &agency),
        signer: "GIÁM ĐỐC".to_owned(),
        recipients: vec![
            "Như trên".to_owned(),
            format!("Thường trực {} (b/c)", agency.party),
            "Ban Chỉ đạo PCTP, TNXH và xây dựng phong trào toàn dân BVANTQ".to_owned(),
            "Lưu: VT, PV05".to_owned(),
        ],
        annexes: annex::annexes(figures, &agency),
    }
}

/// What the report is about, as it stands in sentences: letter 4267, 1.d with the period.
fn subject(figures: &Figures) -> String {
    format!("công tác xây dựng, nhân rộng mô hình, điển hình tiên tiến trong {MOVEMENT} {}", printable(&figures.title))
}

/// What the report saw, in one sentence: the same cut gives the same report (I7).
pub fn cut_sentence(cut: &Cut) -> String {
    format!(
        "Số liệu chốt hết {}; sổ cái đến mục số {}, gốc {}; bộ quy tắc {}.",
        text::date_long(cut.cut_off),
        text::thousands(cut.lsn.0),
        short_root(&cut.root),
        printable(&cut.rule_pack),
    )
}

/// Sixteen hexadecimal digits tell two logs apart on paper; all sixty-four are in the JSON.
fn short_root(root: &str) -> String {
    printable(root).chars().take(16).collect()
}

/// `02 mô hình`.
fn counted(n: impl Into<u64>, of: &str) -> String {
    format!("{} {of}", text::padded(n.into()))
}

#[cfg(test)]
mod tests {
    use super::{counted, short_root};

    #[test]
    fn counts_in_prose_are_padded() {
        assert_eq!([counted(2_u32, "mô hình"), counted(1_394_u64, "tổ")], ["02 mô hình", "1.394 tổ"]);
    }

    #[test]
    fn a_root_is_shortened_for_paper() {
        assert_eq!(short_root(&"a1".repeat(32)), "a1a1a1a1a1a1a1a1");
        assert_eq!(short_root("a1"), "a1");
    }
}
