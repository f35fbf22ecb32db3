//! Points and models, by their forms.

use axum::http::StatusCode;
use keng_desk::acts::{self, By};
use keng_domain::field::Value;
use keng_domain::schema::Kind;
use keng_store::edit::Act;
use keng_store::query::rule_pack_record;
use keng_web::lint::faults;

use crate::{HOSTILE, after, form, pages};

#[tokio::test]
async fn a_point_is_added_rated_and_edited_by_its_form() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await, &pages.csrf);
    let new = format!("unit=23368&model={model}&place=Th%C3%B4n+1&decision_date=01/02/2020&teams=3&rating=tot");
    assert_eq!(pages.post("/points/new", &new).await.0, StatusCode::FORBIDDEN);
    let wrong = new.replace("01/02/2020", "31/13/2021");
    let (status, html) = pages.post("/points/new", &format!("csrf={csrf}&year=2022&{wrong}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("31/13/2021") && pages.point().await.is_none(), "{html}");
    // R2: a decision that has not been issued counts nothing; what was typed stays in the form.
    let ahead = new.replace("01/02/2020", "01/02/2099");
    let (status, html) = pages.post("/points/new", &format!("csrf={csrf}&year=2022&{ahead}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("chưa tới") && html.contains("01/02/2099") && pages.point().await.is_none(), "{html}");
    assert!(html.contains("Ngày quyết định: ngày 01/02/2099 chưa tới"), "the label stands before it once: {html}");
    assert_eq!(pages.post("/points/new", &format!("csrf={csrf}&year=2022&{new}")).await.0, StatusCode::SEE_OTHER);
    let point = pages.point().await.unwrap();
    assert_eq!(point.fields.text("ratings/2022/610"), Some("tot"));
    let (status, html) = pages.post("/points/new", &format!("csrf={csrf}&year=2022&{new}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("Có thể điểm này đã có") && html.contains("Vẫn thêm mới"), "{html}");

    let edit = format!("/points/{}/edit", point.id);
    for path in
        ["/", "/points?q=thon", "/points?show=unsent", "/points/new", &edit, "/models", "/sync", "/import", "/contests"]
    {
        let (status, html) = pages.get(path).await;
        assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]), "{path}");
    }
    // The page had shown 2, another has written 3 since: nothing is replaced unseen.
    let (status, html) = pages.post(&edit, &format!("csrf={csrf}&year=2022&was-teams=2&teams=5")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("vừa ghi"), "{html}");
    let ahead = format!("csrf={csrf}&year=2022&was-decision_date=01/02/2020&decision_date=01/02/2099");
    let (status, html) = pages.post(&edit, &ahead).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && html.contains("chưa tới"), "{html}");
    let (status, _) = pages.post(&edit, &format!("csrf={csrf}&year=2022&was-teams=3&teams=5&reason=kiem+tra")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let point = pages.point().await.unwrap();
    assert_eq!(point.fields.get("teams").map(keng_domain::field::Field::shown), Some(&Value::Int(5)));
    let (_, html) = pages.get(&format!("/records/{}/trace?field=teams", point.id)).await;
    assert!(html.contains("kiem tra") && html.contains("chờ gửi"), "{html}");
}

#[tokio::test]
async fn a_point_like_another_is_added_once_it_was_seen_and_taken_for_another_one() {
    let pages = pages(true).await;
    let (model, csrf) = (pages.model().await.to_string(), &pages.csrf);
    let sent = |place: &str, confirmed: &str| {
        form(csrf, &[("unit", "23368"), ("model", &model), ("place", place), ("confirmed", confirmed)])
    };
    assert_eq!(pages.post("/points/new", &sent("Thôn Đăk Xế", "")).await.0, StatusCode::SEE_OTHER);
    let first = pages.point().await.unwrap().id;
    // Written otherwise, it may be the same; another number is another place.
    let (status, html) = pages.post("/points/new", &sent("thon Dak Xe", "")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("Có thể điểm này đã có") && html.contains(&format!("/points/{first}/edit")), "{html}");
    let seen = after(&html, "name=\"confirmed\" value=\"").to_owned();
    assert_eq!(pages.post("/points/new", &sent("Thôn 1", "")).await.0, StatusCode::SEE_OTHER);
    // Confirmed was that place: another one is looked for anew.
    assert_eq!(pages.post("/points/new", &sent("thôn 1", &seen)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(pages.post("/points/new", &sent("thon Dak Xe", &seen)).await.0, StatusCode::SEE_OTHER);
    let (points, reason) = pages
        .store
        .call(|s| {
            let points = s.records(Kind::Point)?;
            let last = points.iter().find(|p| p.fields.text("place") == Some("thon Dak Xe")).unwrap();
            Ok((points.len(), s.trace(last.id, Some("place"))?[0].author.reason.clone()))
        })
        .await
        .unwrap();
    assert_eq!(points, 3);
    assert!(reason.as_deref().is_some_and(|r| r.starts_with("khác với: ") && r.contains("Thôn Đăk Xế")), "{reason:?}");
}

#[tokio::test]
async fn a_model_is_added_after_a_look_at_those_it_may_be_already() {
    let pages = pages(true).await;
    let csrf = &pages.csrf;
    let names = async || -> Vec<String> {
        let all = pages.store.call(|s| Ok(s.models()?.into_iter().map(|m| m.name).collect()));
        all.await.unwrap()
    };
    let form = |rest: &str| format!("csrf={csrf}&{rest}");
    assert_eq!(pages.post("/models/new", "name=x").await.0, StatusCode::FORBIDDEN);
    for (wrong, why) in [
        ("goal=an+ninh", "Mô hình phải có tên"),
        ("name=Cho+an+toan&founded_on=31/13/2021", "Ngày không có thật"),
        ("name=Cho+an+toan&founded_on=05/01/2099", "ngày 05/01/2099 chưa tới"),
        ("name=Cho+an+toan&origin=x", "Hãy chọn một giá trị trong danh sách"),
    ] {
        let (status, html) = pages.post("/models/new", &form(wrong)).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{wrong}");
        assert!(html.contains(why), "{why}: {html}");
    }
    assert!(names().await.is_empty());
    let first = "name=Ti%E1%BA%BFng+k%E1%BA%BBng+an+ninh&founded_on=01/02/2020&goal=y%C3%AAn+b%C3%ACnh";
    let (status, to) = pages.post_to("/models/new", &form(first)).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&to).await;
    assert!(html.contains("Đã thêm mô hình") && html.contains("selected"), "{to}: {html}");

    // A namesake without diacritics: shown while typing, and again before anything is saved.
    let (_, html) = pages.get("/models/new?name=tieng+keng+an+ninh").await;
    assert!(html.contains("Có thể mô hình này đã có"), "{html}");
    let (status, html) = pages.post("/models/new", &form("name=Tieng+keng+an+ninh")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("Có thể mô hình này đã có") && names().await.len() == 1, "{html}");
    // Confirmed was that name: another one is looked for again.
    let other = form("name=Tieng+keng+an+ninh+trat+tu&confirmed=Tieng+keng+an+ninh");
    assert_eq!(pages.post("/models/new", &other).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let confirmed = form("name=Tieng+keng+an+ninh&confirmed=Tieng+keng+an+ninh");
    assert_eq!(pages.post_to("/models/new", &confirmed).await.0, StatusCode::SEE_OTHER);
    assert_eq!(names().await, ["Tiếng kẻng an ninh", "Tieng keng an ninh"]);
    let reason = pages.store.call(|s| {
        let second = s.models()?[1].id;
        Ok(s.trace(second, Some("name"))?[0].author.reason.clone())
    });
    assert_eq!(reason.await.unwrap().as_deref(), Some("khác với: Tiếng kẻng an ninh"));
}

#[tokio::test]
async fn a_model_is_edited_by_its_form_and_only_what_was_touched_is_written() {
    let pages = pages(true).await;
    let (id, csrf) = (pages.model().await, &pages.csrf);
    let path = format!("/models/{id}/edit");
    let (_, html) = pages.get(&format!("/models/{id}")).await;
    assert!(html.contains(&path), "{html}");
    let (status, html) = pages.get(&path).await;
    assert_eq!((status, faults(&html)), (StatusCode::OK, vec![]));
    assert!(!html.contains("merged_into"), "{html}");
    assert_eq!(pages.post(&path, "lead=x").await.0, StatusCode::FORBIDDEN);

    let by_command = vec![("goal".to_owned(), "của nơi khác".to_owned())];
    let edited = pages.store.call(move |s| Ok(acts::edit(s, Kind::Model, id, &by_command, &By::default())));
    assert!(edited.await.unwrap().unwrap());
    for (wrong, why) in [
        (("name", " "), "Mô hình phải có tên"),
        (("founded_on", "31/13/2021"), "Ngày không có thật"),
        (("founded_on", "05/01/2099"), "ngày 05/01/2099 chưa tới"),
        (("origin", "x"), "Hãy chọn một giá trị trong danh sách"),
        (("goal", "của tôi"), "Nơi khác vừa ghi “của nơi khác”"),
    ] {
        // The page was made before the goal was written.
        let sent = form(csrf, &[wrong, ("was-name", HOSTILE), ("reason", "giữ lại lý do")]) + "&was-goal=";
        let (status, html) = pages.post(&path, &sent).await;
        assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]), "{wrong:?}");
        assert!(html.contains(why) && html.contains(wrong.1) && html.contains("giữ lại lý do"), "{why}: {html}");
    }
    let as_shown = [("name", HOSTILE), ("was-name", HOSTILE)];
    let sent = [("lead", "Công an xã"), ("reason", "theo kế hoạch")];
    let sent = form(csrf, &[&sent[..], &as_shown].concat()) + "&was-lead=&goal=&was-goal=";
    let (status, to) = pages.post_to(&path, &sent).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/models/{id}?done=saved")));
    let (fields, lines) =
        pages.store.call(move |s| Ok((s.record(id)?.unwrap().fields, s.trace(id, None)?))).await.unwrap();
    assert_eq!((fields.text("lead"), fields.text("goal")), (Some("Công an xã"), Some("của nơi khác")));
    let written: Vec<&str> = lines.iter().map(|l| l.field.as_str()).collect();
    assert_eq!(written, ["name", "goal", "lead"]);
    assert_eq!(lines[2].author.reason.as_deref(), Some("theo kế hoạch"));
    let same = form(csrf, &[("lead", "Công an xã"), ("was-lead", "Công an xã")]);
    assert_eq!(pages.post_to(&path, &same).await.1, format!("/models/{id}?done=same"));
    assert_eq!(pages.get("/models/x/edit").await.0, StatusCode::NOT_FOUND);
}

/// Letter 4267, 1.c: where the province has a sheet of criteria, points for each are typed beside the level; the
/// page says what they come to, and what a criterion cannot bring stays in the form.
#[tokio::test]
async fn a_point_is_scored_by_its_form_and_the_page_says_what_the_points_come_to() {
    let mut pages = pages(true).await;
    let sheet =
        "[[rating.criteria]]\ntext = \"Tổ chức\"\npoints = 40\n[[rating.criteria]]\ntext = \"Kết quả\"\npoints = 60\n";
    let pack = keng_domain::rule_pack::DEFAULT_TOML.replace("label = \"Tốt\"\n", "label = \"Tốt\"\nfrom = 90\n");
    let values = vec![("toml".to_owned(), Value::from(format!("{pack}\n{sheet}")))];
    let act = Act::Change { id: rule_pack_record(), values };
    let mut hub = pages.hub.take().unwrap();
    hub.commit(&[act], &By::default().stamp(&hub), 2).unwrap();
    let pulled = pages.store.call(move |s| {
        crate::hub::pull(&hub, s);
        Ok(())
    });
    pulled.await.unwrap();

    let (model, csrf) = (pages.model().await, &pages.csrf);
    let new = format!("csrf={csrf}&year=2022&unit=23368&model={model}&place=Th%C3%B4n+1&rating=tot&criterion-1=38");
    assert_eq!(pages.post("/points/new", &new).await.0, StatusCode::SEE_OTHER);
    let point = pages.point().await.unwrap();
    assert_eq!(point.fields.int("rating_points/2022/610/1"), Some(38));
    let edit = format!("/points/{}/edit", point.id);
    let (status, html) = pages.post(&edit, &format!("csrf={csrf}&year=2022&was-criterion-2=&criterion-2=61")).await;
    assert_eq!((status, faults(&html)), (StatusCode::UNPROCESSABLE_ENTITY, vec![]));
    assert!(html.contains("tối đa 60 điểm") && html.contains("value=\"61\""), "{html}");
    // Another machine of the unit has written 38 since the page had shown nothing: it is not replaced unseen.
    let (status, html) = pages.post(&edit, &format!("csrf={csrf}&year=2022&was-criterion-1=&criterion-1=30")).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && html.contains("vừa ghi “38”"), "{html}");
    let sent = format!("csrf={csrf}&year=2022&was-criterion-2=&criterion-2=50");
    assert_eq!(pages.post(&edit, &sent).await.0, StatusCode::SEE_OTHER);
    let (_, html) = pages.get(&format!("{edit}?year=2022")).await;
    assert!(html.contains("Tổng 88/100 điểm") && faults(&html).is_empty(), "{html}");
}
