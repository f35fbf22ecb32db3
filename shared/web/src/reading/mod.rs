//! One reading of a store, from which the pages that hub and node have in common are filled.
//!
//! A page is filled on the thread that owns the store, by one call; nothing here waits or writes.

pub mod contests;
pub mod documents;
pub mod duties;
pub mod model_edit;
pub mod models;
pub mod nominations;
pub mod points;
mod record_form;
pub mod records;
mod search;
pub mod steps;
pub mod trace;
pub mod what_if;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use keng_desk::names::Names;
use keng_desk::{clock, consolidation};
use keng_domain::figures::{Cut, Figures, HandedIn, Input, consolidate};
use keng_domain::id::{Lsn, RecordId};
use keng_domain::model::{Merges, Model};
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rules::counting::{Standing, standing};
use keng_domain::rules::spontaneous;
use keng_domain::unit::UnitCode;
use keng_store::contests::ContestView;
use keng_store::{Role, Store, StoreError};

use crate::format;
use crate::pages::Standpoint;
use crate::pages::papers::PaperLine;
use crate::parts::Link;

pub use keng_domain::period::YEARS;

/// What a store holds at this moment, for one year.
pub struct Reading<'a> {
    /// The store.
    pub store: &'a Store,
    /// Names of everything.
    pub names: Names,
    /// The annual period whose figures are shown.
    pub period: Period,
    /// The years that have ratings, and the one shown.
    pub years: Vec<i32>,
    /// The year shown when nobody asks for another.
    pub current_year: i32,
    /// All models, merged ones included.
    pub models: Vec<Model>,
    /// All points.
    pub points: Vec<Point>,
    /// Which model stands for which.
    pub merges: Merges,
    /// Contests nobody has settled.
    pub contests: Vec<ContestView>,
    /// For each reporting unit, when its last entry arrived here.
    pub received: BTreeMap<UnitCode, DateTime<Utc>>,
    /// Now.
    pub now: DateTime<Utc>,
    by_model: HashMap<RecordId, Vec<usize>>,
    formats: &'static [&'static str],
}

/// What waits to be recognised or ended (R4).
pub struct Spontaneous<'a> {
    /// The points.
    pub points: Vec<&'a Point>,
    /// The models that no point waits for, each with the unit that wrote it down.
    pub models: Vec<(&'a Model, UnitCode)>,
}

/// Screens that show figures read what was handed in by themselves.
static NOT_ASKED: BTreeMap<UnitCode, HandedIn> = BTreeMap::new();

impl<'a> Reading<'a> {
    /// Reads. `year` is the one asked for; absurd ones are not heard.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
    pub fn of(store: &'a Store, year: Option<i32>) -> Result<Self, StoreError> {
        let names = Names::of(store)?;
        let current_year = store.current_year()?;
        let year = year.filter(|y| YEARS.contains(y)).unwrap_or(current_year);
        let names = names.in_year(year);
        let (models, points) = (store.models()?, store.points()?);
        let merges = Merges::of(&models);
        let mut years: BTreeSet<i32> = points.iter().flat_map(|p| p.ratings.keys().copied()).collect();
        years.extend([current_year, year]);
        let mut by_model: HashMap<RecordId, Vec<usize>> = HashMap::new();
        for (i, point) in points.iter().enumerate() {
            if let Some(model) = point.model {
                by_model.entry(merges.target(model)).or_default().push(i);
            }
        }
        Ok(Self {
            period: names.packs.annual(year),
            years: years.into_iter().collect(),
            current_year,
            contests: store.contests(None)?,
            received: consolidation::received(store, &names)?,
            now: format::of_millis(clock::now_ms()),
            store,
            names,
            models,
            points,
            merges,
            by_model,
            formats: &[],
        })
    }

    /// The same for a program that lays papers out in these formats; else pages offer none.
    #[must_use]
    pub fn offering(self, formats: &'static [&'static str]) -> Self {
        Self { formats, ..self }
    }

    /// A paper that can be saved, in each format that the program makes, as its address ends.
    #[must_use]
    pub fn papers(&self, path: &str) -> Vec<Link> {
        let label = |format: &str| if format == "docx" { "Word".to_owned() } else { format.to_uppercase() };
        self.formats.iter().map(|format| Link::new(label(format), format!("{path}/{format}"))).collect()
    }

    /// A paper to be signed, at `path` in each format.
    #[must_use]
    pub fn paper(&self, title: impl Into<String>, path: &str) -> PaperLine {
        PaperLine { title: title.into(), files: self.papers(path) }
    }

    /// The year shown.
    #[must_use]
    pub fn year(&self) -> i32 {
        self.period.year
    }

    /// The year as a part of addresses; empty for the one shown anyway.
    #[must_use]
    pub fn year_asked(&self) -> String {
        if self.year() == self.current_year { String::new() } else { self.year().to_string() }
    }

    /// The day as of whose end points are counted.
    #[must_use]
    pub fn cut_off(&self) -> NaiveDate {
        self.period.cut_off
    }

    /// `Năm 2022`.
    #[must_use]
    pub fn title(&self) -> String {
        format!("Năm {}", self.year())
    }

    /// From where it is seen.
    #[must_use]
    pub fn standpoint(&self) -> Standpoint {
        match self.store.identity().role {
            Role::Hub => Standpoint::Province,
            Role::Node => Standpoint::Area,
        }
    }

    /// The points of a model, those of models merged into it included.
    pub fn points_of(&self, model: RecordId) -> impl Iterator<Item = &Point> {
        self.by_model.get(&model).into_iter().flatten().map(|i| &self.points[*i])
    }

    /// The points that wait to be recognised or ended, and the models that do without a point to do so for them
    /// (R4). At a node only models that its unit wrote down: it does not see the points of others.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn spontaneous(&self) -> Result<Spontaneous<'_>, StoreError> {
        let is_waiting = |p: &&Point| standing(p, self.cut_off(), &self.names.pack) == Standing::SpontaneousPending;
        let points = self.points.iter().filter(is_waiting).collect();
        let identity = self.store.identity();
        let mut models = Vec::new();
        for model in spontaneous::waiting_models(&self.models, &self.points, self.cut_off(), &self.names.pack) {
            let Some(view) = self.store.record(model.id)? else { continue };
            if identity.role == Role::Hub || view.owner == identity.unit {
                models.push((model, view.owner));
            }
        }
        Ok(Spontaneous { points, models })
    }

    /// The figures of the year. They carry no root of the log: these are for the screen, and the
    /// tree over all entries would cost more than everything else.
    #[must_use]
    pub fn figures(&self) -> Figures {
        consolidate(self.input())
    }

    /// What the figures are made from, without a root of the log.
    fn input(&self) -> Input<'_> {
        Input {
            period: self.period,
            cut: Cut {
                lsn: Lsn(0),
                root: String::new(),
                rule_pack: self.names.pack.id.clone(),
                cut_off: self.cut_off(),
            },
            packs: &self.names.packs,
            tree: &self.names.tree,
            models: &self.models,
            points: &self.points,
            received: &self.received,
            contests: Vec::new(),
            handed_in: &NOT_ASKED,
            places: Vec::new(),
            scored: Vec::new(),
            exemplars: Vec::new(),
            nominations: Vec::new(),
        }
    }

    /// The name of the unit in which a point lies, as it was when the point was entered.
    #[must_use]
    pub fn unit_name(&self, point: &Point) -> String {
        self.names.unit_of(&point.unit_key())
    }

    /// `Tiếng kẻng an ninh – thôn Mô Pả, Xã Đăk Hà`.
    #[must_use]
    pub fn point_name(&self, point: &Point) -> String {
        let model = point.model.map_or_else(String::new, |m| self.names.model(m));
        format!("{model} – {}", self.place_name(point))
    }

    /// `thôn Mô Pả, Xã Đăk Hà`: of a point without a place, the unit alone.
    #[must_use]
    pub fn place_name(&self, point: &Point) -> String {
        let unit = self.unit_name(point);
        if point.place.is_empty() { unit } else { format!("{}, {unit}", point.place) }
    }

    /// How many units report to the province.
    #[must_use]
    pub fn unit_count(&self) -> usize {
        self.names.tree.catalogue.children(&self.names.tree.root).count()
    }

    /// What figures rest on: `9/10 đơn vị · đến 16:21`; at a node, since when the province's own
    /// changes are known.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn state(&self) -> Result<String, StoreError> {
        if self.standpoint() == Standpoint::Area {
            let heard = self.store.meta("last_contact_ms")?.and_then(|ms| ms.parse().ok());
            let heard = heard.map_or_else(
                || "chưa liên lạc với tỉnh".to_owned(),
                |ms| format!("của tỉnh đến {}", format::brief(format::of_millis(ms), self.now)),
            );
            return Ok(format!("số tại máy này · {heard}"));
        }
        let until = self.received.values().max().map(|at| format::brief(*at, self.now));
        let sent = format!("{}/{} đơn vị", self.received.len(), self.unit_count());
        Ok(until.map_or_else(|| sent.clone(), |t| format!("{sent} · đến {t}")))
    }

    /// The machine as people call it.
    #[must_use]
    pub fn machine(node: &keng_domain::id::NodeId) -> String {
        if node.0 == keng_store::project::HUB_NODE { "trạm tỉnh".to_owned() } else { node.to_string() }
    }
}
