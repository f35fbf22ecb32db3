//! Công văn nhắc: what a unit owes by letter 4267, 1.d, since when, and what else is open there.

use keng_domain::letter::{Reminder, ReportOwed};
use keng_domain::rule_pack::DirectingLetter;
use keng_domain::rule_pack::after_colon;
use keng_domain::rules::submission::OpenItem;
use keng_domain::text;

use super::agency::{Agency, committee_of, in_sentence};
use super::{WORK, cited_in_full, head, open_item};
use crate::document::{Block, Document};
use crate::words::{clip, stamp};

/// The number of a letter of the steering committee that nobody has issued yet (R29).
const NUMBER: &str = "Số:      /BCĐ-NC";

/// Writes the letter.
pub fn compose(of: &Reminder) -> Document {
    let agency = Agency::of(&of.province);
    let superior = format!("UBND {}", agency.province);
    let issuer = format!("{} {}", of.order.committee_listed, agency.kind);
    let title = of.period.title();
    let subject = match of.report {
        ReportOwed::Missing { .. } | ReportOwed::Returned { .. } => {
            format!("V/v đôn đốc báo cáo kết quả {WORK} {title}")
        }
        ReportOwed::HandedIn => format!("V/v giải quyết nội dung còn tồn tại về {WORK} {title}"),
    };
    let mut blocks = vec![clause(&of.order), state(of, &agency)];
    blocks.extend(open(of));
    blocks.push(request(of, &agency));
    Document {
        cut_off: of.today,
        head: head(&superior, &issuer, NUMBER, Some(&agency.place)),
        kind: None,
        subject,
        addressees: vec![committee_of(&of.unit, &of.order)],
        blocks,
        signer: vec!["TM. BAN CHỈ ĐẠO".to_owned(), "TRƯỞNG BAN".to_owned()],
        secretary: None,
        recipients: vec![
            "Như trên".to_owned(),
            format!("{} (biết)", agency.committee),
            format!("{} (cơ quan thường trực)", agency.issuer),
            "Lưu: VT, BCĐ".to_owned(),
        ],
        annexes: Vec::new(),
    }
}

/// The clause in its own words, cited in full as it is the first time.
fn clause(order: &DirectingLetter) -> Block {
    let said = after_colon(order.quoted.reporting.as_deref());
    let said = if said.is_empty() { " việc báo cáo định kỳ" } else { &said };
    Block::paragraph(format!("Điểm 1.d {} quy định{said}.", cited_in_full(order)))
}

/// Deadline, and how the report stands.
fn state(of: &Reminder, agency: &Agency) -> Block {
    let (title, unit) = (of.period.title(), in_sentence(&of.unit));
    let due = format!("Báo cáo {title} phải gửi trước {}.", text::date_long(of.period.due()));
    let by = format!("đến hết {}", text::date_long(of.today));
    let late = |days: u64| format!("quá hạn {} ngày", text::padded(days));
    Block::paragraph(match &of.report {
        ReportOwed::Missing { days } => format!(
            "{due} Tuy nhiên, {by}, {} chưa nhận được báo cáo {title} của {unit}, {}.",
            agency.issuer,
            late(*days),
        ),
        ReportOwed::Returned { days, reason } => {
            let reason = reason.as_ref().map_or_else(String::new, |r| format!(" với lý do: {}", clip(r)));
            format!(
                "{due} {} đã trả lại báo cáo {title} của {unit}{reason}. Tuy nhiên, {by}, {unit} chưa trình lại, {}.",
                agency.issuer,
                late(*days),
            )
        }
        ReportOwed::HandedIn => format!(
            "{due} {} đã nhận được báo cáo {title} của {unit}. Tuy nhiên, {by} còn một số nội dung chưa được giải quyết.",
            agency.issuer,
        ),
    })
}

/// What is open at the unit, as far as the province has heard, with the clause of each.
fn open(of: &Reminder) -> Vec<Block> {
    let unit = in_sentence(&of.unit);
    let Some(received) = of.received else {
        return vec![Block::paragraph(format!("Đến nay cũng chưa nhận được số liệu nào của {unit}."))];
    };
    let heard = format!("Theo số liệu đã nhận của {unit} (lần gần nhất: {})", stamp(received));
    if of.open_items.is_empty() {
        return vec![Block::paragraph(format!("{heard}, không còn nội dung nào khác phải giải quyết."))];
    }
    let last = of.open_items.len() - 1;
    let item = |(i, item): (usize, &OpenItem)| {
        let end = if i == last { "." } else { ";" };
        Block::item(format!("{}{end}", open_item(item, &of.order)))
    };
    let mut blocks = vec![Block::paragraph(format!("{heard}, trên địa bàn còn:"))];
    blocks.extend(of.open_items.iter().enumerate().map(item));
    blocks
}

fn request(of: &Reminder, agency: &Agency) -> Block {
    let who = format!("{} {} đề nghị {}", of.order.committee, agency.kind, committee_of(&of.unit, &of.order));
    let title = of.period.title();
    let report = match of.report {
        ReportOwed::HandedIn => None,
        ReportOwed::Missing { .. } | ReportOwed::Returned { .. } => Some(format!(
            "khẩn trương gửi báo cáo {title} kèm mẫu thống kê về {} để tổng hợp, kể cả khi trong kỳ không phát sinh",
            agency.issuer,
        )),
    };
    let rest = (!of.open_items.is_empty() && of.received.is_some())
        .then(|| "giải quyết xong các nội dung còn tồn tại nêu trên".to_owned());
    let asks: Vec<String> = report.into_iter().chain(rest).collect();
    let asks = if asks.is_empty() {
        "tiếp tục thực hiện nghiêm công văn nêu trên".to_owned()
    } else {
        asks.join("; ")
    };
    Block::paragraph(format!("{who} {asks}./."))
}
