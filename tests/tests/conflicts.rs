//! I5: concurrent different values are a conflict until a person chooses, and nothing is lost.

use anyhow::{Result, ensure};
use keng_tests::{Province, fixtures};
use serde_json::json;

#[test]
fn a_district_and_the_province_disagree_and_both_see_it_until_one_chooses() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    p.node("610").import(&fixtures::spreadsheet("610"))?;
    p.node("610").sync()?;
    let point = p.node("610").points()?[0].id.clone();

    p.node("610").edit_point(&point, "teams", 7)?;
    p.hub().edit_point(&point, "teams", 9)?;
    p.node("610").edit_point(&point, "note", "sửa tại huyện")?;
    p.hub().edit_point(&point, "decision_no", "77/QĐ-UBND")?;
    // Both wrote the same: no reason to ask anybody.
    p.node("610").edit_point(&point, "members", 41)?;
    p.hub().edit_point(&point, "members", 41)?;
    p.node("610").sync()?;

    let contest = p.hub().contest(&point, "teams")?;
    contest.between("610", "62")?;
    ensure!(contest.of("610")?.1.value == 7 && contest.of("62")?.1.value == 9, "{contest:?}");
    ensure!(p.hub().contests()?.len() == 1, "one field is contested");
    p.node("610").contest(&point, "teams")?.between("610", "62")?;
    ensure!(p.hub().point(&point)?.contested == ["teams"]);
    for office in [&**p.hub(), &**p.node("610")] {
        let both = office.point(&point)?;
        ensure!(both.text("note") == "sửa tại huyện" && both.text("decision_no") == "77/QĐ-UBND", "{both:?}");
    }
    // Other fields, each written by one of them: both stand, and both offices are told.
    for office in [&**p.hub(), &**p.node("610")] {
        let told = office.parallel(&point)?;
        ensure!(told.len() == 1, "{told:?}");
        let mut wrote: Vec<(&str, &str)> =
            told[0].candidates.iter().map(|c| (c.field.as_str(), c.unit.as_str())).collect();
        wrote.sort_unstable();
        ensure!(wrote == [("decision_no", "62"), ("note", "610")], "{told:?}");
    }
    let trace = p.hub().trace(&point, "teams")?;
    let complete = trace.iter().all(|l| !l.officer.is_empty() && !l.unit.is_empty() && !l.device_time.is_empty());
    ensure!(complete && trace.len() == 3, "{trace:?}");

    p.hub().choose(&contest, "610", "theo hồ sơ của huyện")?;
    p.node("610").sync()?;
    ensure!(p.node("610").contests()?.is_empty() && p.hub().contests()?.is_empty(), "still contested");
    ensure!(p.node("610").point(&point)?.number("teams") == Some(7));
    // The choice has seen what both wrote.
    ensure!(p.node("610").parallel(&point)?.is_empty() && p.hub().parallel(&point)?.is_empty(), "still parallel");
    let trace = p.node("610").trace(&point, "teams")?;
    ensure!(trace.iter().any(|l| l.value == json!(9)), "what was not chosen is lost: {trace:?}");
    ensure!(trace.iter().any(|l| l.reason.as_deref() == Some("theo hồ sơ của huyện")), "{trace:?}");

    // A choice that was made already is told as such, and changes nothing.
    p.hub().ask(&["resolve", &contest.id, "--pick", "0", "--reason", "muộn"])?.refused()?;
    Ok(())
}

#[test]
fn two_raters_and_two_districts_with_one_model_come_out_as_conflicts() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join_all(&["610", "618"])?;
    p.everywhere(|unit, node| {
        node.import(&fixtures::spreadsheet(unit))?;
        node.sync()
    })?;
    p.hub().merge_suggested()?;
    p.sync_all()?;
    let point = p.node("610").points()?.into_iter().find(|x| x.rating(2022, "610") == Some("kha")).map(|x| x.id);
    let point = point.unwrap_or_default();
    p.node("610").rate(&point, 2022, "tot")?;
    p.hub().rate(&point, 2022, "yeu")?;
    let model = p.hub().models()?[0].id.clone();
    p.node("610").edit_model(&model, "goal", "Mục tiêu của Đắk Glei")?;
    p.node("618").edit_model(&model, "goal", "Mục tiêu của Ia H'Drai")?;
    p.sync_all()?;

    p.hub().contest(&point, "ratings/2022")?.between("610", "62")?;
    p.hub().contest(&model, "goal")?.between("610", "618")?;
    p.node("618").contest(&model, "goal")?.between("610", "618")?;
    ensure!(p.node("618").contests()?.len() == 1, "618 sees a conflict in the area of 610");
    // A unit may settle what is its own, and the others see it.
    let contest = p.node("618").contest(&model, "goal")?;
    p.node("618").choose(&contest, "610", "đồng ý với Đắk Glei")?;
    p.sync_all()?;
    ensure!(p.hub().model(&model)?.text("goal") == "Mục tiêu của Đắk Glei");
    ensure!(p.node("610").contests()?.len() == 1, "the rating alone is open");
    Ok(())
}
