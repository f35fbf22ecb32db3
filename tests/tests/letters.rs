//! The papers beside the report, made by the real program: who is late is reminded, what is proposed goes
//! to the Ministry, what was surveyed is minuted. Number and date stay blank.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use keng_tests::command::set_clock;
use keng_tests::{Hub, Province, fixtures};
use serde_json::Value;

/// Makes papers and judges each by the decree; the linter fails the command when there are findings (R30).
fn made(hub: &Hub, args: &[&str], out: &Path) -> Result<Vec<PathBuf>> {
    let answer = hub.tell(&[args, &["--out", out.to_str().context("a path in UTF-8")?]].concat())?;
    let files: Vec<PathBuf> = answer.stdout.lines().map(PathBuf::from).collect();
    for file in &files {
        hub.tell(&["lint", file.to_str().context("a path in UTF-8")?])?;
    }
    Ok(files)
}

/// What a PDF says, in one line.
fn words(file: &Path) -> Result<String> {
    let output = Command::new("pdftotext").args(["-raw".as_ref(), file.as_os_str(), "-".as_ref()]).output();
    let output = output.context("pdftotext is missing; ./check installs it (poppler-utils)")?;
    Ok(String::from_utf8(output.stdout)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[track_caller]
fn says(text: &str, wanted: &str) -> Result<()> {
    ensure!(text.contains(wanted), "“{wanted}” is missing in\n{text}");
    Ok(())
}

fn file<'a>(files: &'a [PathBuf], name: &str) -> Result<&'a Path> {
    let found = files.iter().find(|f| f.file_name().is_some_and(|n| n == name));
    found.map(PathBuf::as_path).with_context(|| format!("no {name} among {files:?}"))
}

/// Letter 4267, 1.d: one letter for each late unit, none for who has handed in; a returned report is late
/// again; the list says whom to call and what their machines said last.
#[test]
fn each_late_unit_is_reminded_of_what_it_owes_since_when_and_can_be_called() -> Result<()> {
    set_clock(Some("2022-11-08 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join_all(&["610", "618"])?;
    p.everywhere(|unit, node| {
        node.import(&fixtures::spreadsheet(unit))?;
        node.sync()
    })?;
    let early = p.hub().ask(&["letter", "remind", "2022-annual", "--out", "x"])?.refused()?;
    ensure!(early.contains("chưa quá hạn"), "{early}");
    p.node("618").tell(&["submission", "hand-in", "2022-annual"])?;
    p.node("618").sync()?;

    // The first late day was the tenth.
    set_clock(Some("2022-11-20 09:00:00"))?;
    let out = p.folder().join("letters");
    let files = made(p.hub(), &["letter", "remind", "2022-annual"], &out)?;
    ensure!(files.len() == 2 * 9, "nine districts in two formats: {files:?}");
    ensure!(file(&files, "reminder-2022-annual-618.docx").is_err(), "Ia H'Drai has handed in");
    let text = words(file(&files, "reminder-2022-annual-610.pdf")?)?;
    says(&text, "Kính gửi: Ban Chỉ đạo Phòng, chống tội phạm huyện Đắk Glei")?;
    says(&text, "Báo cáo năm 2022 phải gửi trước ngày 10 tháng 11 năm 2022.")?;
    says(&text, "chưa nhận được báo cáo năm 2022 của huyện Đắk Glei, quá hạn 11 ngày.")?;
    says(&text, "(lần gần nhất: 08:0")?;
    says(&text, "điểm tự phát chờ công nhận hoặc chấm dứt (công văn 4267/BCĐ-NC, điểm 1.c, gạch đầu dòng thứ hai)")?;
    says(&text, "Số: /BCĐ-NC")?;
    says(&text, "Kon Tum, ngày tháng năm")?;
    let silent = words(file(&files, "reminder-2022-annual-611.pdf")?)?;
    says(&silent, "Đến nay cũng chưa nhận được số liệu nào của huyện Ngọc Hồi.")?;

    // Equal records give equal bytes.
    let again = made(p.hub(), &["letter", "remind", "2022-annual", "--unit", "610"], &p.folder().join("again"))?;
    for format in ["docx", "pdf"] {
        let name = format!("reminder-2022-annual-610.{format}");
        ensure!(std::fs::read(file(&files, &name)?)? == std::fs::read(file(&again, &name)?)?, "{name} differs");
    }

    p.hub().ask(&["unit", "contact", "610", "--phone", "không có"])?.refused()?;
    p.hub().tell(&["unit", "contact", "610", "--name", "A Thanh", "--phone", "0260 3862 123"])?;
    let calls: Vec<Value> = p.hub().tell(&["call-list", "2022", "--json"])?.json()?;
    ensure!(
        calls.iter().all(|c| c["unit"] != "618" || c["late"].as_array().is_some_and(|l| l.len() == 1)),
        "{calls:#?}"
    );
    let call = calls.iter().find(|c| c["unit"] == "610").context("a call")?;
    ensure!(call["contact"]["phone"] == "0260 3862 123" && call["contact"]["officer"] == "A Thanh", "{call:#}");
    let annual = call["late"].as_array().into_iter().flatten().find(|l| l["period"] == "2022-annual");
    ensure!(annual.is_some_and(|l| l["days"] == 11 && l["state"] == "OVERDUE"), "{call:#}");
    ensure!(call["software"] == env!("CARGO_PKG_VERSION"), "{call:#}");
    ensure!(call["waiting"] == 0 && call["complete_to"].is_string() && call["last_contact"].is_string(), "{call:#}");
    let never = calls.iter().find(|c| c["unit"] == "611").context("a call")?;
    ensure!(never["last_contact"].is_null() && never["waiting"].is_null(), "nothing is guessed: {never:#}");

    // Sent back and not handed in again: late, with the reason of the province.
    let list: Vec<Value> = p.hub().tell(&["submission", "list", "--json"])?.json()?;
    let id = list[0]["id"].as_str().context("an id")?.to_owned();
    p.hub().tell(&["submission", "return", &id, "--reason", "thiếu số tổ của thôn 3"])?;
    let back = made(p.hub(), &["letter", "remind", "2022-annual", "--unit", "618", "--format", "pdf"], &out)?;
    says(&words(&back[0])?, "của huyện Ia H'Drai với lý do: thiếu số tổ của thôn 3.")?;
    set_clock(None)
}

/// 2 and R17: only what the province has decided to propose, with its case; and a survey's minutes.
#[test]
fn a_proposal_and_minutes_come_from_their_records() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node) = (p.hub(), p.node("610"));
    node.import(&fixtures::spreadsheet("610"))?;
    let point = node.points()?.into_iter().next().context("a point")?;
    let (model, out) = (point.text("model").to_owned(), p.folder().join("out"));
    node.tell(&["nomination", "add", &model, "--quarter", "2027-Q1", "--case", "tot", "--reason", "giảm trộm cắp"])?;
    let all: Vec<Value> = node.tell(&["nomination", "list", "--json"])?.json()?;
    let nomination = all[0]["id"].as_str().context("an id")?.to_owned();
    let name = all[0]["name"].as_str().context("a name")?.to_owned();
    node.tell(&["nomination", "hand-in", &nomination])?;
    let record = format!("record={}", point.id);
    let survey =
        [&record, "survey_kind=KHAO_SAT", "held_on=12/10/2022", "by=Đội phong trào", "finding=Duy trì đúng quy chế"];
    let mut add = vec!["survey", "add", "--json"];
    survey.iter().for_each(|s| add.extend(["--set", s]));
    let survey: Value = node.tell(&add)?.json()?;
    let survey = survey["id"].as_str().context("an id")?.to_owned();
    node.sync()?;

    let folder = out.to_str().context("a path in UTF-8")?;
    let early = hub.ask(&["letter", "propose", &nomination, "--out", folder])?.refused()?;
    ensure!(early.contains("R17"), "no case is known yet: {early}");
    hub.ask(&["letter", "propose", "--out", folder])?.refused()?;
    let directive = hub.folder().with_file_name("directive.pdf");
    std::fs::write(&directive, "%PDF-1.7 directive")?;
    let path = directive.to_str().context("a path in UTF-8")?;
    let document: Value =
        hub.tell(&["document", "add", &nomination, path, "--kind", "Y_KIEN_CHI_DAO", "--json"])?.json()?;
    let hash = document["hash"].as_str().context("a hash")?;
    hub.tell(&["nomination", "propose", &nomination, "--basis", "directive", "--document", hash])?;
    let files = made(hub, &["letter", "propose"], &out)?;
    let text = words(file(&files, "proposal-2027-Q1.pdf")?)?;
    says(&text, "TỜ TRÌNH")?;
    says(&text, &format!("1. Mô hình “{name}”, do huyện Đắk Glei đề xuất quý I năm 2027:"))?;
    says(
        &text,
        "(Công văn 4267/BCĐ-NC, điểm 2): Có ý kiến chỉ đạo của cấp có thẩm quyền. Ý kiến chỉ đạo (tệp directive.pdf).",
    )?;
    says(&text, "giảm trộm cắp.")?;
    // Filled in, it is referred to as decree 30 has it: kind, number, day, issuer, subject.
    let about = ["number=05/CV-BCĐ", "issued_on=7/3/2022", "issuer=Ban Chỉ đạo tỉnh", "subject=nhân rộng mô hình"];
    hub.tell(&[&["document", "edit", hash, "--set"], &about[..]].concat())?;
    let files = made(hub, &["letter", "propose"], &p.folder().join("filled"))?;
    let filled = words(file(&files, "proposal-2027-Q1.pdf")?)?;
    let reference =
        "Ý kiến chỉ đạo số 05/CV-BCĐ ngày 07 tháng 3 năm 2022 của Ban Chỉ đạo tỉnh về việc nhân rộng mô hình";
    says(&filled, &format!("Căn cứ {reference}"))?;
    says(&filled, &format!("cấp có thẩm quyền. {reference}."))?;
    ensure!(!filled.contains("tệp directive.pdf"), "{filled}");
    // Taken out, nothing may rest on it.
    hub.tell(&["document", "remove", hash, "--reason", "nhầm văn bản"])?;
    let gone = hub.ask(&["letter", "propose", "--out", folder])?.refused()?;
    ensure!(gone.contains("đã gỡ") && gone.contains(&name), "{gone}");
    hub.tell(&["document", "restore", hash])?;
    says(&text, "Số: /TTr-…")?;

    let files = made(hub, &["letter", "minutes", &survey], &out)?;
    let text = words(file(&files, &format!("minutes-{survey}.pdf"))?)?;
    says(&text, "CÔNG AN HUYỆN ĐẮK GLEI")?;
    says(&text, "Thời gian bắt đầu: …… giờ …… phút, ngày 12 tháng 10 năm 2022.")?;
    says(&text, "2. Kết quả: Duy trì đúng quy chế")?;
    ensure!(!text.contains("Kon Tum, ngày"), "minutes have no date in their head");
    hub.ask(&["letter", "minutes", &nomination, "--out", folder])?.refused()?;
    Ok(())
}
