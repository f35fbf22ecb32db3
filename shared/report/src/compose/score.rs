//! Bảng chấm điểm: the movement's score of one place and year in the three columns that officers know
//! (QĐ 510/QĐ-BCA-V05; R28). It adds up what two levels have scored; what the place is classified as, people
//! decide.

use keng_domain::letter::ScoreSheet;
use keng_domain::text;

use super::agency::{in_sentence, place};
use super::minutes::BLANK;
use super::{MOVEMENT, counted, head, reference};
use crate::document::{Block, Cell, Column, Document, Row, Table};
use crate::words::{clip, printable};

/// The number of a sheet that nobody has issued yet (R29).
const NUMBER: &str = "Số:      /…";
/// The decision that orders the scoring.
const DECISION: &str = "Quyết định số 510/QĐ-BCA-V05 ngày 20 tháng 01 năm 2022 của Bộ Công an";

/// Writes the sheet.
pub fn compose(of: &ScoreSheet) -> Document {
    let superior = format!("UBND {}", in_sentence(&of.above));
    Document {
        cut_off: of.today,
        head: head(&superior, &clip(&of.place), NUMBER, Some(&place(&of.unit))),
        kind: Some("BẢNG CHẤM ĐIỂM".to_owned()),
        subject: format!("Kết quả {MOVEMENT} năm {}", of.year),
        addressees: Vec::new(),
        blocks: blocks(of),
        signer: vec!["ĐẠI DIỆN CẤP TRÊN CHẤM".to_owned()],
        secretary: Some("ĐẠI DIỆN CƠ SỞ TỰ CHẤM".to_owned()),
        recipients: vec![superior, "Lưu: VT, hồ sơ".to_owned()],
        annexes: Vec::new(),
    }
}

fn blocks(of: &ScoreSheet) -> Vec<Block> {
    let due = of
        .sheet
        .due
        .map_or_else(String::new, |day| format!(" Hạn hoàn thành: trước {} (Điều 11).", text::date_long(day)));
    let assumed = if of.assumed { " (giả định, tỉnh đổi được)" } else { "" };
    // A pack that names some lines alone must not look as if they were all.
    let named: u32 = of.sheet.lines.iter().map(|line| line.points).sum();
    let partial = match named < of.points {
        true => format!(", các mục đã có trong bộ quy tắc cộng được {named}"),
        false => String::new(),
    };
    let mut blocks = vec![
        Block::basis(format!("Căn cứ {DECISION}.")),
        Block::paragraph(format!("Nơi được chấm: {}. Đối tượng: {}.{due}", whole_place(of), printable(&of.object))),
        Block::paragraph(format!(
            "Mục chấm, điểm chuẩn theo bộ quy tắc {}{assumed}; thang điểm {}{partial}.",
            printable(&of.rule_pack),
            of.points
        )),
        Block::Table { table: table(of) },
    ];
    blocks.extend(sums(of));
    blocks.extend(of.decision.iter().map(|paper| Block::paragraph(format!("Căn cứ phân loại: {}.", reference(paper)))));
    if let Some((first, rest)) = of.note.split_first() {
        blocks.push(Block::paragraph(format!("Ghi chú: {first}")));
        blocks.extend(rest.iter().map(Block::paragraph));
    }
    blocks.push(Block::paragraph(
        "Bảng này cộng điểm của hai cấp; việc phân loại do cấp có thẩm quyền xem xét, quyết định./.",
    ));
    blocks
}

/// `Trường THCS Chu Văn An, xã Đăk Mar`; a unit that is itself scored stands alone.
fn whole_place(of: &ScoreSheet) -> String {
    match of.place == of.unit || of.above != of.unit {
        true => clip(&of.place),
        false => format!("{}, {}", clip(&of.place), in_sentence(&of.unit)),
    }
}

/// `TT | Nội dung chấm điểm | Điểm chuẩn | Cơ sở tự chấm | Cấp trên chấm`; what nobody has scored stays to be
/// written.
fn table(of: &ScoreSheet) -> Table {
    let scored = |score: Option<u32>| score.map_or_else(Cell::blank, Cell::from);
    let mut rows: Vec<Row> = Vec::with_capacity(of.sheet.lines.len() + 1);
    for (number, line) in (1_u64..).zip(&of.sheet.lines) {
        rows.push(Row::plain(vec![
            number.into(),
            Cell::text(&line.text),
            line.points.into(),
            scored(line.own),
            scored(line.above),
        ]));
    }
    if !rows.is_empty() {
        let standard: u64 = of.sheet.lines.iter().map(|line| u64::from(line.points)).sum();
        rows.push(Row::total(vec![
            Cell::blank(),
            Cell::text("Tổng số"),
            standard.into(),
            of.sheet.own.into(),
            of.sheet.above.into(),
        ]));
    }
    Table {
        sheet: "Bảng chấm điểm".to_owned(),
        caption: "Bảng chấm điểm".to_owned(),
        columns: vec![
            Column::narrow("TT", 8),
            Column::wide("Nội dung chấm điểm", 56),
            Column::narrow("Điểm chuẩn", 12),
            Column::narrow("Cơ sở tự chấm", 12),
            Column::narrow("Cấp trên chấm", 12),
        ],
        rows,
    }
}

/// The sums, what is still to be scored, and the class where the rule pack has thresholds.
fn sums(of: &ScoreSheet) -> Vec<Block> {
    let s = &of.sheet;
    let open = |column: fn(&keng_domain::rules::movement::Line) -> Option<u32>| {
        s.lines.iter().filter(|line| column(line).is_none()).count() as u64
    };
    let side = |who: &str, sum: u32, open: u64| match open {
        0 => format!("{who} {}", counted(sum, "điểm")),
        n => format!("{who} {} (còn {} chưa chấm)", counted(sum, "điểm"), counted(n, "mục")),
    };
    let proposed = of.proposed_class.as_ref().map(|class| format!("Mức đề xuất phân loại: {}.", printable(class)));
    let class = match (&of.decided_class, &s.class) {
        (Some(class), _) => format!("Phân loại theo quyết định: {}.", printable(class)),
        (None, Some(class)) => format!("Phân loại theo điểm cấp trên chấm: {}.", printable(class)),
        (None, None) => format!("Phân loại: {BLANK}"),
    };
    let sums = Block::paragraph(format!(
        "Tổng điểm: {}; {}.",
        side("cơ sở tự chấm", s.own, open(|line| line.own)),
        side("cấp trên chấm", s.above, open(|line| line.above)),
    ));
    [sums].into_iter().chain(proposed.into_iter().chain([class]).map(Block::paragraph)).collect()
}
