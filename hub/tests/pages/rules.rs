//! What the province sets itself: whom to call, by which rules and on which form.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use keng_domain::rule_pack::DEFAULT_TOML;
use keng_web::lint::faults;

use crate::{Pages, pages};

impl Pages {
    async fn send(&self, path: &str, csrf: &str, (name, bytes): (&str, &[u8])) -> (StatusCode, String, String) {
        let mut body = format!("--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n").into_bytes();
        let file = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(file.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let request = Request::post(path)
            .header("host", "localhost:8080")
            .header("content-type", "multipart/form-data; boundary=x")
            .body(Body::from(body));
        self.ask(request.unwrap()).await
    }

    async fn refused(&self, path: &str, file: (&str, &[u8]), word: &str) {
        let (status, html, _) = self.send(path, &self.csrf, file).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{}", file.0);
        assert!(html.contains(word), "{word} in {html}");
    }
}

/// UX §5: a call list with telephone numbers, which the province keeps itself.
#[tokio::test]
async fn the_province_writes_whom_to_call_and_the_lists_say_it() {
    let pages = pages().await;
    let (path, csrf) = ("/units/610/contact", &pages.csrf);
    assert!(pages.get("/units").await.contains(path) && pages.get("/calls?year=2022").await.contains(path));
    let wrong = format!("csrf={csrf}&was-officer=&officer=A+Thanh&was-phone=&phone=kh%C3%B4ng");
    let (status, html, _) = pages.post(path, &wrong).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("không phải số điện thoại") && html.contains("A Thanh"), "{html}");
    assert!(!pages.get("/calls?year=2022").await.contains("A Thanh"), "nothing was written");

    let right = wrong.replace("kh%C3%B4ng", "0260+3862+123");
    let (status, _, to) = pages.post(path, &right).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("{path}?done=contact")));
    let html = pages.get(&format!("{path}?done=contact")).await;
    assert!(faults(&html).is_empty() && html.contains("Đã lưu liên hệ"), "{html}");
    for list in ["/calls?year=2022", "/units"] {
        assert!(pages.get(list).await.contains("0260 3862 123"), "{list}");
    }
    // The page had been made before another wrote: what nobody touched is left alone.
    let (_, _, to) = pages.post(path, &format!("csrf={csrf}&was-officer=A+Thanh&officer=A+Thanh")).await;
    assert_eq!(to, format!("{path}?done=same"));
    let trace = html.split('"').find(|part| part.starts_with("/records/") && part.ends_with("/trace")).unwrap();
    let html = pages.get(trace).await;
    assert!(faults(&html).is_empty() && html.contains("0260 3862 123"), "{html}");
    let (status, html, _) = pages.post("/units/999/contact", &format!("csrf={csrf}&phone=113")).await;
    assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]));
}

/// Letter 4267, 1.c and R6: a cell of the matrix opens the points behind it.
#[tokio::test]
async fn the_matrix_counts_ratings_and_opens_the_points() {
    let pages = pages().await;
    let duties = pages.get("/duties?year=2022").await;
    assert!(duties.contains("/ratings/610?year=2022") && duties.contains("0/1 điểm · 1 xung đột"), "{duties}");
    let html = pages.get("/ratings/610?year=2022").await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(
        html.contains("Chưa xếp loại (1)") && html.contains("khác nhau") && html.contains("Đã thẩm định"),
        "{html}"
    );
    let rated = pages.get("/ratings/610?year=2022&show=rated").await;
    assert!(rated.contains("Không có điểm nào") && !rated.contains("Duyệt xếp loại"), "{rated}");
    let path = "/ratings/610?year=2022";
    let (status, _, to) = pages.post(path, &format!("csrf={}&reason=", pages.csrf)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "a contested rating is not approved with the others");
    assert!(to.contains("done=approved") && pages.get(path).await.contains("khác nhau"));
    let request = |path: &str| Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap();
    for none in ["/ratings/23368?year=2022", "/ratings/x"] {
        let (status, html, _) = pages.ask(request(none)).await;
        assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]), "{none}");
    }
}

/// What no text fixes is shown as such, and changed by a person who has seen what it changes.
#[tokio::test]
async fn another_rule_pack_is_looked_at_and_then_adopted_with_a_reason() {
    let pages = pages().await;
    let html = pages.get("/rules").await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("từ 50 % số điểm trở lên") && html.contains("giả định"), "{html}");

    pages.refused("/rules", ("hong.toml", b"id = \"x\""), "không dùng được").await;
    pages.refused("/rules", ("khac.toml", format!("{DEFAULT_TOML}\n# khác").as_bytes()), "phải có mã khác").await;
    pages.refused("/rules", ("anh.toml", &[0xff, 0xd8]), "không phải bộ quy tắc").await;
    let other =
        DEFAULT_TOML.replace("id = \"kontum-2022\"", "id = \"kontum-2023\"").replace("months = 6", "months = 9");
    let (status, html, _) = pages.send("/rules", "wrong", ("moi.toml", other.as_bytes())).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{html}");
    let (status, html, _) = pages.send("/rules", &pages.csrf, ("moi.toml", other.as_bytes())).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("9 tháng từ ngày quyết định") && html.contains("không kết luận nào đổi"), "{html}");
    assert!(!pages.get("/rules").await.contains("kontum-2023"), "looking changes nothing");

    let toml: String = other.bytes().map(|b| format!("%{b:02X}")).collect();
    let adopt = |reason: &str| format!("csrf={}&file=moi.toml&toml={toml}&reason={reason}", pages.csrf);
    let (status, html, _) = pages.post("/rules/adopt", &adopt("+")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("phải có lý do") && html.contains("9 tháng từ ngày quyết định"), "{html}");
    let (status, _, to) = pages.post("/rules/adopt", &adopt("theo+HD+22")).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/rules?done=rules"));
    let html = pages.get("/rules?done=rules").await;
    assert!(html.contains("kontum-2023") && html.contains("theo HD 22") && html.contains("9 tháng"), "{html}");
    assert_eq!(pages.get("/rules/export").await, other);
}

/// The statistics form is replaceable without a release, by who has no command line.
#[tokio::test]
async fn a_template_is_adopted_on_the_page_and_one_that_lacks_a_name_is_refused_by_name() {
    let pages = pages().await;
    let levels = pages.hub.writer.call(|s| keng_hub::templates::levels(s)).await.unwrap();
    let built_in = keng_report::form::built_in(&levels).unwrap();
    pages.refused("/rules/template", ("mau.xlsx", b"PK nothing"), "mau.xlsx").await;
    let lacking = without_name(&built_in, "keng_tong_to");
    pages.refused("/rules/template", ("thieu.xlsx", &lacking), "keng_tong_to").await;
    assert!(pages.get("/rules").await.contains("mẫu có sẵn"), "the old one stays");

    let (status, _, to) = pages.send("/rules/template", &pages.csrf, ("bieu-01.xlsx", &built_in)).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/rules?done=template"));
    let html = pages.get("/rules?done=template").await;
    assert!(faults(&html).is_empty() && html.contains("bieu-01.xlsx") && html.contains("Về mẫu có sẵn"), "{html}");
    assert!(pages.get("/reports").await.contains("bieu-01.xlsx"));
    let request = Request::get("/reports/template").header("host", "localhost:8080").body(Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(pages.router.clone(), request).await.unwrap();
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("bieu-01.xlsx"));
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert!(bytes == built_in, "what is in force is what came, to the byte");

    let (_, _, to) = pages.post("/rules/template/built-in", &format!("csrf={}", pages.csrf)).await;
    assert_eq!(to, "/rules?done=template");
    assert!(!pages.get("/rules").await.contains("Về mẫu có sẵn"));
}

/// The same workbook with one defined name called otherwise.
fn without_name(bytes: &[u8], name: &str) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for i in 0..from.len() {
        let mut part = from.by_index(i).unwrap();
        let (path, mut text) = (part.name().unwrap().into_owned(), Vec::new());
        part.read_to_end(&mut text).unwrap();
        if path == "xl/workbook.xml" {
            let xml = String::from_utf8(text).unwrap();
            assert!(xml.contains(name));
            text = xml.replace(&format!("\"{name}\""), "\"ten_khac\"").into_bytes();
        }
        to.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&text).unwrap();
    }
    to.finish().unwrap().into_inner()
}
