//! The province takes a node's right to send away, at any moment: what came before stays, nothing comes after, the
//! others go on, and the node keeps what it has and can say why nobody takes it.

use std::collections::BTreeSet;

use keng_domain::id::{Lsn, NodeId};
use keng_records::stamp::Stamp;
use keng_store::log::Log;
use keng_store::revoke::Revocation;

use super::Site;
use super::checks::{Checked, Violation, log_of};
use super::world::World;

const REASON: &str = "Máy bị mất ngày 08/11";

impl World {
    /// An administrator revokes a node by a command beside the running hub, which hears of it when it looks.
    pub(super) fn revoke(&mut self, n: usize) -> Checked {
        let (name, now_ms) = (self.nodes[n].name.clone(), self.now(Site::Hub));
        let Some(store) = &mut self.hub.store else { return Ok(()) };
        let before = store.tail()?;
        let revocation = Revocation { at: "2022-11-08T00:00:00Z".to_owned(), reason: REASON.to_owned() };
        let stamp =
            Stamp { officer: "Thường trực".into(), device_time_ms: now_ms, reason: Some(REASON.to_owned()) };
        let outcome = store.revoke(&NodeId(name.clone()), &revocation, &stamp, now_ms)?;
        let after = store.tail()?;
        if let Err(refused) = outcome {
            return Err(Violation::world(format!("{name} cannot be revoked: {refused:?}")));
        }
        self.trace.note(format!("hub: revokes {name}"));
        self.note_saved(Site::Hub, before)?;
        self.revoked.insert(name, after);
        self.tally.revocations += 1;
        Ok(())
    }

    pub(super) fn is_revoked(&self, n: usize) -> bool {
        self.revoked.contains_key(&self.nodes[n].name)
    }

    /// Revoked nodes, their copies included.
    pub(super) fn revoked_sites(&self) -> BTreeSet<Site> {
        (0..self.nodes.len()).filter(|n| self.is_revoked(*n)).map(Site::Node).collect()
    }

    /// At rest: nothing of a revoked node stands in the log after its revocation (I4), it holds all that the hub
    /// has of it (I1), and the officer reads why.
    pub(super) fn check_revoked(&mut self) -> Checked {
        let log = log_of(self.hub.store()?)?;
        let hub = self.hub.store()?;
        for node in &self.nodes {
            let Some(Lsn(last)) = self.revoked.get(&node.name) else {
                if let Some(told) = &node.told_revoked {
                    return Err(Violation::new("I4", format!("{} is not revoked, and reads: {told}", node.name)));
                }
                continue;
            };
            let late = log.iter().find(|e| e.lsn.0 > *last && node.is_life(e.entry.feed.incarnation));
            if let Some(late) = late {
                let what = format!("{} was revoked at {last}, and the log has {:?}", node.name, late.entry.feed);
                return Err(Violation::new("I4", format!("{what} at {}", late.lsn)));
            }
            if !node.told_revoked.as_ref().is_some_and(|told| told.contains(REASON)) {
                let what = format!("{} is revoked, and its officer reads {:?}", node.name, node.told_revoked);
                return Err(Violation::new("I4", what));
            }
            let Some(store) = node.store.as_ref().filter(|_| !self.copies.has_name(&self.nodes, &node.name)) else {
                continue;
            };
            for life in node.keys.keys() {
                let own = store.heads_of(*life)?;
                let lost = hub
                    .heads_of(*life)?
                    .into_iter()
                    .find(|(scope, seq, _)| !own.iter().any(|(here, held, _)| here == scope && held >= seq));
                if let Some(lost) = lost {
                    return Err(Violation::new("I1", format!("{} has lost what the hub holds: {lost:?}", node.name)));
                }
            }
        }
        Ok(())
    }
}
