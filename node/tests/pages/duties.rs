//! Handing in, nominations, spontaneous points, other records.

use axum::http::StatusCode;
use keng_web::lint::faults;

use crate::{HOSTILE, after, form, multipart, pages};

#[tokio::test]
async fn a_period_is_handed_in_by_its_page_and_no_figures_unseen() {
    let pages = pages(true).await;
    let (csrf, page) = (&pages.csrf, "/reports?period=2022-annual");
    let (status, html) = pages.get(page).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("Quá hạn") && html.contains("Chưa có điểm nào được tính"), "{html}");
    assert_eq!(pages.post("/reports", "period=2022-annual&act=nothing&confirm=1").await.0, StatusCode::FORBIDDEN);
    let seen = after(&html, "name=\"seen\" value=\"").to_owned();
    for (act, confirm, seen, why) in [
        ("nothing", "", "", "ô xác nhận"),
        ("figures", "1", "old", "Số liệu đã thay đổi"),
        ("figures", "1", seen.as_str(), "báo cáo không"),
    ] {
        let sent = [("period", "2022-annual"), ("act", act), ("confirm", confirm), ("seen", seen)];
        let (status, html) = pages.post("/reports", &form(csrf, &sent)).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{why}");
        assert!(html.contains("Chưa trình") && html.contains(why), "{why}: {html}");
    }
    let nothing = form(csrf, &[("period", "2022-half"), ("act", "nothing"), ("confirm", "1")]);
    let (status, to) = pages.post_to("/reports", &nothing).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/reports?period=2022-half&done=handed-in"));

    let model = pages.model().await;
    let point = form(csrf, &[("unit", "23368"), ("model", &model.to_string()), ("decision_date", "01/02/2020")]);
    assert_eq!(pages.post("/points/new", &point).await.0, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(page).await;
    assert!(html.contains("thiếu số quyết định") && html.contains("show=NO_NUMBER"), "{html}");
    let (_, list) = pages.get("/points?show=NO_NUMBER&period=2022-annual").await;
    assert!(list.contains("Thiếu số QĐ (1)"), "{list}");
    let seen = after(&html, "name=\"seen\" value=\"").to_owned();
    let sent = [("period", "2022-annual"), ("act", "figures"), ("confirm", "1"), ("seen", &seen)];
    let (_, to) = pages.post_to("/reports", &form(csrf, &sent)).await;
    let (status, html) = pages.get(&to).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("Đã trình, đã lưu tại máy") && html.contains("chưa tới tỉnh"), "{html}");
    let frozen = format!("/submissions/{}", after(&html, "href=\"/submissions/"));
    let (status, html) = pages.get(&frozen).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(html.contains("không khác") && !html.contains("Tỉnh quyết định"), "{html}");
    let word = frozen.split('?').next().unwrap().replace("/submissions/", "/letters/submission/") + "/docx";
    assert!(html.contains(&word) && html.contains("Báo cáo của đơn vị (Word)"), "{html}");
    let (status, paper) = pages.get(&word).await;
    assert_eq!((status, &paper[..2]), (StatusCode::OK, "PK"));
    let (status, html) = pages.get(&word.replace("/docx", "/pdf")).await;
    assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]));
    assert!(html.contains("không lập tệp PDF") && html.contains("Xem các báo cáo"), "{html}");
}

/// "Xem các điểm này" leads to these points: those of the period, that lack what the item says.
#[tokio::test]
async fn an_open_item_leads_to_the_points_that_it_counts() {
    let pages = pages(true).await;
    let model = pages.model().await.to_string();
    for (place, ended_on) in [("thôn 1", "2022-03-03"), ("thôn 2", "2021-03-03"), ("thôn 3", "2022-09-03")] {
        let given = [
            ("unit", "23368"),
            ("model", &model),
            ("place", place),
            ("decision_date", "2020-01-01"),
            ("decision_no", "1/QĐ"),
            ("status", "CHAM_DUT"),
            ("ended_on", ended_on),
        ];
        let given = given.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let added = pages.store.call(move |s| Ok(keng_desk::acts::add_point(s, &given, &Default::default())));
        added.await.unwrap().unwrap();
    }
    let (_, html) = pages.get("/reports?period=2022-half").await;
    let item = "/points?show=END_NO_GROUND&period=2022-half";
    assert!(html.contains("01 điểm chấm dứt trong kỳ nhưng thiếu lý do"), "{html}");
    assert!(html.contains(&item.replace('&', "&#38;")) || html.contains(&item.replace('&', "&amp;")), "{html}");
    let (status, list) = pages.get(item).await;
    assert_eq!((status, faults(&list)), (StatusCode::OK, vec![]));
    assert!(list.contains("thôn 1") && !list.contains("thôn 2") && !list.contains("thôn 3"), "{list}");
    assert!(list.contains("Chấm dứt, thiếu lý do (1)"), "{list}");
    // And a sum to the rows that it counts: one has ended in the half year.
    let sum = "/points?show=gone&period=2022-half&year=2022";
    assert!(html.contains(&sum.replace('&', "&#38;")) || html.contains(&sum.replace('&', "&amp;")), "{html}");
    let (status, list) = pages.get(sum).await;
    assert_eq!((status, faults(&list)), (StatusCode::OK, vec![]));
    assert!(list.contains("thôn 1") && !list.contains("thôn 2") && !list.contains("thôn 3"), "{list}");
}

#[tokio::test]
async fn a_nomination_is_drafted_and_handed_in_and_says_what_it_lacks() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await.to_string(), &pages.csrf);
    let mut sent = [("model", ""), ("quarter", "2022-Q4"), ("case", "moi"), ("justification", HOSTILE)];
    let (status, html) = pages.post("/nominations?year=2022", &form(csrf, &sent)).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("Hãy chọn mô hình.") && html.contains("alert(1)"), "{html}");
    let (status, html) = pages.post("/nominations?year=2022", &form(csrf, &[("justification", "")])).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("Hãy chọn mô hình, quý, trường hợp.") && !html.contains("--"), "all at once: {html}");
    for at_the_field in ["Hãy chọn mô hình.", "Hãy chọn quý.", "Hãy chọn trường hợp."] {
        assert!(html.contains(at_the_field), "{at_the_field}: {html}");
    }
    let long = "ă".repeat(8_001);
    let too_long = [("model", model.as_str()), ("quarter", "2022-Q4"), ("case", "moi"), ("justification", &long)];
    let (status, html) = pages.post("/nominations?year=2022", &form(csrf, &too_long)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("dài quá 8000 ký tự"), "what its own page could not save again is not begun");
    sent[0].1 = &model;
    let (status, to) = pages.post_to("/nominations", &form(csrf, &sent)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let path = to.split('?').next().unwrap().to_owned();
    for page in ["/nominations?year=2022", &to, &format!("{path}?add=KE_HOACH"), "/"] {
        let (status, html) = pages.get(page).await;
        assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]), "{page}");
        assert!(html.contains("Đang soạn") || page == "/", "{page}: {html}");
    }
    let (_, html) = pages.get("/").await;
    assert!(html.contains("Soạn tiếp") && html.contains("Hồ sơ còn thiếu"), "{html}");
    let (_, html) = pages.get(&path).await;
    assert!(html.contains("0/8 loại văn bản") && html.contains("R16"), "{html}");
    // The unit's own proposal is signed and scanned into the dossier, so that it is there before the hand-in.
    let word = path.replace("/nominations/", "/letters/nominate/") + "/docx";
    assert!(html.contains(&word) && html.contains("Tờ trình của đơn vị (Word)"), "{html}");
    let (status, paper) = pages.get(&word).await;
    assert_eq!((status, &paper[..2]), (StatusCode::OK, "PK"));
    let (status, html) = pages.get(&word.replace("/docx", "/pdf")).await;
    assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]));
    assert!(html.contains("không lập tệp PDF") && html.contains("Xem các đề xuất"), "{html}");
    let hand_in = form(csrf, &[("case", "tot"), ("justification", "x"), ("act", "hand-in")]);
    assert_eq!(pages.post_to(&path, &hand_in).await.0, StatusCode::SEE_OTHER);
    let (status, html) = pages.post(&path, &hand_in).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("đang ở trạng thái “Đã trình”") && !html.contains("Trình đề xuất"), "{html}");
}

/// A tab that was left open says that nothing was written, and nothing is.
#[tokio::test]
async fn a_nomination_that_was_handed_in_is_not_changed_by_a_page_left_open() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await.to_string(), &pages.csrf);
    let sent = [("model", model.as_str()), ("quarter", "2022-Q4"), ("case", "moi"), ("justification", "chuông báo")];
    let (_, to) = pages.post_to("/nominations", &form(csrf, &sent)).await;
    let path = to.split('?').next().unwrap().to_owned();
    let both = form(csrf, &[("case", "tot"), ("justification", "đã trình"), ("act", "hand-in")]);
    assert_eq!(pages.post_to(&path, &both).await.0, StatusCode::SEE_OTHER);
    for act in ["hand-in", "save"] {
        let late = form(csrf, &[("case", "moi"), ("justification", "viết sau khi trình"), ("act", act)]);
        let (status, html) = pages.post(&path, &late).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{act}");
        assert!(html.contains("Chưa ghi gì") && html.contains("“Đã trình”"), "{act}: {html}");
    }
    let (_, html) = pages.get(&path).await;
    assert!(html.contains("đã trình") && !html.contains("viết sau khi trình"), "{html}");
}

#[tokio::test]
async fn a_spontaneous_point_is_recognised_or_ended_on_its_page() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await.to_string(), &pages.csrf);
    let new = [("unit", "23368"), ("model", model.as_str()), ("origin", "TU_PHAT"), ("year", "2022")];
    assert_eq!(pages.post("/points/new", &form(csrf, &new)).await.0, StatusCode::SEE_OTHER);
    let id = pages.point().await.unwrap().id;
    let (_, home) = pages.get("/").await;
    assert_eq!(faults(&home), Vec::<String>::new());
    assert!(home.contains(&format!("/points/{id}/edit#recognise")) && home.contains("edit#end"), "{home}");
    for (act, sent, why) in [
        ("recognise", [("recognise-number", HOSTILE), ("recognise-date", "")], "số và ngày quyết định"),
        ("recognise", [("recognise-number", "1"), ("recognise-date", "01/01/2099")], "chưa tới"),
        ("end", [("end-ground", ""), ("end-date", "01/10/2022")], "phải có lý do"),
    ] {
        let (path, texts) = (format!("/points/{id}/{act}"), [&[("csrf", csrf.as_str())][..], &sent].concat());
        for file in ["", "quét.pdf"] {
            let (status, html) = pages.ask(multipart(&path, &texts, file, b"%PDF-1.7 paper")).await;
            assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{why}");
            assert!(html.contains(why) && html.contains(&sent[1].1.to_string()), "{why}: {html}");
        }
    }
    // What came with a refused act is not kept.
    assert_eq!(pages.store.call(move |s| s.documents_of(Some(id))).await.unwrap(), []);
    // What the unit asks its head for, before the act and without it.
    let paper = |act: &str| format!("/letters/{act}/{id}/docx");
    let page = format!("/points/{id}/edit");
    let (_, html) = pages.get(&page).await;
    assert!(html.contains(&paper("recognise")) && !html.contains(&paper("end")), "{html}");
    let (status, word) = pages.get(&paper("recognise")).await;
    assert_eq!((status, &word[..2]), (StatusCode::OK, "PK"));
    let (status, html) = pages.get(&paper("end")).await;
    assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]));
    assert!(html.contains("chưa ghi chấm dứt") && html.contains("Xem các điểm"), "{html}");
    let token = ("csrf", csrf.as_str());
    let (path, end) = (format!("/points/{id}/recognise"), format!("/points/{id}/end"));
    let sent = [token, ("recognise-number", "15/QĐ-UBND"), ("recognise-date", "15/10/2022")];
    let wrong = [("csrf", "x"), sent[1], sent[2]];
    assert_eq!(pages.ask(multipart(&path, &wrong, "", b"")).await.0, StatusCode::FORBIDDEN);
    let (status, _) = pages.ask(multipart(&path, &sent, "QĐ 15.pdf", b"%PDF-1.7 decision")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&format!("{page}?done=recognised")).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("Đã ghi quyết định công nhận") && !html.contains("id=\"recognise\""), "{html}");
    assert!(html.contains("Quyết định công nhận<br>") && html.contains("số 15/QĐ-UBND ngày 15/10/2022"), "{html}");
    // Whoever had the page open meanwhile is told, not left without a word.
    let (status, html) = pages.ask(multipart(&path, &[token], "", b"")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("không phải tự phát") || html.contains("số và ngày"), "{html}");
    // Any point that runs can be ended there, with its paper.
    assert!(html.contains("id=\"end\"") && html.contains("Chấm dứt hoạt động…"), "{html}");
    let sent = [token, ("end-ground", "KHONG_HIEU_QUA"), ("end-date", "20/10/2022")];
    assert_eq!(pages.ask(multipart(&end, &sent, "VB 7.pdf", b"%PDF-1.7 end")).await.0, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&page).await;
    assert!(!html.contains("id=\"end\"") && html.contains("Văn bản chấm dứt hoạt động</td>"), "{html}");
    assert!(html.contains(&paper("end")) && !html.contains(&paper("recognise")), "{html}");
    assert_eq!(pages.get(&paper("end")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_spontaneous_model_is_reminded_of_by_itself_until_a_point_does_so_for_it() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await, &pages.csrf);
    let of_itself = form(csrf, &[("origin", "TU_PHAT")]);
    assert_eq!(pages.post_to(&format!("/models/{model}/edit"), &of_itself).await.0, StatusCode::SEE_OTHER);
    let (new, out) = (format!("/points/new?model={model}"), format!("/models/{model}/edit#withdrawn"));
    let (_, home) = pages.get("/").await;
    assert_eq!(faults(&home), Vec::<String>::new());
    assert!(home.contains(&new) && home.contains(&out), "{home}");
    assert!(pages.get(&format!("/models/{model}/edit")).await.1.contains("name=\"withdrawn\""));
    assert!(pages.get(&format!("/models/{model}")).await.1.contains("Tự phát, chờ công nhận"));

    // Its point says nothing of its origin, and waits with both ways to its end.
    let add = form(csrf, &[("unit", "23368"), ("model", &model.to_string()), ("place", "thôn 1")]);
    assert_eq!(pages.post("/points/new", &add).await.0, StatusCode::SEE_OTHER);
    let id = pages.point().await.unwrap().id;
    let (_, home) = pages.get("/").await;
    assert!(home.contains(&format!("/points/{id}/edit#recognise")) && !home.contains(&out), "{home}");
    assert!(pages.get("/points?show=spontaneous").await.1.contains("Tự phát (1)"));
    let sent = [("csrf", csrf.as_str()), ("recognise-number", "15/QĐ-UBND"), ("recognise-date", "15/10/2022")];
    let answer = pages.ask(multipart(&format!("/points/{id}/recognise"), &sent, "", b"")).await;
    assert_eq!(answer.0, StatusCode::SEE_OTHER);
    let (_, home) = pages.get("/").await;
    assert!(!home.contains("#recognise") && !home.contains(&new), "{home}");
}

#[tokio::test]
async fn every_other_record_is_added_and_edited_by_one_form() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await.to_string(), &pages.csrf);
    let record = ("record", model.as_str());
    let add: [(&str, Vec<(&str, &str)>); 6] = [
        ("exemplar", vec![("name", HOSTILE), ("level", "TINH")]),
        ("committee", vec![record, ("people", "7")]),
        ("team", vec![record, ("name", "Tổ 1"), ("members", "9")]),
        ("survey", vec![record, ("survey_kind", "KIEM_TRA")]),
        ("assessment", vec![("year", "2022"), ("object", "XA"), ("name", "UBND xã")]),
        ("score", vec![("year", "2022"), ("object", "CO_QUAN"), ("name", "Phòng")]),
    ];
    for (kind, values) in add {
        let (list, new) = (format!("/others?kind={kind}"), format!("/others/new?kind={kind}"));
        let send = |values: &[(&str, &str)]| form(csrf, &[&[("kind", kind), ("unit", "23368")], values].concat());
        let (status, html) =
            pages.post("/others/new", &send(&[("decision_date", "31/13/2021"), ("name", "giữ lại")])).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]).clone(), "{kind}");
        let (status, to) = pages.post_to("/others/new", &send(&values)).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{kind}");
        let page = to.split('?').next().unwrap().to_owned();
        for path in [&list, &new, &to, &format!("/records/{}/trace", &page["/others/".len()..])] {
            let (status, html) = pages.get(path).await;
            assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]), "{path}");
        }
        if kind == "survey" {
            minutes(&pages, &page).await;
        }
        if kind == "score" {
            score_sheet(&pages, &page).await;
        }
        let edit = match kind {
            "assessment" => [("criteria/1", "CO"), ("registered", "CO")],
            "score" => [("own/1", "3"), ("above/1", "2")],
            "survey" => [("remedy", "một"), ("by", "hai")],
            _ => [("note", "một"), ("decision_no", "hai")],
        };
        let (status, to) = pages.post_to(&page, &form(csrf, &edit)).await;
        assert_eq!((status, to.contains("done=saved")), (StatusCode::SEE_OTHER, true), "{kind}: {to}");
        if kind == "score" {
            let (status, html) = pages.post(&page, &form(csrf, &[("own/1", "4")])).await;
            assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
            assert!(html.contains("tối đa 3 điểm") && html.contains("value=\"4\""), "{html}");
        }
        // What the page had shown was another value by now: it is not replaced unseen.
        let overtaken = [(edit[0].0, "9"), (&*format!("was-{}", edit[0].0), "8")];
        let (status, html) = pages.post(&page, &form(csrf, &overtaken)).await;
        assert_eq!((status, html.contains("vừa ghi")), (StatusCode::UNPROCESSABLE_ENTITY, true), "{kind}: {html}");
    }
}

/// A blank form says beside the field what is missing; what was saved by mistake leaves the list and comes back.
#[tokio::test]
async fn a_blank_record_is_not_saved_and_a_mistaken_one_is_taken_back_on_its_page() {
    let pages = pages(true).await;
    let csrf = &pages.csrf;
    for (kind, said) in [("exemplar", "Họ tên, tên tập thể"), ("assessment", "Đối tượng"), ("team", "Của điểm")]
    {
        let (status, html) =
            pages.post("/others/new", &form(csrf, &[("kind", kind), ("unit", "23368"), ("year", "2022")])).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{kind}");
        assert!(html.contains(&format!("{said}: Hãy ghi mục này")), "{kind}: {html}");
    }
    let blank = pages.get("/others/new?kind=exemplar").await.1;
    assert!(!blank.contains("name=\"withdrawn\""), "{blank}");
    let new = [("kind", "exemplar"), ("unit", "23368"), ("name", "A Thiu")];
    let (_, to) = pages.post_to("/others/new", &form(csrf, &new)).await;
    let page = to.split('?').next().unwrap().to_owned();
    let listed = async || pages.get("/others?kind=exemplar").await.1;
    assert!(listed().await.contains("Điển hình tiên tiến (1)"));
    assert_eq!(pages.post(&page, &form(csrf, &[("withdrawn", HOSTILE)])).await.0, StatusCode::SEE_OTHER);
    let list = listed().await;
    assert_eq!(faults(&list), Vec::<String>::new());
    assert!(list.contains("Điển hình tiên tiến (0)") && list.contains("Đã rút khỏi danh sách (1)"), "{list}");
    let (_, html) = pages.get(&page).await;
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("trở lại như cũ"), "{html}");
    let back = form(csrf, &[("was-withdrawn", HOSTILE)]) + "&withdrawn=";
    assert_eq!(pages.post(&page, &back).await.0, StatusCode::SEE_OTHER);
    let list = listed().await;
    assert!(list.contains("Điển hình tiên tiến (1)") && !list.contains("Đã rút khỏi danh sách"), "{list}");
}

/// A place that was assessed twice is counted once: the page says so, and leads to the other record, until one of
/// them is taken back.
#[tokio::test]
async fn a_place_that_is_assessed_twice_is_told_on_both_pages() {
    let pages = pages(true).await;
    let csrf = &pages.csrf;
    let add = async |name: &str| {
        let place = [("kind", "assessment"), ("unit", "23368"), ("year", "2022"), ("object", "KHU_DAN_CU")];
        let (_, to) = pages.post_to("/others/new", &form(csrf, &[&place[..], &[("name", name)]].concat())).await;
        to.split('?').next().unwrap().to_owned()
    };
    let (first, other, second) = (add("Thôn 1").await, add("Thôn 2").await, add("thôn  1").await);
    let told = async |page: &str| {
        let (status, html) = pages.get(page).await;
        assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]), "{page}");
        html.contains("Nơi này đã có bản ghi khác của cùng năm").then_some(html)
    };
    assert!(told(&first).await.is_some_and(|html| html.contains(&second) && !html.contains(&other)));
    assert!(told(&second).await.is_some_and(|html| html.contains(&first)));
    assert!(told(&other).await.is_none());
    assert_eq!(pages.post(&second, &form(csrf, &[("withdrawn", "ghi trùng")])).await.0, StatusCode::SEE_OTHER);
    assert!(told(&first).await.is_none() && told(&second).await.is_none());
}

/// A survey's page offers its minutes in Word; what a node does not print is told with where it can be had.
async fn minutes(pages: &crate::Pages, survey: &str) {
    let (_, html) = pages.get(survey).await;
    let word = format!("/letters/minutes/{}/docx", &survey["/others/".len()..]);
    assert!(html.contains(&word) && html.contains("Biên bản (Word)") && !html.contains("/pdf"), "{html}");
    assert_eq!(pages.get(&word).await.0, StatusCode::OK);
    let (status, html) = pages.get(&word.replace("/docx", "/pdf")).await;
    assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]));
    assert!(html.contains("không lập tệp PDF") && html.contains("trạm tỉnh"), "{html}");
    let none = format!("/letters/minutes/{}/docx", keng_domain::id::RecordId([9; 16]));
    assert_eq!(pages.get(&none).await.0, StatusCode::NOT_FOUND);
}

/// A score's page offers its sheet in Word; nothing else is one.
async fn score_sheet(pages: &crate::Pages, score: &str) {
    let (_, html) = pages.get(score).await;
    let word = format!("/letters/score/{}/docx", &score["/others/".len()..]);
    assert!(html.contains(&word) && html.contains("Bảng chấm điểm (Word)") && !html.contains("Biên bản ("), "{html}");
    // QĐ 510, Điều 11: a decision after the day that it was due before is marked.
    assert!(!html.contains("quá hạn"), "{html}");
    let late = form(&pages.csrf, &[("decision_date", "19/12/2022")]);
    assert_eq!(pages.post(score, &late).await.0, StatusCode::SEE_OTHER);
    for page in [score, "/others?kind=score"] {
        assert!(pages.get(page).await.1.contains("quá hạn"), "{page}");
    }
    let (status, paper) = pages.get(&word).await;
    assert_eq!((status, &paper[..2]), (StatusCode::OK, "PK"));
    for none in [word.replace("/score/", "/minutes/"), word.replace("/docx", "/xlsx")] {
        let (status, html) = pages.get(&none).await;
        assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]), "{none}");
    }
}

#[tokio::test]
async fn the_minutes_of_the_yearly_rating_are_offered_with_the_reports() {
    let pages = pages(true).await;
    pages.model().await;
    let (_, html) = pages.get("/reports?year=2022").await;
    assert!(html.contains("Biên bản đánh giá, xếp loại năm 2022 (Word)"), "{html}");
    let address = after(&html, "href=\"/letters/rating");
    let (status, paper) = pages.get(&format!("/letters/rating{address}")).await;
    assert_eq!((address, status, &paper[..2]), ("/2022/docx", StatusCode::OK, "PK"));
    for none in ["2022/pdf", "22/docx", "x/docx", "2022/json"] {
        let (status, html) = pages.get(&format!("/letters/rating/{none}")).await;
        assert_eq!((status, faults(&html)), (StatusCode::NOT_FOUND, vec![]), "{none}");
        assert!(html.contains("Xem các báo cáo"), "{html}");
    }
}
