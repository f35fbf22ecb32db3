//! Quarterly nominations (letter 4267, 1.b and 2; R13–R17): a unit proposes a model with its dossier,
//! the province selects, proposes to the Ministry or returns. Every step stays visible to the unit.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use keng_domain::document::FileHash;
use keng_domain::explanation::{Judgement, Verdict};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::model::{Merges, Model};
use keng_domain::period::{Period, PeriodKind};
use keng_domain::point::Point;
use keng_domain::rule_pack::{RulePack, RulePacks};
use keng_domain::rules::nomination::{Assessment, Basis, Case, Condition, Nominated, assess, may_propose, rating_year};
use keng_domain::rules::submission::State as SubmissionState;
use keng_domain::rules::timeliness::Evidence;
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::tree::Tree;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_records::record::Meta;
use keng_store::edit::Act;
use keng_store::query::RecordView;
use keng_store::{Role, Store, StoreError};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::heard::Heard;
use super::submissions::{self, Submission};
use super::{HANDED_IN_AT, evidence_values, hand_in_of, needs_reason, of_kind, period};
use crate::acts::{By, commit, fresh_id, model_named, own_tree};
use crate::clock::rfc3339;
use crate::rehomed::{hands_in_instead, must_stand};
use crate::{Told, clock};

/// Where a nomination stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// Đang soạn.
    Draft,
    /// Đã trình.
    HandedIn,
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
    /// Where it stands.
    pub state: State,
    /// R13 to R16.
    pub assessment: Assessment,
    /// The hand-in and what is known of its time.
    pub evidence: Option<Evidence>,
    /// Documents of the dossier: file and kind.
    pub documents: Vec<(FileHash, String)>,
    /// The case of letter 4267, 2, on which it was proposed to the Ministry.
    pub basis: Option<String>,
    /// The document cited for it.
    pub basis_document: Option<String>,
    /// The province's reason.
    pub decision_reason: Option<String>,
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
    let mut documents = Vec::new();
    let own_points = points.iter().filter(|p| ground.tree.is_within(&p.unit_key(), &proposes)).map(|p| p.id);
    for record in [view.id].into_iter().chain(group.iter().copied()).chain(own_points) {
        documents.extend(store.documents_of(Some(record))?.into_iter().map(|d| (d.document.hash, d.document.kind)));
    }
    let hand_in = hand_in_of(store, view)?;
    let verdict = ground.verdict(store, rating_year(&quarter, &pack), model)?;
    let all: Vec<&Point> = points.iter().collect();
    let (case, justification) = (text("case").and_then(|c| Case::of_code(&c)), text("justification"));
    let evidence = hand_in.map(|(evidence, _)| evidence);
    let mut assessment = assess(
        &Nominated {
            case,
            justification: justification.as_deref(),
            quarter,
            points: &all,
            founded_on: ground.models.get(&model).and_then(|m| m.founded_on),
            verdict,
            documents: documents.iter().map(|(_, kind)| kind.as_str()).collect(),
            evidence,
            is_listed: ground.listed.contains(&model),
        },
        &pack,
    );
    // What a unit sent that had been dissolved by then is kept, and told for what it is (R31).
    if let Some(instead) = hands_in_instead(&ground.tree.units, &proposes, &quarter) {
        let sentence = format!("Đơn vị đã sắp xếp, không thuộc quý này: {instead}.");
        assessment.conditions.push(Condition { rule: "R31", holds: false, sentence });
    }
    Ok(Some(Nomination {
        id: view.id,
        name: ground.models.get(&model).map_or_else(|| model.to_string(), |m| m.name.clone()),
        unit,
        model,
        quarter,
        case,
        justification,
        state: state(view),
        assessment,
        evidence,
        documents,
        basis: text("basis"),
        basis_document: text("basis_document"),
        decision_reason: text("decision_reason"),
    }))
}

/// A decision is about one hand-in: when the unit has mended and handed in again, it waits anew.
fn state(view: &RecordView) -> State {
    let (Some(handed_in), decision) = (view.fields.text(HANDED_IN_AT), view.fields.text("decision")) else {
        return State::Draft;
    };
    match decision.filter(|_| view.fields.text("decided_hand_in") == Some(handed_in)) {
        Some("SELECTED") => State::Selected,
        Some("PROPOSED") => State::Proposed,
        Some("RETURNED") => State::Returned,
        _ => State::HandedIn,
    }
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

/// Begins a nomination: a draft that documents can be added to.
///
/// # Errors
/// At the hub; for a quarter, case or model that is none; when the unit proposes that model already.
pub fn add(store: &mut Store, model: &str, quarter: &str, case: &str, by: &By) -> Result<RecordId, Told> {
    if store.identity().role == Role::Hub {
        return Err(Told::refused("Đề xuất do đơn vị lập; tỉnh chọn, đề nghị Bộ hoặc trả lại."));
    }
    let quarter = period(quarter, &store.rule_packs()?)?;
    if quarter.kind != PeriodKind::Quarter {
        return Err(Told::refused("Đề xuất theo quý (điểm 1.b); ví dụ: --quarter 2022-Q4."));
    }
    must_stand(store, &quarter)?;
    if Case::of_code(case).is_none() {
        return Err(Told::refused(format!(
            "Không có trường hợp “{case}”: tot (xếp loại Tốt, đã nhân rộng) hoặc moi (mô hình mới)."
        )));
    }
    let model = model_named(store, model).map_err(Told::refused)?;
    let Some(model) = model else { return Err(Told::refused("Đề xuất phải nêu mô hình.")) };
    let unit = store.identity().unit.clone();
    let stands_for = Merges::of(&store.models()?).target(model);
    let is_same = |n: &&Nomination| n.unit == unit && n.quarter == quarter && n.model == stands_for;
    if let Some(same) = list(store)?.iter().find(is_same) {
        return Err(Told::refused(format!("Đơn vị đã có đề xuất mô hình này cho {}: {}.", quarter.title(), same.id)));
    }
    let scope = own_tree(store)?.0.scope_of(&unit);
    let mut values = vec![
        ("unit".to_owned(), Value::from(unit.as_str())),
        ("model".to_owned(), Value::from(model.to_string())),
        ("quarter".to_owned(), Value::from(quarter.id())),
        ("case".to_owned(), Value::from(case)),
    ];
    if let Some(reason) = by.reason.as_deref().map(str::trim).filter(|r| !r.is_empty()) {
        values.push(("justification".to_owned(), Value::from(reason)));
    }
    let id = fresh_id();
    let meta = Meta { kind: Kind::Nomination.code().to_owned(), scope, owner: unit };
    commit(store, &[Act::Create { id, meta, values }], by)?;
    Ok(id)
}

/// Hands a nomination in. What it lacks is marked, not refused: the province decides, and the second
/// and third case of letter 4267, 2, need no complete dossier.
///
/// # Errors
/// At the hub; for one that waits for the province or was taken over.
pub fn hand_in(store: &mut Store, id: RecordId, by: &By) -> Result<Nomination, Told> {
    if store.identity().role == Role::Hub {
        return Err(Told::refused("Đề xuất do đơn vị trình."));
    }
    let nomination = one(store, id)?;
    if !matches!(nomination.state, State::Draft | State::Returned) {
        return Err(Told::refused(format!("Đề xuất này đang ở trạng thái “{}”.", nomination.state.label())));
    }
    must_stand(store, &nomination.quarter)?;
    let heard = Heard::of(store)?;
    commit(store, &[Act::Change { id, values: evidence_values(&heard, clock::now_ms()) }], by)?;
    one(store, id)
}

/// The province selects a model for notice in the province (letter 4267, 2).
///
/// # Errors
/// At a node; before it is handed in; for a model that is not eligible (R13), unless a reason is given.
pub fn select(store: &mut Store, id: RecordId, by: &By) -> Result<(), Told> {
    let nomination = handed_in(store, id)?;
    if !nomination.assessment.eligible && needs_reason(by).is_err() {
        let why = nomination.assessment.conditions.first().map_or("", |c| c.sentence.as_str());
        return Err(Told::refused(format!("{why} Nếu tỉnh vẫn chọn, hãy ghi lý do (--reason).")));
    }
    decide(store, id, "SELECTED", Vec::new(), by)
}

/// The province proposes a model to the Ministry by one of the three cases of letter 4267, 2 (R17).
///
/// # Errors
/// At a node; before it is handed in; for a basis that does not hold, with what is missing.
pub fn propose(store: &mut Store, id: RecordId, basis: &str, document: Option<FileHash>, by: &By) -> Result<(), Told> {
    let nomination = handed_in(store, id)?;
    let Some(of) = Basis::of_code(basis) else {
        return Err(Told::refused(format!("Không có căn cứ “{basis}”: dossier, directive hoặc finding.")));
    };
    let pack = store.rule_pack_of(nomination.quarter.year)?;
    let cited = match document {
        None => None,
        Some(hash) => match nomination.documents.iter().find(|(h, _)| *h == hash) {
            Some((_, kind)) => Some(kind.as_str()),
            None => return Err(Told::refused(format!("Văn bản {hash} không có trong hồ sơ của đề xuất này."))),
        },
    };
    may_propose(of, &nomination.assessment, cited, &pack).map_err(Told::refused)?;
    let mut values = vec![("basis".to_owned(), Value::from(basis))];
    values.extend(document.map(|hash| ("basis_document".to_owned(), Value::from(hash.to_string()))));
    decide(store, id, "PROPOSED", values, by)
}

/// The province sends a nomination back, with a reason.
///
/// # Errors
/// At a node; before it is handed in; without a reason.
pub fn send_back(store: &mut Store, id: RecordId, by: &By) -> Result<(), Told> {
    needs_reason(by)?;
    handed_in(store, id)?;
    decide(store, id, "RETURNED", Vec::new(), by)
}

fn handed_in(store: &Store, id: RecordId) -> Result<Nomination, Told> {
    if store.identity().role != Role::Hub {
        return Err(Told::refused("Chỉ tỉnh chọn, đề nghị Bộ hoặc trả lại một đề xuất."));
    }
    let nomination = one(store, id)?;
    match nomination.state {
        State::Draft => Err(Told::refused("Đơn vị đang soạn đề xuất này, chưa trình.")),
        State::Returned => Err(Told::refused("Đề xuất này đã được trả lại, đơn vị chưa trình lại.")),
        _ => Ok(nomination),
    }
}

fn decide(
    store: &mut Store,
    id: RecordId,
    decision: &str,
    mut values: Vec<(String, Value)>,
    by: &By,
) -> Result<(), Told> {
    let view = of_kind(store, Kind::Nomination, id)?;
    let handed_in = view.fields.text(HANDED_IN_AT).unwrap_or_default();
    values.push(("decision".to_owned(), Value::from(decision)));
    values.push(("decided_hand_in".to_owned(), Value::from(handed_in)));
    values.push(("decision_reason".to_owned(), by.reason.as_deref().map_or(Value::Null, Value::from)));
    commit(store, &[Act::Change { id, values }], by).map(|_| ())
}

/// `nomination list --json`.
#[must_use]
pub fn json(all: &[Nomination], packs: &RulePacks) -> Json {
    all.iter().map(|n| in_json(n, packs.of_year(n.quarter.year))).collect()
}

/// One of [`json`].
#[must_use]
pub fn in_json(n: &Nomination, pack: &RulePack) -> Json {
    let at = |t: chrono::DateTime<chrono::Utc>| rfc3339(t.timestamp_millis());
    json!({
        "id": n.id,
        "unit": n.unit,
        "model": n.model,
        "name": n.name,
        "quarter": n.quarter.id(),
        "case": n.case,
        "justification": n.justification,
        "eligible": n.assessment.eligible,
        "complete": n.assessment.complete,
        "missing": n.assessment.missing,
        "listed": n.assessment.listed,
        "timeliness": n.assessment.timeliness,
        "state": n.state,
        "due": n.quarter.due(),
        "handed_in_at": n.evidence.map(|e| at(e.acted_at)),
        "received_at": n.evidence.and_then(|e| e.received_at).map(at),
        "basis": n.basis,
        "basis_document": n.basis_document,
        "decision_reason": n.decision_reason,
        "why": {
            "clause": pack.letter.clause("điểm 1.b và điểm 2"),
            "rule_pack": pack.id,
            "assumed": pack.nomination.assumed,
            "conditions": n.assessment.conditions,
        },
    })
}

/// Prints nominations for people.
pub fn print(all: &[Nomination]) {
    if all.is_empty() {
        println!("Chưa có đề xuất nào.");
    }
    for n in all {
        println!("{}  {} · {} · {} · {}", n.id, n.unit, n.name, n.quarter.title(), n.state.label());
        for c in &n.assessment.conditions {
            println!("    {} {}: {}", if c.holds { "✓" } else { "–" }, c.rule, c.sentence);
        }
        if let Some(reason) = &n.decision_reason {
            println!("    Tỉnh: {reason}");
        }
    }
}
