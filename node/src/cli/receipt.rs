//! `keng-node receipt`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keng_desk::Told;
use keng_desk::clock::{self, in_vietnam, rfc3339};
use keng_desk::program::print_json;
use keng_domain::id::RecordId;
use keng_store::Store;
use keng_store::owner::Owner;
use keng_store::receipts::Which;
use keng_sync::entry::Hash;
use keng_sync::head::PublicKey;
use keng_sync::session::client::Evidence;
use serde_json::{Value, json};

use crate::receipts::compose;
use crate::receipts::file::{FILE_BYTES_MAX, Proven, ReceiptFile};
use crate::sync::hub_key;

/// Entries that are listed for people; all are verified, and `--json` has all.
const LISTED_MAX: usize = 20;

/// What is done with receipts.
#[derive(Debug, clap::Subcommand)]
pub enum Receipt {
    /// Xuất tệp biên nhận (cần nối được với tỉnh).
    Export(Export),
    /// Kiểm tra một tệp biên nhận, ở bất cứ máy nào, không cần mạng.
    Verify(Verify),
}

/// Of what, and where to.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true)))]
pub struct Export {
    /// Mã bản ghi: mọi mục ghi của bản ghi này.
    #[arg(group = "which")]
    record: Option<RecordId>,
    /// Một mục ghi, theo mã băm của nó (xem trace).
    #[arg(long, group = "which", value_name = "HASH", value_parser = read_hash)]
    entry: Option<Hash>,
    /// Mọi mục ghi của máy này đã có biên nhận.
    #[arg(long, group = "which")]
    all: bool,
    /// Tệp ra.
    #[arg(long)]
    out: PathBuf,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

/// A file, and whose key is trusted.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Tệp biên nhận.
    file: PathBuf,
    /// Khóa công khai của trạm tỉnh (keng-hub status), 64 chữ số thập lục phân.
    #[arg(long, value_name = "HEX", value_parser = read_key)]
    hub_key: Option<PublicKey>,
    /// In ra một giá trị JSON.
    #[arg(long)]
    json: bool,
}

fn read_hash(text: &str) -> Result<Hash, String> {
    let hash = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    hash.ok_or_else(|| "mã băm có 64 chữ số thập lục phân".to_owned())
}

/// Reads a hub's public key.
pub(super) fn read_key(text: &str) -> Result<PublicKey, String> {
    let key = hex::decode(text.trim()).ok().and_then(|bytes| PublicKey::from_slice(&bytes).ok());
    key.ok_or_else(|| "khóa công khai có 64 chữ số thập lục phân".to_owned())
}

impl Receipt {
    /// Does it; verifying needs no data folder and is done before.
    pub fn run(self, data: &Path) -> Result<ExitCode, Told> {
        match self {
            Self::Export(export) => export.run(super::open(data)?),
            Self::Verify(verify) => verify.run(Some(data)),
        }
    }
}

impl Export {
    fn run(self, store: Store) -> Result<ExitCode, Told> {
        let which = match (self.record, self.entry) {
            (Some(record), _) => Which::Record(record),
            (None, Some(hash)) => Which::Entry(hash),
            (None, None) => Which::All,
        };
        let file = super::block_on(async {
            let owner = Owner::start("store", store)?;
            compose(&owner, which).await
        })?;
        write(&self.out, &file)?;
        let (entries, out) = (file.entries.len(), self.out.display());
        if self.json {
            print_json(&json!({ "file": self.out, "entries": entries }));
        } else {
            println!("Đã xuất biên nhận của {entries} mục ra {out}. Kiểm tra: keng-node receipt verify {out}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a file of JSON.
pub(super) fn write(out: &Path, file: &impl serde::Serialize) -> Result<(), Told> {
    let cannot = |e: &dyn std::fmt::Display| {
        Told::new(format!("Không ghi được {}: {e}.", out.display()), "Dữ liệu tại máy không bị ảnh hưởng.", "")
    };
    let text = serde_json::to_vec_pretty(file).map_err(|e| cannot(&e))?;
    std::fs::write(out, text).map_err(|e| cannot(&e))
}

/// Reads a file that is not larger than any honest one.
pub(super) fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Told> {
    let cannot = |e: std::io::Error| Told::new(format!("Không đọc được {}: {e}.", path.display()), "", "");
    let bytes = std::fs::metadata(path).map_err(cannot)?.len();
    if bytes > bytes_max {
        return Err(Told::new(format!("{} quá lớn ({} MiB).", path.display(), bytes >> 20), "", ""));
    }
    std::fs::read(path).map_err(cannot)
}

/// Whose word it is that a key is the hub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It was given by hand.
    Given,
    /// It is the one of the hub that this node joined.
    Joined,
    /// The file's own: nobody's.
    Nobody,
}

impl Trust {
    /// The key to hold a file against, and a store when a data folder was named.
    pub(super) fn find(
        given: Option<PublicKey>,
        data: Option<&Path>,
    ) -> Result<(Self, Option<PublicKey>, Option<Store>), Told> {
        let store = data.map(super::open).transpose()?;
        match (given, &store) {
            (Some(key), _) => Ok((Self::Given, Some(key), store)),
            (None, Some(own)) => Ok((Self::Joined, Some(hub_key(own)?), store)),
            (None, None) => Ok((Self::Nobody, None, None)),
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Joined => "joined",
            Self::Nobody => "unchecked",
        }
    }

    pub(super) fn say(self, key: &PublicKey) {
        match self {
            Self::Given => println!("Khóa của trạm tỉnh: đúng khóa đã cho (--hub-key)."),
            Self::Joined => println!("Khóa của trạm tỉnh: đúng khóa mà máy này nhận khi gia nhập."),
            Self::Nobody => println!(
                "CHÚ Ý: khóa của trạm tỉnh lấy từ chính tệp này, chưa đối chiếu với khóa tin cậy nào. Hãy hỏi tỉnh \
                 khóa công khai (keng-hub status) rồi kiểm tra lại với --hub-key; khóa trong tệp: {}",
                hex::encode(key.as_bytes())
            ),
        }
    }
}

impl Verify {
    /// Exit 0 when everything in the file is proven, 1 when anything is not.
    pub fn run(self, data: Option<&Path>) -> Result<ExitCode, Told> {
        let (trust, key, store) = Trust::find(self.hub_key, data)?;
        let checked = read(&self.file, FILE_BYTES_MAX).and_then(|bytes| {
            let wrong = |w: crate::receipts::file::Wrong| Told::new(w.in_vietnamese(), "", "");
            let file = ReceiptFile::read(&bytes).map_err(wrong)?;
            let proven = file.verify(key.as_ref()).map_err(wrong)?;
            same_log(store, &proven)?;
            Ok((file, proven))
        });
        match checked {
            Ok((file, proven)) if self.json => print_json(&answer(&file, &proven, trust)),
            Ok((file, proven)) => print(&file, &proven, trust),
            Err(told) => {
                if self.json {
                    print_json(&json!({ "valid": false, "fault": told.to_string() }));
                }
                return Err(told);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A file of another unit tells of the log as that unit has seen it. Where this node has seen it at
/// the same size, the two must be one; otherwise the hub shows different logs to different units.
fn same_log(store: Option<Store>, proven: &Proven) -> Result<(), Told> {
    let Some(mut store) = store else { return Ok(()) };
    let shown = &proven.tree_head;
    let two =
        |kept: &keng_proto::TreeHead| kept.epoch == shown.epoch && kept.size == shown.size && kept.root != shown.root;
    match store.tree_head()?.filter(two) {
        Some(kept) if hub_key(&store)? == proven.hub => {
            let evidence = Evidence { kept, shown: shown.clone(), proof: Vec::new() };
            store.keep_evidence(&evidence, clock::now_ms())?;
            Err(Told::new(
                "Biên nhận đúng chữ ký, nhưng trạm tỉnh đã ký cho máy này một sổ cái khác có cùng số mục.",
                "Máy đã giữ cả hai làm bằng chứng (keng-node evidence list).",
                "Hãy báo quản trị.",
            ))
        }
        Some(_) | None => Ok(()),
    }
}

fn print(file: &ReceiptFile, proven: &Proven, trust: Trust) {
    let time = |ms| in_vietnam(ms).format("%H:%M:%S ngày %d/%m/%Y").to_string();
    for entry in file.entries.iter().take(LISTED_MAX) {
        println!(
            "Đúng: trạm tỉnh {} đã nhận mục {}… ({}, thứ {}) vào vị trí {} của sổ cái lúc {}.",
            file.province,
            entry.entry.get(..16).unwrap_or(&entry.entry),
            entry.scope,
            entry.seq,
            entry.lsn,
            time(entry.received_at_ms)
        );
    }
    if let more @ 1.. = file.entries.len().saturating_sub(LISTED_MAX) {
        println!("… và {more} mục nữa, đều đúng.");
    }
    let head = &proven.tree_head;
    println!("Sổ cái lúc ký ({}) có {} mục, gốc {}.", time(head.at_ms), head.size, hex::encode(&head.root));
    println!("Tệp ghi là của đơn vị {}, máy {} (nhãn, không nằm trong chữ ký).", file.unit, file.node);
    trust.say(&proven.hub);
}

fn answer(file: &ReceiptFile, proven: &Proven, trust: Trust) -> Value {
    let entries: Vec<Value> = file
        .entries
        .iter()
        .zip(&proven.receipts_at_ms)
        .map(|(entry, receipt_at_ms)| {
            json!({
                "entry": entry.entry,
                "incarnation": entry.incarnation,
                "scope": entry.scope,
                "seq": entry.seq,
                "lsn": entry.lsn,
                "received_at": entry.received_at,
                "receipt_at": rfc3339(*receipt_at_ms),
            })
        })
        .collect();
    let head = &proven.tree_head;
    json!({
        "valid": true,
        "key": trust.code(),
        "hub_public_key": file.hub_public_key,
        "province": file.province,
        "unit": file.unit,
        "node": file.node,
        "tree_head": {
            "epoch": hex::encode(&head.epoch),
            "size": head.size,
            "root": hex::encode(&head.root),
            "at": rfc3339(head.at_ms),
        },
        "entries": entries,
    })
}
