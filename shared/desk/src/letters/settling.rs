//! Tờ trình of a unit about one point: to recognise what arose by itself, to end what has an end on record.

use chrono::{Datelike, NaiveDate};
use keng_domain::id::RecordId;
use keng_domain::letter::{Asked, Letter, SettlingProposal};
use keng_domain::model::Merges;
use keng_domain::point::Point;
use keng_domain::rules::counting::{Standing, standing};
use keng_domain::schema::Kind;
use keng_domain::text::date_dmy;
use keng_store::{Store, StoreError};

use super::size::of_point;
use super::{paper, work_of};
use crate::Told;
use crate::duties::of_kind;
use crate::names::Names;

/// The proposal to recognise a point that arose by itself (R4).
///
/// # Errors
/// For a point that did not arise by itself, has ended, or is recognised already.
pub fn recognition(store: &Store, id: RecordId, today: NaiveDate) -> Result<Letter, Told> {
    let point = point_of(store, id)?;
    match standing(&point, today, &store.rule_pack_of(today.year())?) {
        Standing::SpontaneousPending => Ok(proposal(store, point, Asked::Recognition, today)?),
        Standing::Ended => Err(Told::refused(
            "Điểm này đã ghi chấm dứt hoạt động, không đề nghị công nhận được; nếu ghi nhầm, hãy xóa ngày chấm dứt trước.",
        )),
        Standing::Counted | Standing::NotYet | Standing::NotLaunched if !point.spontaneous => Err(Told::refused(
            "Điểm này không phải tự phát, không cần công nhận: chỉ ghi số và ngày quyết định. Nếu đúng là tự phát, hãy \
             sửa Nguồn gốc của điểm hoặc của mô hình rồi lập lại.",
        )),
        Standing::Counted | Standing::NotYet | Standing::NotLaunched => {
            let number = point.decision_no.as_deref().unwrap_or("(chưa ghi số)");
            let on = point.decision_date.map_or_else(String::new, |day| format!(" ngày {}", date_dmy(day)));
            Err(Told::refused(format!(
                "Điểm này đã được công nhận theo Quyết định {number}{on}; không cần tờ trình đề nghị công nhận."
            )))
        }
    }
}

/// The proposal to end a point whose end is on record, by itself or not (R5).
///
/// # Errors
/// For a point that has no end.
pub fn ending(store: &Store, id: RecordId, today: NaiveDate) -> Result<Letter, Told> {
    let point = point_of(store, id)?;
    if point.ended_on.is_none() && !point.is_marked_ended() {
        return Err(Told::refused(
            "Điểm này chưa ghi chấm dứt: hãy ghi lý do và ngày chấm dứt trước (point end, hoặc nút “Chấm dứt” ở trang \
             của điểm), rồi lập tờ trình.",
        ));
    }
    let asked = Asked::End { ground: point.end_ground.clone(), on: point.ended_on };
    Ok(proposal(store, point, asked, today)?)
}

/// The point as it reads, with its model's origin where it has none.
fn point_of(store: &Store, id: RecordId) -> Result<Point, Told> {
    let view = of_kind(store, Kind::Point, id)?;
    Ok(store.as_points(&[view])?.pop().ok_or(StoreError::NoRecord(id))?)
}

fn proposal(store: &Store, point: Point, asked: Asked, today: NaiveDate) -> Result<Letter, StoreError> {
    let names = Names::of(store)?;
    let area = names.unit_of(&point.unit_key());
    let unit = names.tree.reporting_unit(&point.unit_key()).map_or_else(|| area.clone(), |unit| unit.name.clone());
    let merges = Merges::of(&store.models()?);
    let model = point.model.map(|model| merges.target(model));
    let documents = store.documents_of(Some(point.id))?;
    Ok(Letter::Settling(Box::new(SettlingProposal {
        province: Names::province_on(store, today)?,
        order: names.packs.of_year(today.year()).letter.clone(),
        unit,
        today,
        asked,
        model: model.map_or_else(String::new, |model| names.model(model)),
        area,
        spontaneous: point.spontaneous,
        launched_on: point.launched_on,
        size: of_point(&names, &point),
        work: model.map(|model| work_of(store, model)).transpose()?.unwrap_or_default(),
        papers: documents.iter().map(|view| paper(store, view)).collect::<Result<_, _>>()?,
        record: point.id,
        place: point.place,
    })))
}
