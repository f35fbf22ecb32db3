//! Letter 4267, 1.b and 2, at its edges: what was handed in, when, and what the province has said of it.

use anyhow::{Context, Result, ensure};
use keng_tests::command::set_clock;
use keng_tests::papers::{file, made, paragraphs, says, words};
use keng_tests::{Hub, Node, Office, Province, fixtures};
use serde_json::Value;

/// The one nomination that an office holds.
fn only(office: &Office) -> Result<Value> {
    let mut all: Vec<Value> = office.tell(&["nomination", "list", "--json"])?.json()?;
    ensure!(all.len() == 1, "one was expected: {all:#?}");
    all.pop().context("one was expected")
}

/// What was found of a rule.
fn found<'a>(of: &'a Value, rule: &str) -> &'a str {
    let conditions = of["why"]["conditions"].as_array().into_iter().flatten();
    conditions.filter(|c| c["rule"] == rule).find_map(|c| c["sentence"].as_str()).unwrap_or_default()
}

/// A draft about a model that counts, for the fourth quarter of 2022.
fn drafted(node: &Node) -> Result<String> {
    node.import(&fixtures::spreadsheet("610"))?;
    let counts = |x: &keng_tests::answers::Record| {
        !x.text("decision_date").is_empty() && x.text("ended_on").is_empty() && x.text("status") != "CHAM_DUT"
    };
    let point = node.points()?.into_iter().find(counts).context("a point")?;
    nominated(node, point.text("model"))
}

fn nominated(node: &Node, model: &str) -> Result<String> {
    let add = ["nomination", "add", model, "--quarter", "2022-Q4", "--case", "tot", "--reason", "giảm trộm cắp"];
    node.tell(&add)?;
    Ok(only(node)?["id"].as_str().context("an id")?.to_owned())
}

/// The unit adds whatever the dossier still lacks.
fn complete(node: &Node, id: &str) -> Result<()> {
    for kind in only(node)?["missing"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let file = node.folder().with_file_name(format!("{kind}.pdf"));
        std::fs::write(&file, format!("%PDF-1.7 {kind}"))?;
        node.add(id, &file, kind)?;
    }
    Ok(())
}

/// The clock of everybody is set, that of the running hub too.
fn set_all_clocks(hub: &Hub, at: &str) -> Result<()> {
    hub.stop()?;
    set_clock(Some(at))?;
    hub.serve().map(|_| ())
}

/// The province proposes a nomination by a directive that it adds itself.
fn proposed_by_directive(hub: &Hub, id: &str) -> Result<()> {
    let file = hub.folder().with_file_name("directive.pdf");
    std::fs::write(&file, "%PDF-1.7 directive")?;
    let path = file.to_str().context("UTF-8")?;
    let directive: Value = hub.tell(&["document", "add", id, path, "--kind", "Y_KIEN_CHI_DAO", "--json"])?.json()?;
    let hash = directive["hash"].as_str().context("a hash")?;
    hub.tell(&["nomination", "propose", id, "--basis", "directive", "--document", hash]).map(|_| ())
}

/// 2: the province decides about what was handed in, so that the unit changes it only after a return; what it has
/// taken before it is told apart from what nobody has looked at.
#[test]
fn a_nomination_stands_as_it_was_handed_in_until_it_comes_back() -> Result<()> {
    set_clock(Some("2022-12-05 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node) = (p.hub(), p.node("610"));
    let id = drafted(node)?;
    let edit = |words: &str| node.ask(&["nomination", "edit", &id, "--set", &format!("justification={words}")]);
    edit("chuông báo")?.done()?;
    node.tell(&["nomination", "hand-in", &id])?;
    let refused = edit("viết sau khi trình")?.refused()?;
    ensure!(refused.contains("“Đã trình”") && only(node)?["justification"] == "chuông báo", "{refused}");
    node.sync()?;
    hub.tell(&["nomination", "receive", &id])?;
    node.sync()?;
    ensure!(only(node)?["state"] == "RECEIVED", "{:#}", only(node)?);
    ensure!(edit("viết sau khi nhận")?.refused()?.contains("tiếp nhận"));
    hub.ask(&["nomination", "receive", &id])?.refused()?;
    hub.tell(&["nomination", "return", &id, "--reason", "bổ sung cách làm"])?;
    node.sync()?;
    edit("chuông báo và loa")?.done()?;
    ensure!(only(node)?["justification"] == "chuông báo và loa");
    Ok(())
}

/// 1.b: a quarter that has not begun has no model to tell of.
#[test]
fn nothing_is_nominated_for_a_quarter_that_has_not_begun() -> Result<()> {
    set_clock(Some("2022-12-05 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.import(&fixtures::spreadsheet("610"))?;
    let model = node.points()?.into_iter().next().context("a point")?.text("model").to_owned();
    let ahead = node.ask(&["nomination", "add", &model, "--quarter", "2023-Q1", "--case", "tot"])?.refused()?;
    ensure!(ahead.contains("chưa bắt đầu (từ ngày 10/12/2022)"), "{ahead}");
    nominated(node, &model).map(|_| ())
}

/// 2 and R14, R17: the dossier is that of the hand-in. Papers that follow are kept and named; they make nothing
/// complete and on time after the day.
#[test]
fn papers_that_follow_the_hand_in_do_not_complete_its_dossier() -> Result<()> {
    set_clock(Some("2022-12-05 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node) = (p.hub(), p.node("610"));
    let id = drafted(node)?;
    node.tell(&["nomination", "hand-in", &id])?;
    node.sync()?;
    set_all_clocks(hub, "2022-12-20 08:00:00")?;
    complete(node, &id)?;
    node.sync()?;
    for one in [only(node)?, only(hub)?] {
        ensure!(one["complete"] == false && one["timeliness"] == "ON_TIME", "{one:#}");
        let said = found(&one, "R14");
        ensure!(said.contains("còn thiếu") && said.contains("Thêm sau khi trình, chưa tính"), "{said}");
        ensure!(said.contains("(ngày 20/12/2022)"), "{said}");
    }
    let refused = hub.ask(&["nomination", "propose", &id, "--basis", "dossier"])?.refused()?;
    ensure!(refused.contains("chưa tính"), "{refused}");
    Ok(())
}

/// 1.b, 2; R15, R17: what was handed in before the day, sent back and mended after it keeps its day, and is judged
/// anew; the paper to the Ministry is not made once what its case rests on is gone.
#[test]
fn what_was_mended_keeps_its_first_day_and_the_paper_rests_on_what_holds() -> Result<()> {
    set_clock(Some("2022-12-05 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node) = (p.hub(), p.node("610"));
    let id = drafted(node)?;
    node.tell(&["nomination", "hand-in", &id])?;
    node.tell(&["submission", "hand-in", "2022-annual"])?;
    node.sync()?;
    proposed_by_directive(hub, &id)?;
    ensure!(only(hub)?["basis"] == "directive");
    set_all_clocks(hub, "2022-12-11 08:00:00")?;
    hub.tell(&["nomination", "return", &id, "--reason", "thiếu hồ sơ"])?;
    node.sync()?;
    ensure!(only(node)?["decision_reason"] == "thiếu hồ sơ" && only(node)?["basis"].is_null(), "{:#}", only(node)?);
    complete(node, &id)?;
    set_all_clocks(hub, "2022-12-14 09:30:00")?;
    node.tell(&["nomination", "hand-in", &id])?;
    node.sync()?;
    for one in [only(node)?, only(hub)?] {
        // Nothing of the earlier decision is said of what waits anew.
        ensure!(one["state"] == "HANDED_IN" && one["basis"].is_null() && one["basis_document"].is_null(), "{one:#}");
        ensure!(one["decision_reason"].is_null() && one["complete"] == true, "{one:#}");
        ensure!(one["timeliness"] == "ON_TIME" && one["first_handed_in_at"] != one["handed_in_at"], "{one:#}");
        let said = found(&one, "R15");
        ensure!(said.contains("ngày 05/12/2022") && said.contains("trình lại lúc 09:30 ngày 14/12/2022"), "{said}");
    }

    let reports: Vec<Value> = hub.tell(&["submission", "list", "--json"])?.json()?;
    let report = reports.first().and_then(|r| r["id"].as_str()).context("a report")?.to_owned();
    hub.tell(&["submission", "accept", &report])?;
    hub.tell(&["nomination", "propose", &id, "--basis", "dossier"])?;
    ensure!(only(hub)?["basis"] == "dossier" && only(hub)?["basis_document"].is_null(), "{:#}", only(hub)?);
    let out = p.folder().join("out");
    let out = out.to_str().context("UTF-8")?;
    hub.tell(&["letter", "propose", "--out", out])?;
    hub.tell(&["submission", "return", &report, "--reason", "sai số tổ"])?;
    let refused = hub.ask(&["letter", "propose", "--out", out])?.refused()?;
    ensure!(refused.contains("không còn đủ") && refused.contains("danh sách thống kê"), "{refused}");
    Ok(())
}

/// 1.b and 2: the province may make a model known and propose it, whichever it does first; R1: a model that two units
/// nominate is one in each paper.
#[test]
fn a_model_is_made_known_and_proposed_in_either_order_and_stands_once() -> Result<()> {
    set_clock(Some("2022-12-05 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join_all(&["610", "618"])?;
    let (hub, first, second) = (p.hub(), p.node("610"), p.node("618"));
    let one = drafted(first)?;
    let model = only(first)?["model"].as_str().context("a model")?.to_owned();
    first.tell(&["nomination", "hand-in", &one])?;
    first.sync()?;
    second.sync()?;
    let other = nominated(second, &model)?;
    second.tell(&["nomination", "hand-in", &other])?;
    second.sync()?;

    proposed_by_directive(hub, &one)?;
    hub.tell(&["nomination", "select", &one, "--reason", "cách làm hay"])?;
    hub.tell(&["nomination", "select", &other, "--reason", "nơi khác học được"])?;
    proposed_by_directive(hub, &other)?;
    let all: Vec<Value> = hub.tell(&["nomination", "list", "--json"])?.json()?;
    for (id, last) in [(&one, "SELECTED"), (&other, "PROPOSED")] {
        let n = all.iter().find(|n| n["id"] == id.as_str()).context("a nomination")?;
        ensure!(n["state"] == last && n["selected"] == true && n["proposed"] == true, "{n:#}");
        ensure!(n["basis"] == "directive", "{n:#}");
    }
    let out = p.folder().join("out");
    let notice = made(hub, &["letter", "notice", "2022-Q4", "--format", "docx"], &out)?;
    let text = paragraphs(file(&notice, "notice-2022-Q4.docx")?)?.join("\n");
    says(&text, "01 mô hình sau đây")?;
    says(&text, "được huyện Đắk Glei, huyện Ia H'Drai đề xuất:")?;
    says(&text, "- Lý do lựa chọn: cách làm hay.")?;
    says(&text, "- Lý do lựa chọn: nơi khác học được.")?;
    let text = words(file(&made(hub, &["letter", "propose"], &out)?, "proposal-2022-Q4.pdf")?)?;
    says(&text, "01 mô hình sau đây")?;
    says(&text, "do huyện Đắk Glei, huyện Ia H'Drai đề xuất quý IV năm 2022:")
}
