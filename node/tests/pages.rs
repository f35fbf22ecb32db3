//! The officer's pages over a real store, without a hub: everything works before there is a link.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use futures::StreamExt;
use keng_domain::field::Value;
use keng_domain::id::{Incarnation, NodeId, RecordId};
use keng_domain::unit::UnitCode;
use keng_node::web::router;
use keng_node::web::state::App;
use keng_node::worker::Worker;
use keng_store::owner::Owner;
use keng_store::{Identity, Role, Store};
use keng_web::lint::faults;
use tokio::sync::watch;
use tower::ServiceExt;

mod hub;

const HOSTILE: &str = "<script>alert(1)</script>\" onload=\"x' & Đắk";

struct Pages {
    router: Router,
    csrf: String,
    store: Owner,
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
        node: NodeId("610-1".into()),
        incarnation: Incarnation([1; 16]),
        officer: HOSTILE.into(),
    };
    let mut store = Store::create(&folder.path().join("node"), &identity).unwrap();
    if with_first_sync {
        hub::first_sync(&folder.path().join("hub"), &mut store);
    }
    let store = Owner::start("store", store).unwrap();
    let worker = Worker::start(store.clone());
    let (stop, stopping) = watch::channel(false);
    let app = App::start(store.clone(), worker, stopping).await.unwrap();
    let csrf = app.csrf().token().to_owned();
    Pages { router: router(app, ([127, 0, 0, 1], 8080).into()), csrf, store, stop, _folder: folder }
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

#[tokio::test]
async fn a_point_is_added_rated_and_edited_by_its_form() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await, &pages.csrf);
    let new = format!("unit=23368&model={model}&place=Th%C3%B4n+1&decision_date=01/02/2020&teams=3&rating=tot");
    assert_eq!(pages.post("/points/new", &new).await.0, StatusCode::FORBIDDEN);
    let wrong = new.replace("01/02/2020", "31/13/2021");
    let (status, html) = pages.post("/points/new", &format!("csrf={csrf}&year=2022&{wrong}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("31/13/2021") && pages.point().await.is_none(), "{html}");
    assert_eq!(pages.post("/points/new", &format!("csrf={csrf}&year=2022&{new}")).await.0, StatusCode::SEE_OTHER);
    let point = pages.point().await.unwrap();
    assert_eq!(point.fields.text("ratings/2022/610"), Some("tot"));
    let (status, html) = pages.post("/points/new", &format!("csrf={csrf}&year=2022&{new}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("Có thể điểm này đã có"), "{html}");

    let edit = format!("/points/{}/edit", point.id);
    for path in
        ["/", "/points?q=thon", "/points?show=unsent", "/points/new", &edit, "/models", "/sync", "/import", "/contests"]
    {
        let (status, html) = pages.get(path).await;
        assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]), "{path}");
    }
    // The page had shown 2, another has written 3 since: nothing is replaced unseen.
    let (status, html) = pages.post(&edit, &format!("csrf={csrf}&year=2022&was-teams=2&teams=5")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("vừa ghi"), "{html}");
    let (status, _) = pages.post(&edit, &format!("csrf={csrf}&year=2022&was-teams=3&teams=5&reason=kiem+tra")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let point = pages.point().await.unwrap();
    assert_eq!(point.fields.get("teams").map(keng_domain::field::Field::shown), Some(&Value::Int(5)));
    let (_, html) = pages.get(&format!("/records/{}/trace?field=teams", point.id)).await;
    assert!(html.contains("kiem tra") && html.contains("chờ gửi"), "{html}");
}

#[tokio::test]
async fn nothing_unsent_is_called_sent() {
    let pages = pages(true).await;
    pages.model().await;
    tokio::time::sleep(std::time::Duration::from_millis(1_600)).await;
    let (_, html) = pages.get("/").await;
    assert!(!html.contains("Đã gửi hết") && html.contains("1 thay đổi"), "{html}");
}

#[tokio::test]
async fn before_the_first_sync_the_pages_say_so() {
    let pages = pages(false).await;
    let (status, html) = pages.get("/").await;
    assert_eq!((status, faults(&html)), (StatusCode::SERVICE_UNAVAILABLE, vec![]));
    let (status, html) = pages.get("/sync").await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
}

#[tokio::test]
async fn a_spreadsheet_needs_the_token_too() {
    let pages = pages(true).await;
    let send = |csrf: String| {
        let part = |name: &str, value: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file =
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n\r\nno sheet\r\n--x--\r\n";
        let body = format!("{}{}{file}", part("csrf", &csrf), part("act", "write"));
        Request::post("/import")
            .header("host", "localhost:8080")
            .header("content-type", "multipart/form-data; boundary=x")
            .body(Body::from(body))
            .unwrap()
    };
    assert_eq!(pages.ask(send("wrong".into())).await.0, StatusCode::FORBIDDEN);
    let (status, html) = pages.ask(send(pages.csrf.clone())).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("a.xlsx"), "{html}");
}

#[tokio::test]
async fn a_bundle_needs_the_token_and_what_is_wrong_with_it_is_told() {
    let pages = pages(true).await;
    let send = |csrf: &str, file: &[u8]| {
        let head = "--x\r\ncontent-disposition: form-data; name=";
        let mut body =
            format!("{head}\"csrf\"\r\n\r\n{csrf}\r\n{head}\"file\"; filename=\"../a<b>.keng\"\r\n\r\n").into_bytes();
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--x--\r\n");
        Request::post("/bundle/import")
            .header("host", "localhost:8080")
            .header("content-type", "multipart/form-data; boundary=x")
            .body(Body::from(body))
            .unwrap()
    };
    assert_eq!(pages.ask(send("wrong", b"x")).await.0, StatusCode::FORBIDDEN);
    let long = "7".repeat(5_000);
    assert_eq!(pages.ask(send(&long, b"x")).await.0, StatusCode::FORBIDDEN);
    for (file, words) in [(&b""[..], "rỗng"), (b"no bundle", "không phải gói USB"), (b"keng-usb", "cắt cụt")]
    {
        let (status, html) = pages.ask(send(&pages.csrf, file)).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
        assert!(html.contains(words) && !html.contains("a<b>"), "{html}");
    }
    // Without the hub's key nothing leaves unsealed unless somebody says so.
    let (status, html) = pages.get("/bundle/export").await;
    assert_eq!((status, faults(&html)), (StatusCode::CONFLICT, vec![]));
    assert!(html.contains("/bundle/export?open=1"), "{html}");
}

#[tokio::test]
async fn a_stream_begins_with_the_present_state_and_ends_with_the_program() {
    let pages = pages(true).await;
    let request = Request::get("/events?live=upload").header("host", "localhost:8080").body(Body::empty()).unwrap();
    let answer = pages.router.clone().oneshot(request).await.unwrap();
    let mut body = answer.into_body().into_data_stream();
    let first = String::from_utf8_lossy(&body.next().await.unwrap().unwrap()).into_owned();
    assert!(first.contains("id=\"chip\"") && first.contains("id=\"upload\""), "{first}");
    pages.stop.send_replace(true);
    let rest = tokio::time::timeout(std::time::Duration::from_secs(5), body.collect::<Vec<_>>());
    assert!(rest.await.is_ok(), "the stream ends");
}
