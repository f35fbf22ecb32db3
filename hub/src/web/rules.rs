//! Mẫu & quy tắc: what the commands `rules` and `template` do, in the browser.

use axum::extract::{Multipart, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use keng_desk::Told;
use keng_desk::acts::By;
use keng_domain::rule_pack::Parameter;
use keng_store::StoreError;
use keng_web::answer::{Answer, see, with_faults};
use keng_web::bundle::{Received, receive};
use keng_web::csrf::CheckedForm;
use keng_web::form::Typed;
use keng_web::reading::Reading;
use keng_web::{Link, Shell, format};

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::rules::{Adopted, ProposedPack, RulesPage, TemplateCard};
use crate::{rules, templates};

/// `GET /rules`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Rules, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        fill(r, shell)
    });
    Ok(page.await?.into_response())
}

fn fill(r: &Reading<'_>, shell: Shell) -> Result<RulesPage, StoreError> {
    let pack = &r.names.pack;
    let mut groups: Vec<(&'static str, Vec<Parameter>)> = Vec::new();
    for parameter in pack.parameters() {
        match groups.last_mut() {
            Some((group, all)) if *group == parameter.group => all.push(parameter),
            _ => groups.push((parameter.group, vec![parameter])),
        }
    }
    let by = |officer: &str, at_ms: i64| format!("{officer}, {}", format::near(format::of_millis(at_ms), r.now));
    let packs = rules::history(r.store)?.into_iter().rev().map(|line| Adopted {
        what: line.value.as_text().unwrap_or_default().to_owned(),
        by: by(&line.author.officer, line.author.device_time_ms),
        reason: line.author.reason,
    });
    let adoptions = templates::history(r.store)?;
    let in_force = adoptions.last();
    let own = adoptions.iter().rev().map(|a| Adopted {
        what: a.name().to_owned(),
        by: by(&a.officer, a.at_ms),
        reason: None,
    });
    Ok(RulesPage {
        pack: (pack.id.clone(), pack.name.clone()),
        basis: pack.basis.clone(),
        year: r.year(),
        groups,
        history: packs.collect(),
        proposed: None,
        fault: None,
        template: TemplateCard {
            name: in_force.map_or(templates::BUILT_IN, |a| a.name()).to_owned(),
            built_in: in_force.is_none_or(|a| a.file.is_none()),
            names: templates::known(r.store)?.iter().filter(|name| !name.optional).count(),
            history: own.collect(),
            warnings: Vec::new(),
            file: Link::new("Tải mẫu đang dùng", "/reports/template"),
        },
        shell,
    })
}

/// `GET /rules/export`: the pack adopted last, to be changed.
///
/// # Errors
/// As a page.
pub async fn export(State(app): State<App>) -> Answer<Response> {
    let read = app.look(|store| Ok((store.rule_pack()?.id, rules::toml(store)?)));
    let (id, toml) = read.await?;
    // The identifier is letters, digits and few signs, checked when the pack was adopted.
    let save_as = format!("attachment; filename=\"{id}.toml\"");
    Ok(([(CONTENT_TYPE, "application/toml".to_owned()), (CONTENT_DISPOSITION, save_as)], toml).into_response())
}

async fn received(app: &App, form: Multipart) -> Answer<Received> {
    let folder = app.look(|store| -> Result<_, StoreError> { Ok(store.folder().to_owned()) }).await?;
    receive(form, &app.csrf(), &folder).await
}

/// `POST /rules`: a pack is read, and what it would change is shown; nothing is written.
///
/// # Errors
/// As a page.
pub async fn check(State(app): State<App>, form: Multipart) -> Answer {
    let file = received(&app, form).await?;
    let text = match tokio::fs::read_to_string(file.path()).await {
        Ok(text) if text.len() <= rules::FILE_BYTES_MAX => text,
        _ => return refused(&app, Told::refused(format!("“{}” không phải bộ quy tắc (.toml).", file.name))).await,
    };
    shown(&app, file.name.clone(), text, String::new(), None).await
}

/// The page with what a pack would change; `fault` tells why it was not adopted just now.
async fn shown(app: &App, file: String, toml: String, reason: String, fault: Option<String>) -> Answer {
    let text = toml.clone();
    let name = format!("“{file}”");
    let proposed = app.look(move |store| Ok(rules::propose(store, &name, &text))).await?;
    let effect = match proposed {
        Ok(Some(effect)) => effect,
        Ok(None) => return Ok(see("/rules?done=same")),
        Err(told) => return refused(app, told).await,
    };
    let page = app.read(Place::Rules, None, fill).await?;
    let is_wrong = fault.is_some();
    let page = RulesPage { proposed: Some(ProposedPack { file, toml, effect, reason }), fault, ..page };
    Ok(if is_wrong { with_faults(page) } else { page.into_response() })
}

async fn refused(app: &App, told: Told) -> Answer {
    let page = app.read(Place::Rules, None, fill).await?;
    Ok(with_faults(RulesPage { fault: Some(told.to_string()), ..page }))
}

/// `POST /rules/adopt`: a person has seen what it changes.
///
/// # Errors
/// As a page.
pub async fn adopt(State(app): State<App>, CheckedForm(typed): CheckedForm<Typed>) -> Answer {
    let (file, toml) = (typed.text("file").to_owned(), typed.text("toml").replace("\r\n", "\n"));
    let reason = typed.text("reason").trim().to_owned();
    if reason.is_empty() {
        let fault = "Đặt bộ quy tắc phải có lý do: văn bản nào, ai quyết định.".to_owned();
        return shown(&app, file, toml, reason, Some(fault)).await;
    }
    let by = By { officer: None, reason: Some(reason.clone()) };
    let (name, text) = (format!("“{file}”"), toml.clone());
    match app.act(move |store| rules::adopt(store, &name, &text, &by)).await? {
        Ok(done) => Ok(see(if done.is_some() { "/rules?done=rules" } else { "/rules?done=same" })),
        Err(told) => refused(&app, told).await,
    }
}

/// `POST /rules/template`: another template of the statistics form.
///
/// # Errors
/// As a page.
pub async fn adopt_template(State(app): State<App>, form: Multipart) -> Answer {
    let file = received(&app, form).await?;
    let path = file.path();
    match app.act(move |store| templates::adopt(store, &path, &By::default())).await? {
        Ok(done) if done.warnings.is_empty() => {
            Ok(see(if done.already { "/rules?done=same" } else { "/rules?done=template" }))
        }
        Ok(done) => {
            let mut page = app.read(Place::Rules, None, fill).await?;
            page.shell.notice = notice(if done.already { "same" } else { "template" });
            page.template.warnings = done.warnings;
            Ok(page.into_response())
        }
        Err(told) => refused(&app, told).await,
    }
}

/// `POST /rules/template/built-in`.
///
/// # Errors
/// As a page.
pub async fn built_in_template(State(app): State<App>, CheckedForm(_): CheckedForm<Typed>) -> Answer {
    match app.act(|store| templates::adopt_built_in(store, &By::default())).await? {
        Ok(any) => Ok(see(if any { "/rules?done=template" } else { "/rules?done=same" })),
        Err(told) => refused(&app, told).await,
    }
}
