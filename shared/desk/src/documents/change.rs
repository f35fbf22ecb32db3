//! What is written about a document after it was added: number, date, issuer, subject, signer; and taking
//! it out of its dossier, which an edit undoes.

use std::collections::BTreeSet;
use std::str::FromStr;

use keng_domain::document::{DETAILS, Document, FileHash};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::rules::secrecy::stamp_in_text;
use keng_domain::schema::{Kind, REMOVED};
use keng_store::edit::Act;
use keng_store::{Store, StoreError};

use super::record_for;
use crate::Told;
use crate::acts::{By, Given, commit, read_all};

/// A document as a person names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// By its own identifier.
    Id(RecordId),
    /// By its file.
    File(FileHash),
}

impl FromStr for Named {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let file = text.parse().map(Self::File).ok();
        file.or_else(|| text.parse().map(Self::Id).ok())
            .ok_or_else(|| format!("{text:?} is neither the SHA-256 of a file nor the identifier of a document"))
    }
}

/// Reads what a person gives about a document, all faults at once.
///
/// # Errors
/// For other keys, a text too long, a date that cannot be read or has not come (R2), a stamp of secrecy (R32).
pub fn details(store: &Store, given: &[Given]) -> Result<Vec<(String, Value)>, Told> {
    if let Some((key, _)) = given.iter().find(|(key, _)| !DETAILS.contains(&key.as_str())) {
        return Err(Told::refused(format!("Không có mục “{key}”. Các mục ghi được: {}.", DETAILS.join(", "))));
    }
    let values = read_all(store, Kind::Document, given)?;
    let stamped = values.iter().find_map(|(_, value)| Some((value.as_text()?, stamp_in_text(value.as_text()?)?)));
    match stamped {
        None => Ok(values),
        Some((text, stamp)) => Err(Told::new(
            format!("“{text}” mang dấu độ mật “{}”.", stamp.label()),
            "Chưa ghi gì.",
            "Bí mật nhà nước không được lưu trên máy có nối mạng (R32).",
        )),
    }
}

/// Writes about a document. Returns whether anything changed.
///
/// # Errors
/// As [`details`]; for a document that is not here, or in whose record this unit may not write.
pub fn edit(store: &mut Store, named: Named, given: &[Given], by: &By) -> Result<bool, Told> {
    let values = details(store, given)?;
    let document = find(store, named, |d| !d.removed)?;
    change(store, &document, values, by)
}

/// Takes a document out of its dossier, for the reason of `by`. It stays in the history with who and why.
///
/// # Errors
/// Without a reason; for a document that is not here or is out already.
pub fn remove(store: &mut Store, named: Named, by: &By) -> Result<(), Told> {
    let Some(reason) = by.reason.as_deref().map(str::trim).filter(|r| !r.is_empty()) else {
        return Err(Told::refused("Gỡ văn bản khỏi hồ sơ phải có lý do."));
    };
    let document = find(store, named, |d| !d.removed)?;
    if document.removed {
        return Err(Told::refused(format!("“{}” đã được gỡ khỏi hồ sơ.", document.name)));
    }
    let values = read_all(store, Kind::Document, &[(REMOVED.to_owned(), reason.to_owned())])?;
    change(store, &document, values, by).map(|_| ())
}

/// Puts a document that was taken out back into its dossier. Returns whether it was out.
///
/// # Errors
/// For a document that is not here.
pub fn restore(store: &mut Store, named: Named, by: &By) -> Result<bool, Told> {
    let document = find(store, named, |d| d.removed)?;
    change(store, &document, vec![(REMOVED.to_owned(), Value::Null)], by)
}

fn change(store: &mut Store, document: &Document, values: Vec<(String, Value)>, by: &By) -> Result<bool, Told> {
    // Of a person's record, or the province's template, no document is written about by hand.
    record_for(store, document.record)?;
    Ok(commit(store, &[Act::Change { id: document.id, values }], by)?.entries > 0)
}

/// The document that is named; of several with one file the only one that is `meant`.
fn find(store: &Store, named: Named, meant: impl Fn(&Document) -> bool) -> Result<Document, Told> {
    let hash = match named {
        Named::Id(id) => {
            let view = store.record(id)?.filter(|v| v.kind == Kind::Document.code());
            let document = view.and_then(|v| Document::read(id, &v.fields)).filter(|d| !d.is_key());
            return document.ok_or_else(|| StoreError::NoRecord(id).into());
        }
        Named::File(hash) => hash,
    };
    let mut all = store.documents_with(&hash)?;
    if all.iter().any(&meant) {
        all.retain(meant);
    }
    match all.as_slice() {
        [] => Err(StoreError::NoFile(hash).into()),
        [one] => Ok(one.clone()),
        several => {
            let each: Vec<String> =
                several.iter().map(|d| format!("{} (bản ghi {}, {})", d.id, d.record, d.kind_label())).collect();
            let records: BTreeSet<RecordId> = several.iter().map(|d| d.record).collect();
            let found = match records.len() {
                1 => format!("được ghi là {} văn bản của một hồ sơ", several.len()),
                n => format!("có trong {n} hồ sơ"),
            };
            Err(Told::refused(format!("Tệp này {found}. Hãy ghi mã văn bản: {}.", each.join("; "))))
        }
    }
}
