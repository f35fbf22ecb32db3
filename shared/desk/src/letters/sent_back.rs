//! Công văn trả lại: a report or a nomination that the province has sent back, with its reason.

use chrono::NaiveDate;
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, SentBack, SentBackWhat};
use keng_domain::rules::submission::State as SubmissionState;
use keng_domain::schema::Kind;
use keng_domain::unit::UnitCode;
use keng_store::Store;

use super::lines;
use crate::Told;
use crate::duties::nominations::{self, State};
use crate::duties::submissions::{self, standing};
use crate::names::Names;

/// The letter that sends a submission or a nomination back.
///
/// # Errors
/// For a record that is neither; for one that is not returned, or that the unit has handed in again since.
pub fn sent_back(store: &Store, id: RecordId, today: NaiveDate) -> Result<Letter, Told> {
    let kind = store.record(id)?.and_then(|view| Kind::of_code(&view.kind));
    let (unit, handed_in_at, reason, what) = match kind {
        Some(Kind::Submission) => report(store, id)?,
        Some(Kind::Nomination) => nomination(store, id)?,
        _ => {
            return Err(Told::refused(format!(
                "Không có báo cáo đã trình hay đề xuất nào mang mã {id} trên máy này; xem mã bằng submission list, \
                 nomination list."
            )));
        }
    };
    let names = Names::by(store, store.tree(what.period().cut_off)?)?;
    Ok(Letter::SentBack(Box::new(SentBack {
        province: Names::province_on(store, today)?,
        order: names.packs.of_year(what.period().year).letter.clone(),
        unit: names.unit(&unit),
        code: unit.to_string(),
        today,
        handed_in_at,
        reason: lines(reason.as_deref()),
        what,
        record: id,
    })))
}

type Found = (UnitCode, chrono::DateTime<chrono::Utc>, Option<String>, SentBackWhat);

fn report(store: &Store, id: RecordId) -> Result<Found, Told> {
    let all = submissions::list(store, None)?;
    let found = all.iter().find(|s| s.id == id);
    let s = found.ok_or_else(|| Told::refused(format!("Báo cáo {id} do phiên bản mới hơn ghi; hãy cập nhật Kẻng.")))?;
    if s.state != SubmissionState::Returned {
        return Err(not_returned("Báo cáo", s.state.label(), "submission return"));
    }
    if let Some(later) = standing(&all, &s.unit, &s.period).filter(|later| later.id != id) {
        return Err(Told::refused(format!("Đơn vị đã trình bản khác sau bản này: {}.", later.id)));
    }
    let what = SentBackWhat::Report { period: s.period, open_items: s.open_items.clone() };
    Ok((s.unit.clone(), s.punctuality.evidence.acted_at, s.decision_reason.clone(), what))
}

fn nomination(store: &Store, id: RecordId) -> Result<Found, Told> {
    let n = nominations::one(store, id)?;
    let (State::Returned, Some(evidence)) = (n.state, n.evidence) else {
        return Err(not_returned("Đề xuất", n.state.label(), "nomination return"));
    };
    let failing = n.assessment.conditions.into_iter().filter(|condition| !condition.holds).collect();
    let what = SentBackWhat::Nomination { model: n.name, quarter: n.quarter, failing };
    Ok((n.unit, evidence.acted_at, n.decision_reason, what))
}

fn not_returned(what: &str, state: &str, command: &str) -> Told {
    Told::refused(format!(
        "{what} này đang ở trạng thái “{state}”, tỉnh chưa trả lại; hãy trả lại kèm lý do trước ({command}, hoặc nút \
         “Trả lại”)."
    ))
}
