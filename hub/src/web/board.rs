//! The live board: drawn at most once per change, shared by all who look.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use keng_desk::{clock, rehomed};
use keng_domain::explanation::{Judgement, Verdict};
use keng_domain::figures::Figures;
use keng_domain::rules::identity::suggest;
use keng_domain::text::date_dmy;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_domain::units::Units;
use keng_store::enrol::NodeView;
use keng_store::owner::Owner;
use keng_store::{Store, StoreError};
use keng_web::answer::{Answer, address};
use keng_web::live::Message;
use keng_web::reading::Reading;
use keng_web::{Count, Tile, Tone, format};
use tokio::sync::watch;

use super::merges::apart;
use super::state::App;
use super::{Asked, duties, spontaneous};
use crate::pages::board::{BoardLive, BoardPage, NearModel, UnitLine, UnitState};
use crate::pages::duties::DutiesLive;
use crate::pages::{Frame, Place};

/// The shortest time between two drawings: a unit that sends thousands of changes must not keep
/// the reading thread busy with pictures nobody sees.
const PACE: Duration = Duration::from_millis(334);
/// As many times as long as a drawing took, none is made: a large province's board must not take a
/// core away from sessions.
const REST: u32 = 15;
/// Without any change the board is drawn again so often, since "3 ngày chưa gửi" grows by itself.
const STALE: Duration = Duration::from_secs(60);
/// Models shown as standing on the edge.
const NEAR_MAX: usize = 6;
/// A model of fewer eligible points is always near some edge.
const NEAR_POINTS_MIN: u32 = 4;

/// One picture of the province.
#[derive(Debug, Clone)]
pub struct Board {
    /// The frame of every page.
    pub frame: Frame,
    /// `Báo cáo năm 2022`.
    pub title: String,
    /// The deadline and the rules.
    pub due: String,
    /// Figures, units, models on the edge.
    pub live: BoardLive,
    /// What units owe in the year of the calendar.
    pub duties: Arc<DutiesLive>,
}

/// `GET /`.
///
/// # Errors
/// When the store cannot be read.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    let mut board = app.board();
    let other = asked.year().filter(|y| *y != board.frame.year);
    if other.is_some() {
        board = Arc::new(app.look(move |store| read(store, other)).await?);
    }
    let frame = Frame { csrf: app.frame().csrf, ..board.frame.clone() };
    let mut shell = frame.shell(Place::Board);
    if other.is_some() {
        // The stream tells of the present year.
        shell.events = Some("/events".to_owned());
    }
    let Board { title, due, live, .. } = board.as_ref().clone();
    Ok(BoardPage { shell, title, due, live }.into_response())
}

/// Draws the board of the present year.
///
/// # Errors
/// When the store cannot be read.
pub async fn draw(pages: &Owner) -> Result<Board, StoreError> {
    pages.call(|store| read(store, None)).await
}

/// What the streams send of a board.
#[must_use]
pub fn message(board: &Board) -> Message {
    let shell = board.frame.shell(Place::Board).update().to_string();
    let parts = [("board", board.live.oob().into()), ("duties", board.duties.oob().into())];
    Message { shell: shell.into(), parts: parts.into() }
}

/// Draws anew after each change, until the program stops.
pub async fn follow(
    pages: Owner,
    mut changed: watch::Receiver<u64>,
    mut stopping: watch::Receiver<bool>,
    boards: watch::Sender<Arc<Board>>,
    messages: watch::Sender<Message>,
) {
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            more = changed.changed() => if more.is_err() { return },
            () = tokio::time::sleep(STALE) => {}
        }
        let began = Instant::now();
        match draw(&pages).await {
            Ok(board) => {
                let same = |b: &Board| b.live == board.live && b.frame == board.frame && b.duties == board.duties;
                if !same(&boards.borrow()) {
                    messages.send_replace(message(&board));
                    boards.send_replace(Arc::new(board));
                }
            }
            Err(StoreError::Closing) => return,
            Err(e) => tracing::error!("board: {e}"),
        }
        tokio::time::sleep(PACE.max(began.elapsed() * REST)).await;
    }
}

fn read(store: &Store, year: Option<i32>) -> Result<Board, StoreError> {
    let reading = Reading::of(store, year)?;
    let figures = reading.figures();
    let units = unit_lines(&reading, &figures)?;
    let own = &figures.province.code;
    let of = units.iter().filter(|u| u.code != *own).count() as u32;
    let complete = units.iter().filter(|u| u.code != *own && u.is_complete).count() as u32;
    let duties = duties::live(&reading, &units, clock::today().year())?;
    let mut live = BoardLive {
        tiles: tiles(&reading, &figures)?,
        footnote: footnote(&units),
        rehomed: rehomed(&reading.names.tree.units, &store.nodes()?),
        units,
        near: near(&reading, &figures)?,
    };
    live.sort();
    let asides = apart(store)?;
    let merges = suggest(&reading.models).iter().filter(|s| !asides.covers(s)).count() as u32;
    let frame = Frame {
        unit: format!("{} · Cơ quan thường trực", figures.province.name),
        user: store.identity().officer.clone(),
        year: reading.year(),
        current_year: reading.current_year,
        years: reading.years.clone(),
        csrf: String::new(),
        complete,
        units: of,
        contests: reading.contests.len() as u32,
        merges,
        spontaneous: spontaneous::count(&reading)? as u32,
        waiting: duties.waiting,
    };
    Ok(Board {
        frame,
        title: format!("Báo cáo {}", reading.period.title()),
        due: format!("{} · bộ quy tắc {}", due(reading.period.due(), clock::today()), reading.names.pack.id),
        live,
        duties: Arc::new(duties),
    })
}

/// How every unit stands, in the order of the catalogue.
///
/// # Errors
/// Whatever SQLite says.
pub fn unit_lines(reading: &Reading<'_>, figures: &Figures) -> Result<Vec<UnitLine>, StoreError> {
    let nodes = reading.store.nodes()?;
    let mut units: Vec<UnitLine> = Vec::new();
    for unit in &figures.units {
        let own_nodes = nodes_of(reading, &nodes, &unit.code);
        if unit.code == figures.province.code && own_nodes.is_empty() && unit.points == 0 {
            continue;
        }
        let contests =
            reading.contests.iter().filter(|c| reports_for(reading, &c.unit_key(), &unit.code)).count() as u32;
        units.push(unit_line(reading, unit, &own_nodes, contests));
    }
    Ok(units)
}

/// What is told of machines whose unit was replaced.
pub(super) fn rehomed(units: &Units, nodes: &[NodeView]) -> Vec<String> {
    let dissolved: BTreeSet<&UnitKey> = nodes.iter().map(|n| &n.unit).collect();
    dissolved.into_iter().filter_map(|unit| rehomed::note(units, unit, clock::today())).collect()
}

fn due(due: NaiveDate, today: NaiveDate) -> String {
    match (due - today).num_days() {
        // "Trước ngày 10": the 10th itself is late.
        days @ 1.. => format!("còn {days} ngày đến hạn (trước {})", date_dmy(due)),
        _ => format!("hạn nộp: trước {}", date_dmy(due)),
    }
}

fn reports_for(reading: &Reading<'_>, unit: &UnitKey, above: &UnitCode) -> bool {
    reading.names.tree.reporting_unit(unit).is_some_and(|u| u.code == *above)
}

fn nodes_of<'a>(reading: &Reading<'_>, nodes: &'a [NodeView], unit: &UnitCode) -> Vec<&'a NodeView> {
    nodes.iter().filter(|n| reports_for(reading, &n.unit, unit)).collect()
}

/// The machines that may still send: what a revoked one had left will never come.
fn sending<'a>(nodes: &[&'a NodeView]) -> Vec<&'a NodeView> {
    nodes.iter().filter(|n| n.revoked.is_none()).copied().collect()
}

/// Every machine of the unit said at its last contact that nothing was left, and nothing of it
/// lies in quarantine.
fn is_complete(nodes: &[&NodeView]) -> bool {
    let done = |n: &&NodeView| {
        n.quarantined == 0 && n.contact.as_ref().is_some_and(|c| c.pending == 0 && c.complete_to_ms.is_some())
    };
    !nodes.is_empty() && nodes.iter().all(done)
}

fn unit_line(
    reading: &Reading<'_>,
    unit: &keng_domain::figures::UnitFigures,
    nodes: &[&NodeView],
    contests: u32,
) -> UnitLine {
    let able = sending(nodes);
    let contacts: Vec<_> = able.iter().filter_map(|n| n.contact.as_ref()).collect();
    let all_said = !able.is_empty() && contacts.len() == able.len();
    let pending: u64 = contacts.iter().map(|c| c.pending).sum();
    let quarantined: u64 = nodes.iter().map(|n| n.quarantined).sum();
    let live = contacts.iter().any(|c| c.live);
    let last = contacts.iter().map(|c| c.last_contact_ms).max().map(format::of_millis);
    let complete_to = contacts.iter().map(|c| c.complete_to_ms).min().flatten().filter(|_| all_said);
    let days = last.map_or(0, |at| (reading.now - at).num_days().max(0));
    let state = if quarantined > 0 {
        UnitState::Quarantined(count(quarantined))
    } else if contests > 0 {
        UnitState::Contested(contests)
    } else if able.is_empty() && !nodes.is_empty() {
        UnitState::Revoked
    } else if last.is_none() {
        UnitState::Never
    } else if pending > 0 && live {
        UnitState::Sending
    } else if days > 0 && !live {
        UnitState::Silent { days: u32::try_from(days).unwrap_or(u32::MAX) }
    } else if pending > 0 {
        UnitState::Behind(count(pending))
    } else {
        UnitState::Received
    };
    let brief = |at: DateTime<Utc>| format::brief(at, reading.now);
    UnitLine {
        code: unit.code.clone(),
        name: short(&unit.name),
        points: unit.points.into(),
        rows: counted(reading, unit.code.as_str()),
        teams: unit.teams.into(),
        stands_in: unit.points > 0 && (pending > 0 || matches!(state, UnitState::Silent { .. })),
        pending: all_said.then_some(Count(pending)),
        complete_to: complete_to.map_or_else(|| "—".to_owned(), |ms| brief(format::of_millis(ms))),
        contests,
        is_complete: is_complete(&able),
        last_contact: match (live, last) {
            (true, _) => "đang nối".to_owned(),
            (false, Some(at)) => brief(at),
            (false, None) => "chưa lần nào".to_owned(),
        },
        state,
    }
}

/// A unit's name without the kind that most units share: the board has little room.
pub(super) fn short(name: &str) -> String {
    let bare = ["Huyện ", "Xã "].iter().find_map(|kind| name.strip_prefix(kind));
    bare.map_or_else(|| name.replacen("Thành phố ", "TP. ", 1), str::to_owned)
}

fn count(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn footnote(units: &[UnitLine]) -> String {
    if units.iter().any(|u| u.stands_in) {
        "số gần nhất đã nhận; máy của đơn vị còn thay đổi chưa gửi, hoặc đã lâu chưa liên lạc".to_owned()
    } else {
        String::new()
    }
}

/// The rows behind a number of points: those that count, of one unit or of all.
fn counted(reading: &Reading<'_>, unit: &str) -> String {
    let year = reading.year_asked();
    address("/points", &[("show", "counted"), ("unit", unit), ("year", &year)])
}

fn tiles(reading: &Reading<'_>, figures: &Figures) -> Result<Vec<Tile>, StoreError> {
    let t = &figures.totals;
    let state = reading.state()?;
    let open: u32 = figures.models.iter().filter(|m| m.verdict == Verdict::Undetermined).map(|m| m.unrated).sum();
    let year = reading.year_asked();
    let models = |verdict: &str| address("/models", &[("verdict", verdict), ("year", &year)]);
    let tile = |name: &str, value: u64, tone, change: Option<String>, state: String, href: String| Tile {
        name: name.to_owned(),
        value: Count(value),
        tone,
        change,
        state,
        href,
    };
    let new = (t.new_points > 0).then(|| format!("+{}", t.new_points));
    let contests = reading.contests.len() as u64;
    let missing = figures.missing_units.len();
    let waits = match (missing, open) {
        (0, open) => format!("chờ {open} đánh giá"),
        (missing, open) => format!("chờ {missing} đơn vị, {open} đánh giá"),
    };
    let tips = reading.tipping_contests()?;
    Ok(vec![
        tile("Mô hình", t.models.into(), None, None, state.clone(), models("")),
        tile("Điểm đang hoạt động", t.points.into(), None, new, state, counted(reading, "")),
        tile(
            "Hiệu quả",
            t.effective_models.into(),
            Some(Tone::Ok),
            None,
            format!("{} chưa hiệu quả", t.not_effective_models),
            models("effective"),
        ),
        tile("Chưa đủ căn cứ", t.undetermined_models.into(), Some(Tone::Warn), None, waits, models("undetermined")),
        tile(
            "Xung đột",
            contests,
            (contests > 0).then_some(Tone::Danger),
            None,
            if contests == 0 { "không có".to_owned() } else { format!("{tips} có thể đổi kết luận") },
            "/contests".to_owned(),
        ),
    ])
}

/// Models whose share lies nearest to the threshold; those still open before those decided.
fn near(reading: &Reading<'_>, figures: &Figures) -> Result<Vec<NearModel>, StoreError> {
    let judged = reading.store.verdicts(reading.year())?;
    let distance = |j: &Judgement| {
        let (t, share) = (j.explanation.inputs, j.explanation.threshold);
        let line = i64::from(t.eligible) * i64::from(share.numerator);
        let off = i64::from(t.effective) * i64::from(share.denominator) - line;
        off.abs() * 1_000 / i64::from(t.eligible.max(1))
    };
    let mut near: Vec<NearModel> = figures
        .models
        .iter()
        .filter_map(|m| {
            let judgement = judged.get(&m.id)?.clone();
            (m.eligible >= NEAR_POINTS_MIN).then(|| NearModel { id: m.id, name: m.name.clone(), judgement })
        })
        .collect();
    near.sort_by_key(|m| (m.judgement.verdict != Verdict::Undetermined, distance(&m.judgement)));
    near.truncate(NEAR_MAX);
    Ok(near)
}
