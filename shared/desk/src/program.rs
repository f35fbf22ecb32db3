//! What every command shares: exit codes, logs, `--set key=value`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use keng_store::Store;
use tokio::net::TcpListener;

use crate::acts::Given;
use crate::{Told, answers, plain};

/// The version, as peers are told in each session: which program it is they know.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Name and version, as files tell that programs write.
#[must_use]
pub fn software(name: &str) -> String {
    format!("{name}/{VERSION}")
}

/// Logs for administrators on stderr; `KENG_LOG` chooses how much (default `warn`).
pub fn start_logs() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KENG_LOG").unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    quieten_panics();
}

/// A hostile change that makes Automerge give up, or a spreadsheet that makes calamine do so, is
/// contained and told with a reason; its panic message would only fill the log.
fn quieten_panics() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        // `println!` panics when the reader has gone away (`| head`): then nobody is left to tell.
        if info.payload_as_str().is_some_and(|m| m.starts_with("failed printing to stdout")) {
            std::process::exit(0);
        }
        let contained =
            info.location().is_some_and(|l| l.file().contains("automerge") || l.file().contains("calamine"));
        if contained {
            tracing::debug!(%info, "contained");
        } else {
            loud(info);
        }
    }));
}

/// 0 done; 1 refused, with the sentence on stderr.
#[must_use]
pub fn exit(result: Result<ExitCode, Told>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(told) => {
            eprintln!("{told}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `key=value`, for `--set`.
///
/// # Errors
/// Without a `=`.
pub fn read_set(text: &str) -> Result<Given, String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("{text:?} is not key=value"))?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// Prints one JSON value on stdout and nothing else.
pub fn print_json(value: &serde_json::Value) {
    // A reader that has gone away (`| head`) is no fault of ours.
    let _ = serde_json::to_writer_pretty(std::io::stdout().lock(), value);
    println!();
}

/// Writes files into a folder, which is made when it is not there, and prints their paths.
///
/// # Errors
/// When the disk refuses.
pub fn write_files(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Told> {
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, bytes)).map_err(|e| {
            Told::new(
                format!("Không ghi được {}: {e}.", path.display()),
                "Dữ liệu không bị ảnh hưởng.",
                "Hãy kiểm tra thư mục và chỗ trống rồi làm lại.",
            )
        })?;
        println!("{}", path.display());
    }
    Ok(())
}

/// `contests`: what asks for a choice; with `all`, parallel edits too.
///
/// # Errors
/// Whatever SQLite says.
pub fn print_contests(store: &Store, all: bool, json: bool) -> Result<(), Told> {
    let contests = store.contests(None)?;
    let parallel = if all { store.parallel(u32::MAX)? } else { Vec::new() };
    match (json, all) {
        (true, false) => print_json(&answers::contests(&contests)),
        (true, true) => print_json(&answers::contests_and_parallel(&contests, &parallel)),
        (false, _) => {
            plain::contests(store, &contests)?;
            if all {
                plain::parallel(store, &parallel)?;
            }
        }
    }
    Ok(())
}

/// Opens a port.
///
/// # Errors
/// When it is in use or not ours to open.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Told> {
    TcpListener::bind(address).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => Told::new(
            format!("Cổng {address} đang được chương trình khác dùng."),
            "Dữ liệu không bị ảnh hưởng.",
            "Hãy chọn cổng khác hoặc dừng chương trình kia.",
        ),
        _ => Told::new(format!("Không mở được cổng {address}: {e}."), "Dữ liệu không bị ảnh hưởng.", ""),
    })
}

/// The address that a port really has: a port 0 was asked for where any is good.
///
/// # Errors
/// When the system does not say.
pub fn local(listener: &TcpListener) -> Result<SocketAddr, Told> {
    listener.local_addr().map_err(|e| Told::refused(format!("Không đọc được địa chỉ cổng: {e}.")))
}

/// Waits until a signal asks to stop (SIGTERM, or Ctrl-C at a terminal).
pub async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        // Ctrl-C at a terminal; where it cannot be listened to, only the other signal stops us.
        _ = tokio::signal::ctrl_c() => {}
    }
}
