//! `keng-hub evidence`: other logs of this hub that nodes have seen.

use clap::Subcommand;
use keng_desk::commands::Json;
use keng_desk::program::print_json;
use keng_desk::{Told, clock};
use keng_domain::text::thousands;
use keng_store::Store;
use keng_store::sightings::Sighting;
use serde_json::{Value, json};

/// What is done with evidence.
#[derive(Debug, Subcommand)]
pub enum Evidence {
    /// Liệt kê.
    List(Json),
}

impl Evidence {
    /// Does what was asked.
    pub fn run(self, store: &Store) -> Result<(), Told> {
        let Self::List(Json { json }) = self;
        let (all, epoch) = (store.sightings()?, store.epoch()?);
        if json {
            print_json(&all.iter().map(|s| line(s, epoch)).collect());
        } else {
            print(&all, epoch);
        }
        Ok(())
    }
}

fn line(s: &Sighting, epoch: [u8; 16]) -> Value {
    json!({
        "id": s.id,
        "node": s.node,
        "epoch": hex::encode(s.epoch),
        "present": s.epoch == epoch,
        "size": s.size,
        "root": hex::encode(s.root),
        "our_size": s.our_size,
        "first_at": clock::rfc3339(s.first_ms),
        "last_at": clock::rfc3339(s.last_ms),
        "times": s.times,
    })
}

fn print(all: &[Sighting], epoch: [u8; 16]) {
    if all.is_empty() {
        println!("Không có máy nào thấy sổ cái khác: mọi máy đã nối đều thấy đúng sổ cái của trạm này.");
    }
    for s in all {
        let at = |ms| clock::in_vietnam(ms).format("%d/%m/%Y %H:%M").to_string();
        let (theirs, ours, root) = (thousands(s.size), thousands(s.our_size), hex::encode(&s.root[..8]));
        let before = if s.epoch == epoch { "" } else { "; sổ cái cũ, trạm đã mở sổ cái mới" };
        println!(
            "{}: {}  máy {} đã thấy sổ cái {theirs} mục, gốc {root}…; trạm lúc đó có {ours} mục (báo {} lần, gần nhất {}{before})",
            s.id,
            at(s.first_ms),
            s.node,
            s.times,
            at(s.last_ms),
        );
    }
}
