//! Fields with their contests and authors.

use automerge::iter::MapRangeItem;
use automerge::{Automerge, ChangeHash, ObjId, ROOT, ReadDoc};
use keng_domain::field::{Author, Candidate, Contest, Field, Fields, Value};
use keng_domain::id::{Incarnation, NodeId};
use keng_domain::point::rating_contests;
use keng_domain::unit::UnitCode;

use crate::record::{META_KEYS, Record, value_of};
use crate::sets::Sets;
use crate::stamp::Stamp;

/// Who stands behind an incarnation, by certificate: the register of nodes answers.
pub trait Authors {
    /// Unit and node of `incarnation`; `None` when the register does not know it (yet).
    fn of(&self, incarnation: Incarnation) -> Option<(UnitCode, NodeId)>;
}

impl<F: Fn(Incarnation) -> Option<(UnitCode, NodeId)>> Authors for F {
    fn of(&self, incarnation: Incarnation) -> Option<(UnitCode, NodeId)> {
        self(incarnation)
    }
}

/// The incarnation behind an Automerge actor; all zero for an actor of another length.
pub(crate) fn incarnation_of(actor: &automerge::ActorId) -> Incarnation {
    Incarnation::from_slice(actor.to_bytes()).unwrap_or(Incarnation([0; 16]))
}

impl Record {
    /// All fields but `kind`, `scope` and `owner`, contests included.
    ///
    /// A set is one field, its elements joined, and never contested. Equal concurrent values are settled. The interim value of a contest is the owner unit's;
    /// without one, the smallest value: the same on every replica.
    #[must_use]
    pub fn fields(&self, owner: &UnitCode, authors: &dyn Authors) -> Fields {
        let mut sets = Sets::of(self);
        let items = self.doc.map_range(ROOT, ..).filter(|item| !META_KEYS.contains(&item.key.as_ref()));
        let items = items.filter(|item| !sets.take(&item.key, || self.values_at(&item.key)));
        let read = |item: MapRangeItem<'_>| {
            let field = match item.conflict {
                true => self.field(&item.key, owner, authors)?,
                // One pass over the document instead of one search a key.
                false => Field::Settled(value_of(automerge::Value::from(item.value).as_scalar()?)?),
            };
            Some((item.key.into_owned(), field))
        };
        let mut fields = Fields(items.filter_map(read).collect());
        sets.into_fields(&mut fields);
        fields
    }

    fn field(&self, key: &str, owner: &UnitCode, authors: &dyn Authors) -> Option<Field> {
        let present = self.doc.get_all(ROOT, key).ok()?;
        let mut values: Vec<(Value, &ObjId)> =
            present.iter().filter_map(|(v, id)| Some((value_of(v.as_scalar()?)?, id))).collect();
        let first = values.first()?.0.clone();
        if values.iter().all(|(v, _)| *v == first) {
            return Some(Field::Settled(first));
        }
        let mut candidates: Vec<Candidate> =
            values.drain(..).map(|(value, id)| candidate(&self.doc, id, value, authors)).collect();
        candidates.sort_by(|a, b| {
            let order = |c: &Candidate| (c.side != *owner, c.value.clone(), c.author.incarnation);
            order(a).cmp(&order(b))
        });
        let interim = candidates.first()?.value.clone();
        Some(Field::Contested(Contest { interim, candidates }))
    }

    /// All contests nobody has settled: of single fields, and of yearly ratings between raters
    /// (key `ratings/<year>`, R12).
    #[must_use]
    pub fn contests(&self, owner: &UnitCode, fields: &Fields, authors: &dyn Authors) -> Vec<(String, Contest)> {
        let is_rating = |key: &str| key.starts_with("ratings/") || key.starts_with("approved/");
        let mut contests: Vec<(String, Contest)> =
            fields.contested().filter(|(k, _)| !is_rating(k)).map(|(k, c)| (k.to_owned(), c.clone())).collect();
        contests.extend(rating_contests(owner, fields, |key| {
            let (value, id) = self.doc.get(ROOT, key).ok()??;
            Some(candidate(&self.doc, &id, value_of(value.as_scalar()?)?, authors))
        }));
        contests
    }
}

pub(crate) fn candidate(doc: &Automerge, op: &ObjId, value: Value, authors: &dyn Authors) -> Candidate {
    let change = doc.hash_for_opid(op).and_then(|hash| doc.get_change_by_hash(&hash));
    let (incarnation, stamp, hash) = match &change {
        Some(c) => (incarnation_of(c.actor_id()), Stamp::read(c.message(), c.timestamp()), c.hash()),
        // Every visible value comes from a change of the document; were one missing, the value
        // is still shown, with an unknown author.
        None => (Incarnation([0; 16]), Stamp::read(None, 0), ChangeHash([0; 32])),
    };
    let author = author(incarnation, stamp, authors);
    Candidate { value, side: author.unit.clone(), author, change: hash.to_string() }
}

pub(crate) fn author(incarnation: Incarnation, stamp: Stamp, authors: &dyn Authors) -> Author {
    let (unit, node) = authors.of(incarnation).unwrap_or_else(|| (UnitCode::default(), NodeId(String::new())));
    Author {
        unit,
        node,
        incarnation,
        officer: stamp.officer,
        device_time_ms: stamp.device_time_ms,
        reason: stamp.reason,
    }
}

#[cfg(test)]
mod tests {
    use crate::gate;
    use crate::record::Record;
    use crate::record::tests::{point, stamp};
    use keng_domain::field::{Field, Value};
    use keng_domain::id::{Incarnation, NodeId};
    use keng_domain::unit::UnitCode;

    fn unit_of(i: Incarnation) -> Option<(UnitCode, NodeId)> {
        let unit = if i.0[0] == 1 { "610" } else { "62" };
        Some((unit.parse().unwrap(), NodeId(format!("{unit}-1"))))
    }

    fn edited(record: &Record, key: &str, value: i64, author: u8) -> Vec<u8> {
        record.clone().edit(&[(key.to_owned(), Value::Int(value))], Incarnation([author; 16]), &stamp("B")).unwrap()
    }

    fn merged(record: &Record, changes: &[Vec<u8>]) -> Record {
        let changes: Vec<_> = changes.iter().map(|c| gate::decode(c).unwrap()).collect();
        gate::apply(record.id, Some(&record.save()), &changes).unwrap()
    }

    #[test]
    fn concurrent_different_values_are_a_contest_and_the_owners_stands_in() {
        let (base, _) = point(1);
        let (mine, theirs) = (edited(&base, "teams", 7, 1), edited(&base, "teams", 3, 2));
        for order in [[mine.clone(), theirs.clone()], [theirs, mine]] {
            let fields = merged(&base, &order).fields(&"610".parse().unwrap(), &unit_of);
            let Some(Field::Contested(contest)) = fields.get("teams") else { panic!("no contest: {fields:?}") };
            let sides: Vec<_> = contest.candidates.iter().map(|c| (c.value.to_string(), c.side.to_string())).collect();
            assert_eq!(sides, [("7".to_owned(), "610".to_owned()), ("3".to_owned(), "62".to_owned())]);
            assert_eq!(contest.interim, Value::Int(7));
        }
    }

    #[test]
    fn equal_concurrent_values_are_no_contest() {
        let (base, _) = point(1);
        let both = merged(&base, &[edited(&base, "teams", 7, 1), edited(&base, "teams", 7, 2)]);
        assert_eq!(both.fields(&"610".parse().unwrap(), &unit_of).get("teams"), Some(&Field::Settled(Value::Int(7))));
    }

    #[test]
    fn different_fields_are_no_contest() {
        let (base, _) = point(1);
        let both = merged(&base, &[edited(&base, "teams", 7, 1), edited(&base, "members", 9, 2)]);
        assert_eq!(both.fields(&"610".parse().unwrap(), &unit_of).contested().count(), 0);
    }

    #[test]
    fn choosing_settles() {
        let (base, _) = point(1);
        let mut both = merged(&base, &[edited(&base, "teams", 7, 1), edited(&base, "teams", 9, 2)]);
        both.edit(&[("teams".to_owned(), Value::Int(9))], Incarnation([2; 16]), &stamp("C")).unwrap();
        assert_eq!(both.fields(&"610".parse().unwrap(), &unit_of).get("teams"), Some(&Field::Settled(Value::Int(9))));
    }

    #[test]
    fn two_units_who_rate_differently_contest_the_year() {
        let (mut base, _) = point(1);
        let owner: UnitCode = "610".parse().unwrap();
        base.edit(&[("ratings/2022/610".to_owned(), Value::from("tot"))], Incarnation([1; 16]), &stamp("A")).unwrap();
        base.edit(&[("ratings/2022/62".to_owned(), Value::from("yeu"))], Incarnation([2; 16]), &stamp("B")).unwrap();
        let contests = base.contests(&owner, &base.fields(&owner, &unit_of), &unit_of);
        assert_eq!(contests.len(), 1);
        assert_eq!(contests[0].0, "ratings/2022");
        let officers: Vec<_> = contests[0].1.candidates.iter().map(|c| c.author.officer.as_str()).collect();
        assert_eq!(officers, ["A", "B"]);
    }
}
