//! `keng-node evidence`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keng_desk::Told;
use keng_desk::clock::{in_vietnam, rfc3339};
use keng_desk::program::print_json;
use keng_proto::TreeHead;
use keng_store::evidence::KeptEvidence;
use keng_sync::head::PublicKey;
use serde_json::{Value, json};

use super::receipt::{Trust, read, read_key, write};
use crate::evidence::{EvidenceFile, FILE_BYTES_MAX, NoEvidence};
use crate::sync::hub_key;
use keng_desk::commands::Json;

/// What is done with evidence.
#[derive(Debug, clap::Subcommand)]
pub enum Evidence {
    /// Liệt kê.
    List(Json),
    /// Xuất thành tệp để gửi quản trị.
    Export {
        /// Số của bằng chứng.
        id: i64,
        /// Tệp ra.
        #[arg(long)]
        out: PathBuf,
    },
    /// Kiểm tra một tệp bằng chứng, ở bất cứ máy nào, không cần mạng.
    Verify(Verify),
}

/// A file, and whose key is trusted.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Tệp bằng chứng.
    file: PathBuf,
    /// Khóa công khai của trạm tỉnh (keng-hub status), 64 chữ số thập lục phân.
    #[arg(long, value_name = "HEX", value_parser = read_key)]
    hub_key: Option<PublicKey>,
    #[command(flatten)]
    json: Json,
}

impl Evidence {
    /// Does it; verifying needs no data folder and is done before.
    pub fn run(self, data: &Path) -> Result<ExitCode, Told> {
        match self {
            Self::List(Json { json }) => {
                let list = super::open(data)?.evidence_list()?;
                if json { print_json(&list.iter().map(line).collect()) } else { print(&list) }
            }
            Self::Export { id, out } => {
                let store = super::open(data)?;
                let kept = store.evidence(id)?;
                let kept = kept.ok_or_else(|| Told::refused(format!("Máy này không có bằng chứng số {id}.")))?;
                let me = store.identity();
                let file = EvidenceFile::of(&kept, &hub_key(&store)?, me.unit.to_string(), me.node.to_string());
                write(&out, &file)?;
                println!("Đã xuất bằng chứng ra {0}. Kiểm tra: keng-node evidence verify {0}", out.display());
            }
            Self::Verify(verify) => return verify.run(Some(data)),
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Verify {
    /// Exit 0 when the file proves a contradiction, 1 when it does not.
    pub fn run(self, data: Option<&Path>) -> Result<ExitCode, Told> {
        let (trust, key, _) = Trust::find(self.hub_key, data)?;
        let checked = read(&self.file, FILE_BYTES_MAX).and_then(|bytes| {
            let no = |n: NoEvidence| Told::new(n.in_vietnamese(), "", "");
            let file = EvidenceFile::read(&bytes).map_err(no)?;
            let (contradiction, evidence) = file.verify(key.as_ref()).map_err(no)?;
            Ok((file, contradiction, evidence))
        });
        let (file, contradiction, evidence) = checked.inspect_err(|told| {
            if self.json.json {
                print_json(&json!({ "valid": false, "fault": told.to_string() }));
            }
        })?;
        if self.json.json {
            print_json(&json!({
                "valid": true,
                "key": trust.code(),
                "kept": head(&evidence.kept),
                "shown": head(&evidence.shown),
                "hub_public_key": file.hub_public_key,
            }));
            return Ok(ExitCode::SUCCESS);
        }
        println!("Đúng: trạm tỉnh đã ký cả hai, và chúng mâu thuẫn: {}.", contradiction.in_vietnamese());
        for (name, head) in [("Trước", &evidence.kept), ("Sau", &evidence.shown)] {
            println!("  {name}: {} mục, gốc {}, ký {}", head.size, hex::encode(&head.root), time(head.at_ms));
        }
        let hub = key.or_else(|| read_key(&file.hub_public_key).ok());
        if let Some(hub) = hub {
            trust.say(&hub);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn time(ms: i64) -> String {
    in_vietnam(ms).format("%H:%M:%S ngày %d/%m/%Y").to_string()
}

fn head(head: &TreeHead) -> Value {
    json!({
        "epoch": hex::encode(&head.epoch),
        "size": head.size,
        "root": hex::encode(&head.root),
        "at": rfc3339(head.at_ms),
    })
}

fn line(kept: &KeptEvidence) -> Value {
    json!({
        "id": kept.id,
        "first_at": rfc3339(kept.first_ms),
        "last_at": rfc3339(kept.last_ms),
        "times": kept.times,
        "kept": head(&kept.evidence.kept),
        "shown": head(&kept.evidence.shown),
    })
}

fn print(list: &[KeptEvidence]) {
    if list.is_empty() {
        println!("Không có bằng chứng nào: sổ cái của tỉnh luôn nối tiếp sổ cái đã ký trước.");
    }
    for kept in list {
        let (before, now) = (&kept.evidence.kept, &kept.evidence.shown);
        println!(
            "{}: {} (gặp {} lần, gần nhất {}) — trước: {} mục, gốc {}…; sau: {} mục, gốc {}…",
            kept.id,
            time(kept.first_ms),
            kept.times,
            time(kept.last_ms),
            before.size,
            &hex::encode(&before.root)[..16.min(before.root.len() * 2)],
            now.size,
            &hex::encode(&now.root)[..16.min(now.root.len() * 2)],
        );
    }
}
