//! Fills "Hồ sơ khác": one list and one form for eight kinds of record, after the schema.

use keng_desk::acts::Given;
use keng_desk::alike::same_place;
use keng_desk::duties::records::{KINDS, leader, unsaid};
use keng_desk::duties::safety::{Assessor, WithoutModel, pack_of, without_model};
use keng_desk::names::field_label;
use keng_domain::field::{Field, Value};
use keng_domain::id::RecordId;
use keng_domain::rules::movement::sheet;
use keng_domain::schema::{FieldSpec, FieldType, Kind, WITHDRAWN};
use keng_store::StoreError;
use keng_store::personal::KeyState;
use keng_store::query::RecordView;

use super::Reading;
use super::record_form::holds;
use crate::answer::address;
use crate::form::{Input, InputKind, Typed};
use crate::format::capital;
use crate::pages::models::Filter;
use crate::pages::records::{LackingCard, LackingRow, RecordPage, RecordRow, RecordsPage, WithdrawnRow};
use crate::parts::{Cell, Find, Link, Tag, Tone};
use crate::shell::Shell;

/// Places without an effective model that the page lists; the command lists all.
const LACKING_MAX: usize = 300;

/// Fields that a line of the list has room for.
const COLUMNS_MAX: usize = 6;

impl Reading<'_> {
    /// The kind that an address names; the first one when it names none.
    #[must_use]
    pub fn other_kind(code: &str) -> Kind {
        KINDS.into_iter().find(|k| k.code() == code).unwrap_or(KINDS[0])
    }

    /// The records of a kind.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn records_page(&self, shell: Shell, kind: Kind, query: &str) -> Result<RecordsPage, StoreError> {
        let mut kinds = Vec::with_capacity(KINDS.len());
        for k in KINDS {
            let label = format!("{} ({})", capital(k.label()), self.store.records(k)?.len());
            let link = Link::new(label, address("/others", &[("kind", k.code()), ("year", &shell.year)]));
            kinds.push(Filter { link, on: k == kind });
        }
        let shown = |s: &&FieldSpec| !matches!(s.kind, FieldType::Text | FieldType::Map) && s.key != WITHDRAWN;
        let columns: Vec<&FieldSpec> = kind.fields().iter().filter(shown).take(COLUMNS_MAX).collect();
        let mut assessor = (kind == Kind::Assessment).then(|| Assessor::of(self.store)).transpose()?;
        let find = Find::new("/others", query, &[("kind", kind.code()), ("year", &shell.year)]);
        let mut rows = Vec::new();
        for view in self.store.records(kind)? {
            let mut cells = Vec::with_capacity(columns.len());
            for spec in &columns {
                let cell = Cell {
                    numeric: matches!(spec.kind, FieldType::Count | FieldType::Money),
                    ..Cell::text(self.told(&view, spec.key)?)
                };
                cells.push(self.cell(view.id, spec.key, cell));
            }
            let name = self.names.record(&view);
            let said: Vec<&str> = [name.as_str()].into_iter().chain(cells.iter().map(|c| c.text.as_str())).collect();
            if !find.holds(&said) {
                continue;
            }
            rows.push(RecordRow {
                href: address(&format!("/others/{}", view.id), &[("year", &shell.year)]),
                name,
                cells,
                mark: match &mut assessor {
                    Some(assessor) => assessor.assessed(&view)?.as_ref().map(holds),
                    None => self.mark_of(&view, kind)?,
                },
            });
        }
        Ok(RecordsPage {
            kinds,
            find,
            title: capital(kind.label()),
            add: address("/others/new", &[("kind", kind.code()), ("year", &shell.year)]),
            columns: columns.iter().map(|s| s.label).collect(),
            rows,
            withdrawn: self.withdrawn(&shell, kind)?,
            lacking: (kind == Kind::Assessment).then(|| self.lacking(&shell)).transpose()?,
            shell,
        })
    }

    /// What was taken back of a kind, with why, and the way to where it is put back.
    fn withdrawn(&self, shell: &Shell, kind: Kind) -> Result<Vec<WithdrawnRow>, StoreError> {
        let views = self.store.withdrawn(kind)?;
        let row = |view: &RecordView| WithdrawnRow {
            link: self.other_link(shell, view),
            why: view.fields.text(WITHDRAWN).unwrap_or_default().to_owned(),
        };
        Ok(views.iter().map(row).collect())
    }

    /// The other records of the place of an assessment or score.
    fn same_place(&self, shell: &Shell, kind: Kind, id: RecordId) -> Result<Vec<Link>, StoreError> {
        let mut links = Vec::new();
        for other in same_place(self.store, kind, id)? {
            links.extend(self.store.record(other)?.map(|view| self.other_link(shell, &view)));
        }
        Ok(links)
    }

    fn other_link(&self, shell: &Shell, view: &RecordView) -> Link {
        Link::new(self.names.record(view), address(&format!("/others/{}", view.id), &[("year", &shell.year)]))
    }

    /// Who has no effective model in the year shown.
    fn lacking(&self, shell: &Shell) -> Result<LackingCard, StoreError> {
        let all = without_model(self.store, self.year())?;
        let line = |w: &WithoutModel| LackingRow {
            object: w.object_label().to_owned(),
            place: if w.name.is_empty() { w.unit_name.clone() } else { format!("{}, {}", w.name, w.unit_name) },
            why: w.why.clone(),
            way: match (w.assessment, w.models.first()) {
                (Some(id), _) => Link::new("Mở đánh giá", address(&format!("/others/{id}"), &[("year", &shell.year)])),
                (None, Some(model)) => {
                    Link::new("Xem mô hình", address(&format!("/models/{model}"), &[("year", &shell.year)]))
                }
                (None, None) => Link::new(
                    "Lập đánh giá",
                    address("/others/new", &[("kind", Kind::Assessment.code()), ("year", &shell.year)]),
                ),
            },
        };
        Ok(LackingCard {
            year: self.year(),
            communes: all.iter().filter(|w| w.name.is_empty()).count(),
            rows: all.iter().take(LACKING_MAX).map(line).collect(),
            more: all.len().saturating_sub(LACKING_MAX),
        })
    }

    fn mark_of(&self, view: &RecordView, kind: Kind) -> Result<Option<Tag>, StoreError> {
        Ok(match kind {
            Kind::Member => match self.store.key_state(view)? {
                KeyState::Here(_) => None,
                KeyState::Away => Some(Tag::new(Tone::Warn, "chưa có khóa")),
                KeyState::Erased(_) => Some(Tag::new(Tone::Calm, "đã xóa")),
            },
            Kind::Score => {
                let sheet = sheet(&view.fields, &pack_of(&self.names.packs, view).movement);
                let points = format!("{} / {} điểm", sheet.own, sheet.above);
                Some(match sheet.late {
                    true => Tag::new(Tone::Warn, format!("{points}, quyết định quá hạn")),
                    false => Tag::new(Tone::Calm, points),
                })
            }
            Kind::Team => leader(self.store, view.id)?.and_then(|member| {
                let name = self.told(&member, "name").ok().filter(|name| !name.is_empty())?;
                Some(Tag::new(Tone::Calm, format!("tổ trưởng: {name}")))
            }),
            _ => None,
        })
    }

    /// A field as people read it; empty when nobody has written it.
    pub(super) fn told(&self, view: &RecordView, key: &str) -> Result<String, StoreError> {
        let Some(value) = view.fields.get(key).map(Field::shown).filter(|v| **v != Value::Null) else {
            return Ok(String::new());
        };
        Ok(match key {
            "record" => self.record_named(value),
            _ => self.names.value(&view.kind, key, value),
        })
    }

    /// The form of a record, or of a new one.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`] for a record of another kind.
    pub fn record_page(&self, shell: Shell, kind: Kind, id: Option<RecordId>) -> Result<RecordPage, StoreError> {
        let view = id.map(|id| self.other_record(id)).transpose()?;
        let inputs = self.record_inputs(kind, view.as_ref())?;
        let name = match &view {
            Some(view) => self.names.record(view),
            None => format!("Thêm {}", kind.label()),
        };
        let (mut assessment, mut scores, mut person) = (None, None, None);
        if let Some(view) = &view {
            match kind {
                Kind::Assessment => assessment = self.assessment_card(view)?,
                Kind::Score => scores = Some(self.sheet_card(view)),
                Kind::Member => person = Some(self.person_card(view)?),
                _ => {}
            }
        }
        let mut page = RecordPage {
            kind: (kind.code(), capital(kind.label())),
            id,
            name,
            inputs,
            was: Vec::new(),
            reason: String::new(),
            fault: None,
            assessment,
            papers: match (id, &scores) {
                (Some(id), _) if kind == Kind::Survey => self.papers(&format!("/letters/minutes/{id}")),
                (Some(id), Some(s)) if !s.sheet.lines.is_empty() => self.papers(&format!("/letters/score/{id}")),
                _ => Vec::new(),
            },
            sheet: scores,
            documents: id
                .filter(|_| kind.has_documents())
                .map(|id| self.documents_card(id, &shell.csrf))
                .transpose()?,
            person,
            same_place: match (kind, id) {
                (Kind::Assessment | Kind::Score, Some(id)) => self.same_place(&shell, kind, id)?,
                _ => Vec::new(),
            },
            withdrawn: view.as_ref().and_then(|v| v.fields.text(WITHDRAWN)).map(str::to_owned),
            shell,
        };
        if id.is_some() {
            page.was = entered(&page).into_iter().map(|i| (i.key, i.value)).collect();
        }
        Ok(page)
    }

    /// A record of one of the kinds of these pages.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn other_record(&self, id: RecordId) -> Result<RecordView, StoreError> {
        let view = self.store.record(id)?;
        view.filter(|v| KINDS.iter().any(|k| k.code() == v.kind)).ok_or(StoreError::NoRecord(id))
    }

    /// What a sent form asks to write, or the page again with what is wrong beside what was typed.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`] for a record of another kind.
    pub fn record_given(
        &self,
        shell: Shell,
        kind: Kind,
        id: Option<RecordId>,
        typed: &Typed,
    ) -> Result<Result<Vec<Given>, Box<RecordPage>>, StoreError> {
        let page = self.record_page(shell, kind, id)?;
        let fields = entered(&page);
        let is_said = |text: &str| id.is_some() || !text.trim().is_empty();
        let given: Vec<Given> = match id {
            Some(_) => typed.changed(&fields).into_iter().map(|(k, t)| (k, t.to_owned())).collect(),
            None => fields.iter().filter_map(|i| Some((i.key.clone(), typed.get(&i.key)?.to_owned()))).collect(),
        };
        let given: Vec<Given> = given.into_iter().filter(|(_, text)| is_said(text)).collect();
        let overtaken: Vec<&Input> =
            fields.iter().filter(|i| given.iter().any(|(k, _)| *k == i.key) && typed.overtaken(i)).collect();
        let mut again = self.with_typed(page, kind, typed);
        if id.is_none() {
            let said = |key: &str| given.iter().find(|(k, _)| k == key).map(|(_, text)| text.clone());
            for spec in unsaid(kind, said) {
                let input = again.inputs.iter_mut().find(|i| i.key == spec.key && i.error.is_none());
                input.into_iter().for_each(|i| i.error = Some("Hãy ghi mục này".to_owned()));
            }
        }
        if let Some(first) = overtaken.first() {
            let label = if first.label.is_empty() { field_label(kind.code(), &first.key) } else { first.label.clone() };
            let fault = format!(
                "{label}: nơi khác vừa ghi “{}”. Nếu vẫn muốn ghi giá trị của mình, bấm “Lưu” lần nữa.",
                first.value
            );
            return Ok(Err(Box::new(RecordPage { fault: Some(fault), ..again })));
        }
        Ok(if again.inputs.iter().any(|i| i.error.is_some()) { Err(Box::new(again)) } else { Ok(given) })
    }

    /// The page with everything that was typed.
    #[must_use]
    pub fn with_typed(&self, mut page: RecordPage, kind: Kind, typed: &Typed) -> RecordPage {
        let criteria = page.assessment.as_mut().map(|a| a.criteria.iter_mut()).into_iter().flatten();
        for input in page.inputs.iter_mut().chain(criteria).filter(|i| i.kind != InputKind::Fixed) {
            let Some(text) = typed.get(&input.key) else { continue };
            match kind
                .field(&input.key)
                .filter(|s| !matches!(s.kind, FieldType::Fixed | FieldType::Record | FieldType::Map))
            {
                Some(spec) => *input = input.clone().typed(spec, text),
                None => text.clone_into(&mut input.value),
            }
        }
        for (n, line) in page.sheet.iter_mut().flat_map(|s| s.typed.iter_mut()).enumerate() {
            for (column, value) in ["own", "above"].into_iter().zip(line) {
                if let Some(text) = typed.get(&format!("{column}/{}", n + 1)) {
                    text.clone_into(value);
                }
            }
        }
        typed.text("reason").clone_into(&mut page.reason);
        page
    }
}

/// Everything that can be entered on the page, lines of sheets included.
fn entered(page: &RecordPage) -> Vec<Input> {
    let scores = page.sheet.iter().flat_map(|s| s.typed.iter().enumerate()).flat_map(|(n, line)| {
        ["own", "above"].into_iter().zip(line).map(move |(column, value)| Input {
            key: format!("{column}/{}", n + 1),
            label: String::new(),
            hint: None,
            kind: InputKind::Count,
            value: value.clone(),
            error: None,
            tag: None,
        })
    });
    let criteria = page.assessment.iter().flat_map(|a| a.criteria.iter().cloned());
    page.inputs.iter().filter(|i| i.kind != InputKind::Fixed).cloned().chain(criteria).chain(scores).collect()
}
