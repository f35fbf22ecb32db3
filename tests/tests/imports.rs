//! A spreadsheet sent again, corrected, or none at all.

use anyhow::{Result, ensure};
use keng_tests::sheet::{self, Row};
use keng_tests::{Province, fixtures};

#[test]
fn the_same_file_twice_changes_nothing_and_sends_nothing() -> Result<()> {
    let mut p = Province::kon_tum()?;
    let node = p.join("618")?;
    let first = node.import(&fixtures::spreadsheet("618"))?;
    ensure!(first.rows == 22 && first.new == 22, "{first:?}");
    node.sync()?;
    let before = (node.points()?, node.models()?);
    let second = node.import(&fixtures::spreadsheet("618"))?;
    ensure!((second.new, second.changed, second.unchanged) == (0, 0, 22), "{second:?}");
    ensure!((node.points()?, node.models()?) == before, "records changed");
    ensure!(node.status()?.pending == 0, "something waits to be sent");
    ensure!(node.sync()?.sent.entries == 0, "something was sent");
    Ok(())
}

#[test]
fn a_corrected_file_changes_only_the_corrected_field() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let mut rows = [("Thôn 1", 2), ("Thôn 2", 3)].map(|(place, teams)| Row {
        model: "Tiếng kẻng an ninh",
        commune: "Xã Ia Dom",
        place,
        decided: "05/01/2021",
        teams,
        members: 20,
        rating: "Khá",
    });
    let (file, node) = (p.folder().join("618.xlsx"), p.node("618"));
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &rows)?;
    node.import(&file)?;
    let before = node.points()?;
    let of = |place: &str| before.iter().find(|x| x.text("place") == place).map(|x| x.id.clone()).unwrap_or_default();
    // Meanwhile an officer noted something by hand; the correction must leave it alone.
    node.edit_point(&of("Thôn 2"), "note", "ghi tay")?;

    rows[1].teams = 4;
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &rows)?;
    let again = node.import(&file)?;
    ensure!((again.new, again.changed, again.unchanged) == (0, 1, 1), "{again:?}");
    let mut expected = node.point(&of("Thôn 2"))?;
    ensure!(expected.number("teams") == Some(4) && expected.text("note") == "ghi tay", "{expected:?}");
    let old = before.iter().find(|x| x.id == expected.id).cloned();
    expected.fields.insert("teams".to_owned(), 3.into());
    expected.fields.insert("note".to_owned(), serde_json::Value::Null);
    ensure!(old == Some(expected), "another field changed too");
    ensure!(node.trace(&of("Thôn 2"), "teams")?.len() == 2 && node.trace(&of("Thôn 1"), "teams")?.len() == 1);
    Ok(())
}

#[test]
fn rows_that_contradict_each_other_are_refused_and_equal_ones_are_one_point() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let row = |place, teams| Row {
        model: "Tiếng kẻng an ninh",
        commune: "Xã Ia Dom",
        place,
        decided: "",
        teams,
        members: 20,
        rating: "Khá",
    };
    let (file, node) = (p.folder().join("618.xlsx"), p.node("618"));
    let rows = [row("Thôn 1", 2), row("Thôn 2", 3), row("Thôn 3", 4), row("Thôn 1", 7), row("THÔN  2", 3)];
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &rows)?;
    for new in [2, 0] {
        let answer = node.ask(&["import", file.to_str().unwrap_or_default(), "--json"])?;
        ensure!(answer.code == Some(1), "{answer:?}");
        let answer: serde_json::Value = answer.json()?;
        let told = &answer["files"][0];
        ensure!(
            (&told["new"], &told["unchanged"], &told["changed"]) == (&new.into(), &(3 - new).into(), &0.into()),
            "{told}"
        );
        let reason = |at: usize| told["rejected"][at]["reason"].as_str().unwrap_or_default().to_owned();
        ensure!(told["rejected"][0]["row"] == 6 && told["rejected"][1]["row"] == 9, "{told}");
        ensure!(reason(0).contains("dòng 9") && reason(1).contains("dòng 6"), "{told}");
        ensure!(reason(0).contains("Số tổ “2” và “7”"), "{told}");
        ensure!(told["notices"].to_string().contains("dòng 7, 10"), "{told}");
    }
    let points = node.points()?;
    let places: Vec<&str> = points.iter().map(|x| x.text("place")).collect();
    ensure!(places.len() == 2 && !places.contains(&"Thôn 1"), "{places:?}");
    for point in &points {
        ensure!(node.trace(&point.id, "teams")?.len() == 1, "written twice: {point:?}");
    }
    Ok(())
}

#[test]
fn the_trace_names_the_row_and_a_row_that_moves_is_the_same() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    // Without a decision, for its number would follow the row.
    let mut rows = ["Thôn 1", "Thôn 2"].map(|place| Row {
        model: "Tiếng kẻng an ninh",
        commune: "Xã Ia Dom",
        place,
        decided: "",
        teams: 2,
        members: 20,
        rating: "Khá",
    });
    let (file, node) = (p.folder().join("618.xlsx"), p.node("618"));
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &rows)?;
    node.import(&file)?;
    let points = node.points()?;
    let reason = |place: &str| -> Result<Vec<Option<String>>> {
        let id = points.iter().find(|x| x.text("place") == place).map(|x| x.id.clone()).unwrap_or_default();
        Ok(node.trace(&id, "teams")?.into_iter().map(|l| l.reason).collect())
    };
    let told = |row: u32| vec![Some(format!("nhập từ 618.xlsx, dòng {row}"))];
    ensure!(reason("Thôn 1")? == told(6) && reason("Thôn 2")? == told(7), "{:?}", reason("Thôn 2"));

    rows.reverse();
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &rows)?;
    let moved = node.import(&file)?;
    ensure!((moved.new, moved.changed, moved.unchanged) == (0, 0, 2), "{moved:?}");
    ensure!(reason("Thôn 1")? == told(6), "a moved row was written again");
    Ok(())
}

#[test]
fn what_is_no_spreadsheet_imports_nothing_not_even_the_good_file_beside_it() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let node = p.node("618");
    let good = fixtures::spreadsheet("618");
    let good_bytes = std::fs::read(&good)?;
    let bad: [(&str, &[u8]); 4] = [
        ("trống.xlsx", b""),
        ("thư.xlsx", "Kính gửi Công an tỉnh".as_bytes()),
        ("ảnh.xls", b"\x89PNG\r\n\x1a\n0000"),
        ("nửa.xlsx", &good_bytes[..good_bytes.len() / 2]),
    ];
    for (name, bytes) in bad {
        let file = p.folder().join(name);
        std::fs::write(&file, bytes)?;
        let both = ["import".as_ref(), good.as_os_str(), file.as_os_str()];
        let sentence = node.ask(&both)?.refused()?;
        ensure!(sentence.contains(name), "does not name {name}: {sentence}");
        ensure!(node.points()?.is_empty(), "{name}: points were written");
    }
    let sentence = node.try_import(&p.folder().join("không-có.xlsx"))?.refused()?;
    ensure!(sentence.contains("không-có.xlsx"), "{sentence}");
    Ok(())
}

#[test]
fn rows_that_cannot_be_read_are_named_and_the_good_ones_are_in() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let good = Row {
        model: "Camera an ninh",
        commune: "Xã Ia Dom",
        place: "Thôn 1",
        decided: "05/01/2021",
        teams: 1,
        members: 20,
        rating: "Khá",
    };
    let rows = [
        good,
        Row { place: "Thôn 2", commune: "Xã Không Có", ..good },
        Row { place: "Thôn 3", decided: "31/02/2021", ..good },
        Row { place: "Thôn 4", rating: "Xuất sắc nhất", ..good },
    ];
    let file = p.folder().join("618.xlsx");
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &rows)?;
    let answer = p.node("618").try_import(&file)?;
    ensure!(answer.code == Some(1), "{answer:?}");
    let imported: keng_tests::answers::Imported = answer.json()?;
    let rejected = &imported.files[0].rejected;
    let lines: Vec<_> = rejected.iter().filter_map(|r| r["row"].as_u64()).collect();
    ensure!(lines == [7, 8, 9], "{rejected:?}");
    let told = rejected
        .iter()
        .all(|r| ["column", "value", "reason"].iter().all(|k| r[k].as_str().is_some_and(|s| !s.is_empty())));
    ensure!(told, "{rejected:?}");
    ensure!(p.node("618").points()?.len() == 1);
    Ok(())
}

#[test]
fn a_decision_dated_ahead_comes_in_and_is_told_to_count_nowhere_yet() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let good = Row {
        model: "Camera an ninh",
        commune: "Xã Ia Dom",
        place: "Thôn 1",
        decided: "05/01/2021",
        teams: 1,
        members: 20,
        rating: "Khá",
    };
    let rows = [good, Row { place: "Thôn 2", decided: "05/01/2099", ..good }, Row { place: "Thôn 3", ..good }];
    let file = p.folder().join("618.xlsx");
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &rows)?;
    let path = file.to_str().expect("a folder of ours");
    let told: serde_json::Value = p.node("618").tell(&["import", path, "--json"])?.json()?;
    let told = &told["files"][0];
    let sentence = "1 điểm có ngày quyết định chưa tới; chưa được tính (R2): dòng 7.";
    ensure!(told["new"] == 3 && told["not_yet"] == serde_json::json!({"points": 1, "rows": [7]}), "{told:#}");
    ensure!(told["notices"] == serde_json::json!([sentence]), "{told:#}");
    let again = p.node("618").tell(&["import", path])?;
    ensure!(again.stdout.contains(sentence), "{}", again.stdout);
    p.node("618").sync()?;
    ensure!(p.hub().figures(2022)?["totals"]["points"] == 2);
    Ok(())
}

/// Other programs add by command too: what they add never depends on what somebody else has called things.
#[test]
fn what_is_like_something_else_is_added_by_command_and_the_officer_is_told() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.sync()?;
    let add = |what: &str, set: &[&str]| -> Result<(String, String)> {
        let mut args = vec![what, "add"];
        set.iter().for_each(|s| args.extend(["--set", s]));
        let said = node.tell(&args)?;
        Ok((said.stdout.trim().to_owned(), said.stderr))
    };
    let (first, quiet) = add("model", &["name=Camera an ninh"])?;
    ensure!(quiet.is_empty(), "{quiet}");
    let (second, warned) = add("model", &["name=Camera giám sát ANTT"])?;
    ensure!(warned.contains(&first) && warned.contains("Camera an ninh · Huyện Đắk Glei"), "{warned}");
    ensure!(warned.contains(&format!("keng-hub merge {first} {second}")), "{warned}");
    ensure!(add("model", &["name=Dòng họ tự quản"])?.1.is_empty() && node.models()?.len() == 3);
    let of_it = format!("model={first}");
    let (point, quiet) = add("point", &["unit=23368", "place=Thôn Đăk Xế", &of_it])?;
    ensure!(quiet.is_empty(), "{quiet}");
    let (_, warned) = add("point", &["unit=23368", "place=thon Dak Xe", &of_it])?;
    ensure!(warned.contains(&point) && warned.contains("withdrawn=") && !warned.contains("merge"), "{warned}");
    for set in [["unit=23368", "place=Thôn 1"], ["unit=23365", "place=Thôn Đăk Xế"]] {
        ensure!(add("point", &[&set[..], &[&of_it]].concat())?.1.is_empty());
    }
    ensure!(node.points()?.len() == 4);
    Ok(())
}

#[test]
fn a_list_is_narrowed_by_a_text_without_diacritics() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let node = p.node("618");
    node.import(&fixtures::spreadsheet("618"))?;
    let one = node.points()?.swap_remove(0);
    node.tell(&["point", "edit", &one.id, "--set", "decision_no=4267/QĐ-BCĐ"])?;
    node.tell(&["model", "edit", one.text("model"), "--set", "aliases=Kẻng báo động", "--set", "lead=PV05"])?;
    node.sync()?;
    let found = |what: &str, text: &str| -> Result<[Vec<String>; 2]> {
        let ids = |out: serde_json::Value| -> Vec<String> {
            out.as_array().into_iter().flatten().filter_map(|x| x["id"].as_str().map(str::to_owned)).collect()
        };
        let args = [what, "list", "--find", text, "--json"];
        Ok([ids(node.tell(&args)?.json()?), ids(p.hub().tell(&args)?.json()?)])
    };
    ensure!(found("point", "4267/qd")? == [[one.id.clone()], [one.id.clone()]]);
    for text in ["keng bao dong", "pv05"] {
        ensure!(found("model", text)? == [[one.text("model")], [one.text("model")]], "{text}");
    }
    ensure!(found("point", "ia h'drai")?[1].len() == 22 && found("point", "ngoc hoi")?.concat().is_empty());
    let plain = node.tell(&["point", "list", "--find", "4267/qd"])?.stdout;
    ensure!(plain.lines().count() == 1 && plain.starts_with(&one.id), "{plain}");
    let all: serde_json::Value = node.tell(&["model", "list", "--json"])?.json()?;
    let names: Vec<&str> = all.as_array().into_iter().flatten().filter_map(|m| m["name"].as_str()).collect();
    ensure!(names.len() > 2 && names.is_sorted_by(|a, b| keng_domain::text::compare(a, b).is_le()), "{names:?}");
    Ok(())
}
