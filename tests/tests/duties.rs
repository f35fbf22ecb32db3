//! Letter 4267 as the two programs carry it out: handing in, nominating, recognising, assessing.

use anyhow::{Context, Result, ensure};
use keng_tests::command::set_clock;
use keng_tests::{Hub, Node, Office, Province, fixtures};
use serde_json::Value;

fn list(office: &Office, what: &str) -> Result<Vec<Value>> {
    office.tell(&[what, "list", "--json"])?.json()
}

fn only(mut of: Vec<Value>) -> Result<Value> {
    ensure!(of.len() == 1, "one was expected: {of:#?}");
    of.pop().context("one was expected")
}

fn id(of: &Value) -> Result<&str> {
    of["id"].as_str().with_context(|| format!("no id: {of}"))
}

/// 1.d: a unit hands in, the province returns with a reason, the unit mends and hands in again; the
/// figures are those of the act, whatever is edited afterwards.
#[test]
fn a_period_is_handed_in_returned_mended_and_accepted() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node) = (p.hub(), p.node("610"));
    let none = node.ask(&["submission", "hand-in", "2022-annual"])?.refused()?;
    ensure!(none.contains("--nothing"), "the explicit act is told: {none}");
    ensure!(node.ask(&["submission", "hand-in", "2022"])?.refused()?.contains("2022-annual"));

    node.import(&fixtures::spreadsheet("610"))?;
    let before = node.points()?.len();
    let first: Value = node.tell(&["submission", "hand-in", "2022-annual", "--json"])?.json()?;
    let (points, teams) = (first["figures"]["points"].clone(), first["figures"]["teams"].clone());
    ensure!(points.as_u64().is_some_and(|n| n > 0 && n <= before as u64), "{first}");
    ensure!(first["state"] == "HANDED_IN" && first["timeliness"] == "LATE", "2022 is long past: {first}");
    let open: Vec<&str> =
        first["open_items"].as_array().into_iter().flatten().filter_map(|i| i["code"].as_str()).collect();
    ensure!(open.contains(&"SPONTANEOUS"), "what was open is marked: {first:#}");
    // The report that goes with it, in Word; the province makes the same one, byte for byte, once it has come.
    let (own, far) = (p.folder().join("own"), p.folder().join("far"));
    let paper = |office: &Office, of: &Value, to: &std::path::Path| -> Result<String> {
        let to = to.to_str().context("a path in UTF-8")?;
        let made = office.tell(&["letter", "submission", id(of)?, "--out", to, "--format", "docx"])?;
        Ok(made.stdout.trim().to_owned())
    };
    let written = paper(node, &first, &own)?;
    let today = keng_desk::clock::today();
    let named =
        |of: &Value| -> Result<String> { Ok(format!("submission-2022-annual-610-{today}-{}.docx", &id(of)?[24..])) };
    ensure!(written.ends_with(&named(&first)?), "{written}");
    hub.tell(&["lint", &written])?;
    let nothing = node.ask(&["submission", "hand-in", "2022-annual", "--nothing"])?.refused()?;
    ensure!(nothing.contains("báo cáo không"), "{nothing}");
    node.sync()?;

    let at_hub = only(list(hub, "submission")?)?;
    ensure!(at_hub["figures"] == first["figures"] && at_hub["received_at"].is_string(), "{at_hub}");
    ensure!(std::fs::read(paper(hub, &first, &far)?)? == std::fs::read(&written)?, "the province makes another paper");
    hub.ask(&["submission", "return", id(&at_hub)?])?.refused()?;
    hub.tell(&["submission", "return", id(&at_hub)?, "--reason", "thiếu số tổ của thôn 3"])?;
    node.sync()?;
    let returned = only(list(node, "submission")?)?;
    ensure!(returned["state"] == "RETURNED" && returned["decision_reason"] == "thiếu số tổ của thôn 3", "{returned}");

    let counted = node.points()?.into_iter().find(|x| x.number("teams") == Some(1)).context("a point of one team")?;
    node.edit_point(&counted.id, "teams", 4)?;
    let second: Value = node.tell(&["submission", "hand-in", "2022-annual", "--json"])?.json()?;
    // Both papers of the period lie in one folder, each under its own name.
    let again = paper(node, &second, &own)?;
    ensure!(again.ends_with(&named(&second)?) && again != written && std::fs::exists(&written)?, "{again}");
    ensure!(second["figures"]["teams"].as_u64() == teams.as_u64().map(|n| n + 3), "{second}");
    node.sync()?;
    // The one that was sent back stands no more, so that the province cannot take it over beside the mended one.
    let late = hub.ask(&["submission", "accept", id(&first)?])?.refused()?;
    ensure!(late.contains("Đơn vị đã trình bản khác") && late.contains(id(&second)?), "{late}");
    let offered = |of: &Value| -> Result<bool> {
        Ok(String::from_utf8(hub.page(&format!("/submissions/{}", id(of)?))?)?.contains("Tỉnh quyết định"))
    };
    ensure!(!offered(&first)? && offered(&second)?);
    hub.tell(&["submission", "accept", id(&second)?])?;
    node.edit_point(&counted.id, "teams", 9)?;
    node.sync()?;
    let all = list(hub, "submission")?;
    ensure!(all.iter().map(|s| &s["state"]).eq(["RETURNED", "ACCEPTED"]), "{all:#?}");
    ensure!(all[1]["figures"] == second["figures"], "frozen with the act");
    ensure!(
        node.ask(&["submission", "hand-in", "2022-annual"])?.refused()?.contains("trả lại"),
        "an accepted one stands"
    );
    ensure!(hub.ask(&["submission", "hand-in", "2022-annual"])?.code == Some(2), "the province hands in nothing");
    Ok(())
}

/// A unit without anything reports so by an act of its own.
#[test]
fn a_report_of_nothing_is_an_explicit_act() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    p.node("618").tell(&["submission", "hand-in", "2022-half", "--nothing"])?;
    p.node("618").sync()?;
    let one = only(list(p.hub(), "submission")?)?;
    ensure!(one["nothing"] == true && one["figures"]["points"] == 0, "{one}");
    p.hub().tell(&["submission", "accept", id(&one)?])?;
    let matrix: Value = p.hub().tell(&["obligations", "2022", "--json"])?.json()?;
    let row = matrix.as_array().and_then(|rows| rows.iter().find(|r| r["unit"] == "618")).context("a row")?;
    ensure!(
        row["cells"].as_array().into_iter().flatten().any(|c| c["state"] == "NOTHING" && c["period"] == "2022-half")
    );
    Ok(())
}

/// Letter 4267 is addressed to the members of the provincial committee too: a department reports straight to the
/// province, from the day on which it does.
#[test]
fn a_department_joins_reports_and_owes_nothing_of_before() -> Result<()> {
    let mut p = Province::kon_tum()?;
    let add = ["unit", "add", "sgd", "Sở Giáo dục và Đào tạo", "--from", "2022-06-01", "--reason", "thành viên BCĐ"];
    p.hub().tell(&add)?;
    ensure!(p.hub().ask(&add)?.refused()?.contains("đã là của Sở Giáo dục"));
    p.hub().ask(&["unit", "add", "610", "Huyện khác"])?.refused()?;
    p.join("sgd")?;
    let node = p.node("sgd");
    let model = node.tell(&["model", "add", "--set", "name=Trường học không ma túy"])?.stdout.trim().to_owned();
    let model = format!("model={model}");
    let place = ["place=Trường PTDTNT tỉnh", "decision_no=12/QĐ-SGDĐT", "decision_date=2021-02-01"];
    node.tell(&[&["point", "add", "--set", "unit=sgd", &model][..], &place].concat())?;
    node.tell(&["submission", "hand-in", "2022-annual"])?;
    node.sync()?;
    let one = only(list(p.hub(), "submission")?)?;
    ensure!(one["unit"] == "sgd" && one["figures"]["points"] == 1, "{one}");
    let matrix: Vec<Value> = p.hub().tell(&["obligations", "2022", "--json"])?.json()?;
    let row = matrix.iter().find(|r| r["unit"] == "sgd").context("a row")?;
    let state = |period: &str| -> Vec<&Value> {
        let cells = row["cells"].as_array().into_iter().flatten();
        cells.filter(|c| c["period"] == period && c["duty"] == "REPORT").map(|c| &c["state"]).collect()
    };
    ensure!(state("2022-half") == ["NOT_OWED"] && state("2022-annual") == ["HANDED_IN"], "{row:#}");
    ensure!(row["name"] == "Sở Giáo dục và Đào tạo" && matrix.len() == 11, "{row:#}");
    Ok(())
}

/// A model of the district that is rated Tốt, runs at several places and is effective (R13 a).
fn good_model(node: &Node) -> Result<String> {
    let points = node.points()?;
    let verdicts = node.verdicts(2022)?;
    let is_good = |model: &str| {
        let of: Vec<_> = points.iter().filter(|x| x.text("model") == model).collect();
        of.len() > 2 && of.iter().any(|x| x.rating(2022, "610") == Some("tot"))
    };
    let found = verdicts.iter().find(|v| v.verdict == "EFFECTIVE" && v.eligible > 1 && is_good(&v.model));
    Ok(found.context("a good model")?.model.clone())
}

fn add_all(node: &Node, hub: &Hub, nomination: &str) -> Result<()> {
    loop {
        let one = only(list(node, "nomination")?)?;
        let Some(kind) = one["missing"].as_array().and_then(|m| m.first()).and_then(Value::as_str) else { break };
        let file = hub.folder().with_file_name(format!("{kind}.pdf"));
        std::fs::write(&file, format!("%PDF-1.7 {kind}"))?;
        node.add(nomination, &file, kind)?;
    }
    Ok(())
}

/// 1.b and 2: eligible, complete, on time, in the list; then the three cases for the Ministry.
#[test]
fn a_model_is_nominated_returned_selected_and_proposed_by_a_case_that_holds() -> Result<()> {
    // The quarter has begun, and is not over.
    set_clock(Some("2026-12-15 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node) = (p.hub(), p.node("610"));
    node.import(&fixtures::spreadsheet("610"))?;
    let model = good_model(node)?;
    for bad in [["2022-annual", "tot"], ["2022-Q4", "kha"]] {
        node.ask(&["nomination", "add", &model, "--quarter", bad[0], "--case", bad[1]])?.refused()?;
    }
    let add = ["nomination", "add", &model, "--quarter", "2027-Q1", "--case", "tot", "--reason", "giảm trộm cắp"];
    node.tell(&add)?;
    ensure!(node.ask(&add)?.refused()?.contains("đã có đề xuất"), "one a quarter");
    let draft = only(list(node, "nomination")?)?;
    let nomination = id(&draft)?.to_owned();
    ensure!(draft["state"] == "DRAFT" && draft["complete"] == false, "{draft:#}");
    ensure!(draft["missing"].as_array().is_some_and(|m| m.len() == 8), "seven of the list and a proposal: {draft}");
    hub.ask(&["nomination", "select", &nomination])?.refused()?;

    node.tell(&["nomination", "hand-in", &nomination])?;
    node.sync()?;
    hub.tell(&["nomination", "return", &nomination, "--reason", "thiếu hồ sơ"])?;
    node.sync()?;
    ensure!(only(list(node, "nomination")?)?["state"] == "RETURNED");
    add_all(node, hub, &nomination)?;
    node.tell(&["nomination", "hand-in", &nomination])?;
    node.sync()?;
    let again = only(list(hub, "nomination")?)?;
    ensure!(
        again["state"] == "HANDED_IN" && again["complete"] == true && again["timeliness"] == "ON_TIME",
        "{again:#}"
    );
    // Ratings of 2026 are asked for a nomination of early 2027, and there are none.
    ensure!(again["eligible"] == false, "{again:#}");
    ensure!(hub.ask(&["nomination", "select", &nomination])?.refused()?.contains("2026"));
    for point in node.points()?.iter().filter(|x| x.text("model") == model) {
        node.rate(&point.id, 2026, "tot")?;
    }
    node.sync()?;
    ensure!(only(list(hub, "nomination")?)?["eligible"] == true);
    hub.tell(&["nomination", "select", &nomination])?;
    ensure!(only(list(hub, "nomination")?)?["state"] == "SELECTED");

    // 2, first case: the list is what is still missing (R16).
    let propose = ["nomination", "propose", &nomination, "--basis"];
    let refused = hub.ask(&[&propose[..], &["dossier"]].concat())?.refused()?;
    ensure!(refused.contains("danh sách thống kê"), "{refused}");
    // Second case: a directive that is not in the dossier, or of another kind, is none.
    let file = hub.folder().with_file_name("directive.pdf");
    std::fs::write(&file, "%PDF-1.7 directive")?;
    hub.ask(&[&propose[..], &["directive"]].concat())?.refused()?;
    let add = ["document", "add", &nomination, file.to_str().context("UTF-8")?, "--kind", "Y_KIEN_CHI_DAO", "--json"];
    let directive: Value = hub.tell(&add)?.json()?;
    let hash = directive["hash"].as_str().context("a hash")?;
    hub.ask(&[&propose[..], &["finding", "--document", hash]].concat())?.refused()?;
    hub.tell(&[&propose[..], &["directive", "--document", hash]].concat())?;
    node.sync()?;
    let proposed = only(list(node, "nomination")?)?;
    ensure!(proposed["state"] == "PROPOSED" && proposed["basis"] == "directive", "{proposed}");
    ensure!(proposed["basis_document"] == hash, "the case is told with its document");

    // First case, once the annual list is taken over.
    node.tell(&["submission", "hand-in", "2026-annual"])?;
    node.sync()?;
    let submission = only(list(hub, "submission")?)?;
    hub.tell(&["submission", "accept", id(&submission)?])?;
    hub.tell(&[&propose[..], &["dossier"]].concat())?;
    ensure!(only(list(hub, "nomination")?)?["basis"] == "dossier");
    Ok(())
}

/// 1.c, second dash: a spontaneous point is recognised or ended; 1.c: decisions exist before they count.
#[test]
fn a_spontaneous_point_is_recognised_by_a_decision_that_has_been_made() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.import(&fixtures::spreadsheet("610"))?;
    let points = node.points()?;
    let of_itself = points.iter().find(|x| x.text("origin") == "TU_PHAT" && x.text("decision_date").is_empty());
    let id = of_itself.context("a spontaneous point")?.id.clone();
    let recognise = |date| node.ask(&["point", "recognise", &id, "--number", "15/QĐ-UBND", "--date", date]);
    let state = || -> Result<Value> { Ok(node.tell(&["point", "show", &id])?.json::<Value>()?["state"].take()) };
    ensure!(state()?["code"] == "CHO_CONG_NHAN", "{}", state()?);
    let ahead = recognise("01/01/2099")?.refused()?;
    ensure!(ahead.contains("chưa tới") && ahead.contains("R2"), "{ahead}");
    let open = |period: &str| -> Result<Vec<String>> {
        let items: Value = node.tell(&["submission", "draft", period, "--json"])?.json()?;
        let code = |item: &Value| item["code"].as_str().unwrap_or_default().to_owned();
        Ok(items["open_items"].as_array().into_iter().flatten().map(code).collect())
    };
    recognise("15/10/2022")?.done()?;
    ensure!(open("2022-annual")?.contains(&"RECOGNISED_NO_DOCUMENT".to_owned()), "{:?}", open("2022-annual")?);
    let scan = p.folder().join("quyết định.pdf");
    std::fs::write(&scan, "%PDF-1.7 decision")?;
    let path = scan.to_str().context("a path in UTF-8")?;
    // The same scan lies there as another paper: the decision is a second document, and changes nothing of the first.
    node.tell(&["document", "add", &id, path, "--kind", "TO_TRINH", "--set", "number=01/TTr-CAH"])?;
    let again = ["point", "recognise", &id, "--number", "15/QĐ-UBND", "--date", "15/11/2022", "--document", path];
    node.tell(&again)?;
    let papers: Value = node.tell(&["document", "list", &id, "--json"])?.json()?;
    let number_of = |kind: &str| papers.as_array()?.iter().find(|d| d["kind"] == kind)?["number"].as_str();
    ensure!(number_of("QD_CONG_NHAN") == Some("15/QĐ-UBND"), "{papers:#}");
    ensure!(number_of("TO_TRINH") == Some("01/TTr-CAH"), "{papers:#}");
    ensure!(!open("2023-annual")?.contains(&"RECOGNISED_NO_DOCUMENT".to_owned()), "{:?}", open("2023-annual")?);
    ensure!(node.point(&id)?.text("decision_no") == "15/QĐ-UBND");
    ensure!(state()?["code"] == "HOAT_DONG", "{}", state()?);
    node.tell(&["point", "end", &id, "--ground", "KHONG_HIEU_QUA", "--date", "20/11/2022"])?;
    ensure!(state()?["code"] == "CHAM_DUT" && state()?["why"] == "chấm dứt từ 20/11/2022", "{}", state()?);
    // R5: an end needs its document; without one it holds, and stays open in the report of its period.
    ensure!(open("2023-annual")?.contains(&"END_NO_DOCUMENT".to_owned()), "{:?}", open("2023-annual")?);
    let refused = ["point", "end", &id, "--ground", "NGU", "--date", "20/11/2022", "--document", path];
    node.ask(&refused)?.refused()?;
    let end = ["point", "end", &id, "--ground", "TRUC_LOI", "--date", "20/11/2022", "--document", path];
    std::fs::write(&scan, "%PDF-1.7 end")?;
    node.tell(&end)?;
    ensure!(node.documents(&id)?.iter().any(|d| d.kind == "VB_CHAM_DUT"));
    let items = open("2023-annual")?;
    ensure!(!items.iter().any(|i| i == "END_NO_DOCUMENT" || i == "END_NO_GROUND"), "{items:?}");
    let decided = points.iter().find(|x| x.text("origin") != "TU_PHAT").context("another")?.id.clone();
    node.ask(&["point", "recognise", &decided, "--number", "1", "--date", "1/1/2022"])?.refused()?;
    Ok(())
}

/// R5: the date of the end tells whether something has ended, not the state that somebody typed.
#[test]
fn what_has_ended_by_its_date_is_not_recognised_and_what_will_end_is() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.sync()?;
    let add = |what: &str, set: &[&str]| -> Result<String> {
        let args: Vec<&str> = [what, "add"].into_iter().chain(set.iter().flat_map(|s| ["--set", *s])).collect();
        Ok(node.tell(&args)?.stdout.trim().to_owned())
    };
    let recognise =
        |what: &str, id: &str| node.ask(&[what, "recognise", id, "--number", "7/QĐ-UBND", "--date", "01/02/2022"]);
    let model = add("model", &["name=Tổ liên gia tự quản", "origin=TU_PHAT"])?;
    let of_it = format!("model={model}");
    let point = |place: &str, ended_on: &str| {
        add("point", &["unit=23368", place, &of_it, &format!("ended_on={ended_on}"), "end_ground=KHONG_HIEU_QUA"])
    };
    let over = point("place=thôn 1", "01/03/2022")?;
    let refusal = recognise("point", &over)?.refused()?;
    ensure!(refusal.contains("đã chấm dứt") && refusal.contains("Chưa ghi gì"), "{refusal}");
    ensure!(node.point(&over)?.text("decision_no").is_empty(), "nothing is written");
    let refusal = recognise("model", &model)?.refused()?;
    ensure!(refusal.contains("đã chấm dứt"), "all of its points have ended: {refusal}");
    let ahead = point("place=thôn 2", "01/03/2099")?;
    recognise("point", &ahead)?.done()?;
    let state: Value = node.tell(&["point", "show", &ahead])?.json::<Value>()?["state"].take();
    ensure!(state["code"] == "HOAT_DONG", "{state}");

    let alone = add("model", &["name=Tuần tra đêm", "origin=TU_PHAT"])?;
    node.tell(&["model", "end", &alone, "--ground", "KHONG_HIEU_QUA", "--date", "05/10/2022"])?;
    let refusal = recognise("model", &alone)?.refused()?;
    ensure!(refusal.contains("đã chấm dứt") && node.model(&alone)?.text("decision_no").is_empty(), "{refusal}");
    Ok(())
}

/// R4 speaks of models too: what such a model's points lack, each of them does.
#[test]
fn a_spontaneous_model_waits_by_its_points_or_by_itself() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.sync()?;
    let add = |what: &str, set: &[&str]| -> Result<String> {
        let mut args = vec![what, "add"];
        set.iter().for_each(|s| args.extend(["--set", s]));
        Ok(node.tell(&args)?.stdout.trim().to_owned())
    };
    let code = |what: &str, id: &str| -> Result<Value> {
        Ok(node.tell(&[what, "show", id])?.json::<Value>()?["state"]["code"].take())
    };
    let model = add("model", &["name=Tổ liên gia tự quản", "origin=TU_PHAT"])?;
    ensure!(code("model", &model)? == "CHO_CONG_NHAN");
    // What the unit owes tells of it, and so does the report of the province.
    let items = || -> Result<String> {
        let draft: Value = node.tell(&["submission", "draft", "2022-half", "--json"])?.json()?;
        Ok(draft["open_items"].to_string())
    };
    ensure!(items()?.contains("01 mô hình tự phát chờ công nhận hoặc chấm dứt"), "{}", items()?);
    node.sync()?;
    ensure!(p.hub().figures(2022)?["spontaneous_models"] == 1);
    let of_it = format!("model={model}");
    let point = add("point", &["unit=23368", "place=thôn 1", &of_it])?;
    ensure!(code("point", &point)? == "CHO_CONG_NHAN" && code("model", &model)? == "CHO_CONG_NHAN");
    ensure!(!items()?.contains("SPONTANEOUS_MODEL") && items()?.contains("01 điểm tự phát"), "{}", items()?);
    let by_order = add("point", &["unit=23368", "place=thôn 2", &of_it, "origin=CHI_DAO"])?;
    ensure!(code("point", &by_order)? == "KHAO_SAT");
    node.tell(&["point", "recognise", &point, "--number", "7/QĐ-UBND", "--date", "01/02/2022"])?;
    ensure!(code("point", &point)? == "HOAT_DONG" && code("model", &model)? == "HOAT_DONG");
    Ok(())
}

/// TT 124 and QĐ 510: the programs count and add up; people decide.
#[test]
fn a_commune_is_assessed_with_what_the_models_tell_and_a_sheet_adds_up() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.import(&fixtures::spreadsheet("610"))?;
    node.sync()?;
    let point = node.points()?.into_iter().next().context("a point")?;
    let commune = point.text("unit").to_owned();
    let add = |what: &str, set: &[&str]| -> Result<Value> {
        let mut args = vec![what, "add", "--json"];
        set.iter().for_each(|s| args.extend(["--set", s]));
        node.tell(&args)?.json()
    };
    let unit = format!("unit={commune}");
    for (n, recognised) in [(1, "CO"), (2, "CO"), (3, "KHONG")] {
        let name = format!("name=Thôn {n}");
        let recognised = format!("recognised={recognised}");
        add("assessment", &[&unit, "year=2022", "object=KHU_DAN_CU", &name, "registered=CO", &recognised])?;
    }
    // The same hamlet once more is told, and counted once: recognised, as one of its records says.
    let again = ["assessment", "add", "--set", &unit, "--set", "year=2022", "--set", "object=KHU_DAN_CU"];
    let again = node.tell(&[&again[..], &["--set", "name=thôn  1", "--set", "registered=CO"]].concat())?.stderr;
    ensure!(again.contains("đã có") && again.contains("Thôn 1") && again.contains("withdrawn="), "{again}");
    let xa = add("assessment", &[&unit, "year=2022", "object=XA", "registered=CO", "name=UBND xã"])?;
    let conditions = xa["conditions"].as_array().context("conditions")?;
    let says = |part: &str| conditions.iter().any(|c| c["sentence"].as_str().is_some_and(|s| s.contains(part)));
    ensure!(says("3/3 nơi trong địa bàn đã đăng ký") && says("2/3 nơi được công nhận; cần ít nhất 3"), "{xa:#}");
    ensure!(xa["holds"] == false && says("chưa ghi số nơi thuộc diện"), "{xa:#}");
    // All means all places of the commune, not those that somebody has entered.
    let counted: Value = node.tell(&["assessment", "edit", id(&xa)?, "--set", "places=5", "--json"])?.json()?;
    let sentences = counted["conditions"].to_string();
    ensure!(sentences.contains("3/5 nơi trong địa bàn đã đăng ký; cần 5."), "{counted:#}");

    // 1.a: who lacks an effective model, the same at both ends.
    add("assessment", &[&unit, "year=2022", "object=CO_SO_GIAO_DUC", "name=Trường Chưa Có"])?;
    let lacking: Value = node.tell(&["assessment", "lacking", "2022", "--json"])?.json()?;
    let all = lacking.as_array().context("a list")?;
    let school = all.iter().find(|w| w["name"] == "Trường Chưa Có").context("the school")?;
    ensure!(
        school["rule"] == "R24" && school["why"] == "Chưa có điểm mô hình nào." && school["unit"] == commune.as_str()
    );
    let has_effective = xa["effective_models"].as_u64().is_some_and(|n| n > 0);
    ensure!(all.iter().any(|w| w["object"] == "XA" && w["unit"] == commune.as_str()) != has_effective, "{lacking:#}");
    let words = node.tell(&["assessment", "lacking", "2022"])?.stdout;
    ensure!(words.contains("Trường Chưa Có") && words.contains("Cơ sở giáo dục"), "{words}");
    node.sync()?;
    let at_hub: Value = p.hub().tell(&["assessment", "lacking", "2022", "--json"])?.json()?;
    ensure!(at_hub.as_array().is_some_and(|all| all.len() > 80 && all.contains(school)), "{at_hub:#}");
    let ticked: Value = node.tell(&["assessment", "edit", id(&xa)?, "--set", "criteria/1=Có", "--json"])?.json()?;
    ensure!(ticked["criteria"]["1"] == "CO", "{ticked:#}");

    let sheet = add("score", &[&unit, "year=2022", "object=CO_QUAN", "name=Phòng Giáo dục"])?;
    let score = |set: &str| node.ask(&["score", "edit", id(&sheet)?, "--set", set, "--json"]);
    ensure!(score("own/1=4")?.refused()?.contains("tối đa 3"), "R28");
    score("own/1=3")?.done()?;
    let summed: Value = score("above/1=2")?.done()?.json()?;
    ensure!(summed["sheet"]["own"] == 3 && summed["sheet"]["above"] == 2, "{summed:#}");

    // The sheet itself, in Word, judged by the decree; an agency signs with the commune above it.
    let out = p.folder().join("out");
    let out = out.to_str().context("a path in UTF-8")?;
    let file = node.tell(&["letter", "score", id(&sheet)?, "--out", out])?.stdout.trim().to_owned();
    ensure!(file.ends_with(&format!("score-{}.docx", id(&sheet)?)), "{file}");
    p.hub().tell(&["lint", &file])?;
    let other = node.ask(&["letter", "score", id(&xa)?, "--out", out])?.refused()?;
    ensure!(other.contains(id(&xa)?), "an assessment is no score: {other}");
    let commune = add("score", &[&unit, "year=2022", "object=XA"])?;
    let bare = node.ask(&["letter", "score", id(&commune)?, "--out", out])?.refused()?;
    ensure!(bare.contains("chưa có mục chấm điểm nào"), "{bare}");

    let rules = ["committee_kind=BAN_DIEU_HANH", "people=7", "rules_no=03/QC"];
    let record = format!("record={}", point.id);
    add("committee", &[&[record.as_str()], &rules[..]].concat())?;
    node.ask(&["committee", "add", "--set", "people=7"])?.refused()?;
    node.sync()?;
    ensure!(list(p.hub(), "committee")?.len() == 1 && list(p.hub(), "assessment")?.len() == 6);
    Ok(())
}

/// 1.c, second dash speaks of models: one is recognised or ended as a whole, with its paper, and its points with it.
#[test]
fn a_spontaneous_model_is_recognised_or_ended_as_a_whole() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    let model = |name: &str, origin: &str| -> Result<String> {
        let words = ["model", "add", "--set", &format!("name={name}"), "--set", &format!("origin={origin}")];
        Ok(node.tell(&words)?.stdout.trim().to_owned())
    };
    let point = |model: &str, place: &str| -> Result<()> {
        let set = [format!("model={model}"), "unit=23368".to_owned(), format!("place={place}")];
        node.tell(&["point", "add", "--set", &set[0], &set[1], &set[2]]).map(|_| ())
    };
    let state =
        |id: &str| -> Result<String> { Ok(node.model(id)?.fields["state"]["code"].as_str().unwrap_or("").into()) };
    let bell = model("Mõ làng", "TU_PHAT")?;
    point(&bell, "Thôn 1")?;
    point(&bell, "Thôn 2")?;
    ensure!(state(&bell)? == "CHO_CONG_NHAN");
    let ordered = model("Camera an ninh", "CHI_DAO")?;
    let words =
        |id: &str| ["model", "recognise", id, "--number", "12/QĐ-UBND", "--date", "01/10/2022"].map(str::to_owned);
    ensure!(node.ask(&words(&ordered))?.refused()?.contains("không phải tự phát"));
    let paper = p.folder().join("qd-12.txt");
    std::fs::write(&paper, "Quyết định công nhận mô hình")?;
    let with = [&words(&bell)[..], &["--document".to_owned(), paper.to_string_lossy().into_owned()]].concat();
    ensure!(node.tell(&with)?.stdout.contains("cùng 2 điểm"), "its points are recognised with it");
    ensure!(node.points()?.iter().all(|x| x.text("decision_no") == "12/QĐ-UBND") && state(&bell)? == "HOAT_DONG");
    ensure!(node.document(&bell)?.kind == "QD_CONG_NHAN", "the decision stands in the dossier of the model");

    // One that nobody runs is ended itself: it waits no more, and its ground is kept.
    let alone = model("Tuần tra đêm", "TU_PHAT")?;
    ensure!(state(&alone)? == "CHO_CONG_NHAN");
    let end = |id: &str| node.tell(&["model", "end", id, "--ground", "KHONG_HIEU_QUA", "--date", "05/10/2022"]);
    ensure!(end(&alone)?.stdout.contains("cùng 0 điểm") && state(&alone)? == "CHAM_DUT");
    ensure!(end(&bell)?.stdout.contains("cùng 2 điểm") && state(&bell)? == "CHAM_DUT");
    node.sync()?;
    ensure!(p.hub().model(&alone)?.text("end_ground") == "KHONG_HIEU_QUA");
    Ok(())
}
