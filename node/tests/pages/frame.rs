//! What every page shares: the year, the link, streams, files on a stick.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures::StreamExt;
use keng_desk::duties::heard::CLOCK_OFFSET;
use keng_web::lint::faults;
use tower::ServiceExt;

use crate::pages;

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
async fn before_the_first_sync_the_pages_say_so() {
    let pages = pages(false).await;
    let (status, html) = pages.get("/").await;
    assert_eq!((status, faults(&html)), (StatusCode::SERVICE_UNAVAILABLE, vec![]));
    let (status, html) = pages.get("/sync").await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
}

/// The protocol measures the hub's clock minus the machine's; screens speak of the machine.
#[tokio::test]
async fn a_clock_eight_days_ahead_of_the_province_is_called_fast() {
    let pages = pages(true).await;
    for (hub_minus_own, words) in [("-691200000", "nhanh 8 ngày"), ("172800000", "chậm 2 ngày")] {
        pages.store.call(move |s| s.set_meta(CLOCK_OFFSET, hub_minus_own)).await.unwrap();
        let (_, html) = pages.get("/sync").await;
        assert_eq!(faults(&html), Vec::<String>::new());
        assert!(html.contains(words), "{words}");
    }
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
