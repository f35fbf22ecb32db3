//! Fills the list of nominations, and one with its conditions, dossier and path.

use keng_desk::clock;
use keng_desk::duties::nominations::{self, Filed, New, Nomination, State};
use keng_domain::document::{FileHash, kind_label};
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::rules::nomination::Case;
use keng_domain::schema::{Kind, NOMINATION_CASES, PROPOSAL_BASES};
use keng_domain::text::date_dmy;
use keng_store::{Role, StoreError};

use super::Reading;
use super::duties::{nomination_tag, timeliness_tag};
use crate::answer::address;
use crate::form::{Choice, Input, InputKind, Typed};
use crate::pages::duties::{Conditions, Decide, DossierLine};
use crate::pages::nominations::{NominationPage, NominationRow, NominationsPage};
use crate::pages::papers::{PaperLine, PapersCard};
use crate::parts::{Find, Link, Tag, Tone};
use crate::shell::Shell;

/// What an officer typed, and why it was refused.
#[derive(Debug, Clone, Default)]
pub struct Refused {
    /// The form.
    pub typed: Typed,
    /// The words of the desk.
    pub why: String,
}

/// What the form of a new nomination brings.
#[must_use]
pub fn new_of(typed: &Typed) -> New {
    let text = |key: &str| typed.text(key).to_owned();
    New { model: text("model"), quarter: text("quarter"), case: text("case"), justification: text("justification") }
}

impl Reading<'_> {
    /// The nominations of the year; at a node also the form of a new one.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn nominations_page(
        &self,
        shell: Shell,
        query: &str,
        refused: Option<&Refused>,
    ) -> Result<NominationsPage, StoreError> {
        let find = Find::new("/nominations", query, &[("year", &shell.year)]);
        let mut all = nominations::list(self.store)?;
        all.retain(|n| n.quarter.year == self.year());
        let is_node = self.store.identity().role == Role::Node;
        // Whatever is searched for, a notice tells all that is selected of its quarter.
        let notices = if is_node { PapersCard::default() } else { self.notices(&all) };
        all.retain(|n| find.holds(&[&n.name, &self.names.unit(&n.unit), &n.quarter.title()]));
        let waits = |n: &Nomination| match n.state {
            State::Returned => 0,
            State::HandedIn | State::Received => 1,
            State::Draft => 2,
            State::Selected | State::Proposed => 3,
        };
        all.sort_by_key(waits);
        let row = |n: Nomination| NominationRow {
            model: Link::new(&n.name, address(&format!("/nominations/{}", n.id), &[("year", &shell.year)])),
            unit: self.names.unit(&n.unit),
            quarter: n.quarter.title(),
            due: format!("trước {}", date_dmy(n.quarter.due())),
            state: nomination_tag(&n),
            timeliness: n.assessment.timeliness.map(timeliness_tag),
            conditions: n.assessment.conditions,
        };
        Ok(NominationsPage {
            notices,
            standpoint: self.standpoint(),
            period: self.title(),
            rows: all.into_iter().map(row).collect(),
            add: if is_node { self.new_nomination(refused) } else { Vec::new() },
            fault: refused.map(|r| r.why.clone()),
            find,
            shell,
        })
    }

    fn new_nomination(&self, refused: Option<&Refused>) -> Vec<Input> {
        // Of a quarter that has not begun nothing can be told.
        let today = clock::today();
        let quarters = (1..=4).map(|q| self.names.packs.quarter(self.year(), q)).filter(|p| p.from <= today);
        let quarters = quarters.map(|p| Choice::new(p.id(), format!("{}, trước {}", p.title(), date_dmy(p.due()))));
        let typed = |key: &str| refused.map_or("", |r| r.typed.text(key));
        let models = self.models.iter().filter(|m| m.merged_into.is_none());
        let mut models: Vec<Choice> = models.map(|m| Choice::new(m.id.to_string(), &m.name)).collect();
        models.sort_by(|a, b| keng_domain::text::compare(&a.label, &b.label));
        let label = |key: &str| keng_desk::names::field_label(Kind::Nomination.code(), key);
        let select = |key: &str, choices| Input {
            kind: InputKind::Select(choices),
            value: typed(key).to_owned(),
            ..plain(key, label(key))
        };
        let mut all = vec![select("model", models), select("quarter", quarters.collect())];
        all.extend(case_and_reason(typed("case"), typed("justification")));
        for fault in refused.map(|r| new_of(&r.typed).faults(self.store)).unwrap_or_default() {
            if let Some(input) = all.iter_mut().find(|input| input.key == fault.key) {
                input.error = Some(fault.sentence);
            }
        }
        all
    }

    /// One nomination. `add` is the kind of document that is to be added, `refused` a form of the
    /// unit, `attempt` a decision of the province that was refused.
    ///
    /// # Errors
    /// [`StoreError::NoRecord`].
    pub fn nomination_page(
        &self,
        shell: Shell,
        id: RecordId,
        add: &str,
        refused: Option<&Refused>,
        attempt: Option<Decide>,
    ) -> Result<NominationPage, StoreError> {
        let n = self.nomination(id)?;
        let role = self.store.identity().role;
        let is_open = role == Role::Node && matches!(n.state, State::Draft | State::Returned);
        let mut documents = self.documents_card(id, &shell.csrf)?;
        if let Some(upload) = &mut documents.upload {
            add.clone_into(&mut upload.kind);
        }
        let files = self.files_of(&n)?;
        let code = n.case.map_or("", code_of);
        let reason = n.justification.clone().unwrap_or_default();
        let typed = |key: &str, stored: &str| {
            refused.and_then(|r| r.typed.get(key)).map_or_else(|| stored.to_owned(), str::to_owned)
        };
        let basis = n.proposed.map(|p| {
            let cited = files.iter().find(|f| p.document == Some(f.hash));
            (label(PROPOSAL_BASES, p.basis.code()), cited.map(|f| f.link.clone()))
        });
        let decidable = role == Role::Hub && !matches!(n.state, State::Draft | State::Returned);
        let choices = files
            .iter()
            .map(|f| Choice::new(f.hash.to_string(), format!("{} · {}", kind_label(&f.kind), f.link.label)));
        Ok(NominationPage {
            path: format!("/nominations/{id}"),
            model: self.model_link(n.model),
            about: format!(
                "{} · {} · trước {}",
                self.names.unit(&n.unit),
                n.quarter.title(),
                date_dmy(n.quarter.due())
            ),
            state: nomination_tag(&n),
            case: label(NOMINATION_CASES, code),
            decision_reason: n.decision_reason.clone(),
            unfounded: n.unfounded(self.names.packs.of_year(n.quarter.year)),
            basis,
            dossier: self.dossier(&files, is_open.then_some(id), &shell),
            assumed: self.names.pack.nomination.assumed,
            edit: if is_open {
                case_and_reason(&typed("case", code), &typed("justification", &reason))
            } else {
                Vec::new()
            },
            justification: reason,
            fault: refused.map(|r| r.why.clone()),
            papers: PapersCard(self.papers_of(&n)),
            decide: decidable.then(|| Decide {
                documents: choices.collect(),
                receivable: n.state == State::HandedIn,
                ..attempt.unwrap_or_default()
            }),
            path_card: self.path_card(id, Kind::Nomination)?,
            conditions: Conditions(n.assessment.conditions),
            documents,
            shell,
        })
    }

    /// For each quarter of which one of `all` is selected, the notice to all units.
    fn notices(&self, all: &[Nomination]) -> PapersCard {
        let mut quarters: Vec<Period> = Vec::new();
        for n in all.iter().filter(|n| n.selected.is_some()) {
            if !quarters.contains(&n.quarter) {
                quarters.push(n.quarter);
            }
        }
        quarters.sort_by_key(|quarter| quarter.cut_off);
        let notice =
            |q: Period| self.paper(format!("Công văn thông báo {}", q.title()), &format!("/letters/notice/{}", q.id()));
        PapersCard(quarters.into_iter().map(notice).collect())
    }

    /// The unit's proposal; at the province what follows from its decisions, as long as it may be sent.
    fn papers_of(&self, n: &Nomination) -> Vec<PaperLine> {
        let mut papers = vec![self.paper("Tờ trình của đơn vị", &format!("/letters/nominate/{}", n.id))];
        if self.store.identity().role == Role::Hub {
            if n.selected.is_some() {
                let notice = format!("/letters/notice/{}", n.quarter.id());
                papers.push(self.paper("Công văn thông báo toàn tỉnh", &notice));
            }
            if n.proposed.is_some() && n.unfounded(self.names.packs.of_year(n.quarter.year)).is_none() {
                papers.push(self.paper("Tờ trình đề nghị Bộ Công an", &format!("/letters/propose/{}", n.id)));
            }
            if n.state == State::Returned {
                papers.push(self.paper("Công văn trả lại", &format!("/letters/return/{}", n.id)));
            }
        }
        papers
    }

    fn files_of(&self, n: &Nomination) -> Result<Vec<File>, StoreError> {
        let mut files = Vec::with_capacity(n.documents.len());
        for Filed { hash, kind, added_after } in &n.documents {
            let name = self.store.file_named(hash)?.map_or_else(|| hash.to_string(), |(_, d)| d.name);
            let link = Link::new(name, format!("/documents/{hash}"));
            files.push(File { hash: *hash, kind: kind.clone(), link, is_late: added_after.is_some() });
        }
        Ok(files)
    }

    fn dossier(&self, files: &[File], add_to: Option<RecordId>, shell: &Shell) -> Vec<DossierLine> {
        let rules = &self.names.pack.nomination;
        let each = rules.dossier.iter().map(std::slice::from_ref);
        let any = (!rules.proposal.is_empty()).then_some(rules.proposal.as_slice());
        let line = |kinds: &[String]| {
            let there: Vec<&File> = files.iter().filter(|f| kinds.contains(&f.kind)).collect();
            let first = kinds.first().map_or("", String::as_str);
            DossierLine {
                kind: kinds.iter().map(|k| kind_label(k)).collect::<Vec<_>>().join(" hoặc "),
                state: match there.as_slice() {
                    [] => Tag::new(Tone::Warn, "Chưa có"),
                    all if all.iter().all(|f| f.is_late) => Tag::new(Tone::Warn, "Thêm sau khi trình"),
                    _ => Tag::new(Tone::Ok, "Có"),
                },
                files: there.into_iter().map(|f| f.link.clone()).collect(),
                add: add_to.map(|id| {
                    let page = address(&format!("/nominations/{id}"), &[("add", first), ("year", &shell.year)]);
                    format!("{page}#documents")
                }),
            }
        };
        any.into_iter().chain(each).map(line).collect()
    }
}

struct File {
    hash: FileHash,
    kind: String,
    link: Link,
    /// Added after the hand-in, so that it does not count.
    is_late: bool,
}

fn plain(key: &str, label: String) -> Input {
    Input {
        key: key.to_owned(),
        label,
        hint: None,
        kind: InputKind::Line,
        value: String::new(),
        error: None,
        tag: None,
    }
}

/// The two fields of a nomination that stay open until it is handed in.
fn case_and_reason(case: &str, reason: &str) -> Vec<Input> {
    let specs = ["case", "justification"].into_iter().filter_map(|key| Kind::Nomination.field(key));
    let inputs = specs.map(|spec| match spec.key {
        "case" => Input {
            kind: InputKind::Radio(NOMINATION_CASES.iter().map(|(v, l)| Choice::new(*v, *l)).collect()),
            ..Input::of_field(spec, case)
        },
        _ => Input::of_field(spec, reason).hinted("Mô hình mới bắt buộc nêu: cách làm hay, sáng tạo, hiệu quả thực sự"),
    });
    inputs.collect()
}

fn code_of(case: Case) -> &'static str {
    match case {
        Case::Tot => "tot",
        Case::Moi => "moi",
    }
}

fn label(of: &[(&str, &str)], code: &str) -> String {
    of.iter().find(|(c, _)| *c == code).map_or_else(|| code.to_owned(), |(_, l)| (*l).to_owned())
}
