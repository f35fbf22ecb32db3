//! The text of the report: sections I to VI.

use keng_domain::figures::{Figures, Issued};
use keng_domain::text;

use super::agency::Agency;
use super::{contest, counted, cut_sentence, movement, receipt, situation, subject, verdicts};
use crate::document::{Block, Cell, Column, Row, Table};
use crate::words::{clip, printable};

/// All sections in order; `annexes` is the sentence that points to the annexes.
pub fn blocks(figures: &Figures, agency: &Agency, annexes: String) -> Vec<Block> {
    let mut blocks = vec![introduction(figures, agency)];
    blocks.extend(figures.replaces.as_ref().map(replaces));
    let sections = [
        situation::section(figures, agency),
        verdicts::section(figures),
        movement::section(figures),
        receipt::section(figures),
        contest::section(figures),
        checks(figures),
    ];
    blocks.extend(sections.into_iter().flatten());
    blocks.push(Block::paragraph(annexes));
    blocks.push(Block::paragraph(cut_sentence(&figures.cut)));
    blocks.extend(assumed(figures));
    blocks.push(Block::paragraph(format!(
        "Trên đây là báo cáo kết quả {}, {} kính báo cáo./.",
        subject(figures),
        agency.issuer
    )));
    blocks
}

fn introduction(figures: &Figures, agency: &Agency) -> Block {
    Block::paragraph(format!(
        "Thực hiện {} về việc {} và {}, {} báo cáo kết quả {} (từ {} đến hết {}) như \
         sau:",
        figures.letter.cited(),
        figures.letter.subject,
        figures.letter.guide,
        agency.issuer,
        printable(&figures.title),
        text::date_long(figures.from),
        text::date_long(figures.cut.cut_off),
    ))
}

/// Decree 30/2020, Article 18.3: a correction says which report it stands for.
fn replaces(issued: &Issued) -> Block {
    Block::paragraph(format!(
        "Báo cáo này thay thế Báo cáo số {} {}.",
        clip(&issued.number),
        text::date_long(issued.issued_on)
    ))
}

/// What the figures rest on and no text fixes: who signs has to know it.
fn assumed(figures: &Figures) -> Option<Block> {
    let of = |line: &String| printable(line);
    let all: Vec<String> = figures.assumptions.iter().map(of).collect();
    let said = || {
        format!(
            "Tham số chưa thấy văn bản nào quy định, tỉnh tạm áp dụng theo bộ quy tắc {}: {}.",
            printable(&figures.cut.rule_pack),
            all.join("; ")
        )
    };
    (!all.is_empty()).then(|| Block::paragraph(said()))
}

/// R20: sums that must agree, counted both ways.
fn checks(figures: &Figures) -> Vec<Block> {
    let broken = figures.reconciliation.iter().filter(|line| !line.holds).count();
    let result = match broken {
        0 => "Các số liệu đối chiếu đều khớp.".to_owned(),
        n => format!("Có {} đối chiếu không khớp, cần kiểm tra lại.", counted(n as u64, "nội dung")),
    };
    let rows = figures.reconciliation.iter().enumerate().map(|(i, line)| {
        Row::plain(vec![
            Cell::from(i as u64 + 1),
            Cell::text(&line.what),
            Cell::text(&line.left),
            Cell::text(&line.right),
            Cell::text(if line.holds { "Khớp" } else { "Không khớp" }),
        ])
    });
    let table = Table {
        sheet: "Đối chiếu".to_owned(),
        caption: "Đối chiếu số liệu".to_owned(),
        columns: vec![
            Column::narrow("TT", 6),
            Column::wide("Nội dung đối chiếu", 46),
            Column::narrow("Vế thứ nhất", 18),
            Column::narrow("Vế thứ hai", 14),
            Column::narrow("Kết quả", 14),
        ],
        rows: rows.collect(),
    };
    vec![Block::heading("VI. ĐỐI CHIẾU SỐ LIỆU"), Block::paragraph(result), Block::Table { table }]
}
