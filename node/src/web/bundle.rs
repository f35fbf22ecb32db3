//! Mang bằng USB: what the commands `bundle export` and `bundle import` do, in the browser.

use axum::extract::{Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use keng_desk::clock;
use keng_store::StoreError;
use keng_web::answer::{Answer, Fault, with_faults};
use keng_web::bundle::{beside, receive, send, to_send, turn};
use keng_web::pages::bundle::BundlePage;
use keng_web::{Link, Refusal};
use serde::Deserialize;

use super::state::App;
use crate::bundle::{self, Options};
use crate::pages::Place;

/// Whether the file may leave unsealed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct How {
    open: String,
}

/// `GET /bundle/export`.
///
/// # Errors
/// As a page; that of a node without the hub's key offers the file unsealed.
pub async fn export(State(app): State<App>, Query(how): Query<How>) -> Answer {
    let shell = app.frame().shell(Place::Sync);
    made(&app, how.open == "1").await.map_err(|fault| fault.in_shell(shell))
}

async fn made(app: &App, open: bool) -> Answer {
    let _turn = turn()?;
    let look = app.look(|store| -> Result<_, StoreError> {
        Ok((store.folder().to_owned(), store.identity().node.clone(), bundle::can_seal(store)?))
    });
    let (folder, node, can_seal) = look.await?;
    if !open && !can_seal {
        return Err(cannot_seal());
    }
    let file = to_send(&folder)?;
    let path = file.path().to_owned();
    let options = Options { file_bytes_max: None, open };
    beside(folder, move |store| bundle::export(store, &path, options, &mut |_, _| {})).await?;
    let at = clock::in_vietnam(clock::now_ms()).format("%Y%m%d-%H%M");
    send(file, &format!("{node}-{at}.keng")).await
}

fn cannot_seal() -> Fault {
    let mut page = Refusal::new(
        keng_web::Shell::bare(),
        StatusCode::CONFLICT,
        "Chưa niêm phong được gói",
        "Máy này chưa có khóa niêm phong của tỉnh (gia nhập từ trước khi có gói USB); nhập một gói trả về của tỉnh là có. Chưa xuất gì. Gói để ngỏ thì ai nhặt được USB cũng đọc được.",
    );
    page.ways = vec![Link::new("Xuất gói để ngỏ", "/bundle/export?open=1"), Link::new("Quay lại", "/sync")];
    page.into()
}

/// `POST /bundle/import`.
///
/// # Errors
/// As a page.
pub async fn import(State(app): State<App>, form: Multipart) -> Answer<Response> {
    let _turn = turn()?;
    let folder = app.look(|store| -> Result<_, StoreError> { Ok(store.folder().to_owned()) }).await?;
    let received = receive(form, &app.csrf(), &folder).await?;
    let path = received.path();
    let done = beside(folder, move |store| bundle::import(store, &path, &mut |_, _| {})).await;
    let page = BundlePage {
        shell: app.frame().shell(Place::Sync),
        back: Link::new("Gửi lên tỉnh", "/sync"),
        file: received.name.clone(),
        fault: None,
        facts: Vec::new(),
        left: None,
        next: Some(Link::new("Xem những gì còn chờ gửi", "/sync")),
    };
    match done {
        Ok(done) => {
            let labels =
                ["Mục mới của nơi khác", "Mục của máy này được biên nhận", "Đã có từ trước", "Bị tỉnh từ chối"];
            Ok(page.with(&done, labels).into_response())
        }
        Err(told) => Ok(with_faults(BundlePage { fault: Some(told.to_string()), ..page })),
    }
}
