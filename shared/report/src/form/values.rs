//! The rows of the form's tables, from where the report has them.

use keng_domain::figures::{Figures, PointLine};
use keng_domain::text::date_dmy;

use super::names::{Kind, Level};
use crate::compose::{annex, movement};
use crate::document::{Cell, Column, Row, RowKind};

/// The rows of a table without its sums, which a template has as single figures or as formulas.
pub fn rows(kind: Kind, figures: &Figures, points: &[PointLine]) -> Vec<Row> {
    let table = match kind {
        Kind::Models => annex::models(figures),
        Kind::Exemplars => annex::exemplars(figures),
        Kind::Units => annex::units(figures),
        Kind::Movement => movement::table(figures),
        Kind::Points => return points.iter().zip(1_u64..).map(|(point, number)| point_row(number, point)).collect(),
    };
    table.rows.into_iter().filter(|row| row.kind == RowKind::Plain).collect()
}

/// The headings of a table, as the annexes of the report have them.
pub fn headings(kind: Kind, levels: &[Level]) -> Vec<Column> {
    match kind {
        Kind::Models => annex::model_columns(levels, None),
        Kind::Exemplars => annex::exemplar_columns(),
        Kind::Units => annex::unit_columns(),
        Kind::Movement => movement::columns(),
        Kind::Points => vec![
            Column::narrow("TT", 9),
            Column::wide("Mô hình", 36),
            Column::wide("Đơn vị báo cáo", 26),
            Column::wide("Xã, phường, thị trấn", 26),
            Column::wide("Địa bàn", 30),
            Column::narrow("Số quyết định", 20),
            Column::narrow("Ngày quyết định", 16),
            Column::narrow("Số tổ", 10),
            Column::narrow("Số thành viên", 12),
            Column::narrow("Xếp loại", 16),
        ],
    }
}

fn point_row(number: u64, point: &PointLine) -> Row {
    let words = |text: &Option<String>| text.as_deref().map_or_else(Cell::blank, Cell::text);
    Row::plain(vec![
        number.into(),
        Cell::text(&point.model),
        Cell::text(&point.reports_to),
        Cell::text(&point.unit),
        Cell::text(&point.place),
        words(&point.decision_no),
        point.decision_date.map_or_else(Cell::blank, |d| Cell::text(date_dmy(d))),
        point.teams.into(),
        point.members.into(),
        words(&point.level),
    ])
}
