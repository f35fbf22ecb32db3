//! The province's pages over a real store.

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
async fn the_header_finds_models_points_and_units_without_diacritics() {
    let pages = pages().await;
    let sent = format!("csrf={}&aliases=K%E1%BA%BBng+b%C3%A1o+%C4%91%E1%BB%99ng&lead=PV05", pages.csrf);
    assert_eq!(pages.post(&format!("/models/{TWIN}/edit"), &sent).await.0, StatusCode::SEE_OTHER);
    let twin = format!("/models/{TWIN}\"");
    let point = format!("/records/{POINT}/trace");
    // By other name, by lead; the model has no point, so that no list of figures has it.
    for text in ["keng+bao+dong", "pv05"] {
        let html = pages.get(&format!("/models?q={text}")).await;
        assert_eq!(faults(&html), Vec::<String>::new());
        assert!(html.contains(&twin) && !html.contains(&point) && !html.contains("#unit-"), "{html}");
    }
    // By place and by unit, whatever the name of the model is; the unit with its line on its page.
    for text in ["dak+long", "dak+glei"] {
        let html = pages.get(&format!("/models?q={text}")).await;
        assert!(html.contains(&point) && html.contains("/units#unit-610") && !html.contains(&twin), "{html}");
    }
    assert!(!pages.get("/models?q=ngoc+hoi").await.contains(&point));
}

#[tokio::test]
async fn a_number_of_the_board_leads_to_its_rows() {
    let pages = pages().await;
    let board = pages.get("/").await;
    let (tile, of_unit) = ("/points?show=counted\"", "/points?show=counted&#38;unit=610\"");
    assert!(board.contains(tile) && board.contains(of_unit), "{board}");
    let point = format!("/records/{POINT}/trace");
    for path in ["/points?show=counted", "/points?show=counted&unit=610", "/points?q=dak+long", "/points?q=script"] {
        let html = pages.get(path).await;
        assert!(html.contains(&point) && html.contains("1 / 1 điểm"), "{path}: {html}");
        // Nothing is edited here.
        assert!(!html.contains("/edit") && !html.contains("/points/new"), "{path}: {html}");
    }
    for path in ["/points?unit=611", "/points?show=ended", "/points?q=ngoc+hoi"] {
        assert!(!pages.get(path).await.contains(&point), "{path}");
    }
    assert!(pages.get("/points?show=contested").await.contains("xung đột"));
}

#[tokio::test]
async fn lists_of_contests_and_records_are_searched() {
    let pages = pages().await;
    let contest = format!("/contests/{}", pages.contest().await.unwrap());
    for (text, found) in [("script", true), ("dak+glei", true), ("xep+loai", true), ("ngoc+hoi", false)] {
        let html = pages.get(&format!("/contests?q={text}")).await;
        assert_eq!(html.contains(&contest), found, "{text}: {html}");
    }
    let team = |name: &str| format!("csrf={}&kind=team&record={MODEL}&name={name}", pages.csrf);
    for name in ["T%E1%BB%95+tu%E1%BA%A7n+tra", "T%E1%BB%95+h%C3%B2a+gi%E1%BA%A3i"] {
        assert_eq!(pages.post("/others/new", &team(name)).await.0, StatusCode::SEE_OTHER);
    }
    let html = pages.get("/others?kind=team&q=hoa+giai").await;
    assert!(html.contains("Tổ hòa giải") && !html.contains("Tổ tuần tra") && html.contains("1 bản ghi"), "{html}");
    let html = pages.get("/others?kind=team&q=khong+co").await;
    assert!(html.contains("Không có bản ghi nào khớp"), "{html}");
}

#[tokio::test]
async fn a_model_is_edited_at_the_province_too() {
    let pages = pages().await;
    let path = format!("/models/{MODEL}/edit");
    assert!(pages.get(&format!("/models/{MODEL}")).await.contains(&path));
    let sent = format!("csrf={}&content=tu%E1%BA%A7n+tra&was-content=&reason=b%E1%BB%95+sung", pages.csrf);
    let (status, _, to) = pages.post(&path, &sent).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/models/{MODEL}?done=saved")));
    assert!(pages.get(&format!("/models/{MODEL}")).await.contains("tuần tra"));
    let trace = pages.get(&format!("/records/{MODEL}/trace?field=content")).await;
    assert!(trace.contains("bổ sung") && trace.contains("Hạnh"), "{trace}");
}

#[tokio::test]
async fn a_spontaneous_model_without_a_point_stands_in_the_province_s_list() {
    let pages = pages().await;
    assert!(pages.get("/spontaneous").await.contains("Không có điểm, mô hình tự phát nào"));
    for model in [MODEL, TWIN] {
        let sent = format!("csrf={}&origin=TU_PHAT&was-origin=", pages.csrf);
        assert_eq!(pages.post(&format!("/models/{model}/edit"), &sent).await.0, StatusCode::SEE_OTHER);
    }
    // The other one has a point with a decision: that recognises it.
    let html = pages.get("/spontaneous").await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains(&format!("/models/{TWIN}/edit")) && html.contains("1 mục"), "{html}");
    assert!(!html.contains(&format!("/models/{MODEL}\"")), "{html}");
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

#[tokio::test]
async fn the_record_s_page_lists_documents_and_gives_out_those_that_have_come() {
    let pages = pages().await;
    let text = b"scan";
    let file = keng_sync::blob::File {
        hash: keng_domain::document::FileHash(
            sha2::Digest::finalize(sha2::Digest::chain_update(sha2::Sha256::default(), text)).into(),
        ),
        bytes: 4,
    };
    let area = Scope::Area { catalogue: "kontum-2022".parse().unwrap(), unit: "23368".parse().unwrap() };
    let act = Act::Create {
        id: RecordId([9; 16]),
        meta: Meta { kind: Kind::Document.code().into(), scope: area, owner: "610".parse().unwrap() },
        values: keng_domain::document::Document::values(POINT, "KE_HOACH", file.hash, HOSTILE, 4),
    };
    let stamp = Stamp { officer: HOSTILE.into(), device_time_ms: 1_667_900_000_000, reason: None };
    pages.hub.writer.call(move |s| s.commit(&[act], &stamp, 1_668_000_000_001)).await.unwrap();
    let page = format!("/records/{POINT}/trace");
    let html = pages.get(&page).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("0/1 tệp đã tới tỉnh") && html.contains("chưa tới tỉnh"), "{html}");
    assert!(html.contains("multipart"), "the province adds the paper of a directive");
    let path = format!("/documents/{}", file.hash);
    let ask = |path: &str| Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap();
    let (status, html, _) = pages.ask(ask(&path)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains("chưa tới tỉnh"), "{html}");
    let taken = pages.hub.writer.call(move |s| {
        s.files().take(&mut &text[..], 9).unwrap();
        s.file_is_here(&file, "610-1", 1_668_000_000_002)
    });
    taken.await.unwrap();
    assert!(pages.get(&page).await.contains("1/1 tệp đã tới tỉnh"));
    let (status, body, _) = pages.ask(ask(&path)).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "scan"));
}

#[tokio::test]
async fn the_province_adds_the_paper_of_a_directive_to_a_record() {
    let pages = pages().await;
    let send = |csrf: &str, name: &str| {
        let part = |name: &str, value: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n%PDF\r\n--x--\r\n"
        );
        Request::post(format!("/records/{MODEL}/documents"))
            .header("host", "localhost:8080")
            .header("content-type", "multipart/form-data; boundary=x")
            .body(Body::from(format!("{}{}{file}", part("csrf", csrf), part("kind", "Y_KIEN_CHI_DAO"))))
            .unwrap()
    };
    assert_eq!(pages.ask(send("wrong", "cv.pdf")).await.0, StatusCode::FORBIDDEN);
    let (status, html, _) = pages.ask(send(&pages.csrf, "TỐI MẬT cv.pdf")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    let (status, _, to) = pages.ask(send(&pages.csrf, "cv 12.pdf")).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/models/{MODEL}?done=document")));
    let html = pages.get(&format!("/models/{MODEL}?done=document")).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("cv 12.pdf") && html.contains("1/1 tệp đã tới tỉnh"), "{html}");
    assert!(html.contains("Đã thêm tệp vào hồ sơ và lưu tại tỉnh"), "{html}");
}

#[tokio::test]
async fn a_member_is_written_down_and_erased_on_the_page() {
    let pages = pages().await;
    let (csrf, name) = (&pages.csrf, "A%20%C4%90r%C4%83ng%20Kh%C3%B4i");
    let form = format!("csrf={csrf}&kind=member&unit=23368&record={POINT}&name={name}&phone=0912&role=TO_TRUONG");
    let (status, html, to) = pages.post("/others/new", &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{html}");
    let path = to.split('?').next().unwrap().to_owned();
    let html = pages.get(&path).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("A Đrăng Khôi") && html.contains("0912"), "{html}");
    assert!(!html.contains("multipart"), "of a person nothing is kept that cannot be erased");

    let (status, html, _) = pages.post(&format!("{path}/erase"), &format!("csrf={csrf}&reason=+")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("phải ghi lý do") && html.contains("A Đrăng Khôi"), "{html}");
    let (status, _, to) = pages.post(&format!("{path}/erase"), &format!("csrf={csrf}&reason=xin+th%C3%B4i")).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("{path}?done=erased")));
    for page in [&path, &format!("/records/{}/trace", &path["/others/".len()..]), "/others?kind=member"] {
        let html = pages.get(page).await;
        assert_eq!(faults(&html), Vec::<String>::new());
        assert!(!html.contains("Khôi") && !html.contains("0912"), "{page}: {html}");
    }
    let html = pages.get(&path).await;
    assert!(html.contains("Đã xóa:") && html.contains("xin thôi") && html.contains("Tổ trưởng"), "{html}");
}

const HALF: RecordId = RecordId([20; 16]);
const NOMINATED: RecordId = RecordId([21; 16]);

/// What a unit has handed in by now: a half-year report and a nomination.
async fn handed_in(pages: &Pages) {
    let area = Scope::Area { catalogue: "kontum-2022".parse().unwrap(), unit: "610".parse().unwrap() };
    let meta = |kind: Kind| Meta { kind: kind.code().into(), scope: area.clone(), owner: "610".parse().unwrap() };
    let values = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect();
    let year = chrono::Datelike::year(&keng_desk::clock::today());
    let figures = keng_domain::rules::submission::Frozen {
        totals: keng_domain::figures::Totals::default(),
        by_model: [(MODEL, [3, 4, 5, 0, 0, 0])].into(),
    };
    let acts = [
        Act::Create {
            id: HALF,
            meta: meta(Kind::Submission),
            values: values(&[
                ("unit", "610"),
                ("period", &format!("{year}-half")),
                ("figures", &serde_json::to_string(&figures).unwrap()),
                ("open_items", "[{\"code\":\"UNRATED\",\"points\":2}]"),
                ("handed_in_at", &format!("{year}-05-09T16:59:00.000Z")),
            ]),
        },
        Act::Create {
            id: NOMINATED,
            meta: meta(Kind::Nomination),
            values: values(&[
                ("unit", "610"),
                ("model", &MODEL.to_string()),
                ("quarter", &format!("{year}-Q4")),
                ("case", "tot"),
                ("justification", HOSTILE),
                ("handed_in_at", &format!("{year}-11-09T16:59:00.000Z")),
            ]),
        },
    ];
    let stamp = Stamp { officer: HOSTILE.into(), device_time_ms: 1_667_900_000_000, reason: None };
    pages.hub.writer.call(move |s| s.commit(&acts, &stamp, 1_668_000_000_001)).await.unwrap();
    pages.hub.changed.send_modify(|n| *n += 1);
}

#[tokio::test]
async fn a_submission_comes_into_the_live_matrix_and_is_decided_on_its_page() {
    let pages = pages().await;
    let request = Request::get("/events?live=duties").header("host", "localhost:8080").body(Body::empty()).unwrap();
    let mut stream = pages.router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
    let first = String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()).into_owned();
    assert!(first.contains("id=\"duties\"") && !first.contains("Đã trình"), "{first}");
    handed_in(&pages).await;
    let next = tokio::time::timeout(std::time::Duration::from_secs(10), stream.next()).await.unwrap();
    let next = String::from_utf8_lossy(&next.unwrap().unwrap()).into_owned();
    assert!(next.contains("Đã trình") && next.contains(&format!("/submissions/{HALF}")), "{next}");

    let page = format!("/submissions/{HALF}");
    let html = pages.get(&page).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    for said in
        ["Số liệu đã chốt khi trình", "số khác", "nay 0", "02 điểm chưa xếp loại năm", "Bằng chứng về thời gian"]
    {
        assert!(html.contains(said), "{said}: {html}");
    }
    for format in ["docx", "pdf"] {
        let paper = format!("/letters/submission/{HALF}/{format}");
        assert!(html.contains(&paper), "{html}");
        let request = Request::get(&paper).header("host", "localhost:8080").body(Body::empty()).unwrap();
        let answer = pages.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{paper}");
    }
    assert_eq!(pages.post(&page, "act=accept").await.0, StatusCode::FORBIDDEN);
    let csrf = &pages.csrf;
    for (act, why) in [("return", "Phải ghi lý do"), ("x", "Không rõ nút nào")] {
        let (status, html, _) = pages.post(&page, &format!("csrf={csrf}&act={act}&reason=+")).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
        assert!(html.contains(why), "{why}: {html}");
    }
    let (status, _, to) = pages.post(&page, &format!("csrf={csrf}&act=return&reason=thieu+so+to")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let html = pages.get(&to).await;
    assert!(html.contains("Đã trả lại") && html.contains("thieu so to"), "{html}");
    let (_, _, to) = pages.post(&page, &format!("csrf={csrf}&act=accept")).await;
    assert!(pages.get(&to).await.contains("Đã nhận báo cáo"));
}

#[tokio::test]
async fn a_nomination_is_proposed_by_a_case_that_holds_selected_or_sent_back() {
    let pages = pages().await;
    handed_in(&pages).await;
    assert!(pages.get("/nominations").await.contains(&format!("/nominations/{NOMINATED}")));
    let (page, csrf) = (format!("/nominations/{NOMINATED}"), &pages.csrf);
    let html = pages.get(&page).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    for (sent, why) in [
        ("act=return", "Phải ghi lý do"),
        ("act=select", "Nếu tỉnh vẫn chọn"),
        ("act=propose", "Hãy chọn căn cứ"),
        ("act=propose&basis=dossier&reason=giu+lai", "còn thiếu"),
        ("act=propose&basis=directive&document=zz", "Hãy chọn văn bản"),
        ("act=propose&basis=finding", "phải dẫn"),
    ] {
        let (status, html, _) = pages.post(&page, &format!("csrf={csrf}&{sent}")).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{sent}");
        assert!(html.contains(why), "{sent}: {html}");
        assert_eq!(html.contains("giu lai"), sent.contains("giu+lai"), "what was typed stays");
    }
    let (status, _, to) = pages.post(&page, &format!("csrf={csrf}&act=select&reason=cach+lam+hay")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let html = pages.get(&to).await;
    assert!(html.contains("Đã chọn thông báo toàn tỉnh") && html.contains("cach lam hay"), "{html}");
}

/// The matrix leads to the letter that reminds, and to the list of whom to call.
#[tokio::test]
async fn late_units_are_called_and_their_letters_downloaded() {
    let pages = pages().await;
    let duties = pages.get("/duties?year=2022").await;
    assert!(duties.contains("/letters/remind/2022-annual/610/docx"), "{duties}");
    assert!(duties.contains("/calls?year=2022"), "{duties}");
    let calls = pages.get("/calls?year=2022").await;
    assert_eq!(faults(&calls), Vec::<String>::new());
    for told in
        ["Huyện Đắk Glei", "Báo cáo năm 2022", "chưa lần nào", "chưa ghi số", "/letters/remind/2022-half/610/pdf"]
    {
        assert!(calls.contains(told), "{told} in {calls}");
    }
    let ask = |path: &str| Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap();
    let answer = pages.router.clone().oneshot(ask("/letters/remind/2022-annual/610/docx")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let save_as = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(save_as.contains("reminder-2022-annual-610.docx"), "{save_as}");
    for none in ["2022-annual/610/xlsx", "2022-annual/999/docx", "2022-Q4/610/docx", "2099-annual/610/docx", "x/y/docx"]
    {
        let (status, html, _) = pages.ask(ask(&format!("/letters/remind/{none}"))).await;
        assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, Vec::new()), "{none}");
    }
}

/// The minutes of a unit's yearly rating, in both formats; of no other unit and no other year.
#[tokio::test]
async fn the_minutes_of_a_units_rating_are_downloaded() {
    let pages = pages().await;
    let ask = |path: &str| Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap();
    for (format, kind) in [("docx", "wordprocessingml"), ("pdf", "application/pdf")] {
        let path = format!("/letters/rating/2022/610/{format}");
        let answer = pages.router.clone().oneshot(ask(&path)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-disposition").contains(&format!("rating-2022-610.{format}")));
        assert!(header("content-type").contains(kind));
    }
    for none in ["2022/610/xlsx", "2022/999/docx", "2022/62/docx", "22/610/docx", "x/y/docx"] {
        let (status, html, _) = pages.ask(ask(&format!("/letters/rating/{none}"))).await;
        assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, Vec::new()), "{none}");
    }
}
