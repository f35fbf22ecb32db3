//! The statistics form by a template of the province: exported, adopted, refused, filled with the figures of
//! the ten districts, and made again from its cut.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use calamine::{Data, Reader, Xlsx, open_workbook};
use keng_tests::fixtures::{DISTRICTS, spreadsheet};
use keng_tests::{Hub, Province};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;

type Book = Xlsx<std::io::BufReader<std::fs::File>>;

fn open(path: &Path) -> Result<Book> {
    Ok(open_workbook(path)?)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}

/// Sheet, row and column of a name, counted from 0.
fn place(book: &Book, name: &str) -> Result<(String, u32, u32)> {
    let (_, to) = book.defined_names().iter().find(|(n, _)| n == name).with_context(|| format!("no {name}"))?;
    let (sheet, cell) = to.rsplit_once('!').context("no cell")?;
    let cell = cell.replace('$', "");
    let split = cell.find(|c: char| c.is_ascii_digit()).context("no row")?;
    let column = cell[..split].bytes().fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1);
    Ok((sheet.trim_matches('\'').to_owned(), cell[split..].parse::<u32>()? - 1, column - 1))
}

/// What stands so many rows below the cell of a name.
fn below(book: &mut Book, name: &str, rows: u32) -> Result<Data> {
    let (sheet, row, column) = place(book, name)?;
    Ok(book.worksheet_range(&sheet)?.get_value((row + rows, column)).cloned().unwrap_or_default())
}

fn is(cell: &Data, expected: &Value) -> bool {
    match (cell, expected) {
        (Data::Float(n), Value::Number(m)) => m.as_f64() == Some(*n),
        (Data::String(s), Value::String(t)) => s == t,
        (Data::Empty, Value::String(t)) => t.is_empty(),
        _ => false,
    }
}

/// The form as a province might have it: a head, the units with their sum below, everything else on a
/// sheet that is not printed.
fn own_form(path: &Path, hub: &Hub, without: &str) -> Result<()> {
    let names: Value = hub.tell(&["template", "names", "--json"])?.json()?;
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("Biểu 02")?;
    sheet.merge_range(0, 0, 0, 10, "BIỂU SỐ 02/BCA-V05", &bold)?;
    sheet.write(9, 1, "Cộng")?;
    sheet.write_formula(9, 3, "=SUM(D9:D9)")?;
    sheet.write(12, 8, "THỦ TRƯỞNG ĐƠN VỊ")?;
    let spare = book.add_worksheet();
    spare.set_name("Số không in")?.set_hidden(true);
    let (mut at, mut columns) = (0, std::collections::BTreeMap::<String, u8>::new());
    for name in names.as_array().context("no names")?.iter().filter_map(|n| n["name"].as_str()) {
        let table = name.get(..8).filter(|t| ["keng_mh_", "keng_dh_", "keng_dv_", "keng_ds_", "keng_pt_"].contains(t));
        let place = match (name, table) {
            ("keng_tinh", _) => "'Biểu 02'!$A$2".to_owned(),
            ("keng_tong_diem", _) => "'Biểu 02'!$C$4".to_owned(),
            (_, None) => {
                at += 1;
                format!("'Số không in'!$B${at}")
            }
            (_, Some(table)) => {
                let column = columns.entry(table.to_owned()).or_default();
                let letter = char::from(b'A' + *column);
                *column += 1;
                match table {
                    "keng_dv_" => format!("'Biểu 02'!${letter}$9"),
                    "keng_mh_" => format!("'Số không in'!${letter}$80"),
                    "keng_dh_" => format!("'Số không in'!${letter}$90"),
                    "keng_pt_" => format!("'Số không in'!${letter}$110"),
                    _ => format!("'Số không in'!${letter}$100"),
                }
            }
        };
        if name != without {
            book.define_name(name, &format!("={place}"))?;
        }
    }
    book.save(path)?;
    Ok(())
}

#[test]
fn a_template_of_the_province_is_filled_with_the_figures_of_ten_districts() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join_all(&DISTRICTS)?;
    p.everywhere(|unit, node| {
        node.import(&spreadsheet(unit))?;
        node.sync()
    })?;
    let hub = p.hub();
    hub.merge_suggested()?;
    let out = p.folder().join("out");
    let report = |name: &str, formats: &str, at: Option<u64>| -> Result<Vec<PathBuf>> {
        hub.report(2022, &out.join(name), formats, at)
    };
    let before = report("before", "json,xlsx", None)?;
    let told: Value = hub.tell(&["template", "show", "--json"])?.json()?;
    ensure!(told["built_in"] == true && told["hash"].is_null(), "{told}");
    ensure!(open(&before[1])?.sheet_names().iter().any(|s| s == "Báo cáo"), "the layout of the program");

    // The built-in template has every name, and can be adopted as it is.
    let exported = p.folder().join("mẫu.xlsx");
    hub.tell(&["template", "export", text(&exported)?])?;
    ensure!(hub.ask(&["template", "export", text(&exported)?])?.refused()?.contains("--force"));
    hub.tell(&["template", "adopt", text(&exported)?, "--officer", "Nguyễn Thị Hạnh"])?;
    let told: Value = hub.tell(&["template", "show", "--json"])?.json()?;
    ensure!(told["name"] == "mẫu.xlsx" && told["officer"] == "Nguyễn Thị Hạnh" && told["built_in"] == false, "{told}");
    the_form_has_the_figures(&report("exported", "json,xlsx", None)?)?;

    // Incomplete, it is refused by name, and the one in force stays.
    let own = p.folder().join("biểu 02.xlsx");
    own_form(&own, hub, "keng_tong_to")?;
    let sentence = hub.ask(&["template", "adopt", text(&own)?])?.refused()?;
    for word in ["keng_tong_to (Tổng số tổ)", "mẫu.xlsx", "giữ nguyên", "template export"] {
        ensure!(sentence.contains(word), "no “{word}” in: {sentence}");
    }
    for (name, bytes) in [("a.xlsx", &b"no workbook"[..]), ("b.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0, 0])] {
        let path = p.folder().join(name);
        std::fs::write(&path, bytes)?;
        ensure!(hub.ask(&["template", "adopt", text(&path)?])?.refused()?.contains("giữ nguyên"), "{name}");
    }
    ensure!(hub.tell(&["template", "show", "--json"])?.json::<Value>()? == told);

    own_form(&own, hub, "")?;
    let adopted = hub.tell(&["template", "adopt", text(&own)?])?;
    ensure!(adopted.stdout.contains("biểu 02.xlsx"), "{adopted:?}");
    ensure!(hub.tell(&["template", "adopt", text(&own)?])?.stdout.contains("không ghi gì"));
    let files = report("own", "json,xlsx", None)?;
    the_form_has_the_figures(&files)?;
    let mut book = open(&files[1])?;
    let range = book.worksheet_range("Biểu 02")?;
    let at = |row, column| range.get_value((row, column)).map(Data::to_string).unwrap_or_default();
    ensure!(at(0, 0) == "BIỂU SỐ 02/BCA-V05" && at(18, 1) == "Cộng" && at(21, 8) == "THỦ TRƯỞNG ĐƠN VỊ", "{range:?}");
    let formulas = book.worksheet_formula("Biểu 02")?;
    ensure!(formulas.get_value((18, 3)).is_some_and(|f| f == "SUM(D9:D18)"), "{formulas:?}");

    // Equal input gives equal bytes, and an older cut the template of then (I7).
    ensure!(std::fs::read(&report("again", "xlsx", None)?[0])? == std::fs::read(&files[1])?);
    let cut: Value = serde_json::from_slice(&std::fs::read(&before[0])?)?;
    let then = report("then", "xlsx", cut["cut"]["lsn"].as_u64())?;
    ensure!(std::fs::read(&then[0])? == std::fs::read(&before[1])?, "the program's own layout, as it was made");

    a_backup_brings_it_back(&p, &own)?;
    hub.tell(&["template", "adopt", "--built-in"])?;
    let all: Value = hub.tell(&["template", "list", "--json"])?.json()?;
    let names: Vec<&str> = all.as_array().into_iter().flatten().map(|a| a["name"].as_str().unwrap_or("–")).collect();
    ensure!(names == ["mẫu.xlsx", "biểu 02.xlsx", "–"], "{all}");
    ensure!(open(&report("back", "xlsx", None)?[0])?.sheet_names().iter().any(|s| s == "Báo cáo"));
    Ok(())
}

/// Every named figure is that of the JSON.
fn the_form_has_the_figures(files: &[PathBuf]) -> Result<()> {
    let json: Value = serde_json::from_slice(&std::fs::read(&files[0])?)?;
    let mut book = open(&files[1])?;
    let mut check = |name: &str, rows: u32, expected: &Value| -> Result<()> {
        let cell = below(&mut book, name, rows)?;
        ensure!(is(&cell, expected), "{name} + {rows}: {cell:?} instead of {expected}");
        Ok(())
    };
    check("keng_tinh", 0, &json["province"]["name"])?;
    // The period before and the movement of the year, which a form may have.
    for (name, key) in [("keng_truoc_mo_hinh", "models"), ("keng_truoc_diem", "points"), ("keng_truoc_to", "teams")] {
        ensure!(json["previous"]["before"][key].as_u64() > Some(0), "{}", json["previous"]);
        check(name, 0, &json["previous"]["before"][key])?;
    }
    check("keng_phong_trao_nam", 0, &json["movement"]["year"].to_string().into())?;
    check("keng_an_toan_noi", 0, &0.into())?;
    for (name, key) in [
        ("keng_tong_mo_hinh", "models"),
        ("keng_tong_diem", "points"),
        ("keng_tong_to", "teams"),
        ("keng_tong_thanh_vien", "members"),
        ("keng_tong_diem_moi", "new_points"),
        ("keng_tong_cham_dut", "ended"),
        ("keng_tong_tu_phat", "spontaneous_pending"),
        ("keng_mo_hinh_hieu_qua", "effective_models"),
        ("keng_mo_hinh_chua_hieu_qua", "not_effective_models"),
        ("keng_mo_hinh_chua_du_can_cu", "undetermined_models"),
        ("keng_mo_hinh_chua_danh_gia", "not_rated_models"),
    ] {
        check(name, 0, &json["totals"][key])?;
    }
    let units = json["units"].as_array().context("no units")?;
    ensure!(units.len() == 10, "{}", units.len());
    for (row, unit) in (0..).zip(units) {
        for (name, key) in [
            ("keng_dv_ten", "name"),
            ("keng_dv_mo_hinh", "models"),
            ("keng_dv_diem", "points"),
            ("keng_dv_to", "teams"),
            ("keng_dv_thanh_vien", "members"),
            ("keng_dv_hieu_qua", "effective"),
            ("keng_dv_diem_moi", "new_points"),
            ("keng_dv_cham_dut", "ended"),
        ] {
            check(name, row, &unit[key])?;
        }
    }
    for (row, model) in (0..).zip(json["models"].as_array().context("no models")?) {
        for (name, key) in [
            ("keng_mh_ten", "name"),
            ("keng_mh_diem", "points"),
            ("keng_mh_to", "teams"),
            ("keng_mh_thanh_vien", "members"),
        ] {
            check(name, row, &model[key])?;
        }
        check("keng_mh_muc_tot", row, &model["by_level"].get("tot").cloned().unwrap_or_else(|| 0.into()))?;
    }
    // The list of points has a row for each that is counted, and no more.
    let points = u32::try_from(json["totals"]["points"].as_u64().context("no total")?)?;
    check("keng_ds_tt", points - 1, &points.into())?;
    let (sheet, row, column) = place(&book, "keng_ds_tt")?;
    let range = book.worksheet_range(&sheet)?;
    let beyond = range.get_value((row + points, column)).cloned().unwrap_or_default();
    ensure!(!matches!(beyond, Data::Float(_)), "{beyond:?}");
    Ok(())
}

fn a_backup_brings_it_back(p: &Province, own: &Path) -> Result<()> {
    let backup = p.folder().join("hub.keng");
    p.hub().tell(&["backup", text(&backup)?])?;
    let restored = Hub::at(&p.programs().hub, &p.folder().join("restored"));
    restored.tell(&["restore", text(&backup)?])?;
    let told: Value = restored.tell(&["template", "show", "--json"])?.json()?;
    ensure!(told["name"] == "biểu 02.xlsx", "{told}");
    let back = p.folder().join("back.xlsx");
    restored.tell(&["template", "export", "--in-force", text(&back)?])?;
    ensure!(std::fs::read(&back)? == std::fs::read(own)?, "byte for byte");
    restored.tell(&["fsck"])?;
    Ok(())
}
