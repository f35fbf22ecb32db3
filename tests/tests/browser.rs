//! The pages in a real browser: `browser/pages.mjs` drives them, this starts what they show.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use keng_tests::{Province, fixtures, npm};

#[test]
fn officers_edit_and_the_province_chooses_in_the_browser() -> Result<()> {
    let chromium = Command::new("sh").args(["-c", "command -v chromium"]).output()?;
    ensure!(chromium.status.success(), "chromium is missing; ./check installs it");
    let chromium = String::from_utf8(chromium.stdout)?.trim().to_owned();

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
        .env("CHROMIUM", chromium)
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
