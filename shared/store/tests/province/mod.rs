//! A province in memory's reach: a hub and nodes as bare stores, without a network.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::HashSet;
use std::path::PathBuf;

use keng_domain::field::Value;
use keng_domain::id::{Incarnation, Lsn, NodeId, RecordId};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::{Catalogue, UnitCode};
use keng_proto::{Introduction, Receipt, SignedHeads};
use keng_records::authority::Role as Writer;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::edit::Act;
use keng_store::fsck::HUB_PUBLIC_KEY;
use keng_store::ingest::Push;
use keng_store::log::{Log, Subscription};
use keng_store::query::{catalogue_record, rule_pack_record};
use keng_store::{Identity, Role, Store};
use keng_sync::batch::{BatchEntry, RawEntry};
use keng_sync::entry::{Entry, FeedId};
use keng_sync::head::{SigningKey, last_heads, sign_heads, sign_receipt};
use keng_sync::session::LifeReason;

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
    folder: tempfile::TempDir,
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
        catalogue: None,
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
            hub.register(
                me.incarnation,
                &me.node,
                &me.unit,
                key_of(me.incarnation).public().as_bytes(),
                &stamp("Tỉnh"),
                1,
            )
            .unwrap();
            nodes.push(node);
        }
        let mut province = Self { hub, nodes, clock: 1_668_000_000_000, next_record: 0, folder };
        for i in 0..province.nodes.len() {
            province.sync(i);
        }
        province
    }

    /// A copy of a folder's database as it stands.
    pub fn copy(&self, store: &Store) -> PathBuf {
        let copy = self.folder.path().join(format!("copy-{}", self.clock));
        std::fs::create_dir_all(&copy).unwrap();
        for file in std::fs::read_dir(store.folder()).unwrap().map(Result::unwrap) {
            std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
        }
        copy
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

    /// The folder of node `i` begins another life, which the hub gets to know.
    pub fn begin_life(&mut self, i: usize, life: u8, reason: LifeReason) {
        let now = self.now();
        let node = &mut self.nodes[i];
        let introduction = Introduction {
            incarnation: vec![life; 16].into(),
            public_key: key_of(Incarnation([life; 16])).public().as_bytes().to_vec().into(),
            previous: node.identity().incarnation.0.to_vec().into(),
            reason: reason.to_string(),
            ..Introduction::default()
        };
        node.begin_life(&introduction, now).unwrap();
        let me = node.identity().clone();
        let key = key_of(me.incarnation).public();
        self.hub.register_life(&me.node, &me.unit, &introduction, key.as_bytes(), &stamp("Tỉnh"), now).unwrap();
    }

    /// Pushes what waits, then pulls.
    pub fn sync(&mut self, i: usize) {
        self.push(i);
        self.pull(i);
    }

    pub fn push(&mut self, i: usize) {
        let (waiting, _) = self.nodes[i].outbox(0, usize::MAX).unwrap();
        let entries: Vec<_> = waiting.into_iter().map(|(_, e)| e).collect();
        for run in entries.chunk_by(|a, b| a.feed.incarnation == b.feed.incarnation) {
            let now = self.now();
            let push = self.signed(i, run, now);
            let receipt = sign_receipt(&hub_key(), self.hub.append(&[push], now).unwrap().remove(0).unwrap());
            self.nodes[i].store_receipt(&receipt, &placed(&receipt, run)).unwrap();
        }
        while self.hub.project_step().unwrap().more {}
    }

    /// Gives a hub that has lost a part of its log what node `i` holds of it; how many entries that was.
    pub fn bring_back(&mut self, i: usize) -> usize {
        let held = self.hub.others_held(&self.subscription(i)).unwrap();
        let mut brought = 0;
        let mut next = Some(0);
        while let Some(after) = next {
            let part = self.nodes[i].restitution(&held, after, 1).unwrap();
            next = part.next;
            for (entries, heads) in part.pushes {
                let now = self.now();
                let push =
                    Push { node: self.nodes[i].identity().node.clone(), writer: None, entries: raw(&entries), heads };
                let receipt = sign_receipt(&hub_key(), self.hub.append(&[push], now).unwrap().remove(0).unwrap());
                brought += entries.len();
                self.nodes[i].store_receipt(&receipt, &placed(&receipt, &entries)).unwrap();
            }
        }
        while self.hub.project_step().unwrap().more {}
        brought
    }

    pub fn signed(&self, i: usize, entries: &[Entry], now: i64) -> Push {
        let me = self.nodes[i].identity().clone();
        let author = entries[0].feed.incarnation;
        let heads = sign_heads(&key_of(author), author, last_heads(entries.iter()), now);
        let writer = (author == me.incarnation).then(|| Writer::of_unit(me.unit_key()));
        Push { node: me.node, writer, entries: raw(entries), heads }
    }

    pub fn subscription(&self, i: usize) -> Subscription {
        let me = self.nodes[i].identity().clone();
        let catalogue = Catalogue::from_csv("kontum-2022".parse().unwrap(), CSV).unwrap();
        let mut scopes: HashSet<Scope> = catalogue.within(&me.unit).map(|u| catalogue.scope_of(&u.code)).collect();
        scopes.insert(Scope::Province);
        Subscription { scopes, except: me.incarnation }
    }

    pub fn pull(&mut self, i: usize) {
        let now = self.now();
        let (raw, heads, up_to) = self.pulled(i);
        self.nodes[i].store_pull(&raw, &heads, up_to, [0; 16], now).unwrap();
        while self.nodes[i].project_step().unwrap().more {}
    }

    /// What the hub would send node `i` now: entries, the signatures over them, up to where.
    pub fn pulled(&self, i: usize) -> (Vec<RawEntry>, Vec<SignedHeads>, Lsn) {
        let subscription = self.subscription(i);
        let slice = self.hub.read(self.nodes[i].cursor().unwrap(), &subscription, usize::MAX).unwrap();
        let mut heads = self.hub_heads(&slice.entries);
        heads.extend(self.hub.signatures_over(&slice.entries).unwrap());
        let raw = slice
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
        (raw, heads, slice.up_to)
    }

    fn hub_heads(&self, entries: &[BatchEntry]) -> Vec<SignedHeads> {
        let mut lives: Vec<Incarnation> = self.hub.lives().unwrap().iter().map(|l| l.incarnation).collect();
        lives.push(self.hub.identity().incarnation);
        let of = |life: &Incarnation| {
            let heads = last_heads(entries.iter().map(|b| &b.entry).filter(|e| e.feed.incarnation == *life));
            (!heads.is_empty()).then(|| sign_heads(&hub_key(), *life, heads, 1))
        };
        lives.iter().filter_map(of).collect()
    }

    pub fn reconnect_all(&mut self) {
        for _ in 0..2 {
            for i in 0..self.nodes.len() {
                self.sync(i);
            }
        }
    }
}

fn raw(entries: &[Entry]) -> Vec<RawEntry> {
    let raw = |e: &Entry| RawEntry {
        feed: e.feed.clone(),
        seq: e.seq,
        body: e.body.clone(),
        withheld: None,
        lsn: Lsn(0),
        received_at_ms: 0,
    };
    entries.iter().map(raw).collect()
}

type Placed = Vec<(FeedId, u64, [u8; 32], Option<Lsn>)>;

fn placed(receipt: &Receipt, entries: &[Entry]) -> Placed {
    let mut places =
        receipt.lsns.iter().flat_map(|r| (0..u64::from(r.count)).map(|n| (r.first > 0).then(|| Lsn(r.first + n))));
    entries.iter().map(|e| (e.feed.clone(), e.seq, e.hash, places.next().unwrap())).collect()
}

/// The key of a life: of node `i`'s first, which is numbered `i + 1`, or of a later one.
fn key_of(life: Incarnation) -> SigningKey {
    SigningKey::from_seed(&[life.0[0]; 32])
}

pub fn hub_key() -> SigningKey {
    SigningKey::from_seed(&[200; 32])
}
