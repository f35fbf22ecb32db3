//! Communes that stand as headings above their rows: `II | Xã Đăk Long`, `1. Thị trấn Đắk Glei`.

use std::collections::BTreeMap;

use super::cells::line;
use super::grid::{Cell, Grid};
use super::header::Header;
use super::titles::Column;
use super::units::{Found, Units};

/// A number before a heading is no longer than `XVIII.`.
const NUMBER_CHARS_MAX: usize = 5;

/// The headings below a header, by their row. A row that names a place is none, nor is one that names a model.
pub(super) fn sections(grid: &Grid, header: &Header, units: &Units<'_>) -> BTreeMap<u32, Found> {
    let at = |cells: &BTreeMap<u32, Cell>, column| {
        let at = header.position(column)?;
        cells.get(&at).filter(|cell| !cell.is_dash()).cloned()
    };
    let heading = |cells: &BTreeMap<u32, Cell>| {
        if [Column::Unit, Column::Place].into_iter().any(|column| at(cells, column).is_some()) {
            return None;
        }
        let found = cells.values().find_map(|cell| Some((cell, unit_of(cell, units)?)));
        let (cell, unit) = found?;
        at(cells, Column::Model).is_none_or(|model| model == *cell).then_some(unit)
    };
    let below = grid.rows.range(header.last_row + 1..);
    below.filter_map(|(row, cells)| Some((*row, heading(cells)?))).collect()
}

/// The commune that a heading names by its level and name, whatever number stands before it.
fn unit_of(cell: &Cell, units: &Units<'_>) -> Option<Found> {
    let Cell::Text(text) = cell else { return None };
    let text = line(text);
    let text = text.trim_end_matches([':', '.', ' ']);
    let bare = || {
        let (number, rest) = text.split_once(['.', ')', '/', '-'])?;
        (number.chars().count() <= NUMBER_CHARS_MAX).then(|| rest.trim())
    };
    units.of_sheet(text).or_else(|| units.of_sheet(bare()?))
}
