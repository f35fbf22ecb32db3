//! What the form of "Hồ sơ khác" is made of: inputs after the schema, conditions, the sheet.

use keng_desk::clock::in_vietnam;
use keng_desk::duties::records::holders;
use keng_desk::duties::safety::{Assessed, assessed, pack_of};
use keng_domain::rule_pack::authorities;
use keng_domain::rules::movement::sheet;
use keng_domain::rules::safety::days;
use keng_domain::schema::{DISTRICT, FieldSpec, FieldType, Kind, OBJECTS, WITHDRAWN, Writer, YES_NO};
use keng_domain::text::{compare, date_dmy};
use keng_store::personal::KeyState;
use keng_store::query::RecordView;
use keng_store::{Role, StoreError};

use super::Reading;
use crate::form::{Choice, Input, InputKind};
use crate::pages::duties::Conditions;
use crate::pages::records::{AssessmentCard, PersonCard, SheetCard};
use crate::parts::{Fact, Tag, Tone};

/// What the mark of a record that is taken back is for, and that it can be taken off.
const TAKE_BACK: &str =
    "Chỉ khi ghi nhầm, ghi trùng: ghi lý do thì bản ghi ra khỏi danh sách, số đếm, báo cáo; xóa lý do thì trở lại";

/// Fields that name an organisation.
const ORGANISATION_FIELDS: [&str; 2] = ["lead", "by"];

impl Reading<'_> {
    pub(super) fn record_inputs(&self, kind: Kind, view: Option<&RecordView>) -> Result<Vec<Input>, StoreError> {
        let mut inputs = Vec::new();
        let is_person_here = view.is_none_or(|v| matches!(self.store.key_state(v), Ok(KeyState::Here(_))));
        let own = |s: &&FieldSpec| {
            let is_later = s.key == WITHDRAWN && view.is_none();
            s.writer == Writer::Anyone && !matches!(s.kind, FieldType::Map | FieldType::Act) && !is_later
        };
        for spec in kind.fields().iter().filter(own) {
            let stored = view.and_then(|v| v.fields.get(spec.key)).map(|f| f.shown().to_string()).unwrap_or_default();
            let input = Input::of_field(spec, &stored);
            inputs.push(match (spec.kind, spec.key, view) {
                // Nothing to read, and nothing that could be written.
                (FieldType::Personal, ..) if !is_person_here => {
                    Input { kind: InputKind::Fixed, value: "–".to_owned(), ..input }
                }
                (FieldType::Record, ..) => input.choosing(self.model_choices()),
                (FieldType::Line, WITHDRAWN, _) => input.hinted(TAKE_BACK),
                (FieldType::Line, key, _) if ORGANISATION_FIELDS.contains(&key) => {
                    input.offering(self.organisations()?)
                }
                (FieldType::Line, "proposed_class" | "class", Some(view)) => {
                    let classes = &pack_of(&self.names.packs, view).movement.classes;
                    input.offering(classes.iter().map(|c| c.label.clone()).collect())
                }
                (FieldType::Fixed, key, Some(view)) => Input { value: self.told(view, key)?, ..input },
                (FieldType::Fixed, "unit", None) => {
                    Input { value: self.store.identity().unit.to_string(), ..input.choosing(self.unit_choices()) }
                }
                (FieldType::Fixed, "record", None) => input.choosing(self.record_choices(kind)?),
                (FieldType::Fixed, "object", None) => {
                    let all = OBJECTS.iter().copied().chain([(DISTRICT, "Huyện, thành phố")]);
                    input.choosing(all.map(|(v, l)| Choice::new(v, l)).collect())
                }
                (FieldType::Fixed, "year", None) => {
                    Input { kind: InputKind::Count, value: self.year().to_string(), ..input }
                }
                _ => match view.and_then(|v| v.fields.get(spec.key)).and_then(|f| f.contest()) {
                    Some(_) => input.tagged(Tag::new(Tone::Danger, "xung đột")),
                    None => input,
                },
            });
        }
        Ok(inputs)
    }

    /// The names of all organisations, which fields that name one offer.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn organisations(&self) -> Result<Vec<String>, StoreError> {
        let all = self.store.records(Kind::Organisation)?;
        let mut names: Vec<String> = all.iter().filter_map(|v| v.fields.text("name")).map(str::to_owned).collect();
        names.sort_by(|a, b| compare(a, b));
        names.dedup();
        Ok(names)
    }

    /// All models by name. Merged ones too: what belongs to one must keep its own.
    #[must_use]
    pub fn model_choices(&self) -> Vec<Choice> {
        sorted(self.models.iter().map(|m| Choice::new(m.id.to_string(), &m.name)))
    }

    /// The own unit and all below it; at the province all.
    fn unit_choices(&self) -> Vec<Choice> {
        let own = match self.store.identity().role {
            Role::Hub => &self.names.tree.root,
            Role::Node => &self.store.identity().unit,
        };
        let of = |code: &str, name: &str| Choice::new(code, name);
        let catalogue = &self.names.tree.catalogue;
        let mut all = sorted(catalogue.within(own).filter(|u| u.code != *own).map(|u| of(u.code.as_str(), &u.name)));
        all.insert(0, of(own.as_str(), &self.names.unit(own)));
        all
    }

    fn record_choices(&self, kind: Kind) -> Result<Vec<Choice>, StoreError> {
        let mut all = Vec::new();
        for of in holders(kind) {
            if *of == Kind::Model {
                all.extend(self.model_choices());
                continue;
            }
            let found = self.store.records(*of)?;
            all.extend(sorted(found.iter().map(|v| Choice::new(v.id.to_string(), self.names.record(v)))));
        }
        Ok(all)
    }

    pub(super) fn assessment_card(&self, view: &RecordView) -> Result<Option<AssessmentCard>, StoreError> {
        let Some(found) = assessed(self.store, view)? else { return Ok(None) };
        let Some(rules) = self.names.packs.of_year(found.place.year).safety.object(&found.place.object) else {
            return Ok(None);
        };
        let criteria = rules.criteria.iter().enumerate().flat_map(|(i, text)| {
            let input = |column: &str, label: String, kind: InputKind| {
                let key = format!("{column}/{}", i + 1);
                let value = view.fields.text(&key).unwrap_or_default().to_owned();
                Input { key, label, hint: None, kind, value, error: None, tag: None }
            };
            [
                input("criteria", format!("{}. {text}", i + 1), InputKind::Radio(yes_no())),
                input("remarks", format!("Ghi chú của tiêu chí {}", i + 1), InputKind::Line),
            ]
        });
        let pack = self.names.packs.of_year(found.place.year);
        let decides = |day| {
            let authority = pack.authority(authorities::SAFETY, &found.place.object, day);
            authority.map_or_else(String::new, |a| match a.assumed {
                true => format!("{} (giả định)", a.body),
                false => a.body.clone(),
            })
        };
        let days = days(rules, found.place.year).map(|(from, to, due)| {
            vec![
                Fact::new("Thời gian đánh giá (Điều 8)", format!("{} – {}", date_dmy(from), date_dmy(to))),
                Fact::new("Quyết định (Điều 9, 10)", format!("trước {}", date_dmy(due))),
                Fact::new("Cấp quyết định", decides(due)),
            ]
        });
        Ok(Some(AssessmentCard {
            holds: holds(&found),
            criteria: criteria.collect(),
            days: days.unwrap_or_default(),
            conditions: Conditions(found.conditions),
        }))
    }

    pub(super) fn person_card(&self, view: &RecordView) -> Result<PersonCard, StoreError> {
        Ok(match self.store.key_state(view)? {
            KeyState::Here(_) => PersonCard::Here { fault: None },
            KeyState::Away => PersonCard::Away,
            KeyState::Erased(key) => {
                let last = self.store.trace(key, Some("removed"))?.into_iter().next_back();
                PersonCard::Erased {
                    by: last.map_or_else(String::new, |line| {
                        let at = in_vietnam(line.author.device_time_ms).format("%d/%m/%Y %H:%M");
                        let unit = self.names.unit(&line.author.unit);
                        format!("{at}, {} ({unit}): {}", line.author.officer, line.value)
                    }),
                }
            }
        })
    }

    pub(super) fn sheet_card(&self, view: &RecordView) -> SheetCard {
        let rules = &pack_of(&self.names.packs, view).movement;
        let sheet = sheet(&view.fields, rules);
        let shown = |n: Option<u32>| n.map_or_else(String::new, |n| n.to_string());
        SheetCard {
            typed: sheet.lines.iter().map(|l| [shown(l.own), shown(l.above)]).collect(),
            due: sheet.due.map_or_else(String::new, |d| format!("trước {}", date_dmy(d))),
            points: rules.points,
            assumed: rules.assumed,
            sheet,
        }
    }
}

pub(super) fn holds(found: &Assessed) -> Tag {
    let open = found.conditions.iter().filter(|c| !c.holds).count();
    match (open, found.conditions.is_empty()) {
        (_, true) => Tag::new(Tone::Calm, "Chưa có điều kiện"),
        (0, _) => Tag::new(Tone::Ok, "Đủ điều kiện"),
        (n, _) => Tag::new(Tone::Warn, format!("{n} điều kiện chưa đạt")),
    }
}

fn yes_no() -> Vec<Choice> {
    let said = YES_NO.iter().map(|(code, label)| Choice::new(*code, *label));
    said.chain([Choice::new("", "Chưa đánh giá")]).collect()
}

fn sorted(all: impl Iterator<Item = Choice>) -> Vec<Choice> {
    let mut all: Vec<Choice> = all.collect();
    all.sort_by(|a, b| compare(&a.label, &b.label));
    all
}
