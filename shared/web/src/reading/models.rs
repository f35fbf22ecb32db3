//! Fills the list of models with their verdicts, and one model with its reasons.

use std::collections::HashMap;

use keng_domain::explanation::{Judgement, Verdict};
use keng_domain::field::Fields;
use keng_domain::id::RecordId;
use keng_domain::model::Model;
use keng_domain::point::{Point, YearRating};
use keng_domain::rules::counting::{Effect, Standing, effect, is_eligible, standing};
use keng_domain::rules::half_points::judge_by_points;
use keng_domain::rules::state;
use keng_domain::schema::Kind;
use keng_domain::text::{compare, date_dmy, search_key, thousands};
use keng_store::StoreError;

use super::Reading;
use crate::answer::address;
use crate::pages::models::{Filter, ModelPage, ModelRow, ModelsPage, PointLine};
use crate::parts::{Cell, Fact, Link, Tag, Tone};
use crate::shell::Shell;

/// The verdicts as addresses name them.
const VERDICTS: [(&str, Verdict); 4] = [
    ("effective", Verdict::Effective),
    ("not-effective", Verdict::NotEffective),
    ("undetermined", Verdict::Undetermined),
    ("not-rated", Verdict::NotRated),
];

impl Reading<'_> {
    /// The list, narrowed by a name and a verdict.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn models_page(&self, shell: Shell, query: &str, verdict: &str) -> Result<ModelsPage, StoreError> {
        let key = search_key(query);
        let judged = self.store.verdicts(self.year())?;
        let contests = self.contests_by_model()?;
        let mut all: Vec<ModelRow> = Vec::new();
        for figures in self.figures().models {
            let judgement = judged.get(&figures.id).cloned().unwrap_or_else(|| self.unjudged());
            all.push(ModelRow {
                id: figures.id,
                name: figures.name,
                run_by: figures.run_by,
                points: figures.points.into(),
                teams: figures.teams.into(),
                members: figures.members.into(),
                judgement,
                contests: contests.get(&figures.id).copied().unwrap_or(0),
            });
        }
        let mut found = None;
        if !key.is_empty() {
            let mut named = self.models_with(&key)?;
            all.retain(|row| named.remove(&row.id));
            found = Some(self.found(query, named.into_iter().collect()));
        }
        let chosen = VERDICTS.iter().find(|(code, _)| *code == verdict).map(|(_, v)| *v);
        let filter = |label: &str, code: &str, count: usize| Filter {
            link: Link::new(
                format!("{label} ({count})"),
                address("/models", &[("q", query), ("verdict", code), ("year", &self.year_asked())]),
            ),
            on: code == verdict || (code.is_empty() && chosen.is_none()),
        };
        let mut filters = vec![filter("Tất cả", "", all.len())];
        for (code, v) in VERDICTS {
            filters.push(filter(v.label(), code, all.iter().filter(|r| r.judgement.verdict == v).count()));
        }
        all.retain(|row| chosen.is_none_or(|v| row.judgement.verdict == v));
        Ok(ModelsPage {
            standpoint: self.standpoint(),
            period: self.title(),
            state: self.state()?,
            query: query.to_owned(),
            filters,
            ways: Vec::new(),
            rows: all,
            found,
            shell,
        })
    }

    fn unjudged(&self) -> Judgement {
        judge_by_points(keng_domain::explanation::Tally::default(), self.cut_off(), &self.names.pack)
    }

    /// Open contests by model: in the model itself or in one of its points.
    fn contests_by_model(&self) -> Result<HashMap<RecordId, u32>, StoreError> {
        let of_point: HashMap<RecordId, RecordId> =
            self.points.iter().filter_map(|p| Some((p.id, self.merges.target(p.model?)))).collect();
        let mut count = HashMap::new();
        for contest in &self.contests {
            let model = of_point.get(&contest.record).copied().unwrap_or_else(|| self.merges.target(contest.record));
            *count.entry(model).or_default() += 1;
        }
        Ok(count)
    }

    /// One model; one that was merged away reads as the model that stands for it.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn model_page(&self, shell: Shell, id: RecordId) -> Result<ModelPage, StoreError> {
        let id = self.merges.target(id);
        let view = self.store.record(id)?.filter(|v| v.kind == Kind::Model.code()).ok_or(StoreError::NoRecord(id))?;
        let judgement = self.store.verdicts(self.year())?.remove(&id).unwrap_or_else(|| self.unjudged());
        let mut points: Vec<&Point> = self.points_of(id).collect();
        points
            .sort_by(|a, b| compare(&self.unit_name(a), &self.unit_name(b)).then_with(|| compare(&a.place, &b.place)));
        Ok(ModelPage {
            standpoint: self.standpoint(),
            id,
            name: self.names.model(id),
            period: self.title(),
            state: self.state()?,
            judgement,
            facts: self.model_facts(id, &view.fields),
            points: points.into_iter().map(|p| self.point_line(p)).collect(),
            documents: self.documents_card(id, &shell.csrf)?,
            shell,
        })
    }

    fn model_facts(&self, id: RecordId, fields: &Fields) -> Vec<Fact> {
        let mut facts = Vec::new();
        for key in ["aliases", "fields", "objects", "origin", "lead", "founded_on", "goal", "content", "method"] {
            let label = keng_desk::names::field_label("model", key);
            if let Some(field) = fields.get(key).filter(|f| *f.shown() != keng_domain::field::Value::Null) {
                facts.push(Fact::new(label, self.names.value("model", key, field.shown())));
            }
        }
        if let Some(f) = self.figures().models.into_iter().find(|m| m.id == id) {
            facts.push(Fact::new("Đơn vị thực hiện", f.run_by));
            facts.extend(f.first_decision.map(|year| Fact::new("Quyết định đầu tiên", year)));
            facts.push(Fact::new("Số tổ", thousands(f.teams)));
            facts.push(Fact::new("Thành viên", thousands(f.members)));
        }
        let state = state::of_model(&Model::read(id, fields), self.points_of(id), self.cut_off(), &self.names.pack);
        facts.insert(0, Fact::new("Trạng thái", format!("{} · {}", state.label(), state.why)));
        let merged: Vec<&str> = self
            .models
            .iter()
            .filter(|m| m.id != id && self.merges.target(m.id) == id)
            .map(|m| m.name.as_str())
            .collect();
        if !merged.is_empty() {
            facts.push(Fact::new("Gồm cả các tên", merged.join(" · ")));
        }
        facts
    }

    fn point_line(&self, point: &Point) -> PointLine {
        let decision = match (&point.decision_no, point.decision_date) {
            (Some(no), Some(date)) => format!("{no} · {}", date_dmy(date)),
            (Some(no), None) => no.clone(),
            (None, date) => date.map_or_else(|| "—".to_owned(), date_dmy),
        };
        PointLine {
            id: point.id,
            place: if point.place.is_empty() { self.unit_name(point) } else { point.place.clone() },
            unit: self.unit_name(point),
            decision,
            teams: self.cell(point.id, "teams", Cell::number(point.teams.into())),
            members: self.cell(point.id, "members", Cell::number(point.members.into())),
            rating: self.rating_cell(point),
            effect: self.effect_tag(point),
        }
    }

    /// The level of the year, the values of a contest over it, or nothing.
    #[must_use]
    pub fn rating_cell(&self, point: &Point) -> Cell {
        let text = match point.ratings.get(&self.year()) {
            Some(YearRating::Rated(level)) => self.names.pack.level(level).map_or(level.as_str(), |l| &l.label),
            Some(YearRating::Contested) | None => "",
        };
        self.cell(point.id, &format!("ratings/{}", self.year()), Cell::text(text))
    }

    /// `settled`, or the values between which nobody has chosen.
    #[must_use]
    pub fn cell(&self, record: RecordId, field: &str, settled: Cell) -> Cell {
        match self.contests.iter().find(|c| c.record == record && c.field == field) {
            None => settled,
            Some(c) => {
                let values = c.contest.candidates.iter().map(|v| self.shown(&c.kind, field, &v.value));
                settled.contested(&values.collect::<Vec<_>>(), c.id.clone())
            }
        }
    }

    /// Whether a point speaks for its model's verdict.
    #[must_use]
    pub fn effect_tag(&self, point: &Point) -> Tag {
        let pack = &self.names.pack;
        match standing(point, self.cut_off(), pack) {
            Standing::Ended => Tag::new(Tone::Calm, "Chấm dứt"),
            Standing::SpontaneousPending => Tag::new(Tone::Calm, "Tự phát, chờ công nhận"),
            Standing::NotYet => Tag::new(Tone::Calm, "Chưa có quyết định"),
            Standing::NotLaunched => Tag::new(Tone::Calm, "Chưa ra mắt"),
            Standing::Counted if !is_eligible(point, self.cut_off(), pack) => {
                Tag::new(Tone::Calm, format!("Chưa đủ {} tháng", pack.eligibility.months))
            }
            Standing::Counted => match effect(point, self.year(), pack) {
                Effect::Effective => Tag::new(Tone::Ok, "Hiệu quả"),
                Effect::NotEffective => Tag::new(Tone::Warn, "Chưa hiệu quả"),
                Effect::Undecided => Tag::new(Tone::Calm, "Không tính hiệu quả"),
                Effect::Unrated => Tag::new(Tone::Calm, "Chưa đánh giá"),
                Effect::Contested => Tag::new(Tone::Danger, "Xung đột"),
            },
        }
    }
}
