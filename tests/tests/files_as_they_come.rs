//! The same list in old fonts, as delimited text, with other titles, with rows to mend, and taken
//! back again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use calamine::{Data, Reader, Xlsx, open_workbook};
use keng_domain::text::Legacy;
use keng_tests::answers::Imported;
use keng_tests::sheet::{self, Row};
use keng_tests::{Province, fixtures};
use serde_json::Value;

/// The cells of a real list; dates as they are shown.
fn cells(file: &Path) -> Result<Vec<Vec<String>>> {
    let mut book: Xlsx<_> = open_workbook(file)?;
    let range = book.worksheet_range_at(0).context("a sheet")??;
    let shown = |cell: &Data| match cell {
        Data::DateTime(d) => {
            let (year, month, day, ..) = d.to_ymd_hms_milli();
            format!("{day:02}/{month:02}/{year}")
        }
        other => other.to_string(),
    };
    let (first, last) = (range.start().context("cells")?, range.end().context("cells")?);
    let row = |r: u32| (0..=last.1).map(|c| range.get_value((r, c)).map(shown).unwrap_or_default()).collect();
    ensure!(first.1 == 0, "the list begins in the first column");
    Ok((0..=last.0).map(row).collect())
}

fn write_xlsx(file: &Path, rows: &[Vec<String>]) -> Result<()> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (r, row) in (0u32..).zip(rows) {
        for (c, cell) in (0u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(r, c, cell)?;
        }
    }
    Ok(book.save(file)?)
}

fn csv(rows: &[Vec<String>], delimiter: &str) -> String {
    let field = |cell: &String| match cell.contains([';', ',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    rows.iter().map(|row| row.iter().map(field).collect::<Vec<_>>().join(delimiter) + "\r\n").collect()
}

fn in_old_font(rows: &[Vec<String>], legacy: Legacy) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| legacy.encode(cell)).collect()).collect()
}

fn latin1(text: &str) -> Result<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).context("a letter beyond Latin-1")).collect()
}

#[test]
fn a_real_list_says_the_same_in_every_encoding_and_format() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let original = fixtures::spreadsheet("618");
    let rows = cells(&original)?;
    let folder = p.folder().to_owned();
    let node = p.node("618");
    let (tcvn3, vni) = (in_old_font(&rows, Legacy::Tcvn3), in_old_font(&rows, Legacy::Vni));
    write_xlsx(&folder.join("tcvn3.xlsx"), &tcvn3)?;
    write_xlsx(&folder.join("vni.xlsx"), &vni)?;
    fs::write(folder.join("unicode.csv"), format!("\u{feff}{}", csv(&rows, ";")))?;
    fs::write(folder.join("tcvn3.csv"), latin1(&csv(&tcvn3, ","))?)?;
    fs::write(folder.join("vni.csv"), latin1(&csv(&vni, "\t"))?)?;
    // Each file after the first finds all that it says there already.
    let mut new = 22;
    for (name, encoding) in [
        ("tcvn3.xlsx", "tcvn3"),
        ("vni.xlsx", "vni"),
        ("unicode.csv", "unicode"),
        ("tcvn3.csv", "tcvn3"),
        ("vni.csv", "vni"),
    ] {
        let answer: Value = node.try_import(&folder.join(name))?.done()?.json()?;
        let file = &answer["files"][0];
        ensure!(file["rows"] == 22 && file["new"] == new && file["changed"] == 0, "{name}: {file}");
        ensure!(file["encoding"] == encoding, "{name}: {file}");
        ensure!(file["notices"].as_array().is_some_and(|n| n.is_empty() == (encoding == "unicode")), "{name}: {file}");
        new = 0;
    }
    let same = node.import(&original)?;
    ensure!((same.new, same.changed, same.unchanged) == (0, 0, 22), "{same:?}");
    Ok(())
}

const GOOD: Row<'static> = Row {
    model: "Tiếng kẻng an ninh",
    commune: "Xã Ia Dom",
    place: "Thôn 1",
    decided: "05/01/2021",
    teams: 2,
    members: 20,
    rating: "Khá",
};

#[test]
fn rejected_rows_are_saved_mended_and_imported() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let rows = [GOOD, Row { place: "Thôn 2", decided: "31/02/2021", ..GOOD }, Row { place: "Thôn 3", ..GOOD }];
    let (file, mend) = (p.folder().join("618.xlsx"), p.folder().join("sửa.xlsx"));
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &rows)?;
    let node = p.node("618");
    let words = ["import".as_ref(), file.as_os_str(), "--rejected".as_ref(), mend.as_os_str(), "--json".as_ref()];
    let answer = node.ask(&words)?;
    ensure!(answer.code == Some(1), "{answer:?}");
    ensure!(answer.json::<Value>()?["files"][0]["rejected_file"] == mend.to_str().unwrap_or_default());

    let mut list = cells(&mend)?;
    let at = list.iter().position(|row| row.iter().any(|c| c == "31/02/2021")).context("the rejected row")?;
    let reason = list[at].last().cloned().unwrap_or_default();
    ensure!(reason.contains("Ngày quyết định") && reason.contains("không có trong lịch"), "{reason}");
    ensure!(list.len() == at + 1 && !list.iter().flatten().any(|c| c == "Thôn 1"), "only rejected rows: {list:?}");
    list[at].iter_mut().filter(|c| *c == "31/02/2021").for_each(|c| "28/02/2021".clone_into(c));
    write_xlsx(&mend, &list)?;
    let mended = node.import(&mend)?;
    ensure!((mended.rows, mended.new) == (1, 1), "{mended:?}");
    ensure!(node.points()?.len() == 3);
    Ok(())
}

#[test]
fn rejected_rows_of_two_files_with_one_name_are_all_kept() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let mend = p.folder().join("sửa.xlsx");
    let mut words = vec!["import".to_owned(), "--json".to_owned(), "--rejected".to_owned(), mend.display().to_string()];
    for (folder, place) in [("một", "Thôn 8"), ("hai", "Thôn 9")] {
        let file = p.folder().join(folder).join("618.xlsx");
        fs::create_dir_all(p.folder().join(folder))?;
        sheet::write(&file, "Huyện Ia H'Drai", 2022, &[Row { place, decided: "31/02/2021", ..GOOD }])?;
        words.push(file.display().to_string());
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let answer: Value = p.node("618").ask(&words)?.json()?;
    for (at, place) in [(0, "Thôn 8"), (1, "Thôn 9")] {
        let file = answer["files"][at]["rejected_file"].as_str().context("a file")?;
        ensure!(cells(Path::new(file))?.iter().flatten().any(|c| c == place), "{place} is not in {file}");
    }
    Ok(())
}

#[test]
fn every_sheet_of_a_file_comes_in_and_what_is_alike_in_it_is_told() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let file = p.folder().join("618.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let rows = [("Camera an ninh", "Xã Ia Dom", "Ia Dom"), ("Camera giám sát ANTT", "Xã Ia Tơi", "Ia Tơi")];
    for (model, commune, name) in rows {
        let sheet = book.add_worksheet().set_name(name)?;
        sheet.write_row(0, 0, ["Tên mô hình", "Xã", "Thôn", "Số tổ"])?;
        sheet.write_row(1, 0, [model, commune, "Thôn 1"])?.write(1, 3, 2)?;
        sheet.write_row(2, 0, [model, "Xã Lạ", "Thôn 2"])?.write(2, 3, 2)?;
    }
    book.save(&file)?;
    let node = p.node("618");
    let answer: Value = node.ask(&["import", file.to_str().context("a path")?, "--json"])?.json()?;
    let told = &answer["files"][0];
    ensure!((&told["rows"], &told["new"]) == (&4.into(), &2.into()), "{told}");
    let sheets: Vec<&str> = (0..2).filter_map(|at| told["rejected"][at]["sheet"].as_str()).collect();
    ensure!(sheets == ["Ia Dom", "Ia Tơi"], "{told}");
    let alike = "“Camera giám sát ANTT” (dòng 2 trang “Ia Tơi”) và “Camera an ninh” (dòng 2 trang “Ia Dom”)";
    ensure!(told["notices"].to_string().contains(alike), "{told}");
    ensure!(node.points()?.len() == 2 && node.models()?.len() == 2);
    Ok(())
}

#[test]
fn an_import_is_taken_back_as_one_act_and_comes_back_with_its_file() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let (file, other) = (p.folder().join("618.xlsx"), p.folder().join("nhầm.xlsx"));
    sheet::write(&file, "Huyện Ia H'Drai", 2022, &[GOOD, Row { place: "Thôn 2", ..GOOD }])?;
    let node = p.node("618");
    node.import(&file)?;
    let before = node.points()?;
    let camera = Row { model: "Camera an ninh", place: "Chợ", ..GOOD };
    let wrong = [
        Row { teams: 9, ..GOOD },
        Row { place: "Thôn 2", members: 99, ..GOOD },
        camera,
        Row { place: "Làng B", ..GOOD },
    ];
    sheet::write(&other, "Huyện Ia H'Drai", 2022, &wrong)?;
    let done = node.import(&other)?;
    ensure!((done.new, done.changed) == (2, 2), "{done:?}");
    node.sync()?;
    // Somebody builds on two of its four rows.
    let of = |points: &[keng_tests::answers::Record], place: &str| {
        points.iter().find(|x| x.text("place") == place).map(|x| x.id.clone()).context(place.to_owned())
    };
    let now = node.points()?;
    node.edit_point(&of(&now, "Thôn 2")?, "members", "30")?;
    node.edit_point(&of(&now, "Làng B")?, "note", "đã kiểm tra")?;

    let list: Value = node.ask(&["import", "--list", "--json"])?.done()?.json()?;
    ensure!(list["imports"][0]["file"] == "nhầm.xlsx" && list["imports"][0]["new"] == 2, "{list}");
    let id = list["imports"][0]["id"].to_string();
    let undone: Value = node.ask(&["import", "--undo", &id, "--json"])?.done()?.json()?;
    ensure!(undone["points"] == 1 && undone["models"] == 1, "{undone}");
    let left: Vec<&str> = undone["left"].as_array().into_iter().flatten().filter_map(|l| l["name"].as_str()).collect();
    ensure!(left == ["Thôn 2", "Làng B"], "{undone}");
    let after = node.points()?;
    ensure!(after.len() == 3 && node.models()?.len() == 1, "{after:?}");
    ensure!(after.iter().find(|x| x.text("place") == "Thôn 1") == before.iter().find(|x| x.text("place") == "Thôn 1"));
    let again: Value = node.ask(&["import", "--undo", &id, "--json"])?.done()?.json()?;
    ensure!(again["already"] == true && node.points()? == after, "{again}");

    node.sync()?;
    ensure!(p.hub().points()?.len() == 3 && p.hub().models()?.len() == 1, "the hub counts it still");
    let node = p.node("618");
    let back = node.import(&other)?;
    ensure!(back.new == 1 && node.points()?.len() == 4 && node.models()?.len() == 2, "{back:?}");
    Ok(())
}

#[test]
fn a_list_with_other_titles_is_read_as_the_officer_says_and_so_the_next_time() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let folder = p.folder().to_owned();
    let list = |name: &str, place: &str| -> Result<PathBuf> {
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        let titles = row(["Số lượng nhóm", "Nơi có", "Gọi là", "Thuộc"]);
        write_xlsx(&folder.join(name), &[titles, row(["3", place, "Tiếng kẻng an ninh", "Xã Ia Dom"])])?;
        Ok(folder.join(name))
    };
    let (first, second) = (list("một.xlsx", "Thôn 1")?, list("hai.xlsx", "Thôn 2")?);
    let node = p.node("618");
    node.try_import(&first)?.refused()?;
    let map = "Tên mô hình=C, Xã, phường, thị trấn=D, Địa bàn=B, Số tổ=A";
    let words = ["import".as_ref(), first.as_os_str(), "--map".as_ref(), map.as_ref(), "--json".as_ref()];
    let told: Imported = node.ask(&words)?.done()?.json()?;
    ensure!(told.files[0].new == 1, "{told:?}");
    ensure!(node.import(&second)?.new == 1, "the mapping is remembered");
    ensure!(node.points()?.iter().all(|x| x.number("teams") == Some(3)));
    Ok(())
}

#[test]
fn a_name_like_anothers_is_told_and_an_officers_word_for_it_is_kept() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let folder = p.folder().to_owned();
    let import = |name: &str, rows: &[Row<'_>], same: Option<&str>| -> Result<Value> {
        let file = folder.join(name);
        sheet::write(&file, "Huyện Ia H'Drai", 2022, rows)?;
        let mut words = vec!["import".as_ref(), file.as_os_str(), "--json".as_ref()];
        if let Some(same) = same {
            words.extend::<[&std::ffi::OsStr; 2]>(["--same".as_ref(), same.as_ref()]);
        }
        let mut answer: Value = p.node("618").ask(&words)?.done()?.json()?;
        Ok(answer["files"][0].take())
    };
    import("một.xlsx", &[Row { model: "Camera an ninh", ..GOOD }], None)?;
    let model = p.node("618").models()?[0].id.clone();
    let like = Row { model: "Camera giám sát ANTT", place: "Thôn 2", ..GOOD };
    let told = import("hai.xlsx", &[like], None)?;
    let look = &told["look_alikes"][0];
    ensure!(look["name"] == "Camera giám sát ANTT" && look["row"] == 6, "{told}");
    ensure!(look["existing"][0]["id"] == model.as_str() && look["existing"][0]["name"] == "Camera an ninh", "{told}");
    ensure!(told["new"] == 1 && p.node("618").models()?.len() == 2, "it waits for nobody");

    p.node("618").ask(&["import", "--undo", &told["import"].to_string()])?.done()?;
    let said =
        import("ba.xlsx", &[Row { model: "Camera giám sát", ..like }], Some(&format!("Camera giám sát={model}")))?;
    ensure!(said["look_alikes"].as_array().is_some_and(Vec::is_empty) && said["new"] == 1, "{said}");
    let again = import("bốn.xlsx", &[Row { model: "CAMERA GIÁM SÁT", place: "Thôn 3", ..like }], None)?;
    ensure!(again["new"] == 1 && p.node("618").models()?.len() == 1, "{again}");
    // The very name that was taken back: an officer's word goes before what it was.
    let word = format!("Camera giám sát ANTT={model}");
    let meant = import("năm.xlsx", &[Row { place: "Thôn 4", ..like }], Some(&word))?;
    ensure!(meant["new"] == 1 && p.node("618").models()?.len() == 1, "{meant}");
    Ok(())
}
