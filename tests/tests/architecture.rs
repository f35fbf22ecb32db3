//! The circles of `ARCHITECTURE.md`, held by a test: who may know whom, and what must not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Direct normal dependencies of every crate of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&out.stdout).unwrap();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            let normal = p["dependencies"].as_array().unwrap().iter().filter(|d| d["kind"].is_null());
            (text(&p["name"]), normal.map(|d| text(&d["name"])).collect())
        })
        .collect()
}

#[test]
fn arrows_point_inward() {
    let all = dependencies();
    let check = |name: &str, allowed: &[&str]| {
        let known: Vec<&str> = all[name].iter().map(String::as_str).filter(|d| d.starts_with("keng-")).collect();
        let foreign: Vec<&&str> = known.iter().filter(|d| !allowed.contains(d)).collect();
        assert!(foreign.is_empty(), "{name} may not know {foreign:?}");
    };
    check("keng-domain", &[]);
    check("keng-proto", &[]);
    check("keng-records", &["keng-domain"]);
    check("keng-sync", &["keng-domain", "keng-proto"]);
    check("keng-report", &["keng-domain"]);
    // It judges files of anybody, so it may not know how Kẻng writes them.
    check("keng-lint", &[]);
    check("keng-web", &["keng-desk", "keng-domain", "keng-store"]);
    check("keng-store", &["keng-domain", "keng-proto", "keng-records", "keng-sync"]);
    check("keng-desk", &["keng-domain", "keng-proto", "keng-records", "keng-store", "keng-sync"]);
    for (name, known) in &all {
        assert!(
            !known.contains("keng-hub") && !known.contains("keng-node") || name == "keng-tests",
            "{name} knows a program"
        );
    }
}

#[test]
fn the_pure_circle_has_no_runtime_no_network_and_no_database() {
    let all = dependencies();
    for name in ["keng-domain", "keng-records", "keng-sync", "keng-report", "keng-lint"] {
        for banned in ["tokio", "tonic", "axum", "rusqlite", "getrandom", "rand", "hyper-util"] {
            assert!(!all[name].contains(banned), "{name} may not use {banned}");
        }
    }
    assert!(!all["keng-domain"].contains("automerge") && !all["keng-sync"].contains("automerge"));
}

/// What sets a PDF is nine tenths of the crate that does it: a unit's machine prints Word alone.
#[test]
fn a_node_carries_nothing_that_sets_a_pdf_and_the_hub_does() {
    let tree = |package: &str| {
        let asked = ["tree", "--locked", "--edges", "normal", "--prefix", "none", "--package", package];
        let out = Command::new(env!("CARGO")).args(asked).current_dir(root()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let has = |tree: &str, what: &str| tree.lines().any(|line| line.starts_with(what));
    let (node, hub) = (tree("keng-node"), tree("keng-hub"));
    assert!(has(&node, "keng-report ") && !has(&node, "typst"), "{node}");
    assert!(has(&hub, "typst "), "{hub}");
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            if !["target", "node_modules", ".git"].contains(&entry.file_name().to_str().unwrap()) {
                sources(&path, out);
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn sql_stands_in_the_store_alone_and_the_pure_circle_reads_no_clock() {
    let mut files = Vec::new();
    for folder in ["shared", "hub/src", "node/src"] {
        sources(&root().join(folder), &mut files);
    }
    assert!(files.len() > 50);
    for path in files {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        let text = std::fs::read_to_string(&path).unwrap();
        let has = |what: &str| text.contains(what);
        if !name.starts_with("shared/store") {
            assert!(!has("SELECT ") && !has("INSERT INTO") && !has("prepare_cached"), "SQL in {name}");
        }
        let circle = ["shared/domain", "shared/records", "shared/sync", "shared/report", "shared/lint"];
        let pure = circle.iter().any(|p| name.starts_with(p));
        if pure && !name.contains("/tests") {
            assert!(!has("Utc::now") && !has("SystemTime::now") && !has("Instant::now"), "a clock in {name}");
        }
        for drawer in ["utils.rs", "helpers.rs", "common.rs", "misc.rs", "manager.rs"] {
            assert!(!name.ends_with(drawer), "{name} is a drawer");
        }
    }
}

/// docs/nghia-vu.md leads from each rule and duty to its test: each of them must exist.
#[test]
fn every_duty_and_every_rule_names_a_test_that_there_is() {
    let page = std::fs::read_to_string(root().join("docs/nghia-vu.md")).unwrap();
    let mut files = Vec::new();
    for folder in ["shared", "hub", "node", "tests/tests"] {
        sources(&root().join(folder), &mut files);
    }
    let code: String = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).collect();
    let mut told = 0;
    for name in rows.iter().filter_map(|row| row.rsplit('|').nth(1)).flat_map(|cell| cell.split('`')) {
        if name.contains('_') {
            assert!(code.contains(&format!("fn {name}(")), "no test {name}");
            told += 1;
        }
    }
    assert!(told > 40, "{told}");
    for rule in 1..=32 {
        let names =
            |row: &&str| row.split('|').nth(1).unwrap_or_default().split(',').any(|r| r.trim() == format!("R{rule}"));
        assert!(rows.iter().any(names), "R{rule} has no row");
    }
}
