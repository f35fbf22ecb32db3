//! Fills the pages of submissions and nominations; what both programs say of states is here once.

use keng_desk::duties::nominations::{self, Nomination, State as NominationState};
use keng_desk::duties::obligations::{Cell, CellState};
use keng_desk::duties::submissions::{self, Submission};
use keng_domain::figures::consolidate;
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rules::submission::{Frozen, State as SubmissionState};
use keng_domain::rules::timeliness::{Evidence, Timeliness};
use keng_domain::schema::Kind;
use keng_domain::text::thousands;
use keng_domain::unit::UnitCode;
use keng_store::{Role, StoreError};

use super::Reading;
use crate::answer::address;
use crate::format;
use crate::pages::Standpoint;
use crate::pages::duties::{Decide, PathCard, PathStep};
use crate::pages::figures::{FiguresCard, Other, Rows};
use crate::pages::papers::PapersCard;
use crate::pages::submission::SubmissionPage;
use crate::parts::{Fact, Link, Tag, Tone};
use crate::shell::Shell;

/// The state of a duty, with the days that it is late.
#[must_use]
pub fn duty_tag(cell: &Cell) -> Tag {
    let tone = match cell.state {
        CellState::Overdue => Tone::Danger,
        CellState::Returned => Tone::Warn,
        CellState::HandedIn => Tone::Wait,
        CellState::Accepted => Tone::Ok,
        CellState::Unknown | CellState::Drafting | CellState::NotDue | CellState::Nothing | CellState::NotOwed => {
            Tone::Calm
        }
    };
    match cell.days_late {
        Some(days) => Tag::new(tone, format!("{} {} ngày", cell.state.label(), thousands(days))),
        None => Tag::new(tone, cell.state.label()),
    }
}

/// Whether something was in time.
#[must_use]
pub fn timeliness_tag(timeliness: Timeliness) -> Tag {
    let tone = match timeliness {
        Timeliness::OnTime => Tone::Ok,
        Timeliness::OnTimeOffline => Tone::Calm,
        Timeliness::Late => Tone::Danger,
    };
    Tag::new(tone, timeliness.label())
}

/// Where a submission stands.
#[must_use]
pub fn submission_tag(state: SubmissionState) -> Tag {
    let tone = match state {
        SubmissionState::HandedIn => Tone::Wait,
        SubmissionState::Accepted => Tone::Ok,
        SubmissionState::Returned => Tone::Warn,
        SubmissionState::Replaced => Tone::Calm,
    };
    Tag::new(tone, state.label())
}

/// Where a nomination stands.
#[must_use]
pub fn nomination_tag(of: &Nomination) -> Tag {
    let tone = match of.state {
        NominationState::Draft => Tone::Calm,
        NominationState::HandedIn | NominationState::Received => Tone::Wait,
        NominationState::Selected | NominationState::Proposed => Tone::Ok,
        NominationState::Returned => Tone::Warn,
    };
    Tag::new(tone, of.label())
}

impl Reading<'_> {
    /// Where the rows stand that a sum of a period counts; at the province those of one unit.
    #[must_use]
    pub fn rows(&self, of: Rows, period: &Period, unit: Option<&UnitCode>) -> String {
        let year = period.year.to_string();
        let Rows::Points(show) = of else { return address("/models", &[("year", &year)]) };
        let unit = unit.filter(|_| self.standpoint() == Standpoint::Province).map_or("", UnitCode::as_str);
        address("/points", &[("show", show), ("unit", unit), ("period", &period.id()), ("year", &year)])
    }

    /// The figures of one unit for a period as they stand now.
    #[must_use]
    pub fn frozen_now(&self, period: Period, unit: &UnitCode) -> Frozen {
        let own = unit.into();
        let points: Vec<Point> =
            self.points.iter().filter(|p| self.names.tree.is_within(&p.unit_key(), &own)).cloned().collect();
        Frozen::of(&consolidate(keng_domain::figures::Input { period, points: &points, ..self.input() }), &period)
    }

    /// A model's name with its page.
    #[must_use]
    pub fn model_link(&self, id: RecordId) -> Link {
        let target = self.merges.target(id);
        Link::new(self.names.model(target), address(&format!("/models/{target}"), &[("year", &self.year_asked())]))
    }

    /// When something was done and received, and what bounds the time.
    #[must_use]
    pub fn evidence_facts(&self, evidence: &Evidence, officer: &str) -> Vec<Fact> {
        let stamp = format::full_stamp;
        let mut facts =
            vec![Fact::new("Cán bộ trình", officer), Fact::new("Trình lúc (giờ máy)", stamp(evidence.acted_at))];
        facts.push(Fact::new("Tỉnh nhận lúc", evidence.received_at.map_or_else(|| "chưa tới tỉnh".to_owned(), stamp)));
        facts.push(Fact::new(
            "Liên lạc với tỉnh trước khi trình",
            evidence.last_contact_at.map_or_else(|| "chưa lần nào".to_owned(), stamp),
        ));
        let off = |ms: i64| format::clock_off(ms.saturating_neg()).unwrap_or_else(|| "khớp với tỉnh".to_owned());
        match (evidence.clock_offset_ms, evidence.clock_offset_after_ms) {
            (Some(before), Some(after)) => {
                let words = format!("trước khi trình {}, sau khi trình {}: đã chỉnh", off(before), off(after));
                facts.push(Fact::new("Đồng hồ máy", words).toned(Tone::Warn));
            }
            (Some(before), None) => facts.push(Fact::new("Đồng hồ máy lúc đó", off(before))),
            (None, _) => {}
        }
        facts
    }

    /// What happened to a submission or nomination: handed in, decided.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn path_card(&self, id: RecordId, kind: Kind) -> Result<PathCard, StoreError> {
        let lines = self.store.trace(id, None)?;
        let steps = lines.iter().filter(|l| matches!(l.field.as_str(), "handed_in_at" | "decision")).map(|l| {
            let near = |ms| format::near(format::of_millis(ms), self.now);
            let arrived =
                l.arrival.map_or_else(|| "chưa tới tỉnh".to_owned(), |a| format!("tới tỉnh {}", near(a.at_ms)));
            let at = near(l.author.device_time_ms);
            let is_act = l.field == "handed_in_at";
            PathStep {
                what: if is_act { "Trình".to_owned() } else { self.names.value(kind.code(), &l.field, &l.value) },
                who: format!("{}, {}", l.author.officer, self.names.unit(&l.author.unit)),
                when: if is_act { format!("{at} · {arrived}") } else { at },
                reason: l.author.reason.clone(),
            }
        });
        let trace = format!("/records/{id}/trace");
        Ok(PathCard { steps: steps.collect(), trace: Link::new("Ai ghi giá trị này?", trace) })
    }

    /// One submission; `attempt` is a decision that was refused.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn submission_page(
        &self,
        shell: Shell,
        id: RecordId,
        attempt: Option<Decide>,
    ) -> Result<SubmissionPage, StoreError> {
        let all = submissions::list(self.store, None)?;
        let s = all.iter().find(|s| s.id == id).ok_or(StoreError::NoRecord(id))?;
        let later = all.iter().find(|l| l.replaces == Some(id));
        let earlier = s.replaces.and_then(|of| all.iter().find(|e| e.id == of));
        let link = |label: &str, of: &Submission| {
            Link::new(label, address(&format!("/submissions/{}", of.id), &[("year", &shell.year)]))
        };
        let now = self.frozen_now(s.period, &s.unit);
        let is_hub = self.store.identity().role == Role::Hub;
        let list = match is_hub {
            true => Link::new("Nghĩa vụ", format!("/duties{}", shell.query())),
            false => Link::new("Báo cáo", format!("/reports{}", shell.query())),
        };
        let stands = submissions::standing(&all, &s.unit, &s.period).is_none_or(|standing| standing.id == id);
        let decidable = is_hub && stands;
        let mut papers = vec![self.paper("Báo cáo của đơn vị", &format!("/letters/submission/{id}"))];
        if is_hub && stands && s.state == SubmissionState::Returned {
            papers.push(self.paper("Công văn trả lại", &format!("/letters/return/{id}")));
        }
        Ok(SubmissionPage {
            list,
            title: self.submission_name(s),
            path: format!("/submissions/{id}"),
            state: submission_tag(s.state),
            not_of_period: s.not_of_period(),
            nothing: s.nothing,
            decision_reason: s.decision_reason.clone(),
            evidence: self.evidence_facts(&s.punctuality.evidence, &s.officer),
            timeliness: (
                timeliness_tag(s.punctuality.timeliness),
                s.punctuality.sentence.clone(),
                s.punctuality.clause.clone(),
            ),
            open_items: s.open_items.iter().map(|item| item.sentence(&s.letter)).collect(),
            figures: FiguresCard::of(
                "Số liệu đã chốt khi trình",
                &s.frozen,
                Some(Other { name: "số hiện nay", word: "nay", figures: &now }),
                |m| self.model_link(m),
                |of| self.rows(of, &s.period, Some(&s.unit)),
            ),
            others: later
                .map(|l| link("Bản trình sau", l))
                .into_iter()
                .chain(earlier.map(|e| link("Bản trước", e)))
                .collect(),
            papers: PapersCard(papers),
            path_card: self.path_card(id, Kind::Submission)?,
            accepted: s.state == SubmissionState::Accepted,
            decide: decidable.then(|| attempt.unwrap_or_default()),
            shell,
        })
    }

    /// `Báo cáo năm 2022 – Huyện Đắk Glei`.
    #[must_use]
    pub fn submission_name(&self, s: &Submission) -> String {
        format!("Báo cáo {} – {}", s.period.title(), self.names.unit(&s.unit))
    }

    /// One nomination, read anew.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn nomination(&self, id: RecordId) -> Result<Nomination, StoreError> {
        nominations::list(self.store)?.into_iter().find(|n| n.id == id).ok_or(StoreError::NoRecord(id))
    }
}
