//! Liên hệ: whom to call at a unit, entered by the province.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use keng_desk::acts::By;
use keng_desk::duties::contacts;
use keng_domain::schema::Kind;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_store::StoreError;
use keng_store::query::contact_record;
use keng_web::answer::{Answer, Fault, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::form::{Input, Typed};
use keng_web::reading::Reading;
use keng_web::{Link, Shell};

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::contacts::ContactPage;

/// What is entered; the rest of the record says of whom it is.
const ENTERED: [&str; 2] = ["officer", "phone"];

/// `GET /units/{code}/contact`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Path(code): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Units, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        fill(r, shell, &code)
    });
    Ok(page.await?.ok_or_else(|| no_unit(&app))?.into_response())
}

/// `POST /units/{code}/contact`.
///
/// # Errors
/// As a page.
pub async fn save(State(app): State<App>, Path(code): Path<String>, CheckedForm(typed): CheckedForm<Typed>) -> Answer {
    let Ok(unit) = code.parse::<UnitCode>() else { return Err(no_unit(&app)) };
    let sent = typed.clone();
    let shown = app.read(Place::Units, None, {
        let code = code.clone();
        move |r, shell| fill(r, shell, &code)
    });
    let page = shown.await?.ok_or_else(|| no_unit(&app))?;
    let changed: Vec<(String, String)> =
        sent.changed(&page.inputs).into_iter().map(|(key, text)| (key, text.trim().to_owned())).collect();
    let done = app.act(move |store| {
        let of = |key: &str| changed.iter().find(|(k, _)| k == key).map(|(_, text)| text.as_str());
        contacts::set(store, &unit, of(ENTERED[0]), of(ENTERED[1]), &By::default())
    });
    match done.await? {
        Ok(any) => {
            let done = if any { "contact" } else { "same" };
            Ok(see(&address(&format!("/units/{code}/contact"), &[("done", done)])))
        }
        Err(told) => {
            let inputs = page.inputs.into_iter().map(|i| Input { value: typed.text(&i.key).to_owned(), ..i }).collect();
            Ok(with_faults(ContactPage { inputs, fault: Some(told.to_string()), ..page }))
        }
    }
}

/// The page of a unit of the tree in force; `None` for a code that it does not have.
fn fill(r: &Reading<'_>, shell: Shell, code: &str) -> Result<Option<ContactPage>, StoreError> {
    let catalogue = &r.names.tree.catalogue;
    let unit = code.parse::<UnitCode>().ok().and_then(|code| catalogue.unit(&code));
    let Some(unit) = unit else { return Ok(None) };
    let id = contact_record(&UnitKey::new(&catalogue.id, &unit.code));
    let view = r.store.record(id)?;
    let stored = |key: &str| view.as_ref().and_then(|v| v.fields.text(key)).unwrap_or_default().to_owned();
    let specs = ENTERED.into_iter().filter_map(|key| Kind::Contact.field(key));
    let inputs: Vec<Input> = specs.map(|spec| Input::of_field(spec, &stored(spec.key))).collect();
    Ok(Some(ContactPage {
        code: unit.code.clone(),
        name: unit.name.clone(),
        was: inputs.iter().map(|i| (i.key.clone(), i.value.clone())).collect(),
        inputs,
        fault: None,
        trace: view.map(|_| Link::new("Ai ghi giá trị này?", format!("/records/{id}/trace"))),
        shell,
    }))
}

fn no_unit(app: &App) -> Fault {
    let way = Link::new("Xem các đơn vị", "/units");
    Fault::gone("Không có đơn vị này", "Dữ liệu không bị ảnh hưởng.", way).in_shell(app.frame().shell(Place::Units))
}
