//! Which column is which, said by an officer where the titles do not say it, and remembered.

use std::collections::BTreeMap;

use keng_domain::text::search_key;

use super::cells::line;
use super::grid::{Cell, Grid};
use super::header::{DEPTH_MAX, Header};
use super::limits::COLUMNS_MAX;
use super::titles::Column;

/// What names the row of titles in a mapping.
const TITLE_ROW: &str = "dong tieu de";

/// What an officer said of the columns of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// As it was said, to be remembered.
    text: String,
    columns: BTreeMap<u32, (Column, String)>,
    /// Row of the titles, from 0.
    row: Option<u32>,
}

/// Mappings by the folded titles of the rows that they are for.
#[derive(Debug, Clone, Default)]
pub struct Layouts {
    /// Said of this very file.
    pub given: Option<Mapping>,
    /// Said of files with the same titles before.
    pub remembered: BTreeMap<String, Mapping>,
}

/// A mapping that was used, with the titles under which it is to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The folded titles.
    pub titles: String,
    /// The mapping, as it was said.
    pub mapping: String,
    /// Whether it was said of this file, and not remembered.
    pub is_given: bool,
}

impl Mapping {
    /// Reads `Tên mô hình=B, Xã, phường, thị trấn=C, Số tổ=F`; titles may have commas. With
    /// `Dòng tiêu đề=6` it also says where the titles stand.
    ///
    /// # Errors
    /// In Vietnamese: for a title that no form has, or what is no column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = text.split('=');
        let mut title = pieces.next().unwrap_or_default().trim().to_owned();
        let mut mapping = Self { text: text.to_owned(), columns: BTreeMap::new(), row: None };
        for piece in pieces {
            let (place, next) = piece.split_once([',', ';', '\n']).unwrap_or((piece, ""));
            mapping.add(&title, place.trim())?;
            title = next.trim().to_owned();
        }
        match mapping.columns.is_empty() || !title.is_empty() {
            true => Err(format!("“{}” chưa đúng; cần dạng “Tên mô hình=B, Xã=C, Địa bàn=D”.", line(text))),
            false => Ok(mapping),
        }
    }

    fn add(&mut self, title: &str, place: &str) -> Result<(), String> {
        if search_key(title) == TITLE_ROW {
            let row: Option<u32> = place.parse().ok().filter(|row| *row > 0);
            self.row = Some(row.ok_or_else(|| format!("“{place}” không phải số dòng."))? - 1);
            return Ok(());
        }
        // Counts by level are known by their titles alone: which levels there are says the rule pack.
        let Some((column, _)) = Column::of_title(title, &[]) else {
            return Err(format!(
                "Không có mục “{title}”. Các mục: Tên mô hình; Lĩnh vực; Xã, phường, thị trấn; Địa bàn, đơn vị; \
                 Đối tượng; Nguồn gốc; Số quyết định; Ngày quyết định; Ngày ra mắt; Số tổ; Số thành viên; \
                 Trạng thái; Ngày chấm dứt; Ghi chú; Xếp loại năm …; của biểu thống kê: Tổng số điểm; Đơn vị chủ trì; \
                 Năm xây dựng"
            ));
        };
        let at = position(place).ok_or_else(|| format!("“{place}” không phải tên cột; cần chữ cái như B hoặc AA."))?;
        self.columns.retain(|_, (known, _)| *known != column);
        self.columns.insert(at, (column, title.to_owned()));
        Ok(())
    }

    /// The header that this mapping makes of the titles in `rows`; columns that were recognised by
    /// their titles and that the mapping does not speak of stay.
    fn header(&self, sheet: &str, grid: &Grid, rows: (u32, u32), recognised: Option<&Header>) -> Header {
        let mut columns = BTreeMap::new();
        for (at, (column, title)) in recognised.map(|h| &h.titled).into_iter().flatten() {
            if !self.columns.contains_key(at) && !self.columns.values().any(|(c, _)| c == column) {
                columns.insert(*at, (*column, title.clone()));
            }
        }
        let titles = titles(grid, rows);
        for (at, (column, said)) in &self.columns {
            let own = titles.get(at).cloned().unwrap_or_else(|| said.clone());
            columns.insert(*at, (*column, own));
        }
        Header::new(sheet, rows, columns, titles)
    }

    /// Where the titles stand: as said, as recognised, or the first row with a text in each column
    /// that the mapping names.
    fn rows(&self, grid: &Grid, recognised: Option<&Header>) -> Option<(u32, u32)> {
        if let Some(row) = self.row {
            return Some((row, row));
        }
        if let Some(header) = recognised {
            return Some((header.first_row, header.last_row));
        }
        let is_title =
            |cells: &BTreeMap<u32, Cell>| self.columns.keys().all(|at| matches!(cells.get(at), Some(Cell::Text(_))));
        grid.rows.iter().find(|(_, cells)| is_title(cells)).map(|(row, _)| (*row, *row))
    }
}

impl Layouts {
    /// The header of a sheet by what was said of it, or of one with the same titles.
    pub(super) fn header(&self, sheet: &str, grid: &Grid, recognised: Option<&Header>) -> Option<(Header, Layout)> {
        let layout = |rows, mapping: &Mapping, is_given| Layout {
            titles: key(grid, rows),
            mapping: mapping.text.clone(),
            is_given,
        };
        if let Some(given) = &self.given {
            let rows = given.rows(grid, recognised)?;
            let recognised = recognised.filter(|h| (h.first_row, h.last_row) == rows);
            return Some((given.header(sheet, grid, rows, recognised), layout(rows, given, true)));
        }
        let rows = grid.rows.keys().flat_map(|row| (0..DEPTH_MAX).map(|below| (*row, *row + below)));
        rows.filter(|_| !self.remembered.is_empty()).find_map(|rows| {
            let mapping = self.remembered.get(&key(grid, rows))?;
            let recognised = recognised.filter(|h| (h.first_row, h.last_row) == rows);
            Some((mapping.header(sheet, grid, rows, recognised), layout(rows, mapping, false)))
        })
    }
}

fn titles(grid: &Grid, (first, last): (u32, u32)) -> BTreeMap<u32, String> {
    let mut titles: BTreeMap<u32, String> = BTreeMap::new();
    for (at, cell) in grid.rows.range(first..=last).flat_map(|(_, cells)| cells) {
        if let Cell::Text(text) = cell {
            let title = titles.entry(*at).or_default();
            *title = line(&format!("{title} {text}"));
        }
    }
    titles
}

/// The folded titles of some rows: two files with the same ones have the same layout.
fn key(grid: &Grid, rows: (u32, u32)) -> String {
    let titles = titles(grid, rows);
    titles.iter().map(|(at, title)| format!("{at}:{}", search_key(title))).collect::<Vec<_>>().join("|")
}

/// `A` is 0, `AA` is 26.
fn position(letters: &str) -> Option<u32> {
    let mut at = 0_u32;
    for c in letters.chars() {
        let digit = u32::from(c.to_ascii_uppercase()).checked_sub(u32::from('A')).filter(|d| *d < 26)?;
        at = at.checked_mul(26)?.checked_add(digit + 1)?;
    }
    at.checked_sub(1).filter(|at| *at < COLUMNS_MAX)
}

/// What [`position`] reads: 0 is `A`, 26 is `AA`.
pub(super) fn letters(at: u32) -> String {
    let last = char::from(b'A' + (at % 26) as u8);
    match (at / 26).checked_sub(1) {
        Some(before) => format!("{}{last}", letters(before)),
        None => last.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Mapping, letters, position};

    #[test]
    fn columns_by_their_letters() {
        assert_eq!([position("A"), position("z"), position("AA")], [Some(0), Some(25), Some(26)]);
        assert!((0..200).all(|at| position(&letters(at)) == Some(at)));
        assert_eq!([position(""), position("1"), position("ZZZ"), position("Ă")], [None; 4]);
    }

    #[test]
    fn a_mapping_names_titles_of_the_form_and_letters() {
        let mapping = Mapping::parse("Tên mô hình=B,Xã, phường, thị trấn = c; Số tổ=F\nDòng tiêu đề=6").unwrap();
        assert_eq!(mapping.columns.keys().copied().collect::<Vec<_>>(), [1, 2, 5]);
        assert_eq!(mapping.row, Some(5));
        for wrong in ["", "Tên mô hình", "Tên mô hình=", "Cột lạ=B", "Tên mô hình=B, Xã", "Tên mô hình=5"]
        {
            assert!(Mapping::parse(wrong).is_err(), "{wrong}");
        }
    }
}
