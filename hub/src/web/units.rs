//! Đơn vị & thiết bị.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use keng_desk::duties::contacts;
use keng_desk::told::refusal_words;
use keng_domain::text::thousands;
use keng_domain::unit::{UnitCode, UnitKey};
use keng_store::StoreError;
use keng_store::enrol::NodeView;
use keng_store::sightings::Sighting;
use keng_web::answer::{Answer, Fault};
use keng_web::reading::Reading;
use keng_web::{Count, Link, Shell, Tag, Tone, format};

use super::Asked;
use super::machines::{clock_words, version};
use super::state::App;
use crate::pages::Place;
use crate::pages::units::{NodeLine, OtherLog, OtherLogs, Quarantined, UnitNodes, UnitsPage};

/// Refused entries shown; the command `quarantine list` tells of all.
const QUARANTINE_MAX: u32 = 200;
/// Sightings of other logs shown; the command `evidence list` tells of all.
const OTHER_LOGS_MAX: usize = 20;

/// `GET /units`.
///
/// # Errors
/// As a page.
pub async fn page(State(app): State<App>, Query(asked): Query<Asked>) -> Answer {
    Ok(app.read(Place::Units, asked.year(), fill).await?.into_response())
}

fn fill(reading: &Reading<'_>, shell: Shell) -> Result<UnitsPage, StoreError> {
    let nodes = reading.store.nodes()?;
    let tree = &reading.names.tree;
    let reports = |n: &NodeView, unit: &UnitCode| tree.reporting_unit(&n.unit).is_some_and(|u| u.code == *unit);
    let own = tree.catalogue.unit(&tree.root).filter(|p| nodes.iter().any(|n| reports(n, &p.code)));
    let units: Vec<UnitNodes> = tree
        .catalogue
        .children(&tree.root)
        .chain(own)
        .map(|unit| {
            let contact = contacts::of(reading.store, &UnitKey::new(&tree.catalogue.id, &unit.code))?;
            Ok(UnitNodes {
                code: unit.code.clone(),
                name: unit.name.clone(),
                contact: contact.phone.unwrap_or_else(|| "Ghi liên hệ".to_owned()),
                nodes: nodes.iter().filter(|n| reports(n, &unit.code)).map(|n| line(n, reading.now)).collect(),
            })
        })
        .collect::<Result<_, StoreError>>()?;
    let done = nodes.iter().filter(|n| n.contact.as_ref().is_some_and(|c| c.pending == 0)).count();
    let quarantine = reading.store.quarantine_list(QUARANTINE_MAX)?;
    let epoch = reading.store.epoch()?;
    // A hub that was restored has begun another log: what was seen of the old one is settled by that.
    let seen = reading.store.sightings()?.into_iter().filter(|s| s.epoch == epoch).collect();
    Ok(UnitsPage {
        shell,
        summary: format!("{} đơn vị · {} máy · {done} máy đã gửi hết", reading.unit_count(), nodes.len()),
        units,
        rehomed: super::board::rehomed(&tree.units, &nodes),
        other_logs: other_logs(seen),
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

fn other_logs(mut seen: Vec<Sighting>) -> Option<OtherLogs> {
    let machines = seen.iter().map(|s| &s.node).collect::<BTreeSet<_>>().len();
    if machines == 0 {
        return None;
    }
    let why = match seen.iter().any(Sighting::is_longer) {
        true => {
            "Sổ cái của trạm đã ngắn hơn sổ cái mà máy đơn vị từng kiểm tra: thư mục dữ liệu của trạm có thể đã bị chép đè \
             bằng bản cũ hoặc bị bỏ bớt mục; cũng có thể máy đơn vị báo sai."
        }
        false => {
            "Sổ cái của trạm đủ số mục nhưng khác nội dung với sổ cái mà máy đơn vị từng kiểm tra: có mục đã bị sửa ở trạm, \
             hoặc máy đơn vị báo sai."
        }
    };
    seen.sort_by_key(|s| std::cmp::Reverse(s.last_ms));
    let hidden = seen.len().saturating_sub(OTHER_LOGS_MAX);
    seen.truncate(OTHER_LOGS_MAX);
    let line = |s: &Sighting| OtherLog {
        at: match s.times {
            1 => format::stamp(format::of_millis(s.last_ms)),
            n => format!("{} · {} lần", format::stamp(format::of_millis(s.last_ms)), thousands(n)),
        },
        node: s.node.to_string(),
        theirs: format!("{} mục, gốc {}…", thousands(s.size), hex::encode(&s.root[..8])),
        ours: format!("{} mục", thousands(s.our_size)),
    };
    Some(OtherLogs {
        what: format!("{machines} máy đã thấy sổ cái khác của trạm này"),
        why: why.to_owned(),
        seen: seen.iter().map(line).collect(),
        more: (hidden > 0).then(|| format!("Còn {hidden} lần nữa: keng-hub evidence list.")),
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
        clock: contact.map_or_else(|| "—".to_owned(), |c| clock_words(c.clock_offset_ms)),
        quarantined: Count(node.quarantined),
        version: contact.map_or_else(String::new, |c| version(&c.software).to_owned()),
    }
}
