//! Models and points: found, listed, edited.

use keng_domain::document::{Document, FileHash};

use super::*;

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

/// R5: an ended point tells what its end lacks, and leads to the paper that its unit signs.
#[tokio::test]
async fn the_list_of_ended_points_tells_what_each_end_lacks() {
    let pages = pages().await;
    let (bare, dated, whole) = (RecordId([31; 16]), RecordId([32; 16]), RecordId([33; 16]));
    let area = Scope::Area { catalogue: "kontum-2022".parse().unwrap(), unit: "23368".parse().unwrap() };
    let meta = |kind: Kind| Meta { kind: kind.code().into(), scope: area.clone(), owner: "610".parse().unwrap() };
    let values = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), Value::from(*v))).collect();
    let point = |id, place: &str, more: &[(&str, &str)]| Act::Create {
        id,
        meta: meta(Kind::Point),
        values: values(&[&[("model", MODEL.to_string().as_str()), ("unit", "23368"), ("place", place)], more].concat()),
    };
    let ended = [("status", "CHAM_DUT"), ("ended_on", "2022-10-01"), ("end_ground", "KHONG_HIEU_QUA")];
    let acts = [
        point(bare, "thon 1", &ended[..1]),
        point(dated, "thon 2", &ended[..2]),
        point(whole, "thon 3", &ended),
        Act::Create {
            id: RecordId([34; 16]),
            meta: meta(Kind::Document),
            values: Document::values(whole, "VB_CHAM_DUT", FileHash::from_slice(&[10; 32]).unwrap(), "end.pdf", 7),
        },
    ];
    let stamp = Stamp { officer: HOSTILE.into(), device_time_ms: 1_667_900_000_000, reason: None };
    pages.hub.writer.call(move |s| s.commit(&acts, &stamp, 1_668_000_000_001)).await.unwrap();
    let html = pages.get("/points?show=ended&year=2022").await;
    assert_eq!(faults(&html), Vec::<String>::new());
    for told in ["chấm dứt, thiếu ngày<", "chấm dứt, thiếu lý do, văn bản<", "chấm dứt<", "còn thiếu (2)"]
    {
        assert!(html.contains(told), "{told} in {html}");
    }
    let paper = |id: RecordId| format!("/letters/end/{id}/docx");
    assert!(html.contains(&paper(dated)) && !html.contains(&paper(whole)), "{html}");
    let request = Request::get(paper(dated)).header("host", "localhost:8080").body(Body::empty()).unwrap();
    assert_eq!(pages.ask(request).await.0, StatusCode::OK);
    let html = pages.get("/points?show=ended-open&year=2022").await;
    assert!(html.contains(&paper(dated)) && html.contains("2 / 2 điểm") && !html.contains("thon 3"), "{html}");
}
