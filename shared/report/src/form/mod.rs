//! The statistics form (mẫu thống kê, letter 4267, 1.d) as the province has it: a workbook with named cells.
//!
//! The official form is not at hand, so its layout is no matter of code. A template is an `.xlsx` whose
//! cells carry names ([`names`]): a single figure goes into the cell of its name, a table begins in the
//! row in which its columns are named, and what stands below moves down. Everything else of the workbook
//! stays as it is, byte for byte where nothing moves: the XML is cut open at the cells that are filled,
//! never read into a model of a spreadsheet and written again.
//!
//! * [`names`]: name → meaning → figure, the one table; [`more`]: those that a template need not have; [`reference`]: addresses and formulas;
//!   [`package`]: the zip, within limits; [`template`]: what a template must have; [`sheet`]: filling one
//!   sheet; [`fill`]: filling all of it; [`built_in`]: the template that goes with the program.

mod around;
mod built_in;
mod fault;
mod fill;
mod heights;
mod more;
mod names;
mod package;
mod reference;
mod sheet;
mod styles;
mod template;
mod values;
mod xml;

pub use built_in::built_in;
pub use fault::{BadTemplate, Misplaced};
pub use names::{Level, Name, PREFIX, names};
pub use package::FILE_BYTES_MAX;
pub use template::Template;
