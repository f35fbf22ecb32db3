//! Biên bản of the meeting in which a unit evaluates and classifies its points of a year (letter 4267,
//! 1.c; decree 30/2020, Mẫu 1.9). Its result is the unit's: what a model comes to over all units is the
//! province's to say (R11).

use keng_domain::letter::{RatingMinutes, Source};
use keng_domain::rule_pack::after_colon;
use keng_domain::rules::yearly::{PointResult, RatedPoint, Said};
use keng_domain::text;

use super::agency::{Agency, in_sentence};
use super::issuer::Issuer;
use super::minutes::{BLANK, BLANK_DAY, NUMBER, present};
use super::{counted, head};
use crate::document::{Annex, Block, Cell, Column, Document, Row, Table};
use crate::words::{clip, percent, printable, stamp};

/// Most contested points that the text names; the annex names all.
const CONTESTED_MAX: usize = 20;
/// What a unit's own result is called (R11).
pub const INTERIM: &str = "Kết quả tạm tính tại địa bàn";

/// Writes the minutes.
pub fn compose(of: &RatingMinutes) -> Document {
    let agency = Agency::of(&of.province);
    let Issuer { superior, issuer, recipients, .. } = Issuer::of(&agency, &of.order, Some(&of.unit));
    Document {
        cut_off: of.period.cut_off,
        annexes: vec![points(of, &issuer)],
        head: head(&superior, &issuer, NUMBER, None),
        kind: Some("BIÊN BẢN".to_owned()),
        subject: format!("Họp đánh giá, xếp loại mô hình {}", of.period.title()),
        addressees: Vec::new(),
        blocks: blocks(of, &agency),
        signer: vec!["CHỦ TỌA".to_owned()],
        secretary: Some("THƯ KÝ".to_owned()),
        recipients,
    }
}

fn blocks(of: &RatingMinutes, agency: &Agency) -> Vec<Block> {
    let mut blocks = vec![
        Block::paragraph(format!("Thời gian bắt đầu: …… giờ …… phút, {BLANK_DAY}.")),
        Block::paragraph(format!("Địa điểm: {BLANK}")),
    ];
    blocks.extend(present());
    blocks.push(Block::paragraph(format!(
        "Nội dung: Đánh giá, xếp loại các điểm mô hình {} trên địa bàn {}, theo điểm 1.c {}{}.",
        of.period.title(),
        in_sentence(&of.unit),
        of.order.cited(),
        after_colon(of.order.quoted.rating.as_deref()),
    )));
    blocks.extend(situation(of));
    blocks.extend(results(of));
    blocks.extend(models(of, agency));
    blocks.push(Block::paragraph(format!("3. Kiến nghị: {BLANK}")));
    // Decree 30/2020, annex I, III.1.a: the text points to its annex.
    blocks.push(Block::paragraph("Danh sách các điểm và kết quả xếp loại từng điểm tại Phụ lục kèm theo."));
    blocks.push(Block::paragraph(format!("Cuộc họp kết thúc vào …… giờ …… phút, {BLANK_DAY}./.")));
    blocks
}

/// What there is to rate, what is too young for it, and what is not counted at all (R2, R4, R7).
fn situation(of: &RatingMinutes) -> Vec<Block> {
    let (r, t) = (&of.rating, &of.rating.tally);
    // What has not come is not counted as nought (R21).
    if of.source == Source::Received(None) && t.points + r.spontaneous_pending == 0 {
        let unit = in_sentence(&of.unit);
        return vec![Block::paragraph(format!("1. Tình hình: Tỉnh chưa nhận được số liệu nào của {unit}."))];
    }
    let mut blocks = vec![Block::paragraph(format!(
        "1. Tình hình: Tính đến hết {}, trên địa bàn {} có {} đã có quyết định và chưa chấm dứt hoạt động, thuộc {}, với \
         {}, {}.",
        text::date_long(of.period.cut_off),
        in_sentence(&of.unit),
        counted(t.points, "điểm"),
        counted(r.models.len() as u64, "mô hình"),
        counted(r.teams, "tổ"),
        counted(r.members, "thành viên"),
    ))];
    if t.points > 0 {
        let young = match r.too_young() {
            0 => "không có điểm nào chưa đủ thời gian".to_owned(),
            n => format!("{} chưa đủ thời gian, chưa xếp loại", counted(n, "điểm")),
        };
        blocks.push(Block::paragraph(format!(
            "Trong đó {} đủ thời gian hoạt động để xếp loại (từ {} trở lên); {young}.",
            counted(t.eligible, "điểm"),
            counted(of.months, "tháng"),
        )));
    }
    blocks.push(Block::paragraph(match r.spontaneous_pending {
        0 => "Không còn điểm tự phát chờ công nhận.".to_owned(),
        n => format!(
            "Còn {} chờ công nhận hoặc chấm dứt hoạt động, không tính vào các số liệu trên.",
            counted(n, "điểm tự phát")
        ),
    }));
    blocks
}

/// How many points are of each level, and what is still open (R6, R8, R12).
fn results(of: &RatingMinutes) -> Vec<Block> {
    let (r, t) = (&of.rating, &of.rating.tally);
    let title = format!("2. Kết quả xếp loại {}", of.period.title());
    if t.eligible == 0 {
        return vec![Block::paragraph(format!("{title}: Chưa có điểm nào đủ thời gian hoạt động để xếp loại."))];
    }
    let levels: Vec<String> =
        r.by_level.iter().map(|(label, n)| format!("{} {}", clip(label), counted(*n, "điểm"))).collect();
    let mut blocks = vec![
        Block::paragraph(format!("{title}: {}.", levels.join("; "))),
        Block::paragraph(format!(
            "Số điểm xếp loại hiệu quả: {} trên {} đủ thời gian ({}).",
            counted(t.effective, "điểm"),
            counted(t.eligible, "điểm"),
            percent(t.effective.into(), t.eligible.into()),
        )),
    ];
    blocks.push(Block::paragraph(match r.without_level {
        0 => "Không còn điểm nào chưa xếp loại.".to_owned(),
        n => format!("Chưa xếp loại: {}, ghi tại Phụ lục.", counted(n, "điểm")),
    }));
    blocks.extend(contested(of));
    blocks
}

/// The points whose raters differ, each with every level and who gave it.
fn contested(of: &RatingMinutes) -> Vec<Block> {
    let said = |p: &RatedPoint| match &p.result {
        PointResult::Contested(said) => Some(format!("Mô hình “{}”, {}: {}", clip(&p.model), area(p), sides(said))),
        _ => None,
    };
    let all: Vec<String> = of.rating.points.iter().filter_map(said).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let (n, rest) = (all.len(), all.len().saturating_sub(CONTESTED_MAX));
    let mut blocks = vec![Block::paragraph(format!(
        "Có xếp loại khác nhau, tính là chưa xếp loại cho đến khi cấp phê duyệt chọn một mức: {}, cụ thể:",
        counted(n as u64, "điểm")
    ))];
    blocks.extend(all.into_iter().take(CONTESTED_MAX).map(|line| Block::item(format!("{line}."))));
    if rest > 0 {
        blocks.push(Block::paragraph(format!("Còn {} khác ghi tại Phụ lục.", counted(rest as u64, "điểm"))));
    }
    blocks
}

/// `Tốt (huyện Đăk Hà), Yếu (tỉnh Kon Tum)`.
fn sides(said: &[Said]) -> String {
    let one = |s: &Said| format!("{} ({})", clip(&s.level), in_sentence(&s.by));
    said.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What each model comes to within the unit, marked as such.
fn models(of: &RatingMinutes, agency: &Agency) -> Vec<Block> {
    if of.rating.models.is_empty() {
        return Vec::new();
    }
    let rows = of.rating.models.iter().enumerate().map(|(i, m)| {
        Row::plain(vec![
            Cell::from(i as u64 + 1),
            Cell::text(&m.name),
            m.tally.points.into(),
            m.tally.eligible.into(),
            m.tally.effective.into(),
            m.tally.unrated.into(),
            Cell::text(m.verdict.label()),
        ])
    });
    vec![
        Block::paragraph(format!(
            "{INTERIM} của từng mô hình như sau; kết quả chính thức do {} kết luận trên số điểm {}:",
            agency.issuer, agency.everywhere
        )),
        Block::Table {
            table: Table {
                sheet: "Mô hình".to_owned(),
                caption: INTERIM.to_owned(),
                columns: vec![
                    Column::narrow("TT", 6),
                    Column::wide("Mô hình", 32),
                    Column::narrow("Số điểm", 10),
                    Column::narrow("Đủ thời gian", 11),
                    Column::narrow("Hiệu quả", 10),
                    Column::narrow("Chưa kết luận", 11),
                    Column::narrow(INTERIM, 20),
                ],
                rows: rows.collect(),
            },
        },
    ]
}

/// `Thôn Mô Pả, xã Đăk Hà`; `Xã Đăk Hà` for a point of the whole commune.
fn area(p: &RatedPoint) -> String {
    match p.place.is_empty() {
        true => clip(&p.unit),
        false => format!("{}, {}", clip(&p.place), in_sentence(&p.unit)),
    }
}

/// Every counted point.
fn points(of: &RatingMinutes, issuer: &str) -> Annex {
    let mut rows: Vec<Row> = of.rating.points.iter().enumerate().map(|(i, p)| row(i as u64 + 1, p)).collect();
    if !rows.is_empty() {
        let blank = Cell::blank;
        rows.push(Row::total(vec![
            blank(),
            Cell::text("Tổng số"),
            Cell::text(counted(of.rating.tally.points, "điểm")),
            blank(),
            of.rating.teams.into(),
            of.rating.members.into(),
            blank(),
            blank(),
        ]));
    }
    let number = NUMBER.trim_start_matches("Số:").trim_end();
    Annex {
        label: "Phụ lục".to_owned(),
        title: format!("Danh sách điểm mô hình và kết quả xếp loại {}", of.period.title()).to_uppercase(),
        reference: format!("(Kèm theo Biên bản số{number} {BLANK_DAY} của {issuer})"),
        table: Table {
            sheet: "Điểm".to_owned(),
            caption: "Danh sách điểm mô hình".to_owned(),
            columns: vec![
                Column::narrow("TT", 10),
                Column::wide("Mô hình", 48),
                Column::wide("Điểm (địa bàn)", 50),
                Column::wide("Quyết định", 54),
                Column::narrow("Tổ", 12),
                Column::narrow("Thành viên", 18),
                Column::narrow("Xếp loại", 24),
                Column::wide("Ghi chú", 44),
            ],
            rows,
        },
        note: note(of),
    }
}

fn row(number: u64, p: &RatedPoint) -> Row {
    let (level, mut remarks) = match &p.result {
        PointResult::Rated(level) => (level.clone(), Vec::new()),
        PointResult::Unrated => ("Chưa xếp loại".to_owned(), Vec::new()),
        PointResult::Contested(said) => ("Chưa thống nhất".to_owned(), vec![sides(said)]),
        PointResult::TooYoung(None) => (String::new(), vec!["Chưa đủ thời gian".to_owned()]),
        PointResult::TooYoung(Some(level)) => {
            (String::new(), vec![format!("Chưa đủ thời gian; đã ghi {}, chưa tính", clip(level))])
        }
    };
    remarks.extend(p.total.map(|n| format!("Tổng {n} điểm")));
    let day = p.decision_date.map(text::date_dmy).unwrap_or_default();
    let decision = match &p.decision_no {
        Some(number) => format!("{} ngày {day}", clip(number)),
        None => {
            remarks.push("Thiếu số quyết định".to_owned());
            format!("Ngày {day}")
        }
    };
    Row::plain(vec![
        number.into(),
        Cell::text(&p.model),
        Cell::text(area(p)),
        Cell::text(decision),
        p.teams.into(),
        p.members.into(),
        Cell::text(level),
        Cell::text(remarks.join("; ")),
    ])
}

/// What the figures rest on.
fn note(of: &RatingMinutes) -> String {
    let unit = in_sentence(&of.unit);
    let seen = match of.source {
        Source::Own => format!("Theo sổ theo dõi của {unit}"),
        Source::Received(Some(at)) => format!("Theo số liệu tỉnh nhận được của {unit} đến {}", stamp(at)),
        Source::Received(None) => format!("Tỉnh chưa nhận được số liệu nào của {unit}"),
    };
    format!("{seen}; chốt hết {}; bộ quy tắc {}.", text::date_long(of.period.cut_off), printable(&of.rule_pack))
}
