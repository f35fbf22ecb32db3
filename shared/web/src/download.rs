//! A stored file as an answer: streamed from the disk, saved and never shown by the browser.

use std::path::Path;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use tokio::io::AsyncReadExt;

use crate::answer::escaped;

/// The type of a spreadsheet.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Bytes read at once: what a download costs in memory, whatever the size of the file.
const READ_BYTES: usize = 64 * 1024;

/// Answers with a file under `name`. Its type is always "bytes": a scan that somebody made up
/// must not run as a page of ours (`nosniff` is set for every answer).
///
/// # Errors
/// When the file cannot be opened.
pub async fn file(path: &Path, name: &str, bytes: u64) -> std::io::Result<Response> {
    let handle = tokio::fs::File::open(path).await?;
    let stream = futures::stream::try_unfold(handle, |mut handle| async move {
        let mut piece = vec![0; READ_BYTES];
        let n = handle.read(&mut piece).await?;
        piece.truncate(n);
        Ok::<_, std::io::Error>((n > 0).then(|| (Bytes::from(piece), handle)))
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, disposition(name)),
        (CONTENT_LENGTH, bytes.to_string()),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// Answers with a paper that we have made, to be saved under `name`.
#[must_use]
pub fn made(name: &str, bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, content_type(name).to_owned()), (CONTENT_DISPOSITION, disposition(name))], bytes).into_response()
}

/// The type of a file that we have made, by its name.
#[must_use]
pub fn content_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("json") => "application/json",
        Some("xlsx") => XLSX,
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}

/// The header by which a browser saves an answer under `name`: the plain name for old browsers, the
/// whole one for the others (RFC 6266).
#[must_use]
pub fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", escaped(name))
}
