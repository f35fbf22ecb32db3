//! The statistics form that goes with the report (letter 4267, 1.d "gửi kèm mẫu thống kê"): by
//! model, exemplars, by unit. The official form is not at hand, so its columns are those of the
//! data dictionary; the levels come from the rule pack.

use keng_domain::explanation::Verdict;
use keng_domain::figures::{Figures, ModelFigures, UnitFigures};
use keng_domain::text;

use super::agency::Agency;
use super::{BLANK_DATE, BLANK_NUMBER, MOVEMENT, changes, cut_sentence, unrated_points};
use crate::document::{Annex, Cell, Column, Row, Table};
use crate::words::{clip, printable, stamp};

/// The three tables of the form; then what was nominated, and what differs from an earlier issue.
///
/// Each goes with what the text calls it by, see [`pointer`].
pub fn annexes(figures: &Figures, agency: &Agency) -> Vec<(&'static str, Annex)> {
    let mut tables = vec![
        ("mô hình", format!("Thống kê mô hình trong {MOVEMENT}"), models(figures)),
        ("điển hình tiên tiến", format!("Thống kê điển hình tiên tiến trong {MOVEMENT}"), exemplars(figures)),
        ("từng đơn vị", format!("Thống kê theo đơn vị trong {MOVEMENT}"), units(figures)),
    ];
    if !figures.nominations.is_empty() {
        let what = "mô hình được đề xuất thông báo";
        tables.push((what, "Mô hình được đề xuất thông báo".to_owned(), nominations(figures)));
    }
    if let Some(changes) = figures.changes.as_ref().filter(|c| !c.is_empty()) {
        let what = "những thay đổi so với báo cáo đã ban hành";
        tables.push((what, "Những thay đổi so với báo cáo đã ban hành".to_owned(), changes::table(changes)));
    }
    let number = BLANK_NUMBER.trim_start_matches("Số:").trim_end();
    let reference = format!("(Kèm theo Báo cáo số{number} {}của {})", BLANK_DATE, agency.issuer);
    ["I", "II", "III", "IV", "V"]
        .into_iter()
        .zip(tables)
        .map(|(roman, (what, title, table))| {
            let annex = Annex {
                label: format!("Phụ lục {roman}"),
                title: format!("{title} {}", printable(&figures.title)).to_uppercase(),
                reference: reference.clone(),
                table,
                note: cut_sentence(&figures.cut),
            };
            (what, annex)
        })
        .collect()
}

/// Decree 30/2020, annex I, III.1.a: the text points to each of its annexes, of which there are as many as
/// the figures ask for.
pub fn pointer(annexes: &[(&str, Annex)]) -> String {
    let places: Vec<String> = annexes.iter().map(|(what, annex)| format!("{what} tại {}", annex.label)).collect();
    match places.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("Số liệu chi tiết kèm theo: {} và {last}.", rest.join(", "))
        }
        _ => format!("Số liệu chi tiết kèm theo: {}.", places.concat()),
    }
}

/// The columns of the first table, with one for each level of the rule pack; `rated_year` where the ratings are
/// not those of the year of the period.
pub fn model_columns(levels: &[(String, String)], rated_year: Option<i32>) -> Vec<Column> {
    let group = match rated_year {
        None => "Kết quả xếp loại điểm".to_owned(),
        Some(year) => format!("Kết quả xếp loại điểm năm {year}"),
    };
    let mut columns = vec![
        Column::narrow("TT", 9),
        Column::wide("Tên mô hình", 38),
        Column::wide("Lĩnh vực", 18),
        Column::wide("Đơn vị chủ trì", 20),
        Column::wide("Năm xây dựng (QĐ số)", 27),
        Column::narrow("Tổng số điểm", 11),
        Column::narrow("Tổng số tổ", 11),
        Column::narrow("Số thành viên", 13),
    ];
    columns.extend(levels.iter().map(|(_, label)| Column::narrow(&clip(label), 12).under(&group)));
    columns.extend([
        Column::narrow("Chưa đánh giá", 12).under(&group),
        Column::narrow("Mô hình hiệu quả", 15),
        Column::narrow("Điểm mới trong kỳ", 11),
        Column::narrow("Điểm chấm dứt trong kỳ", 11),
        Column::wide("Ghi chú", 27),
    ]);
    columns
}

/// The first table of the form.
pub fn models(figures: &Figures) -> Table {
    let mut number = 0;
    let mut rows: Vec<Row> = figures
        .models
        .iter()
        .map(|model| {
            // A model without counted points is listed, for it ended or waits, but is no model of the total.
            number += u64::from(model.points > 0);
            model_row(model, (model.points > 0).then_some(number), figures)
        })
        .collect();
    if !rows.is_empty() {
        rows.push(model_totals(figures));
    }
    Table {
        sheet: "Mô hình".to_owned(),
        caption: "Thống kê mô hình".to_owned(),
        columns: model_columns(&figures.levels, rated_year(figures)),
        rows,
    }
}

fn rated_year(figures: &Figures) -> Option<i32> {
    figures.rated.as_ref().map(|r| r.rated_year)
}

fn model_row(model: &ModelFigures, number: Option<u64>, figures: &Figures) -> Row {
    let words = |text: &Option<String>| text.as_deref().map_or_else(Cell::blank, Cell::text);
    let mut cells = vec![
        number.map_or_else(Cell::blank, Cell::from),
        Cell::text(&model.name),
        words(&model.fields),
        Cell::text(&model.lead_unit),
        words(&model.founded),
        model.points.into(),
        model.teams.into(),
        model.members.into(),
    ];
    cells.extend(figures.levels.iter().map(|(code, _)| Cell::from(model.by_level.get(code).copied().unwrap_or(0))));
    cells.extend([
        unrated_points(model).into(),
        Cell::text(effective(model)),
        model.new_points.into(),
        model.ended.into(),
        Cell::text(remarks(model, rated_year(figures))),
    ]);
    Row::plain(cells)
}

/// "Mô hình: hiệu quả (Có/Không/Chưa đủ căn cứ)".
fn effective(model: &ModelFigures) -> &'static str {
    match model.verdict {
        _ if model.points == 0 => "",
        Verdict::Effective => "Có",
        Verdict::NotEffective => "Không",
        Verdict::Undetermined | Verdict::NotRated => model.verdict.label(),
    }
}

/// What the numbers of the row do not tell by themselves.
fn remarks(model: &ModelFigures, rated_year: Option<i32>) -> String {
    let padded = |n: u32| text::padded(n.into());
    let mut parts = Vec::new();
    if model.points == 0 {
        parts.push("Không tính vào số mô hình".to_owned());
    }
    if model.points > model.eligible {
        let young = padded(model.points - model.eligible);
        parts.push(match rated_year {
            None => format!("{young} điểm chưa đủ thời gian"),
            Some(year) => format!("{young} điểm chưa đủ thời gian để xếp loại năm {year}"),
        });
    }
    if model.spontaneous_pending > 0 {
        parts.push(format!("{} điểm tự phát chờ công nhận", padded(model.spontaneous_pending)));
    }
    parts.join("; ")
}

fn model_totals(figures: &Figures) -> Row {
    let t = &figures.totals;
    let mut cells = vec![
        Cell::blank(),
        Cell::text("Tổng số"),
        Cell::blank(),
        Cell::blank(),
        Cell::blank(),
        t.points.into(),
        t.teams.into(),
        t.members.into(),
    ];
    let at = |code: &String| figures.models.iter().filter_map(|m| m.by_level.get(code)).map(|n| u64::from(*n)).sum();
    cells.extend(figures.levels.iter().map(|(code, _)| Cell::Count(at(code))));
    cells.extend([
        Cell::Count(figures.models.iter().map(unrated_points).sum()),
        Cell::text(format!("{} có", text::padded(t.effective_models.into()))),
        t.new_points.into(),
        t.ended.into(),
        Cell::blank(),
    ]);
    Row::total(cells)
}

/// The columns of the second table.
pub fn exemplar_columns() -> Vec<Column> {
    vec![
        Column::narrow("TT", 8),
        Column::wide("Họ tên, đơn vị", 50),
        Column::wide("Địa chỉ", 50),
        Column::wide("Thành tích", 60),
        Column::wide("Quyết định công nhận", 42),
        Column::wide("Hình thức khen", 42),
    ]
}

/// The second table of the form.
pub fn exemplars(figures: &Figures) -> Table {
    let rows = figures.exemplars.iter().enumerate().map(|(i, e)| {
        Row::plain(vec![
            Cell::from(i as u64 + 1),
            Cell::text(&e.name),
            Cell::text(&e.address),
            Cell::text(&e.achievement),
            Cell::text(&e.decision),
            Cell::text(&e.reward),
        ])
    });
    Table {
        sheet: "Điển hình tiên tiến".to_owned(),
        caption: "Thống kê điển hình tiên tiến".to_owned(),
        columns: exemplar_columns(),
        rows: rows.collect(),
    }
}

/// What units proposed for notice, and what the province decided (letter 4267, 1.b and 2).
fn nominations(figures: &Figures) -> Table {
    let rows = figures.nominations.iter().enumerate().map(|(i, n)| {
        Row::plain(vec![
            Cell::from(i as u64 + 1),
            Cell::text(&n.model),
            Cell::text(&n.unit),
            Cell::text(&n.quarter),
            Cell::text(&n.case),
            Cell::text(&n.state),
            n.basis.as_deref().map_or_else(Cell::blank, Cell::text),
        ])
    });
    Table {
        sheet: "Đề xuất thông báo".to_owned(),
        caption: "Mô hình được đề xuất thông báo".to_owned(),
        columns: vec![
            Column::narrow("TT", 8),
            Column::wide("Mô hình", 56),
            Column::wide("Đơn vị đề xuất", 40),
            Column::narrow("Quý", 18),
            Column::wide("Trường hợp (điểm 1.b)", 44),
            Column::wide("Kết quả", 40),
            Column::wide("Căn cứ đề nghị Bộ (điểm 2)", 50),
        ],
        rows: rows.collect(),
    }
}

/// The columns of the third table.
pub fn unit_columns() -> Vec<Column> {
    vec![
        Column::narrow("TT", 8),
        Column::wide("Đơn vị", 52),
        Column::narrow("Số mô hình", 20),
        Column::narrow("Số điểm", 20),
        Column::narrow("Số tổ", 20),
        Column::narrow("Số thành viên", 22),
        Column::narrow("Điểm hiệu quả", 22),
        Column::narrow("Điểm mới trong kỳ", 22),
        Column::narrow("Điểm chấm dứt trong kỳ", 24),
        Column::narrow("Nhận số liệu đến", 36),
        Column::narrow("Báo cáo của đơn vị", 36),
    ]
}

/// The third table of the form.
pub fn units(figures: &Figures) -> Table {
    let mut rows: Vec<Row> = figures.units.iter().enumerate().map(|(i, unit)| unit_row(i as u64 + 1, unit)).collect();
    if !rows.is_empty() {
        rows.push(unit_totals(figures));
    }
    Table {
        sheet: "Đơn vị".to_owned(), caption: "Thống kê theo đơn vị".to_owned(), columns: unit_columns(), rows
    }
}

fn unit_row(number: u64, unit: &UnitFigures) -> Row {
    Row::plain(vec![
        number.into(),
        Cell::text(&unit.name),
        unit.models.into(),
        unit.points.into(),
        unit.teams.into(),
        unit.members.into(),
        unit.effective.into(),
        unit.new_points.into(),
        unit.ended.into(),
        Cell::text(unit.as_of.map_or_else(|| "Chưa nhận".to_owned(), stamp)),
        Cell::text(handed_in(unit)),
    ])
}

/// `Đã nhận; đúng hạn`.
fn handed_in(unit: &UnitFigures) -> String {
    match &unit.handed_in {
        None => "Chưa trình".to_owned(),
        Some(h) => format!("{}; {}", h.state.label(), h.timeliness.label().to_lowercase()),
    }
}

/// Points of the units add up to the province's; models do not, for several units share one (R20).
fn unit_totals(figures: &Figures) -> Row {
    let t = &figures.totals;
    let effective: u64 = figures.units.iter().map(|u| u64::from(u.effective)).sum();
    Row::total(vec![
        Cell::blank(),
        Cell::text("Tổng số (mô hình chung tính một lần)"),
        t.models.into(),
        t.points.into(),
        t.teams.into(),
        t.members.into(),
        effective.into(),
        t.new_points.into(),
        t.ended.into(),
        Cell::blank(),
        Cell::blank(),
    ])
}
