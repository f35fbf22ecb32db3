//! Sửa mô hình.

use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use keng_desk::acts::{self, By};
use keng_domain::id::RecordId;
use keng_domain::schema::Kind;
use serde::Deserialize;

use super::{Program, Spot};
use crate::Link;
use crate::answer::{Answer, Fault, address, see, with_faults};
use crate::csrf::CheckedForm;
use crate::form::Typed;
use crate::pages::model_edit::ModelEditPage;

/// What the addresses of these pages may say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    year: String,
}

impl Asked {
    fn year(&self) -> Option<i32> {
        crate::answer::year(&self.year)
    }
}

/// `GET /models/{id}/edit`.
///
/// # Errors
/// As a page.
pub async fn edit<P: Program>(State(app): State<P>, Path(id): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let id = model_id(&app, &id)?;
    let page = app.read(Spot::Models, asked.year(), move |r, shell| r.model_edit_page(shell, id));
    Ok(page.await?.into_response())
}

fn model_id<P: Program>(app: &P, text: &str) -> Answer<RecordId> {
    text.parse().map_err(|_| {
        let way = Link::new("Xem các mô hình", "/models");
        Fault::gone("Không có mô hình này", "Dữ liệu không bị ảnh hưởng.", way).in_shell(app.shell(Spot::Models))
    })
}

/// `POST /models/{id}/edit`.
///
/// # Errors
/// As a page.
pub async fn save<P: Program>(
    State(app): State<P>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    CheckedForm(typed): CheckedForm<Typed>,
) -> Answer {
    let id = model_id(&app, &id)?;
    let form = typed.clone();
    let read = app.read(Spot::Models, asked.year(), move |r, shell| r.model_given(shell, id, &form));
    let given = match read.await? {
        Ok(given) => given,
        Err(page) => return Ok(with_faults(*page)),
    };
    let by = By::saying(typed.text("reason"));
    let done = app.act(move |store| match given.is_empty() {
        true => Ok(false),
        false => acts::edit(store, Kind::Model, id, &given, &by),
    });
    match done.await? {
        Ok(any) => {
            let done = if any { "saved" } else { "same" };
            Ok(see(&address(&format!("/models/{id}"), &[("done", done), ("year", &asked.year)])))
        }
        Err(told) => {
            let page = app.read(Spot::Models, asked.year(), move |r, shell| {
                let mut page = r.model_edit_page(shell, id)?;
                for input in &mut page.inputs {
                    if let Some(text) = typed.get(&input.key) {
                        text.clone_into(&mut input.value);
                    }
                }
                typed.text("reason").clone_into(&mut page.reason);
                Ok(ModelEditPage { fault: Some(told.to_string()), ..page })
            });
            Ok(with_faults(page.await?))
        }
    }
}
