//! The province's pages over a real store.

mod documents;
mod duties;
mod models;
mod rules;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use futures::StreamExt;
use keng_desk::folder::{Keys, SIGNING_KEY};
use keng_domain::field::Value;
use keng_domain::id::{Incarnation, NodeId, RecordId};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::UnitKey;
use keng_hub::hub::Hub;
use keng_hub::web::router;
use keng_hub::web::state::App;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::edit::Act;
use keng_store::query::{catalogue_record, rule_pack_record};
use keng_store::{Identity, Role, Store};
use keng_web::lint::faults;
use tokio::sync::watch;
use tower::ServiceExt;

const HOSTILE: &str = "<script>alert(1)</script>\" onload=\"x' & Đắk";
const CSV: &str = "code,name,kind,parent,valid_from,valid_to
62,Tỉnh Kon Tum,TINH,,,
610,Huyện Đắk Glei,HUYEN,62,,
23368,Xã Đăk Long,XA,610,,
";
const MODEL: RecordId = RecordId([1; 16]);
const POINT: RecordId = RecordId([2; 16]);
const TWIN: RecordId = RecordId([3; 16]);

struct Pages {
    router: Router,
    csrf: String,
    hub: Hub,
    stop: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

/// A hub with a model of a hostile name, its namesake, and a point that two units rate differently.
async fn pages() -> Pages {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("hub");
    let code = |text: &str| text.parse().unwrap();
    let identity = Identity {
        role: Role::Hub,
        province: code("62"),
        unit: code("62"),
        catalogue: None,
        node: NodeId("hub".into()),
        incarnation: Incarnation([9; 16]),
        officer: "Nguyễn Thị Hạnh".into(),
    };
    let mut store = Store::create(&data, &identity).unwrap();
    store.set_meta("epoch", &hex::encode([7; 16])).unwrap();
    Keys::of(&data).write(SIGNING_KEY, &[5; 32]).unwrap();
    let stamp = Stamp { officer: "Hạnh".into(), device_time_ms: 1_667_900_000_000, reason: None };
    let province = |kind: Kind| Meta { kind: kind.code().into(), scope: Scope::Province, owner: code("62") };
    let text =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect::<Vec<_>>();
    let area = Scope::Area { catalogue: "kontum-2022".parse().unwrap(), unit: code("23368") };
    let acts = [
        Act::Create {
            id: catalogue_record(&"kontum-2022".parse().unwrap()),
            meta: province(Kind::Catalogue),
            values: text(&[("catalogue", "kontum-2022"), ("csv", CSV)]),
        },
        Act::Create {
            id: rule_pack_record(),
            meta: province(Kind::RulePack),
            values: text(&[("toml", keng_domain::rule_pack::DEFAULT_TOML)]),
        },
        Act::Create { id: MODEL, meta: province(Kind::Model), values: text(&[("name", HOSTILE)]) },
        Act::Create { id: TWIN, meta: province(Kind::Model), values: text(&[("name", HOSTILE)]) },
        Act::Create {
            id: POINT,
            meta: Meta { kind: Kind::Point.code().into(), scope: area, owner: code("610") },
            values: text(&[
                ("model", &MODEL.to_string()),
                ("unit", "23368"),
                ("place", HOSTILE),
                ("decision_date", "2020-01-01"),
                ("ratings/2022/610", "tot"),
                ("ratings/2022/62", "yeu"),
            ]),
        },
    ];
    store.commit(&acts, &stamp, 1_668_000_000_000).unwrap();
    let hub = Hub::open(store).unwrap();
    let (stop, stopping) = watch::channel(false);
    let app = App::start(hub.clone(), stopping).await.unwrap();
    let csrf = app.csrf().token().to_owned();
    Pages { router: router(app, ([127, 0, 0, 1], 8080).into()), csrf, hub, stop, _folder: folder }
}

impl Pages {
    async fn ask(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let to = answer.headers().get("location").map_or_else(String::new, |v| v.to_str().unwrap().to_owned());
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned(), to)
    }

    async fn get(&self, path: &str) -> String {
        let request = Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap();
        let (status, body, _) = self.ask(request).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    async fn post(&self, path: &str, form: &str) -> (StatusCode, String, String) {
        let request = Request::post(path)
            .header("host", "localhost:8080")
            .header("content-type", "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn contest(&self) -> Option<String> {
        self.hub.writer.call(|s| Ok(s.contests(None)?.first().map(|c| c.id.clone()))).await.unwrap()
    }
}

#[tokio::test]
async fn every_page_stands_whatever_things_are_called() {
    let pages = pages().await;
    let contest = format!("/contests/{}", pages.contest().await.unwrap());
    let trace = format!("/records/{POINT}/trace?field=ratings/2022/610&entry=1");
    let model = format!("/models/{MODEL}");
    let all = [
        "/",
        "/?year=2020",
        "/models?q=script",
        "/points",
        "/points?show=counted&unit=610&q=script",
        "/contests?q=x",
        "/nominations?q=x",
        "/others?kind=team&q=x",
        "/models?verdict=undetermined",
        &model,
        &format!("{model}/edit"),
        "/contests",
        &contest,
        &trace,
        "/units",
        "/merges",
        "/reports",
        "/duties",
        "/duties?year=2022",
        "/calls?year=2022",
        "/nominations",
        "/spontaneous",
        "/others",
        "/others/new?kind=assessment",
    ];
    for path in all {
        let html = pages.get(path).await;
        assert_eq!(faults(&html), Vec::<String>::new(), "{path}");
    }
    let board = pages.get("/").await;
    assert!(board.contains("Đắk Glei") && board.contains("1 xung đột"), "{board}");
    assert!(pages.get(&contest).await.contains("Nếu chọn thì sao?"));
    let nothing = Request::get("/no").header("host", "localhost:8080").body(Body::empty()).unwrap();
    assert_eq!(pages.ask(nothing).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_lies_in_quarantine_is_listed_with_its_reason_and_comes_back_byte_for_byte() {
    use keng_records::authority::Role as Writer;
    use keng_store::ingest::Push;
    use keng_sync::batch::RawEntry;
    use keng_sync::entry::FeedId;
    let pages = pages().await;
    let body = vec![0_u8, 255, 13, 10, 60];
    let entry = RawEntry {
        feed: FeedId { incarnation: Incarnation([4; 16]), scope: "area:kontum-2022:23368".parse().unwrap() },
        seq: 17,
        withheld: None,
        body: Some(body.clone().into()),
        lsn: keng_domain::id::Lsn(0),
        received_at_ms: 0,
    };
    let push = Push {
        node: NodeId("610-1".into()),
        writer: Some(Writer::of_unit("610".parse::<UnitKey>().unwrap())),
        entries: vec![entry],
        heads: keng_proto::SignedHeads::default(),
    };
    let kept = pages.hub.writer.call(move |s| s.quarantine(&push, "HASH", HOSTILE, 1_668_000_000_000));
    kept.await.unwrap();
    let html = pages.get("/units").await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("Nội dung nhận được khác với nội dung máy đã ký"), "{html}");
    assert!(html.contains("href=\"/quarantine/p-1\""), "{html}");
    let request = Request::get("/quarantine/p-1").header("host", "localhost:8080").body(Body::empty()).unwrap();
    let answer = pages.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"610-1_area-kontum-2022-23368_17_p-1.bin\""
    );
    assert_eq!(to_bytes(answer.into_body(), usize::MAX).await.unwrap(), body);
    for none in ["/quarantine/q-1", "/quarantine/p-9", "/quarantine/1"] {
        let request = Request::get(none).header("host", "localhost:8080").body(Body::empty()).unwrap();
        assert_eq!(pages.ask(request).await.0, StatusCode::NOT_FOUND, "{none}");
    }
}

#[tokio::test]
async fn other_logs_that_machines_have_seen_stand_on_the_page_until_the_hub_begins_another() {
    let pages = pages().await;
    assert!(!pages.get("/units").await.contains("sổ cái khác"));
    let keep = |node: &str, size: u64| {
        let node = NodeId(node.into());
        pages.hub.writer.call(move |s| s.keep_sighting(&node, size, &[171; 32], 1_668_000_000_000))
    };
    for (node, size) in [("610-1", 1), ("610-1", 2), ("<b>-1", 1)] {
        assert!(keep(node, size).await.unwrap());
    }
    let html = pages.get("/units").await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("2 máy đã thấy sổ cái khác của trạm này"), "{html}");
    assert!(html.contains("khác nội dung") && html.contains("abababababababab…"), "{html}");
    assert!(keep("610-1", 9_999).await.unwrap());
    let html = pages.get("/units").await;
    assert!(html.contains("đã ngắn hơn") && html.contains("9.999 mục"), "{html}");
    pages.hub.writer.call(|s| s.set_meta("epoch", &hex::encode([8; 16]))).await.unwrap();
    assert!(!pages.get("/units").await.contains("sổ cái khác"), "the hub was restored");
}

#[tokio::test]
async fn the_year_that_was_chosen_stays_on_every_page() {
    let pages = pages().await;
    let contest = format!("/contests/{}", pages.contest().await.unwrap());
    for path in ["/", "/units", "/models", "/contests", &contest, "/merges", "/reports"] {
        let html = pages.get(&format!("{path}?year=2019")).await;
        assert_eq!(faults(&html), Vec::<String>::new(), "{path}");
        for link in ["href=\"/?year=2019\"", "href=\"/units?year=2019\"", "href=\"/reports?year=2019\"", "Năm 2019"] {
            assert!(html.contains(link), "{link} on {path}: {html}");
        }
        assert!(pages.get(path).await.contains("href=\"/reports\""), "{path}");
    }
}

#[tokio::test]
async fn a_choice_needs_the_token_and_a_reason_and_then_settles() {
    let pages = pages().await;
    let id = pages.contest().await.unwrap();
    let path = format!("/contests/{id}/resolve");
    assert_eq!(pages.post(&path, "pick=1&reason=ok").await.0, StatusCode::FORBIDDEN);
    let csrf = &pages.csrf;
    let (status, html, _) = pages.post(&path, &format!("csrf={csrf}&pick=1&reason=+")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("lý do"), "{html}");
    let (status, html, _) = pages.post(&path, &format!("csrf={csrf}&pick=0&value=kha&reason=giu+nguyen")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("giu nguyen"), "what was typed stays");
    assert_eq!(pages.contest().await, Some(id));
    let (status, _, to) = pages.post(&path, &format!("csrf={csrf}&pick=1&reason=bien+ban")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(pages.contest().await, None);
    let html = pages.get(&to).await;
    assert!(html.contains("Đã chọn") && html.contains("bien ban"), "{html}");
}

#[tokio::test]
async fn names_are_merged_and_taken_apart_again() {
    let pages = pages().await;
    let csrf = &pages.csrf;
    assert!(pages.get("/merges").await.contains("Chắc chắn (1)"));
    assert_eq!(pages.post("/merges", &format!("csrf={csrf}&act=certain")).await.0, StatusCode::SEE_OTHER);
    let html = pages.get("/merges").await;
    assert!(html.contains("Chắc chắn (0)") && html.contains("Đã gộp (1)"), "{html}");
    let merged = pages.hub.writer.call(|s| Ok(s.models()?.iter().find(|m| m.merged_into.is_some()).map(|m| m.id)));
    let merged = merged.await.unwrap().unwrap();
    assert_eq!(pages.post("/merges", &format!("csrf={csrf}&act=undo&from={merged}")).await.0, StatusCode::SEE_OTHER);
    assert!(pages.get("/merges").await.contains("Đã gộp (0)"));
}

#[tokio::test]
async fn a_report_that_was_made_survives_a_restart_byte_for_byte() {
    let pages = pages().await;
    let download = async |router: &Router, path: &str| {
        let request = Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()["content-type"]),
            (StatusCode::OK, &"application/json".parse().unwrap())
        );
        to_bytes(answer.into_body(), usize::MAX).await.unwrap()
    };
    let link = |html: &str| {
        let links = html.split("href=\"").filter_map(|part| part.split('"').next());
        links.filter(|l| l.starts_with("/reports/") && l.ends_with(".json")).map(str::to_owned).next()
    };
    let csrf = &pages.csrf;
    assert_eq!(
        pages.post("/reports", &format!("csrf={csrf}&report=monthly+2022")).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(link(&pages.get("/reports").await).is_none());
    assert_eq!(pages.post("/reports", &format!("csrf={csrf}&report=annual+2022")).await.0, StatusCode::SEE_OTHER);
    let html = pages.get("/reports").await;
    assert!(html.contains("Báo cáo năm 2022") && html.contains("điểm chốt"), "{html}");
    let path = link(&html).unwrap();
    let bytes = download(&pages.router, &path).await;
    let figures: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert!(figures.is_object(), "{figures}");

    let (_stop, stopping) = watch::channel(false);
    let again = router(App::start(pages.hub.clone(), stopping).await.unwrap(), ([127, 0, 0, 1], 8080).into());
    assert_eq!(download(&again, &path).await, bytes);
    let request = Request::get("/reports").header("host", "localhost:8080").body(Body::empty()).unwrap();
    let listed = to_bytes(again.oneshot(request).await.unwrap().into_body(), usize::MAX).await.unwrap();
    assert_eq!(link(&String::from_utf8_lossy(&listed)), Some(path));
}

/// R19, R29: what was kept stays as it is; number and date are those of the signed paper.
#[tokio::test]
async fn an_edition_is_kept_submitted_issued_and_replaced_on_the_page() {
    let pages = pages().await;
    let csrf = &pages.csrf;
    let keep = async || pages.post("/reports", &format!("csrf={csrf}&report=annual+2022&act=keep")).await.0;
    let act = async |id: &str, rest: &str| pages.post(&format!("/editions/{id}"), &format!("csrf={csrf}&{rest}")).await;
    let newest = |html: &str| {
        let actions = html.split("action=\"/editions/").nth(1).and_then(|part| part.split('"').next());
        actions.map(str::to_owned).unwrap()
    };
    let refused = pages.post("/reports", &format!("csrf={csrf}&report=monthly+2022&act=keep")).await;
    assert_eq!(refused.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(pages.get("/reports").await.contains("Chưa giữ bản nào"));

    assert_eq!(keep().await, StatusCode::SEE_OTHER);
    let html = pages.get("/reports").await;
    assert!(html.contains("Dự thảo") && !html.contains("Khác gì bản trước"), "{html}");
    let first = newest(&html);
    let early = act(&first, "act=issue&number=12/BC-CAT&date=20/11/2022").await;
    assert_eq!(early.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(act(&first, "act=submit").await.0, StatusCode::SEE_OTHER);
    let (status, html, _) = act(&first, "act=issue&number=%3Cb%3E12&date=31/02/2022").await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, Vec::new()));
    assert!(html.contains("31/02/2022") && html.contains("&#60;b&#62;12"), "what was typed stays: {html}");
    assert_eq!(act(&first, "act=issue&number=12/BC-CAT&date=20/11/2022").await.0, StatusCode::SEE_OTHER);
    let html = pages.get("/reports").await;
    assert!(html.contains("Đã ban hành") && html.contains("số 12/BC-CAT ngày 20/11/2022"), "{html}");

    assert_eq!(act(&first, "act=files").await.0, StatusCode::SEE_OTHER);
    let lsn = pages.hub.writer.call(|s| Ok(keng_desk::editions::list(s)?[0].lsn.0)).await.unwrap();
    let html = pages.get("/reports").await;
    assert!(html.contains(&format!("điểm chốt {lsn} ")) && html.contains("annual-2022.docx"), "{html}");

    let retire = Act::Change { id: POINT, values: vec![("ended_on".into(), Value::from("2022-01-01"))] };
    let stamp = Stamp { officer: "Hạnh".into(), device_time_ms: 1_668_100_000_000, reason: None };
    pages.hub.writer.call(move |s| s.commit(&[retire], &stamp, 1_668_100_000_000).map(|_| ())).await.unwrap();
    assert_eq!(keep().await, StatusCode::SEE_OTHER);
    let html = pages.get("/reports").await;
    let second = newest(&html);
    assert!(html.contains("thay thế số 12/BC-CAT ngày 20/11/2022"), "{html}");
    let changes = pages.get(&format!("/editions/{second}/changes")).await;
    assert_eq!(faults(&changes), Vec::<String>::new());
    assert!(changes.contains("Số điểm") && changes.contains("số 12/BC-CAT ngày 20/11/2022"), "{changes}");
    act(&second, "act=submit").await;
    assert_eq!(act(&second, "act=issue&number=15/BC-CAT&date=25/11/2022").await.0, StatusCode::SEE_OTHER);
    assert!(pages.get("/reports").await.contains("Đã được thay thế"));
    let none = Request::get("/editions/x/changes").header("host", "localhost:8080").body(Body::empty()).unwrap();
    assert_eq!(pages.ask(none).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_stream_begins_with_the_present_state_and_ends_with_the_program() {
    let pages = pages().await;
    let request = Request::get("/events?live=board").header("host", "localhost:8080").body(Body::empty()).unwrap();
    let answer = pages.router.clone().oneshot(request).await.unwrap();
    let mut body = answer.into_body().into_data_stream();
    let first = body.next().await.unwrap().unwrap();
    let first = String::from_utf8_lossy(&first).into_owned();
    assert!(first.contains("hx-swap-oob") && first.contains("Đắk Glei"), "{first}");
    pages.stop.send_replace(true);
    let rest = tokio::time::timeout(std::time::Duration::from_secs(5), body.collect::<Vec<_>>());
    assert!(rest.await.is_ok(), "the stream ends");
}
