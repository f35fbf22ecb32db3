//! Vietnamese text: keys for comparing names, dictionary order, numbers and dates in prose.

mod collate;
mod fold;
mod prose;

pub use collate::compare;
pub use fold::{name_key, search_key};
pub use prose::{date_dmy, date_long, padded, thousands};
