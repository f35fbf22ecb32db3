//! Consolidated reports on their way from draft to issue (R19; decree 30/2020, Articles 15 and 18.3).
//!
//! An edition names a cut; its files are made again from it, byte for byte. Number and date are entered
//! by a person after signature, never made up. An issued edition does not change: a correction is a new
//! one that replaces it, with an annex of what differs.

use chrono::Datelike;
use keng_domain::changes::Changes;
use keng_domain::field::Value;
use keng_domain::figures::{Figures, Issued};
use keng_domain::id::{Lsn, RecordId};
use keng_domain::period::Period;
use keng_domain::schema::Kind;
use keng_domain::text::{date_dmy, name_key};
use keng_records::record::Meta;
use keng_store::edit::Act;
use keng_store::query::RecordView;
use keng_store::{Store, StoreError};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::acts::{By, commit, fresh_id, own_tree, read_one};
use crate::{Told, consolidation};

/// Where an edition stands, see [`keng_domain::schema`].
const DRAFT: &str = "DRAFT";
const SUBMITTED: &str = "SUBMITTED";
const ISSUED: &str = "ISSUED";
const REPLACED: &str = "REPLACED";

/// One edition as it reads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its record.
    pub id: RecordId,
    /// `annual`, `half-year` or `quarter`.
    pub kind: String,
    /// `2022` or `2022-Q4`.
    pub period: String,
    /// The last entry that it saw.
    pub lsn: Lsn,
    /// `DRAFT`, `SUBMITTED`, `ISSUED` or `REPLACED`.
    pub state: String,
    /// Number and symbol, entered after signature.
    pub number: Option<String>,
    /// Date of issue, likewise.
    pub issued_on: Option<String>,
    /// The edition that it replaces.
    pub replaces: Option<RecordId>,
    /// SHA-256 of its JSON, hexadecimal.
    pub sha256: String,
}

impl Edition {
    fn read(view: &RecordView) -> Option<Self> {
        let text = |key: &str| view.fields.text(key).map(str::to_owned);
        Some(Self {
            id: view.id,
            kind: text("report_kind")?,
            period: text("period")?,
            lsn: Lsn(u64::try_from(view.fields.int("lsn")?).ok()?),
            state: text("state").unwrap_or_else(|| DRAFT.to_owned()),
            number: text("number"),
            issued_on: text("issued_on"),
            replaces: text("replaces").and_then(|id| id.parse().ok()),
            sha256: text("sha256").unwrap_or_default(),
        })
    }

    /// Number and date, once a person has entered both.
    fn issued(&self) -> Option<Issued> {
        Some(Issued { number: self.number.clone()?, issued_on: self.issued_on.as_ref()?.parse().ok()? })
    }

    /// The word for its state on screens.
    #[must_use]
    pub fn state_label(&self) -> String {
        Kind::Edition.field("state").map_or_else(|| self.state.clone(), |spec| spec.label_of(&self.state).into_owned())
    }

    /// Whether it waits to be submitted for signature.
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.state == DRAFT
    }

    /// Whether it waits for its number and date.
    #[must_use]
    pub fn is_submitted(&self) -> bool {
        self.state == SUBMITTED
    }

    /// Whether it is issued and nothing has replaced it.
    #[must_use]
    pub fn is_issued(&self) -> bool {
        self.state == ISSUED
    }

    /// `edition list --json`.
    #[must_use]
    pub fn json(&self) -> Json {
        json!({
            "id": self.id, "kind": self.kind, "period": self.period, "lsn": self.lsn, "state": self.state,
            "number": self.number, "issued_on": self.issued_on, "replaces": self.replaces, "sha256": self.sha256,
        })
    }
}

/// All editions, oldest first.
///
/// # Errors
/// Whatever SQLite says.
pub fn list(store: &Store) -> Result<Vec<Edition>, StoreError> {
    Ok(store.records(Kind::Edition)?.iter().filter_map(Edition::read).collect())
}

/// The figures of a period as a report prints them: with what differs from the edition of this period
/// that was issued last, where there is one.
///
/// # Errors
/// As [`consolidation::figures`].
pub fn figures(store: &Store, period: Period) -> Result<Figures, StoreError> {
    let mut figures = consolidation::figures(store, period)?;
    let is_issued = |e: &Edition| {
        e.kind == figures.kind && e.period == figures.period && matches!(e.state.as_str(), ISSUED | REPLACED)
    };
    if let Some(issued) = list(store)?.into_iter().filter(is_issued).max_by_key(|e| e.lsn) {
        let before = consolidation::figures(&store.as_of(issued.lsn)?, period)?;
        figures.changes = Some(Changes::between(&before, &figures));
        figures.replaces = issued.issued();
    }
    Ok(figures)
}

/// Of `all`, the one that is issued for a kind and period.
fn standing<'a>(all: &'a [Edition], kind: &str, period: &str) -> Option<&'a Edition> {
    all.iter().filter(|e| e.kind == kind && e.period == period && e.state == ISSUED).max_by_key(|e| e.lsn)
}

/// What a draft is kept of: reading it takes longer than writing it down.
#[derive(Debug, Clone)]
pub struct Picture {
    values: Vec<(String, Value)>,
}

/// The picture of a period at the end of the log, or as of `at`. It replaces the edition that was issued by
/// then: what its text says, since it is made again from that cut (I7).
///
/// # Errors
/// Beyond the tail of the log, and whatever the store says.
pub fn picture(store: &Store, period: Period, at: Option<Lsn>) -> Result<Picture, Told> {
    let past = at.map(|lsn| store.as_of(lsn)).transpose()?;
    let seen = past.as_ref().unwrap_or(store);
    let figures = figures(seen, period)?;
    let replaces = standing(&list(seen)?, figures.kind, &figures.period).map(|e| e.id);
    let text = serde_json::to_vec(&figures).map_err(|e| Told::refused(format!("Không lập được báo cáo: {e}.")))?;
    let cut = &figures.cut;
    let mut values = vec![
        ("report_kind".to_owned(), Value::from(figures.kind)),
        ("period".to_owned(), Value::from(figures.period.clone())),
        ("lsn".to_owned(), Value::Int(i64::try_from(cut.lsn.0).unwrap_or(i64::MAX))),
        ("root".to_owned(), Value::from(cut.root.clone())),
        ("pack".to_owned(), Value::from(cut.rule_pack.clone())),
        ("sha256".to_owned(), Value::from(hex::encode(Sha256::digest(&text)))),
        ("state".to_owned(), Value::from(DRAFT)),
    ];
    values.extend(replaces.map(|id| ("replaces".to_owned(), Value::from(id.to_string()))));
    Ok(Picture { values })
}

/// Keeps a picture as a draft.
///
/// # Errors
/// Whatever the store says.
pub fn keep(store: &mut Store, Picture { values }: Picture, by: &By) -> Result<RecordId, Told> {
    let owner = store.identity().province.clone();
    let (catalogue, top) = own_tree(store)?;
    let scope = catalogue.scope_of(&top);
    let id = fresh_id();
    let meta = Meta { kind: Kind::Edition.code().to_owned(), scope, owner };
    commit(store, &[Act::Create { id, meta, values }], by)?;
    Ok(id)
}

/// A draft goes up for signature.
///
/// # Errors
/// For one that is not a draft, or older than what is issued.
pub fn submit(store: &mut Store, id: RecordId, by: &By) -> Result<(), Told> {
    let edition = one(store, id)?;
    if edition.state != DRAFT {
        return Err(Told::refused(format!("Bản báo cáo này đang ở trạng thái “{}”.", edition.state_label())));
    }
    follows(&edition, &list(store)?)?;
    write(store, id, vec![("state".to_owned(), Value::from(SUBMITTED))], by)
}

/// A signed report is issued: a person enters its number and date (R29). What it replaces is marked so.
///
/// # Errors
/// For one that was not submitted for signature, or older than what is issued; without number or date; for a
/// date that has not come, or lies before the end of the period; for a number without one in front; for one that another edition of that
/// calendar year bears.
pub fn issue(store: &mut Store, id: RecordId, number: &str, date: &str, by: &By) -> Result<(), Told> {
    let edition = one(store, id)?;
    if edition.state != SUBMITTED {
        return Err(Told::refused(format!(
            "Bản báo cáo này đang ở trạng thái “{}”; chỉ bản đã trình ký mới ban hành được.",
            edition.state_label()
        )));
    }
    let all = list(store)?;
    follows(&edition, &all)?;
    let mut values = vec![("state".to_owned(), Value::from(ISSUED))];
    for (key, text) in [("number", number), ("issued_on", date)] {
        let value = read_one(store, Kind::Edition, key, text).map_err(Told::refused)?;
        if value == Value::Null {
            return Err(Told::refused(
                "Ban hành phải có số, ký hiệu và ngày, ghi theo bản đã ký (Nghị định 30/2020, Điều 15).",
            ));
        }
        values.push((key.to_owned(), value));
    }
    if !number.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Told::new(
            format!("“{}” không phải số và ký hiệu văn bản; ví dụ: 12/BC-CAT.", number.trim()),
            "Không bản nào bị thay đổi.",
            "Hãy ghi đúng số, ký hiệu trên bản đã ký (Nghị định 30/2020, Điều 15: số thứ tự bằng chữ số Ả Rập).",
        ));
    }
    let said = |key: &str| values.iter().find(|(k, _)| k == key).and_then(|(_, v)| v.as_text()).unwrap_or_default();
    if let Ok(issued_on) = said("issued_on").parse() {
        let issued = Issued { number: said("number").to_owned(), issued_on };
        is_possible(store, &edition, &issued)?;
        is_free(&edition, &issued, &all)?;
    }
    let mut acts = vec![Act::Change { id, values }];
    // One stands at a time: an earlier version could issue two drafts that were kept before either.
    let stands = |e: &&Edition| e.kind == edition.kind && e.period == edition.period && e.state == ISSUED;
    acts.extend(
        all.iter()
            .filter(stands)
            .map(|before| Act::Change { id: before.id, values: vec![("state".to_owned(), Value::from(REPLACED))] }),
    );
    commit(store, &acts, by).map(|_| ())
}

/// Refuses a date on which the period had not ended, so that there was nothing to sign: on its last day a report
/// may be issued, when the day is over.
fn is_possible(store: &Store, edition: &Edition, issued: &Issued) -> Result<(), Told> {
    let Ok(period) = store.rule_packs()?.period(&edition.kind, &edition.period) else { return Ok(()) };
    if issued.issued_on >= period.cut_off {
        return Ok(());
    }
    Err(Told::new(
        format!(
            "Ngày ban hành {} là trước ngày chốt số liệu {} của {}.",
            date_dmy(issued.issued_on),
            date_dmy(period.cut_off),
            period.title()
        ),
        "Không bản nào bị thay đổi.",
        "Hãy xem lại ngày trên bản đã ký và ghi đúng ngày đó.",
    ))
}

/// Refuses a number that another edition bears: numbers of a year begin with 01 on 1 January (decree 30/2020,
/// Article 15).
fn is_free(edition: &Edition, issued: &Issued, all: &[Edition]) -> Result<(), Told> {
    let year = issued.issued_on.year();
    let has_it = |other: &Issued| other.issued_on.year() == year && name_key(&other.number) == name_key(&issued.number);
    let others = all.iter().filter(|other| other.id != edition.id);
    match others.filter_map(Edition::issued).find(has_it) {
        None => Ok(()),
        Some(other) => Err(Told::new(
            format!(
                "Số {} đã dùng cho một báo cáo khác ban hành ngày {}; trong một năm mỗi văn bản có một số riêng \
                 (Nghị định 30/2020, Điều 15).",
                other.number,
                date_dmy(other.issued_on)
            ),
            "Không bản nào bị thay đổi.",
            "Hãy xem lại số, ký hiệu trên bản đã ký và ghi đúng số đó.",
        )),
    }
}

/// Refuses an edition whose text does not say that it replaces the one that is issued now.
fn follows(edition: &Edition, all: &[Edition]) -> Result<(), Told> {
    match standing(all, &edition.kind, &edition.period) {
        Some(issued) if edition.replaces != Some(issued.id) => Err(Told::new(
            format!(
                "Kỳ này đã ban hành báo cáo số {} ngày {}, mà bản này lập từ trước nên không nói là thay thế báo cáo đó.",
                issued.number.as_deref().unwrap_or("…"),
                issued.issued().map_or_else(|| "…".to_owned(), |i| date_dmy(i.issued_on)),
            ),
            "Không bản nào bị thay đổi.",
            "Hãy giữ một bản mới từ số liệu hiện nay, trình ký rồi ban hành bản đó (Nghị định 30/2020, Điều 18).",
        )),
        _ => Ok(()),
    }
}

/// The edition that one is compared with: that which it replaces, else the one of its period that was kept
/// before it.
#[must_use]
pub fn before<'a>(edition: &Edition, all: &'a [Edition]) -> Option<&'a Edition> {
    let of = |e: &&Edition| e.kind == edition.kind && e.period == edition.period && e.id != edition.id;
    match edition.replaces {
        Some(id) => all.iter().find(|e| e.id == id),
        None => all.iter().take_while(|e| e.id != edition.id).filter(of).last(),
    }
}

/// What differs between two editions of one period, each made again from its cut.
///
/// # Errors
/// As [`consolidation::figures`].
pub fn changes(store: &Store, before: &Edition, after: &Edition) -> Result<Option<Changes>, StoreError> {
    let Ok(period) = store.rule_packs()?.period(&after.kind, &after.period) else { return Ok(None) };
    let seen = |edition: &Edition| consolidation::figures(&store.as_of(edition.lsn)?, period);
    Ok(Some(Changes::between(&seen(before)?, &seen(after)?)))
}

/// One edition.
///
/// # Errors
/// For an identifier that is none.
pub fn one(store: &Store, id: RecordId) -> Result<Edition, Told> {
    let view = store.record(id)?.filter(|v| v.kind == Kind::Edition.code());
    let edition = view.as_ref().and_then(Edition::read);
    edition.ok_or_else(|| Told::refused(format!("Không có bản báo cáo mang mã {id}.")))
}

fn write(store: &mut Store, id: RecordId, values: Vec<(String, Value)>, by: &By) -> Result<(), Told> {
    commit(store, &[Act::Change { id, values }], by).map(|_| ())
}
