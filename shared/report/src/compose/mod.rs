//! What papers say: every sentence and every table, from the figures or the records alone.

mod agency;
pub mod annex;
mod body;
mod changes;
mod contest;
mod issuer;
mod minutes;
pub mod movement;
mod nomination;
mod notice;
mod proposal;
mod rating;
mod receipt;
mod reminder;
mod score;
mod sent_back;
mod settling;
mod situation;
mod unit_report;
mod verdicts;
mod work;

use keng_domain::figures::{Cut, Figures};
use keng_domain::letter::{Letter, Paper};
use keng_domain::rule_pack::DirectingLetter;
use keng_domain::rules::submission::OpenItem;
use keng_domain::schema::SUBJECT_CHARS_MAX;
use keng_domain::text;

use crate::document::{Block, Document, Head};
use crate::words::{clip, clip_to, printable};
use agency::Agency;
pub use changes::change_lines;
pub use situation::{comparison, unrated_points};

/// The number of a report that nobody has issued yet (decree 30/2020, Article 15; rule R29).
const BLANK_NUMBER: &str = "Số:      /BC-…";
/// The date of a report that nobody has issued yet.
const BLANK_DATE: &str = "ngày      tháng      năm      ";
/// What the movement is called in titles.
const MOVEMENT: &str = "phong trào toàn dân bảo vệ an ninh Tổ quốc";
/// What the letter is about.
const WORK: &str = "xây dựng, nhân rộng mô hình, điển hình tiên tiến";

/// Writes the report of `figures`.
pub fn compose(figures: &Figures) -> Document {
    let figures = &*figures.as_printed();
    let agency = Agency::of(&figures.province.name);
    let annexes = annex::annexes(figures, &agency);
    Document {
        cut_off: figures.cut.cut_off,
        head: head_of_police(&agency, BLANK_NUMBER),
        kind: Some("BÁO CÁO".to_owned()),
        subject: format!("Kết quả {}", subject(figures)),
        addressees: vec!["Bộ Công an (Cục V05)".to_owned(), agency.committee.clone()],
        blocks: body::blocks(figures, &agency, annex::pointer(&annexes)),
        signer: vec!["GIÁM ĐỐC".to_owned()],
        secretary: None,
        recipients: vec![
            "Như trên".to_owned(),
            format!("Thường trực {} (b/c)", agency.party),
            figures.letter.committee_listed.clone(),
            "Lưu: VT, PV05".to_owned(),
        ],
        annexes: annexes.into_iter().map(|(_, annex)| annex).collect(),
    }
}

/// Writes one of the other papers.
pub fn compose_letter(letter: &Letter) -> Document {
    match letter {
        Letter::Reminder(reminder) => reminder::compose(reminder),
        Letter::Proposal(proposal) => proposal::compose(proposal),
        Letter::Nomination(proposal) => nomination::compose(proposal),
        Letter::Minutes(minutes) => minutes::compose(minutes),
        Letter::Rating(minutes) => rating::compose(minutes),
        Letter::Score(sheet) => score::compose(sheet),
        Letter::Report(report) => unit_report::compose(report),
        Letter::Notice(notice) => notice::compose(notice),
        Letter::SentBack(returned) => sent_back::compose(returned),
        Letter::Settling(proposal) => settling::compose(proposal),
    }
}

/// The head of a paper; `place` where the paper has place and date in it.
fn head(superior: &str, issuer: &str, number: &str, place: Option<&str>) -> Head {
    Head {
        superior: superior.to_uppercase(),
        issuer: issuer.to_uppercase(),
        issuer_in_text: issuer.to_owned(),
        number: number.to_owned(),
        nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".to_owned(),
        motto: "Độc lập - Tự do - Hạnh phúc".to_owned(),
        place_and_date: place.map(|place| format!("{place}, {BLANK_DATE}")),
    }
}

/// The head of what the police of the province issue.
fn head_of_police(agency: &Agency, number: &str) -> Head {
    head("Bộ Công an", &agency.issuer, number, Some(&agency.place))
}

/// The letter as it is referred to the first time.
fn cited_in_full(order: &DirectingLetter) -> String {
    format!("{} về việc {}", order.with_issuer(), order.subject)
}

/// A document as it is referred to the first time: kind, number, date, issuer, subject (decree
/// 30/2020, annex I, II.6.b), as far as somebody has entered them; without a number its file.
fn reference(paper: &Paper) -> String {
    let kind = clip(&paper.kind);
    let Some(number) = &paper.number else { return format!("{kind} (tệp {})", clip(&paper.file)) };
    let part = |before: &str, of: Option<String>| of.map_or_else(String::new, |text| format!(" {before}{text}"));
    format!(
        "{kind} số {}{}{}{}",
        clip(number),
        part("", paper.issued_on.map(text::date_long)),
        part("của ", paper.issuer.as_deref().map(clip)),
        part("về việc ", paper.subject.as_deref().map(|text| clip_to(text, SUBJECT_CHARS_MAX))),
    )
}

/// What the report is about, as it stands in sentences: letter 4267, 1.d with the period.
fn subject(figures: &Figures) -> String {
    format!("công tác {WORK} trong {MOVEMENT} {}", printable(&figures.title))
}

/// `Theo kết quả xếp loại năm 2021: `, the year by which models are judged.
fn by_year(figures: &Figures) -> String {
    let year = figures.rated.as_ref().map_or(figures.year, |r| r.rated_year);
    format!("Theo kết quả xếp loại năm {year}: ")
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

/// `06 điểm chưa xếp loại năm (công văn …)`: what is open, with the clause that asks for it.
fn open_item(item: &OpenItem, order: &DirectingLetter) -> String {
    let n = text::padded(u64::from(item.points));
    match item.kind() {
        Some(kind) => {
            let clause =
                kind.clause.map_or_else(String::new, |place| format!(" ({})", order.clause_in_sentence(place)));
            format!("{n} {}{clause}", kind.what)
        }
        None => format!("{n} điểm: {}", printable(&item.code)),
    }
}

/// [`open_item`] as a line, with what to do.
fn open_item_with_remedy(item: &OpenItem, order: &DirectingLetter) -> Block {
    let remedy = item.kind().map_or_else(String::new, |kind| format!(" Hướng giải quyết: {}.", kind.remedy));
    Block::item(format!("{}.{remedy}", open_item(item, order)))
}

/// `02 mô hình`.
fn counted(n: impl Into<u64>, of: &str) -> String {
    format!("{} {of}", text::padded(n.into()))
}

#[cfg(test)]
mod tests {
    use super::{Paper, counted, reference, short_root};

    #[test]
    fn counts_in_prose_are_padded() {
        assert_eq!([counted(2_u32, "mô hình"), counted(1_394_u64, "tổ")], ["02 mô hình", "1.394 tổ"]);
    }

    #[test]
    fn a_document_is_cited_with_its_whole_subject() {
        let paper = Paper {
            kind: "Kế hoạch".into(),
            number: Some("12/KH-BCĐ".into()),
            issued_on: "2022-03-07".parse().ok(),
            issuer: Some("UBND huyện".into()),
            subject: Some("ặ".repeat(500)),
            file: "a.pdf".into(),
        };
        let whole =
            format!("Kế hoạch số 12/KH-BCĐ ngày 07 tháng 3 năm 2022 của UBND huyện về việc {}", "ặ".repeat(500));
        assert_eq!(reference(&paper), whole);
    }

    #[test]
    fn a_root_is_shortened_for_paper() {
        assert_eq!(short_root(&"a1".repeat(32)), "a1a1a1a1a1a1a1a1");
        assert_eq!(short_root("a1"), "a1");
    }
}
