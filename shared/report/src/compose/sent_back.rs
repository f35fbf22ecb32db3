//! Công văn trả lại: the province sends a report or a nomination back with the clause, its reason, what to mend, and
//! until when. Where the deadline of the letter is over, the new one is for people to set.

use keng_domain::letter::{SentBack, SentBackWhat};
use keng_domain::rule_pack::after_colon;
use keng_domain::text;

use super::agency::{Agency, committee_of, in_sentence};
use super::minutes::{BLANK, BLANK_DAY};
use super::nomination::condition;
use super::{cited_in_full, head_of_police, open_item_with_remedy};
use crate::document::{Block, Document};
use crate::words::{clip, stamp};

/// Writes the letter.
pub fn compose(of: &SentBack) -> Document {
    let agency = Agency::of(&of.province);
    let subject = match &of.what {
        SentBackWhat::Report { period, .. } => format!("V/v trả lại báo cáo {}", period.title()),
        SentBackWhat::Nomination { quarter, .. } => format!("V/v trả lại đề xuất mô hình {}", quarter.title()),
    };
    Document {
        cut_off: of.today,
        head: head_of_police(&agency, &agency.letter_number()),
        kind: None,
        subject,
        addressees: vec![committee_of(&of.unit, &of.order)],
        blocks: blocks(of, &agency),
        signer: vec!["GIÁM ĐỐC".to_owned()],
        secretary: None,
        recipients: vec!["Như trên".to_owned(), "Lưu: VT, PV05".to_owned()],
        annexes: Vec::new(),
    }
}

fn blocks(of: &SentBack, agency: &Agency) -> Vec<Block> {
    let quoted = &of.order.quoted;
    let (point, words, about, mended) = match &of.what {
        SentBackWhat::Report { .. } => {
            ("1.d", &quoted.reporting, " việc báo cáo định kỳ", "trình lại kèm mẫu thống kê")
        }
        SentBackWhat::Nomination { .. } => {
            ("1.b", &quoted.nominating, " việc đề xuất mô hình hằng quý", "trình lại kèm hồ sơ mô hình")
        }
    };
    let said = after_colon(words.as_deref());
    let said = if said.is_empty() { about } else { &said };
    let what = named(of);
    let mut blocks = vec![
        Block::paragraph(format!("Điểm {point} {} quy định{said}.", cited_in_full(&of.order))),
        Block::paragraph(format!(
            "{0} đã nhận {what}, trình lúc {1} (giờ máy của đơn vị). Qua xem xét, {0} trả lại với lý do:",
            agency.issuer,
            stamp(of.handed_in_at),
        )),
    ];
    match of.reason.as_slice() {
        [] => blocks.push(Block::item(BLANK)),
        said => blocks.extend(said.iter().map(Block::item)),
    }
    blocks.extend(also(of));
    blocks.push(Block::paragraph(format!(
        "{} đề nghị {} bổ sung, hoàn chỉnh theo lý do nêu trên và {mended} về {} {}./.",
        agency.issuer,
        committee_of(&of.unit, &of.order),
        agency.issuer,
        until(of),
    )));
    blocks
}

/// `báo cáo năm 2022 của huyện Đăk Hà`.
fn named(of: &SentBack) -> String {
    let unit = in_sentence(&of.unit);
    match &of.what {
        SentBackWhat::Report { period, .. } => format!("báo cáo {} của {unit}", period.title()),
        SentBackWhat::Nomination { model, quarter, .. } => {
            format!("đề xuất thông báo mô hình “{}” {} của {unit}", clip(model), quarter.title())
        }
    }
}

/// What the records tell beside the reason.
fn also(of: &SentBack) -> Vec<Block> {
    let (title, items): (&str, Vec<Block>) = match &of.what {
        SentBackWhat::Report { open_items, .. } => (
            "Khi trình, trên địa bàn còn:",
            open_items.iter().map(|item| open_item_with_remedy(item, &of.order)).collect(),
        ),
        SentBackWhat::Nomination { failing, .. } => {
            ("Theo hồ sơ đã nhận, các điều kiện sau chưa đạt:", failing.iter().map(condition).collect())
        }
    };
    let title = (!items.is_empty()).then(|| Block::paragraph(title));
    title.into_iter().chain(items).collect()
}

/// Before which day: that of the letter while it lies ahead.
fn until(of: &SentBack) -> String {
    let due = of.what.period().due();
    let day = text::date_long(due);
    if of.today < due {
        format!("trước {day}")
    } else {
        format!("trước {BLANK_DAY} (hạn theo quy định là trước {day}, đã qua)")
    }
}
