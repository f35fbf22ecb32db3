//! What one import may cost, each number with its reason.

use keng_domain::schema::TEXT_CHARS_MAX;

/// 20 MiB: a district of 1,000 points is 0.2 MB as `.xlsx` and 0.5 MB as `.xls`; what is larger
/// holds photographs or is no list of points.
pub const FILE_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// 200 MiB: honest spreadsheets unpack to ten times their size, bombs to a thousand times.
pub const UNPACKED_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// 20,000 rows: the whole province of Kon Tum has 752; no unit of the country has as many.
pub const ROWS_MAX: u32 = 20_000;
/// 200 columns: the form has 16. Cells further right are not looked at.
pub const COLUMNS_MAX: u32 = 200;
/// 2 million filled cells in the workbook: all rows with 100 columns each, 150 MB in memory.
pub const CELLS_MAX: usize = 2_000_000;
/// 64 MiB of text in cells: a short text stored once can be shown in a million cells.
pub const TEXT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// One more than the longest field: a longer text is cut here and refused there, with its row.
pub const CELL_CHARS_MAX: usize = TEXT_CHARS_MAX + 1;
/// 50 rows: letterhead, title and notes above the table take ten.
pub const HEADER_ROWS_MAX: u32 = 50;
/// 64 sheets are searched for the table: one for each commune of the largest district, doubled.
pub const SHEETS_MAX: usize = 64;
/// 8 million tags outside the sheets (shared texts, styles): two or three for each text; the
/// reader keeps 24 bytes or more for each.
pub const TAGS_MAX: usize = 8_000_000;

const _: () = assert!(UNPACKED_BYTES_MAX > FILE_BYTES_MAX);
const _: () = assert!(CELLS_MAX >= ROWS_MAX as usize * 16);

/// The limits of one reading; tests make them small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// See [`FILE_BYTES_MAX`].
    pub file_bytes: u64,
    /// See [`UNPACKED_BYTES_MAX`].
    pub unpacked_bytes: u64,
    /// See [`ROWS_MAX`].
    pub rows: u32,
    /// See [`COLUMNS_MAX`].
    pub columns: u32,
    /// See [`CELLS_MAX`].
    pub cells: usize,
    /// See [`TEXT_BYTES_MAX`].
    pub text_bytes: usize,
    /// See [`CELL_CHARS_MAX`].
    pub cell_chars: usize,
    /// See [`HEADER_ROWS_MAX`].
    pub header_rows: u32,
    /// See [`SHEETS_MAX`].
    pub sheets: usize,
    /// See [`TAGS_MAX`].
    pub tags: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: FILE_BYTES_MAX,
            unpacked_bytes: UNPACKED_BYTES_MAX,
            rows: ROWS_MAX,
            columns: COLUMNS_MAX,
            cells: CELLS_MAX,
            text_bytes: TEXT_BYTES_MAX,
            cell_chars: CELL_CHARS_MAX,
            header_rows: HEADER_ROWS_MAX,
            sheets: SHEETS_MAX,
            tags: TAGS_MAX,
        }
    }
}
