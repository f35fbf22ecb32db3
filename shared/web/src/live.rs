//! A watched state as a stream (SSE): rendered once, sent to however many pages are open.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Pages that may listen at once. An open page costs a connection; a forgotten one must not
/// take the last from those who work.
const STREAMS_MAX: usize = 128;
/// The shortest time between two messages: people do not read faster than three a second.
const PACE: Duration = Duration::from_millis(334);
/// A connection that is dead without saying so is noticed by sending this often.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What the streams send, rendered.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// Header and menu.
    pub shell: Arc<str>,
    /// The live parts of pages, by the name that their streams ask for.
    pub parts: BTreeMap<&'static str, Arc<str>>,
}

/// Everything that a stream needs.
#[derive(Clone)]
pub struct Streams {
    latest: watch::Receiver<Message>,
    seats: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

struct Listener {
    latest: watch::Receiver<Message>,
    part: String,
    is_first: bool,
    _seat: OwnedSemaphorePermit,
}

impl Streams {
    /// Streams of `latest` that end when `stopping` says so.
    #[must_use]
    pub fn new(latest: watch::Receiver<Message>, stopping: watch::Receiver<bool>) -> Self {
        Self { latest, seats: Arc::new(Semaphore::new(STREAMS_MAX)), stopping }
    }

    /// One stream: the present state first, then each change, at most three a second; with the part of
    /// that name, where there is one.
    pub fn open(&self, part: &str) -> Response {
        let Ok(seat) = self.seats.clone().try_acquire_owned() else {
            let later = [(HeaderName::from_static("retry-after"), "30")];
            return (StatusCode::SERVICE_UNAVAILABLE, later).into_response();
        };
        let listener = Listener { latest: self.latest.clone(), part: part.to_owned(), is_first: true, _seat: seat };
        let mut stopping = self.stopping.clone();
        let stopped = Box::pin(async move {
            // Also when the sender is gone.
            let _ = stopping.wait_for(|stop| *stop).await;
        });
        let events = futures::stream::unfold(listener, next).take_until(stopped);
        Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
    }
}

async fn next(mut listener: Listener) -> Option<(Result<Event, Infallible>, Listener)> {
    if listener.is_first {
        listener.is_first = false;
    } else {
        listener.latest.changed().await.ok()?;
        tokio::time::sleep(PACE).await;
    }
    let message = listener.latest.borrow_and_update().clone();
    let mut html = message.shell.to_string();
    if let Some(part) = message.parts.get(listener.part.as_str()) {
        html.push_str(part);
    }
    // A carriage return inside a name would end the line of the stream.
    Some((Ok(Event::default().data(html.replace('\r', " "))), listener))
}
