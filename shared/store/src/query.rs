//! What pages, commands and reports read.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use keng_domain::document::FileHash;
use keng_domain::explanation::Judgement;
use keng_domain::field::Fields;
use keng_domain::figures::judge_all;
use keng_domain::id::{Incarnation, RecordId};
use keng_domain::lineage::Lineage;
use keng_domain::model::Model;
use keng_domain::period::Period;
use keng_domain::point::Point;
use keng_domain::rule_pack::{RulePack, RulePacks};
use keng_domain::rules::spontaneous::SpontaneousModels;
use keng_domain::schema::{Kind, ORIGIN_SPONTANEOUS};
use keng_domain::scope::Scope;
use keng_domain::tree::Tree;
use keng_domain::unit::{Catalogue, CatalogueId, UnitCode, UnitKey};
use keng_domain::units::Units;
use rusqlite::{Connection, Row};
use sha2::{Digest, Sha256};

use crate::error::damaged;
use crate::{Role, Store, StoreError, project, verdicts};

/// A record as it reads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordView {
    /// Its identifier.
    pub id: RecordId,
    /// Code of its kind.
    pub kind: String,
    /// What it belongs to.
    pub scope: Scope,
    /// The unit whose values stand in for contested ones.
    pub owner: UnitCode,
    /// Its fields with their contests.
    pub fields: Fields,
}

/// The record that holds the rule packs; its history is the history of the rules.
#[must_use]
pub fn rule_pack_record() -> RecordId {
    named("rule pack")
}

/// The record that names the template of the statistics form in force; its history is the list of those
/// that were.
#[must_use]
pub fn template_record() -> RecordId {
    named("statistics template")
}

/// The record that holds a catalogue.
#[must_use]
pub fn catalogue_record(id: &CatalogueId) -> RecordId {
    named(&format!("catalogue {id}"))
}

/// The record that tells what became of the units of a catalogue: one a catalogue, since its units
/// go somewhere once.
#[must_use]
pub fn lineage_record(from: &CatalogueId) -> RecordId {
    named(&format!("lineage {from}"))
}

/// The record of an incarnation in the register of nodes.
#[must_use]
pub fn register_record(incarnation: Incarnation) -> RecordId {
    named(&format!("register {incarnation}"))
}

/// The record that says whom to call at a unit.
#[must_use]
pub fn contact_record(unit: &UnitKey) -> RecordId {
    named(&format!("contact {unit}"))
}

/// A record whose name is known beforehand: the first 16 bytes of a hash of it.
fn named(name: &str) -> RecordId {
    let hash: [u8; 32] = Sha256::digest(format!("keng record {name}")).into();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    RecordId(id)
}

pub(crate) fn catalogues(db: &Connection) -> Result<Vec<Catalogue>, StoreError> {
    let mut found = Vec::new();
    for view in records(db, "kind = 'catalogue'", [])? {
        let (Some(id), Some(csv)) = (view.fields.text("catalogue"), view.fields.text("csv")) else { continue };
        found.push(Catalogue::from_csv(id.parse().map_err(damaged)?, csv).map_err(damaged)?);
    }
    Ok(found)
}

/// All catalogues, with the confirmed changes between them.
pub(crate) fn units(db: &Connection) -> Result<Units, StoreError> {
    let mut lineages = Vec::new();
    for view in records(db, "kind = 'lineage'", [])? {
        let text = |key: &str| view.fields.text(key);
        let (Some(from), Some(to), Some(pairs)) = (text("from"), text("to"), text("pairs")) else { continue };
        let Some(effective) = view.fields.date("effective") else { continue };
        let (from, to) = (from.parse().map_err(damaged)?, to.parse().map_err(damaged)?);
        lineages.push(Lineage::of_record(from, to, effective, pairs).map_err(damaged)?);
    }
    Ok(Units::new(catalogues(db)?, lineages))
}

pub(crate) fn rule_packs(db: &Connection) -> Result<Option<RulePacks>, StoreError> {
    let Some(view) = record(db, rule_pack_record())? else { return Ok(None) };
    RulePacks::read(&view.fields).map_err(damaged)
}

/// The models whose origin their points may have: spontaneous ones, merged ones, and those that stand for them.
fn spontaneous_models(db: &Connection) -> Result<SpontaneousModels, StoreError> {
    let filter = "kind = 'model' AND (model IS NOT NULL OR instr(fields, ?1) > 0 OR record IN
        (SELECT m.model FROM view_record m WHERE m.kind = 'model' AND m.model IS NOT NULL))";
    let views = records(db, filter, [ORIGIN_SPONTANEOUS])?;
    let models: Vec<Model> = views.iter().map(|v| Model::read(v.id, &v.fields)).collect();
    Ok(SpontaneousModels::of(&models))
}

/// What lists, counts and reports see. A withdrawn model that a point still names is there: points
/// that others added to it must not lose it.
const LISTED: &str = "(NOT withdrawn OR kind = 'model' AND EXISTS
    (SELECT 1 FROM view_record p WHERE p.kind = 'point' AND p.model = view_record.record AND NOT p.withdrawn))";

const VIEW_COLUMNS: &str = "record, kind, scope, owner, fields";

fn view(row: &Row<'_>) -> Result<RecordView, StoreError> {
    let id: Vec<u8> = row.get(0)?;
    let (scope, owner, fields): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
    Ok(RecordView {
        id: RecordId::from_slice(&id).map_err(damaged)?,
        kind: row.get(1)?,
        scope: scope.parse().map_err(damaged)?,
        owner: owner.parse().map_err(damaged)?,
        fields: serde_json::from_str(&fields).map_err(damaged)?,
    })
}

fn records(db: &Connection, filter: &str, params: impl rusqlite::Params) -> Result<Vec<RecordView>, StoreError> {
    let sql = format!("SELECT {VIEW_COLUMNS} FROM view_record WHERE {filter} ORDER BY record");
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params)?;
    let mut views = Vec::new();
    while let Some(row) = found.next()? {
        views.push(view(row)?);
    }
    Ok(views)
}

fn record(db: &Connection, id: RecordId) -> Result<Option<RecordView>, StoreError> {
    Ok(records(db, "record = ?1", [id.0])?.pop())
}

/// Records of kind `document`: of one record, or all; in the order of identifiers.
pub(crate) fn documents(db: &Connection, of: Option<RecordId>) -> Result<Vec<RecordView>, StoreError> {
    match of {
        Some(record) => records(db, "kind = 'document' AND model = ?1", [record.0]),
        None => records(db, "kind = 'document'", []),
    }
}

/// Records of kind `document` that belong to records of `kind`, and whose file the hub of this epoch has
/// given a receipt for while it is not here.
pub(crate) fn documents_at_hub_of(db: &Connection, kind: Kind, epoch: &[u8]) -> Result<Vec<RecordView>, StoreError> {
    records(
        db,
        "kind = 'document' AND model IN (SELECT p.record FROM view_record p WHERE p.kind = ?1)
         AND EXISTS (SELECT 1 FROM blob b WHERE b.hash = unhex(lookup) AND b.here = 0 AND b.receipt_epoch = ?2)",
        (kind.code(), epoch),
    )
}

/// Records of kind `document` whose record is of the same scope, and whose fields name this kind of document.
pub(crate) fn documents_of_kind(db: &Connection, kind: &str) -> Result<Vec<RecordView>, StoreError> {
    records(
        db,
        "kind = 'document' AND instr(fields, ?1) > 0 AND EXISTS
             (SELECT 1 FROM view_record r WHERE r.record = view_record.model AND r.scope = view_record.scope)",
        [format!("\"{kind}\"")],
    )
}

/// Records of kind `document` that name a file.
pub(crate) fn documents_naming(db: &Connection, hash: &FileHash) -> Result<Vec<RecordView>, StoreError> {
    records(db, "kind = 'document' AND lookup = ?1", [hash.to_string()])
}

impl Store {
    /// One record; `None` when it is not here.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn record(&self, id: RecordId) -> Result<Option<RecordView>, StoreError> {
        record(&self.db, id)?.map(|view| self.opened(view)).transpose()
    }

    /// All records of a kind, in the order of identifiers, without withdrawn ones.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn records(&self, kind: Kind) -> Result<Vec<RecordView>, StoreError> {
        let found = records(&self.db, &format!("kind = ?1 AND {LISTED}"), [kind.code()])?;
        found.into_iter().map(|view| self.opened(view)).collect()
    }

    /// The withdrawn records of a kind, which no list, count or report has.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn withdrawn(&self, kind: Kind) -> Result<Vec<RecordView>, StoreError> {
        let found = records(&self.db, &format!("kind = ?1 AND NOT {LISTED}"), [kind.code()])?;
        found.into_iter().map(|view| self.opened(view)).collect()
    }

    /// Models in the order in which they came here.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn models(&self) -> Result<Vec<Model>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT record, fields FROM view_record WHERE kind = 'model' AND {LISTED}
             ORDER BY (SELECT min(c.lsn) FROM change c WHERE c.record = view_record.record), record",
        ))?;
        let found = statement.query_map([], |r| Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, String>(1)?)))?;
        found
            .map(|row| {
                let (id, fields) = row?;
                let fields = serde_json::from_str(&fields).map_err(damaged)?;
                Ok(Model::read(RecordId::from_slice(&id).map_err(damaged)?, &fields))
            })
            .collect()
    }

    /// All points, in the order of identifiers; those without an origin have that of their model (R4).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn points(&self) -> Result<Vec<Point>, StoreError> {
        self.as_points(&self.records(Kind::Point)?)
    }

    /// What these records of points say, each with its model's origin where it has none of its own (R4).
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn as_points(&self, views: &[RecordView]) -> Result<Vec<Point>, StoreError> {
        let models = spontaneous_models(&self.db)?;
        let read = |v: &RecordView| models.lend_origin(Point::of(v.id, &v.scope, &v.fields), &v.fields);
        Ok(views.iter().map(read).collect())
    }

    /// Records of a kind under a lookup key: [`keng_domain::text::name_key`] of a model's name,
    /// [`project::point_lookup`] of a point.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn find(&self, kind: Kind, lookup: &str) -> Result<Vec<RecordView>, StoreError> {
        records(&self.db, &format!("kind = ?1 AND lookup = ?2 AND {LISTED}"), [kind.code(), lookup])
    }

    /// Records of a kind that belong to `record`: points, nominations, exemplars of a model, committees,
    /// teams and surveys of a model or point. In the order of identifiers.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn belonging(&self, kind: Kind, record: RecordId) -> Result<Vec<RecordView>, StoreError> {
        let found = records(&self.db, &format!("kind = ?1 AND model = ?2 AND {LISTED}"), (kind.code(), record.0))?;
        found.into_iter().map(|view| self.opened(view)).collect()
    }

    /// The record's saved document: an ordinary Automerge document.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn document(&self, id: RecordId) -> Result<Option<keng_records::record::Record>, StoreError> {
        let saved = project::document(&self.db, id)?;
        saved.map(|bytes| keng_records::record::Record::load(id, &bytes).map_err(damaged)).transpose()
    }

    /// All catalogues of units.
    ///
    /// # Errors
    /// Whatever SQLite says, or a damaged catalogue.
    pub fn catalogues(&self) -> Result<Vec<Catalogue>, StoreError> {
        catalogues(&self.db)
    }

    /// All catalogues, with the confirmed changes between them.
    ///
    /// # Errors
    /// Whatever SQLite says, or a damaged record.
    pub fn units(&self) -> Result<Units, StoreError> {
        units(&self.db)
    }

    /// The tree of the own unit's catalogue; at the hub, of the one in force on `day`.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync.
    pub fn tree(&self, day: NaiveDate) -> Result<Tree, StoreError> {
        let (units, own) = (self.units()?, self.identity.unit_key());
        let tree = match self.identity.role {
            Role::Hub => Tree::in_force(units, &own, day),
            Role::Node => units.home(&own).map(|c| c.id.clone()).and_then(|id| Tree::of(units, &own, &id)),
        };
        tree.ok_or(StoreError::NoCatalogue)
    }

    /// All rule packs that were adopted.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync.
    pub fn rule_packs(&self) -> Result<RulePacks, StoreError> {
        rule_packs(&self.db)?.ok_or(StoreError::NoCatalogue)
    }

    /// The rule pack that judges a year.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync.
    pub fn rule_pack_of(&self, year: i32) -> Result<RulePack, StoreError> {
        Ok(self.rule_packs()?.of_year(year).clone())
    }

    /// The rule pack adopted last: for what is of no year.
    ///
    /// # Errors
    /// [`StoreError::NoCatalogue`] before the first sync.
    pub fn rule_pack(&self) -> Result<RulePack, StoreError> {
        Ok(self.rule_packs()?.latest().clone())
    }

    /// The verdicts of a year, after merges, by model.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn verdicts(&self, year: i32) -> Result<BTreeMap<RecordId, Judgement>, StoreError> {
        if !verdicts::years(&self.db)?.contains(&year) {
            // Nobody has rated for that year yet: nothing is kept, everything is unrated.
            let pack = self.rule_pack_of(year)?;
            let cut_off = Period::annual(year, &pack.periods).cut_off;
            let (models, points) = (self.models()?, self.points()?);
            let judged = judge_all(&models, &points, year, cut_off, &pack);
            return Ok(judged.into_iter().map(|(id, (_, j))| (id, j)).collect());
        }
        let mut statement = self.db.prepare_cached("SELECT model, judgement FROM view_verdict WHERE year = ?1")?;
        let found = statement.query_map([year], |r| Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, String>(1)?)))?;
        found
            .map(|row| {
                let (model, judgement) = row?;
                Ok((RecordId::from_slice(&model).map_err(damaged)?, serde_json::from_str(&judgement).map_err(damaged)?))
            })
            .collect()
    }

    /// The latest year for which anybody has rated; before that, the year of the last entry.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn current_year(&self) -> Result<i32, StoreError> {
        use chrono::Datelike;
        if let Some(year) = verdicts::years(&self.db)?.last() {
            return Ok(*year);
        }
        let at: i64 = self.db.query_row("SELECT coalesce(max(stored_at_ms), 0) FROM entry", [], |r| r.get(0))?;
        Ok(DateTime::from_timestamp_millis(at).unwrap_or_default().year())
    }

    /// When the province's log begins, in milliseconds since 1970: before it, this program was asked for nothing.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn log_began_ms(&self) -> Result<Option<i64>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT coalesce(hub_at_ms, stored_at_ms) FROM entry ORDER BY lsn LIMIT 1")?;
        Ok(statement.query_map([], |r| r.get(0))?.next().transpose()?)
    }

    /// For each unit whose nodes have written anything: when the last of it arrived here.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn received(&self) -> Result<BTreeMap<UnitKey, DateTime<Utc>>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT a.unit, a.catalogue, max(e.stored_at_ms) FROM feed f
             JOIN view_author a ON a.incarnation = f.incarnation
             JOIN entry e ON e.feed = f.id AND e.seq = (SELECT max(l.seq) FROM entry l WHERE l.feed = f.id)
             WHERE a.is_hub = 0 GROUP BY a.unit, a.catalogue",
        )?;
        let found = statement
            .query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, Option<String>>(1)?, r.get::<_, i64>(2)?)))?;
        found
            .map(|row| {
                let (unit, catalogue, at) = row?;
                Ok((
                    project::unit_key(&unit, catalogue.as_deref())?,
                    DateTime::from_timestamp_millis(at).unwrap_or_default(),
                ))
            })
            .collect()
    }

    /// Which of these records have changes that wait for a receipt.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn unsent_records(&self) -> Result<std::collections::HashSet<RecordId>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT DISTINCT c.record FROM entry e JOIN change c ON c.lsn = e.lsn WHERE e.hub_lsn IS NULL",
        )?;
        let found = statement.query_map([], |r| r.get::<_, Vec<u8>>(0))?;
        found.map(|id| RecordId::from_slice(&id?).map_err(damaged)).collect()
    }

    /// Every row of every view, as text: equal on replicas that hold the same entries.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn views_as_text(&self) -> Result<String, StoreError> {
        let mut out = String::new();
        for sql in [
            "SELECT hex(record) || hex(heads) FROM document ORDER BY record",
            "SELECT hex(record) || kind || scope || owner || coalesce(hex(model), '') || lookup || fields FROM view_record ORDER BY record",
            "SELECT id || hex(record) || field || contest FROM view_contest ORDER BY id",
            "SELECT hex(record) || written FROM view_parallel ORDER BY record",
            "SELECT hex(incarnation) || node || unit || coalesce(catalogue, '') || hex(public_key) || is_hub || coalesce(revoked_at, '') || coalesce(revoked_reason, '') FROM view_author ORDER BY incarnation",
            "SELECT year || hex(model) || json_array(records, rated, points, eligible, effective, unrated, contested) FROM view_tally ORDER BY year, model",
            "SELECT year || hex(model) || judgement FROM view_verdict ORDER BY year, model",
        ] {
            let mut statement = self.db.prepare(sql)?;
            for line in statement.query_map([], |r| r.get::<_, String>(0))? {
                out.push_str(&line?);
                out.push('\n');
            }
        }
        Ok(out)
    }
}
