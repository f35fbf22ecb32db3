//! The two acts by which a point, or a model with its points, begins and ceases to count by a paper: recognising
//! one that arose by itself (R4), ending any (R5); each with its document, where somebody has it at hand.

use chrono::Datelike;
use keng_domain::id::RecordId;
use keng_domain::model::{Merges, Model};
use keng_domain::point::Point;
use keng_domain::rules::counting::{Standing, standing};
use keng_domain::rules::spontaneous;
use keng_domain::rules::submission::{ENDING_PAPER, RECOGNISING_PAPER};
use keng_domain::schema::{Kind, ORIGIN_SPONTANEOUS, STATUS_ENDED};
use keng_domain::text::date_dmy;
use keng_store::blobs::files::Stored;
use keng_store::edit::Act;
use keng_store::{Store, StoreError};

use super::{By, Given, commit, latest_today, of_kind, read_all};
use crate::Told;
use crate::documents::{self, Wanted};

/// What becomes of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settling {
    /// A decision recognises it (letter 4267, 1.c, second dash).
    Recognise {
        /// Number and symbol of the decision.
        number: String,
        /// Its day.
        date: String,
    },
    /// It ends.
    End {
        /// Why: a code of [`keng_domain::schema::END_GROUNDS`], or its label.
        ground: String,
        /// The first day on which it does not count.
        date: String,
    },
}

impl Settling {
    /// The code of the kind of document that goes with it.
    #[must_use]
    pub fn paper(&self) -> &'static str {
        match self {
            Self::Recognise { .. } => RECOGNISING_PAPER,
            Self::End { .. } => ENDING_PAPER,
        }
    }

    /// What the act itself says of its document.
    #[must_use]
    pub fn details(&self) -> Vec<Given> {
        match self {
            Self::Recognise { number, date } => given(&[("number", number), ("issued_on", date)]),
            Self::End { .. } => Vec::new(),
        }
    }

    /// What no act may lack, whatever it is done to.
    fn complete(&self) -> Result<(), Told> {
        let is_empty = |text: &str| text.trim().is_empty();
        match self {
            Self::Recognise { number, date } if is_empty(number) || is_empty(date) => {
                Err(Told::refused("Công nhận phải có số và ngày quyết định."))
            }
            Self::End { date, .. } if is_empty(date) => Err(Told::refused("Chấm dứt phải có ngày hiệu lực.")),
            Self::End { ground, .. } if is_empty(ground) => Err(Told::refused("Chấm dứt phải có lý do (R5).")),
            Self::Recognise { .. } | Self::End { .. } => Ok(()),
        }
    }

    fn given(&self, store: &Store, id: RecordId) -> Result<Vec<Given>, Told> {
        let view = of_kind(store, Kind::Point, id)?;
        let Some(point) = store.as_points(&[view])?.pop() else { return Err(StoreError::NoRecord(id).into()) };
        match self {
            Self::Recognise { .. } if !point.spontaneous => {
                Err(Told::refused("Điểm này không phải tự phát: sửa số và ngày quyết định như thường."))
            }
            Self::Recognise { .. } if has_ended(store, &point)? => Err(ended("Điểm")),
            Self::Recognise { number, date } => {
                Ok(given(&[("decision_no", number), ("decision_date", date), ("status", "HOAT_DONG")]))
            }
            Self::End { ground, date } => {
                Ok(given(&[("status", STATUS_ENDED), ("ended_on", date), ("end_ground", ground)]))
            }
        }
    }
}

/// Whether a point has ended by today (R5): the date of its end tells, whatever stands in its state.
fn has_ended(store: &Store, point: &Point) -> Result<bool, StoreError> {
    let today = latest_today(store)?;
    Ok(standing(point, today, &store.rule_pack_of(today.year())?) == Standing::Ended)
}

fn ended(what: &str) -> Told {
    Told::new(
        format!("{what} này đã chấm dứt hoạt động, không công nhận được nữa."),
        "Chưa ghi gì.",
        "Nếu ghi chấm dứt nhầm, hãy sửa ngày chấm dứt và trạng thái trước.",
    )
}

/// Recognises or ends a model itself (letter 4267, 1.c, second dash: of "mô hình"), and with it its points that
/// are here, those of models merged into it too: those that wait are recognised by the same decision, those that run end on the same day. Returns how
/// many points that were.
///
/// # Errors
/// As [`settle`]; for recognising a model that did not arise by itself, or has ended. Then nothing is written.
pub fn settle_model(
    store: &mut Store,
    id: RecordId,
    settling: &Settling,
    paper: Option<(Wanted, Stored)>,
    by: &By,
) -> Result<usize, Told> {
    let acts = settling.complete().and_then(|()| acts_on_model(store, id, settling));
    // The model itself is one of the records.
    Ok(carry_out(store, acts, paper, by)?.0 - 1)
}

fn acts_on_model(store: &Store, id: RecordId, settling: &Settling) -> Result<Vec<Act>, Told> {
    let view = of_kind(store, Kind::Model, id)?;
    let today = latest_today(store)?;
    let pack = store.rule_pack_of(today.year())?;
    let recognises = matches!(settling, Settling::Recognise { .. });
    if recognises && view.fields.text("origin") != Some(ORIGIN_SPONTANEOUS) {
        return Err(Told::refused("Mô hình này không phải tự phát (nguồn gốc): không cần công nhận."));
    }
    let models = store.models()?;
    let merges = Merges::of(&models);
    let (target, mut points) = (merges.target(id), Vec::new());
    for model in models.iter().filter(|m| merges.target(m.id) == target) {
        points.extend(store.as_points(&store.belonging(Kind::Point, model.id)?)?);
    }
    if recognises && spontaneous::has_ended(&Model::read(id, &view.fields), &points, today, &pack) {
        return Err(ended("Mô hình"));
    }
    let of_model = match settling {
        Settling::Recognise { number, date } => given(&[("decision_no", number), ("decision_date", date)]),
        Settling::End { ground, date } => given(&[("ended_on", date), ("end_ground", ground)]),
    };
    let mut acts = vec![Act::Change { id, values: read_all(store, Kind::Model, &of_model)? }];
    for point in points {
        let is_meant = match standing(&point, today, &pack) {
            Standing::SpontaneousPending => true,
            Standing::Counted | Standing::NotYet | Standing::NotLaunched => !recognises,
            Standing::Ended => false,
        };
        if is_meant {
            acts.extend(acts_on_point(store, point.id, settling)?);
        }
    }
    Ok(acts)
}

/// What an officer is told of a point that was saved with days that cannot both be right; `None` for others.
///
/// # Errors
/// Whatever SQLite says.
pub fn doubt(store: &Store, id: RecordId) -> Result<Option<String>, StoreError> {
    let Some(point) = store.record(id)?.map(|view| Point::of(id, &view.scope, &view.fields)) else { return Ok(None) };
    let days = point.ended_on.zip(point.decision_date).filter(|_| point.ends_before_its_decision());
    Ok(days.map(|(end, decision)| {
        format!(
            "Lưu ý: ngày chấm dứt {} trước ngày quyết định {}; đã lưu, nhưng một trong hai ngày phải sửa (R5).",
            date_dmy(end),
            date_dmy(decision)
        )
    }))
}

fn given(pairs: &[(&str, &str)]) -> Vec<Given> {
    pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

/// Does it, with the file of its document when there is one. Without one the act holds all the same: what is
/// missing stays open until the document is added. Returns whether anything changed.
///
/// # Errors
/// For recognising a point that is not spontaneous or has ended, or without number and date; for ending without
/// ground and date; for a date that cannot be read, or a decision that has not come; and as
/// [`documents::link`]. Then nothing is written, and no file is kept.
pub fn settle(
    store: &mut Store,
    id: RecordId,
    settling: &Settling,
    paper: Option<(Wanted, Stored)>,
    by: &By,
) -> Result<bool, Told> {
    let acts = settling.complete().and_then(|()| acts_on_point(store, id, settling));
    Ok(carry_out(store, acts, paper, by)?.1)
}

fn acts_on_point(store: &Store, id: RecordId, settling: &Settling) -> Result<Vec<Act>, Told> {
    let given = settling.given(store, id)?;
    Ok(vec![Act::Change { id, values: read_all(store, Kind::Point, &given)? }])
}

/// Writes the acts with their paper, or neither. Returns how many records they are on, and whether any changed.
fn carry_out(
    store: &mut Store,
    acts: Result<Vec<Act>, Told>,
    paper: Option<(Wanted, Stored)>,
    by: &By,
) -> Result<(usize, bool), Told> {
    if let Some((wanted, stored)) = paper {
        if acts.is_err() {
            documents::forget(store, &stored)?;
        } else {
            // First the paper: a power cut between the two leaves a document of an act not yet done.
            documents::link(store, &wanted, stored, by)?;
        }
    }
    let acts = acts?;
    Ok((acts.len(), commit(store, &acts, by)?.entries > 0))
}
