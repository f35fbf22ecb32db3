//! Where runs begin: data folders of a hub and of nodes, made once and copied for each run.

use std::path::{Path, PathBuf};

use keng_domain::field::Value;
use keng_domain::id::{Incarnation, NodeId, RecordId};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::UnitCode;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::edit::Act;
use keng_store::fsck::HUB_PUBLIC_KEY;
use keng_store::project::HUB_NODE;
use keng_store::query::{catalogue_record, rule_pack_record};
use keng_store::{Identity, Role, Store};
use keng_sync::head::SigningKey;
use tempfile::TempDir;

use super::checks::{Checked, Violation};
use super::disk;
use super::plan::{Plan, Step};
use super::world::World;

/// A part of Kon Tum: two districts with a commune each keep runs short.
const CSV: &str = "code,name,kind,parent,valid_from,valid_to
62,Tỉnh Kon Tum,TINH,,,
610,Huyện Đắk Glei,HUYEN,62,,
612,Huyện Đắk Tô,HUYEN,62,,
23368,Xã Đăk Long,XA,610,,
23428,Xã Tân Cảnh,XA,612,,
";
const CATALOGUE: &str = "kontum-2022";

/// Node and unit. Two nodes belong to one unit, so that they hold the same scopes.
const NODES: [(&str, &str); 3] = [("610-1", "610"), ("612-1", "612"), ("610-2", "610")];

/// The model that every point of a run belongs to.
pub(super) const MODEL: RecordId = RecordId([0xa1; 16]);
/// A point of 610.
pub(super) const POINT_610: RecordId = RecordId([0xb0; 16]);
/// A point of 612.
pub(super) const POINT_612: RecordId = RecordId([0xb2; 16]);

/// An incarnation that writes nothing.
pub(super) const NOBODY: Incarnation = Incarnation([0; 16]);

pub(super) fn unit(code: &str) -> UnitCode {
    code.parse().expect("the code stands in the catalogue above")
}

pub(super) fn area(code: &str) -> Scope {
    Scope::Area { catalogue: CATALOGUE.parse().expect("the name stands above"), unit: unit(code) }
}

/// Every scope in which anybody writes.
pub(super) fn scopes() -> Vec<Scope> {
    vec![Scope::Province, area("610"), area("23368"), area("612"), area("23428")]
}

/// The scopes of which a unit holds a replica.
pub(super) fn scopes_of(code: &str) -> Vec<Scope> {
    match code {
        "610" => vec![Scope::Province, area("610"), area("23368")],
        "612" => vec![Scope::Province, area("612"), area("23428")],
        _ => scopes(),
    }
}

pub(super) fn hub_key() -> SigningKey {
    SigningKey::from_seed(&[200; 32])
}

pub(super) fn node_key(n: usize) -> SigningKey {
    SigningKey::from_seed(&[u8::try_from(n + 1).unwrap_or(0); 32])
}

pub(super) fn node_identity(n: usize) -> Identity {
    let (node, code) = NODES[n];
    Identity {
        role: Role::Node,
        province: unit("62"),
        unit: unit(code),
        catalogue: None,
        node: NodeId(node.to_owned()),
        incarnation: Incarnation([u8::try_from(n + 1).unwrap_or(0); 16]),
        officer: format!("Cán bộ {code}"),
    }
}

fn hub_identity() -> Identity {
    Identity {
        role: Role::Hub,
        province: unit("62"),
        unit: unit("62"),
        catalogue: None,
        node: NodeId(HUB_NODE.to_owned()),
        incarnation: Incarnation([200; 16]),
        officer: "Thường trực".to_owned(),
    }
}

/// Data folders that every run begins from.
pub struct Ground {
    folder: PathBuf,
    /// Removes the folder, where it is the ground's own.
    _owned: Option<TempDir>,
}

impl Ground {
    /// Founds the hub, enrols the nodes, and lets them sync once.
    ///
    /// # Errors
    /// When there is no room, or the programs cannot even do that.
    pub fn new() -> anyhow::Result<Self> {
        let folder = disk::scratch()?;
        let ground = Self { folder: folder.path().to_owned(), _owned: Some(folder) };
        ground.found().map_err(|v| anyhow::anyhow!("{v}"))?;
        Ok(ground)
    }

    /// Data folders that are there already, under the names that [`Ground::hub`] and [`Ground::node`] give.
    pub(super) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), _owned: None }
    }

    pub(super) fn hub(&self) -> PathBuf {
        self.folder.join("hub")
    }

    /// The folder of a node, as it is right after `join`, or after its first sync.
    pub(super) fn node(&self, n: usize, synced: bool) -> PathBuf {
        self.folder.join(if synced { format!("synced-{n}") } else { format!("fresh-{n}") })
    }

    fn found(&self) -> Checked {
        found_hub(&self.hub())?;
        for n in 0..NODES.len() {
            let mut store = Store::create(&self.node(n, false), &node_identity(n))?;
            store.set_meta(HUB_PUBLIC_KEY, &hex::encode(hub_key().public().as_bytes()))?;
            store.set_meta("hub_incarnation", &hub_identity().incarnation.to_string())?;
        }
        let cast = (0..NODES.len()).map(|n| (n, false)).collect();
        let plan = Plan { cast, steps: vec![Step::Quiet { salt: 0 }] };
        let mut world = World::new(self, &plan, None)?;
        world.perform(plan.steps[0])?;
        for (n, folder) in world.close().into_iter().enumerate() {
            disk::copy(&folder, &self.node(n, true)).map_err(|e| Violation::world(e.to_string()))?;
        }
        Ok(())
    }
}

fn found_hub(folder: &Path) -> Checked {
    let mut hub = Store::create(folder, &hub_identity())?;
    hub.set_meta("epoch", &hex::encode([0xe1; 16]))?;
    let stamp = Stamp { officer: "Thường trực".into(), device_time_ms: 1_667_000_000_000, reason: None };
    let now_ms = stamp.device_time_ms;
    let province = |kind: Kind| Meta { kind: kind.code().into(), scope: Scope::Province, owner: unit("62") };
    let catalogue = CATALOGUE.parse().map_err(|_| Violation::world("the catalogue's name".to_owned()))?;
    let first = [
        Act::Create {
            id: catalogue_record(&catalogue),
            meta: province(Kind::Catalogue),
            values: vec![("catalogue".into(), CATALOGUE.into()), ("csv".into(), CSV.into())],
        },
        Act::Create {
            id: rule_pack_record(),
            meta: province(Kind::RulePack),
            values: vec![("toml".into(), keng_domain::rule_pack::DEFAULT_TOML.into())],
        },
    ];
    hub.commit(&first, &stamp, now_ms)?;
    let id = hub_identity();
    hub.register(id.incarnation, &id.node, &id.unit, hub_key().public().as_bytes(), &stamp, now_ms)?;
    for n in 0..NODES.len() {
        let id = node_identity(n);
        hub.register(id.incarnation, &id.node, &id.unit, node_key(n).public().as_bytes(), &stamp, now_ms)?;
    }
    let name = vec![("name".to_owned(), Value::from("Tiếng kẻng an ninh"))];
    let mut records = vec![Act::Create { id: MODEL, meta: province(Kind::Model), values: name }];
    for (id, commune, owner) in [(POINT_610, "23368", "610"), (POINT_612, "23428", "612")] {
        let values = vec![
            ("model".into(), MODEL.to_string().into()),
            ("unit".into(), commune.into()),
            ("place".into(), "Thôn 1".into()),
            ("decision_date".into(), "2020-01-01".into()),
            ("teams".into(), Value::Int(1)),
        ];
        let meta = Meta { kind: Kind::Point.code().into(), scope: area(commune), owner: unit(owner) };
        records.push(Act::Create { id, meta, values });
    }
    hub.commit(&records, &stamp, now_ms)?;
    Ok(())
}
