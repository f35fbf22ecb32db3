//! What officers have said of the columns of files, remembered by unit and titles.
//!
//! Kept in a table of this machine and not as a record: it is about how one unit lays its files
//! out, is no fact of the movement, and said wrongly at one machine must not read another's files.

use keng_desk::Told;
use keng_store::Store;

use crate::import::{Layout, Layouts, Mapping};

fn memory(store: &Store) -> String {
    format!("layout/{}", store.identity().unit)
}

/// What was said of files of this unit; `given` is said of the file about to be read.
///
/// # Errors
/// When `given` cannot be read, in words.
pub fn layouts(store: &Store, given: Option<&str>) -> Result<Layouts, Told> {
    let given = given.map(str::trim).filter(|text| !text.is_empty());
    let given = given.map(Mapping::parse).transpose().map_err(Told::refused)?;
    // A title that this version does not know any more is as if nothing had been said.
    let known = store.import_memory(&memory(store))?.into_iter();
    let remembered = known.filter_map(|(titles, text)| Some((titles, Mapping::parse(&text).ok()?))).collect();
    Ok(Layouts { given, remembered })
}

/// Remembers what was said of a file that could be read by it.
///
/// # Errors
/// Whatever the store says.
pub fn remember_layout(store: &mut Store, layout: &Layout) -> Result<(), Told> {
    if layout.is_given {
        let kind = memory(store);
        store.remember(&kind, &layout.titles, &layout.mapping)?;
    }
    Ok(())
}
