//! Letter 4267, 1.d: "báo cáo 06 tháng trước ngày 10 tháng 5". Real programs, their clocks set.

use anyhow::{Result, ensure};
use keng_tests::command::set_clock;
use keng_tests::{Province, fixtures};
use serde_json::Value;

/// Of `submission list --json`, the last one of a unit.
fn of<'a>(list: &'a Value, unit: &str) -> &'a Value {
    list.as_array().and_then(|all| all.iter().rfind(|s| s["unit"] == unit)).unwrap_or(&Value::Null)
}

/// The acceptance case: 9 May 23:59 is on time, 10 May 00:00 is late; captured on time while offline and
/// received on the 12th shows both times; a clock that was set back after a contact makes nothing punctual.
#[test]
fn before_the_tenth_of_may_is_the_ninth_at_23_59_whatever_the_link_does() -> Result<()> {
    set_clock(Some("2022-05-02 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    let units = ["610", "611", "617", "618"];
    p.join_all(&units)?;
    p.everywhere(|unit, node| {
        node.import(&fixtures::spreadsheet(unit))?;
        node.sync()
    })?;
    p.hub().stop()?;

    let hand_in = |unit: &str, at: &str| -> Result<Value> {
        set_clock(Some(at))?;
        p.node(unit).tell(&["submission", "hand-in", "2022-half", "--json"])?.json()
    };
    hand_in("610", "2022-05-09 23:59:00")?;
    hand_in("617", "2022-05-10 00:00:00")?;

    // Connected in time.
    set_clock(Some("2022-05-09 16:50:00"))?;
    p.hub().serve()?;
    let before: Value = p.node("611").tell(&["submission", "hand-in", "2022-half", "--json"])?.json()?;
    ensure!(before["timeliness"] == "ON_TIME" && before["received_at"].is_null(), "{before}");
    p.node("611").sync()?;
    p.hub().stop()?;

    set_clock(Some("2022-05-12 09:00:00"))?;
    p.hub().serve()?;
    p.node("618").sync()?;
    // In touch on the 12th, and then a clock that says the 8th.
    set_clock(Some("2022-05-08 09:00:00"))?;
    p.node("618").tell(&["submission", "hand-in", "2022-half"])?;
    set_clock(Some("2022-05-12 09:10:00"))?;
    for unit in ["610", "617", "618"] {
        p.node(unit).sync()?;
    }

    let list: Value = p.hub().tell(&["submission", "list", "--json"])?.json()?;
    let told: Vec<&Value> = units.iter().map(|u| &of(&list, u)["timeliness"]).collect();
    ensure!(told == ["ON_TIME_OFFLINE", "ON_TIME", "LATE", "LATE"], "{list:#}");
    let offline = of(&list, "610");
    ensure!(offline["handed_in_at"] == "2022-05-09T23:59:00+07:00", "{offline}");
    ensure!(offline["received_at"].as_str().is_some_and(|t| t.starts_with("2022-05-12T09:")), "{offline}");
    ensure!(of(&list, "618")["why"]["sentence"].as_str().is_some_and(|s| s.contains("không thể lập trước đó")));
    let at_the_unit: Value = p.node("610").tell(&["submission", "list", "--json"])?.json()?;
    ensure!(of(&at_the_unit, "610")["timeliness"] == "ON_TIME_OFFLINE", "the unit sees the same");

    // Who has handed in nothing is overdue since the 10th.
    let matrix: Value = p.hub().tell(&["obligations", "2022", "--json"])?.json()?;
    let cell = |unit: &str, period: &str| -> Value {
        let row = matrix.as_array().and_then(|rows| rows.iter().find(|r| r["unit"] == unit));
        let cells = row.and_then(|r| r["cells"].as_array()).cloned().unwrap_or_default();
        cells.into_iter().find(|c| c["period"] == period).unwrap_or_default()
    };
    ensure!(cell("608", "2022-half")["state"] == "OVERDUE" && cell("608", "2022-half")["days_late"] == 3, "{matrix:#}");
    ensure!(cell("610", "2022-half")["state"] == "HANDED_IN" && cell("608", "2022-annual")["state"] == "NOT_DUE");
    Ok(())
}

/// The letter sets the last day alone: who hands in before is taken, and told that the period still runs. What stands
/// in it is what there is that day, not what would be at the end.
#[test]
fn a_period_that_still_runs_is_handed_in_as_of_the_day_and_says_so() -> Result<()> {
    set_clock(Some("2022-03-01 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    let model = node.tell(&["model", "add", "--set", "name=Camera an ninh"])?.stdout.trim().to_owned();
    // Five months old on that day, seven at the end of the half-year (R7).
    let point = ["point", "add", "--set", "unit=23368", "place=Thôn 1", "decision_date=2021-10-01"];
    node.tell(&[&point[..], &[&format!("model={model}")]].concat())?;
    let draft: Value = node.tell(&["submission", "draft", "2022-half", "--json"])?.json()?;
    let notice = "Kỳ 6 tháng đầu năm 2022 còn đến hết ngày 09/05/2022: số liệu mới chốt hết ngày 01/03/2022";
    ensure!(draft["still_runs"].as_str().is_some_and(|s| s.starts_with(notice)), "{draft:#}");
    let said = node.tell(&["submission", "hand-in", "2022-half"])?.stdout;
    ensure!(said.contains(notice) && said.contains("Đúng hạn"), "{said}");
    node.sync()?;
    let list: Value = p.hub().tell(&["submission", "list", "--json"])?.json()?;
    let figures = &of(&list, "610")["figures"];
    ensure!(figures["as_of"] == "2022-03-01" && figures["by_model"][&model][3] == 0, "{figures:#}");

    set_clock(Some("2022-05-09 08:00:00"))?;
    let last: Value = node.tell(&["submission", "hand-in", "2022-half", "--json"])?.json()?;
    ensure!(last["still_runs"].is_null() && last["figures"]["by_model"][&model][3] == 1, "{last:#}");
    set_clock(None)
}

/// Letter 4267, 1.d: whoever has not handed in or was sent back still owes it on 1 January, at the unit and at the
/// province.
#[test]
fn what_is_overdue_or_sent_back_stays_on_the_lists_after_new_year() -> Result<()> {
    set_clock(Some("2022-11-01 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    let model = node.tell(&["model", "add", "--set", "name=Camera an ninh"])?.stdout.trim().to_owned();
    let point = ["point", "add", "--set", "unit=23368", "place=Thôn 1", "decision_date=2021-10-01"];
    let point = node.tell(&[&point[..], &[&format!("model={model}")]].concat())?.stdout.trim().to_owned();
    let sent: Value = node.tell(&["submission", "hand-in", "2022-annual", "--json"])?.json()?;
    node.sync()?;
    let id = sent["id"].as_str().unwrap_or_default();
    p.hub().tell(&["submission", "return", id, "--reason", "thiếu số quyết định"])?;
    node.sync()?;
    p.hub().stop()?;

    let looks = |at: &str| -> Result<[String; 3]> {
        set_clock(Some(at))?;
        p.hub().serve()?;
        node.serve()?;
        let text = |page: Vec<u8>| String::from_utf8(page);
        let pages = [text(node.page("/")?)?, text(p.hub().page("/duties")?)?, text(p.hub().page("/calls")?)?];
        node.stop()?;
        p.hub().stop()?;
        Ok(pages)
    };
    let [home, duties, calls] = looks("2022-12-31 08:00:00")?;
    let tells = |page: &str, what: &[&str]| what.iter().all(|words| page.contains(words));
    let owed = ["Báo cáo 6 tháng đầu năm 2022", "Báo cáo năm 2022", "Tỉnh ghi: “thiếu số quyết định”"];
    ensure!(tells(&home, &owed) && tells(&home, &["1 điểm chưa đánh giá năm 2022"]), "{home}");
    ensure!(tells(&duties, &["1 trả lại"]) && !duties.contains("Năm 2021 còn"), "nobody was asked in 2021");
    ensure!(tells(&calls, &["Báo cáo năm 2022 (đã trả lại)"]), "{calls}");

    // The figures shown are those of the new year as soon as it has one rating.
    set_clock(Some("2023-01-02 07:00:00"))?;
    node.rate(&point, 2023, "tot")?;
    let [home, duties, calls] = looks("2023-01-02 08:00:00")?;
    ensure!(tells(&home, &owed) && tells(&home, &["1 điểm chưa đánh giá năm 2022"]), "{home}");
    ensure!(tells(&duties, &["Năm 2022 còn", "1 trả lại", "/duties?year=2022"]), "{duties}");
    ensure!(tells(&calls, &["Báo cáo năm 2022 (đã trả lại)", "Đánh giá, xếp loại năm 2022 (còn 1 điểm)"]), "{calls}");
    set_clock(None)
}

/// The province's own return makes nobody late: the letter sets a day for handing in, and none for mending.
#[test]
fn a_report_in_time_that_was_sent_back_and_mended_after_the_deadline_is_in_time() -> Result<()> {
    set_clock(Some("2022-11-08 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.import(&fixtures::spreadsheet("610"))?;
    let sent: Value = node.tell(&["submission", "hand-in", "2022-annual", "--json"])?.json()?;
    node.sync()?;
    let first = sent["id"].as_str().unwrap_or_default();
    p.hub().tell(&["submission", "return", first, "--reason", "thiếu số quyết định"])?;
    node.sync()?;
    p.hub().stop()?;

    set_clock(Some("2022-11-15 08:00:00"))?;
    p.hub().serve()?;
    let again: Value = node.tell(&["submission", "hand-in", "2022-annual", "--json"])?.json()?;
    ensure!(again["timeliness"] == "ON_TIME" && again["replaces"] == first, "{again:#}");
    node.sync()?;
    let list: Value = p.hub().tell(&["submission", "list", "--json"])?.json()?;
    let last = of(&list, "610");
    let sentence = last["why"]["sentence"].as_str().unwrap_or_default();
    ensure!(last["timeliness"] == "ON_TIME", "{sentence}");
    ensure!(last["handed_in_at"].as_str().is_some_and(|t| t.starts_with("2022-11-15T08:")), "{last:#}");
    ensure!(last["first_handed_in_at"].as_str().is_some_and(|t| t.starts_with("2022-11-08T08:")), "{last:#}");
    ensure!(sentence.contains("Sau khi tỉnh trả lại, trình lại lúc 08:0"), "{sentence}");
    set_clock(None)
}

/// Two days slow at the last contact, set right without a link, handed in on the last day: the offset of then is not
/// that of the act.
#[test]
fn a_clock_that_was_set_right_without_a_link_makes_no_report_late() -> Result<()> {
    set_clock(Some("2022-11-07 08:00:00"))?;
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let node = p.node("610");
    node.import(&fixtures::spreadsheet("610"))?;
    set_clock(Some("2022-11-05 08:00:00"))?;
    node.sync()?;
    p.hub().stop()?;

    set_clock(Some("2022-11-09 16:50:00"))?;
    node.tell(&["submission", "hand-in", "2022-annual"])?;
    set_clock(Some("2022-11-14 08:00:00"))?;
    p.hub().serve()?;
    node.sync()?;
    let at_the_hub: Value = p.hub().tell(&["submission", "list", "--json"])?.json()?;
    let at_the_unit: Value = node.tell(&["submission", "list", "--json"])?.json()?;
    for list in [&at_the_hub, &at_the_unit] {
        let sentence = of(list, "610")["why"]["sentence"].as_str().unwrap_or_default();
        ensure!(of(list, "610")["timeliness"] == "ON_TIME_OFFLINE", "{sentence}");
        ensure!(
            sentence.contains("lúc 16:50 ngày 09/11/2022 hoặc lúc 16:") && sentence.contains("đã chỉnh"),
            "{sentence}"
        );
    }
    set_clock(None)
}
