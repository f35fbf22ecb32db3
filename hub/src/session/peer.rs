//! Who is on the line.

use keng_domain::id::{Incarnation, NodeId};
use keng_domain::unit::UnitKey;
use keng_store::log::Subscription;
use keng_store::{Store, StoreError};

/// Who is on the line, by certificate.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The unit; certificates of the first version name no catalogue.
    pub unit: UnitKey,
    /// The installation.
    pub node: NodeId,
}

impl Peer {
    /// The key by which an incarnation signs; `None` unless the register knows it as this peer's.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn key_of(&self, store: &Store, incarnation: Incarnation) -> Result<Option<[u8; 32]>, StoreError> {
        let is_node = store.author(incarnation).is_some_and(|(_, node)| node == self.node);
        let is_unit = store.author_unit(incarnation)?.is_some_and(|unit| unit == self.unit);
        if is_node && is_unit { store.public_key(incarnation) } else { Ok(None) }
    }

    /// What the register says of an incarnation that comes as this peer, by link or by stick: its
    /// public key, and what it may receive; `None` for a stranger.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn known(
        &self,
        store: &Store,
        incarnation: Incarnation,
    ) -> Result<Option<([u8; 32], Subscription)>, StoreError> {
        let Some(key) = self.key_of(store, incarnation)? else { return Ok(None) };
        // The unit's own area, and what it was made of: never what has its code alone (I9, R31).
        let scopes = store.units()?.scopes_of(&self.unit);
        Ok(Some((key, Subscription { scopes, except: incarnation })))
    }
}

/// A caller without a certificate of a node.
#[derive(Debug, Clone, Copy)]
pub struct Peerless;

/// Reads who is on the line from the certificate's SAN URI, `keng://node/<catalogue>:<unit>/<node>`.
///
/// # Errors
/// [`Peerless`] without a certificate, or with one of another shape.
pub fn peer_of(certificate: &[u8]) -> Result<Peer, Peerless> {
    use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
    let (_, cert) = X509Certificate::from_der(certificate).map_err(|_| Peerless)?;
    let names = cert.subject_alternative_name().ok().flatten().ok_or(Peerless)?;
    let uri = names.value.general_names.iter().find_map(|name| match name {
        GeneralName::URI(uri) => uri.strip_prefix("keng://node/"),
        _ => None,
    });
    let (unit, node) = uri.and_then(|u| u.split_once('/')).ok_or(Peerless)?;
    Ok(Peer { unit: unit.parse().map_err(|_| Peerless)?, node: NodeId(node.to_owned()) })
}
