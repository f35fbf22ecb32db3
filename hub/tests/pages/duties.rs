//! What units owe and hand in, and the papers about it.

use super::*;

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
        as_of: None,
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
    saved(&pages, &html, &format!("/letters/return/{HALF}")).await;
    let (_, _, to) = pages.post(&page, &format!("csrf={csrf}&act=accept")).await;
    assert!(!pages.get(&to).await.contains("/letters/return/"), "what is taken over does not go back");
    assert!(pages.get(&to).await.contains("Đã nhận báo cáo"));
}

/// A page offers a paper in both formats, and it is made.
async fn saved(pages: &Pages, html: &str, path: &str) {
    for format in ["docx", "pdf"] {
        let paper = format!("{path}/{format}");
        assert!(html.contains(&paper), "{paper} in {html}");
        let request = Request::get(&paper).header("host", "localhost:8080").body(Body::empty()).unwrap();
        let answer = pages.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{paper}");
    }
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
    assert!(html.contains("Tiếp nhận, nghiên cứu"), "{html}");
    let (_, _, to) = pages.post(&page, &format!("csrf={csrf}&act=receive")).await;
    let html = pages.get(&to).await;
    assert!(html.contains("Tỉnh đã tiếp nhận") && !html.contains("Tiếp nhận, nghiên cứu"), "{html}");
    let (status, _, to) = pages.post(&page, &format!("csrf={csrf}&act=select&reason=cach+lam+hay")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let html = pages.get(&to).await;
    assert!(html.contains("Đã chọn thông báo toàn tỉnh") && html.contains("cach lam hay"), "{html}");
    let year = chrono::Datelike::year(&keng_desk::clock::today());
    let notice = format!("/letters/notice/{year}-Q4");
    saved(&pages, &html, &notice).await;
    saved(&pages, &html, &format!("/letters/nominate/{NOMINATED}")).await;
    let list = pages.get("/nominations").await;
    assert!(list.contains(&format!("{notice}/docx")) && list.contains("Công văn thông báo quý IV"), "{list}");
    let (status, _, to) = pages.post(&page, &format!("csrf={csrf}&act=return&reason=thieu+ho+so")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let html = pages.get(&to).await;
    saved(&pages, &html, &format!("/letters/return/{NOMINATED}")).await;
    assert!(!html.contains("/letters/notice/") && !pages.get("/nominations").await.contains("/letters/notice/"));
    let request = Request::get(format!("{notice}/docx")).header("host", "localhost:8080").body(Body::empty()).unwrap();
    let (status, refused, _) = pages.ask(request).await;
    assert_eq!((status, faults(&refused)), (StatusCode::NOT_FOUND, vec![]));
    assert!(refused.contains("Chưa có mô hình nào được chọn"), "{refused}");
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

/// A year that no figures can have is that of the calendar, as on every page.
#[tokio::test]
async fn duties_of_a_year_that_cannot_be_are_those_of_this_year() {
    let pages = pages().await;
    for path in ["/duties?year=1800", "/calls?year=1800", "/duties?year=9999"] {
        let html = pages.get(path).await;
        assert!(!html.contains("năm 1800") && !html.contains("năm 9999"), "{path}");
    }
}
