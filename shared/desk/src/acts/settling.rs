//! The two acts by which a point, or a model with its points, begins and ceases to count by a paper: recognising
//! one that arose by itself (R4), ending any (R5); each with its document, where somebody has it at hand.

use keng_domain::id::RecordId;
use keng_domain::point::Point;
use keng_domain::rules::counting::{Standing, standing};
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

    fn given(&self, store: &Store, id: RecordId) -> Result<Vec<Given>, Told> {
        let view = of_kind(store, Kind::Point, id)?;
        let Some(point) = store.as_points(&[view])?.pop() else { return Err(StoreError::NoRecord(id).into()) };
        match self {
            Self::Recognise { .. } if !point.spontaneous => {
                Err(Told::refused("Điểm này không phải tự phát: sửa số và ngày quyết định như thường."))
            }
            Self::Recognise { .. } if point.is_marked_ended() => {
                Err(Told::refused("Điểm này đã chấm dứt hoạt động, không công nhận được nữa."))
            }
            Self::Recognise { number, date } if number.trim().is_empty() || date.trim().is_empty() => {
                Err(Told::refused("Công nhận phải có số và ngày quyết định."))
            }
            Self::Recognise { number, date } => {
                Ok(given(&[("decision_no", number), ("decision_date", date), ("status", "HOAT_DONG")]))
            }
            Self::End { date, .. } if date.trim().is_empty() => Err(Told::refused("Chấm dứt phải có ngày hiệu lực.")),
            Self::End { ground, .. } if ground.trim().is_empty() => Err(Told::refused("Chấm dứt phải có lý do (R5).")),
            Self::End { ground, date } => {
                Ok(given(&[("status", STATUS_ENDED), ("ended_on", date), ("end_ground", ground)]))
            }
        }
    }
}

/// Recognises or ends a model itself (letter 4267, 1.c, second dash: of "mô hình"), and with it its points that
/// are here: those that wait are recognised by the same decision, those that run end on the same day. Returns how
/// many points that were.
///
/// # Errors
/// As [`settle`]; for recognising a model that did not arise by itself. Then nothing is written.
pub fn settle_model(
    store: &mut Store,
    id: RecordId,
    settling: &Settling,
    paper: Option<(Wanted, Stored)>,
    by: &By,
) -> Result<usize, Told> {
    let acts = acts_on_model(store, id, settling);
    if let Some((wanted, stored)) = paper {
        match acts {
            Err(_) => documents::forget(store, &stored)?,
            Ok(_) => documents::link(store, &wanted, stored, by).map(|_| ())?,
        }
    }
    let acts = acts?;
    commit(store, &acts, by)?;
    Ok(acts.len() - 1)
}

fn acts_on_model(store: &Store, id: RecordId, settling: &Settling) -> Result<Vec<Act>, Told> {
    let view = of_kind(store, Kind::Model, id)?;
    let today = latest_today(store)?;
    let recognises = matches!(settling, Settling::Recognise { .. });
    if recognises && view.fields.text("origin") != Some(ORIGIN_SPONTANEOUS) {
        return Err(Told::refused("Mô hình này không phải tự phát (nguồn gốc): không cần công nhận."));
    }
    let of_model = match settling {
        Settling::Recognise { number, date } if number.trim().is_empty() || date.trim().is_empty() => {
            return Err(Told::refused("Công nhận phải có số và ngày quyết định."));
        }
        Settling::End { ground, date } if ground.trim().is_empty() || date.trim().is_empty() => {
            return Err(Told::refused("Chấm dứt phải có lý do và ngày hiệu lực (R5)."));
        }
        Settling::Recognise { number, date } => given(&[("decision_no", number), ("decision_date", date)]),
        Settling::End { ground, date } => given(&[("ended_on", date), ("end_ground", ground)]),
    };
    let mut acts = vec![Act::Change { id, values: read_all(store, Kind::Model, &of_model)? }];
    for point in store.as_points(&store.belonging(Kind::Point, id)?)? {
        let is_meant = match standing(&point, today) {
            Standing::SpontaneousPending => true,
            Standing::Counted | Standing::NotYet => !recognises,
            Standing::Ended => false,
        };
        if is_meant {
            let values = read_all(store, Kind::Point, &settling.given(store, point.id)?)?;
            acts.push(Act::Change { id: point.id, values });
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
    let values = settling.given(store, id).and_then(|given| read_all(store, Kind::Point, &given));
    if let Some((wanted, stored)) = paper {
        if values.is_err() {
            documents::forget(store, &stored)?;
        } else {
            // First the paper: a power cut between the two leaves a document of an act not yet done.
            documents::link(store, &wanted, stored, by)?;
        }
    }
    Ok(commit(store, &[Act::Change { id, values: values? }], by)?.entries > 0)
}
