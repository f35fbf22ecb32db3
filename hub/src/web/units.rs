//! Đơn vị & thiết bị.

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use keng_desk::told::refusal_words;
use keng_store::StoreError;
use keng_store::enrol::NodeView;
use keng_web::answer::{Answer, Fault};
use keng_web::reading::Reading;
use keng_web::{Count, Link, Shell, Tag, Tone, format};

use super::Asked;
use super::state::App;
use crate::pages::Place;
use crate::pages::units::{NodeLine, Quarantined, UnitNodes, UnitsPage};

/// Refused entries shown; the command `quarantine list` tells of all.
const QUARANTINE_MAX: u32 = 200;
/// Clocks that differ by less are as good as equal: nobody sets a clock better by hand.
const CLOCK_OFF_MS: i64 = 60_000;

/// `GET /units`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    Ok(app.read(Place::Units, asked.year(), fill).await?.into_response())
}

fn fill(reading: &Reading<'_>, shell: Shell) -> Result<UnitsPage, StoreError> {
    let nodes = reading.store.nodes()?;
    let province = &reading.store.identity().province;
    let catalogue = &reading.names.catalogue;
    let own = catalogue.unit(province).filter(|p| nodes.iter().any(|n| n.unit == p.code));
    let units: Vec<UnitNodes> = catalogue
        .children(province)
        .chain(own)
        .map(|unit| {
            let reports = |n: &&NodeView| catalogue.reporting_unit(&n.unit).is_some_and(|u| u.code == unit.code);
            UnitNodes {
                code: unit.code.clone(),
                name: unit.name.clone(),
                nodes: nodes.iter().filter(reports).map(|n| line(n, reading.now)).collect(),
            }
        })
        .collect();
    let done = nodes.iter().filter(|n| n.contact.as_ref().is_some_and(|c| c.pending == 0)).count();
    let quarantine = reading.store.quarantine_list(QUARANTINE_MAX)?;
    Ok(UnitsPage {
        shell,
        summary: format!("{} đơn vị · {} máy · {done} máy đã gửi hết", reading.unit_count(), nodes.len()),
        units,
        quarantine: quarantine
            .into_iter()
            .map(|q| Quarantined {
                at: format::stamp(format::of_millis(q.at_ms)),
                node: q.node.to_string(),
                reason: format!("{}.", refusal_words(&q.code).why),
                detail: format!("{} · phạm vi {}, mục {}: {}", q.code, q.scope, q.seq, q.detail),
                download: Link::new(format!("Tải về ({})", format::bytes(q.bytes)), format!("/quarantine/{}", q.id)),
            })
            .collect(),
    })
}

/// `GET /quarantine/{id}`: the body of a refused entry, exactly as it came.
///
/// # Errors
/// As a page, when there is none of that name.
pub async fn download(State(app): State<App>, Path(id): Path<String>) -> Answer<Response> {
    let found = match id.parse() {
        Ok(id) => app.look(move |store| store.quarantine_entry(id)).await?,
        Err(_) => None,
    };
    let Some((entry, body)) = found else {
        return Err(Fault::gone(
            "Không có mục cách ly này",
            "Dữ liệu không bị ảnh hưởng.",
            Link::new("Xem các mục bị cách ly", "/units#quarantine"),
        )
        .in_shell(app.frame().shell(Place::Units)));
    };
    let save_as = format!("attachment; filename=\"{}\"", entry.file_name());
    let headers = [(CONTENT_TYPE, "application/octet-stream".to_owned()), (CONTENT_DISPOSITION, save_as)];
    Ok((headers, body).into_response())
}

fn line(node: &NodeView, now: DateTime<Utc>) -> NodeLine {
    let contact = node.contact.as_ref();
    let brief = |ms: i64| format::brief(format::of_millis(ms), now);
    let life: String = node.incarnation.to_string().chars().take(8).collect();
    NodeLine {
        id: node.node.to_string(),
        incarnation: format!("lần cài đặt {life}"),
        state: match contact {
            _ if node.revoked.is_some() => Tag::new(Tone::Warn, "Bị thu hồi"),
            None => Tag::new(Tone::Calm, "Chưa liên lạc"),
            Some(c) if c.live => Tag::new(Tone::Ok, "Đang nối"),
            Some(_) => Tag::new(Tone::Calm, "Ngoại tuyến"),
        },
        last_contact: contact.map_or_else(|| "chưa lần nào".to_owned(), |c| brief(c.last_contact_ms)),
        complete_to: contact.and_then(|c| c.complete_to_ms).map_or_else(|| "—".to_owned(), brief),
        pending: contact.map(|c| Count(c.pending)),
        clock: contact.map_or_else(|| "—".to_owned(), |c| clock(c.clock_offset_ms)),
        quarantined: Count(node.quarantined),
        version: contact.map_or_else(String::new, |c| c.software.clone()),
    }
}

fn clock(offset_ms: i64) -> String {
    match offset_ms {
        o if o.abs() < CLOCK_OFF_MS => "khớp".to_owned(),
        o if o < 0 => format!("chậm {}", format::span(o / 1000)),
        o => format!("nhanh {}", format::span(o / 1000)),
    }
}
