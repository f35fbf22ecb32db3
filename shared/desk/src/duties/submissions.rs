//! Half-year and annual submissions (letter 4267, 1.d; R18, R19): figures frozen with the act, prepared
//! without a link and handed in by any transport.

use std::collections::{HashMap, HashSet};

use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::model::Merges;
use keng_domain::period::{Period, PeriodKind};
use keng_domain::point::Point;
use keng_domain::rule_pack::{DirectingLetter, RulePack};
use keng_domain::rules::spontaneous;
use keng_domain::rules::submission::{
    ENDING_PAPER, Frozen, OpenItem, Papers, RECOGNISING_PAPER, State, blocking, open_items, punctuality,
};
use keng_domain::rules::timeliness::{Evidence, Punctuality};
use keng_domain::schema::{DECISION_ACCEPTED, DECISION_RETURNED, Kind};
use keng_domain::scope::Scope;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_records::record::Meta;
use keng_store::edit::Act;
use keng_store::query::RecordView;
use keng_store::{Role, Store, StoreError};
use serde_json::{Value as Json, json};

use super::heard::Heard;
use super::{evidence_values, hand_in_of, must_have_begun, needs_reason, of_kind, period};
use crate::acts::{By, commit, fresh_id, latest_today, own_tree};
use crate::clock::rfc3339;
use crate::rehomed::{hands_in_instead, must_stand};
use crate::{Told, clock, consolidation};

/// A submission as it reads now.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Its record.
    pub id: RecordId,
    /// Who handed in.
    pub unit: UnitCode,
    /// The same in its own catalogue.
    pub key: UnitKey,
    /// What.
    pub period: Period,
    /// The letter that asks for it.
    pub letter: DirectingLetter,
    /// Where it stands.
    pub state: State,
    /// Whether it was in time, with the evidence.
    pub punctuality: Punctuality,
    /// Who did it, by the unit's own words.
    pub officer: String,
    /// An explicit report of nothing.
    pub nothing: bool,
    /// The figures as they were.
    pub frozen: Frozen,
    /// What was open.
    pub open_items: Vec<OpenItem>,
    /// The province's reason for returning it.
    pub decision_reason: Option<String>,
    /// The earlier one that it replaces: of the unit's own accord, or because the province sent it back.
    pub replaces: Option<RecordId>,
    /// Who hands in for this period instead, where the unit was dissolved before its end: it had not heard of that, and
    /// what it handed in stands for nobody.
    pub instead: Option<String>,
}

impl Submission {
    /// `không thuộc kỳ này: từ ngày 01/07/2025 do … trình`, for one that stands for nobody.
    #[must_use]
    pub fn not_of_period(&self) -> Option<String> {
        self.instead.as_ref().map(|instead| format!("không thuộc kỳ này: {instead}"))
    }
}

/// All submissions that are here, of one unit or of all; by unit, period and time.
///
/// # Errors
/// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
pub fn list(store: &Store, of: Option<&UnitCode>) -> Result<Vec<Submission>, StoreError> {
    let (packs, units) = (store.rule_packs()?, store.units()?);
    let views = store.records(Kind::Submission)?;
    let replaced: HashSet<RecordId> = views.iter().filter_map(replaces).collect();
    let acts = acts(store, &views)?;
    let mut all = Vec::with_capacity(views.len());
    for view in &views {
        let Some(unit) = view.fields.text("unit").and_then(|u| u.parse::<UnitCode>().ok()) else { continue };
        if of.is_some_and(|of| *of != unit) {
            continue;
        }
        // A period that this version does not know is a newer version's: its record stays.
        let Some(period) = view.fields.text("period").and_then(|p| packs.period_of_id(p).ok()) else {
            continue;
        };
        let Some(act) = acts.get(&view.id) else { continue };
        let letter = packs.of_year(period.year).letter.clone();
        let read = |key: &str| view.fields.text(key).unwrap_or_default();
        let key = match &view.scope {
            Scope::Area { catalogue, .. } => UnitKey::new(catalogue, &unit),
            Scope::Province => UnitKey::from(&unit),
        };
        all.push(Submission {
            id: view.id,
            instead: hands_in_instead(&units, &key, &period),
            key,
            unit,
            state: State::of(view.fields.text("decision"), replaced.contains(&view.id)),
            punctuality: punctuality(act.evidence, first(view.id, &acts), &period, &letter),
            letter,
            period,
            officer: act.officer.clone(),
            nothing: view.fields.int("nothing") == Some(1),
            frozen: serde_json::from_str(read("figures")).unwrap_or_else(|_| Frozen {
                totals: keng_domain::figures::Totals::default(),
                by_model: Default::default(),
                as_of: None,
            }),
            open_items: serde_json::from_str(read("open_items")).unwrap_or_default(),
            decision_reason: view.fields.text("decision_reason").map(str::to_owned),
            replaces: replaces(view),
        });
    }
    all.sort_by(|a, b| {
        let key = |s: &Submission| (s.unit.clone(), s.period.cut_off, s.punctuality.evidence.acted_at, s.id);
        key(a).cmp(&key(b))
    });
    Ok(all)
}

/// What is known of one act of handing in.
struct HandedIn {
    evidence: Evidence,
    officer: String,
    is_returned: bool,
    replaces: Option<RecordId>,
}

fn acts(store: &Store, views: &[RecordView]) -> Result<HashMap<RecordId, HandedIn>, StoreError> {
    let mut acts = HashMap::with_capacity(views.len());
    for view in views {
        let Some((evidence, line)) = hand_in_of(store, view)? else { continue };
        let is_returned = view.fields.text("decision") == Some(DECISION_RETURNED);
        let act = HandedIn { evidence, officer: line.author.officer, is_returned, replaces: replaces(view) };
        acts.insert(view.id, act);
    }
    Ok(acts)
}

/// The act by which the deadline of `id` is judged, where that is an earlier one that the province sent back. What a
/// unit replaces of its own accord, it hands in anew; unless that was mending already.
fn first(id: RecordId, acts: &HashMap<RecordId, HandedIn>) -> Option<Evidence> {
    let (mut at, mut first, mut seen) = (id, None, HashSet::new());
    while let Some((earlier, act)) = acts.get(&at).and_then(|a| a.replaces).and_then(|of| Some((of, acts.get(&of)?))) {
        // Records are written elsewhere: a chain may lead back to itself.
        if !seen.insert(earlier) {
            break;
        }
        if act.is_returned {
            first = Some(act.evidence);
        }
        at = earlier;
    }
    first
}

fn replaces(view: &RecordView) -> Option<RecordId> {
    view.fields.text("replaces").and_then(|id| id.parse().ok())
}

/// Of `all`, the one that stands for a unit and period: the last that was neither returned nor replaced,
/// else the last returned one. What a dissolved unit handed in for a period of others stands for nobody.
#[must_use]
pub fn standing<'a>(all: &'a [Submission], unit: &UnitCode, period: &Period) -> Option<&'a Submission> {
    let of = |s: &&Submission| s.unit == *unit && s.period == *period && s.instead.is_none();
    let holds = |s: &&Submission| matches!(s.state, State::HandedIn | State::Accepted);
    all.iter().filter(of).rfind(holds).or_else(|| all.iter().rfind(of))
}

/// What a unit would hand in now.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The period.
    pub period: Period,
    /// The letter that asks for it.
    pub letter: DirectingLetter,
    /// The figures.
    pub frozen: Frozen,
    /// What is open.
    pub open_items: Vec<OpenItem>,
    /// Of these, what keeps the unit from handing in.
    pub blocking: Vec<OpenItem>,
}

/// The figures of a period as they stand now, and what is open.
///
/// # Errors
/// For a period that is none.
pub fn draft(store: &Store, period_id: &str) -> Result<Draft, Told> {
    Ok(draft_of(store, period(period_id, &store.rule_packs()?)?)?)
}

/// [`draft`] of a period that is one.
///
/// # Errors
/// [`StoreError::NoCatalogue`] before the first sync, and whatever SQLite says.
pub fn draft_of(store: &Store, period: Period) -> Result<Draft, StoreError> {
    let pack = store.rule_pack_of(period.year)?;
    let seen = seen(store, period)?;
    let figures = consolidation::own_figures(store, seen)?;
    let tree = store.tree(period.cut_off)?;
    let own = store.identity().unit_key();
    let points: Vec<Point> = store.points()?.into_iter().filter(|p| tree.is_within(&p.unit_key(), &own)).collect();
    let waiting = waiting_models(store, &store.identity().unit, &seen, &pack)?;
    let open_items = open_items(&points, waiting, &papers(store)?, &seen, &pack);
    let blocking = blocking(&open_items, &pack).cloned().collect();
    Ok(Draft { period, letter: pack.letter, frozen: Frozen::of(&figures, &period), open_items, blocking })
}

/// A period as far as it has been seen: days to come have brought nothing yet, and a point is not older than it is.
///
/// # Errors
/// Whatever SQLite says.
pub fn seen(store: &Store, period: Period) -> Result<Period, StoreError> {
    Ok(Period { cut_off: period.cut_off.min(latest_today(store)?), ..period })
}

/// How many spontaneous models that `unit` wrote down wait without a point to be recognised for them (R4). A node does
/// not see the points of others, which may wait for a model of theirs.
///
/// # Errors
/// Whatever SQLite says.
pub fn waiting_models(store: &Store, unit: &UnitCode, period: &Period, pack: &RulePack) -> Result<u32, StoreError> {
    let (models, points) = (store.models()?, store.points()?);
    let mut own = 0;
    for model in spontaneous::waiting_models(&models, &points, period.cut_off, pack) {
        own += u32::from(store.record(model.id)?.is_some_and(|view| view.owner == *unit));
    }
    Ok(own)
}

/// Which documents stand in which dossiers, for [`open_items`].
///
/// # Errors
/// Whatever SQLite says.
pub fn papers(store: &Store) -> Result<Papers, StoreError> {
    let mut papers = Vec::new();
    for kind in [ENDING_PAPER, RECOGNISING_PAPER] {
        papers.extend(store.dossiers_with(kind)?.into_iter().map(|record| (record, kind.to_owned())));
    }
    Ok(Papers::of(papers, Merges::of(&store.models()?)))
}

/// Hands in a period: figures frozen with the heads they were read at. `nothing` is the explicit report
/// that nothing arose.
///
/// # Errors
/// At the hub; for a period that is none, a quarter, or one that has not begun; with open items that the rule pack makes mandatory; without
/// any figures unless `nothing`; when the province has taken one over already.
pub fn hand_in(store: &mut Store, period_id: &str, nothing: bool, by: &By) -> Result<RecordId, Told> {
    if store.identity().role == Role::Hub {
        return Err(Told::refused("Báo cáo do đơn vị trình; tỉnh chỉ nhận hoặc trả lại."));
    }
    let period = period(period_id, &store.rule_packs()?)?;
    let title = period.title();
    if period.kind == PeriodKind::Quarter {
        return Err(Told::refused(format!(
            "Theo quý thì đề xuất mô hình (nomination add, điểm 1.b), không trình số liệu; báo cáo là 6 tháng và năm \
             (điểm 1.d), ví dụ: {0}-half, {0}-annual.",
            period.year
        )));
    }
    must_have_begun(store, &period)?;
    must_stand(store, &period)?;
    let Draft { period, letter, frozen, open_items, blocking } = draft_of(store, period)?;
    let unit = store.identity().unit.clone();
    if !blocking.is_empty() {
        let items: Vec<String> = blocking.iter().map(|item| item.sentence(&letter)).collect();
        return Err(Told::new(
            format!("Chưa trình được báo cáo {title}: {}", items.join(" ")),
            "Số liệu đã nhập vẫn nguyên, chưa trình gì.",
            "",
        ));
    }
    if !nothing && frozen.by_model.is_empty() {
        return Err(Told::refused(format!(
            "Không có số liệu nào cho {title}. Nếu thật sự không phát sinh, hãy trình “báo cáo không” (--nothing)."
        )));
    }
    if nothing && frozen.has_changes() {
        let t = frozen.totals;
        return Err(Told::refused(format!(
            "Trong {title} có {} điểm mới và {} điểm chấm dứt, nên không phải “báo cáo không”. Hãy trình báo cáo có số liệu.",
            t.new_points, t.ended
        )));
    }
    let all = list(store, Some(&unit))?;
    let earlier = standing(&all, &unit, &period);
    if let Some(accepted) = earlier.filter(|s| s.state == State::Accepted) {
        return Err(Told::refused(format!(
            "Tỉnh đã nhận báo cáo {title} (mã {}). Muốn sửa, hãy đề nghị tỉnh trả lại rồi trình bản khác.",
            accepted.id
        )));
    }
    let heard = Heard::of(store)?;
    let heads: Vec<Json> = store
        .heads_of(store.present_life()?)?
        .into_iter()
        .map(|(scope, seq, hash)| json!([scope.to_string(), seq, hex::encode(hash)]))
        .collect();
    let mut values = vec![
        ("unit".to_owned(), Value::from(unit.as_str())),
        ("period".to_owned(), Value::from(period.id())),
        ("nothing".to_owned(), Value::Int(i64::from(nothing))),
        ("figures".to_owned(), Value::from(json_text(&frozen)?)),
        ("heads".to_owned(), Value::from(json_text(&heads)?)),
        ("open_items".to_owned(), Value::from(json_text(&open_items)?)),
    ];
    if let Some(earlier) = earlier {
        values.push(("replaces".to_owned(), Value::from(earlier.id.to_string())));
    }
    values.extend(evidence_values(&heard, clock::now_ms()).into_iter().filter(|(_, value)| *value != Value::Null));
    let scope = own_tree(store)?.0.scope_of(&unit);
    let id = fresh_id();
    let meta = Meta { kind: Kind::Submission.code().to_owned(), scope, owner: unit };
    commit(store, &[Act::Create { id, meta, values }], by)?;
    Ok(id)
}

fn json_text(value: &impl serde::Serialize) -> Result<String, Told> {
    serde_json::to_string(value).map_err(|e| Told::refused(format!("Không ghi được số liệu: {e}.")))
}

/// The province takes a submission over.
///
/// # Errors
/// At a node; for one after which the unit has handed in another, or that is none.
pub fn accept(store: &mut Store, id: RecordId, by: &By) -> Result<(), Told> {
    decide(store, id, DECISION_ACCEPTED, by)
}

/// The province sends a submission back, with a reason.
///
/// # Errors
/// As [`accept`], and without a reason.
pub fn send_back(store: &mut Store, id: RecordId, by: &By) -> Result<(), Told> {
    needs_reason(by)?;
    decide(store, id, DECISION_RETURNED, by)
}

fn decide(store: &mut Store, id: RecordId, decision: &str, by: &By) -> Result<(), Told> {
    if store.identity().role != Role::Hub {
        return Err(Told::refused("Chỉ tỉnh nhận hoặc trả lại báo cáo của đơn vị."));
    }
    of_kind(store, Kind::Submission, id)?;
    let all = list(store, None)?;
    let found = all.iter().find(|s| s.id == id);
    // The province decides about the one that stands: an older one that it sent back must not come to stand beside it.
    if let Some(later) = found.and_then(|s| standing(&all, &s.unit, &s.period)).filter(|stands| stands.id != id) {
        return Err(Told::refused(format!("Đơn vị đã trình bản khác thay bản này: {}.", later.id)));
    }
    let reason = by.reason.as_deref().unwrap_or_default();
    let values = vec![
        ("decision".to_owned(), Value::from(decision)),
        ("decision_reason".to_owned(), if reason.is_empty() { Value::Null } else { Value::from(reason) }),
    ];
    commit(store, &[Act::Change { id, values }], by).map(|_| ())
}

/// `submission list --json`.
#[must_use]
pub fn json(all: &[Submission]) -> Json {
    all.iter().map(one).collect()
}

fn one(s: &Submission) -> Json {
    let at = |t: chrono::DateTime<chrono::Utc>| rfc3339(t.timestamp_millis());
    let p = &s.punctuality;
    json!({
        "id": s.id,
        "period": s.period.id(),
        "unit": s.unit,
        "state": s.state,
        "handed_in_at": at(p.evidence.acted_at),
        "first_handed_in_at": p.first.map(|first| at(first.acted_at)),
        "received_at": p.evidence.received_at.map(at),
        "last_contact_at": p.evidence.last_contact_at.map(at),
        "clock_offset_ms": p.evidence.clock_offset_ms,
        "clock_offset_after_ms": p.evidence.clock_offset_after_ms,
        "due": p.due,
        "timeliness": p.timeliness,
        "why": { "clause": p.clause, "sentence": p.sentence },
        "officer": s.officer,
        "nothing": s.nothing,
        "still_runs": s.frozen.still_runs(&s.period),
        "figures": s.frozen,
        "open_items": s.open_items.iter().map(|i| json!({
            "code": i.code, "points": i.points, "sentence": i.sentence(&s.letter),
        })).collect::<Vec<_>>(),
        "decision_reason": s.decision_reason,
        "replaces": s.replaces,
        "not_of_period": s.not_of_period(),
    })
}

/// Prints submissions for people.
pub fn print(all: &[Submission]) {
    if all.is_empty() {
        println!("Chưa có báo cáo nào được trình.");
    }
    for s in all {
        let nothing = if s.nothing { " · báo cáo không" } else { "" };
        println!("{}  {} · {} · {}{nothing}", s.id, s.unit, s.period.title(), s.state.label());
        println!("    {}", s.punctuality.sentence);
        if let Some(mark) = s.not_of_period() {
            println!("    Lưu ý: {mark}.");
        }
        if let Some(notice) = s.frozen.still_runs(&s.period) {
            println!("    Lưu ý: {notice}");
        }
        for item in &s.open_items {
            println!("    Còn mở: {}", item.sentence(&s.letter));
        }
        if let Some(reason) = &s.decision_reason {
            println!("    Tỉnh: {reason}");
        }
    }
}
