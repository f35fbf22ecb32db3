//! Letters about what has been decided, made by the real programs: which models the province makes known, what it
//! sends back, which point a unit asks to recognise or to end (letter 4267, 1.b, 1.c, 1.d).

use std::path::Path;

use anyhow::{Context, Result, ensure};
use keng_tests::answers::Record;
use keng_tests::command::set_clock;
use keng_tests::papers::{file, judged, made, paragraphs, says, words};
use keng_tests::{Node, Office, Province, fixtures};
use serde_json::Value;

fn id(of: &Value) -> Result<String> {
    Ok(of["id"].as_str().context("an id")?.to_owned())
}

fn refused(office: &Office, args: &[&str]) -> Result<String> {
    office.ask(&[args, &["--out", "x"]].concat())?.refused()
}

#[track_caller]
fn tells(refusal: &str, wanted: &[&str]) -> Result<()> {
    wanted.iter().try_for_each(|wanted| says(refusal, wanted))
}

/// The points of a model that count today, with their teams.
fn size(points: &[Record], model: &str) -> (usize, i64) {
    let runs = |p: &&Record| {
        let is_ended = !p.text("ended_on").is_empty() || p.text("status") == "CHAM_DUT";
        p.text("model") == model && !p.text("decision_date").is_empty() && !is_ended
    };
    let counted: Vec<&Record> = points.iter().filter(runs).collect();
    (counted.len(), counted.iter().filter_map(|p| p.number("teams")).sum())
}

/// 1.b, "lựa chọn, thông báo trên địa bàn tỉnh": what is selected, and nothing else, goes to all units; what is
/// returned goes back with the province's words.
#[test]
fn a_selected_model_is_made_known_to_all_units_and_a_returned_one_goes_back_with_its_reason() -> Result<()> {
    // The quarter has begun, and is not over.
    set_clock(Some("2026-12-15 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node, out) = (p.hub(), p.node("610"), p.folder().join("out"));
    node.import(&fixtures::spreadsheet("610"))?;
    let points = node.points()?;
    let model =
        points.iter().find(|x| !x.text("decision_date").is_empty()).context("a point")?.text("model").to_owned();
    node.tell(&["nomination", "add", &model, "--quarter", "2027-Q1", "--case", "tot", "--reason", "giảm trộm cắp"])?;
    let all: Vec<Value> = node.tell(&["nomination", "list", "--json"])?.json()?;
    let (nomination, name) = (id(&all[0])?, all[0]["name"].as_str().context("a name")?.to_owned());
    node.sync()?;
    tells(&refused(hub, &["letter", "notice", "2027-Q1"])?, &["Chưa có mô hình nào được chọn", "nomination select"])?;
    tells(&refused(hub, &["letter", "notice", "2027-annual"])?, &["theo quý", "2022-Q4"])?;
    tells(&refused(hub, &["letter", "return", &nomination])?, &["“Đang soạn”", "nomination return"])?;
    tells(&refused(hub, &["letter", "return", &model])?, &["Không có báo cáo đã trình hay đề xuất"])?;

    node.tell(&["nomination", "hand-in", &nomination])?;
    node.sync()?;
    hub.tell(&["nomination", "return", &nomination, "--reason", "chưa nêu cách làm của từng tổ"])?;
    let back = made(hub, &["letter", "return", &nomination], &out)?;
    ensure!(back.len() == 2, "Word and PDF: {back:?}");
    let name_of_file = format!("return-2027-Q1-610-{}.pdf", &nomination[24..]);
    let text = words(file(&back, &name_of_file)?)?;
    for wanted in [
        "V/v trả lại đề xuất mô hình quý I năm 2027",
        "Kính gửi: Ban Chỉ đạo Phòng, chống tội phạm huyện Đắk Glei",
        "Điểm 1.b Công văn số 4267/BCĐ-NC",
        "trả lại với lý do: - chưa nêu cách làm của từng tổ",
        "- Hồ sơ (điểm 2): Chưa đạt.",
        "Số: /CAT-PV05",
    ] {
        says(&text, wanted)?;
    }

    // Mended and handed in again, it waits: there is nothing to send back, and nothing to make known.
    node.sync()?;
    node.tell(&["model", "edit", &model, "--set", "goal=Giữ yên thôn, làng", "--set", "method=Trực luân phiên"])?;
    node.tell(&["nomination", "hand-in", &nomination])?;
    node.sync()?;
    tells(&refused(hub, &["letter", "return", &nomination])?, &["“Đã trình”"])?;
    refused(hub, &["letter", "notice", "2027-Q1"])?;
    hub.tell(&["nomination", "select", &nomination, "--reason", "cách làm hay"])?;
    let notice = made(hub, &["letter", "notice", "2027-Q1"], &out)?;
    let text = words(file(&notice, "notice-2027-Q1.pdf")?)?;
    let (points, teams) = size(&node.points()?, &model);
    for wanted in [
        "V/v thông báo mô hình",
        "- Ban Chỉ đạo PCTP các huyện, thành phố.",
        "thông báo trên địa bàn tỉnh 01 mô hình sau đây:",
        &format!("1. Mô hình “{name}”, được huyện Đắk Glei đề xuất theo trường hợp “Xếp loại Tốt, đã nhân rộng”:"),
        "- Tiêu chuẩn của mô hình (điểm 1.b): Chưa đạt. Chưa đủ điều kiện điểm 1.b:",
        "- Lý do lựa chọn: cách làm hay.",
        &format!("toàn tỉnh có {points:02} điểm, {teams:02} tổ,"),
        "- Kết quả xếp loại năm 2026:",
        "- Mục tiêu: Giữ yên thôn, làng.",
        "- Nội dung: ……",
        "- Cách làm: Trực luân phiên.",
        "- Cách làm, hiệu quả theo đề xuất: giảm trộm cắp.",
        "nghiên cứu, vận dụng và nhân rộng 01 mô hình nêu trên",
    ] {
        says(&text, wanted)?;
    }

    // Proposed to the Ministry as well, it has been selected all the same.
    let directive = hub.folder().with_file_name("directive.pdf");
    std::fs::write(&directive, "%PDF-1.7 directive")?;
    let path = directive.to_str().context("a path in UTF-8")?;
    let document: Value =
        hub.tell(&["document", "add", &nomination, path, "--kind", "Y_KIEN_CHI_DAO", "--json"])?.json()?;
    let hash = document["hash"].as_str().context("a hash")?;
    hub.tell(&["nomination", "propose", &nomination, "--basis", "directive", "--document", hash])?;
    let after = made(hub, &["letter", "notice", "2027-Q1", "--format", "pdf"], &p.folder().join("after"))?;
    let after = words(&after[0])?;
    says(&after, &format!("1. Mô hình “{name}”"))?;
    // The reason of the selection, whatever was said since.
    says(&after, "- Lý do lựa chọn: cách làm hay.")
}

/// 1.d: a report goes back with its clause and the province's reason; the one that takes its place has files of its own.
#[test]
fn a_report_that_is_sent_back_has_a_letter_until_it_is_handed_in_again() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node, out) = (p.hub(), p.node("610"), p.folder().join("out"));
    node.import(&fixtures::spreadsheet("610"))?;
    let first: Value = node.tell(&["submission", "hand-in", "2022-annual", "--json"])?.json()?;
    let first = id(&first)?;
    node.sync()?;
    tells(&refused(hub, &["letter", "return", &first])?, &["Báo cáo này", "tỉnh chưa trả lại", "submission return"])?;
    hub.tell(&["submission", "return", &first, "--reason", "thiếu số tổ của thôn 3"])?;
    let back = made(hub, &["letter", "return", &first], &out)?;
    let text = words(file(&back, &format!("return-2022-annual-610-{}.pdf", &first[24..]))?)?;
    for wanted in [
        "V/v trả lại báo cáo năm 2022",
        "Điểm 1.d Công văn số 4267/BCĐ-NC",
        "- thiếu số tổ của thôn 3",
        "điểm tự phát chờ công nhận hoặc chấm dứt",
        "trước ngày …… tháng …… năm …… (hạn theo quy định là trước ngày 10 tháng 11 năm 2022, đã qua)./.",
    ] {
        says(&text, wanted)?;
    }
    node.sync()?;
    let second: Value = node.tell(&["submission", "hand-in", "2022-annual", "--json"])?.json()?;
    node.sync()?;
    tells(&refused(hub, &["letter", "return", &first])?, &["đã trình bản khác", &id(&second)?])
}

/// The one Word document that a node makes.
fn of_unit(p: &Province, node: &Node, args: &[&str], out: &Path) -> Result<(std::path::PathBuf, String)> {
    let files = judged(p.hub(), node, args, out)?;
    ensure!(files.len() == 1, "Word alone: {files:?}");
    let text = paragraphs(&files[0])?.join("\n");
    Ok((files[0].clone(), text))
}

/// 1.c, second dash; R4, R5: the unit asks its head; the act itself stays with people. The province makes the same paper.
#[test]
fn a_unit_asks_to_recognise_what_arose_by_itself_and_to_end_what_has_ended() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node, out) = (p.hub(), p.node("610"), p.folder().join("out"));
    node.import(&fixtures::spreadsheet("610"))?;
    let all = node.points()?;
    let runs = |x: &&Record| x.text("ended_on").is_empty() && x.text("status") != "CHAM_DUT";
    let waits = |x: &&Record| runs(x) && x.text("origin") == "TU_PHAT" && x.text("decision_date").is_empty();
    let waiting = all.iter().find(waits).context("a spontaneous point")?;
    let decided =
        all.iter().filter(runs).find(|x| !x.text("decision_date").is_empty() && x.text("origin") != "TU_PHAT");
    let decided = decided.context("a point with a decision")?;

    tells(&refused(node, &["letter", "recognise", &decided.id])?, &["không phải tự phát", "Nguồn gốc"])?;
    tells(&refused(node, &["letter", "end", &decided.id])?, &["chưa ghi chấm dứt", "point end"])?;
    let (_, text) = of_unit(&p, node, &["letter", "recognise", &waiting.id], &out)?;
    for wanted in [
        "TỜ TRÌNH",
        "Số:      /TTr-…",
        "Kính gửi: Chủ tịch Ủy ban nhân dân huyện Đắk Glei",
        "Về việc đề nghị công nhận điểm mô hình",
        "“ra quyết định công nhận đối với mô hình hiện đang hoạt động hiệu quả, góp phần bảo đảm an ninh, trật tự”.",
        "- Nguồn gốc: tự phát, chưa có quyết định công nhận.",
        &format!("- Quy mô: {:02} tổ, ", waiting.number("teams").unwrap_or(0)),
    ] {
        says(&text, wanted)?;
    }

    node.tell(&["point", "end", &decided.id, "--ground", "KHONG_HIEU_QUA", "--date", "01/11/2022"])?;
    let (ended, text) = of_unit(&p, node, &["letter", "end", &decided.id], &out)?;
    for wanted in [
        "Về việc đề nghị chấm dứt hoạt động điểm mô hình",
        "3. Lý do chấm dứt: Không hiệu quả.",
        "- Chấm dứt kể từ ngày 01 tháng 11 năm 2022.",
    ] {
        says(&text, wanted)?;
    }
    node.sync()?;
    let at_hub = made(hub, &["letter", "end", &decided.id], &p.folder().join("hub"))?;
    let same = file(&at_hub, &format!("end-{}.docx", decided.id))?;
    ensure!(std::fs::read(same)? == std::fs::read(&ended)?, "the province makes another paper");

    node.tell(&["point", "recognise", &waiting.id, "--number", "12/QĐ-UBND", "--date", "01/11/2022"])?;
    let late = refused(node, &["letter", "recognise", &waiting.id])?;
    tells(&late, &["đã được công nhận", "12/QĐ-UBND ngày 01/11/2022"])
}
