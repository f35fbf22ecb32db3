//! The pages in a real browser: the scripts of `browser/` drive them, this starts what they show.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use keng_tests::{Province, fixtures, npm, sheet};

fn chromium() -> Result<String> {
    let chromium = Command::new("sh").args(["-c", "command -v chromium"]).output()?;
    ensure!(chromium.status.success(), "chromium is missing; ./check installs it");
    Ok(String::from_utf8(chromium.stdout)?.trim().to_owned())
}

#[test]
fn officers_edit_and_the_province_chooses_in_the_browser() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let node = p.node("618");
    node.import(&fixtures::spreadsheet("618"))?;
    node.sync()?;
    let point = node.points()?.into_iter().next_back().context("a point")?.id;
    node.edit_point(&point, "teams", 7)?;
    p.hub().edit_point(&point, "teams", 9)?;
    node.sync()?;
    p.hub().contest(&point, "teams")?;
    let figures = p.hub().figures(2022)?;
    let units = figures["units"].as_array().context("units")?;
    let teams = units.iter().find(|u| u["code"] == "618").and_then(|u| u["teams"].as_u64()).context("618's teams")?;
    node.serve()?;

    let output = Command::new("node")
        .arg("pages.mjs")
        .current_dir(npm::folder("browser")?)
        .env("CHROMIUM", chromium()?)
        .env("HUB", p.hub().web()?)
        .env("NODE", node.web()?)
        .env("UNIT", "Ia H'Drai")
        .env("TEAMS", teams.to_string())
        .output()
        .context("node is missing; ./check installs it")?;
    println!("{}", String::from_utf8_lossy(&output.stdout));
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Letter 4267, 1.d and 1.b, as officers do it: the script asks for the link to be cut and healed.
#[test]
fn a_unit_hands_in_without_a_link_and_nominates_and_the_province_decides_in_the_browser() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let node = p.node("618");
    node.import(&fixtures::spreadsheet("618"))?;
    node.sync()?;
    let model = node.models()?.into_iter().next().context("a model")?.text("name").to_owned();
    let scan = p.folder().join("ke-hoach.pdf");
    std::fs::write(&scan, "%PDF-1.7 kế hoạch")?;
    node.serve()?;

    let mut script = Command::new("node")
        .arg("duties.mjs")
        .current_dir(npm::folder("browser")?)
        .env("CHROMIUM", chromium()?)
        .env("HUB", p.hub().web()?)
        .env("NODE", node.web()?)
        .env("UNIT", "Ia H'Drai")
        .env("MODEL", model)
        .env("FILE", scan)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("node is missing; ./check installs it")?;
    let mut answers = script.stdin.take().context("its input")?;
    for line in BufReader::new(script.stdout.take().context("its output")?).lines() {
        match line?.as_str() {
            "link close" => node.link().close(),
            "link open" => node.link().open(),
            said => {
                println!("{said}");
                continue;
            }
        }
        writeln!(answers, "done")?;
    }
    ensure!(script.wait()?.success(), "the script says why above");
    Ok(())
}

/// What the province sets and sees by itself: the matrix, whom to call, letters, the rules and the form.
#[test]
fn the_province_calls_reminds_and_sets_its_rules_and_form_in_the_browser() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("618")?;
    let (hub, node) = (p.hub(), p.node("618"));
    node.import(&fixtures::spreadsheet("618"))?;
    node.sync()?;
    let at = |name: &str| p.folder().join(name);
    let text = |path: &std::path::Path| path.to_str().map(str::to_owned).context("a path in UTF-8");
    let (pack, template, lacking) = (at("quy-tac.toml"), at("bieu-01.xlsx"), at("thieu.xlsx"));
    hub.tell(&["rules", "export", &text(&pack)?])?;
    let toml = std::fs::read_to_string(&pack)?;
    let toml =
        toml.replace("id = \"kontum-2022\"", "id = \"kontum-2023\"").replacen("numerator = 1", "numerator = 2", 1);
    std::fs::write(&pack, toml)?;
    hub.tell(&["template", "export", &text(&template)?])?;
    sheet::without_name(&template, &lacking, "keng_tong_to")?;

    let output = Command::new("node")
        .arg("province.mjs")
        .current_dir(npm::folder("browser")?)
        .env("CHROMIUM", chromium()?)
        .env("HUB", hub.web()?)
        .env("UNIT", "Ia H'Drai")
        .env("CODE", "618")
        .env("YEAR", "2022")
        .env("PACK", &pack)
        .env("TEMPLATE", &template)
        .env("LACKING", &lacking)
        .output()
        .context("node is missing; ./check installs it")?;
    println!("{}", String::from_utf8_lossy(&output.stdout));
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
