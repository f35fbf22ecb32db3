//! Parallel edits ("song song"): different fields of one record, written by people who did not
//! know of each other. Both values stand; officers are told because the record as a whole is
//! one that nobody has seen before it was put together.

use std::collections::HashMap;

use automerge::{ChangeHash, ROOT, ReadDoc};
use keng_domain::field::{Contest, Parallel};
use keng_domain::unit::UnitCode;

use crate::gate::DEPENDENCIES_MAX;
use crate::reading::{Authors, candidate};
use crate::record::{META_KEYS, Record, value_of};
use crate::sets::field_of;

/// Values told of one record. It has a few dozen fields; a hostile one may have any number.
pub const PARALLEL_MAX: usize = 64;

impl Record {
    /// The values that stand in fields of this record although no change has seen them together,
    /// each by another incarnation than at least one of the others; the owner unit's first.
    ///
    /// Two changes count as long as no later change has seen both: the next edit on top of both
    /// ends it, and history is left to the trace. Fields in `contests` are contests already, and
    /// equal concurrent values are no question; neither is repeated here. Empty when there is
    /// nothing to tell.
    #[must_use]
    pub fn parallel(&self, owner: &UnitCode, contests: &[(String, Contest)], authors: &dyn Authors) -> Vec<Parallel> {
        let heads = self.doc.get_heads();
        // One head has seen everything. More of them than a change can stand on come from no
        // honest replica, and nobody would read the list.
        if heads.len() < 2 || heads.len() > DEPENDENCIES_MAX {
            return Vec::new();
        }
        let (kind, seen_by) = (self.kind(), self.seen_by(&heads));
        let keys = self.doc.keys(ROOT).filter(|k| !META_KEYS.contains(&k.as_str()));
        let open = keys.filter(|k| !contests.iter().any(|(field, _)| field == group_of(k)));
        let mut standing: Vec<(Parallel, &Bits)> = open
            .filter_map(|key| {
                let present = self.doc.get_all(ROOT, &key).ok()?;
                let [(value, id)] = present.as_slice() else { return None };
                let bits = seen_by.get(&self.doc.hash_for_opid(id)?)?;
                let written = candidate(&self.doc, id, value_of(value.as_scalar()?)?, authors);
                Some((Parallel { field: field_of(kind, &key).to_owned(), written }, bits))
            })
            .collect();
        standing.sort_by(|(a, _), (b, _)| {
            let order = |p: &Parallel| (p.written.side != *owner, p.written.side.clone(), p.field.clone());
            order(a).cmp(&order(b))
        });
        let apart = |(a, in_a): &(Parallel, &Bits), (b, in_b): &(Parallel, &Bits)| {
            a.written.author.incarnation != b.written.author.incarnation
                && group_of(&a.field) != group_of(&b.field)
                && in_a.iter().zip(in_b.iter()).all(|(a, b)| a & b == 0)
        };
        let told = standing.iter().filter(|one| standing.iter().any(|other| apart(one, other)));
        told.map(|(p, _)| p.clone()).take(PARALLEL_MAX).collect()
    }

    /// For each change, which of `heads` have seen it.
    fn seen_by(&self, heads: &[ChangeHash]) -> HashMap<ChangeHash, Bits> {
        let changes = self.doc.get_changes_meta(&[]);
        let words = heads.len().div_ceil(64);
        let mut seen: HashMap<ChangeHash, Bits> = HashMap::with_capacity(changes.len());
        for (i, head) in heads.iter().enumerate() {
            seen.entry(*head).or_insert_with(|| vec![0; words])[i / 64] |= 1 << (i % 64);
        }
        // Causes stand before effects, so that backwards each change is complete when it is met.
        for change in changes.iter().rev() {
            let Some(bits) = seen.get(&change.hash).cloned() else { continue };
            for cause in &change.deps {
                let of_cause = seen.entry(*cause).or_insert_with(|| vec![0; words]);
                of_cause.iter_mut().zip(&bits).for_each(|(to, from)| *to |= from);
            }
        }
        seen
    }
}

/// A set of heads, one bit each.
type Bits = Vec<u64>;

/// What people call one field: all raters of a year belong together, as in a contest.
fn group_of(key: &str) -> &str {
    match key.match_indices('/').nth(1) {
        Some((end, _)) if key.starts_with("ratings/") => &key[..end],
        _ => key,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use keng_domain::field::Value;
    use keng_domain::id::{Incarnation, NodeId};
    use keng_domain::unit::UnitCode;
    use proptest::prelude::{ProptestConfig, Strategy, prop_assert_eq, proptest};

    use crate::gate;
    use crate::record::Record;
    use crate::record::tests::{point, stamp};

    fn unit_of(i: Incarnation) -> Option<(UnitCode, NodeId)> {
        let unit = if i.0[0] == 1 { "610" } else { "62" };
        Some((unit.parse().unwrap(), NodeId(format!("{unit}-1"))))
    }

    fn set(record: &mut Record, key: &str, value: i64, author: u8) -> Vec<u8> {
        record.edit(&[(key.to_owned(), Value::Int(value))], Incarnation([author; 16]), &stamp("B")).unwrap_or_default()
    }

    fn join(record: &Record, changes: &[Vec<u8>]) -> Record {
        let changes: Vec<_> = changes.iter().filter(|c| !c.is_empty()).map(|c| gate::decode(c).unwrap()).collect();
        gate::apply(record.id, Some(&record.save()), &changes).unwrap()
    }

    fn told(record: &Record) -> Vec<(String, String)> {
        let owner: UnitCode = "610".parse().unwrap();
        let contests = record.contests(&owner, &record.fields(&owner, &unit_of), &unit_of);
        let parallel = record.parallel(&owner, &contests, &unit_of);
        parallel.into_iter().map(|p| (p.field, p.written.side.to_string())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(f, u)| ((*f).to_owned(), (*u).to_owned())).collect()
    }

    #[test]
    fn two_officers_who_write_different_fields_are_told_of_each_other() {
        let (base, _) = point(1);
        let (mine, theirs) = (set(&mut base.clone(), "teams", 7, 1), set(&mut base.clone(), "members", 9, 2));
        for order in [[mine.clone(), theirs.clone()], [theirs, mine]] {
            assert_eq!(told(&join(&base, &order)), pairs(&[("teams", "610"), ("members", "62")]));
        }
    }

    #[test]
    fn who_has_seen_the_other_is_not_parallel() {
        let (mut record, _) = point(1);
        set(&mut record, "teams", 7, 1);
        set(&mut record, "members", 9, 2);
        assert!(told(&record).is_empty());
    }

    #[test]
    fn an_edit_on_top_of_both_ends_it() {
        let (base, _) = point(1);
        let (mine, theirs) = (set(&mut base.clone(), "teams", 7, 1), set(&mut base.clone(), "members", 9, 2));
        let mut both = join(&base, &[mine, theirs]);
        set(&mut both, "note", 1, 2);
        assert!(told(&both).is_empty());
    }

    #[test]
    fn what_is_contested_or_equal_is_not_repeated() {
        let (base, _) = point(1);
        let (mut here, mut there) = (base.clone(), base.clone());
        let changes = [
            set(&mut here, "teams", 7, 1),
            set(&mut here, "members", 5, 1),
            set(&mut here, "note", 1, 1),
            set(&mut there, "teams", 9, 2),
            set(&mut there, "members", 5, 2),
            set(&mut there, "decision_no", 2, 2),
        ];
        assert_eq!(told(&join(&base, &changes)), pairs(&[("note", "610"), ("decision_no", "62")]));
        let (mut here, mut there) = (base.clone(), base.clone());
        let one_contest = [set(&mut here, "teams", 7, 1), set(&mut there, "teams", 9, 2)];
        assert!(told(&join(&base, &one_contest)).is_empty());
    }

    #[test]
    fn two_lives_of_one_unit_are_two_writers_but_one_life_is_not() {
        let (base, _) = point(1);
        let (mut a, mut b) = (base.clone(), base.clone());
        let both = join(&base, &[set(&mut a, "teams", 7, 2), set(&mut b, "members", 9, 3)]);
        assert_eq!(told(&both), pairs(&[("members", "62"), ("teams", "62")]));
        let (mut a, mut b) = (base.clone(), base.clone());
        // 2 wrote both, 3 only what is overwritten by now.
        let seen = set(&mut a, "teams", 7, 2);
        let alone = join(&base, &[seen, set(&mut b, "teams", 7, 3), set(&mut a, "members", 9, 2)]);
        assert!(told(&alone).is_empty());
    }

    #[test]
    fn raters_of_one_year_are_one_field() {
        let (base, _) = point(1);
        let (mut a, mut b) = (base.clone(), base.clone());
        let level = |r: &mut Record, key: &str, author| {
            r.edit(&[(key.to_owned(), Value::from("tot"))], Incarnation([author; 16]), &stamp("B")).unwrap()
        };
        let equal = [level(&mut a, "ratings/2022/610", 1), level(&mut b, "ratings/2022/62", 2)];
        assert!(told(&join(&base, &equal)).is_empty());
    }

    /// What the definition says, written plainly: `seen[c]` is everything that change `c` knew.
    fn by_definition(log: &[(usize, BTreeSet<usize>, String)]) -> BTreeSet<String> {
        let ancestors = |c: usize| &log[c].1;
        let mut standing: Vec<usize> = (0..log.len()).collect();
        standing.retain(|c| !log.iter().any(|(_, seen, key)| seen.contains(c) && *key == log[*c].2));
        let mut out = BTreeSet::new();
        for &c in &standing {
            let sole = |x: usize| standing.iter().filter(|y| log[**y].2 == log[x].2).count() == 1;
            for &d in &standing {
                let joined = log.iter().any(|(_, seen, _)| seen.contains(&c) && seen.contains(&d));
                let apart = !ancestors(c).contains(&d) && !ancestors(d).contains(&c);
                if log[c].0 != log[d].0 && log[c].2 != log[d].2 && apart && !joined && sole(c) && sole(d) {
                    out.insert(log[c].2.clone());
                }
            }
        }
        out
    }

    #[derive(Debug, Clone)]
    enum Act {
        Edit { who: usize, field: usize },
        Hear { who: usize, from: usize },
    }

    fn act() -> impl Strategy<Value = Act> {
        (0_usize..4, 0_usize..3, 0_usize..4).prop_map(|(kind, who, what)| match kind {
            0 | 1 => Act::Edit { who, field: what },
            _ => Act::Hear { who, from: what % 3 },
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        /// Three replicas that edit and hear of each other in any order: what is told is what the
        /// definition says, and the same on every replica that holds the same changes.
        #[test]
        fn what_is_told_is_what_no_change_has_seen_together(acts in proptest::collection::vec(act(), 1..24)) {
            let (base, _) = point(9);
            let mut replicas = vec![base.clone(); 3];
            let mut known: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); 3];
            let (mut log, mut bytes) = (Vec::new(), Vec::new());
            for act in acts {
                match act {
                    Act::Edit { who, field } => {
                        let key = format!("field{field}");
                        // A value of its own each time, so that no two are equal.
                        let value = i64::try_from(log.len()).unwrap();
                        bytes.push(set(&mut replicas[who], &key, value, u8::try_from(who).unwrap() + 1));
                        log.push((who, known[who].clone(), key));
                        known[who].insert(log.len() - 1);
                    }
                    Act::Hear { who, from } => {
                        let new: Vec<usize> = known[from].difference(&known[who]).copied().collect();
                        let changes: Vec<Vec<u8>> = new.iter().map(|c| bytes[*c].clone()).collect();
                        replicas[who] = join(&replicas[who], &changes);
                        known[who].extend(new);
                    }
                }
            }
            let all = join(&replicas[0], &bytes);
            let fields: BTreeSet<String> = told(&all).into_iter().map(|(field, _)| field).collect();
            prop_assert_eq!(fields, by_definition(&log));
            bytes.reverse();
            prop_assert_eq!(told(&join(&replicas[2], &bytes)), told(&all));
        }
    }
}
