//! `keng-hub quarantine`: what was refused, why, and the bytes as they came.

use std::path::PathBuf;

use clap::Subcommand;
use keng_desk::program::print_json;
use keng_desk::told::refusal_words;
use keng_desk::{Told, clock};
use keng_store::Store;
use keng_store::quarantine::{QuarantineId, Quarantined};
use serde_json::{Value, json};

use keng_desk::commands::Json;

/// What to do with what lies in quarantine.
#[derive(Debug, Subcommand)]
pub enum Quarantine {
    /// Liệt kê, mới nhất trước.
    List(Json),
    /// Xuất nguyên văn một mục ra tệp.
    Export {
        /// Mã của mục, như `list` in ra: q-… hoặc p-….
        id: QuarantineId,
        /// Tệp ra.
        #[arg(long)]
        out: PathBuf,
    },
}

impl Quarantine {
    /// Does what was asked.
    pub fn run(self, store: &Store) -> Result<(), Told> {
        match self {
            Self::List(Json { json }) => {
                let all = store.quarantine_list(u32::MAX)?;
                if json {
                    print_json(&all.iter().map(line).collect());
                } else {
                    print(&all);
                }
                Ok(())
            }
            Self::Export { id, out } => {
                let (_, body) = store
                    .quarantine_entry(id)?
                    .ok_or_else(|| Told::new(format!("Không có mục cách ly {id}."), "", "Hãy xem quarantine list."))?;
                std::fs::write(&out, body)
                    .map_err(|e| Told::new(format!("Không ghi được {}: {e}.", out.display()), "Mục vẫn được giữ.", ""))
            }
        }
    }
}

fn line(q: &Quarantined) -> Value {
    json!({
        "id": q.id.to_string(),
        "node": q.node,
        "scope": q.scope,
        "seq": q.seq,
        "code": q.code,
        "detail": q.detail,
        "received_at": clock::rfc3339(q.at_ms),
        "bytes": q.bytes,
        "file": q.file_name(),
    })
}

fn print(all: &[Quarantined]) {
    if all.is_empty() {
        println!("Không có mục nào bị cách ly.");
    }
    for q in all {
        let at = clock::in_vietnam(q.at_ms).format("%d/%m/%Y %H:%M");
        let why = refusal_words(&q.code).why;
        let id = q.id.to_string();
        println!("{id:<8} {at}  {}  {why} ({}, phạm vi {}, mục {}: {})", q.node, q.code, q.scope, q.seq, q.detail);
    }
}
