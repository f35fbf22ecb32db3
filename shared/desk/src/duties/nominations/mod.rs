//! Quarterly nominations (letter 4267, 1.b and 2; R13–R17): a unit proposes a model with its dossier,
//! the province selects, proposes to the Ministry or returns. Every step stays visible to the unit.
//!
//! This module reads them, with what `history` tells of each act; `acts` are what either side does, `new` what a new
//! one is made of, `told` how they are shown, [`commands`] the same at the command line.

mod acts;
pub mod commands;
mod history;
mod new;
mod told;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use keng_domain::document::FileHash;
use keng_domain::explanation::{Judgement, Verdict};
use keng_domain::id::RecordId;
use keng_domain::model::{Merges, Model};
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rule_pack::{RulePack, RulePacks};
use keng_domain::rules::nomination::{Assessment, Basis, Case, Condition, Nominated, assess, may_propose, rating_year};
use keng_domain::rules::submission::State as SubmissionState;
use keng_domain::rules::timeliness::Evidence;
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::tree::Tree;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_store::query::RecordView;
use keng_store::{Store, StoreError};
use serde::Serialize;

pub use self::acts::{add, edit, hand_in, propose, receive, select, send_back};
use self::history::History;
pub use self::new::{Fault, New};
pub use self::told::{in_json, json, print};
use super::submissions::{self, Submission};
use super::{HANDED_IN_AT, of_kind};
use crate::rehomed::hands_in_instead;
use crate::{Told, clock};

/// Where a nomination stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Đang soạn.
    Draft,
    /// Đã trình.
    HandedIn,
    /// Tiếp nhận: the province has it before it and has not decided.
    Received,
    /// Thông báo toàn tỉnh.
    Selected,
    /// Đề nghị Bộ Công an thông báo toàn quốc.
    Proposed,
    /// Trả lại.
    Returned,
}

impl State {
    /// The word on screens.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Đang soạn",
            Self::HandedIn => "Đã trình",
            Self::Received => "Tỉnh đã tiếp nhận",
            Self::Selected => "Thông báo toàn tỉnh",
            Self::Proposed => "Đề nghị Bộ Công an thông báo",
            Self::Returned => "Trả lại",
        }
    }
}

/// A nomination as it reads now.
#[derive(Debug, Clone)]
pub struct Nomination {
    /// Its record.
    pub id: RecordId,
    /// Who proposes.
    pub unit: UnitCode,
    /// The model that stands for the one it names.
    pub model: RecordId,
    /// That model's name.
    pub name: String,
    /// The quarter.
    pub quarter: Period,
    /// The case of letter 4267, 1.b.
    pub case: Option<Case>,
    /// Why, in the unit's words.
    pub justification: Option<String>,
    /// Where it stands: the last act.
    pub state: State,
    /// R13 to R16.
    pub assessment: Assessment,
    /// The last hand-in and what is known of its time.
    pub evidence: Option<Evidence>,
    /// The first hand-in, where the province has sent it back since: the deadline is about this one.
    pub first: Option<Evidence>,
    /// Documents of the dossier.
    pub documents: Vec<Filed>,
    /// That the province has selected it for notice in the province; a proposal to the Ministry leaves that standing.
    pub selected: Option<Selected>,
    /// That the province has proposed it to the Ministry; a selection leaves that standing.
    pub proposed: Option<Proposed>,
    /// The province's reason for what it did last.
    pub decision_reason: Option<String>,
}

/// A document of the dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// Its file.
    pub hash: FileHash,
    /// Its kind.
    pub kind: String,
    /// The day on which it was added, in Việt Nam, where that was after the hand-in that stands.
    pub added_after: Option<NaiveDate>,
}

/// The selection for notice in the province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Why, in the province's words: it must say so of a model that is not eligible (R13).
    pub reason: Option<String>,
}

/// The proposal to the Ministry (R17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposed {
    /// The case of letter 4267, 2.
    pub basis: Basis,
    /// The document cited for it.
    pub document: Option<FileHash>,
}

impl Nomination {
    /// Where it stands, in words. Letter 4267, 2, lets the province announce a model and propose it to the Ministry.
    #[must_use]
    pub fn label(&self) -> String {
        match (&self.selected, &self.proposed) {
            (Some(_), Some(_)) => format!("{}; {}", State::Selected.label(), State::Proposed.label()),
            _ => self.state.label().to_owned(),
        }
    }

    /// The kinds under which a file stands in the dossier; none where it is not there.
    #[must_use]
    pub fn kinds_of(&self, hash: &FileHash) -> Vec<&str> {
        self.documents.iter().filter(|d| d.hash == *hash).map(|d| d.kind.as_str()).collect()
    }

    /// Why the case on which it was proposed to the Ministry holds no longer (R17), for what it rests on may change:
    /// a list that is sent back, a document taken out. `None` while it holds, and when it was not proposed.
    #[must_use]
    pub fn unfounded(&self, pack: &RulePack) -> Option<String> {
        let Proposed { basis, document } = self.proposed?;
        let cited = document.map(|hash| self.kinds_of(&hash)).unwrap_or_default();
        if document.is_some() && cited.is_empty() {
            return Some(format!(
                "Văn bản làm căn cứ đề nghị Bộ cho “{}” đã gỡ khỏi hồ sơ (R17): hãy đưa lại, hoặc chọn căn cứ khác.",
                self.name
            ));
        }
        let why = may_propose(basis, &self.assessment, &cited, pack).err()?;
        Some(format!(
            "Căn cứ đề nghị Bộ cho “{}” nay không còn đủ (R17). {why} Hãy chọn căn cứ khác, hoặc đợi đủ điều kiện.",
            self.name
        ))
    }
}

/// What judging nominations needs, read once.
struct Ground {
    packs: RulePacks,
    tree: Tree,
    models: HashMap<RecordId, Model>,
    merges: Merges,
    listed: BTreeSet<RecordId>,
    verdicts: BTreeMap<i32, BTreeMap<RecordId, Judgement>>,
}

impl Ground {
    fn of(store: &Store, submissions: &[Submission]) -> Result<Self, StoreError> {
        let models = store.models()?;
        let merges = Merges::of(&models);
        // R16: a model is listed by whoever reported it, which a unit of after a change has not done yet. Of each unit
        // of each catalogue the latest accepted list; `list` goes by unit, then period.
        let accepted = submissions.iter().filter(|s| s.state == SubmissionState::Accepted && s.instead.is_none());
        let latest: HashMap<&UnitKey, &Submission> = accepted.map(|s| (&s.key, s)).collect();
        let listed = latest.values().flat_map(|s| s.frozen.lists()).map(|m| merges.target(m)).collect();
        Ok(Self {
            packs: store.rule_packs()?,
            tree: store.tree(clock::today())?,
            models: models.into_iter().map(|m| (m.id, m)).collect(),
            merges,
            listed,
            verdicts: BTreeMap::new(),
        })
    }

    fn verdict(&mut self, store: &Store, year: i32, model: RecordId) -> Result<Verdict, StoreError> {
        let of_year = match self.verdicts.entry(year) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(store.verdicts(year)?),
        };
        Ok(of_year.get(&model).map_or(Verdict::NotRated, |j| j.verdict))
    }

    /// The models that stand for `target`.
    fn group(&self, target: RecordId) -> Vec<RecordId> {
        self.models.keys().copied().filter(|m| self.merges.target(*m) == target).collect()
    }
}

/// All nominations that are here; by quarter, unit and model.
///
/// # Errors
/// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
pub fn list(store: &Store) -> Result<Vec<Nomination>, StoreError> {
    among(store, &submissions::list(store, None)?)
}

/// [`list`], with the submissions read already.
pub(crate) fn among(store: &Store, submissions: &[Submission]) -> Result<Vec<Nomination>, StoreError> {
    let mut ground = Ground::of(store, submissions)?;
    let mut all = Vec::new();
    for view in store.records(Kind::Nomination)? {
        all.extend(read(store, &view, &mut ground)?);
    }
    all.sort_by(|a, b| {
        let key = |n: &Nomination| (n.quarter.cut_off, n.unit.clone(), n.id);
        key(a).cmp(&key(b))
    });
    Ok(all)
}

fn read(store: &Store, view: &RecordView, ground: &mut Ground) -> Result<Option<Nomination>, StoreError> {
    let text = |key: &str| view.fields.text(key).map(str::to_owned);
    let unit = text("unit").and_then(|u| u.parse::<UnitCode>().ok());
    let named = text("model").and_then(|m| m.parse::<RecordId>().ok());
    let quarter = text("quarter").and_then(|q| ground.packs.period_of_id(&q).ok());
    // A nomination that lacks one of them comes from a newer version, which can read it.
    let (Some(unit), Some(named), Some(quarter)) = (unit, named, quarter) else { return Ok(None) };
    let pack = ground.packs.of_year(quarter.year).clone();
    let proposes = match &view.scope {
        Scope::Area { catalogue, .. } => UnitKey::new(catalogue, &unit),
        Scope::Province => UnitKey::from(&unit),
    };
    let model = ground.merges.target(named);
    let group = ground.group(model);
    let mut points = Vec::new();
    for member in &group {
        points.extend(store.as_points(&store.belonging(Kind::Point, *member)?)?);
    }
    let history = History::of(&store.trace(view.id, None)?);
    let hand_in = history.standing(view.fields.text(HANDED_IN_AT));
    let said = hand_in.map(|h| history.about(h)).unwrap_or_default();
    let state = match (hand_in, said.last().map(|d| d.what.as_str())) {
        (None, _) => State::Draft,
        (_, Some("RECEIVED")) => State::Received,
        (_, Some("SELECTED")) => State::Selected,
        (_, Some("PROPOSED")) => State::Proposed,
        (_, Some("RETURNED")) => State::Returned,
        // A decision is about one hand-in: when the unit has mended and handed in again, it waits anew.
        _ => State::HandedIn,
    };
    // Of what is not handed in, or has come back, the dossier is as far as the unit is with it.
    let judged = hand_in.filter(|_| state != State::Returned);
    let mut documents = Vec::new();
    let own_points = points.iter().filter(|p| ground.tree.is_within(&p.unit_key(), &proposes)).map(|p| p.id);
    for record in [view.id].into_iter().chain(group.iter().copied()).chain(own_points) {
        documents.extend(store.documents_of(Some(record))?.into_iter().map(|d| {
            let is_late = judged.is_some_and(|h| h.is_before(&d, &view.scope));
            let added_after = is_late.then(|| clock::in_vietnam(d.added_at_ms).date_naive());
            Filed { hash: d.document.hash, kind: d.document.kind, added_after }
        }));
    }
    let first = hand_in.map(|h| history.first(h).evidence);
    let evidence = hand_in.map(|h| h.evidence);
    let verdict = ground.verdict(store, rating_year(&quarter, &pack), model)?;
    let all: Vec<&Point> = points.iter().collect();
    let (case, justification) = (text("case").and_then(|c| Case::of_code(&c)), text("justification"));
    let in_time = documents.iter().filter(|d| d.added_after.is_none());
    let mut assessment = assess(
        &Nominated {
            case,
            justification: justification.as_deref(),
            quarter,
            points: &all,
            founded_on: ground.models.get(&model).and_then(|m| m.founded_on),
            verdict,
            documents: in_time.map(|d| d.kind.as_str()).collect(),
            added_after: documents.iter().filter_map(|d| Some((d.kind.as_str(), d.added_after?))).collect(),
            evidence: first,
            again: evidence.filter(|_| first != evidence),
            is_listed: ground.listed.contains(&model),
        },
        &pack,
    );
    // What a unit sent that had been dissolved by then is kept, and told for what it is (R31).
    if let Some(instead) = hands_in_instead(&ground.tree.units, &proposes, &quarter) {
        let sentence = format!("Đơn vị đã sắp xếp, không thuộc quý này: {instead}.");
        assessment.conditions.push(Condition { rule: "R31", holds: false, sentence });
    }
    let selected = said.iter().rfind(|d| d.what == "SELECTED");
    let proposed = said.iter().rev().find_map(|d| d.basis);
    Ok(Some(Nomination {
        id: view.id,
        name: ground.models.get(&model).map_or_else(|| model.to_string(), |m| m.name.clone()),
        unit,
        model,
        quarter,
        case,
        justification,
        state,
        assessment,
        evidence,
        first: first.filter(|_| first != evidence),
        documents,
        selected: selected.map(|d| Selected { reason: d.reason.clone() }),
        proposed: proposed.map(|(basis, document)| Proposed { basis, document }),
        decision_reason: said.last().and_then(|d| d.reason.clone()),
    }))
}

/// One nomination.
///
/// # Errors
/// For an identifier that is none.
pub fn one(store: &Store, id: RecordId) -> Result<Nomination, Told> {
    let view = of_kind(store, Kind::Nomination, id)?;
    let mut ground = Ground::of(store, &submissions::list(store, None)?)?;
    read(store, &view, &mut ground)?
        .ok_or_else(|| Told::refused(format!("Đề xuất {id} do phiên bản mới hơn ghi; hãy cập nhật Kẻng.")))
}
