//! Section I: what there is, what came and went, how it was rated.

use std::cmp::Ordering;

use keng_domain::explanation::Verdict;
use keng_domain::figures::{Comparison, Figures, ModelFigures};
use keng_domain::text;

use super::agency::Agency;
use super::{by_year, counted};
use crate::document::{Block, Cell, Column, Row, Table};
use crate::words::{clip, percent, printable};

/// The section.
pub fn section(figures: &Figures, agency: &Agency) -> Vec<Block> {
    let t = &figures.totals;
    let incomplete = match figures.missing_units.len() {
        0 => String::new(),
        n => format!(" (chưa gồm số liệu của {} nêu tại Mục IV)", counted(n as u64, "đơn vị")),
    };
    let waiting = [
        (t.spontaneous_pending, "điểm tự phát"),
        (figures.spontaneous_models, "mô hình tự phát (chưa có điểm nào được công nhận)"),
    ];
    let waiting: Vec<String> = waiting.iter().filter(|(n, _)| *n > 0).map(|(n, of)| counted(*n, of)).collect();
    let spontaneous = match waiting.is_empty() {
        true => "Không còn điểm tự phát chờ công nhận.".to_owned(),
        false => format!(
            "Còn {} chưa có quyết định công nhận, được theo dõi riêng và không tính vào các số liệu trên; cấp có thẩm \
             quyền phải công nhận hoặc chấm dứt hoạt động theo công văn số {}, điểm 1.c.",
            waiting.join(", "),
            figures.letter.number,
        ),
    };
    // Why the movement of the reconciliation has other numbers of new and ended ones than this sentence.
    let passing = [
        (figures.began_and_ended, "vừa thành lập vừa chấm dứt trong kỳ, chỉ kể ở số chấm dứt"),
        (figures.ended_uncounted, "chấm dứt khi chưa được tính"),
    ];
    let passing: Vec<String> =
        passing.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", counted(*n, "điểm"))).collect();
    let passing = match passing.is_empty() {
        true => String::new(),
        false => format!(" (trong đó {})", passing.join("; ")),
    };
    vec![
        Block::heading("I. TÌNH HÌNH, KẾT QUẢ"),
        Block::paragraph(format!(
            "1. Đến hết {}, {} có {} với {}, {}, {}{incomplete}.",
            text::date_long(figures.cut.cut_off),
            agency.everywhere,
            counted(t.models, "mô hình"),
            counted(t.points, "điểm"),
            counted(t.teams, "tổ"),
            counted(t.members, "thành viên"),
        )),
        Block::paragraph(format!(
            "2. Trong kỳ thành lập mới, nhân rộng {}; chấm dứt hoạt động {}{passing}. {spontaneous}",
            counted(t.new_points, "điểm"),
            counted(t.ended, "điểm"),
        )),
        Block::paragraph(format!("3. {}{}.", by_year(figures), levels(figures))),
        Block::paragraph(format!("4. {}{} được đánh giá như sau:", by_year(figures), counted(t.models, "mô hình"))),
        Block::Table { table: verdict_table(figures) },
    ]
    .into_iter()
    .chain(compared(figures))
    .collect()
}

/// The same figures at the end of the period before.
fn compared(figures: &Figures) -> Vec<Block> {
    let Comparison { before, now, cut_off, title, .. } = &figures.previous;
    if before.points == 0 {
        let none = format!("5. Chưa có số liệu {} để so sánh.", printable(title));
        return vec![Block::paragraph(none)];
    }
    let told = |what: &str, was: u64, is: u64| match is.abs_diff(was) {
        0 => format!("số {what} không đổi"),
        n => format!("{} {}", if is > was { "tăng" } else { "giảm" }, counted(n, what)),
    };
    let effective = before.effective_models.zip(now.effective_models);
    let parts: Vec<String> = [("mô hình", before.models, now.models), ("điểm", before.points, now.points)]
        .into_iter()
        .chain([("tổ", before.teams, now.teams)])
        .chain(effective.map(|(was, is)| ("mô hình hiệu quả", was, is)))
        .map(|(what, was, is)| told(what, was, is))
        .collect();
    vec![
        Block::paragraph(format!(
            "5. So với {} (chốt hết {}): {}. Số của kỳ trước tính lại theo ghi chép đến điểm chốt này; số tổ lấy theo \
             số hiện nay của từng điểm.",
            printable(title),
            text::date_long(*cut_off),
            parts.join("; "),
        )),
        Block::Table {
            table: Table {
                sheet: "So với kỳ trước".to_owned(),
                caption: "So với kỳ trước".to_owned(),
                columns: vec![
                    Column::wide("Nội dung", 40),
                    Column::narrow("Kỳ trước", 20),
                    Column::narrow("Kỳ này", 20),
                    Column::narrow("Tăng, giảm", 20),
                ],
                rows: comparison(figures).into(),
            },
        },
    ]
}

/// Models, points, teams and effective models: what it is, before, now, and the change. Where there was nothing
/// before, a dash says so.
pub fn comparison(figures: &Figures) -> [Row; 4] {
    let Comparison { before, now, .. } = &figures.previous;
    let none = || Cell::text("—");
    let line = |label: &str, was: Option<u64>, is: Option<u64>| {
        let count = |n: Option<u64>| n.map_or_else(|| Cell::text("Chưa xếp loại"), Cell::Count);
        let change = was.zip(is).map_or_else(none, |(was, is)| Cell::text(difference(was, is)));
        let (was, change) = if before.points == 0 { (none(), none()) } else { (count(was), change) };
        Row::plain(vec![Cell::text(label), was, count(is), change])
    };
    [
        line("Số mô hình", Some(before.models), Some(now.models)),
        line("Số điểm", Some(before.points), Some(now.points)),
        line("Số tổ", Some(before.teams), Some(now.teams)),
        line("Mô hình hiệu quả", before.effective_models, now.effective_models),
    ]
}

/// `+3`, `−2`, `0`.
fn difference(was: u64, is: u64) -> String {
    let sign = match is.cmp(&was) {
        Ordering::Greater => "+",
        Ordering::Equal => "",
        Ordering::Less => "−",
    };
    format!("{sign}{}", text::thousands(is.abs_diff(was)))
}

/// How the eligible points were rated, level by level.
fn levels(figures: &Figures) -> String {
    let eligible: u64 = figures.models.iter().map(|m| u64::from(m.eligible)).sum();
    if eligible == 0 {
        return "chưa có điểm nào đủ thời gian hoạt động để xếp loại".to_owned();
    }
    let at = |code: &str| figures.models.iter().filter_map(|m| m.by_level.get(code)).map(|n| u64::from(*n)).sum();
    let open: u64 = figures.models.iter().map(unrated_points).sum();
    let parts: Vec<String> = figures
        .levels
        .iter()
        .map(|(code, label)| (clip(label), at(code)))
        .chain([("chưa đánh giá".to_owned(), open)])
        .map(|(label, n)| format!("{label} {} ({})", counted(n, "điểm"), percent(n, eligible)))
        .collect();
    format!("trong {} đủ điều kiện xếp loại, {}", counted(eligible, "điểm"), parts.join("; "))
}

/// Eligible points without any level, for which nobody has rated or raters disagree.
pub fn unrated_points(model: &ModelFigures) -> u64 {
    let rated: u64 = model.by_level.values().map(|n| u64::from(*n)).sum();
    u64::from(model.eligible).saturating_sub(rated)
}

fn verdict_table(figures: &Figures) -> Table {
    let t = &figures.totals;
    let whole = u64::from(t.models);
    let line = |verdict: Verdict, n: u32| {
        Row::plain(vec![Cell::text(verdict.label()), n.into(), Cell::text(percent(n.into(), whole))])
    };
    Table {
        sheet: "Kết luận".to_owned(),
        caption: "Kết luận về mô hình".to_owned(),
        columns: vec![Column::wide("Kết luận", 50), Column::narrow("Số mô hình", 25), Column::narrow("Tỷ lệ", 25)],
        rows: vec![
            line(Verdict::Effective, t.effective_models),
            line(Verdict::NotEffective, t.not_effective_models),
            line(Verdict::Undetermined, t.undetermined_models),
            line(Verdict::NotRated, t.not_rated_models),
            Row::total(vec![Cell::text("Tổng số"), t.models.into(), Cell::text(percent(whole, whole))]),
        ],
    }
}
