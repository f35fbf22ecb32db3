//! The figures of `expected.json`, computed apart from the programs, against a report.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use keng_domain::text::search_key;
use serde::Deserialize;
use serde_json::Value;

use crate::fixtures;

/// What the ten spreadsheets must give once all have synced and certain merges are accepted.
#[derive(Debug, Clone, Deserialize)]
pub struct Truth {
    /// Models with a counted point.
    pub model_count: u64,
    /// Counted points.
    pub counted_points: u64,
    /// Their teams.
    pub teams: i64,
    /// Their members.
    pub members: i64,
    /// Spontaneous points that wait for recognition.
    pub spontaneous_pending: u64,
    /// Points that ended.
    pub ended: u64,
    /// Points new in the year.
    pub points_new_in_year: u64,
    /// Models by name.
    pub models: BTreeMap<String, ModelTruth>,
    /// Districts by code.
    pub districts: BTreeMap<String, DistrictTruth>,
}

/// A model's figures.
#[derive(Debug, Clone, Deserialize)]
pub struct ModelTruth {
    /// Counted points.
    pub points: u64,
    /// Their teams.
    pub teams: i64,
    /// Old enough to be rated.
    pub eligible: u64,
    /// Rated effective.
    pub effective: u64,
    /// Not rated.
    pub unrated: u64,
    /// The verdict.
    pub verdict: String,
}

/// A district's figures.
#[derive(Debug, Clone, Deserialize)]
pub struct DistrictTruth {
    /// Its name.
    pub name: String,
    /// Counted points.
    pub counted_points: u64,
    /// Their teams.
    pub teams: i64,
}

impl Truth {
    /// Kon Tum, 2022.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn kon_tum_2022() -> Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(fixtures::expected())?)?)
    }

    /// Somebody changed the number of teams of one point by so much.
    pub fn add_teams(&mut self, by: i64, district: &str, model: &str) {
        self.teams += by;
        if let Some(d) = self.districts.get_mut(district) {
            d.teams += by;
        }
        if let Some((_, m)) = self.models.iter_mut().find(|(name, _)| search_key(name) == search_key(model)) {
            m.teams += by;
        }
    }

    /// Somebody rated an eligible point that had no rating, at an effective level. Whether the
    /// verdict changes is left to whoever tells the story.
    pub fn rate_effective(&mut self, model: &str) {
        if let Some((_, m)) = self.models.iter_mut().find(|(name, _)| search_key(name) == search_key(model)) {
            m.effective += 1;
            m.unrated -= 1;
        }
    }

    /// Compares every figure with `report.json`. Names are compared without diacritics and
    /// case: which of several spellings stays is no figure.
    ///
    /// # Errors
    /// With every figure that differs.
    pub fn compare(&self, report: &Value) -> Result<()> {
        let mut differences = Vec::new();
        let mut check = |what: String, got: &Value, expected: Value| {
            if *got != expected {
                differences.push(format!("{what}: {got}, not {expected}"));
            }
        };
        let totals = &report["totals"];
        check("totals.models".into(), &totals["models"], self.model_count.into());
        check("totals.points".into(), &totals["points"], self.counted_points.into());
        check("totals.teams".into(), &totals["teams"], self.teams.into());
        check("totals.members".into(), &totals["members"], self.members.into());
        check("totals.spontaneous_pending".into(), &totals["spontaneous_pending"], self.spontaneous_pending.into());
        check("totals.ended".into(), &totals["ended"], self.ended.into());
        check("totals.new_points".into(), &totals["new_points"], self.points_new_in_year.into());
        let models = by(report, "models", |m| search_key(m["name"].as_str().unwrap_or_default()));
        for (name, m) in &self.models {
            let got = models.get(&search_key(name)).copied().unwrap_or(&Value::Null);
            check(format!("{name}: points"), &got["points"], m.points.into());
            check(format!("{name}: teams"), &got["teams"], m.teams.into());
            check(format!("{name}: eligible"), &got["eligible"], m.eligible.into());
            check(format!("{name}: effective"), &got["effective"], m.effective.into());
            check(format!("{name}: unrated"), &got["unrated"], m.unrated.into());
            check(format!("{name}: verdict"), &got["verdict"], m.verdict.as_str().into());
        }
        let units = by(report, "units", |u| u["code"].as_str().unwrap_or_default().to_owned());
        for (code, d) in &self.districts {
            let got = units.get(code).copied().unwrap_or(&Value::Null);
            check(format!("{code}: name"), &got["name"], d.name.as_str().into());
            check(format!("{code}: points"), &got["points"], d.counted_points.into());
            check(format!("{code}: teams"), &got["teams"], d.teams.into());
        }
        if differences.is_empty() { Ok(()) } else { bail!("the report differs:\n  {}", differences.join("\n  ")) }
    }
}

fn by<'a>(report: &'a Value, list: &str, key: impl Fn(&Value) -> String) -> BTreeMap<String, &'a Value> {
    report[list].as_array().into_iter().flatten().map(|v| (key(v), v)).collect()
}
