//! Is the data folder as it was written? The store's check and that of the keys, told in words.

mod words;

use keng_store::fsck::{Checked, Part, Report};
use keng_store::{Store, StoreError};
use serde_json::{Value as Json, json};
use std::process::ExitCode;

pub use self::words::part_words;
use crate::Told;
use crate::folder::Keys;
use crate::program::print_json;
use crate::progress::Progress;

/// The code of faults of files of documents.
pub(crate) const BLOB: &str = "blob";

/// A fault as an administrator is told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of thing is wrong: a code.
    pub what: &'static str,
    /// Where: table, record, feed, place.
    pub place: String,
    /// What is wrong with it, one sentence without its full stop.
    pub detail: String,
    /// Whether `--repair` mends it.
    pub repairable: bool,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// What was looked at.
    pub checked: Checked,
    /// Key files looked at.
    pub keys: u64,
    /// The faults, as many as are told one by one.
    pub faults: Vec<Fault>,
    /// How many more there are.
    pub more: u64,
}

impl Found {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether everything that is wrong can be made anew.
    #[must_use]
    pub fn is_repairable(&self) -> bool {
        self.faults.iter().all(|f| f.repairable)
    }

    /// How many faults there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.faults.len() as u64 + self.more
    }

    /// The database could not even be opened.
    fn unopened(why: &str) -> Self {
        let fault = Fault {
            what: "sqlite",
            place: keng_store::open::FILE.to_owned(),
            detail: format!("cơ sở dữ liệu không mở được ({why})"),
            repairable: false,
        };
        Self { faults: vec![fault], ..Self::default() }
    }

    /// The JSON of `fsck --json`.
    #[must_use]
    pub fn json(&self) -> Json {
        let c = self.checked;
        let faults: Vec<Json> = self
            .faults
            .iter()
            .map(|f| json!({ "what": f.what, "where": f.place, "detail": f.detail, "repairable": f.repairable }))
            .collect();
        json!({
            "ok": self.is_ok(),
            "checked": {
                "feeds": c.feeds, "entries": c.entries, "withheld": c.withheld, "signatures": c.signatures,
                "receipts": c.receipts, "blobs": c.blobs, "tree_heads": c.tree_heads, "documents": c.documents, "views": c.views,
                "keys": self.keys,
            },
            "faults": faults,
            "more": self.more,
        })
    }

    /// Prints it for people.
    pub fn print(&self) {
        let c = self.checked;
        println!(
            "Đã kiểm tra {} dòng ghi, {} mục ghi, {} chữ ký, {} biên nhận, {} bản ghi, {} dòng số liệu dẫn xuất, {} tệp khóa.",
            c.feeds, c.entries, c.signatures, c.receipts, c.documents, c.views, self.keys
        );
        if self.is_ok() {
            println!("Không có lỗi.");
        }
        for fault in &self.faults {
            let mark = if fault.repairable { " [sửa được bằng --repair]" } else { "" };
            println!("- {}: {}{mark}", fault.place, fault.detail);
        }
        if self.more > 0 {
            println!("… và {} lỗi nữa.", self.more);
        }
    }

    /// What remains to be done, as a refusal; [`None`] when nothing is wrong. `mended`: what could be
    /// made anew was made anew before.
    #[must_use]
    pub fn told(&self, mended: bool) -> Option<Told> {
        if self.is_ok() {
            return None;
        }
        let remedy = if self.is_repairable() {
            "Hãy chạy lại với --repair: phần dẫn xuất được lập lại từ các mục ghi, quyền đọc khóa được siết lại."
        } else {
            "Phần không tự sửa được phải lấy lại từ bản sao lưu (restore), hoặc nhận lại từ tỉnh bằng một lần gia nhập mới; hãy giữ nguyên thư mục này."
        };
        let (found, data) = match mended {
            true => ("Còn", "Phần lập lại được đã lập lại; các mục ghi không bị đụng đến."),
            false => ("Tìm thấy", "Không có gì bị thay đổi."),
        };
        Some(Told::new(format!("{found} {} lỗi trong thư mục dữ liệu.", self.count()), data, remedy))
    }
}

/// How far a check is: the part, steps done, steps in all (0: unknown).
pub type Tell<'a> = dyn FnMut(Part, u64, u64) + 'a;

/// Checks a data folder; nothing is changed.
///
/// # Errors
/// What keeps the check from being done: a full disk, another program's lock.
pub fn look(store: &Store, tell: &mut Tell<'_>) -> Result<Found, Told> {
    let Report { checked, faults, more } = store.fsck(tell)?;
    let mut found = Found { checked, keys: 0, faults: faults.iter().map(words::in_vietnamese).collect(), more };
    look_at_keys(store, &mut found);
    Ok(found)
}

/// Mends what can be mended, and checks again.
///
/// # Errors
/// When it cannot be mended; then everything is as it was.
pub fn repair(store: &mut Store, tell: &mut Tell<'_>) -> Result<Found, Told> {
    store.repair()?;
    #[cfg(unix)]
    Keys::of(store.folder()).tighten()?;
    look(store, tell)
}

/// What a database that cannot be opened is: a fault when it is damaged, else no matter of a check.
///
/// # Errors
/// Whatever has nothing to do with damage.
pub fn unopened(e: StoreError) -> Result<Found, Told> {
    match &e {
        StoreError::Sqlite(why) => Ok(Found::unopened(&why.to_string())),
        StoreError::Damaged(why) => Ok(Found::unopened(why)),
        _ => Err(e.into()),
    }
}

/// `fsck`: checks, mends when asked to, prints. Returns whether everything is well.
///
/// # Errors
/// As [`look`] and [`repair`].
pub fn run(opened: Result<Store, StoreError>, mend: bool, json: bool) -> Result<ExitCode, Told> {
    let progress = Progress::default();
    let mut tell = |part, done, of| progress.say(part_words(part), done, of);
    let mut mended = false;
    let mut found = match opened {
        Err(e) => unopened(e)?,
        Ok(mut store) => {
            let found = look(&store, &mut tell)?;
            mended = mend && found.faults.iter().any(|f| f.repairable);
            if mended { repair(&mut store, &mut tell)? } else { found }
        }
    };
    drop(progress);
    // Told in the order in which they matter: what cannot be mended first.
    found.faults.sort_by_key(|f| f.repairable);
    if json {
        print_json(&found.json());
    } else {
        found.print();
    }
    match found.told(mended) {
        None => Ok(ExitCode::SUCCESS),
        Some(told) => Err(told),
    }
}

/// Keys are there, are read by nobody else, and are those that the register knows.
fn look_at_keys(store: &Store, found: &mut Found) {
    let keys = Keys::of(store.folder());
    let place = keys.folder().display().to_string();
    let mut fault = |place: String, detail: String, repairable| {
        found.faults.push(Fault { what: "key", place, detail, repairable });
    };
    // A folder that was restored or copied goes on with another key than its first.
    let own = store.identity().incarnation;
    match keys.signing_key_of(own) {
        Err(told) => fault(place.clone(), told.to_string().trim_end_matches('.').to_owned(), false),
        Ok(key) => {
            if let Ok(Some(known)) = store.public_key(own)
                && known != *key.public().as_bytes()
            {
                let detail = format!("khóa ký không phải khóa mà danh bạ ghi cho lần cài đặt {own}");
                fault(place.clone(), detail, false);
            }
        }
    }
    #[cfg(unix)]
    match keys.loose() {
        Ok(loose) => {
            for path in loose {
                fault(path.display().to_string(), "người dùng khác của máy đọc được khóa này".to_owned(), true);
            }
        }
        Err(told) => fault(place, told.to_string().trim_end_matches('.').to_owned(), false),
    }
    found.keys = std::fs::read_dir(keys.folder()).map_or(0, |files| files.count() as u64);
}
