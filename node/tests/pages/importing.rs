//! Spreadsheets.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use keng_web::lint::faults;

use crate::{Pages, pages};

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
async fn a_statistics_form_tells_on_the_page_where_it_differs() {
    let pages = pages(true).await;
    let points = "Tên mô hình;Xã;Địa bàn;Số tổ;Ngày quyết định\nCamera an ninh;Xã Đăk Long;Thôn 1;2;05/01/2021";
    pages.ask(with_file(&pages, "write", points)).await;
    let rows = "1;Camera an ninh;An ninh nông thôn;12;15\n2;Tiếng kẻng;;3;ba";
    let form = format!("THỐNG KÊ NĂM 2021\nTT;Tên mô hình;Lĩnh vực;Tổng số điểm;Tổng số tổ\n{rows}");
    let (status, html) = pages.ask(with_file(&pages, "write", &form)).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    for told in [
        "Mô hình có thay đổi</th><td>1</td>",
        "đến hết ngày 09/11/2021 (biểu của năm 2021): 0 mô hình khớp, 1 mô hình khác.",
        "Dòng 3, mô hình “Camera an ninh”: biểu ghi 12 điểm, 15 tổ; máy này có 1 điểm, 2 tổ. Còn 11 điểm chưa nhập",
        "/import/rejected/1",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert_eq!(pages.store.call(|s| Ok(s.points()?.len())).await.unwrap(), 1, "no point comes of a form");
}

#[tokio::test]
async fn columns_that_no_title_tells_are_said_on_the_page() {
    let pages = pages(true).await;
    let (status, html) = pages.ask(with_file(&pages, "check", "Gọi là;Thuộc;Nơi có\nCamera;Xã Đăk Long;Thôn 1")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("<details open>"), "{html}");
}
