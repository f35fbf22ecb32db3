//! What a node gets by its first sync, without a network.

use std::collections::HashSet;
use std::path::Path;

use keng_domain::id::{Incarnation, NodeId};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::UnitCode;
use keng_records::record::Meta;
use keng_records::stamp::Stamp;
use keng_store::edit::Act;
use keng_store::log::{Log, Subscription};
use keng_store::query::{catalogue_record, rule_pack_record};
use keng_store::{Identity, Role, Store};
use keng_sync::batch::RawEntry;

const CSV: &str = "code,name,kind,parent,valid_from,valid_to
62,Tỉnh Kon Tum,TINH,,,
610,Huyện Đắk Glei,HUYEN,62,,
23368,Xã Đăk Long,XA,610,,
";

/// Catalogue, rules and register of a fresh hub, pulled by `node`. Returns the hub.
pub fn first_sync(folder: &Path, node: &mut Store) -> Store {
    let code = |text: &str| text.parse::<UnitCode>().unwrap();
    let identity = Identity {
        role: Role::Hub,
        province: code("62"),
        unit: code("62"),
        catalogue: None,
        node: NodeId("hub".into()),
        incarnation: Incarnation([9; 16]),
        officer: "Tỉnh".into(),
    };
    let mut hub = Store::create(folder, &identity).unwrap();
    let stamp = Stamp { officer: "Tỉnh".into(), device_time_ms: 1, reason: None };
    let meta = |kind: Kind| Meta { kind: kind.code().into(), scope: Scope::Province, owner: code("62") };
    let catalogue = Act::Create {
        id: catalogue_record(&"kontum-2022".parse().unwrap()),
        meta: meta(Kind::Catalogue),
        values: vec![("catalogue".into(), "kontum-2022".into()), ("csv".into(), CSV.into())],
    };
    let pack = Act::Create {
        id: rule_pack_record(),
        meta: meta(Kind::RulePack),
        values: vec![("toml".into(), keng_domain::rule_pack::DEFAULT_TOML.into())],
    };
    hub.commit(&[catalogue, pack], &stamp, 1).unwrap();
    hub.register(identity.incarnation, &identity.node, &identity.unit, &[0; 32], &stamp, 1).unwrap();
    node.set_meta("hub_incarnation", &identity.incarnation.to_string()).unwrap();
    pull(&hub, node);
    hub
}

/// What the hub has for everybody, pulled by `node`.
pub fn pull(hub: &Store, node: &mut Store) {
    let subscription = Subscription { scopes: HashSet::from([Scope::Province]), except: node.identity().incarnation };
    let slice = hub.read(node.cursor().unwrap(), &subscription, usize::MAX).unwrap();
    let heads = hub.signatures_over(&slice.entries).unwrap();
    let raw: Vec<RawEntry> = slice
        .entries
        .into_iter()
        .map(|b| RawEntry {
            feed: b.entry.feed,
            seq: b.entry.seq,
            withheld: None,
            body: b.entry.body,
            lsn: b.lsn,
            received_at_ms: b.received_at_ms,
        })
        .collect();
    node.store_pull(&raw, &heads, slice.up_to, [0; 16], 2).unwrap();
    while node.project_step().unwrap().more {}
}
