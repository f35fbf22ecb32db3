//! Chapter 2: a storm takes three links; all ten districts import their spreadsheets.

use std::time::Duration;

use anyhow::Result;
use keng_tests::fixtures::{DISTRICTS, spreadsheet};
use keng_tests::until;
use serde_json::Value;

use crate::Story;
use crate::half::YEAR;
use crate::teller::number;

/// Who is cut off.
pub const CUT_OFF: [&str; 3] = ["610", "612", "617"];

/// All import; seven arrive by themselves, three stay where they are and lose nothing.
pub fn three_districts_lose_the_link(story: &Story) -> Result<()> {
    let Story { province, truth, teller } = story;
    teller.chapter("Bão: ba huyện mất mạng, cả mười vẫn nhập số liệu năm 2022");
    for unit in CUT_OFF {
        province.node(unit).link().close();
        teller.say(format!("✂ {} mất đường truyền.", truth.districts[unit].name));
    }

    let bar = teller.bar(DISTRICTS.len(), "nhập bảng tính");
    let imported = province.everywhere(|unit, node| {
        let file = node.import(&spreadsheet(unit))?;
        bar.inc(1);
        Ok(file)
    })?;
    bar.finish_and_clear();
    let rows: usize = imported.values().map(|f| f.rows).sum();
    teller.fact(format!("Mười bảng tính, {} dòng, đọc được hết.", number(rows)), rows == 752, || rows.to_string())?;

    let busy = teller.busy("bảy huyện tự gửi lên tỉnh");
    let linked: Vec<&str> = DISTRICTS.into_iter().filter(|d| !CUT_OFF.contains(d)).collect();
    for unit in &linked {
        province.wait_sent(unit, Duration::from_secs(60))?;
    }
    let expected: u64 = linked.iter().map(|d| truth.districts[*d].counted_points).sum();
    until("the seven districts are in the report", Duration::from_secs(30), || {
        Ok(province.hub().figures(YEAR)?["totals"]["points"] == expected)
    })?;
    busy.finish_and_clear();
    let figures = province.hub().figures(YEAR)?;
    let right = linked.iter().all(|d| points_of(&figures, d) == Some(truth.districts[*d].counted_points));
    teller.fact(
        format!("Bảy huyện có mạng tự gửi; tỉnh thấy đủ {} điểm của họ.", number(expected)),
        right,
        || figures["units"].to_string(),
    )?;
    let missing: Vec<&str> =
        figures["missing_units"].as_array().into_iter().flatten().filter_map(|u| u["code"].as_str()).collect();
    teller.fact("Báo cáo nêu đích danh ba huyện chưa có số liệu.", missing == CUT_OFF, || {
        format!("{missing:?}")
    })?;
    for unit in CUT_OFF {
        let (waiting, held) = (province.node(unit).status()?.pending, province.node(unit).points()?.len());
        let text = format!("{}: {held} điểm lưu tại máy, {waiting} thay đổi chờ gửi.", truth.districts[unit].name);
        teller.fact(text, waiting > 0 && held as u64 >= truth.districts[unit].counted_points, || held.to_string())?;
    }
    Ok(())
}

/// A unit's counted points in a report.
pub fn points_of(figures: &Value, unit: &str) -> Option<u64> {
    figures["units"].as_array()?.iter().find(|u| u["code"] == unit)?["points"].as_u64()
}
