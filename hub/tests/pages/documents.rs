//! Files of records, and persons.

use super::*;

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
