//! The main job: ten districts, the figures of the letter, four formats.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use calamine::{Data, Reader, Xlsx, open_workbook};
use keng_domain::text::search_key;
use keng_tests::Province;
use keng_tests::fixtures::{DISTRICTS, spreadsheet};
use keng_tests::truth::Truth;

#[test]
fn ten_districts_at_once_give_the_figures_of_the_letter_in_every_format() -> Result<()> {
    let truth = Truth::kon_tum_2022()?;
    let mut p = Province::kon_tum()?;
    p.join_all(&DISTRICTS)?;
    p.everywhere(|unit, node| {
        let file = node.import(&spreadsheet(unit))?;
        ensure!(file.rejected.is_empty(), "{unit}: {:?}", file.rejected);
        let synced = node.sync()?;
        ensure!(synced.pending == 0, "{unit}: {synced:?}");
        Ok(())
    })?;
    p.hub().merge_suggested()?;
    truth.compare(&p.hub().figures(2022)?)?;

    let out = p.folder().join("out");
    let files = p.hub().report(2022, &out, "json,xlsx,docx,pdf", None)?;
    let of: BTreeMap<&str, &Path> =
        files.iter().filter_map(|f| Some((f.extension()?.to_str()?, f.as_path()))).collect();
    the_workbook_has_the_figures(of["xlsx"], &truth)?;
    the_pages_have_the_figures(of["pdf"], &truth)?;
    the_signature_stands_with_text(of["pdf"])?;
    for format in ["docx", "pdf"] {
        // It fails when there are findings (R30).
        p.hub().tell(&["lint", of[format].to_str().context("a path in UTF-8")?])?;
    }

    // Something more arrives; the same cut still gives the same bytes (I7).
    let lsn = p.hub().status()?.lsn;
    let point = &p.hub().points()?[0];
    p.hub().edit_point(&point.id, "teams", point.number("teams").unwrap_or(0) + 5)?;
    let again = p.hub().report(2022, &p.folder().join("again"), "json,xlsx,docx,pdf", Some(lsn))?;
    for (first, second) in files.iter().zip(&again) {
        ensure!(std::fs::read(first)? == std::fs::read(second)?, "{} differs", second.display());
    }
    Ok(())
}

/// Every model's line and the sum, read back as a spreadsheet program would.
fn the_workbook_has_the_figures(file: &Path, truth: &Truth) -> Result<()> {
    let mut book: Xlsx<_> = open_workbook(file)?;
    let sheet = book.worksheet_range("Mô hình")?;
    let text = |row: &[Data], column: usize| row.get(column).map(ToString::to_string).unwrap_or_default();
    let lines: BTreeMap<String, (String, String)> =
        sheet.rows().map(|row| (search_key(&text(row, 1)), (text(row, 5), text(row, 6)))).collect();
    for (name, m) in &truth.models {
        let line = lines.get(&search_key(name)).with_context(|| format!("no line of “{name}”"))?;
        ensure!(*line == (m.points.to_string(), m.teams.to_string()), "{name}: {line:?}");
    }
    let sum = &lines[&search_key("Tổng số")];
    ensure!(*sum == (truth.counted_points.to_string(), truth.teams.to_string()), "sum: {sum:?}");
    Ok(())
}

fn the_pages_have_the_figures(file: &Path, truth: &Truth) -> Result<()> {
    // In the order of the content: a name that wraps in its cell stays together.
    let output = Command::new("pdftotext").args(["-raw".as_ref(), file.as_os_str(), "-".as_ref()]).output();
    let output = output.context("pdftotext is missing; ./check installs it (poppler-utils)")?;
    let text = String::from_utf8(output.stdout)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence =
        format!("{} mô hình với {} điểm, 1.394 tổ, 15.305 thành viên", truth.model_count, truth.counted_points);
    ensure!(text.contains(&sentence), "the PDF does not say “{sentence}”");
    for name in truth.models.keys() {
        let words = search_key(name);
        ensure!(search_key(&text).contains(&words), "the PDF does not name “{name}”");
    }
    Ok(())
}

/// A signature on a page of its own could be put under any other text.
fn the_signature_stands_with_text(file: &Path) -> Result<()> {
    let output = Command::new("pdftotext").args(["-raw".as_ref(), file.as_os_str(), "-".as_ref()]).output()?;
    let text = String::from_utf8(output.stdout)?;
    let page = text.split('\u{c}').find(|page| page.contains("Nơi nhận:")).context("no page is signed")?;
    ensure!(page.contains("kính báo cáo./."), "the signature stands alone:\n{page}");
    Ok(())
}
