//! Files of records.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use keng_domain::id::RecordId;
use keng_web::lint::faults;
use tower::ServiceExt;

use crate::{multipart, pages};

/// A form that adds a file to a record, as a browser sends it.
fn upload(record: RecordId, csrf: &str, kind: &str, name: &str, content: &[u8]) -> Request<Body> {
    multipart(&format!("/records/{record}/documents"), &[("csrf", csrf), ("kind", kind)], name, content)
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
async fn a_document_is_written_about_taken_out_with_a_reason_and_put_back() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await, pages.csrf.clone());
    pages.ask(upload(model, &csrf, "KE_HOACH", "KH.pdf", b"%PDF-1.7 plan")).await;
    let page = format!("/models/{model}");
    let (_, html) = pages.get(&page).await;
    let action = format!("/records/{model}/documents/");
    let from = html.find(&action).unwrap();
    let path = &html[from..from + action.len() + 32];
    for (form, word) in [
        ("act=edit&issued_on=01/01/2099", "chưa tới"),
        ("act=edit&issued_on=31/02/2022", "không phải ngày có thật"),
        (&*format!("act=edit&subject={}", "a".repeat(501)), "dài quá 500"),
        ("act=remove&reason=+", "phải có lý do"),
    ] {
        let (status, html) = pages.post(path, &format!("csrf={csrf}&{form}")).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{form}");
        assert!(html.contains(word) && html.contains("Chưa ghi gì"), "no “{word}” in {html}");
    }
    assert_eq!(pages.post(path, "csrf=wrong&act=remove&reason=x").await.0, StatusCode::FORBIDDEN);
    let about = "number=12/KH-BCĐ&issued_on=09/11/2022&issuer=UBND+huyện&subject=phát+động&signer=A+Thiu";
    assert_eq!(pages.post(path, &format!("csrf={csrf}&act=edit&{about}")).await.0, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&page).await;
    assert!(html.contains("số 12/KH-BCĐ ngày 09/11/2022 của UBND huyện về việc phát động"), "{html}");

    let (status, _) = pages.post(path, &format!("csrf={csrf}&act=remove&reason=quét+<b>nhầm")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&format!("{page}?done=document-removed")).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("Chưa có văn bản nào") && html.contains("<del><bdi>KH.pdf"), "{html}");
    assert!(html.contains("đã gỡ: quét &#60;b&#62;nhầm (") && html.contains("Đã gỡ văn bản"), "{html}");

    assert_eq!(pages.post(path, &format!("csrf={csrf}&act=restore")).await.0, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&page).await;
    assert!(html.contains("0/1 tệp") && !html.contains("<del>"), "{html}");
}

/// R14: a scan may be filed as two kinds; adding it again as one of them fills what is empty, and says so.
#[tokio::test]
async fn a_file_is_filed_as_two_kinds_and_again_only_fills_what_is_empty() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await, pages.csrf.clone());
    let add = async |kind: &str, number: &str, signer: &str| {
        let said = [("csrf", csrf.as_str()), ("kind", kind), ("number", number), ("signer", signer)];
        let form = multipart(&format!("/records/{model}/documents"), &said, "qd.pdf", b"%PDF-1.7 decision and list");
        let answer = pages.router.clone().oneshot(form).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let filed = [
        add("QD_THANH_LAP", "12/QĐ-UBND", "").await,
        add("DS_THANH_VIEN", "99/DS", "").await,
        add("QD_THANH_LAP", "88/QĐ-UBND", "A Thiu").await,
        add("QD_THANH_LAP", "88/QĐ-UBND", "A Thiu").await,
    ];
    for (to, done) in filed.iter().zip(["document", "document", "document-filled", "document-same"]) {
        assert!(to.ends_with(&format!("?done={done}")), "{to}");
    }
    let (status, html) = pages.get(&filed[2]).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("chỉ ghi thêm mục còn trống") && html.contains("0/2 tệp"), "{html}");
    assert!(html.contains("số 12/QĐ-UBND") && html.contains("số 99/DS") && html.contains("người ký: A Thiu"), "{html}");
    assert!(!html.contains("88/QĐ"), "{html}");
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
