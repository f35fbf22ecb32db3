//! What a spreadsheet says, written: new models and points, and just the fields that changed.
//!
//! A file is compared with what the *last import* said of the same point, not only with what
//! stands there now: a value that the file has not changed is left alone, whoever has corrected
//! it since. Importing a file twice therefore changes nothing.
//!
//! * `plan`: from rows to acts; `alike`: names that may mean something that exists already;
//!   `layouts`: which column is which; [`undo`]: an import taken back as one act.

mod alike;
mod layouts;
mod plan;
pub mod undo;

use keng_desk::acts::By;
use keng_desk::{Told, clock};
use keng_domain::id::RecordId;
use keng_store::Store;
use keng_store::imports::{ImportCounts, ImportId, NewImport};
use serde::Serialize;

pub use self::alike::{Existing, LookAlike, Same, remember_same, same_named};
pub use self::layouts::{layouts, remember_layout};
use self::plan::Plan;
use crate::import::{RowFault, Sheet, encoding_code, encoding_notice, layout_notice};

/// What an import of one file did, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// The file's name.
    pub file: String,
    /// Its number among the imports of this machine, by which it can be taken back; absent where
    /// nothing was written.
    #[serde(rename = "import", skip_serializing_if = "Option::is_none")]
    pub id: Option<ImportId>,
    /// Data rows seen.
    pub rows: u32,
    /// Points added.
    pub new: u32,
    /// Points of which a field changed.
    pub changed: u32,
    /// Points that say what stood there already.
    pub unchanged: u32,
    /// Rows that could not be read; the others are in.
    pub rejected: Vec<RowFault>,
    /// Models and points that are new, but whose names are like those of others.
    pub look_alikes: Vec<LookAlike>,
    /// In which encoding the texts were: `unicode`, `tcvn3`, `vni`, `windows-1258`, `undecided`.
    pub encoding: &'static str,
    /// What the officer should know of the file beside that, in sentences.
    pub notices: Vec<String>,
    /// Where the rejected rows were saved to be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_file: Option<String>,
}

/// Writes what `sheet` says as one transaction, or only counts it.
///
/// # Errors
/// What the store says, in words; then nothing of the file was written.
pub fn import(store: &mut Store, file: &str, sheet: Sheet, dry_run: bool, by: &By) -> Result<Imported, Told> {
    let tree = store.tree(clock::today())?;
    let mut plan = Plan::new(store, &tree)?;
    let mut reasons = Vec::with_capacity(sheet.points.len());
    for row in &sheet.points {
        plan.take(store, row);
        // One reason for each act of the row. It says where a value stood, and is never compared:
        // a row that moves in the next file is still the same.
        let reason = format!("nhập từ {file}, dòng {}", row.row);
        let reason = by.reason.as_ref().map_or_else(|| reason.clone(), |given| format!("{given} · {reason}"));
        reasons.resize(plan.acts.len(), reason);
    }
    let [new, changed, unchanged] = plan.counts;
    let mut faults = sheet.faults;
    faults.append(&mut plan.unclear);
    faults.sort_by_key(|fault| fault.row);
    let rejected = u32::try_from(faults.len()).unwrap_or(u32::MAX);
    let counts = ImportCounts { rows: sheet.rows, new, changed, unchanged, rejected };
    let mut id = None;
    if !dry_run {
        let stamp = by.stamp(store);
        let import = NewImport { file, counts, bases: &plan.bases, deeds: &plan.deeds };
        // Before the rows: said by an officer, it holds even if the disk is full for them.
        sheet.layout.iter().try_for_each(|layout| remember_layout(store, layout))?;
        id = Some(store.commit_import(&plan.acts, &reasons, &stamp, clock::now_ms(), &import)?);
    }
    Ok(Imported {
        file: file.to_owned(),
        id,
        rows: sheet.rows,
        new,
        changed,
        unchanged,
        rejected: faults,
        look_alikes: plan.look_alikes,
        encoding: encoding_code(sheet.encoding),
        notices: encoding_notice(sheet.encoding).into_iter().chain(layout_notice(sheet.layout.as_ref())).collect(),
        rejected_file: None,
    })
}

/// The record's name for people, e.g. of a point: its place.
fn name_of(store: &Store, id: RecordId) -> Result<String, Told> {
    let view = store.record(id)?;
    let text = view.and_then(|v| v.fields.text("name").or_else(|| v.fields.text("place")).map(str::to_owned));
    Ok(text.filter(|t| !t.is_empty()).unwrap_or_else(|| id.to_string()))
}
