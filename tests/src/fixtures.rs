//! Files that stand in `tests/fixtures`: made for this project, as districts send them.

use std::path::{Path, PathBuf};

/// The ten districts of Kon Tum in 2022.
pub const DISTRICTS: [&str; 10] = ["608", "610", "611", "612", "613", "614", "615", "616", "617", "618"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// A data folder of an earlier version; see the README beside it.
#[must_use]
pub fn data_folder(name: &str) -> PathBuf {
    folder().join(name)
}

/// A catalogue of units by its id.
#[must_use]
pub fn units(id: &str) -> PathBuf {
    folder().join("units").join(format!("{id}.csv"))
}

/// Which commune of Kon Tum became which one of Quảng Ngãi on 1/7/2025.
#[must_use]
pub fn lineage() -> PathBuf {
    units("lineage-2025-07-01")
}

/// The spreadsheet that a district of Kon Tum sent for 2022.
#[must_use]
pub fn spreadsheet(district: &str) -> PathBuf {
    folder().join("kontum-2022").join(format!("{district}-2022.xlsx"))
}

/// The figures that the ten spreadsheets must give.
#[must_use]
pub fn expected() -> PathBuf {
    folder().join("kontum-2022").join("expected.json")
}
