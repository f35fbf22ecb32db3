//! Thêm mô hình. A model exists once for the whole province, so that who adds one is first shown
//! those it may be already.

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_desk::acts::{self, By};
use keng_domain::field::Value;
use keng_domain::rules::identity::alike;
use keng_domain::text::name_key;
use keng_store::StoreError;
use keng_web::answer::{Answer, address, see, with_faults};
use keng_web::csrf::CheckedForm;
use keng_web::pages::model_edit::own_fields;
use keng_web::reading::Reading;
use keng_web::{Link, Shell};
use serde::Deserialize;

use super::state::App;
use crate::pages::Place;
use crate::pages::model_new::{Alike, ModelForm, ModelNewPage, inputs};

/// Look-alikes shown: who has not found it among so many looks in the list.
const ALIKE_MAX: usize = 8;

/// What the address may say: the name that is being typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    year: String,
    name: String,
}

/// `GET /models/new?name=`: with a name, the models it may mean already.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(typed): Query<Typed>) -> Answer {
    let page = app.read(Place::Models, typed.year.parse().ok(), move |r, shell| {
        let mut page = blank(r, shell)?;
        for input in page.inputs.iter_mut().filter(|i| i.key == "name") {
            input.value.clone_from(&typed.name);
        }
        page.alike = alike_to(r, &typed.name);
        // What is in view need not be shown a second time.
        page.confirmed = typed.name;
        Ok(page)
    });
    Ok(page.await?.into_response())
}

fn blank(r: &Reading<'_>, shell: Shell) -> Result<ModelNewPage, StoreError> {
    Ok(ModelNewPage {
        shell,
        inputs: inputs(&r.organisations()?),
        reason: String::new(),
        alike: Vec::new(),
        confirmed: String::new(),
        fault: None,
    })
}

fn alike_to(r: &Reading<'_>, name: &str) -> Vec<Alike> {
    let found = alike(name, &r.models).into_iter().take(ALIKE_MAX);
    found
        .map(|(likeness, id)| Alike {
            model: Link::new(r.names.model(id), address(&format!("/models/{id}"), &[("year", &r.year_asked())])),
            points: r.points_of(id).count() as u64,
            likeness,
            add_point: address("/points/new", &[("model", &id.to_string()), ("year", &r.year_asked())]),
        })
        .collect()
}

/// What a sent form comes to.
enum Read {
    /// Something is wrong or to be confirmed: the page again, with everything that was typed.
    Again(Box<ModelNewPage>),
    /// Values to write; and which models, alike by name, the officer has seen and taken for others.
    Values(Vec<(String, Value)>, Option<String>),
}

fn read(r: &Reading<'_>, shell: Shell, form: &ModelForm) -> Result<Read, StoreError> {
    let mut page = blank(r, shell)?;
    form.get("reason").clone_into(&mut page.reason);
    let mut values = Vec::new();
    for (input, spec) in page.inputs.iter_mut().zip(own_fields()) {
        *input = input.clone().typed(spec, form.get(spec.key));
        match spec.read(&input.value) {
            Ok(Value::Null) if spec.key == "name" => input.error = Some("Mô hình phải có tên".to_owned()),
            Ok(Value::Null) | Err(_) => {}
            Ok(value) => {
                input.error = input.error.take().or(acts::refuse_future(r.store, spec.key, &value).err());
                values.push((spec.key.to_owned(), value));
            }
        }
    }
    let name = form.get("name");
    let alike = alike_to(r, name);
    let seen: Vec<&str> = alike.iter().map(|a| a.model.label.as_str()).collect();
    let others = (!seen.is_empty()).then(|| format!("khác với: {}", seen.join("; ")));
    // Confirmed was one name: another one is searched for anew.
    if name_key(form.get("confirmed")) != name_key(name) {
        page.alike = alike;
    }
    if page.inputs.iter().any(|i| i.error.is_some()) || !page.alike.is_empty() {
        name.clone_into(&mut page.confirmed);
        return Ok(Read::Again(Box::new(page)));
    }
    Ok(Read::Values(values, others))
}

/// `POST /models/new`.
///
/// # Errors
/// As a page.
pub async fn add(State(app): State<App>, CheckedForm(form): CheckedForm<ModelForm>) -> Answer {
    let year = form.get("year").to_owned();
    let (reason, typed) = (form.get("reason").trim().to_owned(), form.clone());
    let read = app.read(Place::Models, year.parse().ok(), move |r, shell| read(r, shell, &form)).await?;
    let (values, others) = match read {
        Read::Again(page) => return Ok(with_faults(*page)),
        Read::Values(values, others) => (values, others),
    };
    let said: Vec<String> = [Some(reason), others].into_iter().flatten().filter(|r| !r.is_empty()).collect();
    let by = By { officer: None, reason: (!said.is_empty()).then(|| said.join(" · ")) };
    let done = app.act(move |store| {
        let act = acts::new_model(store, values);
        acts::commit(store, &[act], &by)
    });
    match done.await? {
        Ok(committed) => {
            let model = committed.changed.first().map(ToString::to_string).unwrap_or_default();
            Ok(see(&address("/points/new", &[("model", &model), ("done", "model"), ("year", &year)])))
        }
        Err(told) => {
            let page = app.read(Place::Models, year.parse().ok(), move |r, shell| {
                let mut page = blank(r, shell)?;
                for (input, spec) in page.inputs.iter_mut().zip(own_fields()) {
                    *input = input.clone().typed(spec, typed.get(spec.key));
                }
                typed.get("reason").clone_into(&mut page.reason);
                page.fault = Some(told.to_string());
                Ok(page)
            });
            Ok(with_faults(page.await?))
        }
    }
}
