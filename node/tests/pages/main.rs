//! The officer's pages over a real store, without a hub: everything works before there is a link.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use keng_domain::id::{Incarnation, NodeId, RecordId};
use keng_domain::unit::UnitCode;
use keng_node::web::router;
use keng_node::web::state::App;
use keng_node::worker::Worker;
use keng_store::owner::Owner;
use keng_store::{Identity, Role, Store};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt;

mod documents;
mod duties;
mod frame;
mod hub;
mod importing;
mod points;
mod settling;

const HOSTILE: &str = "<script>alert(1)</script>\" onload=\"x' & Đắk";

struct Pages {
    router: Router,
    csrf: String,
    store: Owner,
    hub: Option<Store>,
    stop: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

async fn pages(with_first_sync: bool) -> Pages {
    let folder = tempfile::tempdir().unwrap();
    let identity = Identity {
        role: Role::Node,
        province: code("62"),
        unit: code("610"),
        catalogue: None,
        node: NodeId("610-1".into()),
        incarnation: Incarnation([1; 16]),
        officer: HOSTILE.into(),
    };
    let mut store = Store::create(&folder.path().join("node"), &identity).unwrap();
    let hub = with_first_sync.then(|| hub::first_sync(&folder.path().join("hub"), &mut store));
    let store = Owner::start("store", store).unwrap();
    let (_, no_hints) = mpsc::channel(1);
    let worker = Worker::start(store.clone(), no_hints);
    let (stop, stopping) = watch::channel(false);
    let app = App::start(store.clone(), worker, stopping).await.unwrap();
    let csrf = app.csrf().token().to_owned();
    Pages { router: router(app, ([127, 0, 0, 1], 8080).into()), csrf, store, hub, stop, _folder: folder }
}

impl Pages {
    async fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        self.ask(Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("host", "localhost:8080")
            .header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Posts a form; the status, and where the answer leads.
    async fn post_to(&self, path: &str, form: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("host", "localhost:8080")
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = self.router.clone().oneshot(request.body(Body::from(form.to_owned())).unwrap()).await.unwrap();
        let to = answer.headers().get("location").map_or_else(String::new, |v| v.to_str().unwrap().to_owned());
        (answer.status(), to)
    }

    /// Adds a model of a hostile name, and returns it.
    async fn model(&self) -> RecordId {
        let given = vec![("name".to_owned(), HOSTILE.to_owned())];
        let added = self.store.call(move |s| Ok(keng_desk::acts::add_model(s, &given, &Default::default())));
        added.await.unwrap().unwrap()
    }

    async fn point(&self) -> Option<keng_store::query::RecordView> {
        self.store.call(|s| Ok(s.records(keng_domain::schema::Kind::Point)?.pop())).await.unwrap()
    }
}

/// A form as a browser sends it.
fn form(csrf: &str, pairs: &[(&str, &str)]) -> String {
    keng_web::answer::address("", &[&[("csrf", csrf)], pairs].concat())[1..].to_owned()
}

/// A form with a file, as a browser sends it: the file last, without a name where none was chosen.
fn multipart(path: &str, pairs: &[(&str, &str)], name: &str, content: &[u8]) -> Request<Body> {
    let part = |(key, value): &(&str, &str)| {
        format!("--x\r\ncontent-disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n")
    };
    let texts: String = pairs.iter().map(part).collect();
    let head = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let body = [texts.as_bytes(), head.as_bytes(), content, b"\r\n--x--\r\n"].concat();
    Request::post(path)
        .header("host", "localhost:8080")
        .header("content-type", "multipart/form-data; boundary=x")
        .header("content-length", body.len())
        .body(Body::from(body))
        .unwrap()
}

fn after<'a>(html: &'a str, mark: &str) -> &'a str {
    html.split_once(mark).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default()
}
