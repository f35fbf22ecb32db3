//! Fills the grid of points: the own ones at a node, all of the province at the hub.

use std::collections::HashSet;

use chrono::NaiveDate;
use keng_desk::duties::submissions;
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rules::counting::{Effect, Standing, counts_from, effect, is_eligible, standing};
use keng_domain::rules::submission::{OPEN_ITEMS, Papers, ending_lacks, open_codes};
use keng_domain::text::{compare, date_dmy, search_key, thousands};
use keng_store::StoreError;

use super::Reading;
use crate::answer::address;
use crate::form::Choice;
use crate::pages::Standpoint;
use crate::pages::models::Filter;
use crate::pages::points::{PointRow, PointsPage};
use crate::parts::{Cell, Link, Tag, Tone};
use crate::shell::Shell;

/// Lines of one page of the list: a district has about 90 points.
const PAGE: usize = 200;

/// What an address says of the list.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// The text searched for.
    pub q: String,
    /// The filter: `counted`, `unrated`, `contested`…, or the code of an open item.
    pub show: String,
    /// The period by which the filter judges, by its identifier; empty: the year shown.
    pub period: String,
    /// The code of the reporting unit; at the hub alone.
    pub unit: String,
    /// From which line on.
    pub from: String,
}

/// What marks records beyond what they say.
struct Marks {
    contested: HashSet<RecordId>,
    unsent: HashSet<RecordId>,
    /// Which documents stand in which dossiers.
    papers: Papers,
    /// By which filters judge.
    period: Period,
}

fn is_open_item(code: &str) -> bool {
    OPEN_ITEMS.iter().any(|kind| kind.code == code)
}

/// The filter of a number in a report, in words.
fn arrived(show: &str) -> Option<(&'static str, &'static str)> {
    match show {
        "new" => Some(("Mới trong kỳ", "new")),
        "gone" => Some(("Chấm dứt trong kỳ", "gone")),
        code => OPEN_ITEMS.iter().find(|kind| kind.code == code).map(|kind| (kind.short, kind.code)),
    }
}

impl Reading<'_> {
    /// The list, narrowed by a text, a unit and a filter.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn points_page(&self, mut shell: Shell, asked: &Narrow) -> Result<PointsPage, StoreError> {
        if let Some(search) = shell.search.as_mut().filter(|s| s.action == "/points") {
            search.query.clone_from(&asked.q);
        }
        let marks = Marks {
            contested: self.contests.iter().map(|c| c.record).collect(),
            unsent: self.store.unsent_records()?,
            papers: submissions::papers(self.store)?,
            period: match self.names.packs.period_of_id(&asked.period) {
                Ok(period) => submissions::seen(self.store, period)?,
                Err(_) => self.period,
            },
        };
        let of_unit = |p: &Point| asked.unit.is_empty() || self.reporting_code(p) == asked.unit;
        let mut found: Vec<&Point> = self.points_with(&asked.q).into_iter().filter(|p| of_unit(p)).collect();
        let count = |show: &str| found.iter().filter(|p| self.belongs(show, p, &marks)).count();
        let at = |show: &str, from: &str| {
            let pairs = [
                ("q", asked.q.as_str()),
                ("show", show),
                ("unit", &asked.unit),
                ("from", from),
                ("period", &asked.period),
            ];
            address("/points", &[&pairs[..], &[("year", &self.year_asked())]].concat())
        };
        // What a report counts has no filter of its own until one comes from there.
        let arrived = arrived(&asked.show).filter(|_| count(&asked.show) > 0);
        let filters = self.filters().into_iter().chain(arrived).map(|(label, show)| Filter {
            link: Link::new(format!("{label} ({})", thousands(count(show) as u64)), at(show, "")),
            on: asked.show == show,
        });
        let filters = filters.collect();
        let summary = format!(
            "{} điểm · {} chưa đánh giá · {} xung đột",
            thousands(found.len() as u64),
            thousands(count("unrated") as u64),
            thousands(count("contested") as u64)
        );
        found.retain(|p| self.belongs(&asked.show, p, &marks));
        let mut named: Vec<(String, String, &Point)> =
            found.into_iter().map(|p| (self.model_name(p), self.unit_name(p), p)).collect();
        named.sort_by(|a, b| {
            compare(&a.0, &b.0)
                .then_with(|| compare(&a.1, &b.1))
                .then_with(|| compare(&a.2.place, &b.2.place))
                .then(a.2.id.cmp(&b.2.id))
        });
        let from = asked.from.parse::<usize>().unwrap_or(0).min(named.len());
        let until = (from + PAGE).min(named.len());
        let rows = named[from..until].iter().enumerate();
        let rows = rows.map(|(i, (model, _, p))| self.point_row(from + i + 1, model, p, &marks)).collect();
        Ok(PointsPage {
            standpoint: self.standpoint(),
            summary,
            year: self.year(),
            query: asked.q.clone(),
            show: asked.show.clone(),
            period: asked.period.clone(),
            units: self.unit_choices_of_points(),
            unit: asked.unit.clone(),
            filters,
            rows,
            total: named.len() as u64,
            more: (until < named.len()).then(|| at(&asked.show, &until.to_string())),
            shell,
        })
    }

    /// The points in whose model, place, unit or decision a text stands; it needs no diacritics.
    #[must_use]
    pub fn points_with(&self, text: &str) -> Vec<&Point> {
        let key = search_key(text);
        let found = self.points.iter().filter(|p| key.is_empty() || self.names.point_key(p).contains(&key));
        found.collect()
    }

    fn model_name(&self, point: &Point) -> String {
        point.model.map_or_else(String::new, |m| self.names.model(m))
    }

    /// The code of the unit that reports a point; empty when none does.
    fn reporting_code(&self, point: &Point) -> String {
        let unit = self.names.tree.reporting_unit(&point.unit_key());
        unit.map_or_else(String::new, |u| u.code.to_string())
    }

    /// At the hub all reporting units, after an entry for all of them.
    fn unit_choices_of_points(&self) -> Vec<Choice> {
        if self.standpoint() == Standpoint::Area {
            return Vec::new();
        }
        let tree = &self.names.tree;
        let units = tree.catalogue.children(&tree.root).map(|u| Choice::new(u.code.as_str(), &u.name));
        [Choice::new("", "Mọi đơn vị")].into_iter().chain(units).collect()
    }

    /// The filters with their words in addresses. Nothing waits to be sent at the hub.
    fn filters(&self) -> Vec<(&'static str, &'static str)> {
        let mut all = vec![
            ("Tất cả", ""),
            ("Đang hoạt động", "counted"),
            ("Chưa đánh giá", "unrated"),
            ("Xung đột", "contested"),
            ("Tự phát", "spontaneous"),
            ("Thiếu số QĐ", "no-number"),
            ("Thiếu ngày QĐ", "no-date"),
            ("Chờ gửi", "unsent"),
            ("Chấm dứt", "ended"),
            ("Chấm dứt, còn thiếu", "ended-open"),
        ];
        all.retain(|(_, show)| *show != "unsent" || self.standpoint() == Standpoint::Area);
        all
    }

    /// Whether a point belongs to the list that an address names.
    fn belongs(&self, show: &str, point: &Point, marks: &Marks) -> bool {
        let period = &marks.period;
        let (cut_off, pack) = (period.cut_off, self.names.packs.of_year(period.year));
        let standing = standing(point, cut_off, pack);
        let in_period = |on: Option<NaiveDate>| on.is_some_and(|on| period.contains(on));
        match show {
            "counted" => standing == Standing::Counted,
            "new" => standing == Standing::Counted && in_period(counts_from(point, pack)),
            "gone" => standing == Standing::Ended && in_period(point.ended_on),
            "unrated" => {
                standing == Standing::Counted
                    && is_eligible(point, cut_off, pack)
                    && effect(point, period.year, pack) == Effect::Unrated
            }
            "contested" => marks.contested.contains(&point.id),
            "spontaneous" => standing == Standing::SpontaneousPending,
            "no-number" => standing == Standing::Counted && point.decision_no.is_none(),
            "no-date" => standing == Standing::NotYet && point.decision_date.is_none(),
            "ended" => standing == Standing::Ended,
            "ended-open" => standing == Standing::Ended && !ending_lacks(point, &marks.papers).is_empty(),
            "unsent" => marks.unsent.contains(&point.id),
            code if is_open_item(code) => open_codes(point, &marks.papers, period, pack).contains(&code),
            _ => true,
        }
    }

    fn point_row(&self, number: usize, model: &str, p: &Point, marks: &Marks) -> PointRow {
        let year = [("year", self.year_asked())];
        let year = [(year[0].0, year[0].1.as_str())];
        let (act, unit) = match self.standpoint() {
            Standpoint::Area => (Link::new("Sửa", address(&format!("/points/{}/edit", p.id), &year)), String::new()),
            Standpoint::Province => {
                let unit = self.names.tree.reporting_unit(&p.unit_key());
                let trace = address(&format!("/records/{}/trace", p.id), &year);
                (Link::new("Lịch sử", trace), unit.map_or_else(String::new, |u| u.name.clone()))
            }
        };
        PointRow {
            act,
            number: number as u64,
            model: self.cell(p.id, "model", Cell::text(model)),
            place: self.cell(p.id, "place", Cell::text(self.place_name(p))),
            unit,
            decision_no: self.cell(p.id, "decision_no", Cell::text(p.decision_no.clone().unwrap_or_default())),
            decision_date: self.cell(
                p.id,
                "decision_date",
                Cell::text(p.decision_date.map_or_else(String::new, date_dmy)),
            ),
            teams: self.cell(p.id, "teams", Cell::number(p.teams.into())),
            members: self.cell(p.id, "members", Cell::number(p.members.into())),
            rating: self.rating_cell(p),
            papers: self.ending_papers(p, marks),
            mark: self.mark(p, marks),
        }
    }

    /// At the province, what its unit signs to end a point that has ended without a paper; a unit has it on the page of
    /// the point.
    fn ending_papers(&self, p: &Point, marks: &Marks) -> Vec<Link> {
        let is_missing = self.standpoint() == Standpoint::Province
            && standing(p, self.cut_off(), &self.names.pack) == Standing::Ended
            && ending_lacks(p, &marks.papers).contains(&"END_NO_DOCUMENT");
        if is_missing { self.papers(&format!("/letters/end/{}", p.id)) } else { Vec::new() }
    }

    /// Only what there is to say; a point that is in order says nothing.
    fn mark(&self, p: &Point, marks: &Marks) -> Option<Tag> {
        if marks.contested.contains(&p.id) {
            return Some(Tag::new(Tone::Danger, "xung đột"));
        }
        if self.standpoint() == Standpoint::Area && marks.unsent.contains(&p.id) {
            return Some(Tag::new(Tone::Wait, "↑ chờ gửi"));
        }
        match standing(p, self.cut_off(), &self.names.pack) {
            Standing::Ended => Some(ended(&ending_lacks(p, &marks.papers))),
            Standing::SpontaneousPending => Some(Tag::new(Tone::Calm, "tự phát")),
            Standing::NotYet => Some(Tag::new(Tone::Calm, "chưa có QĐ")),
            Standing::NotLaunched => Some(Tag::new(Tone::Calm, "chưa ra mắt")),
            Standing::Counted if !is_eligible(p, self.cut_off(), &self.names.pack) => {
                Some(Tag::new(Tone::Calm, format!("< {} tháng", self.names.pack.eligibility.months)))
            }
            Standing::Counted => None,
        }
    }
}

/// `chấm dứt, thiếu lý do, văn bản` (R5).
fn ended(lacks: &[&str]) -> Tag {
    let word = |code: &&str| match *code {
        "END_NO_DATE" => Some("ngày"),
        "END_NO_GROUND" => Some("lý do"),
        "END_NO_DOCUMENT" => Some("văn bản"),
        _ => None,
    };
    let words: Vec<&str> = lacks.iter().filter_map(word).collect();
    let reversed = if lacks.contains(&"END_BEFORE_DECISION") { " trước ngày quyết định" } else { "" };
    match (words.as_slice(), reversed) {
        ([], "") => Tag::new(Tone::Calm, "chấm dứt"),
        ([], reversed) => Tag::new(Tone::Warn, format!("chấm dứt{reversed}")),
        (words, reversed) => Tag::new(Tone::Warn, format!("chấm dứt{reversed}, thiếu {}", words.join(", "))),
    }
}
