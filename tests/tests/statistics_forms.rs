//! Statistics forms of earlier years, with one row for each model: taken in by the real program, compared with
//! the points that are here, and made by the province's own report.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use keng_domain::text::Legacy;
use keng_tests::answers::Record;
use keng_tests::sheet::{self, Row};
use keng_tests::{Node, Province, fixtures};
use serde_json::Value;

/// A form as a district kept it: heading, titles over two rows, sections, a sum, signatures.
const FORM: &str = "CÔNG AN HUYỆN IA H'DRAI
THỐNG KÊ MÔ HÌNH TRONG PHONG TRÀO TOÀN DÂN BẢO VỆ AN NINH TỔ QUỐC NĂM 2021

TT|Tên mô hình|Lĩnh vực|Đơn vị chủ trì|Năm xây dựng (QĐ số)|Tổng số điểm|Tổng số tổ|Số thành viên|Kết quả xếp loại điểm||||Ghi chú
||||||||Tốt|Khá|Trung bình|Yếu
(1)|(2)|(3)|(4)|(5)|(6)|(7)|(8)|(9)|(10)|(11)|(12)|(13)
I|Lĩnh vực an ninh||||15|18
1|Tiếng kẻng an ninh|Tự quản khu dân cư|Công an huyện|2019|3|4|60|0|2|0|0
2|Camera an ninh|An ninh nông thôn|Mặt trận Tổ quốc|QĐ số 12/QĐ-UBND ngày 3/4/2019|12|14|120|7|3|1|1
|Tổng cộng||||15|18|180|7|5|1|1

||||||TRƯỞNG CÔNG AN HUYỆN";

fn cells(form: &str) -> Vec<Vec<&str>> {
    form.lines().map(|line| line.split('|').collect()).collect()
}

fn write_xlsx(file: &Path, form: &str) -> Result<()> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (r, row) in (0_u32..).zip(cells(form)) {
        for (c, cell) in (0_u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            match cell.parse::<f64>() {
                Ok(n) => sheet.write_number(r, c, n)?,
                Err(_) => sheet.write_string(r, c, cell)?,
            };
        }
    }
    Ok(book.save(file)?)
}

fn import(node: &Node, file: &Path, more: &[&str]) -> Result<Value> {
    let mut words = vec!["import", file.to_str().context("a path in UTF-8")?, "--json"];
    words.extend(more);
    let mut answer: Value = node.ask(&words)?.json()?;
    Ok(answer["files"][0].take())
}

fn sentences(file: &Value, of: &str) -> Vec<String> {
    let all = file["form"][of].as_array().into_iter().flatten();
    all.filter_map(|d| d["sentence"].as_str().map(str::to_owned)).collect()
}

/// A district with two points of one model: both of before the form, one rated that year.
fn district() -> Result<(Province, PathBuf)> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let rows = ["Thôn 1", "Thôn 2"].map(|place| Row {
        model: "Tiếng kẻng an ninh",
        commune: "Xã Ia Dom",
        place,
        decided: "05/01/2020",
        teams: 2,
        members: 20,
        rating: "Khá",
    });
    let file = p.folder().join("618.xlsx");
    sheet::write(&file, "Huyện Ia H'Drai", 2021, &rows)?;
    p.node("618").import(&file)?;
    let form = p.folder().join("biểu 2021.xlsx");
    write_xlsx(&form, FORM)?;
    Ok((p, form))
}

fn model(node: &Node, name: &str) -> Result<Record> {
    node.models()?.into_iter().find(|m| m.text("name") == name).with_context(|| format!("no {name}"))
}

#[test]
fn a_form_of_an_earlier_year_adds_models_and_tells_which_points_are_missing() -> Result<()> {
    let (p, form) = district()?;
    let node = p.node("618");
    node.ask(&["model", "edit", &model(node, "Tiếng kẻng an ninh")?.id, "--set", "lead=UBND huyện"])?.done()?;

    let dry = import(node, &form, &["--dry-run"])?;
    ensure!(dry["new"] == 1 && node.models()?.len() == 1, "{dry:#}");
    let told = import(node, &form, &[])?;
    ensure!((told["rows"].as_u64(), told["new"].as_u64(), told["changed"].as_u64()) == (Some(2), Some(1), Some(1)));
    ensure!(told["rejected"] == serde_json::json!([]) && node.points()?.len() == 2, "a form makes no point: {told:#}");
    ensure!(
        sentences(&told, "differences")
            == [
                "Dòng 8, mô hình “Tiếng kẻng an ninh”: biểu ghi 3 điểm, 60 thành viên; máy này có 2 điểm, 40 thành \
                 viên. Còn 1 điểm chưa nhập: nhập từng điểm bằng danh sách điểm.",
                "Dòng 9, mô hình “Camera an ninh”: biểu ghi 12 điểm, 14 tổ, 120 thành viên, 7 điểm xếp loại Tốt, 3 điểm \
                 xếp loại Khá, 1 điểm xếp loại Trung bình, 1 điểm xếp loại Yếu; máy này chưa có điểm nào được tính. \
                 Còn 12 điểm chưa nhập: nhập từng điểm bằng danh sách điểm."
            ],
        "{told:#}"
    );
    ensure!(
        sentences(&told, "left")
            == [
                "Dòng 8, mô hình “Tiếng kẻng an ninh”, Cơ quan chủ trì, tham mưu: biểu ghi “Công an huyện”; máy này ghi \
                 “UBND huyện”, giữ nguyên."
            ],
        "{told:#}"
    );
    ensure!(told["form"]["as_of"] == "2021-11-09" && told["form"]["period"] == "năm 2021", "{told:#}");
    let notices = told["notices"].to_string();
    ensure!(notices.contains("0 mô hình khớp, 2 mô hình khác") && notices.contains("1 mô hình chỉ có năm xây dựng"));

    let (kept, new) = (model(node, "Tiếng kẻng an ninh")?, model(node, "Camera an ninh")?);
    ensure!(kept.text("lead") == "UBND huyện" && kept.text("fields") == "Tự quản khu dân cư");
    ensure!(kept.text("founded_on") == "2019-01-01", "{kept:?}");
    ensure!(new.text("lead") == "Mặt trận Tổ quốc" && new.text("founded_on") == "2019-04-03", "{new:?}");

    node.sync()?;
    let again = import(node, &form, &[])?;
    ensure!((again["new"].as_u64(), again["changed"].as_u64()) == (Some(0), Some(0)), "{again:#}");
    ensure!(node.status()?.pending == 0, "importing it twice writes nothing");
    let said = node.ask(&["import", form.to_str().context("UTF-8")?])?.done()?.stdout;
    ensure!(said.contains("(mỗi dòng một mô hình)") && said.contains("  Dòng 9, mô hình “Camera an ninh”"), "{said}");
    Ok(())
}

#[test]
fn the_same_form_comes_as_xlsx_and_in_tcvn3_csv() -> Result<()> {
    let (p, form) = district()?;
    let node = p.node("618");
    let first = import(node, &form, &[])?;
    let csv = cells(FORM).into_iter().map(|row| row.join(";")).collect::<Vec<_>>().join("\r\n");
    let bytes: Vec<u8> = Legacy::Tcvn3
        .encode(&csv)
        .chars()
        .map(|c| u8::try_from(u32::from(c)).context("a letter beyond Latin-1"))
        .collect::<Result<_>>()?;
    let old = p.folder().join("biểu 2021.csv");
    fs::write(&old, bytes)?;
    let told = import(node, &old, &[])?;
    ensure!(told["encoding"] == "tcvn3" && told["rejected"] == serde_json::json!([]), "{told:#}");
    ensure!((told["new"].as_u64(), told["changed"].as_u64()) == (Some(0), Some(0)), "{told:#}");
    ensure!(told["form"]["differences"] == first["form"]["differences"], "{told:#}");
    Ok(())
}

#[test]
fn a_form_is_taken_back_as_one_act_and_its_rejected_rows_are_mended() -> Result<()> {
    let (p, form) = district()?;
    let (node, mend) = (p.node("618"), p.folder().join("sửa.xlsx"));
    let before = (node.models()?, node.points()?);
    let wrong = FORM.replace("|12|14|", "|mười hai|14|").replace("1|Tiếng kẻng an ninh|", "1||");
    write_xlsx(&form, &wrong)?;
    let told = import(node, &form, &["--rejected", mend.to_str().context("UTF-8")?])?;
    let rejected: Vec<_> = told["rejected"].as_array().into_iter().flatten().map(|r| r["column"].clone()).collect();
    ensure!(rejected == ["Tên mô hình", "Tổng số điểm"] && told["new"] == 0, "{told:#}");

    // An officer mends the count, and leaves the other row as it is.
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(&mend)?;
    let range = calamine::Reader::worksheet_range_at(&mut book, 0).context("a sheet")??;
    let rows = range.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"));
    let lines = "\n".repeat(range.start().map_or(0, |(row, _)| row as usize));
    write_xlsx(&mend, &(lines + &rows.collect::<Vec<_>>().join("\n").replace("mười hai", "12")))?;
    let mended = import(node, &mend, &[])?;
    ensure!(mended["new"] == 1 && mended["rejected"].as_array().is_some_and(|r| r.len() == 1), "{mended:#}");
    ensure!(sentences(&mended, "differences")[0].contains("“Camera an ninh”: biểu ghi 12 điểm"), "{mended:#}");

    let undone: Value = node.ask(&["import", "--undo", &mended["import"].to_string(), "--json"])?.done()?.json()?;
    ensure!(undone["models"] == 1 && undone["left"] == serde_json::json!([]), "{undone:#}");
    ensure!((node.models()?, node.points()?) == before, "something of it stays");
    let back = import(node, &mend, &[])?;
    ensure!(back["new"] == 1 && model(node, "Camera an ninh")?.text("lead") == "Mặt trận Tổ quốc", "{back:#}");
    Ok(())
}

/// R13: by it a model is new or not.
#[test]
fn a_model_is_not_founded_ahead_by_command_or_by_a_form() -> Result<()> {
    let (p, form) = district()?;
    let node = p.node("618");
    let id = model(node, "Tiếng kẻng an ninh")?.id;
    let refused = node.ask(&["model", "edit", &id, "--set", "founded_on=05/01/2099"])?.refused()?;
    ensure!(refused.contains("Ngày xây dựng: ngày 05/01/2099 chưa tới"), "{refused}");
    write_xlsx(&form, &FORM.replace("ngày 3/4/2019", "ngày 3/4/2099"))?;
    let told = import(node, &form, &[])?;
    let left = sentences(&told, "left");
    ensure!(told["new"] == 1 && left.len() == 1, "{told:#}");
    let sentence = "Dòng 9, mô hình “Camera an ninh”, Ngày xây dựng: ngày 03/04/2099 chưa tới";
    ensure!(left[0].starts_with(sentence) && model(node, "Camera an ninh")?.text("founded_on").is_empty(), "{left:?}");
    Ok(())
}

#[test]
fn a_filled_in_field_is_empty_again_when_the_form_is_taken_back() -> Result<()> {
    let (p, form) = district()?;
    let node = p.node("618");
    let before = node.models()?;
    let told = import(node, &form, &[])?;
    node.ask(&["import", "--undo", &told["import"].to_string()])?.done()?;
    let after = node.models()?;
    let of =
        |all: &[Record]| all.iter().map(|m| ["lead", "founded_on"].map(|f| m.text(f).to_owned())).collect::<Vec<_>>();
    ensure!(of(&after) == of(&before), "{after:?}");
    Ok(())
}

#[test]
fn a_model_like_another_is_told_and_an_officers_word_joins_it() -> Result<()> {
    let (p, form) = district()?;
    let node = p.node("618");
    let list = p.folder().join("camera.xlsx");
    let camera = Row {
        model: "Camera giám sát ANTT",
        commune: "Xã Ia Dom",
        place: "Thôn 1",
        decided: "05/01/2020",
        teams: 1,
        members: 5,
        rating: "Tốt",
    };
    sheet::write(&list, "Huyện Ia H'Drai", 2021, &[camera])?;
    node.import(&list)?;
    let known = model(node, "Camera giám sát ANTT")?.id;
    let told = import(node, &form, &[])?;
    ensure!(told["look_alikes"][0]["existing"][0]["id"] == known.as_str() && told["new"] == 1, "{told:#}");
    node.ask(&["import", "--undo", &told["import"].to_string()])?.done()?;
    let said = import(node, &form, &["--same", &format!("Camera an ninh={known}")])?;
    ensure!(said["new"] == 0 && said["form"]["differences"][1]["model"] == known.as_str(), "{said:#}");
    ensure!(sentences(&said, "differences")[1].contains("máy này có 1 điểm"), "{said:#}");
    Ok(())
}

#[test]
fn the_form_that_the_province_prints_is_read_at_other_nodes_and_agrees_with_what_it_was_made_from() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join_all(&["618", "611"])?;
    p.node("618").import(&fixtures::spreadsheet("618"))?;
    p.sync_all()?;
    p.hub().merge_suggested()?;
    p.sync_all()?;
    let out = p.folder().join("out");
    let annual = p.hub().report(2022, &out, "xlsx", None)?.pop().context("no report")?;
    let half =
        p.hub().tell(&["report", "half-year", "2022", "--out", out.to_str().context("UTF-8")?, "--format", "xlsx"])?;
    let half = PathBuf::from(half.stdout.trim());

    for form in [&annual, &half] {
        let own = import(p.node("618"), form, &[])?;
        ensure!(own["rejected"] == serde_json::json!([]) && own["new"] == 0, "{own:#}");
        ensure!(own["form"]["differences"] == serde_json::json!([]), "the same figures: {own:#}");
        let models = own["form"]["models"].as_u64().context("no count")?;
        ensure!(models > 3 && own["rows"] == models, "{own:#}");
        let other = import(p.node("611"), form, &[])?;
        ensure!(other["rejected"] == serde_json::json!([]) && other["rows"] == models, "{other:#}");
        ensure!(other["new"] == 0 && p.node("611").points()?.is_empty(), "{other:#}");
        let differing = other["form"]["differences"].as_array().map_or(0, Vec::len);
        ensure!(differing > 3, "another district has none of these points: {other:#}");
    }
    // The year of the form is that of the first point's decision, which is here: no day is made up beside it.
    let node = p.node("618");
    ensure!(node.models()?.iter().all(|m| m.text("founded_on").is_empty()), "{:?}", node.models()?);
    Ok(())
}
