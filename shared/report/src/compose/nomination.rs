//! Tờ trình of a unit: it nominates a model to the province with its dossier (letter 4267, 1.b and 2; R13 to
//! R16). Whether the model is announced, the province decides.

use keng_domain::letter::UnitProposal;
use keng_domain::rules::nomination::Condition;
use keng_domain::text;

use super::agency::{Agency, in_sentence};
use super::issuer::Issuer;
use super::proposal::{NUMBER, annex, case, justification, row, unit_bases};
use super::{MOVEMENT, head};
use crate::document::{Block, Document};
use crate::words::{clip, printable};

/// What R13 to R16 ask, as the letter has it.
const CONDITIONS: [(&str, &str); 4] = [
    ("R13", "Tiêu chuẩn của mô hình (điểm 1.b)"),
    ("R14", "Hồ sơ (điểm 2)"),
    ("R15", "Thời hạn (điểm 1.b)"),
    ("R16", "Danh sách thống kê (điểm 2)"),
];

/// Writes the proposal of the unit.
pub fn compose(of: &UnitProposal) -> Document {
    let agency = Agency::of(&of.province);
    let Issuer { superior, issuer, place, signer, .. } = Issuer::of(&agency, &of.order, Some(&of.of.unit));
    let quarter = of.of.quarter.title();
    let mut blocks = unit_bases(&of.order);
    blocks.push(Block::paragraph(format!(
        "{issuer} kính đề nghị {} xem xét, thông báo mô hình “{}” được xây dựng, nhân rộng trên địa bàn {}, đề xuất {quarter}.",
        agency.issuer,
        clip(&of.name),
        in_sentence(&of.of.unit),
    )));
    blocks.push(Block::item(case(&of.of.case)));
    blocks.extend(justification(of.of.justification.as_deref()));
    blocks.push(Block::paragraph(format!("Kết quả tự kiểm tra các điều kiện đến hết {}:", text::date_long(of.today))));
    blocks.extend(of.checks.iter().map(|check| told(check.rule, check.holds, &check.sentence)));
    // Decree 30/2020, annex I, III.1.a: the text points to its annex.
    blocks.push(Block::paragraph(format!(
        "Danh mục hồ sơ của mô hình tại Phụ lục kèm theo. Kính trình {} xem xét, quyết định./.",
        agency.issuer,
    )));
    let rows = of.of.dossier.iter().zip(1_u64..).map(|(paper, number)| row(number, &of.name, paper));
    let rows = rows.collect();
    Document {
        cut_off: of.today,
        annexes: vec![annex(
            "Danh mục hồ sơ mô hình đề nghị thông báo",
            &issuer,
            rows,
            format!("Theo hồ sơ tại đơn vị đến hết {}.", text::date_long(of.today)),
        )],
        head: head(&superior, &issuer, NUMBER, Some(&place)),
        kind: Some("TỜ TRÌNH".to_owned()),
        subject: format!("Về việc đề nghị thông báo mô hình trong {MOVEMENT} {quarter}"),
        addressees: vec![agency.issuer],
        blocks,
        signer: vec![signer.to_owned()],
        secretary: None,
        recipients: vec!["Như trên".to_owned(), "Lưu: VT, hồ sơ".to_owned()],
    }
}

/// `Thời hạn (điểm 1.b): Đạt. Trình ngày …`
pub fn condition(of: &Condition) -> Block {
    told(of.rule, Some(of.holds), &of.sentence)
}

/// The same of a condition that may still be to come: `Thời hạn (điểm 1.b): Gửi trước ngày …`.
fn told(rule: &str, holds: Option<bool>, sentence: &str) -> Block {
    let what = CONDITIONS.iter().find(|(of, _)| *of == rule).map_or(rule, |(_, what)| what);
    let holds = match holds {
        Some(true) => "Đạt. ",
        Some(false) => "Chưa đạt. ",
        None => "",
    };
    Block::item(format!("{what}: {holds}{}", printable(sentence)))
}
