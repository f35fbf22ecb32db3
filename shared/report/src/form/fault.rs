//! Why a workbook cannot be the template.

use super::names::Name;

/// A name that stands where it cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misplaced {
    /// It refers to no cell of this workbook (`#REF!`, a constant, another file).
    NoCell {
        /// The name.
        name: String,
        /// What it refers to.
        refers_to: String,
    },
    /// Columns of one table are named on different sheets or in different rows.
    Scattered {
        /// A column of the table.
        name: String,
        /// Where it stands.
        at: String,
        /// The first column of the table.
        first: String,
        /// Where that one stands.
        first_at: String,
    },
    /// Two names share a cell.
    Shared {
        /// The one.
        name: String,
        /// The other.
        other: String,
        /// The cell.
        at: String,
    },
    /// The cell is covered by a merged one: what is written there is not seen.
    Covered {
        /// The name.
        name: String,
        /// The cell.
        at: String,
        /// The merged area.
        merged: String,
    },
    /// A merged area takes the row of a table together with others: rows that are added would vanish in it.
    Stretched {
        /// The sheet and the merged area.
        merged: String,
        /// A name in that row.
        name: String,
    },
    /// The sheet has an Excel table (ListObject), whose bounds the file keeps apart from its cells.
    InExcelTable {
        /// The sheet.
        sheet: String,
    },
}

/// Why a file is refused as a template; nothing of it is used then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// Larger than a form can be.
    #[error("more than {max} bytes")]
    TooLarge {
        /// The limit, bytes.
        max: u64,
    },
    /// Unpacks to more than a form can be: a zip bomb, or pictures.
    #[error("unpacks to more than {max} bytes")]
    UnpacksTooLarge {
        /// The limit, bytes.
        max: u64,
    },
    /// An `.xls` of before 2007, or a workbook that is locked with a password.
    #[error("a workbook of before 2007, or encrypted")]
    OldOrLocked,
    /// Another format than `.xlsx`.
    #[error("not an .xlsx")]
    NotXlsx,
    /// It carries macros.
    #[error("carries macros ({part})")]
    Macros {
        /// The part of the package.
        part: String,
    },
    /// The package or its XML cannot be read.
    #[error("damaged: {0}")]
    Damaged(String),
    /// It has not all the names.
    #[error("names missing: {}", .0.iter().map(|n| n.name.as_str()).collect::<Vec<_>>().join(", "))]
    Missing(Vec<Name>),
    /// Names stand where they cannot.
    #[error("names misplaced: {0:?}")]
    Misplaced(Vec<Misplaced>),
    /// With so many rows the sheet would be longer than a sheet may be.
    #[error("sheet {sheet:?} would be longer than {max} rows")]
    TooLong {
        /// The sheet.
        sheet: String,
        /// Excel's limit.
        max: u32,
    },
}
