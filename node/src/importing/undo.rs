//! An import taken back as one act.
//!
//! Nothing of the log is taken out. A record that the import created gets the mark "withdrawn",
//! which leaves it out of lists, counts and reports, and which one more edit takes off; a field
//! that it changed gets the value it had. Both are ordinary edits: they can be made offline, travel
//! like others and can be traced. What anybody has written since is left alone and named.

use std::collections::{BTreeMap, BTreeSet};

use keng_desk::acts::By;
use keng_desk::{Told, clock, names};
use keng_domain::field::{Field, Value};
use keng_domain::id::{Lsn, RecordId};
use keng_domain::schema::{Kind, WITHDRAWN};
use keng_store::Store;
use keng_store::edit::Act;
use keng_store::imports::{Deed, Import, ImportId, Values};
use keng_store::trace::TraceLine;
use serde::Serialize;

use super::name_of;

/// What undoing an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The import.
    pub import: ImportId,
    /// The file's name.
    pub file: String,
    /// It had been taken back before, so nothing was done now.
    pub already: bool,
    /// Points that were withdrawn.
    pub points: u32,
    /// Models that were withdrawn.
    pub models: u32,
    /// Fields that have the value from before again.
    pub fields: u32,
    /// What was left as it is.
    pub left: Vec<Left>,
}

/// Something that an import wrote and that stays, because somebody has built on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The record.
    pub record: RecordId,
    /// Its name; of a point, its place.
    pub name: String,
    /// The field, where it is about one.
    pub field: Option<String>,
    /// Why.
    pub reason: String,
}

/// Takes an import back. Doing so twice is harmless.
///
/// # Errors
/// For an import that is not of this machine, and what the store says; then nothing was written.
pub fn undo(store: &mut Store, id: ImportId, by: &By) -> Result<Undone, Told> {
    let Some(import) = store.imports()?.into_iter().find(|i| i.id == id) else {
        return Err(Told::refused(format!("Máy này không có lần nhập số {}; xem danh sách bằng import --list.", id.0)));
    };
    let mut done = Undone {
        import: id,
        file: import.file.clone(),
        already: import.undone_at_ms.is_some(),
        points: 0,
        models: 0,
        fields: 0,
        left: Vec::new(),
    };
    if done.already {
        return Ok(done);
    }
    let mut back =
        Back { store, import: &import, values: BTreeMap::new(), bases: BTreeMap::new(), withdrawn: BTreeSet::new() };
    let deeds = back.store.import_deeds(id)?;
    // From the last one: points before the models that they name, later values before earlier.
    for (deed, base) in deeds.iter().rev() {
        match deed.created {
            true => back.withdraw(deed, &mut done)?,
            false => back.restore(deed, base.as_ref(), &mut done)?,
        }
    }
    let Back { values, bases, .. } = back;
    let acts: Vec<Act> =
        values.into_iter().map(|(id, values)| Act::Change { id, values: values.into_iter().collect() }).collect();
    let why = format!("hoàn tác lần nhập {} ({})", id.0, import.file);
    let reason = by.reason.as_ref().map_or_else(|| why.clone(), |given| format!("{given} · {why}"));
    let stamp = By { reason: Some(reason), ..by.clone() }.stamp(store);
    store.commit_undo(id, &acts, &stamp, clock::now_ms(), &bases)?;
    done.left.reverse();
    Ok(done)
}

struct Back<'a> {
    store: &'a Store,
    import: &'a Import,
    values: BTreeMap<RecordId, Values>,
    bases: BTreeMap<RecordId, Option<Values>>,
    withdrawn: BTreeSet<RecordId>,
}

impl Back<'_> {
    fn withdraw(&mut self, deed: &Deed, done: &mut Undone) -> Result<(), Told> {
        let id = deed.record;
        let Some(view) = self.store.record(id)? else { return Ok(()) };
        let since = self.since(id, None)?;
        let reason = match since {
            Some(line) => Some(who(&line)),
            None => {
                let dependents = self.store.dependents(id)?;
                dependents.iter().any(|d| !self.withdrawn.contains(d)).then(|| {
                    let what = Kind::of_code(&view.kind).map_or("bản ghi", Kind::label);
                    format!("đã có bản ghi khác gắn với {what} này")
                })
            }
        };
        if let Some(reason) = reason {
            done.left.push(Left { record: id, name: name_of(self.store, id)?, field: None, reason });
            return Ok(());
        }
        let why = format!("nhập nhầm ({})", self.import.file)
            .chars()
            .take(keng_domain::schema::LINE_CHARS_MAX)
            .collect::<String>();
        // Whatever the import changed in it after creating it goes with it.
        self.values.insert(id, Values::from([(WITHDRAWN.to_owned(), Value::from(why))]));
        self.bases.insert(id, None);
        self.withdrawn.insert(id);
        match Kind::of_code(&view.kind) {
            Some(Kind::Model) => done.models += 1,
            _ => done.points += 1,
        }
        Ok(())
    }

    fn restore(&mut self, deed: &Deed, base: Option<&Values>, done: &mut Undone) -> Result<(), Told> {
        let id = deed.record;
        let Some(view) = self.store.record(id)? else { return Ok(()) };
        let mut kept = base.cloned().unwrap_or_default();
        for key in deed.after.keys() {
            // To withdraw a record again hides all of it, so all of it must be as the import left it.
            let since = self.since(id, Some(key.as_str()).filter(|key| *key != WITHDRAWN))?;
            let contested = matches!(view.fields.get(key), Some(Field::Contested(_)));
            let reason = match (since, deed.before.get(key)) {
                (Some(line), _) => who(&line),
                (None, _) if contested => "đang có xung đột chưa chọn".to_owned(),
                (None, None) => "trước lần nhập đang có xung đột".to_owned(),
                (None, Some(before)) => {
                    self.values.entry(id).or_default().insert(key.clone(), before.clone());
                    done.fields += 1;
                    continue;
                }
            };
            kept.extend(deed.after.get(key).map(|value| (key.clone(), value.clone())));
            let field = Some(names::field_label(&view.kind, key));
            done.left.push(Left { record: id, name: name_of(self.store, id)?, field, reason });
        }
        self.bases.insert(id, base.map(|_| kept));
        Ok(())
    }

    /// The last value written to a record, or one of its fields, after the import.
    fn since(&self, id: RecordId, field: Option<&str>) -> Result<Option<TraceLine>, Told> {
        let after = |line: &TraceLine| line.local_lsn.unwrap_or(Lsn(u64::MAX)) > self.import.lsn;
        Ok(self.store.trace(id, field)?.into_iter().rfind(after))
    }
}

fn who(line: &TraceLine) -> String {
    let unit = line.author.unit.to_string();
    format!("{} ({unit}) đã sửa sau lần nhập", line.author.officer)
}
