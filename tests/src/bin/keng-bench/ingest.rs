//! Hub ingest against plain SQLite inserts of the same bytes: a ratio of one run.

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use keng_domain::field::Value;
use keng_domain::id::{Incarnation, Lsn, NodeId, RecordId};
use keng_domain::schema::Kind;
use keng_domain::scope::Scope;
use keng_domain::unit::UnitKey;
use keng_proto::{EntryBody, RecordChange};
use keng_records::authority::Role as Writer;
use keng_records::record::{Meta, Record};
use keng_records::stamp::Stamp;
use keng_store::edit::Act;
use keng_store::ingest::Push;
use keng_store::query::{catalogue_record, rule_pack_record};
use keng_store::{Identity, Role, Store};
use keng_sync::batch::{BatchEntry, decode, encode};
use keng_sync::entry::{Entry, FeedId, GENESIS};
use keng_sync::head::{SigningKey, feed_head, sign_heads, verify_heads};
use prost::Message;

/// How much to ingest.
#[derive(Debug, clap::Args)]
pub struct Amount {
    /// Small entries to ingest: one field of one point each.
    #[arg(long, default_value_t = 20_000)]
    entries: usize,
    /// Entries in one transaction, on both sides.
    #[arg(long, default_value_t = 500)]
    group: usize,
    /// Rounds; the best of each side counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

const CSV: &str = "code,name,kind,parent,valid_from,valid_to\n62,Tỉnh Kon Tum,TINH,,,\n610,Huyện Đắk Glei,HUYEN,62,,\n23368,Xã Đăk Long,XA,610,,\n";

/// Prints entries a second of both sides, and their ratio.
pub fn run(arguments: &Amount) -> anyhow::Result<()> {
    let entries = small_entries(arguments.entries)?;
    let bytes: usize = entries.iter().map(|e| e.body.as_ref().map_or(0, Bytes::len)).sum();
    println!(
        "{} entries, {} bytes of bodies, {} a transaction, synchronous=FULL on both sides",
        entries.len(),
        bytes,
        arguments.group
    );
    let (mut raw, mut hub, mut projected) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..arguments.rounds {
        raw = raw.min(plain_sqlite(&entries, arguments.group)?);
        let (ingest, project) = ingest(&entries, arguments.group)?;
        hub = hub.min(ingest);
        projected = projected.min(project);
    }
    let rate = |took: Duration| entries.len() as f64 / took.as_secs_f64();
    println!("plain SQLite inserts  {:>9.0} entries/s", rate(raw));
    println!(
        "hub ingest            {:>9.0} entries/s  (decompress, verify signature, chain, append, receipt)",
        rate(hub)
    );
    println!("projection            {:>9.0} entries/s  (three gates, documents, views, verdicts)", rate(projected));
    println!("ratio ingest : plain  {:.2}", rate(hub) / rate(raw));
    Ok(())
}

fn stamp() -> Stamp {
    Stamp { officer: "Cán bộ 610".to_owned(), device_time_ms: 1_667_900_000_000, reason: None }
}

/// Points first, then one-field edits of them, as a node would have written them.
fn small_entries(count: usize) -> anyhow::Result<Vec<Entry>> {
    let feed = FeedId { incarnation: Incarnation([1; 16]), scope: "area:kontum-2022:23368".parse()? };
    let meta = Meta { kind: "point".to_owned(), scope: feed.scope.clone(), owner: "610".parse()? };
    let mut records = Vec::new();
    let mut entries: Vec<Entry> = Vec::with_capacity(count);
    for n in 0..count {
        let (id, change) = if n < 100 {
            let id = RecordId([n as u8 + 1; 16]);
            let values =
                [("unit", Value::from("23368")), ("place", Value::from(format!("Thôn {n}"))), ("teams", Value::Int(1))];
            let values: Vec<_> = values.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            let (record, change) = Record::create(id, &meta, &values, feed.incarnation, &stamp());
            records.push(record);
            (id, change)
        } else {
            let record: &mut Record = &mut records[n % 100];
            let change = record.edit(&[("teams".to_owned(), Value::Int(n as i64))], feed.incarnation, &stamp());
            (record.id, change.unwrap_or_default())
        };
        let changes = vec![RecordChange { record: Bytes::copy_from_slice(&id.0), change: change.into() }];
        let body = EntryBody { hlc: n as u64, changes }.encode_to_vec();
        let previous = entries.last().map_or(GENESIS, |e| e.hash);
        entries.push(Entry::new(feed.clone(), n as u64 + 1, &previous, body.into()));
    }
    Ok(entries)
}

/// The baseline: the same bytes into one plain table with a primary key.
fn plain_sqlite(entries: &[Entry], group: usize) -> anyhow::Result<Duration> {
    let folder = tempfile::tempdir()?;
    let mut db = rusqlite::Connection::open(folder.path().join("plain.db"))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute_batch("CREATE TABLE entry (lsn INTEGER PRIMARY KEY, feed INTEGER, seq INTEGER, hash BLOB, body BLOB, UNIQUE (feed, seq))")?;
    let began = Instant::now();
    for chunk in entries.chunks(group) {
        let tx = db.transaction()?;
        for e in chunk {
            tx.prepare_cached("INSERT INTO entry (feed, seq, hash, body) VALUES (1, ?1, ?2, ?3)")?.execute((
                e.seq as i64,
                e.hash,
                e.body.as_deref().unwrap_or_default(),
            ))?;
        }
        tx.commit()?;
    }
    Ok(began.elapsed())
}

/// The hub's way of a push, from the compressed batch to the durable log; projection timed apart.
fn ingest(entries: &[Entry], group: usize) -> anyhow::Result<(Duration, Duration)> {
    let folder = tempfile::tempdir()?;
    let key = SigningKey::from_seed(&[7; 32]);
    let mut hub = new_hub(folder.path(), &key)?;
    let public = key.public();
    let wire: Vec<_> = entries
        .chunks(group)
        .map(|chunk| {
            let batch: Vec<BatchEntry> =
                chunk.iter().map(|e| BatchEntry { entry: e.clone(), lsn: Lsn(0), received_at_ms: 0 }).collect();
            let heads = chunk.last().map(|e| feed_head(&e.feed.scope, e.seq, &e.hash)).into_iter().collect();
            (encode(&batch), sign_heads(&key, Incarnation([1; 16]), heads, 1))
        })
        .collect();
    let began = Instant::now();
    for (batch, heads) in wire {
        verify_heads(&heads, &public)?;
        let writer = Writer::of_unit("610".parse::<UnitKey>()?);
        let push = Push { node: NodeId("610-1".to_owned()), writer: Some(writer), entries: decode(&batch)?, heads };
        hub.append(&[push], 1)?.remove(0)?;
    }
    let ingested = began.elapsed();
    let began = Instant::now();
    while hub.project_step()?.more {}
    Ok((ingested, began.elapsed()))
}

fn new_hub(folder: &Path, node_key: &SigningKey) -> anyhow::Result<Store> {
    let identity = Identity {
        role: Role::Hub,
        province: "62".parse()?,
        unit: "62".parse()?,
        catalogue: None,
        node: NodeId("hub".to_owned()),
        incarnation: Incarnation([200; 16]),
        officer: "Tỉnh".to_owned(),
    };
    let mut hub = Store::create(folder, &identity)?;
    let meta =
        |kind: Kind| Meta { kind: kind.code().to_owned(), scope: Scope::Province, owner: identity.province.clone() };
    let first = [
        Act::Create {
            id: catalogue_record(&"kontum-2022".parse()?),
            meta: meta(Kind::Catalogue),
            values: vec![("catalogue".to_owned(), "kontum-2022".into()), ("csv".to_owned(), CSV.into())],
        },
        Act::Create {
            id: rule_pack_record(),
            meta: meta(Kind::RulePack),
            values: vec![("toml".to_owned(), keng_domain::rule_pack::DEFAULT_TOML.into())],
        },
    ];
    hub.commit(&first, &stamp(), 1)?;
    let node = NodeId("610-1".to_owned());
    hub.register(Incarnation([1; 16]), &node, "610".parse::<UnitKey>()?, node_key.public().as_bytes(), &stamp(), 1)?;
    Ok(hub)
}
