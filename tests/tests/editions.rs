//! R19, R20 and decree 30/2020, Articles 15 and 18.3: what was issued stays, and a correction says what differs.

use anyhow::{Context, Result, ensure};
use keng_tests::{Province, fixtures};
use serde_json::Value;

#[test]
fn an_issued_report_stays_and_its_correction_tells_what_changed() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join_all(&["610", "618"])?;
    p.everywhere(|unit, node| {
        node.import(&fixtures::spreadsheet(unit))?;
        node.sync()
    })?;
    let hub = p.hub();
    hub.merge_suggested()?;
    let keep = || -> Result<String> { Ok(hub.tell(&["report", "keep", "annual", "2022"])?.stdout.trim().to_owned()) };
    let first = keep()?;
    let issue = |id: &str, date: &str| hub.ask(&["report", "issue", id, "--number", "12/BC-CAT", "--date", date]);
    ensure!(issue(&first, "20/11/2022")?.refused()?.contains("trình ký"), "only what was submitted for signature");
    hub.tell(&["report", "submit", &first])?;
    ensure!(issue(&first, "20/11/2099")?.refused()?.contains("chưa tới"));
    let early = issue(&first, "08/11/2022")?.refused()?;
    ensure!(early.contains("trước ngày chốt số liệu 09/11/2022"), "{early}");
    let unnumbered = hub.ask(&["report", "issue", &first, "--number", "x", "--date", "20/11/2022"])?.refused()?;
    ensure!(unnumbered.contains("không phải số và ký hiệu"), "{unnumbered}");
    issue(&first, "20/11/2022")?.done()?;
    hub.ask(&["report", "submit", &first])?.refused()?;

    let out = hub.folder().with_file_name("out");
    let report = |name: &str, formats: &str| -> Result<Value> {
        let folder = out.join(name);
        let files = hub.report(2022, &folder, formats, None)?;
        Ok(serde_json::from_slice(&std::fs::read(&files[0])?)?)
    };
    let of_nothing = hub.ask(&["report", "annual", "2022", "--at", "0", "--out", "none"])?.refused()?;
    ensure!(of_nothing.contains("Sổ cái chưa có mục"), "{of_nothing}");
    let before = report("first", "json")?;
    ensure!(before["changes"]["models"].as_array().is_some_and(Vec::is_empty), "{:#}", before["changes"]);

    let point = p.node("610").points()?.into_iter().find(|x| x.number("teams") == Some(1)).context("a point")?;
    p.node("610").edit_point(&point.id, "teams", 4)?;
    p.node("610").sync()?;
    let after = report("second", "json,docx,pdf,xlsx")?;
    let change = &after["changes"]["totals"]["teams"];
    let (from, to) = (before["totals"]["teams"].as_u64(), after["totals"]["teams"].as_u64());
    ensure!(change["from"].as_u64() == from && change["to"].as_u64() == to, "{change}");
    ensure!(to == from.map(|n| n + 3), "three teams more");
    ensure!(after["changes"]["units"].as_array().is_some_and(|u| u.len() == 1 && u[0]["id"] == "610"));

    // The same by the command: by files, by entries of the log, by what was kept.
    let second = keep()?;
    let path = |name: &str| out.join(name).join("annual-2022.json").to_string_lossy().into_owned();
    let lsn = |v: &Value| v["cut"]["lsn"].to_string();
    for [a, b] in [[path("first"), path("second")], [lsn(&before), lsn(&after)], [first.clone(), second.clone()]] {
        let diff: Value = hub.tell(&["report", "diff", &a, &b, "--json"])?.json()?;
        ensure!(diff["totals"]["teams"] == *change && diff["kind"] == "annual", "{a} {b}: {diff:#}");
    }
    let same: Value = hub.tell(&["report", "diff", &path("first"), &lsn(&before), "--json"])?.json()?;
    ensure!(same["totals"].as_object().is_some_and(serde_json::Map::is_empty), "{same}");
    let plain = hub.tell(&["report", "diff", &first, &second])?.stdout;
    let shown = |n: Option<u64>| keng_domain::text::thousands(n.unwrap_or_default());
    for line in [format!("Toàn tỉnh · Số tổ: {} → {}", shown(from), shown(to)), "Huyện Đắk Glei · Số tổ: ".to_owned()]
    {
        ensure!(plain.lines().any(|l| l.starts_with(&line)), "{line}: {plain}");
    }
    let keys = ["teams", "changed", "added", "null"];
    ensure!(!keys.iter().any(|key| plain.contains(key)), "a key stands for people: {plain}");
    hub.ask(&["report", "diff", "1", "no such thing"])?.refused()?;
    hub.ask(&["report", "diff", "1", "999999"])?.refused()?;

    hub.tell(&["report", "submit", &second])?;
    let reused = hub.ask(&["report", "issue", &second, "--number", "12/bc-cat", "--date", "25/11/2022"])?.refused()?;
    ensure!(reused.contains("Số 12/BC-CAT đã dùng") && reused.contains("20/11/2022"), "{reused}");
    hub.tell(&["report", "issue", &second, "--number", "15/BC-CAT", "--date", "25/11/2022"])?;
    let list: Value = hub.tell(&["report", "list", "--json"])?.json()?;
    let states: Vec<&str> = list.as_array().into_iter().flatten().filter_map(|e| e["state"].as_str()).collect();
    ensure!(states == ["REPLACED", "ISSUED"] && list[1]["replaces"] == first.as_str(), "{list:#}");

    // What was issued is named by number and date in the text of what replaces it.
    ensure!(after["replaces"]["number"] == "12/BC-CAT" && after["replaces"]["issued_on"] == "2022-11-20", "{after:#}");

    // I7: what was issued is made again from its cut, byte for byte.
    let at = before["cut"]["lsn"].as_u64();
    let again = hub.report(2022, &out.join("again"), "json", at)?;
    let text = |path: &std::path::Path| std::fs::read(path);
    ensure!(text(&again[0])? == text(std::path::Path::new(&path("first")))?, "made again from its cut");
    ensure!(
        p.node("610").tell(&["record", "export", &first, "--out", "/dev/null"]).is_err(),
        "nodes do not get editions"
    );
    Ok(())
}

#[test]
fn of_two_drafts_kept_before_the_first_issue_one_alone_is_issued() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join_all(&["618"])?;
    p.everywhere(|unit, node| {
        node.import(&fixtures::spreadsheet(unit))?;
        node.sync()
    })?;
    let hub = p.hub();
    let told = |args: &[&str]| -> Result<String> { Ok(hub.tell(args)?.stdout.trim().to_owned()) };
    let keep = || told(&["report", "keep", "annual", "2022"]);
    let issue = |id: &str, number: &str| hub.ask(&["report", "issue", id, "--number", number, "--date", "20/11/2022"]);
    let (first, second) = (keep()?, keep()?);
    told(&["report", "submit", &first])?;
    told(&["report", "submit", &second])?;
    issue(&first, "12/BC-CAT")?.done()?;
    let refused = issue(&second, "13/BC-CAT")?.refused()?;
    ensure!(refused.contains("12/BC-CAT") && refused.contains("giữ một bản mới"), "{refused}");

    // A picture from before the issue cannot replace it either: its text would not say so.
    let list: Value = hub.tell(&["report", "list", "--json"])?.json()?;
    let lsn = list[0]["lsn"].to_string();
    let past = told(&["report", "keep", "annual", "2022", "--at", &lsn])?;
    hub.ask(&["report", "submit", &past])?.refused()?;

    let third = keep()?;
    told(&["report", "submit", &third])?;
    issue(&third, "14/BC-CAT")?.done()?;
    let list: Value = hub.tell(&["report", "list", "--json"])?.json()?;
    let of = |id: &str| {
        let all = list.as_array().into_iter().flatten();
        all.filter(|e| e["id"] == id).find_map(|e| e["state"].as_str()).unwrap_or_default().to_owned()
    };
    let states = [&first, &second, &past, &third].map(|id| of(id));
    ensure!(states == ["REPLACED", "SUBMITTED", "DRAFT", "ISSUED"], "{list:#}");
    Ok(())
}
