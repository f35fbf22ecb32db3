//! The papers beside the report, filled from the store: who is late, which models go to the Ministry,
//! what a survey has found. What they say of it is `keng-report`'s.

use chrono::NaiveDate;
use keng_domain::document::{FileHash, kind_label};
use keng_domain::id::RecordId;
use keng_domain::letter::{Letter, Minutes, Paper, Proposal, ProposedModel, Reminder, ReportOwed, Size};
use keng_domain::model::Merges;
use keng_domain::period::{Period, PeriodKind};
use keng_domain::point::{Point, YearRating};
use keng_domain::rules::counting::{Standing, standing};
use keng_domain::rules::nomination::Basis;
use keng_domain::rules::submission::open_items;
use keng_domain::schema::{Kind, NOMINATION_CASES};
use keng_domain::scope::Scope;
use keng_domain::text::{compare, date_dmy};
use keng_domain::unit::{UnitCode, UnitKey};
use keng_store::blobs::DocumentView;
use keng_store::query::RecordView;
use keng_store::{Store, StoreError};

use crate::duties::nominations::{self, Nomination, State};
use crate::duties::obligations::{self, CellState, Duty};
use crate::duties::{of_kind, period, submissions};
use crate::names::Names;
use crate::{Told, consolidation};

/// A reminder to every unit that is late with a half-year or annual report, or to `unit` alone; to a
/// unit that was asked for also when it has handed in and something is still open there.
///
/// # Errors
/// For a quarter, which nobody owes; before the report is due; for a unit that owes nothing.
pub fn reminders(store: &Store, of: &str, unit: Option<&UnitCode>, today: NaiveDate) -> Result<Vec<Letter>, Told> {
    let names = Names::of(store)?;
    let period = period(of, &names.pack)?;
    if period.kind == PeriodKind::Quarter {
        return Err(Told::refused(
            "Đề xuất theo quý không bắt buộc, không có công văn nhắc; ví dụ: 2022-annual, 2022-half.",
        ));
    }
    let Some(days) = Duty::report(period).days_late(today) else {
        let due = date_dmy(period.due());
        return Err(Told::refused(format!("Báo cáo {} chưa quá hạn: hạn là trước ngày {due}.", period.title())));
    };
    let tree = store.tree(Period::annual(period.year, &names.pack.periods).cut_off)?;
    let received = consolidation::received(store, &Names::by(store, tree.clone())?)?;
    let (all, points) = (submissions::list(store, None)?, store.points()?);
    let papers = submissions::papers(store)?;
    let mut letters = Vec::new();
    for row in obligations::matrix(store, &points, period.year, today)? {
        if unit.is_some_and(|unit| *unit != row.unit) {
            continue;
        }
        let own = UnitKey::new(&tree.catalogue.id, &row.unit);
        let open_items =
            open_items(points.iter().filter(|p| tree.is_within(&p.unit_key(), &own)), &papers, &period, &names.pack);
        let state = row.cells.iter().find(|c| c.duty == Duty::report(period)).map(|c| c.state);
        let report = match state {
            Some(CellState::Overdue) => ReportOwed::Missing { days },
            Some(CellState::Returned) => {
                let standing = submissions::standing(&all, &row.unit, &period);
                ReportOwed::Returned { days, reason: standing.and_then(|s| s.decision_reason.clone()) }
            }
            _ if unit.is_some() && !open_items.is_empty() => ReportOwed::HandedIn,
            _ => continue,
        };
        letters.push(Letter::Reminder(Reminder {
            province: names.unit(&store.identity().province),
            received: received.get(&row.unit).copied(),
            unit: row.name,
            code: row.unit.to_string(),
            period,
            today,
            report,
            open_items,
        }));
    }
    match unit {
        Some(unit) if letters.is_empty() => Err(Told::refused(format!(
            "Đơn vị {unit} không nợ gì về báo cáo {}, hoặc không có đơn vị này.",
            period.title()
        ))),
        _ => Ok(letters),
    }
}

/// The proposal to the Ministry of the models that the province has decided to propose: of a quarter,
/// or of these nominations.
///
/// # Errors
/// When none is left; for a nomination that is not proposed yet, for then no case is known (R17).
pub fn proposal(store: &Store, quarter: Option<&str>, ids: &[RecordId], today: NaiveDate) -> Result<Letter, Told> {
    let names = Names::of(store)?;
    let quarter = quarter.map(|q| period(q, &names.pack)).transpose()?;
    let mut chosen: Vec<Nomination> = if ids.is_empty() {
        nominations::list(store)?.into_iter().filter(|n| n.state == State::Proposed).collect()
    } else {
        ids.iter().map(|id| nominations::one(store, *id)).collect::<Result<_, _>>()?
    };
    if let Some(other) = chosen.iter().find(|n| n.state != State::Proposed) {
        return Err(Told::refused(format!(
            "Đề xuất “{}” đang ở trạng thái “{}”; hãy ghi căn cứ đề nghị Bộ trước (nomination propose, R17).",
            other.name,
            other.state.label()
        )));
    }
    let rests_on_a_removed = |n: &&Nomination| {
        n.basis_document.as_deref().is_some_and(|cited| !n.documents.iter().any(|(hash, _)| hash.to_string() == cited))
    };
    if let Some(n) = chosen.iter().filter(|n| quarter.is_none_or(|q| n.quarter == q)).find(rests_on_a_removed) {
        return Err(Told::refused(format!(
            "Văn bản làm căn cứ đề nghị Bộ cho “{}” đã gỡ khỏi hồ sơ (R17): hãy đưa lại, hoặc chọn căn cứ khác.",
            n.name
        )));
    }
    chosen.retain(|n| quarter.is_none_or(|q| n.quarter == q));
    let Some(first) = chosen.first().map(|n| n.quarter) else {
        return Err(Told::refused("Chưa có mô hình nào được tỉnh đề nghị Bộ Công an thông báo."));
    };
    chosen.sort_by(|a, b| compare(&a.name, &b.name).then_with(|| a.id.cmp(&b.id)));
    let documents = store.documents_of(None)?;
    let models = chosen.iter().map(|n| proposed(store, &names, n, &documents)).collect::<Result<_, StoreError>>()?;
    Ok(Letter::Proposal(Proposal {
        province: names.unit(&store.identity().province),
        quarter: chosen.iter().all(|n| n.quarter == first).then_some(first),
        today,
        models,
    }))
}

fn proposed(
    store: &Store,
    names: &Names,
    n: &Nomination,
    documents: &[DocumentView],
) -> Result<ProposedModel, StoreError> {
    let paper = |hash: &FileHash| match documents.iter().find(|d| d.document.hash == *hash) {
        Some(view) => paper(store, view).map(Some),
        None => Ok(None),
    };
    let cited = n.basis_document.as_deref().and_then(|hash| hash.parse().ok());
    let mut dossier = Vec::new();
    for (hash, _) in &n.documents {
        dossier.extend(paper(hash)?);
    }
    let label = |code: &str| NOMINATION_CASES.iter().find(|(c, _)| *c == code).map_or("", |(_, label)| label);
    Ok(ProposedModel {
        name: n.name.clone(),
        unit: names.unit(&n.unit),
        quarter: n.quarter,
        case: label(n.case.map_or("", keng_domain::rules::nomination::Case::code)).to_owned(),
        justification: n.justification.clone(),
        // `propose` writes no other code.
        basis: n.basis.as_deref().and_then(Basis::of_code).unwrap_or(Basis::Dossier),
        cited: cited.map(|hash| paper(&hash)).transpose()?.flatten(),
        conditions: n.assessment.conditions.clone(),
        dossier,
    })
}

fn paper(store: &Store, view: &DocumentView) -> Result<Paper, StoreError> {
    let fields = store.record(view.document.id)?.map(|v| v.fields).unwrap_or_default();
    let text = |key: &str| fields.text(key).map(str::to_owned);
    Ok(Paper {
        kind: kind_label(&view.document.kind).to_owned(),
        number: text("number"),
        issued_on: fields.date("issued_on"),
        issuer: text("issuer"),
        subject: text("subject"),
        file: view.document.name.clone(),
    })
}

/// The minutes of a survey record.
///
/// # Errors
/// For a record of another kind, and a survey whose model or point is not here.
pub fn minutes(store: &Store, id: RecordId, today: NaiveDate) -> Result<Letter, Told> {
    let view = of_kind(store, Kind::Survey, id)?;
    let names = Names::of(store)?;
    let text = |key: &str| view.fields.text(key).map(str::to_owned);
    let lines = |key: &str| -> Vec<String> {
        let whole = view.fields.text(key).unwrap_or_default();
        whole.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let about = text("record").and_then(|r| r.parse::<RecordId>().ok());
    let about = about.map(|r| store.record(r)).transpose()?.flatten();
    let about = about.ok_or_else(|| Told::refused("Mô hình hoặc điểm được khảo sát không có trên máy này."))?;
    let held_on = view.fields.date("held_on");
    let day = held_on.unwrap_or(today);
    let merges = Merges::of(&store.models()?);
    let (model, point, size) = if about.kind == Kind::Point.code() {
        let point = Point::of(about.id, &about.scope, &about.fields);
        let model = point.model.map_or_else(String::new, |m| names.model(merges.target(m)));
        (model, Some(point.place.clone()).filter(|p| !p.is_empty()), of_point(&names, &point))
    } else {
        let target = merges.target(about.id);
        (names.model(target), None, of_model(store, &merges, target, day)?)
    };
    let mut papers = Vec::new();
    for document in store.documents_of(Some(id))? {
        papers.push(paper(store, &document)?);
    }
    let label = |code: &str| Kind::Survey.field("survey_kind").map_or("", |spec| spec.label_of(code)).to_owned();
    let province = &store.identity().province;
    Ok(Letter::Minutes(Box::new(Minutes {
        province: names.unit(province),
        unit: (view.owner != *province).then(|| names.unit(&view.owner)),
        kind: text("survey_kind").map_or_else(|| "Khảo sát".to_owned(), |code| label(&code)),
        model,
        point,
        area: area(&names, &view),
        held_on,
        by: text("by"),
        size,
        finding: lines("finding"),
        remedy: lines("remedy"),
        papers,
        day,
        record: id,
    })))
}

/// The unit in whose area the survey was made, of its own catalogue.
fn area(names: &Names, view: &RecordView) -> String {
    let Some(code) = view.fields.text("unit").and_then(|u| u.parse::<UnitCode>().ok()) else { return String::new() };
    match &view.scope {
        Scope::Area { catalogue, .. } => names.unit_of(&UnitKey::new(catalogue, &code)),
        Scope::Province => names.unit(&code),
    }
}

fn of_point(names: &Names, point: &Point) -> Size {
    let rated = point.ratings.iter().rev().find_map(|(year, rating)| match rating {
        YearRating::Rated(level) => {
            Some((*year, names.pack.level(level).map_or_else(|| level.clone(), |l| l.label.clone())))
        }
        YearRating::Contested => None,
    });
    let decision = point.decision_no.clone().map(|number| Paper {
        kind: "Quyết định".to_owned(),
        number: Some(number),
        issued_on: point.decision_date,
        issuer: None,
        subject: None,
        file: String::new(),
    });
    Size { points: 1, teams: point.teams.into(), members: point.members.into(), decision, rated }
}

/// A model with everything that stands for it, as counted on `day` (R2).
fn of_model(store: &Store, merges: &Merges, target: RecordId, day: NaiveDate) -> Result<Size, StoreError> {
    let mut size = Size::default();
    let own = |p: &Point| p.model.is_some_and(|m| merges.target(m) == target);
    for point in store.points()?.iter().filter(|p| own(p) && standing(p, day) == Standing::Counted) {
        size.points += 1;
        size.teams += u64::from(point.teams);
        size.members += u64::from(point.members);
    }
    Ok(size)
}
