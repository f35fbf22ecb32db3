//! Báo cáo: what a unit hands in each half-year and year with its statistics form (letter 4267, 1.d). Its
//! figures are those of the hand-in; what a model comes to over all units is the province's to say (R11).

use keng_domain::letter::{ReportedModel, UnitReport};
use keng_domain::text;

use super::agency::{Agency, in_sentence};
use super::issuer::Issuer;
use super::rating::INTERIM;
use super::{BLANK_DATE, BLANK_NUMBER, MOVEMENT, WORK, counted, head, open_item_with_remedy};
use crate::document::{Annex, Block, Cell, Column, Document, Row, Table};
use crate::words::stamp;

/// Writes the report.
pub fn compose(of: &UnitReport) -> Document {
    let agency = Agency::of(&of.province);
    let Issuer { superior, issuer, place, signer, .. } = Issuer::of(&agency, &of.order, Some(&of.unit));
    Document {
        cut_off: of.period.cut_off,
        head: head(&superior, &issuer, BLANK_NUMBER, Some(&place)),
        kind: Some("BÁO CÁO".to_owned()),
        subject: format!("Kết quả {}", work(of)),
        addressees: vec![agency.issuer.clone()],
        blocks: if of.nothing { vec![nothing(of, &issuer)] } else { blocks(of, &issuer) },
        signer: vec![signer.to_owned()],
        secretary: None,
        recipients: vec!["Như trên".to_owned(), "Lưu: VT, hồ sơ".to_owned()],
        annexes: if of.nothing { Vec::new() } else { vec![models(of, &issuer)] },
    }
}

/// What it is about, as it stands in sentences.
fn work(of: &UnitReport) -> String {
    format!("công tác {WORK} trong {MOVEMENT} {}", of.period.title())
}

/// A report of nothing is one sentence.
fn nothing(of: &UnitReport, issuer: &str) -> Block {
    Block::paragraph(format!(
        "Thực hiện điểm 1.d {}, {issuer} báo cáo: trong kỳ báo cáo {}, trên địa bàn {} không phát sinh nội dung phải \
         báo cáo (báo cáo không, trình lúc {})./.",
        of.order.cited(),
        of.period.title(),
        in_sentence(&of.unit),
        stamp(of.handed_in_at),
    ))
}

fn blocks(of: &UnitReport, issuer: &str) -> Vec<Block> {
    let mut blocks = vec![Block::paragraph(format!(
        "Thực hiện điểm 1.d {}, {issuer} báo cáo kết quả {} như sau:",
        of.order.cited(),
        work(of)
    ))];
    blocks.extend(results(of));
    blocks.extend(open(of));
    // Decree 30/2020, annex I, III.1.a: the text points to its annex.
    blocks.push(Block::paragraph("3. Thống kê từng mô hình tại Phụ lục kèm theo."));
    blocks.push(Block::paragraph(format!(
        "Số liệu chốt hết {}, trình lúc {} (giờ máy của đơn vị); hạn báo cáo: trước {}./.",
        text::date_long(of.as_of),
        stamp(of.handed_in_at),
        text::date_long(of.period.due()),
    )));
    blocks
}

/// The sums of the unit (R1 to R7, R9, R11).
fn results(of: &UnitReport) -> Vec<Block> {
    let t = &of.totals;
    let [eligible, effective, unrated] = [3, 4, 5].map(|column| sum(of, column));
    let mut blocks = vec![Block::paragraph(format!(
        "1. Kết quả: Đến hết {}, trên địa bàn {} có {} với {}, {}, {}. Trong kỳ có {}, {}.",
        text::date_long(of.as_of),
        in_sentence(&of.unit),
        counted(t.models, "mô hình"),
        counted(t.points, "điểm"),
        counted(t.teams, "tổ"),
        counted(t.members, "thành viên"),
        counted(t.new_points, "điểm mới"),
        counted(t.ended, "điểm chấm dứt hoạt động"),
    ))];
    if t.points > 0 {
        blocks.push(Block::paragraph(format!(
            "Trong số điểm nêu trên, {} đủ thời gian hoạt động để xếp loại; {} xếp loại hiệu quả; {} chưa xếp loại.",
            counted(eligible, "điểm"),
            counted(effective, "điểm"),
            counted(unrated, "điểm"),
        )));
        blocks.push(Block::paragraph(format!(
            "{INTERIM}: {} hiệu quả, {} chưa hiệu quả, {} chưa đủ căn cứ, {} chưa đánh giá.",
            counted(t.effective_models, "mô hình"),
            counted(t.not_effective_models, "mô hình"),
            counted(t.undetermined_models, "mô hình"),
            counted(t.not_rated_models, "mô hình"),
        )));
    }
    if t.spontaneous_pending > 0 {
        blocks.push(Block::paragraph(format!(
            "Còn {} chờ công nhận hoặc chấm dứt hoạt động, không tính vào các số liệu trên.",
            counted(t.spontaneous_pending, "điểm tự phát")
        )));
    }
    blocks
}

/// What was open when it was handed in, with clause and remedy.
fn open(of: &UnitReport) -> Vec<Block> {
    if of.open_items.is_empty() {
        return vec![Block::paragraph("2. Tồn tại: Không còn nội dung nào chưa giải quyết.")];
    }
    let title = Block::paragraph("2. Tồn tại, hướng giải quyết:");
    std::iter::once(title).chain(of.open_items.iter().map(|item| open_item_with_remedy(item, &of.order))).collect()
}

/// The sum of a column; what another program has written there may be no number of points.
fn sum(of: &UnitReport, column: usize) -> u64 {
    of.models.iter().fold(0, |sum, model| sum.saturating_add(model.counts[column]))
}

/// The statistics form, a row for each model.
fn models(of: &UnitReport, issuer: &str) -> Annex {
    let mut number = 0;
    let mut rows: Vec<Row> = Vec::with_capacity(of.models.len() + 1);
    for ReportedModel { name, counts } in &of.models {
        // As in the province's form: a model without counted points is listed, but is no model of the total.
        number += u64::from(counts[0] > 0);
        let tt = if counts[0] > 0 { number.into() } else { Cell::blank() };
        rows.push(Row::plain([tt, Cell::text(name)].into_iter().chain(counts.map(Cell::from)).collect()));
    }
    if !rows.is_empty() {
        let sums = (0..6).map(|column| Cell::from(sum(of, column)));
        rows.push(Row::total([Cell::blank(), Cell::text("Tổng số")].into_iter().chain(sums).collect()));
    }
    let mark = BLANK_NUMBER.trim_start_matches("Số:").trim_end();
    Annex {
        label: "Phụ lục".to_owned(),
        title: format!("Thống kê mô hình trong {MOVEMENT} {}", of.period.title()).to_uppercase(),
        reference: format!("(Kèm theo Báo cáo số{mark} {BLANK_DATE}của {issuer})"),
        table: Table {
            sheet: "Mô hình".to_owned(),
            caption: "Thống kê mô hình".to_owned(),
            columns: vec![
                Column::narrow("TT", 10),
                Column::wide("Mô hình", 90),
                Column::narrow("Điểm", 20),
                Column::narrow("Tổ", 20),
                Column::narrow("Thành viên", 24),
                Column::narrow("Đủ thời gian", 24),
                Column::narrow("Hiệu quả", 24),
                Column::narrow("Chưa xếp loại", 24),
            ],
            rows,
        },
        note: format!("Số liệu chốt hết {}, trình lúc {}.", text::date_long(of.as_of), stamp(of.handed_in_at)),
    }
}
