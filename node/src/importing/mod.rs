//! What a spreadsheet says, written: new models and points, and just the fields that changed.
//!
//! A file is compared with what the *last import* said of the same point, not only with what
//! stands there now: a value that the file has not changed is left alone, whoever has corrected
//! it since. Importing a file twice therefore changes nothing.
//!
//! A list has a row for each point; a statistics form has one for each model, of which no point can be made:
//! its totals are compared instead.
//!
//! * `gather`: rows of one point, taken as one; `plan`: from rows to acts; `form`: the rows of a statistics form,
//!   `form_told` what is told of them; `alike`: names that may mean something that exists already;
//!   `layouts`: which column is which; [`undo`]: an import taken back as one act.

mod alike;
mod form;
mod form_told;
mod gather;
mod layouts;
mod plan;
pub mod undo;

use std::collections::HashSet;

use chrono::NaiveDate;
use keng_desk::acts::By;
use keng_desk::{Told, clock};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_store::Store;
use keng_store::imports::{ImportCounts, ImportId, NewImport};
use serde::Serialize;

pub use self::alike::{Existing, LookAlike, Same, remember_same, same_named};
pub use self::form_told::{Difference, FormTold, Left};
use self::gather::{Gathered, gather};
pub use self::layouts::{layouts, remember_layout};
use self::plan::Plan;
use crate::import::{
    Refused, RowFault, RowName, Sheet, ahead_notice, encoding_code, encoding_notice, layout_notice, rows_named,
};

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
    /// Points added; of a statistics form, models.
    pub new: u32,
    /// Points, or models, of which a field changed.
    pub changed: u32,
    /// Points, or models, that say what stood there already.
    pub unchanged: u32,
    /// Rows that could not be read; the others are in.
    pub rejected: Vec<RowFault>,
    /// Models and points that are new, but whose names are like those of others.
    pub look_alikes: Vec<LookAlike>,
    /// In which encoding the texts were: `unicode`, `tcvn3`, `vni`, `windows-1258`, `undecided`.
    pub encoding: &'static str,
    /// What the officer should know of the file beside that, in sentences.
    pub notices: Vec<String>,
    /// Points that came in with a decision dated ahead: not counted before its day (R2).
    pub not_yet: Ahead,
    /// Of a statistics form: what it says that this machine does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<FormTold>,
    /// The rejected rows as they stand in the file, those that only the store makes unclear among them.
    #[serde(skip)]
    pub refused: Option<Refused>,
    /// Where the rejected rows were saved to be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rejected_file: Option<String>,
}

/// Rows with a decision dated ahead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ahead {
    /// So many points.
    pub points: usize,
    /// Row numbers as Excel shows them: the first [`ROWS_TOLD_MAX`].
    pub rows: Vec<u32>,
}

/// Rows that an answer names: what a person looks through; a list that is longer has one fault throughout.
pub const ROWS_TOLD_MAX: usize = 100;

/// Writes what `sheet` says as one transaction, or only counts it.
///
/// # Errors
/// What the store says, in words; then nothing of the file was written.
pub fn import(store: &mut Store, file: &str, sheet: Sheet, dry_run: bool, by: &By) -> Result<Imported, Told> {
    let today = clock::today();
    let tree = store.tree(today)?;
    let mut plan = Plan::new(store, &tree)?;
    let (points, contradicting) = gather(&plan, &store.rule_pack()?, sheet.points);
    let mut reasons = Vec::with_capacity(points.len());
    // One reason for each act of a row. It says where a value stood, and is never compared:
    // a row that moves in the next file is still the same.
    let reason = |rows: &[RowName]| {
        let reason = format!("nhập từ {file}, dòng {}", rows_named(rows));
        by.reason.as_ref().map_or_else(|| reason.clone(), |given| format!("{given} · {reason}"))
    };
    for point in &points {
        plan.take(store, &point.row);
        reasons.resize(plan.acts.len(), reason(&point.rows));
    }
    let (mut form, mut form_told) = (None, Vec::new());
    if let Some(read) = &sheet.form {
        let mut totals = form::Totals::new(store)?;
        for row in &read.models {
            totals.take(&mut plan, store, row)?;
            reasons.resize(plan.acts.len(), reason(&[RowName { sheet: None, row: row.row }]));
        }
        // Before anything is written: a form adds no point, so that what it is compared with stays.
        let (compared, told) = totals.compared(store, read, today)?;
        (form, form_told) = (Some(compared), told);
    }
    let [new, changed, unchanged] = plan.counts;
    // A row that says again what another of this file does stands there already.
    let again = points.iter().map(|point| point.rows.len() - 1).sum::<usize>();
    let unchanged = unchanged + u32::try_from(again).unwrap_or(u32::MAX);
    let (not_yet, not_yet_told) = ahead(&points, &plan.unclear, today);
    let mut faults = sheet.faults;
    faults.extend(contradicting);
    faults.append(&mut plan.unclear);
    let order = |fault: &RowFault| sheet.originals.iter().position(|o| fault.sheet.as_deref() == Some(o.sheet()));
    faults.sort_by_key(|fault| (order(fault), fault.row));
    let refused = Refused::of(&sheet.originals, &faults);
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
        notices: [
            encoding_notice(sheet.encoding),
            layout_notice(sheet.layout.as_ref()),
            gather::told(&points),
            plan.looks.told_within(),
            not_yet_told,
        ]
        .into_iter()
        .flatten()
        .chain(sheet.notices)
        .chain(form_told)
        .collect(),
        not_yet,
        form,
        refused,
        rejected_file: None,
    })
}

/// Of `points` those that come in, which `unclear` ones do not, and that do not count before a day that has not
/// come (R2), with the sentence about them.
fn ahead(points: &[Gathered], unclear: &[RowFault], today: NaiveDate) -> (Ahead, Option<String>) {
    let out: HashSet<RowName> = unclear.iter().map(RowFault::name).collect();
    let is_ahead = |point: &&Gathered| {
        let decided = point.row.values.get("decision_date").and_then(Value::as_text);
        decided.and_then(|text| text.parse::<NaiveDate>().ok()).is_some_and(|day| day > today)
    };
    let ahead: Vec<&Gathered> = points.iter().filter(is_ahead).filter(|p| !out.contains(&p.row.name())).collect();
    let mut rows: Vec<&RowName> = ahead.iter().flat_map(|point| &point.rows).collect();
    rows.sort();
    let told = ahead_notice(ahead.len(), &rows);
    (Ahead { points: ahead.len(), rows: rows.iter().take(ROWS_TOLD_MAX).map(|name| name.row).collect() }, told)
}

/// The record's name for people, e.g. of a point: its place.
fn name_of(store: &Store, id: RecordId) -> Result<String, Told> {
    let view = store.record(id)?;
    let text = view.and_then(|v| v.fields.text("name").or_else(|| v.fields.text("place")).map(str::to_owned));
    Ok(text.filter(|t| !t.is_empty()).unwrap_or_else(|| id.to_string()))
}
