//! What officers do: save values, and choose among those of a contest.

use keng_domain::field::Value;
use keng_domain::id::{Lsn, RecordId};
use keng_domain::scope::Scope;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::edit::Act;
use keng_store::log::Log;
use keng_store::{Store, StoreError};

use super::Site;
use super::checks::Checked;
use super::ground::{self, MODEL};
use super::world::World;
use crate::chance::Chance;

impl World {
    /// An officer saves one to three things at once.
    pub(super) fn edit(&mut self, at: Site, salt: u64) -> Checked {
        let mut chance = Chance::of(salt);
        let Some(store) = self.store_of(at) else { return Ok(()) };
        let points = own_points(store)?;
        let models = store.records(keng_domain::schema::Kind::Model)?.into_iter().map(|v| v.id).collect::<Vec<_>>();
        let unit = store.identity().unit.to_string();
        let mut acts = Vec::new();
        for _ in 0..=chance.below(3) {
            let point = chance.pick(&points).copied();
            let (next, model) = (self.next_value(), chance.pick(&models).copied());
            match (chance.below(8), point, model) {
                (0, _, _) => acts.push(self.new_point(at, &mut chance)),
                (1, _, _) => acts.push(self.new_model(at)),
                (2 | 3, _, Some(id)) => {
                    let field = chance.pick(&["goal", "content", "method"]).copied().unwrap_or("goal");
                    acts.push(change(id, field, format!("Lần {next}").into()));
                }
                (4, Some(id), _) if at != Site::Hub => {
                    let level = chance.pick(&["tot", "kha", "trung_binh", "yeu"]).copied().unwrap_or("tot");
                    acts.push(change(id, &format!("ratings/2022/{unit}"), level.into()));
                }
                (5, Some(id), _) => acts.push(change(id, "place", format!("Thôn {next}").into())),
                (_, Some(id), _) => {
                    let field = chance.pick(&["teams", "members"]).copied().unwrap_or("teams");
                    acts.push(change(id, field, Value::Int(next)));
                }
                (_, None, _) => {}
            }
        }
        self.save(at, &acts, None)
    }

    /// An officer chooses one of the values, or writes a third.
    pub(super) fn resolve(&mut self, at: Site, salt: u64) -> Checked {
        let mut chance = Chance::of(salt);
        let Some(store) = self.store_of(at) else { return Ok(()) };
        let contests = store.contests(None)?;
        let own = own_points(store)?;
        let is_point = |c: &&keng_store::contests::ContestView| c.kind != "point" || own.contains(&c.record);
        let contests: Vec<_> = contests.iter().filter(is_point).filter(|c| !c.field.starts_with("ratings")).collect();
        let Some(contest) = chance.pick(&contests) else { return Ok(()) };
        let values: Vec<Value> = contest.contest.candidates.iter().map(|c| c.value.clone()).collect();
        let Some(value) = chance.pick(&values).cloned() else { return Ok(()) };
        let act = change(contest.record, &contest.field, value);
        self.save(at, &[act], Some("đối chiếu hồ sơ"))
    }

    pub(super) fn save(&mut self, at: Site, acts: &[Act], reason: Option<&str>) -> Checked {
        let now_ms = self.now(at);
        let stamp =
            Stamp { officer: format!("Cán bộ {at}"), device_time_ms: now_ms, reason: reason.map(str::to_owned) };
        let Some(store) = self.store_of(at) else { return Ok(()) };
        let committed = match store.commit(acts, &stamp, now_ms) {
            Ok(committed) => committed,
            // A node that has never synced knows no units yet: the program says so.
            Err(StoreError::NoCatalogue | StoreError::ForeignScope(_) | StoreError::NoRecord(_)) => {
                self.trace.note(format!("{at}: cannot save before the first sync"));
                return Ok(());
            }
            Err(e) => return Err(e.into()),
        };
        if committed.entries == 0 {
            return Ok(());
        }
        self.note_saved(at, Lsn(committed.lsn.0 - u64::from(committed.entries)))
    }

    /// What a site has saved after `before`, of which nobody else knows yet.
    pub(super) fn note_saved(&mut self, at: Site, before: Lsn) -> Checked {
        let Some(store) = self.store_of(at) else { return Ok(()) };
        let incarnation = store.present_life()?;
        let heads = store.heads_of(incarnation)?;
        let bodies = written_after(store, before)?;
        let entries = bodies.len();
        self.trace.note(format!(
            "{at}: saves {entries} entries, heads {}",
            heads
                .iter()
                .map(|(scope, seq, hash)| format!("{scope}:{seq}:{}", hex::encode(&hash[..4])))
                .collect::<Vec<_>>()
                .join(" ")
        ));
        for body in bodies {
            self.ledger.saved(at, &body);
        }
        self.ledger.promise(at, incarnation, heads);
        self.tally.saved += entries as u64;
        Ok(())
    }

    pub(super) fn new_point(&mut self, at: Site, chance: &mut Chance) -> Act {
        let (id, n) = self.next_record();
        let communes: &[(&str, &str)] = match self.unit_of(at).as_str() {
            "610" => &[("23368", "610")],
            "612" => &[("23428", "612")],
            _ => &[("23368", "610"), ("23428", "612")],
        };
        let (commune, owner) = chance.pick(communes).copied().unwrap_or(("23368", "610"));
        let values = vec![
            ("model".into(), MODEL.to_string().into()),
            ("unit".into(), commune.into()),
            ("place".into(), format!("Thôn mới {n}").into()),
            ("decision_date".into(), "2020-01-01".into()),
            ("teams".into(), Value::Int(1_000_000 + n)),
        ];
        let meta = Meta { kind: "point".into(), scope: ground::area(commune), owner: ground::unit(owner) };
        Act::Create { id, meta, values }
    }

    fn new_model(&mut self, at: Site) -> Act {
        let (id, n) = self.next_record();
        let meta = Meta { kind: "model".into(), scope: Scope::Province, owner: self.unit_of(at) };
        Act::Create { id, meta, values: vec![("name".into(), format!("Mô hình {n}").into())] }
    }
}

pub(super) fn change(id: RecordId, field: &str, value: Value) -> Act {
    Act::Change { id, values: vec![(field.to_owned(), value)] }
}

/// Points in the scopes of the own unit: what an officer finds in the list. (A node that lies has
/// others in its folder.)
fn own_points(store: &Store) -> Checked<Vec<RecordId>> {
    let scopes = ground::scopes_of(store.identity().unit.as_str());
    let points = store.records(keng_domain::schema::Kind::Point)?;
    Ok(points.into_iter().filter(|v| scopes.contains(&v.scope)).map(|v| v.id).collect())
}

/// The bodies of entries of the present life that stand after `after`. Read as a log is: after a fork the outbox
/// holds them back, and what is written again takes places in its feeds that were taken before.
pub(super) fn written_after(store: &Store, after: Lsn) -> Checked<Vec<bytes::Bytes>> {
    let (present, everybody) = (store.present_life()?, super::checks::everybody());
    let entries = store.read(after, &everybody, usize::MAX)?.entries.into_iter().map(|b| b.entry);
    Ok(entries.filter(|e| e.feed.incarnation == present).filter_map(|e| e.body).collect())
}
