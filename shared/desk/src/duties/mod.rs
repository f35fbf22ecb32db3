//! What the letter orders beside models and points: handing in a period, proposing a model, and the
//! records of committees, teams, exemplars, surveys and assessments.
//!
//! * [`heard`]: when the province was last heard, which bounds the time of an act.
//! * [`submissions`]: a unit hands in, the province takes over or returns.
//! * [`nominations`]: a unit proposes, the province selects, proposes to the Ministry or returns.
//! * [`records`]: the other records, by one way of adding and editing.
//! * [`obligations`]: the matrix of units and what each owes; [`calls`]: the late ones, to be called;
//!   [`contacts`]: at which number; [`machines`]: what a unit's machines said last.
//! * [`commands`]: the same at the command line.

pub mod calls;
pub mod commands;
pub mod contacts;
pub mod heard;
pub mod machines;
pub mod nominations;
pub mod obligations;
pub mod records;
pub mod safety;
pub mod submissions;

use chrono::{DateTime, SecondsFormat, Utc};
use keng_domain::field::Value;
use keng_domain::id::RecordId;
use keng_domain::period::Period;
use keng_domain::rule_pack::RulePacks;
use keng_domain::rules::timeliness::Evidence;
use keng_domain::text::date_dmy;
use keng_store::query::RecordView;
use keng_store::trace::TraceLine;
use keng_store::{Store, StoreError};

use crate::Told;
use crate::acts::latest_today;

/// The field that carries the act; its author and arrival are the evidence.
const HANDED_IN_AT: &str = "handed_in_at";

/// A period by the name that submissions and nominations give it.
///
/// # Errors
/// For a text that names none.
pub fn period(id: &str, packs: &RulePacks) -> Result<Period, Told> {
    packs
        .period_of_id(id)
        .map_err(|_| Told::refused(format!("“{id}” không phải kỳ báo cáo; ví dụ: 2022-annual, 2022-half, 2022-Q4.")))
}

/// How far the clock was off at the first contact after the act, where it was set meanwhile.
const CLOCK_OFFSET_AFTER: &str = "clock_offset_after_ms";

/// Refuses what is of a period that lies ahead: nothing can have happened in it.
fn must_have_begun(store: &Store, period: &Period) -> Result<(), Told> {
    if period.from <= latest_today(store)? {
        return Ok(());
    }
    let (title, from) = (period.title(), date_dmy(period.from));
    Err(Told::refused(format!("Kỳ {title} chưa bắt đầu (từ ngày {from}), chưa trình được.")))
}

/// What an act of handing in writes of its time; what an earlier one of the same record was told later, goes.
fn evidence_values(heard: &heard::Heard, now_ms: i64) -> Vec<(String, Value)> {
    let mut values =
        vec![(HANDED_IN_AT.to_owned(), Value::from(utc(now_ms))), (CLOCK_OFFSET_AFTER.to_owned(), Value::Null)];
    if let Some(at) = heard.at_ms {
        values.push(("last_contact_at".to_owned(), Value::from(utc(at))));
    }
    if let Some(offset) = heard.offset_ms {
        values.push(("clock_offset_ms".to_owned(), Value::Int(offset)));
    }
    values
}

/// RFC 3339 to the millisecond: a deadline is a moment.
fn utc(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The act of handing in: the last one that stands in the record, with what is known of its time.
fn hand_in_of(store: &Store, view: &RecordView) -> Result<Option<(Evidence, TraceLine)>, StoreError> {
    let Some(at) = view.fields.text(HANDED_IN_AT) else { return Ok(None) };
    let lines = store.trace(view.id, Some(HANDED_IN_AT))?;
    let Some(line) = lines.into_iter().rfind(|l| l.value.as_text() == Some(at)) else { return Ok(None) };
    let moment = |text: &str| text.parse::<DateTime<Utc>>().ok();
    let evidence = Evidence {
        acted_at: moment(at).unwrap_or_default(),
        clock_offset_ms: view.fields.int("clock_offset_ms"),
        clock_offset_after_ms: view.fields.int(CLOCK_OFFSET_AFTER),
        last_contact_at: view.fields.text("last_contact_at").and_then(moment),
        received_at: line.arrival.and_then(|a| DateTime::from_timestamp_millis(a.at_ms)),
    };
    Ok(Some((evidence, line)))
}

/// A record of this kind, or a sentence that it is none.
pub(crate) fn of_kind(store: &Store, kind: keng_domain::schema::Kind, id: RecordId) -> Result<RecordView, Told> {
    let view = store.record(id)?.filter(|view| view.kind == kind.code());
    view.ok_or_else(|| Told::refused(format!("Không có {} mang mã {id} trên máy này.", kind.label())))
}

fn needs_reason(by: &crate::acts::By) -> Result<(), Told> {
    match by.reason.as_deref() {
        Some(reason) if !reason.trim().is_empty() => Ok(()),
        _ => Err(Told::refused("Phải ghi lý do, để đơn vị biết cần làm gì.")),
    }
}
