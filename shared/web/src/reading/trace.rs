//! Fills "Ai ghi giá trị này?".

use keng_desk::names::field_label;
use keng_domain::field::Field;
use keng_domain::id::{Lsn, RecordId};
use keng_domain::point::Point;
use keng_domain::schema::Kind;
use keng_domain::text::thousands;
use keng_store::StoreError;
use keng_store::query::RecordView;
use keng_store::trace::TraceLine;

use super::Reading;
use super::steps::group_of;
use crate::answer::address;
use crate::format;
use crate::pages::trace::{EntryDetail, FieldLink, Step, TracePage, TracedField};
use crate::parts::{Fact, Link, Tag, Tone};
use crate::shell::Shell;

impl Reading<'_> {
    /// The history of a record or of one of its fields; `entry` is looked at closely.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn trace_page(
        &self,
        shell: Shell,
        record: RecordId,
        field: Option<&str>,
        entry: Option<u64>,
    ) -> Result<TracePage, StoreError> {
        let view = self.store.record(record)?.ok_or(StoreError::NoRecord(record))?;
        let all = self.store.trace(record, None)?;
        let field = field.filter(|f| !f.is_empty()).map(group_of);
        let lines: Vec<&TraceLine> =
            all.iter().filter(|l| field.as_ref().is_none_or(|f| group_of(&l.field) == *f)).collect();
        let path = format!("/records/{record}/trace");
        let trail = match Point::read(view.id, &view.fields).model.filter(|_| view.kind == Kind::Point.code()) {
            Some(model) => {
                let model = self.merges.target(model);
                vec![Link::new("Mô hình", "/models"), Link::new(self.names.model(model), format!("/models/{model}"))]
            }
            None => self.list_of(&view),
        };
        let steps = lines.iter().rev().map(|l| self.step(&view, l, &path, field.as_deref())).collect();
        Ok(TracePage {
            trail,
            name: self.names.record(&view),
            fields: self.field_links(&view, &all, &path, field.as_deref()),
            steps,
            entry: entry.and_then(|lsn| self.entry(&all, Lsn(lsn))),
            whereabouts: self.whereabouts(&view, field.as_deref()),
            documents: Self::has_documents(&view.kind).then(|| self.documents_card(record, &shell.csrf)).transpose()?,
            downloads: vec![Link::new("Xuất JSON", format!("{path}.json"))],
            field: field.as_ref().map(|f| self.traced(&view, f)),
            shell,
        })
    }

    fn contested(&self, record: RecordId, group: &str) -> Option<&keng_store::contests::ContestView> {
        self.contests.iter().find(|c| c.record == record && group_of(&c.field) == group)
    }

    fn traced(&self, view: &RecordView, group: &str) -> TracedField {
        let shown = |v| self.shown_of(view, group, v);
        let state = match self.contested(view.id, group) {
            Some(c) => {
                let values: Vec<String> = c.contest.candidates.iter().map(|c| shown(&c.value)).collect();
                Tag::new(Tone::Danger, format!("{} · xung đột", values.join(" ↔ ")))
            }
            None => {
                let year = group.strip_prefix("ratings/").and_then(|y| y.parse::<i32>().ok());
                let now = match year {
                    Some(year) => match Point::read(view.id, &view.fields).ratings.get(&year) {
                        Some(keng_domain::point::YearRating::Rated(level)) => shown(&level.as_str().into()),
                        _ => "Chưa đánh giá".to_owned(),
                    },
                    None => view.fields.get(group).map_or_else(|| "(trống)".to_owned(), |f| shown(f.shown())),
                };
                Tag::new(Tone::Ok, format!("hiện nay: {now}"))
            }
        };
        TracedField { label: field_label(&view.kind, group), state }
    }

    fn field_links(&self, view: &RecordView, all: &[TraceLine], path: &str, chosen: Option<&str>) -> Vec<FieldLink> {
        let mut groups: Vec<String> = all.iter().map(|l| group_of(&l.field)).collect();
        let order = |group: &str| {
            let head = group.split('/').next().unwrap_or(group);
            Kind::of_code(&view.kind).and_then(|k| k.fields().iter().position(|f| f.key == head)).unwrap_or(usize::MAX)
        };
        groups.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.cmp(b)));
        groups.dedup();
        let whole = FieldLink { link: Link::new("Tất cả", path), on: chosen.is_none(), contested: false };
        let links = groups.iter().map(|g| FieldLink {
            link: Link::new(field_label(&view.kind, g), address(path, &[("field", g)])),
            on: chosen == Some(g),
            contested: self.contested(view.id, g).is_some(),
        });
        std::iter::once(whole).chain(links).collect()
    }

    fn step(&self, view: &RecordView, line: &TraceLine, path: &str, field: Option<&str>) -> Step {
        let group = group_of(&line.field);
        let shown = |v| self.shown_of(view, &line.field, v);
        let disputed = self.contested(view.id, &group).is_some_and(|c| {
            let author = |c: &keng_domain::field::Candidate| (c.author.incarnation, c.author.device_time_ms);
            c.contest.candidates.iter().any(|c| author(c) == (line.author.incarnation, line.author.device_time_ms))
        });
        let stands = match view.fields.get(&line.field) {
            Some(Field::Settled(value)) => *value == line.value,
            Some(Field::Contested(_)) | None => false,
        };
        let tone = match (disputed, line.base.len() > 1 || line.field.starts_with("approved/"), stands) {
            (true, ..) => Tone::Danger,
            (_, true, _) => Tone::Ok,
            (_, _, true) => Tone::Wait,
            _ => Tone::Calm,
        };
        let mut who = vec![line.author.officer.clone(), Self::machine(&line.author.node)];
        who.retain(|w| !w.is_empty());
        let mut remarks = Vec::new();
        if line.field.starts_with("approved/") {
            remarks.push("tỉnh chọn giữa các đánh giá".to_owned());
        }
        match line.base.as_slice() {
            [] => remarks.push("lần ghi đầu tiên".to_owned()),
            base => remarks.extend(self.seen(&view.kind, &line.field, base).map(|s| format!("đã thấy {s}"))),
        }
        if let Some(arrival) = line.arrival.filter(|_| line.author.node.0 != keng_store::project::HUB_NODE) {
            remarks.push(format!("tới tỉnh {}", format::brief(format::of_millis(arrival.at_ms), self.now)));
        }
        Step {
            tone,
            when: format::stamp(format::of_millis(line.author.device_time_ms)),
            unit: self.names.unit(&line.author.unit),
            who,
            field: field.is_none().then(|| field_label(&view.kind, &line.field)),
            from: (!line.base.is_empty())
                .then(|| line.base.iter().map(|b| shown(&b.value)).collect::<Vec<_>>().join(" ↔ ")),
            to: if line.value == keng_domain::field::Value::Null { String::new() } else { shown(&line.value) },
            reason: line.author.reason.clone(),
            remarks,
            entry: line.arrival.map(|a| {
                let lsn = a.lsn.to_string();
                let href = address(path, &[("field", field.unwrap_or_default()), ("entry", &lsn)]);
                Link::new(format!("mục {}", thousands(a.lsn.0)), href)
            }),
        }
    }

    /// The lists that lead to a record which is no point.
    fn list_of(&self, view: &RecordView) -> Vec<Link> {
        let (id, is_hub) = (view.id, self.standpoint() == crate::pages::Standpoint::Province);
        let own = |path: &str| Link::new(self.names.record(view), format!("{path}/{id}"));
        match Kind::of_code(&view.kind) {
            Some(Kind::Nomination) => vec![Link::new("Đề xuất", "/nominations"), own("/nominations")],
            Some(Kind::Submission) if is_hub => vec![Link::new("Nghĩa vụ", "/duties"), own("/submissions")],
            Some(Kind::Submission) => vec![Link::new("Báo cáo", "/reports"), own("/submissions")],
            Some(kind) if keng_desk::duties::records::KINDS.contains(&kind) => {
                let list = address("/others", &[("kind", kind.code())]);
                vec![Link::new(format::capital(kind.label()), list), own("/others")]
            }
            _ => vec![Link::new("Mô hình", "/models")],
        }
    }

    fn entry(&self, all: &[TraceLine], lsn: Lsn) -> Option<EntryDetail> {
        let line = all.iter().find(|l| l.arrival.is_some_and(|a| a.lsn == lsn))?;
        let stamp = |ms| format::full_stamp(format::of_millis(ms));
        let author = &line.author;
        let unit = format!("{} ({})", self.names.unit(&author.unit), author.unit);
        let mut facts = vec![
            Fact::new("Đơn vị", unit),
            Fact::new("Máy", Self::machine(&author.node)),
            Fact::new("Lần cài đặt", author.incarnation.to_string()),
            Fact::new("Cán bộ", &author.officer),
            Fact::new("Ghi lúc", stamp(author.device_time_ms)),
        ];
        facts.extend(line.arrival.map(|a| Fact::new("Tới tỉnh", stamp(a.at_ms))));
        facts.extend(line.entry.map(|hash| Fact::new("Mã băm", hex::encode(hash))));
        Some(EntryDetail { title: format!("Mục {}", thousands(lsn.0)), facts, downloads: Vec::new() })
    }

    /// The sums into which the value goes.
    fn whereabouts(&self, view: &RecordView, field: Option<&str>) -> Vec<Fact> {
        let Some(field) = field.filter(|f| matches!(*f, "teams" | "members")) else { return Vec::new() };
        let point = Point::of(view.id, &view.scope, &view.fields);
        let figures = self.figures();
        let pick = |teams: u64, members: u64| thousands(if field == "teams" { teams } else { members });
        let label = field_label(&view.kind, field).to_lowercase();
        let mut facts = Vec::new();
        let model = point.model.map(|m| self.merges.target(m));
        if let Some(m) = figures.models.iter().find(|m| Some(m.id) == model) {
            facts.push(Fact::new(format!("{label} của mô hình, năm {}", self.year()), pick(m.teams, m.members)));
        }
        let unit = self.names.tree.reporting_unit(&point.unit_key());
        if let Some(u) = figures.units.iter().find(|u| unit.is_some_and(|r| r.code == u.code)) {
            facts.push(Fact::new(format!("{label} của {}", u.name), pick(u.teams, u.members)));
        }
        if self.standpoint() == crate::pages::Standpoint::Province {
            facts.push(Fact::new(format!("{label} toàn tỉnh"), pick(figures.totals.teams, figures.totals.members)));
        }
        for fact in &mut facts {
            fact.name = format::capital(&fact.name);
        }
        facts
    }
}
