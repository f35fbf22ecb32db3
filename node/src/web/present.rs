//! The present state: looked at about once a second, told to all streams.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use keng_desk::clock;
use keng_store::owner::Owner;
use keng_store::{Store, StoreError};
use keng_web::live::Message;
use keng_web::reading::Reading;
use keng_web::{Fact, SyncChip, Tone, format};
use tokio::sync::watch;

use super::chip::{self, Way};
use super::home;
use super::sync::Rounds;
use crate::pages::sync::Upload;
use crate::pages::{Frame, Place};
use crate::worker::SyncState;

/// How often the database is asked whether anybody has written, and times are written anew.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The shortest time between two looks, however busy the sync worker is.
const PACE: Duration = Duration::from_millis(250);

/// What the store says; read anew only after a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The way to the province.
    pub way: Way,
    unit: String,
    officer: String,
    year: i32,
    years: Vec<i32>,
    tasks: u32,
}

/// What header and home tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// The frame of every page, without the token.
    pub frame: Frame,
    /// The card of the way to the province.
    pub upload: Upload,
}

/// Reads the facts.
///
/// # Errors
/// Whatever SQLite says.
pub fn facts(store: &Store) -> Result<Facts, StoreError> {
    let (way, identity) = (Way::of(store)?, store.identity());
    let officer = identity.officer.clone();
    match Reading::of(store, None) {
        Ok(reading) => {
            let tasks = home::tasks(&reading, &way)?;
            let pressing = tasks.iter().filter(|t| t.urgency != crate::pages::home::Urgency::Ahead).count();
            Ok(Facts {
                unit: reading.names.unit_of(&identity.unit_key()),
                officer,
                year: reading.year(),
                years: reading.years.clone(),
                tasks: u32::try_from(pressing).unwrap_or(u32::MAX),
                way,
            })
        }
        // Before the first sync there is nothing but the way there.
        Err(StoreError::NoCatalogue) => {
            let year = store.current_year()?;
            Ok(Facts { unit: identity.unit.to_string(), officer, year, years: vec![year], tasks: 0, way })
        }
        Err(e) => Err(e),
    }
}

impl Present {
    /// The present state.
    #[must_use]
    pub fn of(facts: &Facts, worker: &SyncState, now: DateTime<Utc>) -> Self {
        let state = chip::state(&facts.way, worker, now);
        Self {
            frame: Frame {
                unit: facts.unit.clone(),
                officer: facts.officer.clone(),
                year: facts.year,
                current_year: facts.year,
                years: facts.years.clone(),
                csrf: String::new(),
                chip: state.chip(now),
                tasks: facts.tasks,
                contests: facts.way.contests,
            },
            upload: upload(&facts.way, worker, &state, now),
        }
    }

    /// What the streams send.
    #[must_use]
    pub fn message(&self) -> Message {
        let shell = self.frame.shell(Place::Home).update().to_string();
        Message { shell: shell.into(), parts: [("upload", self.upload.oob().into())].into() }
    }
}

fn upload(way: &Way, worker: &SyncState, state: &SyncChip, now: DateTime<Utc>) -> Upload {
    let near = |ms: Option<i64>, never: &str| {
        ms.map_or_else(|| never.to_owned(), |ms| format::near(format::of_millis(ms), now))
    };
    let waiting = match way.pending.entries {
        0 => "không có".to_owned(),
        n => format!("{} thay đổi · {}", keng_domain::text::thousands(n), format::bytes(way.pending.bytes)),
    };
    let again = match (worker.online, worker.next_try_ms) {
        (true, _) => "đang nối".to_owned(),
        (false, Some(ms)) => format!("tự động, lúc {}", format::brief(format::of_millis(ms), now)),
        (false, None) => "tự động, khi có mạng".to_owned(),
    };
    let mut facts = vec![
        Fact::new("Tỉnh xác nhận lần cuối", near(way.last_receipt_ms, "chưa lần nào")),
        Fact::new("Chờ gửi", waiting),
        Fact::new("Đã nhận của tỉnh đến", near(worker.caught_up_ms.or(way.last_contact_ms), "chưa lần nào")),
        Fact::new("Kết nối", again),
    ];
    if way.files.files > 0 {
        let (files, bytes) = (way.files.files, format::bytes(way.files.bytes));
        facts.push(Fact::new("Tệp chờ gửi", format!("{} tệp · {bytes}", keng_domain::text::thousands(files))));
    }
    if way.pending.refused > 0 {
        facts.push(Fact::new("Tỉnh không nhận", format!("{} mục", way.pending.refused)).toned(Tone::Danger));
    }
    Upload { chip: state.chip(now), facts }
}

/// Follows the store and the worker until the program stops.
pub async fn follow(
    pages: Owner,
    mut worker: watch::Receiver<SyncState>,
    mut stopping: watch::Receiver<bool>,
    mut known: Facts,
    presents: watch::Sender<Arc<Present>>,
    messages: watch::Sender<Message>,
    rounds: Rounds,
) {
    let mut version = None;
    // When the worker has ended, only the store is left to look at.
    let mut is_working = true;
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            more = worker.changed(), if is_working => is_working = more.is_ok(),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let state = worker.borrow_and_update().clone();
        rounds.note(&state);
        let seen = version;
        let read = pages.call(move |store| {
            let now = store.data_version()?;
            Ok((now, if seen == Some(now) { None } else { Some(facts(store)?) }))
        });
        match read.await {
            Ok((now, fresh)) => {
                version = Some(now);
                known = fresh.unwrap_or(known);
                let present = Present::of(&known, &state, format::of_millis(clock::now_ms()));
                if present != **presents.borrow() {
                    messages.send_replace(present.message());
                    presents.send_replace(Arc::new(present));
                }
            }
            Err(StoreError::Closing) => return,
            Err(e) => tracing::error!("present state: {e}"),
        }
        tokio::time::sleep(PACE).await;
    }
}
