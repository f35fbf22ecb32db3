//! Data folders and frames of earlier versions: opened, migrated, understood; nothing in them is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use keng_tests::{Hub, Office, Relay, fixtures, programs};
use serde_json::Value;

/// The contested point of `fixtures/v1`.
const POINT: &str = "01a214baf01d7113beefaf6dbabe140c";

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, PermissionsExt::from_mode(0o700))?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let target = to.join(file.file_name());
        if file.file_type()?.is_dir() {
            copy(&file.path(), &target)?;
        } else {
            fs::copy(file.path(), &target)?;
            // Version control does not keep that keys are their owner's alone.
            fs::set_permissions(&target, PermissionsExt::from_mode(0o600))?;
        }
    }
    Ok(())
}

fn sound(office: &Office) -> Result<()> {
    let told: Value = office.tell(&["fsck", "--json"])?.json()?;
    ensure!(told["ok"] == true, "{}", told["faults"]);
    Ok(())
}

#[test]
fn folders_of_version_1_open_migrate_and_sync() -> Result<()> {
    let programs = programs::find(|| ())?;
    let folder = tempfile::tempdir()?;
    let (hub_folder, node_folder) = (folder.path().join("hub"), folder.path().join("node-618"));
    copy(&fixtures::data_folder("v1/hub"), &hub_folder)?;
    copy(&fixtures::data_folder("v1/node-618"), &node_folder)?;
    let hub = Hub::at(&programs.hub, &hub_folder);
    let node = Office::new(&programs.node, &node_folder);
    let points = node.points()?;
    ensure!(points.len() == 22 && hub.points()?.len() == 22, "points were lost in the migration");
    node.contest(POINT, "teams")?.between("618", "62")?;
    sound(&hub)?;
    sound(&node)?;

    hub.serve()?;
    let link = Relay::to(hub.address())?;
    let db = rusqlite::Connection::open(node_folder.join("keng.db"))?;
    db.execute("UPDATE meta SET value = ?1 WHERE key = 'hub_address'", [link.address().to_string()])?;
    drop(db);
    let synced: Value = node.tell(&["sync", "--once", "--json"])?.json()?;
    ensure!(synced["pending"] == 0 && synced["sent"]["entries"] == 1, "{synced}");
    let notes = hub.trace(POINT, "note")?;
    ensure!(notes.iter().any(|l| l.value == "ghi trước khi nâng cấp"), "what waited is lost");
    hub.contest(POINT, "teams")?.between("618", "62")?;
    let status: Value = node.tell(&["status", "--json"])?.json()?;
    let before = status["incarnation"].as_str().context("incarnation")?.to_owned();
    ensure!(status["former_lives"].as_array().is_some_and(Vec::is_empty), "an upgrade is not another life");

    // And on: edits both ways in the new format, under the same name.
    node.edit_point(POINT, "members", 21)?;
    hub.edit_point(POINT, "place", "Thôn 2")?;
    node.tell(&["sync", "--once"])?;
    node.tell(&["sync", "--once"])?;
    ensure!(hub.point(POINT)?.number("members") == Some(21) && node.point(POINT)?.text("place") == "Thôn 2");
    let status: Value = node.tell(&["status", "--json"])?.json()?;
    ensure!(status["incarnation"] == before.as_str());
    sound(&hub)?;
    sound(&node)
}
