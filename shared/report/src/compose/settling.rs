//! Tờ trình of a unit: it asks its head to recognise a point that arose by itself, or to end one (letter 4267, 1.c,
//! second dash; R4, R5). What the point has brought, and whether the ground holds, no record tells: people write it.

use keng_domain::letter::settling::GROUNDS_OF_LETTER;
use keng_domain::letter::{Asked, SettlingProposal};
use keng_domain::rule_pack::after_colon;
use keng_domain::schema::END_GROUNDS;
use keng_domain::text;

use super::agency::{Agency, head_in_full, head_of, in_sentence};
use super::issuer::Issuer;
use super::minutes::{BLANK, BLANK_DAY};
use super::proposal::{NUMBER, unit_bases};
use super::work::work;
use super::{counted, head, reference};
use crate::document::{Block, Document};
use crate::words::{clip, printable};

/// Where it stands in the letter, which is cited above it.
const CLAUSE: &str = "theo điểm 1.c (gạch đầu dòng thứ hai) Công văn nêu trên";

/// Writes the proposal.
pub fn compose(of: &SettlingProposal) -> Document {
    let agency = Agency::of(&of.province);
    let Issuer { superior, issuer, place, signer, .. } = Issuer::of(&agency, &of.order, Some(&of.unit));
    let what = match of.asked {
        Asked::Recognition => "công nhận",
        Asked::End { .. } => "chấm dứt hoạt động",
    };
    Document {
        cut_off: of.today,
        head: head(&superior, &issuer, NUMBER, Some(&place)),
        kind: Some("TỜ TRÌNH".to_owned()),
        subject: format!("Về việc đề nghị {what} {}", point(of)),
        addressees: vec![head_of(&of.unit)],
        blocks: blocks(of, &issuer),
        signer: vec![signer.to_owned()],
        secretary: None,
        recipients: vec!["Như trên".to_owned(), format!("{} (b/c)", agency.issuer), "Lưu: VT, hồ sơ".to_owned()],
        annexes: Vec::new(),
    }
}

/// `điểm mô hình “Tiếng kẻng an ninh” tại Thôn Mô Pả, xã Đăk Hà`.
fn point(of: &SettlingProposal) -> String {
    let place = if of.place.is_empty() { String::new() } else { format!("{}, ", clip(&of.place)) };
    format!("điểm mô hình “{}” tại {place}{}", clip(&of.model), in_sentence(&of.area))
}

fn blocks(of: &SettlingProposal, issuer: &str) -> Vec<Block> {
    let mut blocks = unit_bases(&of.order);
    blocks.push(Block::paragraph(format!(
        "{issuer} kính trình {} xem xét, {}.",
        head_in_full(&of.unit, &of.order),
        asked(of)
    )));
    blocks.push(Block::paragraph(format!("1. Tình hình của điểm đến hết {}:", text::date_long(of.today))));
    blocks.extend(record(of).into_iter().map(Block::item));
    blocks.push(Block::paragraph("2. Mô hình:"));
    blocks.extend(work(&of.work));
    blocks.extend(why(of));
    blocks.extend(dossier(of));
    blocks.push(Block::paragraph(format!("{issuer} kính trình {} xem xét, quyết định./.", head_of(&of.unit))));
    blocks
}

/// The act that is asked for, with its clause; in the words of the clause where they are about it.
fn asked(of: &SettlingProposal) -> String {
    let (point, quoted) = (point(of), &of.order.quoted);
    match &of.asked {
        Asked::Recognition => {
            format!("ra quyết định công nhận {point} {CLAUSE}{}", after_colon(quoted.recognising.as_deref()))
        }
        Asked::End { ground, .. } => {
            let is_of_letter = ground.as_deref().is_some_and(|ground| GROUNDS_OF_LETTER.contains(&ground));
            let by = match (is_of_letter, of.spontaneous) {
                (true, _) => format!("{CLAUSE}{}", after_colon(quoted.ending.as_deref())),
                (false, true) => CLAUSE.to_owned(),
                // The second dash is about what arose by itself.
                (false, false) => "theo điểm 1.c Công văn nêu trên".to_owned(),
            };
            format!("ban hành văn bản chấm dứt hoạt động {point} {by}")
        }
    }
}

/// What the records say of the point.
fn record(of: &SettlingProposal) -> Vec<String> {
    let decision = of.size.decision.as_ref().map(reference);
    let origin = match (of.spontaneous, decision) {
        (true, None) => "Nguồn gốc: tự phát, chưa có quyết định công nhận.".to_owned(),
        (true, Some(decision)) => format!("Nguồn gốc: tự phát; {decision}."),
        (false, None) => "Quyết định thành lập: chưa ghi.".to_owned(),
        (false, Some(decision)) => format!("Thành lập theo {decision}."),
    };
    let rated = match &of.size.rated {
        Some((year, level)) => format!("Xếp loại gần nhất: năm {year}, {}.", printable(level)),
        None => "Xếp loại: chưa xếp loại năm nào.".to_owned(),
    };
    let (teams, members) = (counted(of.size.teams, "tổ"), counted(of.size.members, "thành viên"));
    let launched = of.launched_on.map(|day| format!("Ra mắt: {}.", text::date_long(day)));
    [origin].into_iter().chain(launched).chain([format!("Quy mô: {teams}, {members}."), rated]).collect()
}

/// What speaks for the act.
fn why(of: &SettlingProposal) -> Vec<Block> {
    match &of.asked {
        Asked::Recognition => {
            vec![Block::paragraph(format!("3. Hiệu quả hoạt động: {BLANK}"))]
        }
        Asked::End { ground, on } => {
            let label = ground.as_ref().map(|code| {
                let known = END_GROUNDS.iter().find(|(c, _)| c == code);
                known.map_or_else(|| clip(code), |(_, label)| (*label).to_owned())
            });
            let ground = label.map_or_else(|| BLANK.to_owned(), |label| format!("{label}."));
            let on = on.map_or_else(|| BLANK_DAY.to_owned(), text::date_long);
            vec![
                Block::paragraph(format!("3. Lý do chấm dứt: {ground}")),
                Block::item(format!("Chấm dứt kể từ {on}.")),
                Block::item(format!("Căn cứ xác định lý do: {BLANK}")),
            ]
        }
    }
}

/// What lies in the dossier of the point.
fn dossier(of: &SettlingProposal) -> Vec<Block> {
    if of.papers.is_empty() {
        return vec![Block::paragraph("4. Hồ sơ kèm theo: chưa có văn bản nào trong hồ sơ của điểm.")];
    }
    let papers = of.papers.iter().map(|paper| Block::item(format!("{}.", reference(paper))));
    std::iter::once(Block::paragraph("4. Hồ sơ kèm theo:")).chain(papers).collect()
}
