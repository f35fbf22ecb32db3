//! The papers beside the report, made by the real program: who is late is reminded, what is proposed goes
//! to the Ministry, what was surveyed and what was rated is minuted. Number and date stay blank.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use keng_tests::answers::Record;
use keng_tests::command::set_clock;
use keng_tests::papers::{file, made, paragraphs, says, words};
use keng_tests::{Node, Province, fixtures};
use serde_json::Value;

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
    let late = |call: &Value, duty: &str| -> Vec<Value> {
        call["late"].as_array().into_iter().flatten().filter(|l| l["duty"] == duty).cloned().collect()
    };
    ensure!(calls.iter().all(|c| c["unit"] != "618" || late(c, "REPORT").len() == 1), "{calls:#?}");
    // Letter 4267, 1.c: what is not rated is late too, where there is anything to rate.
    let rated = |c: &&Value| c["unit"] == "618" && late(c, "RATING").iter().all(|l| l["unrated"].as_u64() > Some(0));
    ensure!(calls.iter().any(|c| rated(&c) && !late(c, "RATING").is_empty()), "{calls:#?}");
    ensure!(calls.iter().all(|c| c["unit"] != "611" || late(c, "RATING").is_empty()), "nothing came of it: {calls:#?}");
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
    // The quarter has begun, and is not over.
    set_clock(Some("2026-12-15 08:00:00"))?;
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
    // The unit's own proposal comes first: signed, it belongs to the dossier.
    let own = out.to_str().context("a path in UTF-8")?;
    let unit_proposal = node.tell(&["letter", "nominate", &nomination, "--out", own])?.stdout.trim().to_owned();
    hub.tell(&["lint", &unit_proposal])?;
    let text = paragraphs(Path::new(&unit_proposal))?.join("\n");
    says(&text, &format!("thông báo mô hình “{name}” được xây dựng"))?;
    says(&text, "- Cách làm, hiệu quả theo đề xuất: giảm trộm cắp.")?;
    says(&text, "- Hồ sơ (điểm 2): Chưa đạt. ")?;
    ensure!(unit_proposal.ends_with(&format!("nomination-2027-Q1-610-{}.docx", &nomination[24..])), "{unit_proposal}");
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

    // The unit that did the survey makes them too: the same Word document, byte for byte.
    let own = p.folder().join("own");
    let made = node.tell(&["letter", "minutes", &survey, "--out", own.to_str().context("a path in UTF-8")?])?;
    let own = own.join(format!("minutes-{survey}.docx"));
    ensure!(made.stdout.trim() == own.to_string_lossy(), "{}", made.stdout);
    ensure!(std::fs::read(own)? == std::fs::read(file(&files, &format!("minutes-{survey}.docx"))?)?, "another paper");
    let pdf = node.ask(&["letter", "minutes", &survey, "--out", folder, "--format", "docx,pdf"])?.refused()?;
    ensure!(pdf.contains("trạm tỉnh"), "told where it can be had: {pdf}");
    Ok(())
}

/// The minutes of the rating of 2022 that a node makes: its one file, and what it says.
fn own_rating(node: &Node, out: &Path) -> Result<(PathBuf, Vec<String>)> {
    let made = node.tell(&["letter", "rating", "2022", "--out", out.to_str().context("a path in UTF-8")?])?;
    ensure!(made.stdout.lines().count() == 1, "Word alone: {}", made.stdout);
    let file = PathBuf::from(made.stdout.trim());
    ensure!(file.ends_with("rating-2022-610.docx"), "{}", file.display());
    let lines = paragraphs(&file)?;
    Ok((file, lines))
}

/// Below ten a count in prose is padded.
fn points(n: usize) -> String {
    format!("{n:02} điểm")
}

/// What the minutes must say, counted from `point list` by the letter's own dates: the year ends on 9 November,
/// six months before is 9 May.
fn check_figures(lines: &[String], list: &[Record], unrated: usize) -> Result<()> {
    let ended = |p: &&Record| match p.text("ended_on") {
        "" => p.text("status") == "CHAM_DUT",
        day => day <= "2022-11-09",
    };
    let decided = |p: &&Record| !p.text("decision_date").is_empty() && p.text("decision_date") <= "2022-11-09";
    let alive: Vec<&Record> = list.iter().filter(|p| !ended(p)).collect();
    let counted: Vec<&Record> = alive.iter().copied().filter(|p| decided(p)).collect();
    let pending = alive.iter().filter(|p| !decided(p) && p.text("origin") == "TU_PHAT").count();
    let eligible: Vec<&&Record> = counted.iter().filter(|p| p.text("decision_date") <= "2022-05-09").collect();
    let at = |level: &str| eligible.iter().filter(|p| p.rating(2022, "610") == Some(level)).count();
    let models: std::collections::BTreeSet<&str> = counted.iter().map(|p| p.text("model")).collect();
    let (teams, members): (i64, i64) = counted.iter().fold((0, 0), |(teams, members), p| {
        (teams + p.number("teams").unwrap_or(0), members + p.number("members").unwrap_or(0))
    });
    let thousands = |n: i64| if n < 1_000 { format!("{n:02}") } else { format!("{}.{:03}", n / 1_000, n % 1_000) };
    let text = lines.join("\n");
    says(
        &text,
        &format!(
            "trên địa bàn huyện Đắk Glei có {} đã có quyết định và chưa chấm dứt hoạt động, thuộc {:02} mô hình, với \
             {} tổ, {} thành viên.",
            points(counted.len()),
            models.len(),
            thousands(teams),
            thousands(members)
        ),
    )?;
    says(&text, &format!("Trong đó {} đủ thời gian hoạt động", points(eligible.len())))?;
    says(&text, &format!("Còn {pending:02} điểm tự phát chờ công nhận"))?;
    says(
        &text,
        &format!(
            "2. Kết quả xếp loại năm 2022: Tốt {}; Khá {}; Trung bình {}; Yếu {};",
            points(at("tot")),
            points(at("kha")),
            points(at("trung_binh")),
            points(at("yeu"))
        ),
    )?;
    let effective = at("tot") + at("kha");
    says(&text, &format!("hiệu quả: {} trên {} đủ", points(effective), points(eligible.len())))?;
    let none = eligible.iter().filter(|p| p.rating(2022, "610").is_none()).count();
    ensure!(none == unrated, "{none} points have no rating");
    says(
        &text,
        &match unrated {
            0 => "Không còn điểm nào chưa xếp loại.".to_owned(),
            n => format!("Chưa xếp loại: {}, ghi tại Phụ lục.", points(n)),
        },
    )?;
    // The annex has a row, with a decision, for each counted point, and their number below.
    let annex = &lines[lines.iter().position(|l| l == "Phụ lục").context("no annex")?..];
    let day = |line: &str| line.rsplit_once("gày ").is_some_and(|(_, d)| d.len() == 10 && d.matches('/').count() == 2);
    let rows = annex.iter().filter(|line| day(line)).count();
    ensure!(rows == counted.len() && annex.contains(&points(counted.len())), "{rows} rows");
    Ok(())
}

/// 1.c, "hằng năm tổ chức đánh giá, xếp loại": the unit makes the minutes of its meeting by itself, in Word, with
/// the figures that its lists have; what raters differ about names both levels (R6, R7, R11, R12).
#[test]
fn a_unit_makes_the_minutes_of_its_yearly_rating_from_what_it_has_rated() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node, out) = (p.hub(), p.node("610"), p.folder().join("out"));
    node.import(&fixtures::spreadsheet("610"))?;
    let is_old = |x: &&Record| !x.text("decision_date").is_empty() && x.text("decision_date") <= "2022-05-09";
    let open = |list: &[Record]| -> Vec<String> {
        let alive =
            list.iter().filter(is_old).filter(|x| x.text("ended_on").is_empty() && x.text("status") != "CHAM_DUT");
        alive.filter(|x| x.rating(2022, "610").is_none()).map(|x| x.id.clone()).collect()
    };
    let unrated = open(&node.points()?);
    ensure!(!unrated.is_empty(), "the spreadsheet leaves something to rate");
    let (file, lines) = own_rating(node, &out)?;
    check_figures(&lines, &node.points()?, unrated.len())?;
    hub.tell(&["lint", file.to_str().context("a path in UTF-8")?])?;
    for wanted in [
        "CÔNG AN HUYỆN ĐẮK GLEI",
        "Họp đánh giá, xếp loại mô hình năm 2022",
        "Thành phần tham dự: ……………………………………",
        "Kết quả tạm tính tại địa bàn",
        "3. Kiến nghị: ……………………………………",
    ] {
        ensure!(lines.iter().any(|line| line == wanted), "“{wanted}” is missing in {lines:#?}");
    }
    // Each model with the figures and the interim result that the unit's own command tells.
    for v in node.verdicts(2022)?.iter().filter(|v| v.eligible > 0) {
        let label = match v.verdict.as_str() {
            "EFFECTIVE" => "Hiệu quả",
            "NOT_EFFECTIVE" => "Chưa hiệu quả",
            _ => "Chưa đủ căn cứ",
        };
        let counts = [v.eligible, v.effective, v.unrated].map(|n| n.to_string());
        let found = lines.windows(6).any(|row| row[0] == v.name && row[2..5] == counts && row[5] == label);
        ensure!(found, "no row of “{}” with {counts:?}, {label} in {lines:#?}", v.name);
    }

    for id in &unrated {
        node.rate(id, 2022, "trung_binh")?;
    }
    let (_, lines) = own_rating(node, &out)?;
    check_figures(&lines, &node.points()?, 0)?;

    let refused = |args: &[&str]| node.ask(&[args, &["--out", "x"]].concat())?.refused();
    let pdf = refused(&["letter", "rating", "2022", "--format", "pdf"])?;
    ensure!(pdf.contains("không lập tệp PDF") && pdf.contains("trạm tỉnh"), "told where it can be had: {pdf}");
    refused(&["letter", "rating", "22"])?;
    refused(&["letter", "rating", "2022", "--format", "odt"])?;

    // The province rates otherwise.
    let contested = node.points()?.into_iter().find(|x| x.id == unrated[0]).context("the point")?;
    node.sync()?;
    hub.rate(&contested.id, 2022, "tot")?;
    node.sync()?;
    let (file, lines) = own_rating(node, &out)?;
    let text = lines.join("\n");
    says(&text, "cho đến khi cấp phê duyệt chọn một mức: 01 điểm, cụ thể:")?;
    says(&text, "Trung bình (huyện Đắk Glei), Tốt (tỉnh Kon Tum).")?;
    ensure!(lines.iter().any(|line| line == "Chưa thống nhất"), "{lines:#?}");

    // The province sees the same, and says since when it knows it.
    let at_hub = made(hub, &["letter", "rating", "2022", "--unit", "610"], &p.folder().join("one"))?;
    ensure!(at_hub.len() == 2, "Word and PDF: {at_hub:?}");
    let theirs = paragraphs(keng_tests::papers::file(&at_hub, "rating-2022-610.docx")?)?;
    let differing: Vec<(&String, &String)> = lines.iter().zip(&theirs).filter(|(a, b)| a != b).collect();
    ensure!(lines.len() == theirs.len() && differing.len() == 1, "{differing:#?}");
    ensure!(differing[0].0.starts_with("Theo sổ theo dõi của huyện Đắk Glei;"), "{differing:#?}");
    ensure!(differing[0].1.starts_with("Theo số liệu tỉnh nhận được của huyện Đắk Glei đến "), "{differing:#?}");
    says(
        &words(keng_tests::papers::file(&at_hub, "rating-2022-610.pdf")?)?,
        "Trung bình (huyện Đắk Glei), Tốt (tỉnh Kon Tum)",
    )?;
    hub.tell(&["lint", file.to_str().context("a path in UTF-8")?])?;
    let all = made(hub, &["letter", "rating", "2022"], &p.folder().join("all"))?;
    ensure!(all.len() == 2 * 10, "one for each unit: {all:?}");
    let silent = paragraphs(keng_tests::papers::file(&all, "rating-2022-611.docx")?)?.join("\n");
    says(&silent, "Tỉnh chưa nhận được số liệu nào của huyện Ngọc Hồi;")?;
    for unit in ["62", "23368", "999"] {
        hub.ask(&["letter", "rating", "2022", "--unit", unit, "--out", "x"])?.refused()?;
    }
    Ok(())
}
