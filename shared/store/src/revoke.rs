//! Revocation: the province takes a node's right to send away.
//!
//! It is an edit of the node's records in the register, so it travels to every node and is traced
//! like any other. What the node sent before stays; what comes later is refused as a whole.

use std::collections::BTreeMap;

use keng_domain::id::{Incarnation, NodeId};
use keng_domain::schema::{REVOKED_AT, REVOKED_REASON};
use keng_records::stamp::Stamp;
use rusqlite::{Connection, OptionalExtension};

use crate::edit::Act;
use crate::error::damaged;
use crate::project::HUB_NODE;
use crate::{Store, StoreError, query};

/// When and why a node was revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// When, RFC 3339.
    pub at: String,
    /// Why, in the province's own words.
    pub reason: String,
}

/// Why a node cannot be revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevokeRefused {
    /// The register has no such node.
    Unknown,
    /// It is revoked already.
    Already(Revocation),
    /// It is the hub itself.
    IsHub,
}

impl Revocation {
    /// Two columns of `view_author`.
    pub(crate) fn of_columns(at: Option<String>, reason: Option<String>) -> Option<Self> {
        at.map(|at| Self { at, reason: reason.unwrap_or_default() })
    }
}

impl Store {
    /// Revokes a node: every life of its data folder that the register knows.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn revoke(
        &mut self,
        node: &NodeId,
        revocation: &Revocation,
        stamp: &Stamp,
        now_ms: i64,
    ) -> Result<Result<(), RevokeRefused>, StoreError> {
        if node.0 == HUB_NODE {
            return Ok(Err(RevokeRefused::IsHub));
        }
        if let Some(earlier) = self.revocation(node)? {
            return Ok(Err(RevokeRefused::Already(earlier)));
        }
        let lives = self.lives_of(node)?;
        if lives.is_empty() {
            return Ok(Err(RevokeRefused::Unknown));
        }
        let values = vec![
            (REVOKED_AT.to_owned(), revocation.at.as_str().into()),
            (REVOKED_REASON.to_owned(), revocation.reason.as_str().into()),
        ];
        let acts: Vec<Act> = lives
            .into_iter()
            .map(|life| Act::Change { id: query::register_record(life), values: values.clone() })
            .collect();
        self.commit(&acts, stamp, now_ms).map(|_| Ok(()))
    }

    /// When and why a node was revoked; `None` when it was not.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn revocation(&self, node: &NodeId) -> Result<Option<Revocation>, StoreError> {
        of(&self.db, node, &[])
    }

    /// All revoked nodes.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn revocations(&self) -> Result<BTreeMap<NodeId, Revocation>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT node, revoked_at, revoked_reason FROM view_author WHERE revoked_at IS NOT NULL ORDER BY node",
        )?;
        let found = statement.query_map([], |r| {
            let reason: Option<String> = r.get(2)?;
            Ok((NodeId(r.get(0)?), Revocation { at: r.get(1)?, reason: reason.unwrap_or_default() }))
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    fn lives_of(&self, node: &NodeId) -> Result<Vec<Incarnation>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT incarnation FROM view_author WHERE node = ?1")?;
        let found = statement.query_map([&node.0], |r| r.get::<_, Vec<u8>>(0))?;
        found.map(|life| Incarnation::from_slice(&life?).map_err(damaged)).collect()
    }
}

/// The revocation of a node, or of one life of its data folder whatever node it claims to be.
pub(crate) fn of(db: &Connection, node: &NodeId, incarnation: &[u8]) -> Result<Option<Revocation>, StoreError> {
    let found = db
        .prepare_cached(
            "SELECT revoked_at, revoked_reason FROM view_author
             WHERE (node = ?1 OR incarnation = ?2) AND revoked_at IS NOT NULL LIMIT 1",
        )?
        .query_row((&node.0, incarnation), |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    Ok(found.and_then(|(at, reason)| Revocation::of_columns(at, reason)))
}
