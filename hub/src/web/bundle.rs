//! Gói USB: what the commands `bundle import` and `bundle export --node` do, in the browser.

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};
use keng_desk::{Told, clock};
use keng_domain::id::NodeId;
use keng_store::StoreError;
use keng_web::Link;
use keng_web::answer::{Answer, with_faults};
use keng_web::bundle::{beside, receive, send, to_send, turn};
use keng_web::pages::bundle::BundlePage;

use super::state::App;
use crate::bundle::{self, Whom};
use crate::pages::Place;

/// `GET /bundle/export/{node}`.
///
/// # Errors
/// As a page.
pub async fn export(State(app): State<App>, Path(node): Path<String>) -> Answer {
    let shell = app.frame().shell(Place::Units);
    made(&app, NodeId(node)).await.map_err(|fault| fault.in_shell(shell))
}

async fn made(app: &App, node: NodeId) -> Answer {
    let _turn = turn()?;
    let whom = node.clone();
    let look = app.look(move |store| -> Result<_, StoreError> {
        let lives = store.nodes()?.iter().filter(|n| n.node == whom).count();
        Ok((store.folder().to_owned(), lives))
    });
    let (folder, lives) = look.await?;
    if lives > 1 {
        let why = format!("Máy {node} có {lives} lần cài đặt, mỗi lần một gói trả về.");
        let next = format!("Hãy xuất bằng lệnh: keng-hub bundle export TỆP --node {node}.");
        return Err(Told::new(why, "Chưa xuất gì.", next).into());
    }
    let file = to_send(&folder)?;
    let path = file.path().to_owned();
    let whom = Whom::Node(node.clone());
    beside(folder, move |store| bundle::export(store, &path, &whom, None, &mut |_, _| {})).await?;
    let at = clock::in_vietnam(clock::now_ms()).format("%Y%m%d-%H%M");
    // The register knows the node, so that its name is one of ours.
    send(file, &format!("tra-{node}-{at}.keng")).await
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
        shell: app.frame().shell(Place::Units),
        back: Link::new("Đơn vị & thiết bị", "/units"),
        file: received.name.clone(),
        fault: None,
        facts: Vec::new(),
        left: None,
        next: Some(Link::new("Tải gói trả về của máy đó", "/units")),
    };
    match done {
        Ok(done) => {
            let labels = ["Mục mới", "", "Đã có từ trước", "Bị cách ly"];
            Ok(page.with(&done, labels).into_response())
        }
        Err(told) => Ok(with_faults(BundlePage { fault: Some(told.to_string()), ..page })),
    }
}
