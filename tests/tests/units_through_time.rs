//! 1/7/2025: ten districts and 102 communes become forty communes of another province, while a
//! district is offline. Nothing is lost, nothing comes to a wrong home, sums by both trees agree.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use calamine::Reader;
use keng_tests::answers::Record;
use keng_tests::papers::paragraphs;
use keng_tests::sheet::{self, Row};
use keng_tests::{Hub, Province, fixtures};
use serde_json::Value;

const OLD: &str = "kontum-2022";
const NEW: &str = "quangngai-2025";

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}

fn change(hub: &Hub, file: &Path, args: &[&str]) -> Result<Value> {
    hub.tell(&[&["unit", "change", text(file)?, "--json"], args].concat())?.json()
}

fn annual(hub: &Hub, year: &str, args: &[&str]) -> Result<(Value, Vec<u8>)> {
    let out = tempfile::tempdir()?;
    let fixed = ["report", "annual", year, "--format", "json", "--out", text(out.path())?];
    let answer = hub.tell(&[&fixed, args].concat())?;
    let bytes = std::fs::read(answer.stdout.trim())?;
    Ok((serde_json::from_slice(&bytes)?, bytes))
}

fn lsn(hub: &Hub) -> Result<u64> {
    hub.tell(&["status", "--json"])?.json::<Value>()?["lsn"].as_u64().context("no lsn")
}

fn scopes(points: &[Record]) -> BTreeSet<&str> {
    points.iter().map(|p| p.text("scope")).collect()
}

fn in_scope<'a>(points: &'a [Record], code: &str) -> Result<&'a Record> {
    let scope = format!("area:{OLD}:{code}");
    points.iter().find(|p| p.text("scope") == scope).with_context(|| format!("no point in {scope}"))
}

/// The lines of a report about sums that must agree.
fn all_agree(figures: &Value) -> Result<usize> {
    let lines = figures["reconciliation"].as_array().context("no reconciliation")?;
    ensure!(lines.iter().all(|l| l["holds"] == true), "{lines:?}");
    Ok(lines.iter().filter(|l| l["what"].as_str().is_some_and(|w| w.contains("danh mục đơn vị"))).count())
}

#[test]
fn a_district_is_dissolved_while_it_is_offline() -> Result<()> {
    let mut p = Province::with("62", &[&fixtures::units(OLD), &fixtures::units(NEW)])?;
    p.join("617")?;
    p.node("617").import(&fixtures::spreadsheet("617"))?;
    p.node("617").sync()?;
    p.hub().merge_suggested()?;
    let before = lsn(p.hub())?;
    let (figures, cut) = annual(p.hub(), "2022", &[])?;
    ensure!(figures["units"].as_array().map(Vec::len) == Some(10) && figures["tree"].is_null(), "{figures}");
    let held = p.node("617").points()?;
    let (of_tu_mo_rong, of_dak_ha) = (in_scope(&held, "23422")?.id.clone(), in_scope(&held, "23425")?.id.clone());

    // The list that the province has taken over, and who reports from it after the change (R16).
    p.node("617").tell(&["submission", "hand-in", "2024-annual"])?;
    p.node("617").sync()?;
    let list: Vec<Value> = p.hub().tell(&["submission", "list", "--json"])?.json()?;
    p.hub().tell(&["submission", "accept", list[0]["id"].as_str().context("an id")?])?;

    // Offline, an officer goes on; and adds a point of the district itself.
    p.node("617").edit_point(&of_tu_mo_rong, "teams", 41)?;
    let model = held[0].fields["model"].as_str().context("a point without a model")?;
    let model = format!("model={model}");
    p.node("617").tell(&[
        "point",
        "add",
        "--set",
        "unit=617",
        &model,
        "place=Cụm giáp ranh",
        "decision_date=2021-03-01",
    ])?;

    the_change_is_shown_and_confirmed(&p)?;
    a_dissolved_unit_gets_no_machine(p.hub())?;

    // A commune of the new catalogue receives what its predecessors wrote, and nothing else.
    p.join("23425")?;
    let commune = p.node("23425");
    commune.sync()?;
    let inherited = commune.points()?;
    let expected: BTreeSet<String> = ["23422", "23425"].map(|c| format!("area:{OLD}:{c}")).into();
    ensure!(scopes(&inherited) == expected.iter().map(String::as_str).collect(), "{:?}", scopes(&inherited));
    let theirs = |points: &[Record]| -> BTreeSet<String> {
        points.iter().filter(|p| expected.contains(p.text("scope"))).map(|p| p.id.clone()).collect()
    };
    ensure!(theirs(&inherited) == theirs(&held), "history is not whole, or records changed their ids");
    commune.edit_point(&of_dak_ha, "members", 77)?;
    commune.rate(&of_dak_ha, 2025, "kha")?;
    commune.tell(&["point", "add", "--set", "unit=23425", &model, "place=Thôn mới", "decision_date=2025-08-01"])?;
    commune.sync()?;

    a_model_is_listed_by_the_unit_that_reported_it(p.hub(), commune, &held[0])?;

    // Not knowing, the district hands in for a period that is not its own any more.
    p.node("617").tell(&["submission", "hand-in", "2025-annual"])?;
    let named = held[0].text("model");
    p.node("617").tell(&["nomination", "add", named, "--quarter", "2025-Q4", "--case", "moi", "--reason", "hay"])?;

    // The district comes back: all it wrote is taken, and it is told what became of it.
    let district = p.node("617");
    district.sync()?;
    district.sync()?;
    let status: Value = district.tell(&["status", "--json"])?.json()?;
    ensure!(status["pending"] == 0 && status["refused"] == 0, "{}", status["refused"]);
    let note = "Huyện Tu Mơ Rông đã sắp xếp từ 01/07/2025; số liệu được tính cho Xã Đăk Sao, Xã Đăk Tờ Kan, Xã Tu Mơ Rông, Xã Măng Ri.";
    ensure!(status["rehomed"] == note, "{}", status["rehomed"]);
    ensure!(district.point(&of_dak_ha)?.fields["members"] == 77);
    ensure!(scopes(&district.points()?).iter().all(|s| s.starts_with("area:kontum-2022:")));
    let status: Value = p.hub().tell(&["status", "--json"])?.json()?;
    ensure!(status["rehomed"][0]["note"] == note && status["catalogue"] == NEW, "{status}");
    ensure!(p.hub().tell(&["quarantine", "list"])?.stdout.lines().count() <= 1, "something lies in quarantine");
    p.node("23425").sync()?;
    ensure!(p.node("23425").point(&of_tu_mo_rong)?.fields["teams"] == 41);

    what_a_dissolved_unit_hands_in_stands_for_nobody(&p)?;
    let effect = change(p.hub(), &fixtures::lineage(), &[])?;
    let left = &effect["to_move"];
    ensure!(left.as_array().map(Vec::len) == Some(1) && left[0]["from"] == "617" && left[0]["to"] == "51", "{left}");

    both_trees_agree(p.hub())?;
    each_duty_of_the_year_is_owed_by_who_was_there(&p)?;
    each_paper_comes_from_the_province_of_its_day(&p, &of_dak_ha)?;
    let (_, again) = annual(p.hub(), "2022", &["--at", &before.to_string()])?;
    ensure!(again == cut, "a report made before the change cannot be made again");
    Ok(())
}

fn the_change_is_shown_and_confirmed(p: &Province) -> Result<()> {
    let (hub, file) = (p.hub(), fixtures::lineage());
    let before = lsn(hub)?;
    let shown = change(hub, &file, &[])?;
    let units = shown["units"].as_array().context("no units")?;
    let count = |key: &str| units.iter().filter(|u| u[key] == true).count();
    let homes: BTreeSet<&str> = units.iter().filter_map(|u| u["to"].as_str()).collect();
    ensure!((units.len(), homes.len()) == (102, 40) && shown["confirmed"] == false, "{shown}");
    ensure!((count("reused_code"), count("moved_name")) == (22, 16), "{shown}");
    ensure!(shown["effective"] == "2025-07-01" && shown["dropped"] == serde_json::json!([]));
    let (old, new) = (&shown["totals"]["before"], &shown["totals"]["after"]);
    for key in ["models", "points", "teams", "members"] {
        ensure!(old[key] == new[key] && old[key].as_u64() > Some(0), "{key}: {old} {new}");
    }
    ensure!(shown["nodes"][0]["id"] == "617-1", "{}", shown["nodes"]);
    ensure!(lsn(hub)? == before, "looking wrote something");

    let pairs = std::fs::read_to_string(&file)?.replace('\r', "");
    let refused = |pairs: String, word: &str| -> Result<()> {
        let file = p.folder().join("wrong.csv");
        std::fs::write(&file, pairs)?;
        let sentence = hub.ask(&["unit", "change", text(&file)?, "--confirm"])?.refused()?;
        ensure!(sentence.contains(word) && sentence.contains("Chưa ghi gì"), "no “{word}” in {sentence}");
        Ok(())
    };
    refused(pairs.replace("23422,23425\n", ""), "Xã Tu Mơ Rông (23422)")?;
    refused(format!("{pairs}99999,23425\n"), "99999")?;
    refused(format!("{pairs}23422,23446\n"), "Xã Tu Mơ Rông (23425) và Xã Măng Ri (23446)")?;
    refused(pairs.replace(",2", ",9"), "--catalogue")?;
    refused(pairs.replace("from_code", "mã cũ"), "không có cột from_code")?;
    let semicolons = p.folder().join("chấm-phẩy.csv");
    std::fs::write(&semicolons, pairs.replace(',', ";"))?;
    ensure!(change(hub, &semicolons, &[])?["units"] == shown["units"], "with semicolons it says something else");
    ensure!(lsn(hub)? == before);

    let done = change(hub, &file, &["--confirm", "--officer", "Đại tá A", "--reason", "NQ 1677/NQ-UBTVQH15"])?;
    ensure!(done["confirmed"] == true && done["units"] == shown["units"]);
    ensure!(lsn(hub)? == before + 1, "one record, one entry");
    ensure!(change(hub, &file, &["--confirm"])? == done && lsn(hub)? == before + 1, "confirmed twice");
    refused(pairs.replace("23422,23425", "23422,23446"), "Xã Tu Mơ Rông (nay là Xã Tu Mơ Rông (23425))")
}

fn a_dissolved_unit_gets_no_machine(hub: &Hub) -> Result<()> {
    let invite = |unit: &str| hub.ask(&["invite", unit, "--hub", "127.0.0.1:1", "--json"]);
    for unit in ["617", "kontum-2022:617", "kontum-2022:23425"] {
        let sentence = invite(unit)?.refused()?;
        ensure!(sentence.contains("Xã Tu Mơ Rông (23425)"), "{sentence}");
    }
    let token: Value = invite("quangngai-2025:23446")?.done()?.json()?;
    ensure!(token["unit"] == "23446" && token["catalogue"] == NEW, "{token}");
    Ok(())
}

/// R16: the list of a unit that is dissolved now is the latest that the province has taken over.
fn a_model_is_listed_by_the_unit_that_reported_it(hub: &Hub, commune: &keng_tests::Node, point: &Record) -> Result<()> {
    let model = point.text("model");
    commune.tell(&["nomination", "add", model, "--quarter", "2025-Q4", "--case", "tot"])?;
    commune.sync()?;
    let all: Vec<Value> = hub.tell(&["nomination", "list", "--json"])?.json()?;
    ensure!(all.len() == 1 && all[0]["unit"] == "23425" && all[0]["listed"] == true, "{all:#?}");
    Ok(())
}

/// At the hub it is kept and marked; at a node that has heard of the change nothing more is handed in.
fn what_a_dissolved_unit_hands_in_stands_for_nobody(p: &Province) -> Result<()> {
    let list: Vec<Value> = p.hub().tell(&["submission", "list", "--json"])?.json()?;
    let of = |period: &str| list.iter().find(|s| s["period"] == period).context("no such submission");
    let instead = "từ ngày 01/07/2025 do Xã Đăk Sao, Xã Đăk Tờ Kan, Xã Tu Mơ Rông, Xã Măng Ri trình";
    ensure!(of("2025-annual")?["not_of_period"] == format!("không thuộc kỳ này: {instead}"), "{list:#?}");
    ensure!(of("2024-annual")?["not_of_period"].is_null(), "{list:#?}");
    ensure!(p.hub().tell(&["submission", "list"])?.stdout.contains(instead));
    let nominations: Vec<Value> = p.hub().tell(&["nomination", "list", "--json"])?.json()?;
    let of_unit = |unit: &str| {
        let one = nominations.iter().find(|n| n["unit"] == unit).with_context(|| format!("none of {unit}"))?;
        let told = one["why"]["conditions"].as_array().into_iter().flatten().find(|c| c["rule"] == "R31");
        Ok::<_, anyhow::Error>(told.map(|c| c["sentence"].as_str().unwrap_or_default().to_owned()))
    };
    ensure!(of_unit("617")?.is_some_and(|s| s.contains(instead)) && of_unit("23425")?.is_none(), "{nominations:#?}");
    let district = p.node("617");
    let model = district.points()?[0].text("model").to_owned();
    let nominate = ["nomination", "add", &model, "--quarter", "2025-Q4", "--case", "tot"];
    for act in [&["submission", "hand-in", "2025-annual"][..], &nominate] {
        let sentence = district.ask(act)?.refused()?;
        ensure!(sentence.contains(instead) && sentence.contains("chưa trình gì"), "{sentence}");
    }
    Ok(())
}

/// May was the districts', November is the communes'.
fn each_duty_of_the_year_is_owed_by_who_was_there(p: &Province) -> Result<()> {
    let state = |rows: &[Value], unit: &str, duty: &str| -> Result<String> {
        let row = rows.iter().find(|r| r["unit"] == unit).with_context(|| format!("no row of {unit}"))?;
        let cells = row["cells"].as_array().context("no cells")?;
        let cell = cells.iter().find(|c| c["period"] == duty && c["duty"] == "REPORT").context("no such duty")?;
        Ok(cell["state"].as_str().context("no state")?.to_owned())
    };
    let rows: Vec<Value> = p.hub().tell(&["obligations", "2025", "--json"])?.json()?;
    ensure!(rows.len() == 10 + 96, "{} rows", rows.len());
    let of =
        |unit: &str| Ok::<_, anyhow::Error>((state(&rows, unit, "2025-half")?, state(&rows, unit, "2025-annual")?));
    ensure!(of("617")? == ("OVERDUE".into(), "NOT_OWED".into()), "{:?}", of("617")?);
    ensure!(of("23425")? == ("NOT_OWED".into(), "OVERDUE".into()), "{:?}", of("23425")?);
    let calls: Vec<Value> = p.hub().tell(&["call-list", "2025", "--json"])?.json()?;
    let late = |unit: &str, duty: &str| {
        let of = calls.iter().filter(|c| c["unit"] == unit).filter_map(|c| c["late"].as_array()).flatten();
        of.filter(|l| l["period"] == duty && l["duty"] == "REPORT").count()
    };
    ensure!((late("617", "2025-half"), late("23425", "2025-half"), late("23425", "2025-annual")) == (1, 0, 1));
    let plain = p.hub().tell(&["obligations", "2025"])?.stdout;
    let of_617 = plain.lines().find(|line| line.starts_with("617 ")).context("a line of 617")?;
    for what in ["2025-annual: Không thuộc kỳ này", "xếp loại 2025: Không thuộc kỳ này"] {
        ensure!(of_617.matches(what).count() == 1, "{of_617}");
    }
    for (unit, expected) in [("617", ("OVERDUE", "NOT_OWED")), ("23425", ("NOT_OWED", "OVERDUE"))] {
        let own: Vec<Value> = p.node(unit).tell(&["obligations", "2025", "--json"])?.json()?;
        let told = (state(&own, unit, "2025-half")?, state(&own, unit, "2025-annual")?);
        ensure!((told.0.as_str(), told.1.as_str()) == expected, "the unit sees the same: {told:?}");
    }
    let out = p.folder().join("letters");
    let remind = |unit: &str| p.hub().ask(&["letter", "remind", "2025-half", "--unit", unit, "--out", text(&out)?]);
    remind("617")?.done()?;
    remind("23425")?.refused()?;
    Ok(())
}

/// The province was set up as one that is dissolved now: its letters of today come from what it has become.
fn each_paper_comes_from_the_province_of_its_day(p: &Province, point: &str) -> Result<()> {
    let out = p.folder().join("papers");
    let made = |office: &keng_tests::Office, args: &[&str], part: &str| -> Result<Vec<String>> {
        let made = office.tell(&[args, &["--format", "docx", "--out", text(&out)?]].concat())?;
        let file = made.stdout.lines().find(|f| f.contains(part)).with_context(|| format!("no {part}: {made:?}"))?;
        paragraphs(Path::new(file))
    };
    let is_of = |paper: &[String], place: &str, other: &str| -> Result<()> {
        ensure!(paper.iter().any(|line| line.starts_with(&format!("{place}, ngày"))), "not of {place}: {paper:#?}");
        ensure!(paper.iter().take(6).all(|l| !l.to_uppercase().contains(&other.to_uppercase())), "{paper:#?}");
        Ok(())
    };
    let (new, old) = ("Quảng Ngãi", "Kon Tum");
    let remind = made(p.hub(), &["letter", "remind", "2025-annual", "--unit", "23425"], "remind")?;
    is_of(&remind, new, old)?;
    ensure!(remind.contains(&"UBND TỈNH QUẢNG NGÃI".to_owned()), "{remind:#?}");
    // A late report of before is asked for by who is there today.
    is_of(&made(p.hub(), &["letter", "remind", "2025-half", "--unit", "617"], "remind")?, new, old)?;
    // Minutes of a year are of who rated then.
    let rating = |office: &keng_tests::Office, year: &str, part: &str| -> Result<String> {
        Ok(made(office, &["letter", "rating", year], part)?.join("\n"))
    };
    ensure!(rating(p.hub(), "2025", "23425")?.contains("Công an tỉnh Quảng Ngãi"));
    ensure!(rating(p.hub(), "2022", "617")?.contains("Công an tỉnh Kon Tum"));
    ensure!(rating(p.node("23425"), "2025", "23425")?.contains("Công an tỉnh Quảng Ngãi"));
    // A unit's own paper goes to the province that is there.
    let commune = p.node("23425");
    commune.tell(&["point", "end", point, "--ground", "TRUC_LOI", "--date", "20/11/2025"])?;
    let end = made(commune, &["letter", "end", point], "end")?.join("\n");
    ensure!(end.contains("Công an tỉnh Quảng Ngãi (b/c)"), "{end}");
    Ok(())
}

fn both_trees_agree(hub: &Hub) -> Result<()> {
    let (old, _) = annual(hub, "2022", &[])?;
    let (old_by_new, _) = annual(hub, "2022", &["--tree", NEW])?;
    let (new, _) = annual(hub, "2025", &[])?;
    let (new_by_old, _) = annual(hub, "2025", &["--tree", OLD])?;
    let of = |figures: &Value| (figures["tree"].clone(), figures["province"]["code"].clone());
    ensure!(of(&old) == (OLD.into(), "62".into()) && of(&new) == (NEW.into(), "51".into()));
    ensure!(of(&old_by_new) == of(&new) && of(&new_by_old) == of(&old));
    ensure!(old["totals"] == old_by_new["totals"] && new["totals"] == new_by_old["totals"]);
    for figures in [&old, &old_by_new, &new, &new_by_old] {
        ensure!(all_agree(figures)? == 1, "no line says so: {}", figures["reconciliation"]);
    }
    let points = |figures: &Value, code: &str| -> Result<u64> {
        let units = figures["units"].as_array().context("no units")?;
        units.iter().find(|u| u["code"] == code).and_then(|u| u["points"].as_u64()).context("no such unit")
    };
    // The new point counts for its commune, and for the district that this was made of; what was
    // the district's own stays with the province.
    ensure!(points(&new_by_old, "617")? == points(&old, "617")? + 1);
    ensure!(points(&new, "51")? == 1 && points(&old_by_new, "51")? == 1);
    let communes = ["23416", "23419", "23425", "23446"];
    let sum: u64 = communes.iter().map(|c| points(&new, c)).sum::<Result<u64>>()?;
    ensure!(sum + 1 == points(&new_by_old, "617")?);
    ensure!(new["missing_units"].as_array().map(Vec::len) == Some(92), "{}", new["missing_units"]);
    let sentence = hub.ask(&["report", "annual", "2025", "--tree", "hanoi", "--out", "x"])?.refused()?;
    ensure!(sentence.contains(OLD) && sentence.contains(NEW), "{sentence}");
    Ok(())
}

fn written(p: &Province, name: &str, content: &str) -> Result<PathBuf> {
    let path = p.folder().join(name);
    std::fs::write(&path, content)?;
    Ok(path)
}

#[test]
fn communes_that_exchanged_their_codes_never_meet() -> Result<()> {
    let columns = "code,name,kind,parent,valid_from,valid_to";
    let folder = tempfile::tempdir()?;
    let old = folder.path().join("old.csv");
    std::fs::write(
        &old,
        format!("{columns}\n1,Tỉnh A,TINH,,,\n10,Huyện B,HUYEN,1,,\n101,Xã C,XA,10,,\n102,Xã D,XA,10,,\n"),
    )?;
    let mut p = Province::of("1", &old)?;
    p.join_all(&["10", "101"])?;
    let row = |commune, place| Row {
        model: "Camera an ninh",
        commune,
        place,
        decided: "01/02/2021",
        teams: 1,
        members: 9,
        rating: "Tốt",
    };
    let file = p.folder().join("10.xlsx");
    sheet::write(&file, "Huyện B", 2022, &[row("Xã C", "Thôn 1"), row("Xã D", "Thôn 1")])?;
    p.node("10").import(&file)?;
    p.sync_all()?;

    let new = format!("{columns}\n9,Tỉnh Z,TINH,,2025-07-01,\n101,Xã D mới,XA,9,,\n102,Xã C mới,XA,9,,\n");
    let new = written(&p, "new.csv", &new)?;
    let pairs = written(&p, "pairs.csv", "from_code,to_code\n101,102\n102,101\n")?;
    // The catalogue comes with the change; it gives no day for its communes.
    let sentence = p.hub().ask(&["unit", "change", text(&pairs)?, "--catalogue", text(&new)?])?.refused()?;
    ensure!(sentence.contains("--effective"), "{sentence}");
    change(p.hub(), &pairs, &["--catalogue", text(&new)?, "--effective", "2025-07-01", "--confirm"])?;

    let token = p.hub().invite("101", p.hub().address().get().context("the hub serves")?)?;
    let commune = keng_tests::Office::new(&p.programs().node, &p.folder().join("new-101"));
    commune.tell(&["join", &token])?;
    commune.tell(&["sync", "--once"])?;
    let got = commune.points()?;
    ensure!(scopes(&got) == BTreeSet::from(["area:old:102"]), "{:?}", scopes(&got));
    // The old commune of that code, enrolled before: still its own records, never the new one's.
    p.sync_all()?;
    ensure!(scopes(&p.node("101").points()?) == BTreeSet::from(["area:old:101"]));
    let status: Value = commune.tell(&["status", "--json"])?.json()?;
    ensure!(status["node"] == "101-2" && status["catalogue"] == "new", "{status}");

    // A spreadsheet of the new commune finds the point that it inherited, by its new name.
    let file = p.folder().join("101.xlsx");
    sheet::write(&file, "Xã D mới", 2025, &[row("Xã D mới", "Thôn 1")])?;
    let imported: Value = commune.tell(&["import", text(&file)?, "--json"])?.json()?;
    ensure!(imported["files"][0]["new"] == 0 && imported["files"][0]["changed"] == 1, "{imported}");
    let ratings = commune.points()?[0].fields["ratings"].clone();
    ensure!(ratings["2025/new:101"] == "tot", "{ratings}");
    Ok(())
}

/// The rows of the first sheet of a workbook, each cell as it reads.
fn read(path: &Path) -> Result<Vec<Vec<String>>> {
    let mut book = calamine::open_workbook_auto(path)?;
    let range = book.worksheet_range_at(0).context("a workbook without sheets")??;
    Ok(range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect())
}

#[test]
fn a_row_that_could_mean_two_points_of_merged_communes_is_given_back_to_be_mended() -> Result<()> {
    let columns = "code,name,kind,parent,valid_from,valid_to";
    let folder = tempfile::tempdir()?;
    let old = folder.path().join("old.csv");
    std::fs::write(
        &old,
        format!("{columns}\n1,Tỉnh A,TINH,,,\n10,Huyện B,HUYEN,1,,\n101,Xã C,XA,10,,\n102,Xã D,XA,10,,\n"),
    )?;
    let mut p = Province::of("1", &old)?;
    p.join("10")?;
    let row = |commune, place, teams| Row {
        model: "Camera an ninh",
        commune,
        place,
        decided: "01/02/2021",
        teams,
        members: 9,
        rating: "Tốt",
    };
    let file = p.folder().join("10.xlsx");
    sheet::write(&file, "Huyện B", 2022, &[row("Xã C", "Thôn 1", 1), row("Xã D", "Thôn 1", 1)])?;
    p.node("10").import(&file)?;
    p.sync_all()?;
    let new = format!("{columns}\n9,Tỉnh Z,TINH,,2025-07-01,\n901,Xã E,XA,9,,\n");
    let new = written(&p, "new.csv", &new)?;
    let pairs = written(&p, "pairs.csv", "from_code,to_code\n101,901\n102,901\n")?;
    change(p.hub(), &pairs, &["--catalogue", text(&new)?, "--effective", "2025-07-01", "--confirm"])?;
    let token = p.hub().invite("901", p.hub().address().get().context("the hub serves")?)?;
    let commune = keng_tests::Office::new(&p.programs().node, &p.folder().join("901"));
    commune.tell(&["join", &token])?;
    commune.tell(&["sync", "--once"])?;

    let file = p.folder().join("901.xlsx");
    let hamlets = [row("Xã E", "Thôn 1", 4), row("Xã E", "Thôn 2", 2)];
    sheet::write(&file, "Xã E", 2025, &hamlets)?;
    let mend = p.folder().join("sửa.xlsx");
    let import = |file: &Path| commune.ask(&["import", text(file)?, "--json", "--rejected", text(&mend)?]);
    let answer = import(&file)?;
    ensure!(answer.code == Some(1), "{answer:?}");
    let told: Value = answer.json()?;
    let told = &told["files"][0];
    ensure!(told["new"] == 1 && told["rejected"][0]["row"] == 6, "{told:#}");
    let rows = read(&mend)?;
    let given_back = rows.last().context("no row was given back")?;
    ensure!(given_back.iter().any(|c| c == "Thôn 1") && given_back.iter().any(|c| c == "4"), "{rows:?}");
    let reason = given_back.last().context("no reason")?;
    ensure!(reason.contains("Xã C và Xã D"), "{reason}");
    ensure!(rows.iter().all(|row| row.iter().all(|c| c != "Thôn 2")), "the good row is not among them");

    // A list that still names the communes as they were says which of them it means.
    let before =
        [row("Xã C", "Thôn 1", 1), row("Xã D", "Thôn 1", 7), row("Xã C", "Thôn 5", 1), row("Xã D", "Thôn 5", 1)];
    let list = p.folder().join("cũ.xlsx");
    sheet::write(&list, "Huyện B", 2022, &before)?;
    let answer: Value = commune.ask(&["import", text(&list)?, "--json"])?.json()?;
    let told = &answer["files"][0];
    // Of both the rating is now the commune's own.
    ensure!((&told["new"], &told["changed"]) == (&0.into(), &2.into()), "{told:#}");
    let teams = |scope: &str| -> Result<Option<i64>> {
        let points = commune.points()?;
        Ok(points.iter().find(|p| p.text("scope") == scope).and_then(|p| p.number("teams")))
    };
    ensure!((teams("area:old:101")?, teams("area:old:102")?) == (Some(1), Some(7)), "{:?}", commune.points()?.len());
    // Where none of them is here yet, their hamlets would become one.
    let rows: Vec<_> = (0..2).map(|at| told["rejected"][at]["row"].clone()).collect();
    ensure!(rows == [8, 9] && told["rejected"].to_string().contains("Đơn vị cũ “Xã C” và “Xã D”"), "{told:#}");
    ensure!(told["notices"].to_string().contains("Xã D → Xã E"), "{told:#}");

    // Mended as it says, the file that was given back comes in.
    let of_d = commune.points()?.into_iter().find(|p| p.text("scope") == "area:old:102").context("of Xã D")?;
    commune.edit_point(&of_d.id, "place", "Thôn 1 (Xã D cũ)")?;
    let again = import(&mend)?;
    ensure!(again.code == Some(0), "{again:?}");
    let again: Value = again.json()?;
    ensure!(again["files"][0]["changed"] == 1 && again["files"][0]["new"] == 0, "{again:#}");
    let of_c = commune.points()?.into_iter().find(|p| p.text("scope") == "area:old:101").context("of Xã C")?;
    ensure!(of_c.number("teams") == Some(4), "{:?}", of_c.fields);
    Ok(())
}
