//! The template of the statistics form: put in force as a record of the log, kept as a file by its hash.
//!
//! One record names the file in force; who adopted which, and when, is its trace. A report made again from
//! its cut uses the template of that cut, so that it stays the same to the byte (I7). While the record names
//! none, the spreadsheet is the one that the program lays out itself.

mod words;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use keng_desk::acts::{By, commit, fresh_id, own_tree};
use keng_desk::{Told, clock, consolidation};
use keng_domain::document::{Document, FileHash, file_name};
use keng_domain::field::Value;
use keng_domain::figures::{Figures, PointLine};
use keng_domain::period::Period;
use keng_domain::rules::secrecy;
use keng_domain::schema::{Kind, TEMPLATE_HASH};
use keng_domain::tree::Tree;
use keng_records::record::Meta;
use keng_report::form::{FILE_BYTES_MAX, Level, Name, Template, built_in, names};
use keng_report::{Format, ReportError, render};
use keng_store::blobs::files::Files;
use keng_store::edit::Act;
use keng_store::query::template_record;
use keng_store::{Store, StoreError};
use sha2::{Digest, Sha256};

/// What the built-in template is called.
pub const BUILT_IN: &str = "mẫu có sẵn của chương trình";
/// The file name under which it is offered.
pub const BUILT_IN_FILE: &str = "mau-thong-ke.xlsx";
/// The kind of its document (data dictionary, `loai_ho_so`).
const DOCUMENT_KIND: &str = "KHAC";

/// One adoption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// The file; `None`: back to the built-in template.
    pub file: Option<(FileHash, String)>,
    /// Who.
    pub officer: String,
    /// When, milliseconds since 1970, UTC.
    pub at_ms: i64,
}

impl Adoption {
    /// What people call the template.
    #[must_use]
    pub fn name(&self) -> &str {
        self.file.as_ref().map_or(BUILT_IN, |(_, name)| name)
    }
}

/// All adoptions, oldest first; none while the built-in template has always been in force.
///
/// # Errors
/// Whatever SQLite says.
pub fn history(store: &Store) -> Result<Vec<Adoption>, StoreError> {
    if store.record(template_record())?.is_none() {
        return Ok(Vec::new());
    }
    let documents = store.documents_of(Some(template_record()))?;
    let read = |line: keng_store::trace::TraceLine| Adoption {
        file: line.value.as_text().and_then(|text| text.parse().ok()).map(|hash: FileHash| {
            let document = documents.iter().find(|d| d.document.hash == hash);
            (hash, document.map_or_else(|| hash.to_string(), |d| d.document.name.clone()))
        }),
        officer: line.author.officer,
        at_ms: line.author.device_time_ms,
    };
    Ok(store.trace(template_record(), Some(TEMPLATE_HASH))?.into_iter().map(read).collect())
}

/// The template in force; `None`: the built-in one, and nobody has ever adopted another.
///
/// # Errors
/// Whatever SQLite says.
pub fn in_force(store: &Store) -> Result<Option<Adoption>, StoreError> {
    Ok(history(store)?.pop())
}

/// The levels by which names of columns are made.
///
/// # Errors
/// Whatever the store says.
pub fn levels(store: &Store) -> Result<Vec<Level>, StoreError> {
    Ok(store.rule_pack()?.levels.into_iter().map(|l| (l.code, l.label)).collect())
}

/// All names that exist with the rule pack in force.
///
/// # Errors
/// Whatever the store says.
pub fn known(store: &Store) -> Result<Vec<Name>, StoreError> {
    Ok(names(&levels(store)?))
}

/// What came of adopting a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The file's name.
    pub name: String,
    /// Its hash.
    pub hash: FileHash,
    /// It was in force already: nothing was written.
    pub already: bool,
    /// What the officer should look at, in sentences.
    pub warnings: Vec<String>,
}

/// Checks a file and puts it in force.
///
/// # Errors
/// For a file that cannot be the template, in words; then the one in force stays.
pub fn adopt(store: &mut Store, path: &Path, by: &By) -> Result<Adopted, Told> {
    let name = file_name(&path.file_name().unwrap_or_default().to_string_lossy());
    let current = in_force(store)?;
    let stays = words::stays(current.as_ref().map_or(BUILT_IN, Adoption::name));
    let refused = |what: String| Told::new(what, &stays, "");
    if let Some(stamp) = secrecy::stamp(&name, &[]) {
        return Err(refused(format!("Tệp “{name}” mang dấu độ mật “{}”.", stamp.label())));
    }
    let bytes = read(path).map_err(|e| refused(format!("Không đọc được tệp {}: {e}.", path.display())))?;
    let template = Template::complete(bytes.clone(), &levels(store)?).map_err(|e| words::refused(&name, &e, &stays))?;
    let hash = FileHash(Sha256::digest(&bytes).into());
    let warnings = words::unknown(template.unknown()).into_iter().collect();
    let adopted = Adopted { name: name.clone(), hash, already: false, warnings };
    if current.and_then(|a| a.file).is_some_and(|(present, _)| present == hash) {
        return Ok(Adopted { already: true, ..adopted });
    }
    let stored = store.files().take(&mut &bytes[..], FILE_BYTES_MAX);
    let stored = stored.map_err(|e| keng_desk::documents::told(&name, &e))?;
    // First the file, then what names it: a power cut between them leaves a file too many.
    store.file_is_here(&stored.file, "", clock::now_ms())?;
    let (mut acts, meta) = put(store, Value::from(hash.to_string()), Value::from(name.as_str()))?;
    if !store.documents_of(Some(template_record()))?.iter().any(|d| d.document.hash == hash) {
        let meta = Meta { kind: Kind::Document.code().to_owned(), ..meta };
        let values = Document::values(template_record(), DOCUMENT_KIND, hash, &name, stored.file.bytes);
        acts.push(Act::Create { id: fresh_id(), meta, values });
    }
    commit(store, &acts, by)?;
    Ok(adopted)
}

/// Goes back to the built-in template; `false` where it is in force already.
///
/// # Errors
/// Whatever the store says.
pub fn adopt_built_in(store: &mut Store, by: &By) -> Result<bool, Told> {
    if in_force(store)?.is_none_or(|a| a.file.is_none()) {
        return Ok(false);
    }
    let (acts, _) = put(store, Value::Null, Value::Null)?;
    commit(store, &acts, by)?;
    Ok(true)
}

/// The act that names the template in force, and the place of its record.
fn put(store: &Store, hash: Value, name: Value) -> Result<(Vec<Act>, Meta), Told> {
    let values = vec![(TEMPLATE_HASH.to_owned(), hash), ("name".to_owned(), name)];
    let id = template_record();
    let kind = Kind::Template.code().to_owned();
    if let Some(view) = store.record(id)? {
        return Ok((vec![Act::Change { id, values }], Meta { kind, scope: view.scope, owner: view.owner }));
    }
    // As of reports: the province's own affair, which nodes do not get.
    let (catalogue, top) = own_tree(store)?;
    let meta = Meta { kind, scope: catalogue.scope_of(&top), owner: store.identity().province.clone() };
    Ok((vec![Act::Create { id, meta: meta.clone(), values }], meta))
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more tells that there is more.
    File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The file of the template in force: its name and bytes, or the built-in one.
///
/// # Errors
/// When the file is gone from the data folder, or is not what its name says.
pub fn file(store: &Store, files: &Files) -> Result<(String, Vec<u8>), Told> {
    match in_force(store)?.and_then(|a| a.file) {
        Some((hash, name)) => Ok((name, kept(files, &hash)?)),
        None => Ok((BUILT_IN_FILE.to_owned(), built_in_file(store)?)),
    }
}

/// The built-in template, for the rule pack in force.
///
/// # Errors
/// Whatever the store or the writer says.
pub fn built_in_file(store: &Store) -> Result<Vec<u8>, Told> {
    built_in(&levels(store)?).map_err(|e| Told::refused(format!("Không lập được mẫu: {e}.")))
}

fn kept(files: &Files, hash: &FileHash) -> Result<Vec<u8>, Told> {
    let bytes = read(&files.path(hash)).unwrap_or_default();
    if FileHash(Sha256::digest(&bytes).into()) == *hash {
        return Ok(bytes);
    }
    Err(Told::new(
        format!("Tệp của mẫu thống kê đang dùng ({hash}) không còn nguyên trong thư mục dữ liệu."),
        "Số liệu không bị ảnh hưởng.",
        "Hãy đặt lại mẫu (template adopt TỆP, hoặc template adopt --built-in) rồi chạy fsck.",
    ))
}

/// A template that was adopted, with what only it prints.
#[derive(Debug)]
pub struct Form {
    template: Template,
    points: Vec<PointLine>,
}

impl Form {
    /// Of the template in force in `store`, which may be the past of the one that has the `files`; `None`
    /// where that is the built-in one.
    ///
    /// # Errors
    /// When its file is gone or damaged.
    pub fn of(store: &Store, files: &Files, period: &Period, tree: &Tree) -> Result<Option<Self>, Told> {
        let Some((hash, name)) = in_force(store)?.and_then(|a| a.file) else { return Ok(None) };
        let read = Template::read(kept(files, &hash)?, &levels(store)?);
        let template = read.map_err(|e| words::refused(&name, &e, "Số liệu không bị ảnh hưởng."))?;
        let points =
            if template.lists_points() { consolidation::point_lines(store, period, tree)? } else { Vec::new() };
        Ok(Some(Self { template, points }))
    }

    /// What the form cannot print though the rule pack or the program has it, in a sentence.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        words::lacking(self.template.missing())
    }
}

/// A report in one format: the spreadsheet by `form`, where the province has one.
///
/// # Errors
/// As [`render`].
pub fn rendered(figures: &Figures, form: Option<&Form>, format: Format) -> Result<Vec<u8>, ReportError> {
    match (format, form) {
        (Format::Xlsx, Some(form)) => form.template.fill(figures, &form.points),
        _ => render(figures, format),
    }
}
