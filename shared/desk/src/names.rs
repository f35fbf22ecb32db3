//! What people call a record or a field.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use keng_domain::field::{Field, Value};
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::point::{APPROVED, CRITERIA, Point};
use keng_domain::rule_pack::{RulePack, RulePacks};
use keng_domain::rules::criteria::BY_PACK;
use keng_domain::schema::{FieldType, Kind, OBJECTS};
use keng_domain::scope::Scope;
use keng_domain::text::{search_key, thousands};
use keng_domain::tree::Tree;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_records::personal::is_sealed;
use keng_store::query::RecordView;
use keng_store::{Store, StoreError};

use crate::clock;

/// In place of what was said of a person, where the key of the record was erased or has not come.
pub const UNREADABLE: &str = "(thông tin cá nhân không đọc được)";

/// Names that pages and reports print, looked up once.
#[derive(Debug, Clone)]
pub struct Names {
    /// The tree of units: at the hub the one in force today, at a node its own unit's.
    pub tree: Tree,
    /// The rule pack of the year that is looked at: of the calendar, unless another was asked for.
    pub pack: RulePack,
    /// All rule packs.
    pub packs: RulePacks,
    models: HashMap<RecordId, String>,
}

impl Names {
    /// Reads the tree of today, the rule packs and the names of all models.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync.
    pub fn of(store: &Store) -> Result<Self, StoreError> {
        Self::by(store, store.tree(clock::today())?)
    }

    /// The same by another tree.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync.
    pub fn by(store: &Store, tree: Tree) -> Result<Self, StoreError> {
        let packs = store.rule_packs()?;
        Ok(Self {
            tree,
            pack: packs.of_year(clock::today().year()).clone(),
            packs,
            models: store.models()?.into_iter().map(|m| (m.id, m.name)).collect(),
        })
    }

    /// The province on a day, which heads its papers of then: at the hub the top of the tree in force, at a node of its
    /// own unit's tree, whatever code the province was set up with.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync.
    pub fn province_on(store: &Store, day: NaiveDate) -> Result<String, StoreError> {
        let tree = store.tree(day)?;
        Ok(tree.catalogue.unit(&tree.root).map_or_else(|| tree.root.to_string(), |unit| unit.name.clone()))
    }

    /// The same with the rule pack that judges `year`.
    #[must_use]
    pub fn in_year(self, year: i32) -> Self {
        Self { pack: self.packs.of_year(year).clone(), ..self }
    }

    /// The name of a unit that is named by its code alone: of the present tree, else of any
    /// catalogue that has it; the code itself when none does.
    #[must_use]
    pub fn unit(&self, code: &UnitCode) -> String {
        let own = self.tree.catalogue.unit(code).or_else(|| self.tree.units.unit(&code.into()));
        own.map_or_else(|| code.to_string(), |u| u.name.clone())
    }

    /// A unit's name in its own catalogue.
    #[must_use]
    pub fn unit_of(&self, key: &UnitKey) -> String {
        self.tree.units.unit(key).map_or_else(|| self.unit(&key.code), |u| u.name.clone())
    }

    /// A value of a record as people read it. Its unit is one of the record's own catalogue.
    #[must_use]
    pub fn value_of(&self, view: &RecordView, field: &str, value: &Value) -> String {
        match (field, value, &view.scope) {
            ("unit", Value::Text(code), Scope::Area { catalogue, .. }) => {
                code.parse().map_or_else(|_| code.clone(), |code| self.unit_of(&UnitKey::new(catalogue, &code)))
            }
            _ => self.value(&view.kind, field, value),
        }
    }

    /// A model's name.
    #[must_use]
    pub fn model(&self, id: RecordId) -> String {
        self.models.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// `Tiếng kẻng an ninh – thôn Mô Pả, Xã Đăk Hà` for a point, the name for a model.
    #[must_use]
    pub fn record(&self, view: &RecordView) -> String {
        match Kind::of_code(&view.kind) {
            Some(Kind::Model) => self.model(view.id),
            Some(Kind::Point) => {
                let point = Point::of(view.id, &view.scope, &view.fields);
                let model = point.model.map_or_else(String::new, |m| format!("{} – ", self.model(m)));
                let unit = self.unit_of(&point.unit_key());
                if point.place.is_empty() {
                    format!("{model}{unit}")
                } else {
                    format!("{model}{}, {unit}", point.place)
                }
            }
            Some(Kind::Document) => view.fields.text("name").map_or_else(|| view.id.to_string(), str::to_owned),
            Some(Kind::Submission) => {
                format!("Báo cáo {} – {}", self.told(view, "period"), self.told(view, "unit"))
            }
            Some(Kind::Nomination) => {
                format!("Đề xuất {} – {}", self.told(view, "model"), self.told(view, "quarter"))
            }
            Some(kind) => {
                let codes = kind.fields().iter().filter(|s| matches!(s.kind, FieldType::Code(_)));
                let called = view.fields.text("name").map(str::to_owned);
                let called = called.or_else(|| codes.map(|s| self.told(view, s.key)).find(|text| !text.is_empty()));
                let at = [called.unwrap_or_default(), self.told(view, "unit"), self.told(view, "year")];
                let known: Vec<String> = at.into_iter().filter(|part| !part.is_empty()).collect();
                if known.is_empty() { view.id.to_string() } else { known.join(" · ") }
            }
            None => view.id.to_string(),
        }
    }

    /// In what a point is searched, folded by [`search_key`]: the model, and as [`Names::place_key`].
    #[must_use]
    pub fn point_key(&self, point: &Point) -> String {
        let model = point.model.map_or_else(String::new, |m| self.model(m));
        format!("{} {}", search_key(&model), self.place_key(point))
    }

    /// In what a point is searched beside its model, folded by [`search_key`]: place, unit, the unit that reports
    /// for it, number of the decision.
    #[must_use]
    pub fn place_key(&self, point: &Point) -> String {
        let unit = point.unit_key();
        let reports = self.tree.reporting_unit(&unit).map_or("", |u| &u.name);
        let number = point.decision_no.as_deref().unwrap_or_default();
        search_key(&[&point.place, &self.unit_of(&unit), reports, number].join(" "))
    }

    /// In what a record is searched, folded by [`search_key`]: of a model its names and who leads it, of a point as
    /// [`Names::point_key`], of others all that they say.
    #[must_use]
    pub fn key(&self, view: &RecordView) -> String {
        match Kind::of_code(&view.kind) {
            Some(Kind::Point) => self.point_key(&Point::of(view.id, &view.scope, &view.fields)),
            Some(Kind::Model) => {
                let said = ["name", "aliases", "lead"].map(|key| view.fields.text(key).unwrap_or_default());
                search_key(&said.join(" "))
            }
            kind => {
                let fields = kind.map_or(&[][..], Kind::fields).iter().map(|spec| self.told(view, spec.key));
                search_key(&[self.record(view)].into_iter().chain(fields).collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// A field in words; empty when it is.
    fn told(&self, view: &RecordView, key: &str) -> String {
        let value = view.fields.get(key).map(Field::shown).filter(|v| **v != Value::Null);
        value.map_or_else(String::new, |value| self.value(&view.kind, key, value))
    }

    /// A value as people read it: labels of codes and levels, names of models and units, dates
    /// by day.
    #[must_use]
    pub fn value(&self, kind: &str, field: &str, value: &Value) -> String {
        let text = match value {
            v if is_sealed(v) => return UNREADABLE.to_owned(),
            Value::Null => return "(trống)".to_owned(),
            Value::Int(n) if is_money(kind, field) => return thousands(n.unsigned_abs()),
            Value::Int(n) => return n.to_string(),
            Value::Text(text) => text,
        };
        if field.starts_with("ratings") || field.starts_with("approved") {
            return self.pack.level(text).map_or_else(|| text.clone(), |l| l.label.clone());
        }
        let spec = Kind::of_code(kind).and_then(|k| k.field(field));
        match spec.map(|s| s.kind) {
            Some(FieldType::Record) => text.parse().map_or_else(|_| text.clone(), |id| self.model(id)),
            Some(FieldType::Date) => text.parse().map_or_else(|_| text.clone(), keng_domain::text::date_dmy),
            _ if field == "document_kind" => keng_domain::document::kind_label(text).to_owned(),
            _ if field == "model" => text.parse().map_or_else(|_| text.clone(), |id| self.model(id)),
            _ if matches!(field, "period" | "quarter") => {
                Period::of_id(text, &self.pack.periods).map_or_else(|_| text.clone(), |p| p.title())
            }
            _ if field == "object" => OBJECTS
                .iter()
                .find(|(code, _)| code == text)
                .map_or_else(|| text.clone(), |(_, label)| (*label).to_owned()),
            // Read by the pages of the submission; as a value in a line they are no text for people.
            _ if matches!(field, "figures" | "heads" | "open_items") => "(đã chốt khi trình)".to_owned(),
            _ if field.ends_with("_at") || field == "decided_hand_in" => moment(text),
            _ if field == "unit" => text.parse().map_or_else(|_| text.clone(), |code| self.unit(&code)),
            _ => spec.map_or_else(|| text.clone(), |s| s.label_of(text).into_owned()),
        }
    }
}

/// A stored moment as people read it; the text itself when it is none.
fn moment(text: &str) -> String {
    let at = text.parse::<chrono::DateTime<chrono::Utc>>();
    at.map_or_else(
        |_| text.to_owned(),
        |at| clock::in_vietnam(at.timestamp_millis()).format("%d/%m/%Y %H:%M").to_string(),
    )
}

/// A field's label: `Số tổ`, `Xếp loại năm 2022`.
#[must_use]
pub fn field_label(kind: &str, field: &str) -> String {
    let mut parts = field.split('/');
    let head = parts.next().unwrap_or(field);
    let label = Kind::of_code(kind).and_then(|k| k.field(head)).map_or(head, |s| s.label);
    match parts.next() {
        // Points of one criterion, or the rule pack by which they were given.
        Some(year) if head == CRITERIA => match parts.nth(1) {
            Some(BY_PACK) => format!("Bộ quy tắc của {} năm {year}", label.to_lowercase()),
            Some(line) => format!("{label} {line}, năm {year}"),
            None => format!("{label} năm {year}"),
        },
        Some(year) if head == APPROVED => format!("Xếp loại năm {year} (tỉnh chọn)"),
        Some(year) => format!("{label} {year}"),
        None => label.to_owned(),
    }
}

fn is_money(kind: &str, field: &str) -> bool {
    Kind::of_code(kind).and_then(|k| k.field(field)).is_some_and(|spec| spec.kind == FieldType::Money)
}
