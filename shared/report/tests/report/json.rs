//! `report.json` (DESIGN §7): its keys are checked from outside, so they never change.

use keng_report::{Format, UnknownFormat, file_stem};
use serde_json::Value;

use crate::sample::Sample;

fn report() -> Value {
    serde_json::from_slice(&Sample::default().with_contests().render(Format::Json)).unwrap()
}

fn has_keys(value: &Value, keys: &str) {
    for key in keys.split(' ') {
        assert!(value.get(key).is_some(), "no {key} in {value}");
    }
}

#[test]
fn the_keys_are_those_of_the_contract() {
    let report = report();
    has_keys(&report, "kind period cut totals models units missing_units contests");
    has_keys(&report["cut"], "lsn root rule_pack cut_off");
    has_keys(&report["totals"], "models points teams members spontaneous_pending ended new_points");
    has_keys(&report["models"][0], "id name points teams members eligible effective unrated verdict");
    has_keys(&report["units"][0], "code name points teams members as_of received");
    has_keys(&report["contests"][0], "id record kind field candidates");
}

#[test]
fn verdicts_are_the_words_of_the_contract() {
    let verdicts: Vec<String> = report()["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| format!("{}: {}", m["name"].as_str().unwrap(), m["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(
        verdicts,
        ["Camera an ninh: UNDETERMINED", "Dòng họ tự quản: NOT_RATED", "Tiếng kẻng an ninh: EFFECTIVE"]
    );
}

#[test]
fn files_are_named_after_kind_and_period() {
    assert_eq!(file_stem(&Sample::default().figures()), "annual-2022");
    let quarter = Sample { kind: "quarter", period: "2022-Q4", ..Sample::default() };
    assert_eq!(file_stem(&quarter.figures()), "quarter-2022-Q4");
}

#[test]
fn formats_are_known_by_their_extensions() {
    for format in Format::ALL {
        assert_eq!(format.extension().parse(), Ok(format));
    }
    assert_eq!(" PDF ".parse(), Ok(Format::Pdf));
    assert_eq!("odt".parse::<Format>(), Err(UnknownFormat("odt".to_owned())));
}
