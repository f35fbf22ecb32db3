//! What is sent, contested, or refused by the province.

use axum::http::StatusCode;
use keng_web::lint::faults;

use crate::{HOSTILE, hub, pages};

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
