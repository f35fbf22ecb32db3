//! Members of teams (thành viên): read by the unit and the province alone, in no report, and erased
//! everywhere when the law asks for it, history included (DESIGN §4.1, I9; Luật 91/2025/QH15).

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use keng_tests::command::run;
use keng_tests::{Node, Office, Province, fixtures};
use serde_json::Value;

const NAME: &str = "A Đrăng Khôi";
const PHONE: &str = "0912 345 678";

fn add(office: &Office, of: &str) -> Result<String> {
    let (record, name, phone) = (format!("record={of}"), format!("name={NAME}"), format!("phone={PHONE}"));
    let set = ["member", "add", "--set", &record, &name, &phone, "role=TO_TRUONG", "joined_on=2022-03-01", "--json"];
    let added: Value = office.tell(&set)?.json()?;
    ensure!(added["person"] == "here" && added["name"] == NAME, "{added}");
    Ok(added["id"].as_str().context("an id")?.to_owned())
}

fn show(office: &Office, id: &str) -> Result<Value> {
    office.tell(&["member", "show", id])?.json()
}

/// Every file below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(files(&path)?);
        } else {
            all.push(path);
        }
    }
    Ok(all)
}

/// Nothing in the folder says the name or the number.
fn says_nothing(folder: &Path) -> Result<()> {
    for path in files(folder)? {
        let bytes = std::fs::read(&path)?;
        for text in [NAME, "Khôi", PHONE] {
            let is_there = bytes.windows(text.len()).any(|w| w == text.as_bytes());
            ensure!(!is_there, "{} says “{text}”", path.display());
        }
    }
    Ok(())
}

/// The files that are a key by their length.
fn keys(folder: &Path) -> Result<usize> {
    let all = files(folder)?;
    Ok(all.iter().filter(|p| p.iter().any(|part| part == "blobs") && p.metadata().is_ok_and(|m| m.len() == 64)).count())
}

fn is_erased(office: &Office, id: &str) -> Result<()> {
    let now = show(office, id)?;
    ensure!(now["person"] == "erased" && now["name"].is_null() && now["phone"].is_null(), "{now}");
    ensure!(now["role"] == "TO_TRUONG" && now["joined_on"] == "2022-03-01", "what counts stays: {now}");
    for command in [vec!["trace", id, "--json"], vec!["trace", id], vec!["member", "list"]] {
        let told = format!("{:?}", office.tell(&command)?);
        ensure!(!told.contains("Khôi") && !told.contains("0912"), "{command:?}: {told}");
    }
    ensure!(keys(office.folder())? == 0, "a key was left");
    says_nothing(office.folder())
}

#[test]
fn a_member_is_read_by_unit_and_province_alone_and_erased_everywhere() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join_all(&["610", "618"])?;
    let (hub, node, other) = (p.hub(), p.node("610"), p.node("618"));
    node.import(&fixtures::spreadsheet("610"))?;
    let point = node.points()?.into_iter().next().context("a point")?;
    let record = format!("record={}", point.id);
    let team: Value = node.tell(&["team", "add", "--set", &record, "name=Tổ số 1", "--json"])?.json()?;
    ensure!(team["unit"] == point.text("unit"), "a team is where its point is: {team}");
    let team = team["id"].as_str().context("an id")?;

    let nobody = node.ask(&["member", "add", "--set", &format!("record={team}"), "role=TO_PHO"])?.refused()?;
    ensure!(nobody.contains("Họ và tên"), "{nobody}");
    let id = add(node, team)?;
    says_nothing(node.folder())?;

    node.sync()?;
    other.sync()?;
    ensure!(show(hub, &id)?["name"] == NAME, "the province reads it");
    says_nothing(hub.folder())?;
    let elsewhere: Vec<Value> = other.tell(&["member", "list", "--json"])?.json()?;
    ensure!(elsewhere.is_empty() && keys(other.folder())? == 0, "{elsewhere:?}");

    node.tell(&["member", "edit", &id, "--set", "phone=0912 345 679", "--reason", "đổi số"])?;
    let phones = node.trace(&id, "phone")?;
    ensure!(phones.len() == 2, "{phones:?}");
    node.sync()?;
    ensure!(show(hub, &id)?["phone"] == "0912 345 679");
    let figures = hub.figures(2022)?.to_string();
    ensure!(!figures.contains("Khôi") && !figures.contains("0912"), "persons are in no report");

    let copy = p.folder().join("before.keng");
    node.tell(&["backup", copy.to_str().context("UTF-8")?])?;

    ensure!(hub.ask(&["member", "erase", &id])?.refused()?.contains("lý do"));
    ensure!(show(hub, &id)?["name"] == NAME, "nothing was erased without a reason");
    hub.tell(&["member", "erase", &id, "--reason", "theo yêu cầu của công dân"])?;
    is_erased(hub, &id)?;
    // Meanwhile the unit goes on offline; what it writes with the old key is erased with it.
    node.tell(&["member", "edit", &id, "--set", "phone=0912 345 600"])?;
    node.sync()?;
    is_erased(node, &id)?;
    is_erased(hub, &id)?;
    let refused = node.ask(&["member", "edit", &id, "--set", &format!("name={NAME}")])?.refused()?;
    ensure!(refused.contains("đã bị xóa"), "{refused}");
    ensure!(format!("{:?}", hub.tell(&["member", "erase", &id, "--reason", "lại"])?).contains("từ trước"));

    // An older copy of the node has the key still, until it hears of it.
    let folder = p.folder().join("restored");
    let (copy, data) = (copy.to_str().context("UTF-8")?, folder.to_str().context("UTF-8")?);
    run(&p.programs().node, ["restore", copy, "--data", data])?.done()?;
    let restored = Office::new(&p.programs().node, &folder);
    ensure!(show(&restored, &id)?["name"] == NAME, "the copy is one of before");
    restored.tell(&["sync", "--once"])?;
    is_erased(&restored, &id)?;
    for office in [hub as &Office, &restored] {
        let found: Value = office.ask(&["fsck", "--json"])?.done()?.json()?;
        ensure!(found["ok"] == true, "{found}");
    }
    Ok(())
}

/// The province writes a member down; the machine of the unit gets the key by itself.
#[test]
fn a_member_written_down_at_the_province_is_read_at_the_unit() -> Result<()> {
    let mut p = Province::kon_tum()?;
    p.join("610")?;
    let (hub, node): (_, &Node) = (p.hub(), p.node("610"));
    node.import(&fixtures::spreadsheet("610"))?;
    node.sync()?;
    let point = node.points()?.into_iter().next().context("a point")?;
    let unit = format!("unit={}", point.text("unit"));
    let record = format!("record={}", point.id);
    let set = ["member", "add", "--set", &unit, &record, &format!("name={NAME}"), "role=TO_TRUONG", "--json"];
    let added: Value = hub.tell(&set)?.json()?;
    let id = added["id"].as_str().context("an id")?;
    node.sync()?;
    let there = show(node, id)?;
    ensure!(there["person"] == "here" && there["name"] == NAME, "{there}");
    Ok(())
}
