//! What no text fixes is data: the province adopts another rule pack, without another release.

use anyhow::{Context, Result, ensure};
use keng_tests::{Office, Province, fixtures};

fn effective(office: &Office) -> Result<usize> {
    Ok(office.verdicts(2022)?.iter().filter(|v| v.verdict == "EFFECTIVE").count())
}

/// From "half of its points" to "all of them": fewer models are effective, at hub and node alike, and a
/// report of before is made again as it was.
#[test]
fn the_province_adopts_another_rule_pack_and_all_are_judged_by_it() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node) = (p.hub(), p.node("610"));
    node.import(&fixtures::spreadsheet("610"))?;
    node.sync()?;
    let (before, lsn) = (effective(hub)?, hub.status()?.lsn);
    let out = tempfile::tempdir()?;
    let report = |name: &str, at| -> Result<Vec<u8>> {
        let files = hub.report(2022, &out.path().join(name), "json", at)?;
        Ok(std::fs::read(files.first().context("a report")?)?)
    };
    let first = report("first", Some(lsn))?;

    let file = out.path().join("quy-tac.toml");
    let path = file.to_str().context("UTF-8")?;
    hub.tell(&["rules", "export", path])?;
    let text = std::fs::read_to_string(&file)?;
    std::fs::write(&file, text.replacen("numerator = 1", "numerator = 2", 1))?;
    let taken = hub.ask(&["rules", "adopt", path])?.refused()?;
    ensure!(taken.contains("đổi id"), "{taken}");
    std::fs::write(&file, vec![b'#'; 64 * 1024 + 1])?;
    let large = hub.ask(&["rules", "check", path])?.refused()?;
    ensure!(large.contains("lớn hơn 64 KiB"), "{large}");
    std::fs::write(&file, "id = \"hỏng\"")?;
    let bad = hub.ask(&["rules", "adopt", path])?.refused()?;
    ensure!(bad.contains("giữ nguyên") && effective(hub)? == before, "{bad}");

    std::fs::write(
        &file,
        text.replace("id = \"kontum-2022\"", "id = \"kontum-2023\"").replacen("numerator = 1", "numerator = 2", 1),
    )?;
    hub.tell(&["rules", "adopt", path, "--reason", "theo hướng dẫn mới"])?;
    let after = effective(hub)?;
    ensure!(after < before, "{after} of {before}");
    ensure!(hub.tell(&["rules", "show"])?.stdout.contains("theo hướng dẫn mới"));
    node.sync()?;
    ensure!(effective(node)? == after, "the node judges by the new pack");
    ensure!(report("again", Some(lsn))? == first, "a report of before stays as it was");

    // A pack for the years to come leaves the ones before to theirs.
    std::fs::write(
        &file,
        text.replace("id = \"kontum-2022\"", "id = \"kontum-2024\"\neffective_from = \"2023-11-10\""),
    )?;
    hub.tell(&["rules", "adopt", path, "--reason", "từ năm 2024"])?;
    node.sync()?;
    let of_year = |office: &Office, year: i32| -> Result<String> {
        let all: Vec<serde_json::Value> = office.tell(&["verdicts", &year.to_string(), "--json"])?.json()?;
        Ok(all.first().and_then(|v| v["explanation"]["rule_pack"].as_str()).context("a verdict")?.to_owned())
    };
    let offices: [&Office; 2] = [hub, node];
    for office in offices {
        ensure!(effective(office)? == after, "2022 stays as it was judged");
        ensure!(of_year(office, 2023)? == "kontum-2023" && of_year(office, 2024)? == "kontum-2024");
    }
    Ok(())
}
