//! Fills the list of contests, and one contest.

use keng_desk::names::field_label;
use keng_domain::field::Candidate;
use keng_domain::schema::Kind;
use keng_domain::text::thousands;
use keng_store::StoreError;
use keng_store::contests::{Arrival, ContestView, ParallelView};
use keng_store::trace::TraceLine;

use super::Reading;
use super::steps::{group_of, line_of};
use super::what_if::Outcomes;
use crate::answer::address;
use crate::form::{Choice, Input, InputKind};
use crate::format;
use crate::pages::contests::{
    CandidateCard, ContestPage, ContestRow, ContestsPage, ParallelRow, Previous, ResolveForm, Severity, WhatIf,
    WrittenLine,
};
use crate::parts::{Fact, Find, Link};
use crate::shell::Shell;

/// Records with parallel edits shown: what nobody has to answer must not bury what somebody has
/// to. The command `contests --all` tells of all.
const PARALLEL_MAX: u32 = 50;

/// What was sent with a decision that could not be written.
#[derive(Debug, Clone, Default)]
pub struct Attempt {
    /// The form.
    pub form: Option<ResolveForm>,
    /// What was wrong with it.
    pub faults: Vec<String>,
}

struct Listed<'a> {
    view: &'a ContestView,
    since_ms: i64,
    outcomes: Option<Outcomes>,
}

impl Listed<'_> {
    fn tips(&self) -> bool {
        self.outcomes.as_ref().is_some_and(|outcomes| outcomes.may_tip)
    }
}

impl Reading<'_> {
    /// How many open contests can change a verdict.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn tipping_contests(&self) -> Result<usize, StoreError> {
        Ok(self.listed()?.iter().filter(|l| l.tips()).count())
    }

    /// Contests that can tip a verdict first, then the oldest.
    fn listed(&self) -> Result<Vec<Listed<'_>>, StoreError> {
        let (mut listed, open) = (Vec::with_capacity(self.contests.len()), self.open_ratings());
        for view in &self.contests {
            // Open since the last of its values came to be known.
            let known = |(c, a): (&Candidate, &Option<Arrival>)| a.map_or(c.author.device_time_ms, |a| a.at_ms);
            let since_ms = view.contest.candidates.iter().zip(&view.arrivals).map(known).max().unwrap_or(0);
            listed.push(Listed { view, since_ms, outcomes: self.outcomes(view, &open)? });
        }
        listed.sort_by_key(|l| (!l.tips(), l.since_ms));
        Ok(listed)
    }

    /// The list, narrowed by a text.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn contests_page(&self, shell: Shell, query: &str) -> Result<ContestsPage, StoreError> {
        let find = Find::new("/contests", query, &[("year", &shell.year)]);
        let mut rows = Vec::new();
        for l in self.listed()? {
            let candidates = &l.view.contest.candidates;
            rows.push(ContestRow {
                id: l.view.id.clone(),
                record: self.record_name(l.view)?,
                field: field_label(&l.view.kind, &l.view.field),
                values: candidates.iter().map(|c| self.shown(&l.view.kind, &l.view.field, &c.value)).collect(),
                sides: candidates.iter().map(|c| self.names.unit(&c.side)).collect(),
                age: format::span((self.now.timestamp_millis() - l.since_ms).max(0) / 1000),
                severity: Severity::Contest,
                tips_verdict: l.tips(),
            });
        }
        let texts = |row: &ContestRow| {
            let of = [row.record.clone(), row.field.clone()].into_iter();
            of.chain(row.values.iter().cloned()).chain(row.sides.iter().cloned()).collect::<Vec<_>>()
        };
        rows.retain(|row| find.holds(&texts(row)));
        let parallel = self.store.parallel(PARALLEL_MAX)?;
        let mut parallel: Vec<ParallelRow> = parallel.iter().map(|p| self.parallel_row(p)).collect::<Result<_, _>>()?;
        parallel.retain(|row| find.holds(&[&row.record.label]));
        Ok(ContestsPage { shell, find, rows, parallel, parallel_total: self.store.parallel_count()? })
    }

    fn parallel_row(&self, view: &ParallelView) -> Result<ParallelRow, StoreError> {
        let name = self.store.record(view.record)?.map_or_else(|| view.record.to_string(), |v| self.names.record(&v));
        let path = format!("/records/{}/trace", view.record);
        let lines = view.written.iter().zip(&view.arrivals).map(|(p, arrival)| {
            let (kind, author) = (view.kind.as_str(), &p.written.author);
            let brief = |ms| format::brief(format::of_millis(ms), self.now);
            WrittenLine {
                field: Link::new(field_label(kind, &p.field), address(&path, &[("field", &group_of(&p.field))])),
                value: self.shown(kind, &p.field, &p.written.value),
                unit: self.names.unit(&p.written.side),
                officer: author.officer.clone(),
                at: format::stamp(format::of_millis(author.device_time_ms)),
                arrived: arrival.map_or_else(|| "chưa tới tỉnh".to_owned(), |a| format!("tới tỉnh {}", brief(a.at_ms))),
            }
        });
        Ok(ParallelRow { written: lines.collect(), record: Link::new(name, path) })
    }

    fn record_name(&self, contest: &ContestView) -> Result<String, StoreError> {
        let view = self.store.record(contest.record)?;
        Ok(view.map_or_else(|| contest.record.to_string(), |v| self.names.record(&v)))
    }

    /// One contest; [`None`] when it was settled meanwhile, or has another candidate by now.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn contest_page(&self, shell: Shell, id: &str, attempt: Attempt) -> Result<Option<ContestPage>, StoreError> {
        let listed = self.listed()?;
        let Some(place) = listed.iter().position(|l| l.view.id == id) else { return Ok(None) };
        let this = &listed[place];
        let view = this.view;
        let mut lines = self.store.trace(view.record, None)?;
        lines.retain(|l| group_of(&l.field) == group_of(&view.field));
        let candidates: Vec<&Candidate> = view.contest.candidates.iter().collect();
        let shown = |c: &Candidate| self.shown(&view.kind, &view.field, &c.value);
        let what_if = this.outcomes.as_ref().map(|o| WhatIf {
            model: self.names.model(o.model),
            clause: o.judgements.first().map_or_else(String::new, |j| j.explanation.cited()),
            rows: candidates.iter().map(|c| shown(c)).zip(o.judgements.iter().cloned()).collect(),
        });
        let form = attempt.form.unwrap_or(ResolveForm { pick: None, value: String::new(), reason: String::new() });
        let tips_verdict = this.tips();
        let cards =
            candidates.iter().zip(&view.arrivals).map(|(c, arrival)| {
                let line = line_of(&lines, c);
                CandidateCard {
                    value: shown(c),
                    unit: self.names.unit(&c.side),
                    facts: self.facts(view, c, *arrival, line),
                    reason: c.author.reason.clone(),
                    missing: c.author.unit.as_str().is_empty().then(|| {
                        "Máy này chưa nhận được tên đơn vị của bên này; sẽ có sau lần đồng bộ tới.".to_owned()
                    }),
                }
            });
        Ok(Some(ContestPage {
            standpoint: self.standpoint(),
            id: view.id.clone(),
            record: view.record,
            name: self.record_name(view)?,
            field: field_label(&view.kind, &view.field),
            severity: Severity::Contest,
            tips_verdict,
            position: format!("{} / {}", place + 1, listed.len()),
            next: (listed.len() > 1).then(|| listed[(place + 1) % listed.len()].view.id.clone()),
            previous: self.previous(view, &lines),
            candidates: cards.collect(),
            what_if,
            interim: self.shown(&view.kind, &view.field, &view.contest.interim),
            other: self.other(view, &form.value),
            reason: form.reason,
            faults: attempt.faults,
            decided: None,
            shell,
        }))
    }

    fn facts(
        &self,
        view: &ContestView,
        c: &Candidate,
        arrival: Option<Arrival>,
        line: Option<&TraceLine>,
    ) -> Vec<Fact> {
        let stamp = |ms| format::full_stamp(format::of_millis(ms));
        let arrived = arrival
            .map_or_else(|| "chưa tới tỉnh".to_owned(), |a| format!("{} · mục {}", stamp(a.at_ms), thousands(a.lsn.0)));
        let mut facts = vec![
            Fact::new("Cán bộ", &c.author.officer),
            Fact::new("Máy", Self::machine(&c.author.node)),
            Fact::new("Ghi lúc", stamp(c.author.device_time_ms)),
            Fact::new("Tới tỉnh", arrived),
        ];
        if let Some(seen) = line.and_then(|l| self.seen(&view.kind, &view.field, &l.base)) {
            facts.push(Fact::new("Đã thấy", seen));
        }
        facts
    }

    /// What every side had seen, when all saw the same.
    fn previous(&self, view: &ContestView, lines: &[TraceLine]) -> Option<Previous> {
        let mut bases = view.contest.candidates.iter().map(|c| line_of(lines, c).map(|l| l.base.as_slice()));
        let first = bases.next()??;
        if !bases.all(|b| b == Some(first)) {
            return None;
        }
        match first {
            [] if view.field.starts_with("ratings/") => {
                Some(Previous { value: "Chưa đánh giá".to_owned(), facts: Vec::new() })
            }
            [one] => Some(Previous {
                value: self.shown(&view.kind, &view.field, &one.value),
                facts: vec![
                    Fact::new("Ghi bởi", self.names.unit(&one.unit)),
                    Fact::new("Cán bộ", &one.officer),
                    Fact::new("Lúc", format::full_stamp(format::of_millis(one.device_time_ms))),
                ],
            }),
            _ => None,
        }
    }

    fn other(&self, view: &ContestView, typed: &str) -> Input {
        let label = format!("{} khác", field_label(&view.kind, &view.field));
        let blank = |kind| Input {
            key: "value".to_owned(),
            label: label.clone(),
            hint: None,
            kind,
            value: typed.to_owned(),
            error: None,
            tag: None,
        };
        if view.field.starts_with("ratings/") || view.field.starts_with("approved/") {
            let levels = self.names.pack.levels.iter().map(|l| Choice::new(&l.code, &l.label));
            return blank(InputKind::Radio(levels.collect()));
        }
        let spec = Kind::of_code(&view.kind).and_then(|k| k.field(&view.field));
        let kind = spec.map_or(InputKind::Line, |s| Input::of_field(s, "").kind);
        let input = blank(kind);
        if view.field == "model" || view.field == "merged_into" {
            let models = self.models.iter().map(|m| Choice::new(m.id.to_string(), &m.name));
            return input.choosing(models.collect());
        }
        input
    }
}
