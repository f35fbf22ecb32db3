//! Adding a file to a record, and what lists say of documents.
//!
//! Adding has three steps, because copying a large file must not hold the one thread that
//! writes: [`wanted`] looks at what was asked, `Files::take` copies the file into the data
//! folder, [`link`] writes the document. [`change`] is what becomes of it afterwards, [`dossier`] what is
//! still to be added.

pub mod change;
pub mod dossier;
mod office;

use std::fs::File;
use std::path::Path;

use keng_domain::document::{DOCUMENT_KINDS, Document, file_name, kind_of_text};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::rules::secrecy::{self, Stamp};
use keng_domain::schema::Kind;
use keng_domain::text::date_dmy;
use keng_records::record::Meta;
use keng_store::blobs::files::{Stored, TakeFault};
use keng_store::blobs::{DocumentView, FileState};
use keng_store::edit::Act;
use keng_store::query::RecordView;
use keng_store::trace::TraceLine;
use keng_store::{Role, Store, StoreError};
/// The largest file, in bytes.
pub use keng_sync::limits::FILE_BYTES_MAX as BYTES_MAX;
use keng_sync::limits::FILES_PER_RECORD_MAX;
use serde_json::{Value as Json, json};

use crate::acts::{By, Given, commit, fresh_id};
use crate::clock::{in_vietnam, rfc3339};
use crate::{Told, clock};

/// What a person wants to add, looked at before the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The record.
    pub record: RecordId,
    /// Code of the kind.
    pub kind: &'static str,
    /// The file's name, safe to show.
    pub name: String,
    /// What was said about it: number, date, issuer, subject, signer.
    pub details: Vec<(String, Value)>,
}

/// What was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The document.
    pub id: RecordId,
    /// What of it was written.
    pub written: Written,
    /// The file, whole and on the disk.
    pub stored: Stored,
}

/// What adding a file wrote. The same file may be two documents of a record, for one scan often holds a decision
/// and its list (R14); as the same kind it is one, and what was said of that one before stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A document.
    Document,
    /// The record had it as this kind: only what nobody had said of it before, by the labels of the fields.
    Details(Vec<&'static str>),
}

impl Written {
    /// What an officer is told where the record had the document before; `None` for a new one.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        let Self::Details(filled) = self else { return None };
        let but = match filled.as_slice() {
            [] => "không ghi thêm".to_owned(),
            filled => format!("chỉ ghi thêm mục còn trống: {}", filled.join(", ").to_lowercase()),
        };
        Some(format!("Hồ sơ này đã có tệp đó với cùng loại văn bản: {but}; mục đã có thì sửa ở văn bản ấy."))
    }
}

/// Looks at what is to be added: the record, the kind, the name, what is said about it.
///
/// # Errors
/// For a record that is not here or takes no documents, an unknown kind, a name with a stamp of
/// secrecy, and as [`change::details`].
pub fn wanted(store: &Store, record: RecordId, kind: &str, name: &str, given: &[Given]) -> Result<Wanted, Told> {
    record_for(store, record)?;
    let kind = kind_of_text(kind).ok_or_else(|| Told::refused(unknown_kind(kind)))?;
    let name = file_name(name);
    refuse_secret(&name, secrecy::stamp(&name, &[]))?;
    let given: Vec<Given> = given.iter().filter(|(_, text)| !text.trim().is_empty()).cloned().collect();
    Ok(Wanted { record, kind, name, details: change::details(store, &given)? })
}

fn record_for(store: &Store, record: RecordId) -> Result<RecordView, Told> {
    let view = store.record(record)?.ok_or(StoreError::NoRecord(record))?;
    if Kind::of_code(&view.kind).is_some_and(Kind::has_documents) {
        return Ok(view);
    }
    Err(Told::refused(format!("Không thêm được văn bản vào bản ghi {record}: đây không phải mô hình hay điểm.")))
}

fn unknown_kind(kind: &str) -> String {
    let kinds: Vec<String> = DOCUMENT_KINDS.iter().map(|(code, label)| format!("{code} ({label})")).collect();
    format!("Không có loại văn bản “{kind}”. Các loại: {}.", kinds.join(", "))
}

fn refuse_secret(name: &str, stamp: Option<Stamp>) -> Result<(), Told> {
    match stamp {
        None => Ok(()),
        Some(stamp) => Err(Told::new(
            format!("Tệp “{name}” mang dấu độ mật “{}”.", stamp.label()),
            "Chưa ghi gì; không giữ bản nào của tệp trong Kẻng.",
            "Bí mật nhà nước không được lưu trên máy có nối mạng.",
        )),
    }
}

/// A fault of copying, in words.
#[must_use]
pub fn told(name: &str, fault: &TakeFault) -> Told {
    match fault {
        TakeFault::Source(e) => Told::refused(format!("Không đọc được tệp “{name}”: {e}.")),
        TakeFault::TooLarge(_) => Told::new(
            format!("Tệp “{name}” lớn quá {} MB.", BYTES_MAX / 1_048_576),
            "Chưa ghi gì.",
            "Hãy quét ở độ phân giải thấp hơn, hoặc tách thành nhiều tệp.",
        ),
        TakeFault::Empty => Told::refused(format!("Tệp “{name}” không có nội dung.")),
        TakeFault::Store(e) => Told::from(e),
    }
}

/// Writes the document of a file that lies in the data folder. A file whose text shows a stamp
/// of secrecy is removed again, unless another document names it.
///
/// # Errors
/// For a stamp, too many files, or a record in which this unit may not write.
pub fn link(store: &mut Store, wanted: &Wanted, stored: Stored, by: &By) -> Result<Added, Told> {
    let linked = write(store, wanted, &stored, by);
    if linked.is_err() {
        forget(store, &stored)?;
    }
    let (id, written) = linked?;
    Ok(Added { id, written, stored })
}

/// Removes a file that was taken for nothing, unless a document names it.
///
/// # Errors
/// Whatever the store says.
pub fn forget(store: &Store, stored: &Stored) -> Result<(), Told> {
    if store.file_named(&stored.file.hash)?.is_none() {
        store.files().remove(&stored.file.hash)?;
    }
    Ok(())
}

/// Takes a file of this machine for a record: what [`link`] then writes.
///
/// # Errors
/// As [`wanted`], and for a file that cannot be read.
pub fn take(
    store: &Store,
    record: RecordId,
    kind: &str,
    file: &Path,
    given: &[Given],
) -> Result<(Wanted, Stored), Told> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let wanted = wanted(store, record, kind, &name, given)?;
    let mut content =
        File::open(file).map_err(|e| Told::refused(format!("Không đọc được tệp {}: {e}.", file.display())))?;
    let taken = store.files().take(&mut content, BYTES_MAX);
    let stored = taken.map_err(|e| told(&wanted.name, &e))?;
    Ok((wanted, stored))
}

fn write(store: &mut Store, wanted: &Wanted, stored: &Stored, by: &By) -> Result<(RecordId, Written), Told> {
    let in_office_file = || office::stamp(&store.files().path(&stored.file.hash));
    refuse_secret(&wanted.name, secrecy::stamp(&wanted.name, &stored.head).or_else(in_office_file))?;
    let view = record_for(store, wanted.record)?;
    let others = store.documents_of(Some(wanted.record))?;
    let is_same = |d: &&DocumentView| d.document.hash == stored.file.hash && d.document.kind == wanted.kind;
    if let Some(same) = others.iter().find(is_same) {
        // The own copy may have been dropped: it is here again.
        store.file_is_here(&stored.file, "", clock::now_ms())?;
        let id = same.document.id;
        return Ok((id, fill(store, id, &wanted.details, by)?));
    }
    if others.len() >= FILES_PER_RECORD_MAX {
        return Err(Told::refused(format!("Bản ghi này đã có {FILES_PER_RECORD_MAX} tệp, không thêm được nữa.")));
    }
    let id = fresh_id();
    let meta = Meta { kind: Kind::Document.code().to_owned(), scope: view.scope, owner: view.owner };
    let mut values = Document::values(wanted.record, wanted.kind, stored.file.hash, &wanted.name, stored.file.bytes);
    values.extend(wanted.details.iter().cloned());
    // First the file, then the document: a power cut between them leaves a file too many.
    store.file_is_here(&stored.file, "", clock::now_ms())?;
    commit(store, &[Act::Create { id, meta, values }], by)?;
    Ok((id, Written::Document))
}

/// Writes of a document what nobody has said yet: whoever adds a file again does not mean to correct it.
fn fill(store: &mut Store, id: RecordId, details: &[(String, Value)], by: &By) -> Result<Written, Told> {
    let view = store.record(id)?.ok_or(StoreError::NoRecord(id))?;
    let is_open = |key: &str| view.fields.get(key).is_none_or(|field| *field.shown() == Value::Null);
    let values: Vec<(String, Value)> =
        details.iter().filter(|(key, value)| *value != Value::Null && is_open(key)).cloned().collect();
    let filled = values.iter().filter_map(|(key, _)| Kind::Document.field(key)).map(|spec| spec.label).collect();
    if !values.is_empty() {
        commit(store, &[Act::Change { id, values }], by)?;
    }
    Ok(Written::Details(filled))
}

/// `document list RECORD --json`.
#[must_use]
pub fn json(documents: &[DocumentView], role: Role) -> Json {
    documents.iter().map(|view| one(view, role)).collect()
}

fn one(view: &DocumentView, role: Role) -> Json {
    let (document, file) = (&view.document, view.file());
    json!({
        "id": document.id,
        "hash": document.hash,
        "name": document.name,
        "kind": document.kind,
        "number": document.number,
        "issued_on": document.issued_on,
        "issuer": document.issuer,
        "subject": document.subject,
        "signer_title": document.signer_title,
        "signer": document.signer,
        "pages": document.pages,
        "bytes": document.bytes,
        "record": document.record,
        "added_at": rfc3339(view.added_at_ms),
        "officer": view.officer,
        "unit": view.unit,
        "state": view.state(role).code(),
        "chunks_at_hub": file.chunks_in(view.place.hub_have),
        "chunks": file.chunks(),
        "received_at": view.place.received_at_ms.map(rfc3339),
    })
}

/// `3/5 tệp đã tới tỉnh`.
#[must_use]
pub fn summary(documents: &[DocumentView], role: Role) -> String {
    let there = documents.iter().filter(|d| d.is_at_hub(role)).count();
    format!("{there}/{} tệp đã tới tỉnh", documents.len())
}

/// Where a document's file is, in words.
#[must_use]
pub fn state_words(view: &DocumentView, role: Role) -> String {
    let file = view.file();
    match (view.state(role), view.place.hub_have) {
        (FileState::Both, _) => "đã tới tỉnh".to_owned(),
        (FileState::AtHub, _) if role == Role::Hub => "đã tới tỉnh".to_owned(),
        (FileState::AtHub, _) => "đã tới tỉnh; máy này không giữ bản".to_owned(),
        (FileState::Waiting | FileState::Elsewhere, have) if have > 0 => {
            format!("đang gửi: {}/{} mảnh đã tới tỉnh", file.chunks_in(have), file.chunks())
        }
        (FileState::Waiting, _) if role == Role::Hub => "chưa tới tỉnh".to_owned(),
        (FileState::Waiting, _) => "đang chờ gửi".to_owned(),
        (FileState::Elsewhere, _) => "không có trên máy này, chưa tới tỉnh".to_owned(),
    }
}

/// Prints documents with a line of totals.
pub fn print(documents: &[DocumentView], role: Role) {
    for view in documents {
        let at = in_vietnam(view.added_at_ms).format("%d/%m/%Y %H:%M");
        let d = &view.document;
        println!("{}  {} · {} · {} byte · {} {at}", d.hash, d.name, d.kind_label(), d.bytes, view.officer);
        let about = about(d);
        println!("    {}{}", if about.is_empty() { about } else { format!("{about} · ") }, state_words(view, role));
    }
    println!("{}.", summary(documents, role));
}

/// What has been written about a document: `số 12/KH-BCĐ ngày 09/11/2022 của UBND huyện về việc …`; empty
/// when nothing has.
#[must_use]
pub fn about(document: &Document) -> String {
    let part = |before: &str, text: Option<&str>| text.map(|t| format!("{before}{t}"));
    let day = document.issued_on.map(date_dmy);
    let signer: Vec<&str> =
        [&document.signer_title, &document.signer].into_iter().filter_map(|t| t.as_deref()).collect();
    let signer = (!signer.is_empty()).then(|| signer.join(" "));
    let parts = [
        part("số ", document.number.as_deref()),
        part("ngày ", day.as_deref()),
        part("của ", document.issuer.as_deref()),
        part("về việc ", document.subject.as_deref()),
        part("người ký: ", signer.as_deref()),
        document.pages.map(|n| format!("({n} trang)")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// `document list RECORD --removed --json`: what was taken out, by whom, when and why.
#[must_use]
pub fn removed_json(removed: &[(DocumentView, TraceLine)], role: Role) -> Json {
    let each = removed.iter().map(|(view, last)| {
        let mut json = one(view, role);
        json["removed"] = json!({
            "reason": last.value.as_text(),
            "officer": last.author.officer,
            "unit": last.author.unit,
            "at": rfc3339(last.author.device_time_ms),
        });
        json
    });
    each.collect()
}

/// Who took a document out, when and why: `đã gỡ: nhầm tệp (A Thiu, 09/11/2022 16:48)`.
#[must_use]
pub fn removed_words(last: &TraceLine) -> String {
    let at = in_vietnam(last.author.device_time_ms).format("%d/%m/%Y %H:%M");
    format!("đã gỡ: {} ({}, {at})", last.value, last.author.officer)
}

/// Prints what was taken out.
pub fn print_removed(removed: &[(DocumentView, TraceLine)]) {
    for (view, last) in removed {
        println!(
            "{}  {} · {} · {}",
            view.document.id,
            view.document.name,
            view.document.kind_label(),
            removed_words(last)
        );
    }
}
