//! Công văn thông báo: the province makes known in all its units the models that it has selected from the nominations
//! of a quarter (letter 4267, 1.b), for them to study and replicate.

use keng_domain::letter::{Notice, NoticedModel, Unmet};
use keng_domain::rule_pack::Share;
use keng_domain::text;

use super::agency::{Agency, in_sentence, kinds_of};
use super::minutes::BLANK;
use super::nomination::condition;
use super::proposal::{MINISTRY, justification, sentence};
use super::work::work;
use super::{MOVEMENT, WORK, cited_in_full, counted, head_of_police};
use crate::document::{Block, Document};
use crate::words::{clip, percent_by, printable};

/// Writes the letter.
pub fn compose(of: &Notice) -> Document {
    let agency = Agency::of(&of.province);
    let quarter = of.quarter.title();
    Document {
        cut_off: of.today,
        head: head_of_police(&agency, &agency.letter_number()),
        kind: None,
        subject: format!("V/v thông báo mô hình trong {MOVEMENT} {quarter}"),
        addressees: vec![
            // As the letter abbreviates it: two addressees stand one a line (decree 30/2020, annex I, II.9.b).
            format!("Thành viên {} {}", of.order.committee_short(), agency.kind),
            format!("{} các {}", of.order.committee_short(), kinds_of(&of.units)),
        ],
        blocks: blocks(of, &agency),
        signer: vec!["GIÁM ĐỐC".to_owned()],
        secretary: None,
        recipients: vec![
            "Như trên".to_owned(),
            format!("{MINISTRY} (b/c)"),
            format!("{} (b/c)", agency.committee),
            "Lưu: VT, PV05".to_owned(),
        ],
        annexes: Vec::new(),
    }
}

fn blocks(of: &Notice, agency: &Agency) -> Vec<Block> {
    let models = counted(of.models.len() as u64, "mô hình");
    let mut blocks = vec![Block::paragraph(format!(
        "Thực hiện {} về việc {WORK} trong {MOVEMENT} và điểm 1.b {}, {} đã tổng hợp, nghiên cứu đề xuất {} của các \
         đơn vị, địa phương; lựa chọn, thông báo trên địa bàn {} {models} sau đây:",
        of.order.guide,
        cited_in_full(&of.order),
        agency.issuer,
        of.quarter.title(),
        agency.kind,
    ))];
    for (number, model) in (1..).zip(&of.models) {
        blocks.extend(one(number, model, of, agency));
    }
    blocks.push(Block::paragraph(format!(
        "{} đề nghị các đơn vị, địa phương nghiên cứu, vận dụng và nhân rộng {models} nêu trên phù hợp với tình hình \
         thực tế; kết quả nhân rộng báo cáo cùng báo cáo định kỳ theo điểm 1.d Công văn nêu trên./.",
        agency.issuer,
    )));
    blocks
}

/// A model: whose it is, how large, how it was rated, and what it does.
fn one(number: usize, of: &NoticedModel, notice: &Notice, agency: &Agency) -> Vec<Block> {
    let mut blocks = vec![Block::paragraph(format!(
        "{number}. Mô hình “{}”, được {}:",
        clip(&of.name),
        match of.by.as_slice() {
            [one] => format!("{} đề xuất theo trường hợp “{}”", in_sentence(&one.unit), printable(&one.case)),
            several => {
                let units: Vec<String> = several.iter().map(|by| in_sentence(&by.unit)).collect();
                format!("{} đề xuất", units.join(", "))
            }
        }
    ))];
    let is_shared = of.by.len() > 1;
    for by in &of.by {
        blocks.extend(is_shared.then(|| {
            Block::item(format!("{} đề xuất theo trường hợp “{}”.", printable(&by.unit), printable(&by.case)))
        }));
        blocks.extend(by.unmet.iter().flat_map(unmet));
        blocks.extend(is_shared.then(|| justification(by.justification.as_deref())).flatten());
    }
    blocks.extend([
        Block::item(format!(
            "Quy mô: đến hết {}, {} có {}, {}, {}.",
            text::date_long(notice.today),
            agency.everywhere,
            counted(of.size.points, "điểm"),
            counted(of.size.teams, "tổ"),
            counted(of.size.members, "thành viên"),
        )),
        Block::item(rated(of)),
    ]);
    blocks.extend(work(&of.work));
    if let [one] = of.by.as_slice() {
        blocks.extend(justification(one.justification.as_deref()));
    }
    blocks
}

/// What the model does not meet, and why it is made known all the same.
fn unmet(of: &Unmet) -> [Block; 2] {
    let why = of.reason.as_deref().filter(|why| !why.trim().is_empty());
    [
        condition(&of.condition),
        Block::item(format!("Lý do lựa chọn: {}", why.map_or_else(|| BLANK.to_owned(), sentence))),
    ]
}

/// The verdict with what it rests on (R9, R10).
fn rated(of: &NoticedModel) -> String {
    let year = of.rated_year;
    if of.tally.eligible == 0 {
        return format!("Kết quả xếp loại năm {year}: chưa có điểm nào đủ thời gian hoạt động để xếp loại.");
    }
    let (eligible, effective) = (u64::from(of.tally.eligible), u64::from(of.tally.effective));
    format!(
        "Kết quả xếp loại năm {year}: {} hiệu quả trên {} đủ thời gian hoạt động để xếp loại ({}); mô hình: {}.",
        counted(effective, "điểm"),
        counted(eligible, "điểm"),
        percent_by(effective, eligible, Share::HALF),
        of.verdict.label().to_lowercase(),
    )
}
