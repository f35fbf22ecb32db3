//! Vietnamese text: keys for comparing names, dictionary order, numbers and dates in prose, and
//! the encodings that were used before Unicode.

mod collate;
mod encoding;
mod fold;
mod legacy;
mod prose;
mod syllable;

pub use collate::compare;
pub use encoding::{Encoding, Placed, to_unicode};
pub use fold::{name_key, search_key};
pub use legacy::Legacy;
pub use prose::{date_dmy, date_long, padded, percent, percent_by, thousands};
