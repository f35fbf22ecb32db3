//! A change written again by another author, on the heads that its first author had seen.
//!
//! Two folders that wrote as one incarnation have used the same (actor, seq) twice, and Automerge
//! takes only one of the two changes. The other one is not lost: its puts are made again by a new
//! incarnation on the same heads, so that where both wrote one field, both values stand as
//! candidates (DESIGN §4.2; `fork_at` and `merge`, tried with Automerge 0.12).

use std::collections::HashMap;

use automerge::legacy::{Key, OpType};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, Change, ChangeHash, ROOT};
use keng_domain::id::{Incarnation, RecordId};

use crate::record::Record;

/// Why a change could not be written again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRewritten {
    /// It is no change that this version can read.
    #[error("the change cannot be read: {0}")]
    Unreadable(String),
    /// What its author had seen is not here.
    #[error("what its author had seen is not here: {0}")]
    Unseen(String),
}

impl Record {
    /// A record of which nothing is here yet: its first change will be written again.
    #[must_use]
    pub fn empty(id: RecordId) -> Self {
        Self { id, doc: Automerge::new(), saved: None }
    }

    /// Writes `change` again as `author`, with its officer, device time and reason. `rewritten` maps
    /// the hashes of changes that were written again before to what they became; this one joins it.
    ///
    /// Returns the new change's bytes; `None` when it said nothing that can be said again.
    ///
    /// # Errors
    /// [`NotRewritten`]; the record is as it was.
    pub fn reauthor(
        &mut self,
        change: &[u8],
        author: Incarnation,
        rewritten: &mut HashMap<[u8; 32], [u8; 32]>,
    ) -> Result<Option<Vec<u8>>, NotRewritten> {
        let old = Change::from_bytes(change.to_vec()).map_err(|e| NotRewritten::Unreadable(e.to_string()))?;
        let seen: Vec<ChangeHash> =
            old.deps().iter().map(|hash| ChangeHash(rewritten.get(&hash.0).copied().unwrap_or(hash.0))).collect();
        let unseen = |e: automerge::AutomergeError| NotRewritten::Unseen(e.to_string());
        let mut fork = if seen.is_empty() { Automerge::new() } else { self.doc.fork_at(&seen).map_err(unseen)? };
        fork.set_actor(ActorId::from(author.0));
        let mut options = CommitOptions::default().with_time(old.timestamp());
        if let Some(message) = old.message() {
            options = options.with_message(message.to_owned());
        }
        let mut transaction = fork.transaction();
        for op in &old.decode().operations {
            let Key::Map(key) = &op.key else { continue };
            let done = match &op.action {
                OpType::Put(value) => transaction.put(ROOT, key.as_str(), value.clone()),
                OpType::Delete => transaction.delete(ROOT, key.as_str()),
                _ => continue,
            };
            done.map_err(unseen)?;
        }
        transaction.commit_with(options);
        let Some(new) = fork.get_last_local_change().map(|c| (c.hash().0, c.raw_bytes().to_vec())) else {
            return Ok(None);
        };
        self.saved = None;
        self.doc.merge(&mut fork).map_err(unseen)?;
        rewritten.insert(old.hash().0, new.0);
        Ok(Some(new.1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use crate::gate;
    use crate::record::Record;
    use crate::record::tests::{point, stamp};
    use keng_domain::field::{Field, Value};
    use keng_domain::id::{Incarnation, NodeId};

    fn nobody(_: Incarnation) -> Option<(keng_domain::unit::UnitCode, NodeId)> {
        None
    }

    fn set(record: &mut Record, key: &str, value: i64, officer: &str) -> Vec<u8> {
        record.edit(&[(key.to_owned(), Value::Int(value))], Incarnation([1; 16]), &stamp(officer)).unwrap()
    }

    /// The folder was copied, and both copies went on as the same incarnation.
    #[test]
    fn two_histories_of_one_author_come_out_as_a_contest() {
        let (mut kept, _) = point(1);
        let mut copy = kept.clone();
        let theirs = set(&mut kept, "teams", 9, "kept");
        let mine = [set(&mut copy, "teams", 7, "copy"), set(&mut copy, "members", 40, "copy")];
        assert!(gate::apply(copy.id, Some(&copy.save()), &[gate::decode(&theirs).unwrap()]).is_err());

        let mut rewritten = HashMap::new();
        let new: Vec<_> = mine
            .iter()
            .map(|c| kept.reauthor(c, Incarnation([2; 16]), &mut rewritten).unwrap().unwrap())
            .map(|c| gate::decode(&c).unwrap())
            .collect();
        assert_eq!(new.iter().map(gate::Decoded::author).collect::<Vec<_>>(), [Incarnation([2; 16]); 2]);
        let fields = kept.fields(&"610".parse().unwrap(), &nobody);
        let Some(Field::Contested(contest)) = fields.get("teams") else { panic!("{fields:?}") };
        let told: Vec<_> = contest.candidates.iter().map(|c| (c.value.to_string(), c.author.officer.clone())).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.contains(&("7".into(), "copy".into())) && told.contains(&("9".into(), "kept".into())), "{told:?}");
        assert_eq!(fields.get("members"), Some(&Field::Settled(Value::Int(40))));
        assert_eq!(Record::load(kept.id, &kept.save()).unwrap().heads(), kept.heads());
    }

    #[test]
    fn a_record_that_only_the_copy_has_is_made_again_whole() {
        let (record, first) = point(1);
        let mut again = Record::empty(record.id);
        let new = again.reauthor(&first, Incarnation([2; 16]), &mut HashMap::new()).unwrap().unwrap();
        assert!(gate::decode(&new).unwrap().is_first());
        assert_eq!(again.meta().unwrap(), record.meta().unwrap());
        let owner = "610".parse().unwrap();
        assert_eq!(again.fields(&owner, &nobody).get("teams"), record.fields(&owner, &nobody).get("teams"));
    }

    #[test]
    fn what_its_author_had_seen_must_be_here() {
        let (mut record, _) = point(1);
        set(&mut record, "teams", 7, "A");
        let late = set(&mut record, "teams", 8, "A");
        let (mut short, _) = point(1);
        assert!(short.reauthor(&late, Incarnation([2; 16]), &mut HashMap::new()).is_err());
        assert!(short.reauthor(b"nothing", Incarnation([2; 16]), &mut HashMap::new()).is_err());
    }
}
