//! Bundles in the browser: a file that is chosen here, a file that is saved there. The same at both
//! programs; what is in the file is theirs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures::stream;
use keng_desk::Told;
use keng_store::{Store, StoreError};
use tempfile::{NamedTempFile, TempDir};
use tokio::io::AsyncReadExt;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::answer::Fault;
use crate::csrf::Csrf;
use crate::refusal::Refusal;

/// The largest bundle that a browser may bring. A year of a district is a few MiB; what is larger is
/// cut with `--max-size` or read by the command, which has no limit.
pub const UPLOAD_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A token is 64 characters.
const TOKEN_BYTES_MAX: usize = 1_024;

/// A stick is slow, but a browser that sends nothing must not keep others from theirs.
const RECEIVE_MAX: Duration = Duration::from_secs(10 * 60);

/// Read at once from a file that is saved.
const CHUNK_BYTES: usize = 64 * 1024;

/// One at a time: each may fill the disk with a file of the largest size.
static TURN: Semaphore = Semaphore::const_new(1);

/// The turn of one upload or download.
///
/// # Errors
/// When it is another's.
pub fn turn() -> Result<SemaphorePermit<'static>, Fault> {
    TURN.try_acquire().map_err(|_| {
        Told::new("Đang nhập hoặc xuất một gói USB khác.", "Chưa làm gì.", "Hãy đợi ít giây rồi thử lại.").into()
    })
}

/// A file that came; removed when dropped.
#[derive(Debug)]
pub struct Received {
    /// What the officer calls it.
    pub name: String,
    folder: TempDir,
}

impl Received {
    /// Where it lies, under its own name, so that sentences call it as the officer does.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }
}

/// Takes the file of a form whose token is right; it lies in `data` meanwhile.
///
/// # Errors
/// As a page: a form that cannot be read, a wrong token, no file, a full disk.
pub async fn receive(form: Multipart, csrf: &Csrf, data: &Path) -> Result<Received, Fault> {
    match tokio::time::timeout(RECEIVE_MAX, read_form(form, csrf, data)).await {
        Ok(received) => received,
        Err(_) => Err(Told::new("Trình duyệt gửi tệp quá lâu.", "Chưa nhập gì.", "Hãy thử lại.").into()),
    }
}

async fn read_form(mut form: Multipart, csrf: &Csrf, data: &Path) -> Result<Received, Fault> {
    let mut trusted = false;
    while let Some(mut field) = form.next_field().await.map_err(|e| unreadable(&e))? {
        match field.name() {
            Some("csrf") => trusted = csrf.matches(&short_text(&mut field).await?),
            // The token stands before the file in our forms: nothing is stored for a stranger.
            Some("file") if !trusted => return Err(Refusal::stale_form().into()),
            Some("file") => return keep(field, data).await,
            _ => {}
        }
    }
    match trusted {
        true => Err(Told::refused("Hãy chọn một tệp.").into()),
        false => Err(Refusal::stale_form().into()),
    }
}

fn unreadable(e: &MultipartError) -> Fault {
    Refusal::unreadable_form(e.status(), &e.body_text()).into()
}

async fn short_text(field: &mut Field<'_>) -> Result<String, Fault> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|e| unreadable(&e))? {
        if text.len() + chunk.len() > TOKEN_BYTES_MAX {
            return Err(Refusal::stale_form().into());
        }
        text.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

async fn keep(mut field: Field<'_>, data: &Path) -> Result<Received, Fault> {
    let given = field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = given.chars().filter(|c| !c.is_control()).take(60).collect();
    let name = if name.trim_matches('.').is_empty() { "goi-usb".to_owned() } else { name };
    let folder = tempfile::Builder::new().prefix("upload-").tempdir_in(data).map_err(|e| disk(data, e))?;
    let received = Received { name, folder };
    let path = received.path();
    let mut file = std::fs::File::create(&path).map_err(|e| disk(&path, e))?;
    while let Some(chunk) = field.chunk().await.map_err(|e| unreadable(&e))? {
        file.write_all(&chunk).map_err(|e| disk(&path, e))?;
    }
    Ok(received)
}

fn disk(path: &Path, source: std::io::Error) -> Fault {
    match source.kind() {
        std::io::ErrorKind::StorageFull => StoreError::DiskFull.into(),
        _ => StoreError::Io { path: path.to_owned(), source }.into(),
    }
}

/// Works on the data folder as a command beside `serve` does: with a connection of its own, so that
/// neither pages nor sessions wait. What it writes is noticed as a command's is.
///
/// # Errors
/// What `act` says.
pub async fn beside<T, F>(data: PathBuf, act: F) -> Result<T, Told>
where
    T: Send + 'static,
    F: FnOnce(&mut Store) -> Result<T, Told> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(move || act(&mut Store::open(&data)?)).await;
    done.unwrap_or_else(|e| Err(Told::refused(format!("Chương trình gặp lỗi: {e}."))))
}

/// A file that is made in `data` to be saved by the browser; removed when it was sent.
///
/// # Errors
/// When the disk is full.
pub fn to_send(data: &Path) -> Result<NamedTempFile, Fault> {
    tempfile::Builder::new().prefix("download-").tempfile_in(data).map_err(|e| disk(data, e))
}

/// Sends a file under a name that is safe in a header.
///
/// # Errors
/// When it cannot be read.
pub async fn send(made: NamedTempFile, save_as: &str) -> Result<Response, Fault> {
    let path = made.path().to_owned();
    // It was written under this name, not through the handle: opened again.
    let file = tokio::fs::File::open(&path).await.map_err(|e| disk(&path, e))?;
    let bytes = file.metadata().await.map_err(|e| disk(&path, e))?.len();
    let chunks = stream::try_unfold((file, made), |(mut file, made)| async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        let n = file.read(&mut chunk).await?;
        chunk.truncate(n);
        Ok::<_, std::io::Error>((n > 0).then_some((chunk, (file, made))))
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{save_as}\"")),
        (CONTENT_LENGTH, bytes.to_string()),
    ];
    Ok((headers, Body::from_stream(chunks)).into_response())
}
