//! Sửa điểm, thêm điểm.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use keng_desk::acts::rating::total;
use keng_desk::acts::{self, By};
use keng_desk::clock;
use keng_desk::names::field_label;
use keng_domain::field::{Fields, Value};
use keng_domain::id::RecordId;
use keng_domain::point::{Point, YearRating};
use keng_domain::rules::counting::{Standing, standing};
use keng_domain::rules::identity::points_alike;
use keng_domain::rules::state;
use keng_domain::schema::{FieldSpec, Kind};
use keng_domain::text::{compare, search_key};
use keng_domain::unit::UnitCode;
use keng_store::edit::Act;
use keng_store::query::RecordView;
use keng_store::{Store, StoreError};
use keng_web::answer::{Answer, Fault, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::pages::papers::PapersCard;
use keng_web::reading::Reading;
use keng_web::reading::model_edit::overtaken as overtaken_by;
use keng_web::{Choice, Input, InputKind, Link, Shell, format};

use super::Asked;
use super::own_rating::OwnRating;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::point_edit::{Past, PointEditPage, PointForm, UNIT, criteria, inputs, rating};
use crate::pages::settle::Settle;

/// Values of the past shown beside the form; the trace has all.
const HISTORY_MAX: usize = 8;

/// `GET /points/new`.
///
/// # Errors
/// As a page.
pub async fn blank(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Points, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        let mut page = form_page(r, shell, None)?;
        choose_model(&mut page, &asked.model);
        Ok(page)
    });
    Ok(page.await?.into_response())
}

/// Chooses the model that the address names, if it is one of the list. What had stood in the field
/// stays empty: the choice is what the form is to write.
fn choose_model(page: &mut PointEditPage, model: &str) {
    for input in page.inputs.iter_mut().filter(|i| i.key == "model") {
        if matches!(&input.kind, InputKind::Select(choices) if choices.iter().any(|c| c.value == model)) {
            model.clone_into(&mut input.value);
        }
    }
}

/// `GET /points/{id}/edit`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = point_id(&app, &id)?;
    let page = app.read(Place::Points, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        form_page(r, shell, Some(id))
    });
    Ok(page.await?.into_response())
}

pub(super) fn point_id(app: &App, text: &str) -> Answer<RecordId> {
    text.parse().map_err(|_| {
        let way = Link::new("Xem các điểm", "/points");
        Fault::gone("Không có điểm này", "Dữ liệu không bị ảnh hưởng.", way).in_shell(app.frame().shell(Place::Points))
    })
}

fn point_of(store: &Store, id: RecordId) -> Result<RecordView, StoreError> {
    store.record(id)?.filter(|v| v.kind == Kind::Point.code()).ok_or(StoreError::NoRecord(id))
}

/// The form as things stand now.
pub(super) fn form_page(r: &Reading<'_>, shell: Shell, id: Option<RecordId>) -> Result<PointEditPage, StoreError> {
    let view = id.map(|id| point_of(r.store, id)).transpose()?;
    let fields = view.as_ref().map(|v| &v.fields);
    let communes = match view.as_ref().and_then(|v| Some((v, v.fields.text(UNIT)?))) {
        // The unit of a point that exists is fixed, and may be one that was replaced.
        Some((v, code)) => vec![Choice::new(code, r.names.value_of(v, UNIT, &code.into()))],
        None => communes(r),
    };
    let mut inputs = inputs(fields, &r.model_choices(), &communes);
    if let (Some(view), Some(input)) = (&view, inputs.iter_mut().find(|i| i.key == "status")) {
        let point = as_point(r, view)?;
        let state = state::of_point(&point, r.cut_off(), &r.names.pack);
        input.hint = Some(format!("Theo những gì đã ghi: {} ({})", state.label(), state.why));
    }
    let sheet = OwnRating::of(r, view.as_ref()).sheet(fields);
    let rating = rating(r.year(), sheet.level.as_deref(), &r.names.pack);
    let criteria = criteria(&sheet);
    let entered = inputs.iter().chain([&rating]).chain(&criteria).filter(|i| i.kind != InputKind::Fixed);
    let was = entered.map(|i| (i.key.clone(), i.value.clone())).collect();
    Ok(PointEditPage {
        id,
        name: view.as_ref().map_or_else(|| "Điểm mới".to_owned(), |v| r.names.record(v)),
        rating,
        total: total(&sheet, &r.names.pack),
        criteria,
        reason: String::new(),
        alike: Vec::new(),
        confirmed: String::new(),
        history: view.as_ref().map(|v| history(r, v)).transpose()?.unwrap_or_default(),
        earlier: fields.map(|f| earlier(r, f)).unwrap_or_default(),
        documents: id.map(|id| r.documents_card(id, &shell.csrf)).transpose()?,
        settle: view.as_ref().map(|v| settle(r, v)).transpose()?.flatten(),
        papers: view.as_ref().map(|v| papers(r, v)).transpose()?.unwrap_or_default(),
        fault: None,
        year: r.year(),
        was,
        inputs,
        shell,
    })
}

/// The forms by which a point that has not ended is settled.
fn settle(r: &Reading<'_>, view: &RecordView) -> Result<Option<Settle>, StoreError> {
    Ok(match standing(&as_point(r, view)?, r.cut_off(), &r.names.pack) {
        Standing::SpontaneousPending => Some(Settle::default()),
        Standing::Counted | Standing::NotYet | Standing::NotLaunched => Some(Settle::of_running()),
        Standing::Ended => None,
    })
}

/// What the unit asks its head for: to recognise a point that waits, to end one that has an end on record.
fn papers(r: &Reading<'_>, view: &RecordView) -> Result<PapersCard, StoreError> {
    let point = as_point(r, view)?;
    let ends = point.ended_on.is_some() || point.is_marked_ended();
    let paper = match standing(&point, clock::today(), &r.names.pack) {
        Standing::SpontaneousPending if !ends => {
            Some(r.paper("Tờ trình đề nghị công nhận", &format!("/letters/recognise/{}", view.id)))
        }
        _ if ends => Some(r.paper("Tờ trình đề nghị chấm dứt", &format!("/letters/end/{}", view.id))),
        _ => None,
    };
    Ok(PapersCard(paper.into_iter().collect()))
}

/// The point as it reads, with its model's origin where it has none.
fn as_point(r: &Reading<'_>, view: &RecordView) -> Result<Point, StoreError> {
    r.store.as_points(std::slice::from_ref(view))?.pop().ok_or(StoreError::NoRecord(view.id))
}

fn communes(r: &Reading<'_>) -> Vec<Choice> {
    let own = &r.store.identity().unit;
    let catalogue = &r.names.tree.catalogue;
    let smallest = catalogue.smallest().filter(|u| catalogue.is_within(&u.code, own));
    let mut all: Vec<Choice> = smallest.map(|u| Choice::new(u.code.as_str(), &u.name)).collect();
    all.sort_by(|a, b| compare(&a.label, &b.label));
    all
}

fn history(r: &Reading<'_>, view: &RecordView) -> Result<Vec<Past>, StoreError> {
    let (id, kind) = (view.id, Kind::Point.code());
    let lines = r.store.trace(id, None)?;
    let past = lines.iter().rev().take(HISTORY_MAX).map(|l| {
        let arrived = l.arrival.map_or_else(
            || "đã lưu tại máy".to_owned(),
            |a| format!("tỉnh đã nhận {}", format::brief(format::of_millis(a.at_ms), r.now)),
        );
        let machine = Reading::machine(&l.author.node);
        let at = format::near(format::of_millis(l.author.device_time_ms), r.now);
        Past {
            what: format!("{}: {}", field_label(kind, &l.field), r.shown_of(view, &l.field, &l.value)),
            officer: l.author.officer.clone(),
            remark: format!("{at} · {machine} · {arrived}"),
        }
    });
    Ok(past.collect())
}

fn earlier(r: &Reading<'_>, fields: &Fields) -> Vec<(i32, String)> {
    let point = Point::read(RecordId([0; 16]), fields);
    let shown = |level: &YearRating| match level {
        YearRating::Rated(code) => r.names.value("point", "ratings", &code.as_str().into()),
        YearRating::Contested => "xung đột".to_owned(),
    };
    point.ratings.iter().rev().filter(|(y, _)| **y != r.year()).map(|(y, level)| (*y, shown(level))).collect()
}

/// What a sent form comes to.
enum Read {
    /// Something is wrong: the page again, with everything that was typed.
    Faults(Box<PointEditPage>),
    /// Values to write; the unit of a new point; which points, alike, the officer has seen and taken for others.
    Values(Vec<(String, Value)>, Option<UnitCode>, Option<String>),
}

/// Reads the form against what stands now; nothing typed is lost.
fn read(r: &Reading<'_>, shell: Shell, id: Option<RecordId>, form: &PointForm) -> Result<Read, StoreError> {
    let mut page = form_page(r, shell, id)?;
    let mut values = Vec::new();
    let mut wrong = false;
    let changed: Vec<(String, String)> =
        form.changed(&page.inputs).into_iter().map(|(k, text)| (k, text.to_owned())).collect();
    for input in &mut page.inputs {
        let Some(typed) = form.get(&input.key) else { continue };
        let is_changed = changed.iter().any(|(k, _)| *k == input.key);
        if !is_changed {
            continue;
        }
        let now = input.value.clone();
        let overtaken = form.overtaken(input);
        typed.clone_into(&mut input.value);
        if input.key == UNIT {
            continue;
        }
        input.error = fault_of(Kind::Point.field(&input.key), input, typed);
        if input.error.is_none() && overtaken {
            input.error = Some(overtaken_by(&now));
        }
        if let Some(Ok(value)) = Kind::Point.field(&input.key).map(|spec| spec.read(typed)) {
            input.error = input.error.take().or(acts::refuse_future(r.store, &input.key, &value).err());
            values.push((input.key.clone(), value));
        }
        wrong |= input.error.is_some();
    }
    let unit = if id.is_none() { new_point(r, &mut page, form) } else { None };
    wrong |= page.inputs.iter().any(|i| i.error.is_some());
    let view = id.map(|id| point_of(r.store, id)).transpose()?;
    wrong |= OwnRating::of(r, view.as_ref()).read(&mut page, form, &mut values);
    form.get("reason").unwrap_or_default().clone_into(&mut page.reason);
    if let Some(unit) = unit.as_ref().filter(|_| !wrong) {
        page.alike = alike(r, unit, &values);
        // Confirmed was one place: another one is looked for anew.
        let named = page.inputs.iter().filter(|i| ["model", UNIT, "place"].contains(&i.key.as_str()));
        page.confirmed = named.map(|i| search_key(&i.value)).collect::<Vec<_>>().join("/");
        if form.get("confirmed") == Some(&page.confirmed) {
            let seen: Vec<String> = page.alike.drain(..).map(|a| a.label).collect();
            let others = (!seen.is_empty()).then(|| format!("khác với: {}", seen.join("; ")));
            return Ok(Read::Values(values, Some(unit.clone()), others));
        }
    }
    if wrong || !page.alike.is_empty() {
        return Ok(Read::Faults(Box::new(page)));
    }
    Ok(Read::Values(values, unit, None))
}

fn fault_of(spec: Option<&FieldSpec>, input: &Input, typed: &str) -> Option<String> {
    let unlisted = match &input.kind {
        InputKind::Select(choices) => !typed.is_empty() && choices.iter().all(|c| c.value != typed),
        _ => false,
    };
    let fault = spec?.read(typed).err().map(|fault| keng_web::messages::bad_value(&fault));
    fault.or_else(|| unlisted.then(|| "Hãy chọn trong danh sách".to_owned()))
}

/// What a new point must have: a commune of ours, and a model.
fn new_point(r: &Reading<'_>, page: &mut PointEditPage, form: &PointForm) -> Option<UnitCode> {
    let listed = communes(r);
    let unit = form.get(UNIT).filter(|u| listed.iter().any(|c| c.value == *u)).and_then(|u| u.parse().ok());
    for input in &mut page.inputs {
        if input.key == UNIT && unit.is_none() {
            input.error = Some("Điểm phải thuộc một xã, phường, thị trấn của đơn vị".to_owned());
        }
        if input.key == "model" && input.value.is_empty() {
            input.error = Some("Điểm phải thuộc một mô hình".to_owned());
        }
    }
    unit
}

/// Points that the new one may mean.
fn alike(r: &Reading<'_>, unit: &UnitCode, values: &[(String, Value)]) -> Vec<Link> {
    let text = |key: &str| values.iter().find(|(k, _)| k == key).and_then(|(_, v)| v.as_text());
    let Some(model) = text("model").and_then(|m| m.parse::<RecordId>().ok()) else { return Vec::new() };
    let place = text("place").unwrap_or_default();
    let found = points_alike(&r.points, (model, &r.merges), (unit, &r.names.tree), place);
    found.into_iter().map(|p| Link::new(r.point_name(p), format!("/points/{}/edit", p.id))).collect()
}

/// `POST /points/new`.
///
/// # Errors
/// As a page.
pub async fn add(State(app): State<App>, CheckedForm(form): CheckedForm<PointForm>) -> Answer {
    submit(&app, None, form).await
}

/// `POST /points/{id}/edit`.
///
/// # Errors
/// As a page.
pub async fn save(State(app): State<App>, Path(id): Path<String>, CheckedForm(form): CheckedForm<PointForm>) -> Answer {
    let id = point_id(&app, &id)?;
    submit(&app, Some(id), form).await
}

async fn submit(app: &App, id: Option<RecordId>, form: PointForm) -> Answer {
    let year = form.get("year").and_then(|y| y.parse().ok());
    let reason = form.get("reason").map(|r| r.trim().to_owned());
    let shown_year = form.get("year").unwrap_or_default().to_owned();
    let typed = form.clone();
    let read = app.read(Place::Points, year, move |r, shell| read(r, shell, id, &form)).await?;
    let (values, unit, others) = match read {
        Read::Faults(page) => return Ok(with_faults(*page)),
        Read::Values(values, unit, others) => (values, unit, others),
    };
    let said: Vec<String> = [reason, others].into_iter().flatten().filter(|r| !r.is_empty()).collect();
    let by = By { officer: None, reason: (!said.is_empty()).then(|| said.join(" · ")) };
    let done = app.act(move |store| {
        let act = match (id, unit) {
            (Some(id), _) => Act::Change { id, values },
            (None, Some(unit)) => acts::new_point(store, &acts::own_tree(store)?.0, &unit, values),
            (None, None) => return Err(keng_desk::Told::refused("Điểm phải có xã, phường, thị trấn.")),
        };
        acts::commit(store, &[act], &by)
    });
    match done.await? {
        Ok(committed) => {
            let done = match id {
                _ if committed.entries == 0 => "same",
                None => "added",
                Some(_) => "saved",
            };
            Ok(see(&address("/points", &[("done", done), ("year", &shown_year)])))
        }
        Err(told) => {
            let why = told.to_string();
            let page = app.read(Place::Points, year, move |r, shell| {
                let mut page = form_page(r, shell, id)?;
                for input in page.inputs.iter_mut().chain([&mut page.rating]).chain(&mut page.criteria) {
                    if let Some(text) = typed.get(&input.key) {
                        text.clone_into(&mut input.value);
                    }
                }
                typed.get("reason").unwrap_or_default().clone_into(&mut page.reason);
                page.rating.error = Some(why);
                Ok(page)
            });
            Ok(with_faults(page.await?))
        }
    }
}
