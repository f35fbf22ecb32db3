//! Tokens, the register of nodes, and what the hub last heard from each.

use keng_domain::id::{Incarnation, NodeId};
use keng_domain::schema::{Kind, UNIT_CATALOGUE};
use keng_domain::scope::Scope;
use keng_domain::unit::UnitKey;
use keng_proto::Introduction;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_sync::session::LifeReason;
use rusqlite::{OptionalExtension, TransactionBehavior};

use crate::edit::Act;
use crate::error::damaged;
use crate::project::HUB_NODE;
use crate::revoke::Revocation;
use crate::{Store, StoreError, project, query};

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRefused {
    /// Not one of ours.
    Unknown,
    /// A node has used it already.
    Used,
    /// Its time has passed.
    Expired,
}

/// A node of the register, with what was last heard from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// The installation.
    pub node: NodeId,
    /// Its unit by certificate.
    pub unit: UnitKey,
    /// The life of its data folder.
    pub incarnation: Incarnation,
    /// What was last heard; `None` before the first session.
    pub contact: Option<Contact>,
    /// Its entries in quarantine.
    pub quarantined: u64,
    /// Set when the province took its right to send away.
    pub revoked: Option<Revocation>,
}

/// What the hub last heard from a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// When, by the hub's clock.
    pub last_contact_ms: i64,
    /// At that moment the node had nothing left to send.
    pub complete_to_ms: Option<i64>,
    /// Entries it said it still had.
    pub pending: u64,
    /// Its clock minus the hub's.
    pub clock_offset_ms: i64,
    /// Its program and version.
    pub software: String,
    /// A session is open.
    pub live: bool,
}

impl Store {
    /// Remembers a token that was handed out.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn add_token(
        &mut self,
        secret_hash: &[u8; 32],
        unit: impl Into<UnitKey>,
        expires_at_ms: i64,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO token (secret_hash, unit, expires_at_ms) VALUES (?1, ?2, ?3)",
            (secret_hash, unit.into().to_string(), expires_at_ms),
        )?;
        Ok(())
    }

    /// Uses a token up and names the new node, `<unit>-<number>`.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn use_token(
        &mut self,
        secret_hash: &[u8; 32],
        now_ms: i64,
    ) -> Result<Result<(UnitKey, NodeId), TokenRefused>, StoreError> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: Option<(String, i64, Option<String>)> = tx
            .query_row("SELECT unit, expires_at_ms, used_by FROM token WHERE secret_hash = ?1", [secret_hash], |r| {
                Ok((r.get(0)?, r.get(1)?, r.get(2)?))
            })
            .optional()?;
        let Some((unit, expires_at_ms, used_by)) = found else { return Ok(Err(TokenRefused::Unknown)) };
        if used_by.is_some() {
            return Ok(Err(TokenRefused::Used));
        }
        if expires_at_ms <= now_ms {
            return Ok(Err(TokenRefused::Expired));
        }
        let unit: UnitKey = unit.parse().map_err(damaged)?;
        let code = unit.code.as_str();
        // Counted by code alone: units of two catalogues may share it, nodes never share a name.
        let number: i64 = tx.query_row(
            "SELECT count(*) + 1 FROM token
             WHERE used_by IS NOT NULL AND (unit = ?1 OR substr(unit, instr(unit, ':') + 1) = ?1)",
            [code],
            |r| r.get(0),
        )?;
        let node = format!("{code}-{number}");
        tx.execute("UPDATE token SET used_by = ?2 WHERE secret_hash = ?1", (secret_hash, &node))?;
        tx.commit()?;
        Ok(Ok((unit, NodeId(node))))
    }

    /// Enters an incarnation into the register: a record of the province, so that every node
    /// can tell who stands behind a change.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn register(
        &mut self,
        incarnation: Incarnation,
        node: &NodeId,
        unit: impl Into<UnitKey>,
        public_key: &[u8; 32],
        stamp: &Stamp,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let introduction = Introduction {
            incarnation: incarnation.0.to_vec().into(),
            reason: LifeReason::Joined.to_string(),
            ..Introduction::default()
        };
        self.register_life(node, unit, &introduction, public_key, stamp, now_ms)
    }

    /// [`Store::register`], for a life that follows another one: the register says which, and why.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn register_life(
        &mut self,
        node: &NodeId,
        unit: impl Into<UnitKey>,
        introduction: &Introduction,
        public_key: &[u8; 32],
        stamp: &Stamp,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let incarnation = Incarnation::from_slice(&introduction.incarnation).map_err(damaged)?;
        let UnitKey { catalogue, code } = unit.into();
        let mut values = vec![
            ("incarnation", incarnation.to_string()),
            ("node", node.to_string()),
            ("unit", code.to_string()),
            ("public_key", hex::encode(public_key)),
        ];
        values.extend(catalogue.map(|id| (UNIT_CATALOGUE, id.to_string())));
        if let Ok(previous) = Incarnation::from_slice(&introduction.previous) {
            values.push(("previous", previous.to_string()));
            values.push(("life_reason", introduction.reason.clone()));
        }
        let act = Act::Create {
            id: query::register_record(incarnation),
            meta: Meta {
                kind: Kind::Register.code().to_owned(),
                scope: Scope::Province,
                owner: self.identity.province.clone(),
            },
            values: values.into_iter().map(|(k, v)| (k.to_owned(), v.into())).collect(),
        };
        self.commit(&[act], stamp, now_ms).map(|_| ())
    }

    /// The public key by which an incarnation signs; `None` when the register does not know it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn public_key(&self, incarnation: Incarnation) -> Result<Option<[u8; 32]>, StoreError> {
        crate::signatures::public_key(&self.db, incarnation)
    }

    /// Notes what a node said of itself.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn note_contact(
        &mut self,
        node: &NodeId,
        incarnation: Incarnation,
        contact: &Contact,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO contact (node, incarnation, last_contact_ms, complete_to_ms, pending, clock_offset_ms, software, live)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (incarnation) DO UPDATE SET node = excluded.node, last_contact_ms = excluded.last_contact_ms,
                     complete_to_ms = coalesce(excluded.complete_to_ms, complete_to_ms), pending = excluded.pending,
                     clock_offset_ms = excluded.clock_offset_ms, software = excluded.software, live = excluded.live",
            )?
            .execute((
                &node.0,
                incarnation.0,
                contact.last_contact_ms,
                contact.complete_to_ms,
                contact.pending as i64,
                contact.clock_offset_ms,
                &contact.software,
                contact.live,
            ))?;
        Ok(())
    }

    /// Sessions do not outlive the program: after a start none is open.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn close_contacts(&mut self) -> Result<(), StoreError> {
        self.db.execute("UPDATE contact SET live = 0", [])?;
        Ok(())
    }

    /// All nodes of the register but the hub, in the order of their names.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn nodes(&self) -> Result<Vec<NodeView>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT a.node, a.unit, a.incarnation, c.last_contact_ms, c.complete_to_ms, c.pending, c.clock_offset_ms, c.software, c.live,
                 (SELECT count(*) FROM quarantine q WHERE q.node = a.node) + (SELECT count(*) FROM refused_push p WHERE p.node = a.node),
                 a.revoked_at, a.revoked_reason, a.catalogue
             FROM view_author a LEFT JOIN contact c ON c.incarnation = a.incarnation
             WHERE a.node <> ?1 ORDER BY a.unit, a.node, a.incarnation",
        )?;
        let mut found = statement.query([HUB_NODE])?;
        let mut nodes = Vec::new();
        while let Some(row) = found.next()? {
            let (unit, incarnation): (String, Vec<u8>) = (row.get(1)?, row.get(2)?);
            let contact = match row.get::<_, Option<i64>>(3)? {
                None => None,
                Some(last_contact_ms) => Some(Contact {
                    last_contact_ms,
                    complete_to_ms: row.get(4)?,
                    pending: row.get::<_, i64>(5)? as u64,
                    clock_offset_ms: row.get(6)?,
                    software: row.get(7)?,
                    live: row.get(8)?,
                }),
            };
            nodes.push(NodeView {
                node: NodeId(row.get(0)?),
                unit: project::unit_key(&unit, row.get::<_, Option<String>>(12)?.as_deref())?,
                incarnation: Incarnation::from_slice(&incarnation).map_err(damaged)?,
                contact,
                quarantined: row.get::<_, i64>(9)? as u64,
                revoked: Revocation::of_columns(row.get(10)?, row.get(11)?),
            });
        }
        Ok(nodes)
    }
}
