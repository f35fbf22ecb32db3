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
use tokio::sync::{mpsc, watch};
use tower::ServiceExt;

mod hub;

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
async fn a_model_is_added_after_a_look_at_those_it_may_be_already() {
    let pages = pages(true).await;
    let csrf = &pages.csrf;
    let names = async || -> Vec<String> {
        let all = pages.store.call(|s| Ok(s.models()?.into_iter().map(|m| m.name).collect()));
        all.await.unwrap()
    };
    let form = |rest: &str| format!("csrf={csrf}&{rest}");
    assert_eq!(pages.post("/models/new", "name=x").await.0, StatusCode::FORBIDDEN);
    for (wrong, why) in [
        ("goal=an+ninh", "Mô hình phải có tên"),
        ("name=Cho+an+toan&founded_on=31/13/2021", "Ngày không có thật"),
        ("name=Cho+an+toan&origin=x", "Hãy chọn một giá trị trong danh sách"),
    ] {
        let (status, html) = pages.post("/models/new", &form(wrong)).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{wrong}");
        assert!(html.contains(why), "{why}: {html}");
    }
    assert!(names().await.is_empty());
    let first = "name=Ti%E1%BA%BFng+k%E1%BA%BBng+an+ninh&founded_on=01/02/2020&goal=y%C3%AAn+b%C3%ACnh";
    let (status, to) = pages.post_to("/models/new", &form(first)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&to).await;
    assert!(html.contains("Đã thêm mô hình") && html.contains("selected"), "{to}: {html}");

    // A namesake without diacritics: shown while typing, and again before anything is saved.
    let (_, html) = pages.get("/models/new?name=tieng+keng+an+ninh").await;
    assert!(html.contains("Có thể mô hình này đã có"), "{html}");
    let (status, html) = pages.post("/models/new", &form("name=Tieng+keng+an+ninh")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("Có thể mô hình này đã có") && names().await.len() == 1, "{html}");
    // Confirmed was that name: another one is looked for again.
    let other = form("name=Tieng+keng+an+ninh+trat+tu&confirmed=Tieng+keng+an+ninh");
    assert_eq!(pages.post("/models/new", &other).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let confirmed = form("name=Tieng+keng+an+ninh&confirmed=Tieng+keng+an+ninh");
    assert_eq!(pages.post_to("/models/new", &confirmed).await.0, StatusCode::SEE_OTHER);
    assert_eq!(names().await, ["Tiếng kẻng an ninh", "Tieng keng an ninh"]);
    let reason = pages.store.call(|s| {
        let second = s.models()?[1].id;
        Ok(s.trace(second, Some("name"))?[0].author.reason.clone())
    });
    assert_eq!(reason.await.unwrap().as_deref(), Some("khác với: Tiếng kẻng an ninh"));
}

#[tokio::test]
async fn parallel_edits_are_told_below_the_conflicts_and_looking_changes_nothing() {
    use keng_desk::acts;
    use keng_domain::schema::Kind;
    let mut pages = pages(true).await;
    let mut hub = pages.hub.take().unwrap();
    let given = |key: &str, text: &str| vec![(key.to_owned(), text.to_owned())];
    let write = pages.store.call(move |node| {
        let by = acts::By::default();
        let model = acts::add_model(&mut hub, &given("name", "Tiếng kẻng an ninh"), &by).unwrap();
        hub::pull(&hub, node);
        acts::edit(&mut hub, Kind::Model, model, &given("goal", HOSTILE), &by).unwrap();
        acts::edit(node, Kind::Model, model, &given("content", "của huyện"), &by).unwrap();
        hub::pull(&hub, node);
        Ok(model)
    });
    let model = write.await.unwrap();
    for _ in 0..2 {
        let (status, html) = pages.get("/contests").await;
        assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
        for said in ["Không có xung đột nào", "Song song (1)", "của huyện", "Mục tiêu", "chưa tới tỉnh", "tới tỉnh "]
        {
            assert!(html.contains(said), "{said}: {html}");
        }
        assert!(html.contains(&format!("/records/{model}/trace?field=goal")), "{html}");
    }
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
async fn the_year_that_was_chosen_stays_on_every_page() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await, &pages.csrf);
    for path in ["/", "/models", "/points", "/contests", "/sync", "/import", "/points/new", "/models/new", "/others"] {
        let (_, html) = pages.get(&format!("{path}?year=2019")).await;
        assert_eq!(faults(&html), Vec::<String>::new(), "{path}");
        for link in ["href=\"/?year=2019\"", "href=\"/points?year=2019\"", "href=\"/sync?year=2019\"", "Năm 2019"] {
            assert!(html.contains(link), "{link} on {path}: {html}");
        }
        let (_, html) = pages.get(path).await;
        assert!(html.contains("href=\"/points\"") && !html.contains("year=2019\""), "{path}: {html}");
    }
    // The stream's messages go to all pages alike, so they must not carry a link.
    let (_, html) = pages.get("/sync?year=2019").await;
    assert!(html.contains("<span id=\"chip\""), "{html}");
    let form = format!("csrf={csrf}&year=2019&unit=23368&model={model}&place=Th%C3%B4n+9");
    let (status, to) = pages.post_to("/points/new", &form).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/points?done=added&year=2019"));
}

#[tokio::test]
async fn what_the_province_refused_is_told_with_its_reason_and_a_way_on() {
    use keng_proto::{LsnRun, Receipt, Refusal};
    let pages = pages(true).await;
    pages.model().await;
    let refuse = pages.store.call(|s| {
        let (waiting, _) = s.outbox(0, usize::MAX)?;
        let entry = &waiting[0].1;
        let refusal = Refusal {
            scope: entry.feed.scope.to_string(),
            seq: entry.seq,
            hash: entry.hash.to_vec().into(),
            code: "SCOPE".into(),
            detail: HOSTILE.into(),
        };
        let receipt = Receipt {
            received_at_ms: 1_668_000_000_000,
            lsns: vec![LsnRun { first: 0, count: 1 }],
            refusals: vec![refusal],
            ..Receipt::default()
        };
        s.store_receipt(&receipt, &[(entry.feed.clone(), entry.seq, entry.hash, None)])
    });
    refuse.await.unwrap();
    let (status, html) = pages.get("/sync").await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    for said in ["Tỉnh không nhận (1)", "Đơn vị không được ghi vào địa bàn này", "Hãy kiểm tra lại xã, phường", "SCOPE"]
    {
        assert!(html.contains(said), "{said}: {html}");
    }
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

/// A form with a file, as a browser sends it.
fn with_file(pages: &Pages, act: &str, file: &str) -> Request<Body> {
    let part =
        |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let body = format!(
        "{}{}--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--x--\r\n",
        part("csrf", &pages.csrf),
        part("act", act)
    );
    let request = Request::post("/import").header("host", "localhost:8080");
    request.header("content-type", "multipart/form-data; boundary=x").body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn a_file_is_imported_its_rejected_rows_are_got_and_all_of_it_is_taken_back() {
    let pages = pages(true).await;
    let rows = "Camera an ninh;Xã Đăk Long;Thôn 1;2\nCamera an ninh;Xã Lạ;Thôn 2;2";
    let (status, html) = pages.ask(with_file(&pages, "write", &format!("Tên mô hình;Xã;Địa bàn;Số tổ\n{rows}"))).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("Đã nhập và lưu tại máy") && html.contains("/import/rejected/1"), "{html}");
    let (status, body) = pages.get("/import/rejected/1").await;
    assert!(status == StatusCode::OK && body.starts_with("PK"));
    assert_eq!(pages.get("/import/rejected/9").await.0, StatusCode::NOT_FOUND);
    assert!(pages.point().await.is_some());

    assert_eq!(pages.post("/import/1/undo", "").await.0, StatusCode::FORBIDDEN);
    let (status, to) = pages.post_to("/import/1/undo", &format!("csrf={}", pages.csrf)).await;
    assert_eq!((status, &*to), (StatusCode::SEE_OTHER, "/import?done=undone"));
    assert!(pages.point().await.is_none());
    let (status, html) = pages.get(&to).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("đã hoàn tác"), "{html}");
}

#[tokio::test]
async fn a_name_like_anothers_is_asked_about_before_anything_is_written() {
    let pages = pages(true).await;
    let given = vec![("name".to_owned(), "Camera an ninh".to_owned())];
    let added = pages.store.call(move |s| Ok(keng_desk::acts::add_model(s, &given, &Default::default())));
    let model = added.await.unwrap().unwrap();
    let file = "Tên mô hình;Xã;Địa bàn;Số tổ\nCamera giám sát ANTT;Xã Đăk Long;Thôn 1;2";
    let (status, html) = pages.ask(with_file(&pages, "write", file)).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("Nhớ lựa chọn") && html.contains("là “Camera an ninh”"), "{html}");
    assert!(pages.point().await.is_none(), "nothing is written before that");
    let form = format!("csrf={}&name=Camera+gi%C3%A1m+s%C3%A1t+ANTT&model={model}", pages.csrf);
    assert_eq!(pages.post("/import/same", &form).await.0, StatusCode::SEE_OTHER);
    let (_, html) = pages.ask(with_file(&pages, "write", file)).await;
    assert!(html.contains("Đã nhập và lưu tại máy"), "{html}");
    assert_eq!(pages.point().await.unwrap().fields.text("model"), Some(&*model.to_string()));
}

#[tokio::test]
async fn columns_that_no_title_tells_are_said_on_the_page() {
    let pages = pages(true).await;
    let (status, html) = pages.ask(with_file(&pages, "check", "Gọi là;Thuộc;Nơi có\nCamera;Xã Đăk Long;Thôn 1")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("<details open>"), "{html}");
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

/// A form that adds a file to a record, as a browser sends it.
fn upload(record: RecordId, csrf: &str, kind: &str, name: &str, content: &[u8]) -> Request<Body> {
    let part =
        |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let head = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let body =
        [part("csrf", csrf).as_bytes(), part("kind", kind).as_bytes(), head.as_bytes(), content, b"\r\n--x--\r\n"]
            .concat();
    Request::post(format!("/records/{record}/documents"))
        .header("host", "localhost:8080")
        .header("content-type", "multipart/form-data; boundary=x")
        .header("content-length", body.len())
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn a_document_is_added_and_taken_out_again_by_the_pages() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await, pages.csrf.clone());
    let scan: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let name = "QĐ <b>112.pdf";
    assert_eq!(pages.ask(upload(model, "wrong", "KE_HOACH", name, &scan)).await.0, StatusCode::FORBIDDEN);
    let page = format!("/models/{model}");
    let (_, html) = pages.get(&page).await;
    assert!(html.contains("Chưa có văn bản nào") && html.contains("multipart/form-data"), "{html}");
    for (kind, name, content, word) in [
        ("", name, &scan[..], "Không có loại văn bản"),
        ("KE_HOACH", "", &scan[..], "Hãy chọn một tệp"),
        ("KE_HOACH", "tuyệt mật.pdf", &scan[..], "Tuyệt mật"),
        ("KE_HOACH", "a.txt", "x\nMẬT\n".as_bytes(), "độ mật"),
        ("KE_HOACH", "a.txt", b"", "không có nội dung"),
    ] {
        let (status, html) = pages.ask(upload(model, &csrf, kind, name, content)).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{kind} {name}");
        assert!(html.contains(word) && html.contains("Chưa ghi gì"), "no “{word}” in {html}");
    }
    assert_eq!(pages.ask(upload(model, &csrf, "KE_HOACH", name, &scan)).await.0, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&page).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("đang chờ gửi") && html.contains("0/1 tệp") && !html.contains("<b>112"), "{html}");
    let (status, html) = pages.get(&format!("/records/{model}/trace")).await;
    assert!(status == StatusCode::OK && html.contains("0/1 tệp"), "{html}");

    let from = html.find("/documents/").unwrap();
    let path = &html[from..from + "/documents/".len() + 64];
    let request = Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap();
    let answer = pages.router.clone().oneshot(request).await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("content-type").as_str(), header("x-content-type-options").as_str()),
        ("application/octet-stream", "nosniff")
    );
    let disposition = header("content-disposition");
    let expected = "attachment; filename=\"Q___b_112.pdf\"; filename*=UTF-8''Q%C4%90%20%3Cb%3E112.pdf";
    assert_eq!(disposition, expected);
    assert_eq!(to_bytes(answer.into_body(), usize::MAX).await.unwrap(), scan);
    let (status, html) = pages.get(&format!("/documents/{}", "0".repeat(64))).await;
    assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]));
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_before_it_is_sent() {
    let pages = pages(true).await;
    let model = pages.model().await;
    for (path, bytes) in [(format!("/records/{model}/documents"), 65 << 20), ("/import".to_owned(), 30 << 20)] {
        let request = Request::post(path)
            .header("host", "localhost:8080")
            .header("content-type", "multipart/form-data; boundary=x")
            .header("content-length", bytes);
        let (status, html) = pages.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(html.contains("quá lớn"), "{html}");
    }
}

/// A form as a browser sends it.
fn form(csrf: &str, pairs: &[(&str, &str)]) -> String {
    keng_web::answer::address("", &[&[("csrf", csrf)], pairs].concat())[1..].to_owned()
}

fn after<'a>(html: &'a str, mark: &str) -> &'a str {
    html.split_once(mark).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default()
}

#[tokio::test]
async fn a_period_is_handed_in_by_its_page_and_no_figures_unseen() {
    let pages = pages(true).await;
    let (csrf, page) = (&pages.csrf, "/reports?period=2022-annual");
    let (status, html) = pages.get(page).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("Quá hạn") && html.contains("Chưa có điểm nào được tính"), "{html}");
    assert_eq!(pages.post("/reports", "period=2022-annual&act=nothing&confirm=1").await.0, StatusCode::FORBIDDEN);
    let seen = after(&html, "name=\"seen\" value=\"").to_owned();
    for (act, confirm, seen, why) in [
        ("nothing", "", "", "ô xác nhận"),
        ("figures", "1", "old", "Số liệu đã thay đổi"),
        ("figures", "1", seen.as_str(), "báo cáo không"),
    ] {
        let sent = [("period", "2022-annual"), ("act", act), ("confirm", confirm), ("seen", seen)];
        let (status, html) = pages.post("/reports", &form(csrf, &sent)).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{why}");
        assert!(html.contains("Chưa trình") && html.contains(why), "{why}: {html}");
    }
    let nothing = form(csrf, &[("period", "2022-half"), ("act", "nothing"), ("confirm", "1")]);
    let (status, to) = pages.post_to("/reports", &nothing).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/reports?period=2022-half&done=handed-in"));

    let model = pages.model().await;
    let point = form(csrf, &[("unit", "23368"), ("model", &model.to_string()), ("decision_date", "01/02/2020")]);
    assert_eq!(pages.post("/points/new", &point).await.0, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(page).await;
    assert!(html.contains("thiếu số quyết định") && html.contains("show=no-number"), "{html}");
    let (_, list) = pages.get("/points?show=no-number").await;
    assert!(list.contains("Thiếu số QĐ (1)"), "{list}");
    let seen = after(&html, "name=\"seen\" value=\"").to_owned();
    let sent = [("period", "2022-annual"), ("act", "figures"), ("confirm", "1"), ("seen", &seen)];
    let (_, to) = pages.post_to("/reports", &form(csrf, &sent)).await;
    let (status, html) = pages.get(&to).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("Đã trình, đã lưu tại máy") && html.contains("chưa tới tỉnh"), "{html}");
    let frozen = format!("/submissions/{}", after(&html, "href=\"/submissions/"));
    let (status, html) = pages.get(&frozen).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("không khác") && !html.contains("Tỉnh quyết định"), "{html}");
}

#[tokio::test]
async fn a_nomination_is_drafted_and_handed_in_and_says_what_it_lacks() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await.to_string(), &pages.csrf);
    let mut sent = [("model", ""), ("quarter", "2022-Q4"), ("case", "moi"), ("justification", HOSTILE)];
    let (status, html) = pages.post("/nominations?year=2022", &form(csrf, &sent)).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("phải nêu mô hình") && html.contains("alert(1)"), "{html}");
    sent[0].1 = &model;
    let (status, to) = pages.post_to("/nominations", &form(csrf, &sent)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let path = to.split('?').next().unwrap().to_owned();
    for page in ["/nominations?year=2022", &to, &format!("{path}?add=KE_HOACH"), "/"] {
        let (status, html) = pages.get(page).await;
        assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]), "{page}");
        assert!(html.contains("Đang soạn") || page == "/", "{page}: {html}");
    }
    let (_, html) = pages.get("/").await;
    assert!(html.contains("Soạn tiếp") && html.contains("Hồ sơ còn thiếu"), "{html}");
    let (_, html) = pages.get(&path).await;
    assert!(html.contains("0/8 loại văn bản") && html.contains("R16"), "{html}");
    let hand_in = form(csrf, &[("case", "tot"), ("justification", "x"), ("act", "hand-in")]);
    assert_eq!(pages.post_to(&path, &hand_in).await.0, StatusCode::SEE_OTHER);
    let (status, html) = pages.post(&path, &hand_in).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("đang ở trạng thái “Đã trình”") && !html.contains("Trình đề xuất"), "{html}");
}

#[tokio::test]
async fn a_spontaneous_point_is_recognised_or_ended_on_its_page() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await.to_string(), &pages.csrf);
    let new = [("unit", "23368"), ("model", model.as_str()), ("origin", "TU_PHAT"), ("year", "2022")];
    assert_eq!(pages.post("/points/new", &form(csrf, &new)).await.0, StatusCode::SEE_OTHER);
    let id = pages.point().await.unwrap().id;
    let (_, home) = pages.get("/").await;
    assert_eq!(faults(&home), Vec::<String>::new());
    assert!(home.contains(&format!("/points/{id}/edit#recognise")) && home.contains("edit#end"), "{home}");
    for (act, sent, why) in [
        ("recognise", [("recognise-number", HOSTILE), ("recognise-date", "")], "số và ngày quyết định"),
        ("recognise", [("recognise-number", "1"), ("recognise-date", "01/01/2099")], "chưa tới"),
        ("end", [("end-ground", ""), ("end-date", "01/10/2022")], "phải có lý do"),
    ] {
        let (status, html) = pages.post(&format!("/points/{id}/{act}"), &form(csrf, &sent)).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{why}");
        assert!(html.contains(why) && html.contains(&sent[1].1.to_string()), "{why}: {html}");
    }
    let sent = form(csrf, &[("recognise-number", "15/QĐ-UBND"), ("recognise-date", "15/10/2022")]);
    let (status, to) = pages.post_to(&format!("/points/{id}/recognise"), &sent).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&to).await;
    assert!(html.contains("Đã ghi quyết định công nhận") && !html.contains("id=\"recognise\""), "{html}");
    // Whoever had the page open meanwhile is told, not left without a word.
    let (status, html) = pages.post(&format!("/points/{id}/recognise"), &form(csrf, &[])).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
}

#[tokio::test]
async fn every_other_record_is_added_and_edited_by_one_form() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await.to_string(), &pages.csrf);
    let record = ("record", model.as_str());
    let add: [(&str, Vec<(&str, &str)>); 6] = [
        ("exemplar", vec![("name", HOSTILE), ("level", "TINH")]),
        ("committee", vec![record, ("people", "7")]),
        ("team", vec![record, ("name", "Tổ 1"), ("members", "9")]),
        ("survey", vec![record, ("survey_kind", "KIEM_TRA")]),
        ("assessment", vec![("year", "2022"), ("object", "XA"), ("name", "UBND xã")]),
        ("score", vec![("year", "2022"), ("object", "CO_QUAN"), ("name", "Phòng")]),
    ];
    for (kind, values) in add {
        let (list, new) = (format!("/others?kind={kind}"), format!("/others/new?kind={kind}"));
        let send = |values: &[(&str, &str)]| form(csrf, &[&[("kind", kind), ("unit", "23368")], values].concat());
        let (status, html) =
            pages.post("/others/new", &send(&[("decision_date", "31/13/2021"), ("name", "giữ lại")])).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]).clone(), "{kind}");
        let (status, to) = pages.post_to("/others/new", &send(&values)).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{kind}");
        let page = to.split('?').next().unwrap().to_owned();
        for path in [&list, &new, &to, &format!("/records/{}/trace", &page["/others/".len()..])] {
            let (status, html) = pages.get(path).await;
            assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]), "{path}");
        }
        let edit = match kind {
            "assessment" => [("criteria/1", "CO"), ("registered", "CO")],
            "score" => [("own/1", "3"), ("above/1", "2")],
            "survey" => [("remedy", "một"), ("by", "hai")],
            _ => [("note", "một"), ("decision_no", "hai")],
        };
        let (status, to) = pages.post_to(&page, &form(csrf, &edit)).await;
        assert_eq!((status, to.contains("done=saved")), (StatusCode::SEE_OTHER, true), "{kind}: {to}");
        if kind == "score" {
            let (status, html) = pages.post(&page, &form(csrf, &[("own/1", "4")])).await;
            assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
            assert!(html.contains("tối đa 3 điểm") && html.contains("value=\"4\""), "{html}");
        }
        // What the page had shown was another value by now: it is not replaced unseen.
        let overtaken = [(edit[0].0, "9"), (&*format!("was-{}", edit[0].0), "8")];
        let (status, html) = pages.post(&page, &form(csrf, &overtaken)).await;
        assert_eq!((status, html.contains("vừa ghi")), (StatusCode::UNPROCESSABLE_ENTITY, true), "{kind}: {html}");
    }
}
