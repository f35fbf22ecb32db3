//! A province in memory's reach: a hub and nodes as bare stores, without a network.

use std::collections::HashSet;

use keng_domain::field::Value;
use keng_domain::id::{Incarnation, NodeId, RecordId};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::{Catalogue, UnitCode};
use keng_records::authority::Role as Writer;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::edit::Act;
use keng_store::fsck::HUB_PUBLIC_KEY;
use keng_store::ingest::Push;
use keng_store::log::{Log, Subscription};
use keng_store::query::{catalogue_record, rule_pack_record};
use keng_store::{Identity, Role, Store};
use keng_sync::batch::RawEntry;
use keng_sync::head::{SigningKey, feed_head, sign_heads, sign_receipt};

pub const CSV: &str = "code,name,kind,parent,valid_from,valid_to
62,Tỉnh Kon Tum,TINH,,,
610,Huyện Đắk Glei,HUYEN,62,,
612,Huyện Đắk Tô,HUYEN,62,,
617,Huyện Tu Mơ Rông,HUYEN,62,,
23368,Xã Đăk Long,XA,610,,
23428,Xã Tân Cảnh,XA,612,,
23446,Xã Tê Xăng,XA,617,,
";

pub struct Province {
    pub hub: Store,
    pub nodes: Vec<Store>,
    clock: i64,
    next_record: u8,
    _folder: tempfile::TempDir,
}

pub fn code(text: &str) -> UnitCode {
    text.parse().unwrap()
}

pub fn stamp(officer: &str) -> Stamp {
    Stamp { officer: officer.into(), device_time_ms: 1_667_900_000_000, reason: None }
}

fn identity(role: Role, unit: &str, n: u8) -> Identity {
    let node = if role == Role::Hub { "hub".to_owned() } else { format!("{unit}-1") };
    Identity {
        role,
        province: code("62"),
        unit: code(unit),
        node: NodeId(node),
        incarnation: Incarnation([n; 16]),
        officer: format!("Cán bộ {unit}"),
    }
}

impl Province {
    pub fn of(units: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut hub = Store::create(&folder.path().join("hub"), &identity(Role::Hub, "62", 200)).unwrap();
        let province = |kind: Kind| Meta { kind: kind.code().into(), scope: Scope::Province, owner: code("62") };
        let catalogue = Act::Create {
            id: catalogue_record(&"kontum-2022".parse().unwrap()),
            meta: province(Kind::Catalogue),
            values: vec![("catalogue".into(), "kontum-2022".into()), ("csv".into(), CSV.into())],
        };
        let pack = Act::Create {
            id: rule_pack_record(),
            meta: province(Kind::RulePack),
            values: vec![("toml".into(), keng_domain::rule_pack::DEFAULT_TOML.into())],
        };
        hub.commit(&[catalogue, pack], &stamp("Tỉnh"), 1).unwrap();
        let id = hub.identity().clone();
        hub.register(id.incarnation, &id.node, &id.unit, hub_key().public().as_bytes(), &stamp("Tỉnh"), 1).unwrap();
        let mut nodes = Vec::new();
        for (i, unit) in units.iter().enumerate() {
            let mut node = Store::create(&folder.path().join(unit), &identity(Role::Node, unit, i as u8 + 1)).unwrap();
            node.set_meta("hub_incarnation", &id.incarnation.to_string()).unwrap();
            node.set_meta(HUB_PUBLIC_KEY, &hex::encode(hub_key().public().as_bytes())).unwrap();
            let me = node.identity().clone();
            hub.register(me.incarnation, &me.node, &me.unit, key(i).public().as_bytes(), &stamp("Tỉnh"), 1).unwrap();
            nodes.push(node);
        }
        let mut province = Self { hub, nodes, clock: 1_668_000_000_000, next_record: 0, _folder: folder };
        for i in 0..province.nodes.len() {
            province.sync(i);
        }
        province
    }

    pub fn now(&mut self) -> i64 {
        self.clock += 1_000;
        self.clock
    }

    fn fresh(&mut self) -> RecordId {
        self.next_record += 1;
        RecordId([self.next_record; 16])
    }

    pub fn add_model(&mut self, i: usize, name: &str) -> RecordId {
        let (id, now) = (self.fresh(), self.now());
        let owner = self.nodes[i].identity().unit.clone();
        let meta = Meta { kind: "model".into(), scope: Scope::Province, owner };
        let act = Act::Create { id, meta, values: vec![("name".into(), name.into())] };
        self.nodes[i].commit(&[act], &stamp("A"), now).unwrap();
        id
    }

    pub fn add_point(&mut self, i: usize, commune: &str, model: RecordId) -> RecordId {
        let (id, now) = (self.fresh(), self.now());
        let scope = Scope::Area { catalogue: "kontum-2022".parse().unwrap(), unit: code(commune) };
        let owner = self.nodes[i].identity().unit.clone();
        let values = vec![
            ("model".into(), model.to_string().into()),
            ("unit".into(), commune.into()),
            ("place".into(), "Thôn 1".into()),
            ("decision_date".into(), "2020-01-01".into()),
            ("teams".into(), Value::Int(1)),
        ];
        let act = Act::Create { id, meta: Meta { kind: "point".into(), scope, owner }, values };
        self.nodes[i].commit(&[act], &stamp("A"), now).unwrap();
        id
    }

    /// Sets a field at node `i`, or at the hub.
    pub fn set(&mut self, at: Option<usize>, record: RecordId, field: &str, value: Value) {
        let now = self.now();
        let act = Act::Change { id: record, values: vec![(field.into(), value)] };
        let store = match at {
            Some(i) => &mut self.nodes[i],
            None => &mut self.hub,
        };
        store.commit(&[act], &stamp("B"), now).unwrap();
    }

    /// Pushes what waits, then pulls.
    pub fn sync(&mut self, i: usize) {
        self.push(i);
        self.pull(i);
    }

    pub fn push(&mut self, i: usize) {
        let now = self.now();
        let (waiting, _) = self.nodes[i].outbox(0, usize::MAX).unwrap();
        if waiting.is_empty() {
            return;
        }
        let entries: Vec<_> = waiting.into_iter().map(|(_, e)| e).collect();
        let push = self.signed(i, &entries, now);
        let receipt = sign_receipt(&hub_key(), self.hub.append(&[push], now).unwrap().remove(0).unwrap());
        let mut places = receipt
            .lsns
            .iter()
            .flat_map(|r| (0..u64::from(r.count)).map(|n| (r.first > 0).then(|| keng_domain::id::Lsn(r.first + n))));
        let placed: Vec<_> = entries.iter().map(|e| (e.feed.clone(), e.seq, e.hash, places.next().unwrap())).collect();
        self.nodes[i].store_receipt(&receipt, &placed).unwrap();
        while self.hub.project_step().unwrap().more {}
    }

    pub fn signed(&self, i: usize, entries: &[keng_sync::entry::Entry], now: i64) -> Push {
        let me = self.nodes[i].identity().clone();
        let mut heads = Vec::new();
        for entry in entries.iter().rev() {
            if !heads.iter().any(|h: &keng_proto::FeedHead| h.scope == entry.feed.scope.to_string()) {
                heads.push(feed_head(&entry.feed.scope, entry.seq, &entry.hash));
            }
        }
        let raw = entries.iter().map(|e| RawEntry {
            feed: e.feed.clone(),
            seq: e.seq,
            body: e.body.clone(),
            withheld: None,
            lsn: keng_domain::id::Lsn(0),
            received_at_ms: 0,
        });
        Push {
            node: me.node.clone(),
            writer: Writer { unit: me.unit.clone(), is_hub: false },
            entries: raw.collect(),
            heads: sign_heads(&key(i), me.incarnation, heads, now),
        }
    }

    pub fn pull(&mut self, i: usize) {
        let now = self.now();
        let me = self.nodes[i].identity().clone();
        let catalogue = Catalogue::from_csv("kontum-2022".parse().unwrap(), CSV).unwrap();
        let mut scopes: HashSet<Scope> = catalogue.within(&me.unit).map(|u| catalogue.scope_of(&u.code)).collect();
        scopes.insert(Scope::Province);
        let subscription = Subscription { scopes, except: me.incarnation };
        let slice = self.hub.read(self.nodes[i].cursor().unwrap(), &subscription, usize::MAX).unwrap();
        let raw: Vec<RawEntry> = slice
            .entries
            .into_iter()
            .map(|b| RawEntry {
                feed: b.entry.feed,
                seq: b.entry.seq,
                withheld: b.entry.body.is_none().then_some(b.entry.hash),
                body: b.entry.body,
                lsn: b.lsn,
                received_at_ms: b.received_at_ms,
            })
            .collect();
        self.nodes[i].store_pull(&raw, slice.up_to, [0; 16], now).unwrap();
    }

    pub fn reconnect_all(&mut self) {
        for _ in 0..2 {
            for i in 0..self.nodes.len() {
                self.sync(i);
            }
        }
    }
}

fn hub_key() -> SigningKey {
    SigningKey::from_seed(&[200; 32])
}

fn key(i: usize) -> SigningKey {
    SigningKey::from_seed(&[i as u8 + 1; 32])
}
