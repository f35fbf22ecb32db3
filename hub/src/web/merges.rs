//! Gộp mô hình.

use std::collections::{BTreeSet, HashMap};

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_desk::Told;
use keng_desk::acts::{self, By};
use keng_domain::id::RecordId;
use keng_domain::rules::identity::{Likeness, Suggestion, suggest};
use keng_domain::schema::Kind;
use keng_domain::text::compare;
use keng_store::{Store, StoreError};
use keng_web::answer::{Answer, Fault, see};
use keng_web::csrf::CheckedForm;
use keng_web::reading::Reading;
use keng_web::{Count, Shell, format};

use super::Asked;
use super::state::{App, notice};
use crate::pages::Place;
use crate::pages::merges::{MergeAct, MergeForm, MergeLine, Merged, MergesPage, ModelName};

/// Where the hub remembers which names were left apart: local, for it only silences questions.
const APART: &str = "merges_apart";

/// Groups of models that a person left apart.
#[derive(Debug, Clone, Default)]
pub struct Apart(BTreeSet<String>);

impl Apart {
    /// Whether the suggestion was declined; another name in the group makes it a new one.
    #[must_use]
    pub fn covers(&self, suggestion: &Suggestion) -> bool {
        self.0.contains(&group(suggestion.into, &suggestion.from))
    }
}

fn group(into: RecordId, from: &[RecordId]) -> String {
    let ids: BTreeSet<String> = from.iter().chain([&into]).map(RecordId::to_string).collect();
    ids.into_iter().collect::<Vec<_>>().join("+")
}

/// Reads what was left apart.
///
/// # Errors
/// Whatever SQLite says.
pub fn apart(store: &Store) -> Result<Apart, StoreError> {
    Ok(Apart(store.meta(APART)?.unwrap_or_default().lines().map(str::to_owned).collect()))
}

/// `GET /merges`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let page = app.read(Place::Merges, asked.year(), move |r, mut shell| {
        shell.notice = notice(&asked.done);
        fill(r, shell)
    });
    Ok(page.await?.into_response())
}

fn fill(reading: &Reading<'_>, shell: Shell) -> Result<MergesPage, StoreError> {
    let mut points: HashMap<RecordId, u64> = HashMap::new();
    for model in reading.points.iter().filter_map(|p| p.model) {
        *points.entry(model).or_default() += 1;
    }
    let owners: HashMap<RecordId, String> =
        reading.store.records(Kind::Model)?.into_iter().map(|v| (v.id, reading.names.unit(&v.owner))).collect();
    let named = |id: RecordId| ModelName {
        id,
        name: reading.names.model(id),
        unit: owners.get(&id).cloned().unwrap_or_default(),
        points: Count(points.get(&id).copied().unwrap_or(0)),
    };
    let asides = apart(reading.store)?;
    let (mut certain, mut alike) = (Vec::new(), Vec::new());
    for s in suggest(&reading.models).into_iter().filter(|s| !asides.covers(s)) {
        let line = MergeLine { into: named(s.into), from: s.from.iter().copied().map(named).collect() };
        match s.likeness {
            Likeness::Certain => certain.push(line),
            Likeness::LookAlike => alike.push(line),
        }
    }
    for lines in [&mut certain, &mut alike] {
        lines.sort_by(|a, b| compare(&a.into.name, &b.into.name).then(a.into.id.cmp(&b.into.id)));
    }
    let mut done = Vec::new();
    for model in &reading.models {
        let Some(into) = model.merged_into else { continue };
        let last = reading.store.trace(model.id, Some("merged_into"))?.pop();
        let at_ms = last.as_ref().map_or(0, |l| l.author.device_time_ms);
        let by = last.map_or_else(String::new, |l| {
            format!("{} · {}", l.author.officer, format::stamp(format::of_millis(l.author.device_time_ms)))
        });
        let into = reading.names.model(reading.merges.target(into));
        done.push((at_ms, Merged { from: named(model.id), into, by }));
    }
    done.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(MergesPage { shell, certain, alike, done: done.into_iter().map(|(_, m)| m).collect() })
}

/// `POST /merges`.
///
/// # Errors
/// As a page.
pub async fn act(State(app): State<App>, CheckedForm(form): CheckedForm<MergeForm>) -> Answer {
    let shell = app.frame().shell(Place::Merges);
    let done = app.act(move |store| carry_out(store, &form)).await?;
    let word = done.map_err(|told| Fault::from(told).in_shell(shell))?;
    Ok(see(&format!("/merges?done={word}")))
}

fn carry_out(store: &mut Store, form: &MergeForm) -> Result<&'static str, Told> {
    let by = By::default();
    let from: Vec<RecordId> = form.from.split(',').filter_map(|id| id.parse().ok()).collect();
    let into = || form.into.parse::<RecordId>().map_err(|_| Told::refused("Không rõ giữ mô hình nào."));
    if from.is_empty() && form.act != MergeAct::Certain {
        return Err(Told::refused("Không rõ mô hình nào."));
    }
    match form.act {
        MergeAct::Certain => {
            let asides = apart(store)?;
            let all = suggest(&store.models()?);
            for s in all.iter().filter(|s| s.likeness == Likeness::Certain && !asides.covers(s)) {
                acts::merge(store, s.into, &s.from, &by)?;
            }
            Ok("merged")
        }
        MergeAct::Merge => acts::merge(store, into()?, &from, &by).map(|()| "merged"),
        MergeAct::Undo => acts::unmerge(store, &from, &by).map(|()| "undone"),
        MergeAct::Apart => {
            let Apart(mut groups) = apart(store)?;
            groups.insert(group(into()?, &from));
            store.set_meta(APART, &groups.into_iter().collect::<Vec<_>>().join("\n"))?;
            Ok("apart")
        }
    }
}
