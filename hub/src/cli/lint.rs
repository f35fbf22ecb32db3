//! `keng-hub lint`: a file against decree 30/2020/NĐ-CP (R30). It opens no data folder.
//!
//! The file may come from anybody, and the libraries that read PDF can neither be told to stop nor
//! be kept from using up their stack. It is therefore read in a process of its own, whose time and
//! memory this one watches; whatever happens there, a sentence comes out here.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use keng_desk::Told;
use keng_desk::commands::Json;
use keng_desk::program::print_json;
use keng_lint::{Judgement, Unreadable, limits, lint};
use serde_json::json;

/// Longest that a file may take: a province's report takes a second.
const TIME_MAX: Duration = Duration::from_secs(30);
/// Most memory that the reading process may hold, KiB.
const MEMORY_KIB_MAX: u64 = 1 << 20;
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(10);
/// How the reading process says that its output is a refusal.
const REFUSED: u8 = 3;

/// Which file.
#[derive(Debug, clap::Args)]
pub struct Lint {
    /// Tệp .docx hoặc .pdf.
    file: PathBuf,
    #[command(flatten)]
    json: Json,
    /// Reads in this process: how the command starts the process that reads.
    #[arg(long, hide = true)]
    here: bool,
}

impl Lint {
    /// Judges it. The exit code is 1 when there are findings.
    pub fn run(self) -> Result<ExitCode, Told> {
        if self.here {
            return Ok(self.judge().unwrap_or_else(|told| {
                println!("{told}");
                REFUSED.into()
            }));
        }
        let gave_up = || told(&self.file.display().to_string(), None);
        let mut child = self.reader().map_err(|e| Told::refused(format!("Không khởi động được việc đọc tệp: {e}.")))?;
        let Some(mut pipe) = child.stdout.take() else { return Err(gave_up()) };
        let output = thread::spawn(move || {
            let mut output = Vec::new();
            pipe.read_to_end(&mut output).map(|_| output)
        });
        let code = watched(&mut child);
        let output = output.join().ok().and_then(Result::ok).unwrap_or_default();
        match code {
            Some(code @ (0 | 1)) => {
                // A reader that has gone away (`| head`) is no fault of ours.
                let _ = std::io::stdout().lock().write_all(&output);
                Ok(code.into())
            }
            Some(REFUSED) => Err(Told::new(String::from_utf8_lossy(&output).trim(), "", "")),
            _ => Err(gave_up()),
        }
    }

    /// Starts this program once more, to read.
    fn reader(&self) -> std::io::Result<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("lint").arg("--here").args(self.json.json.then_some("--json")).arg("--").arg(&self.file);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    }

    fn judge(&self) -> Result<ExitCode, Told> {
        let name = self.file.display().to_string();
        let judgement = lint(&read(&self.file)?).map_err(|e| told(&name, Some(&e)))?;
        if self.json.json {
            print_json(&json!({ "file": name, "kind": judgement.kind, "findings": judgement.findings }));
        } else {
            print(&name, &judgement);
        }
        Ok(if judgement.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Waits for the reading process, and ends it when it costs too much. `None` when it did not end
/// by itself, or by a signal.
fn watched(child: &mut Child) -> Option<u8> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().ok()? {
            return status.code().and_then(|code| u8::try_from(code).ok());
        }
        let heavy = resident_kib(child.id()).is_some_and(|kib| kib > MEMORY_KIB_MAX);
        if heavy || began.elapsed() > TIME_MAX {
            child.kill().ok()?;
            child.wait().ok()?;
            return None;
        }
        thread::sleep(LOOK);
    }
}

/// What a process holds, KiB; `None` where the system does not say.
fn resident_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn print(name: &str, judgement: &Judgement) {
    if judgement.findings.is_empty() {
        println!("{name}: không thấy lỗi thể thức theo Nghị định 30/2020/NĐ-CP.");
        return;
    }
    println!("{name}: {} lỗi thể thức.", judgement.findings.len());
    for (at, f) in (1..).zip(&judgement.findings) {
        println!("{at}. {}: {}.\n   Cần: {}.\n   {}.", f.place, f.found, f.wanted, f.clause);
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Told> {
    let unread = |e: std::io::Error| {
        Told::new(format!("Không đọc được {}: {e}.", path.display()), "", "Hãy kiểm tra đường dẫn và quyền truy cập.")
    };
    let mut bytes = Vec::new();
    // One byte more than is judged, so that a larger file is told as such.
    let file = File::open(path).map_err(unread)?;
    file.take(limits::FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(unread)?;
    Ok(bytes)
}

/// The sentence for a file that was not judged; without a reason the reading process gave up.
fn told(name: &str, fault: Option<&Unreadable>) -> Told {
    let mib = |bytes: u64| bytes >> 20;
    let (what, next) = match fault {
        Some(Unreadable::NeitherFormat | Unreadable::NoWord) => {
            (format!("{name} không phải tệp .docx hay .pdf."), "Hãy lưu văn bản thành .docx hoặc .pdf.")
        }
        Some(Unreadable::OldOrEncryptedWord) => (
            format!("{name} là tệp .doc cũ hoặc tệp Word đặt mật khẩu."),
            "Hãy mở bằng Word, bỏ mật khẩu và lưu thành .docx.",
        ),
        Some(Unreadable::Encrypted) => {
            (format!("{name} đặt mật khẩu nên không đọc được."), "Hãy bỏ mật khẩu rồi kiểm tra lại.")
        }
        Some(Unreadable::TooLarge { max, .. }) => {
            (format!("{name} lớn hơn {} MiB.", mib(*max as u64)), "Hãy bỏ bớt ảnh, hoặc tách phụ lục thành tệp riêng.")
        }
        Some(Unreadable::UnpacksTooLarge { max }) => (
            format!("{name} bung ra lớn hơn {} MiB hoặc có quá nhiều thành phần; có thể là tệp phá hoại.", mib(*max)),
            "Hãy hỏi nơi gửi.",
        ),
        Some(Unreadable::Damaged { detail }) => {
            tracing::info!(%detail, "the file could not be read");
            (format!("{name} bị hỏng, không đọc được."), "Hãy lấy lại bản gốc.")
        }
        Some(Unreadable::NoText) => (
            format!("{name} không có chữ nào đọc được (ảnh quét hoặc tệp trống)."),
            "Hãy kiểm tra tệp gốc trước khi quét.",
        ),
        None => (
            format!(
                "{name} không đọc xong trong {} giây và {} MiB bộ nhớ: tệp hỏng hoặc tệp phá hoại.",
                TIME_MAX.as_secs(),
                MEMORY_KIB_MAX >> 10
            ),
            "Hãy lấy lại bản gốc.",
        ),
    };
    Told::new(what, "Chưa kiểm tra gì.", next)
}
