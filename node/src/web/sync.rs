//! Gửi lên tỉnh.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use keng_desk::clock;
use keng_desk::names::{Names, field_label};
use keng_desk::told::refusal_words;
use keng_store::{Store, StoreError};
use keng_web::answer::{Answer, see};
use keng_web::csrf::CheckedForm;
use keng_web::reading::Reading;
use keng_web::shell::Notice;
use keng_web::{Fact, Link, Tag, Tone, format};
use serde::Deserialize;

use super::Asked;
use super::chip::Way;
use super::state::App;
use crate::blobs::worker::FilesState;
use crate::pages::Place;
use crate::pages::sync::{Matter, RefusedLine, Round, SyncPage, WaitingLine};
use crate::sync::HUB_ADDRESS;
use crate::worker::SyncState;

/// Waiting changes shown; the number of all stands above them.
const WAITING_MAX: usize = 50;
/// Refused entries shown; an honest machine has none, and one that has hundreds needs a person
/// beside it, not a longer list.
const REFUSED_MAX: u32 = 50;
/// Records named of one refused entry: an entry of an import may hold hundreds.
const REFUSED_RECORDS_MAX: usize = 5;
/// Digits of the log's root that are shown: enough to compare two machines by telephone.
const ROOT_DIGITS: usize = 16;
/// Attempts remembered since the start.
const ROUNDS_MAX: usize = 12;
/// How long "Gửi ngay" waits to be able to say what came of it.
const ANSWER_MAX: Duration = Duration::from_secs(3);

/// The last attempts to reach the province, newest first.
#[derive(Clone, Default)]
pub struct Rounds(Arc<Mutex<(SyncState, VecDeque<Round>)>>);

impl Rounds {
    /// Notes what has changed since the last look at the worker.
    pub fn note(&self, state: &SyncState) {
        // Nothing in here panics; were it to, the list would still be whole.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, rounds) = &mut *kept;
        let sent = before.moving.is_some() && state.moving.is_none() && state.online;
        let round = if state.fault.is_some() && (before.fault != state.fault || before.online) {
            state.fault.clone().map(|why| (Tag::new(Tone::Calm, "Chưa được"), why))
        } else if state.online && !before.online {
            Some((Tag::new(Tone::Ok, "Đã nối"), "Đã nối được với tỉnh.".to_owned()))
        } else if sent {
            Some((Tag::new(Tone::Ok, "Đã gửi"), "Tỉnh đã nhận những thay đổi vừa gửi.".to_owned()))
        } else {
            None
        };
        before.clone_from(state);
        if let Some((outcome, detail)) = round {
            rounds.push_front(Round { at: format::stamp(format::of_millis(clock::now_ms())), outcome, detail });
            rounds.truncate(ROUNDS_MAX);
        }
    }

    fn all(&self) -> Vec<Round> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.iter().cloned().collect()
    }
}

/// `GET /sync`. Works before the first sync too: this is where one sees why there was none.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let frame = app.frame().in_year(asked.year());
    let (upload, rounds) = (app.upload(), app.rounds.all());
    let worker = app.worker.state.borrow().clone();
    let sending = files(&app.worker.files.borrow());
    let page = app.look(move |store| {
        let way = Way::of(store)?;
        let mut shell = frame.shell(Place::Sync);
        shell.notice = (asked.done == "now").then(|| said(&way, &worker));
        Ok(SyncPage {
            shell,
            upload,
            matters: matters(&way, &worker),
            refused: refused(store)?,
            refused_total: way.pending.refused,
            waiting: waiting(store)?,
            waiting_total: way.pending.entries,
            rounds,
            machine: machine(store, &way)?.into_iter().chain(sending).collect(),
        })
    });
    Ok(page.await?.into_response())
}

/// A round that changed nothing says so too.
fn said(way: &Way, worker: &SyncState) -> Notice {
    let (tone, text) = match (worker.online, way.pending.entries) {
        (true, 0) if way.covered => (Tone::Ok, "Đã hỏi tỉnh: không còn gì chờ gửi, tỉnh đã nhận đủ.".to_owned()),
        (true, n) => (Tone::Wait, format!("Đang nối với tỉnh, còn {n} thay đổi đang gửi.")),
        (false, n) => {
            let why = worker.fault.clone().unwrap_or_else(|| "Chưa tới được trạm tỉnh.".to_owned());
            (Tone::Calm, format!("Đã thử ngay. {why} {n} thay đổi vẫn lưu an toàn tại máy."))
        }
    };
    Notice { tone, text, way: None }
}

fn matters(way: &Way, worker: &SyncState) -> Vec<Matter> {
    let mut matters = Vec::new();
    if let Some(fault) = worker.fault.as_ref().filter(|_| worker.needs_person) {
        matters.push(Matter {
            what: "Chưa gửi được: cần quản trị".to_owned(),
            data: format!("{fault} Mọi thay đổi vẫn lưu an toàn tại máy này."),
            act: Link::new("Thử lại", "/sync"),
        });
    }
    if way.pending.refused > 0 {
        matters.push(Matter {
            what: format!("Tỉnh không nhận {} mục", way.pending.refused),
            data:
                "Các mục này vẫn còn trong máy; tỉnh giữ bản sao trong khu cách ly. Từng mục có lý do và việc cần làm."
                    .to_owned(),
            act: Link::new("Xem lý do", "#refused"),
        });
    }
    if way.contests > 0 {
        matters.push(Matter {
            what: format!("{} xung đột chưa chọn", way.contests),
            data: "Cả hai giá trị đều được giữ; số liệu tạm dùng giá trị của đơn vị sở hữu.".to_owned(),
            act: Link::new("Chọn", "/contests"),
        });
    }
    matters
}

fn refused(store: &Store) -> Result<Vec<RefusedLine>, StoreError> {
    let names = Names::of(store).ok();
    let mut lines = Vec::new();
    for entry in store.refused_entries(REFUSED_MAX)? {
        let mut records = Vec::new();
        for id in entry.records.iter().take(REFUSED_RECORDS_MAX) {
            let view = store.record(*id)?;
            let name = names.as_ref().zip(view).map_or_else(|| id.to_string(), |(n, v)| n.record(&v));
            records.push(Link::new(name, format!("/records/{id}/trace")));
        }
        let words = refusal_words(&entry.code);
        lines.push(RefusedLine {
            at: format::stamp(format::of_millis(entry.at_ms)),
            records,
            why: words.why.to_owned(),
            act: words.act.to_owned(),
            detail: format!("{} · phạm vi {}, mục {}: {}", entry.code, entry.scope, entry.seq, entry.detail),
        });
    }
    Ok(lines)
}

fn waiting(store: &Store) -> Result<Vec<WaitingLine>, StoreError> {
    let Ok(names) = Names::of(store) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for id in store.unsent_records()?.into_iter().take(WAITING_MAX) {
        let Some(view) = store.record(id)? else { continue };
        for line in store.trace(id, None)?.into_iter().filter(|l| l.arrival.is_none()) {
            let shown = |v| names.value_of(&view, &line.field, v);
            let before: Vec<String> = line.base.iter().map(|b| shown(&b.value)).collect();
            let from = if before.is_empty() { String::new() } else { format!("{} → ", before.join(" ↔ ")) };
            let at_ms = line.author.device_time_ms;
            found.push((
                at_ms,
                WaitingLine {
                    at: format::stamp(format::of_millis(at_ms)),
                    record: Link::new(names.record(&view), format!("/records/{id}/trace")),
                    change: format!("{}: {from}{}", field_label(&view.kind, &line.field), shown(&line.value)),
                    officer: line.author.officer.clone(),
                },
            ));
        }
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    found.truncate(WAITING_MAX);
    Ok(found.into_iter().map(|(_, line)| line).collect())
}

/// What the worker for files is doing, where it has something to say.
fn files(state: &FilesState) -> Option<Fact> {
    match (state.moving, &state.waiting_for) {
        (Some(bytes), _) => Some(Fact::new("Tệp", format!("đang gửi, đã qua {}", format::bytes(bytes)))),
        (None, Some(why)) => Some(Fact::new("Tệp", why.clone()).toned(Tone::Calm)),
        (None, None) => None,
    }
}

fn machine(store: &Store, way: &Way) -> Result<Vec<Fact>, StoreError> {
    let id = store.identity();
    let clock = match format::clock_off(way.clock_offset_ms) {
        None => Fact::new("Đồng hồ", "khớp với tỉnh"),
        Some(off) => Fact::new("Đồng hồ", off).toned(Tone::Warn),
    };
    let mut facts = vec![
        Fact::new("Đơn vị", store.units()?.unit(&id.unit_key()).map(|u| u.name.clone()).unwrap_or_default()),
        Fact::new("Máy", Reading::machine(&id.node)),
        Fact::new("Lần cài đặt", id.incarnation.to_string()),
        Fact::new("Trạm tỉnh", store.meta(HUB_ADDRESS)?.unwrap_or_default()),
        clock,
        Fact::new("Thư mục dữ liệu", store.folder().display().to_string()),
        Fact::new("Phiên bản", env!("CARGO_PKG_VERSION")),
    ];
    if let Some(head) = store.tree_head()? {
        let root: String = hex::encode(&head.root).chars().take(ROOT_DIGITS).collect();
        facts.push(Fact::new("Sổ cái của tỉnh đã đối chiếu", format!("{} mục, gốc {root}…", head.size)));
    }
    let contradictions = store.evidence_count()?;
    if contradictions > 0 {
        let told = format!("{contradictions} lần tỉnh đưa ra sổ cái khác với sổ cái đã ký (keng-node evidence list)");
        facts.push(Fact::new("Bằng chứng", told).toned(Tone::Danger));
    }
    Ok(facts)
}

/// Nothing but the token.
#[derive(Debug, Clone, Deserialize)]
pub struct Now {}

/// `POST /sync/now`.
///
/// # Errors
/// Never.
pub async fn now(State(app): State<App>, CheckedForm(Now {}): CheckedForm<Now>) -> Answer {
    let mut state = app.worker.state.clone();
    state.mark_unchanged();
    let online = state.borrow().online;
    app.worker.hurry();
    if !online {
        // Until the attempt has come to something, or the officer should not wait any longer.
        let _ = tokio::time::timeout(ANSWER_MAX, state.changed()).await;
    }
    Ok(see("/sync?done=now"))
}
