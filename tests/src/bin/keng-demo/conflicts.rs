//! Chapters 5 to 7: edits made apart, three conflicts, a person's choice.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use keng_domain::rule_pack::RulePack;
use keng_domain::schema::Kind;
use keng_domain::text::search_key;
use keng_tests::answers::{Contest, Record};
use keng_tests::{Office, Province};
use serde_json::Value;

use crate::Story;
use crate::half::{YEAR, verdict};
use crate::outage::CUT_OFF;

/// The province's own unit, as the contests name it.
const PROVINCE: &str = "62";
/// A model that runs in all ten districts.
const MODEL: &str = "Camera an ninh";
/// 31 of its 68 points are effective and 6 unrated: one more does not change its verdict.
const RATED_MODEL: &str = "Tiếng kẻng an ninh";

/// What was edited apart.
pub struct Edits {
    /// A point of 610, with its number of teams before.
    teams: (String, i64),
    /// A point of 612 that nobody had rated.
    rated: String,
    /// A point of 617: two fields, no conflict.
    alongside: String,
    /// The model.
    model: String,
}

/// The links break again; districts and province edit the same things.
pub fn edit_apart(story: &Story) -> Result<Edits> {
    let Story { province, truth, teller } = story;
    teller.chapter("Lại mất mạng: huyện và tỉnh cùng sửa một chỗ");
    province.sync_all()?;
    for unit in CUT_OFF {
        province.node(unit).link().close();
    }
    let edits = choose_records(province)?;
    let name = |unit: &str| &truth.districts[unit].name;
    let hub = province.hub();

    let (point, teams) = (&edits.teams.0, edits.teams.1);
    province.node("610").edit_point(point, "teams", teams + 2)?;
    hub.edit_point(point, "teams", teams + 4)?;
    teller.say(format!("Số tổ của một điểm: {} ghi {}, tỉnh ghi {}.", name("610"), teams + 2, teams + 4));

    province.node("612").rate(&edits.rated, YEAR, "tot")?;
    hub.rate(&edits.rated, YEAR, "trung_binh")?;
    teller.say(format!("Một điểm chưa ai xếp loại năm {YEAR}: {} xếp Tốt, tỉnh xếp Trung bình.", name("612")));

    province.node("610").edit_model(&edits.model, "goal", "Mỗi thôn có camera ở đường vào")?;
    province.node("617").edit_model(&edits.model, "goal", "Camera ở mọi ngã ba liên thôn")?;
    teller.say(format!("Mục tiêu của “{MODEL}”: {} và {} mỗi nơi viết một câu.", name("610"), name("617")));

    province.node("617").edit_point(&edits.alongside, "note", "đã kiểm tra tại thôn")?;
    hub.edit_point(&edits.alongside, "decision_no", "77/QĐ-UBND")?;
    teller.say(format!("Một điểm ở {}: huyện sửa ghi chú, tỉnh sửa số quyết định.", name("617")));

    let open: u64 = CUT_OFF.iter().map(|u| province.node(u).status().map_or(9, |s| s.contests)).sum();
    teller.fact(
        "Chưa ai thấy xung đột nào; việc của ai người ấy làm.",
        open == 0 && hub.contests()?.is_empty(),
        || open.to_string(),
    )?;
    Ok(edits)
}

fn choose_records(province: &Province) -> Result<Edits> {
    let counted = |p: &Record| p.text("status") == "HOAT_DONG" && !p.text("decision_date").is_empty();
    let first = |unit: &str, fits: &dyn Fn(&Record) -> bool| -> Result<Record> {
        let mut points = province.node(unit).points()?.into_iter();
        points.find(|p| counted(p) && fits(p)).with_context(|| format!("{unit} has no such point"))
    };
    let models = province.hub().models()?;
    let name_of = |p: &Record| models.iter().find(|m| m.id == p.text("model")).map(|m| m.text("name"));
    let of_610 = first("610", &|p| p.number("teams").is_some_and(|t| t > 0) && p.text("decision_date") < "2022")?;
    let teams = of_610.number("teams").context("teams")?;
    Ok(Edits {
        teams: (of_610.id, teams),
        rated: first("612", &|p| {
            let unrated = p.fields["ratings"].as_object().is_none_or(serde_json::Map::is_empty);
            unrated
                && p.text("decision_date") < "2022"
                && name_of(p).is_some_and(|n| search_key(n) == search_key(RATED_MODEL))
        })?
        .id,
        alongside: first("617", &|_| true)?.id,
        model: verdict(province.hub(), MODEL)?.model,
    })
}

/// The links return: three conflicts, each seen by those whom it concerns, no winner.
pub fn meet_again(story: &Story, edits: &Edits) -> Result<()> {
    let Story { province, truth, teller } = story;
    teller.chapter("Có mạng lại: ba xung đột, không ai thắng trong im lặng");
    for unit in CUT_OFF {
        province.node(unit).link().open();
    }
    for _ in 0..2 {
        province.everywhere(|unit, node| if CUT_OFF.contains(&unit) { node.sync().map(|_| ()) } else { Ok(()) })?;
    }
    let hub = province.hub();
    let fields: BTreeSet<String> = hub.contests()?.into_iter().map(|c| c.field).collect();
    let found = hub.contests()?;
    teller
        .fact("Tỉnh thấy đúng ba xung đột.", found.len() == 3 && fields.len() == 3, || format!("{found:?}"))?;
    for contest in &found {
        for c in &contest.candidates {
            let unit = truth.districts.get(&c.unit).map_or("Tỉnh", |d| d.name.as_str());
            teller.say(format!("   {}: {} — {unit}, {}", label(&contest.field), shown(&c.value), c.officer));
        }
    }
    hub.contest(&edits.teams.0, "teams")?.between("610", PROVINCE)?;
    hub.contest(&edits.rated, &format!("ratings/{YEAR}"))?.between("612", PROVINCE)?;
    hub.contest(&edits.model, "goal")?.between("610", "617")?;
    let at = |unit: &str| -> Result<usize> { Ok(province.node(unit).contests()?.len()) };
    let seen = (at("610")?, at("612")?, at("617")?);
    teller.fact(
        "Mỗi huyện thấy xung đột ở địa bàn mình và của mô hình chung; không thấy của huyện khác.",
        seen == (2, 2, 1),
        || format!("{seen:?}"),
    )?;
    let both = hub.point(&edits.alongside)?;
    teller.fact(
        "Sửa hai mục khác nhau của một điểm: giữ cả hai, không phải xung đột.",
        both.text("note") == "đã kiểm tra tại thôn" && both.text("decision_no") == "77/QĐ-UBND",
        || format!("{both:?}"),
    )?;
    let trace = hub.trace(&edits.teams.0, "teams")?;
    teller.say("Truy vết số tổ, từ cũ đến mới:");
    for line in &trace {
        let time = line.device_time.get(..16).unwrap_or_default().replace('T', " ");
        teller.say(format!(
            "   {time}  {} = {} · {} · {}",
            label(&line.field),
            shown(&line.value),
            line.unit,
            line.officer
        ));
    }
    let units: BTreeSet<&str> = trace.iter().map(|l| l.unit.as_str()).collect();
    teller.fact(
        "Truy được mọi giá trị đến đơn vị, cán bộ, thời điểm.",
        units == BTreeSet::from(["610", PROVINCE]),
        || format!("{units:?}"),
    )
}

/// A value as people read it.
fn shown(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    RulePack::kontum_2022().level(&text).map_or(text, |level| level.label.clone())
}

/// A field as people call it.
fn label(field: &str) -> String {
    let key = field.split('/').next().unwrap_or(field);
    let spec = [Kind::Point, Kind::Model].into_iter().find_map(|kind| kind.field(key));
    let label = spec.map_or(key, |s| s.label);
    field.split_once('/').map_or_else(|| label.to_owned(), |(_, year)| format!("{label} {year}"))
}

/// A person chooses; both sides see the choice, and nothing of what was not chosen is lost.
pub fn choose(story: &mut Story, edits: &Edits) -> Result<()> {
    let Story { province, truth, teller } = story;
    teller.chapter("Người có thẩm quyền chọn, ghi lý do");
    let hub = province.hub();
    let rating = format!("ratings/{YEAR}");
    let chosen: [(&str, &str, &str, &str); 3] = [
        (&edits.teams.0, "teams", "610", "theo hồ sơ của huyện"),
        (&edits.rated, &rating, "612", "biên bản kiểm tra cuối năm của huyện"),
        (&edits.model, "goal", "617", "bao quát hơn"),
    ];
    for (record, field, unit, reason) in chosen {
        let contest: Contest = hub.contest(record, field)?;
        hub.choose(&contest, unit, reason)?;
        teller.say(format!("{}: theo {} (“{reason}”).", label(field), truth.districts[unit].name));
    }
    for unit in CUT_OFF {
        province.node(unit).sync()?;
    }
    let offices = CUT_OFF.iter().map(|u| -> &Office { province.node(u) }).chain([&**hub]);
    let open: usize = offices.map(|o| o.contests().map_or(9, |c| c.len())).sum();
    teller.fact("Hết xung đột ở tỉnh và ở cả ba huyện.", open == 0, || open.to_string())?;

    let teams = edits.teams.1 + 2;
    let (there, here) = (province.node("610").point(&edits.teams.0)?, hub.point(&edits.teams.0)?);
    teller.fact(
        format!("Số tổ ở hai bên cùng là {teams}."),
        (there.number("teams"), here.number("teams")) == (Some(teams), Some(teams)),
        || format!("{:?}, {:?}", there.number("teams"), here.number("teams")),
    )?;
    let values: BTreeSet<String> = hub.trace(&edits.teams.0, "teams")?.iter().map(|l| shown(&l.value)).collect();
    let kept = values.contains(&(teams + 2).to_string());
    teller.fact("Giá trị không được chọn vẫn truy được.", kept, || format!("{values:?}"))?;

    let model = here.text("model").to_owned();
    let name = hub.models()?.into_iter().find(|m| m.id == model).map(|m| m.text("name").to_owned());
    let name = name.context("the point's model")?;
    let canonical = truth.models.keys().find(|k| search_key(k) == search_key(&name)).cloned();
    truth.add_teams(2, "610", &canonical.context("a model of the truth")?);
    truth.rate_effective(RATED_MODEL);
    Ok(())
}
