//! Tables with heading rows that Word repeats on every page.

use docx_rs::{
    AlignmentType, Paragraph, Run, TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, VMergeType,
    WidthType,
};

use super::{half_points, twips};
use crate::document::{Align, Column, Row, RowKind, Table};

/// Lays `table` out over `width_mm` in letters of `pt`.
pub fn table(table: &Table, width_mm: f64, pt: usize) -> docx_rs::Table {
    let widths = widths(&table.columns, twips(width_mm) as usize);
    let mut rows = heading(table, &widths, pt);
    rows.extend(table.rows.iter().map(|row| body_row(row, &table.columns, &widths, pt)));
    if table.rows.is_empty() {
        let words = line(Table::EMPTY, pt, Run::italic).align(AlignmentType::Center);
        rows.push(TableRow::new(vec![cell(words, widths.iter().sum()).grid_span(widths.len())]));
    }
    docx_rs::Table::new(rows)
        .layout(TableLayoutType::Fixed)
        .width(widths.iter().sum(), WidthType::Dxa)
        .margins(TableCellMargins::new().margin(30, 30, 30, 30))
        .set_grid(widths)
}

/// Shares of the width; the last column takes what rounding leaves.
fn widths(columns: &[Column], whole: usize) -> Vec<usize> {
    let shares: usize = columns.iter().map(|c| c.share as usize).sum::<usize>().max(1);
    let mut widths: Vec<usize> = columns.iter().map(|c| whole * c.share as usize / shares).collect();
    let rest = whole - widths.iter().sum::<usize>();
    if let Some(last) = widths.last_mut() {
        *last += rest;
    }
    widths
}

/// One row, or two when columns share headings. Only heading rows are `cant_split`: that is how
/// [`super::pack`] knows which to repeat.
fn heading(table: &Table, widths: &[usize], pt: usize) -> Vec<TableRow> {
    // A size below the rows': the narrow columns of the form have long names.
    let title = |text: &str| line(text, pt - 1, Run::bold).align(AlignmentType::Center);
    let two_rows = table.header_rows() == 2;
    let (mut above, mut below) = (Vec::new(), Vec::new());
    let mut at = 0;
    for run in table.header_runs() {
        let own = &widths[at..at + run.len()];
        at += run.len();
        if let Some(group) = &run[0].group {
            above.push(cell(title(group), own.iter().sum()).grid_span(run.len()));
            below.extend(run.iter().zip(own).map(|(column, width)| cell(title(&column.title), *width)));
        } else {
            let single = cell(title(&run[0].title), own[0]);
            above.push(if two_rows { single.vertical_merge(VMergeType::Restart) } else { single });
            below.push(cell(title(""), own[0]).vertical_merge(VMergeType::Continue));
        }
    }
    let mut rows = vec![TableRow::new(above).cant_split()];
    if two_rows {
        rows.push(TableRow::new(below).cant_split());
    }
    rows
}

fn body_row(row: &Row, columns: &[Column], widths: &[usize], pt: usize) -> TableRow {
    let dress: fn(Run) -> Run = match row.kind {
        RowKind::Plain => |run| run,
        RowKind::Total => Run::bold,
    };
    let cells = row.cells.iter().zip(columns).zip(widths).map(|((value, column), width)| {
        let align = match column.align {
            Align::Left => AlignmentType::Left,
            Align::Center => AlignmentType::Center,
        };
        cell(line(&value.printed(), pt, dress).align(align), *width)
    });
    TableRow::new(cells.collect())
}

fn line(text: &str, pt: usize, dress: impl Fn(Run) -> Run) -> Paragraph {
    Paragraph::new().add_run(dress(Run::new().add_text(text).size(half_points(pt))))
}

fn cell(words: Paragraph, width: usize) -> TableCell {
    TableCell::new().width(width, WidthType::Dxa).vertical_align(VAlignType::Center).add_paragraph(words)
}
