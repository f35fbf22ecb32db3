//! Hồ sơ: a file is taken out; it is added by [`keng_web::handlers::documents`].

use axum::extract::{Path, State};
use axum::http::StatusCode;
use keng_desk::clock;
use keng_domain::document::FileHash;
use keng_store::StoreError;
use keng_web::answer::{Answer, Fault};
use keng_web::{Link, Refusal, download};

use super::state::App;
use crate::blobs::fetching::fetch;
use crate::pages::Place;

/// `GET /documents/{hash}`: the file, fetched from the province when this machine does not keep it.
///
/// # Errors
/// As a page: no document names it, or it cannot be fetched now.
pub async fn get(State(app): State<App>, Path(hash): Path<String>) -> Answer {
    let shell = app.frame().shell(Place::Models);
    let gone = || {
        let way = Link::new("Xem các mô hình", "/models");
        Fault::gone("Không có tệp này", "Dữ liệu không bị ảnh hưởng.", way).in_shell(app.frame().shell(Place::Models))
    };
    let hash: FileHash = hash.parse().map_err(|_| gone())?;
    let (named, files) = app.look(move |s| Ok((s.file_named(&hash)?, s.files()))).await?;
    let (file, document) = named.ok_or_else(gone)?;
    if let Err(fault) = fetch(app.owner(), hash, |_| {}).await {
        tracing::info!("{}: fetch: {fault}", clock::rfc3339(clock::now_ms()));
        let words = format!("{} Phần đã tải được giữ lại; lần sau tải tiếp từ đó.", fault.in_vietnamese());
        let what = "Máy này không giữ bản của tệp, và chưa tải được từ tỉnh";
        return Err(Refusal::new(shell, StatusCode::SERVICE_UNAVAILABLE, what, &words).into());
    }
    let opened = download::file(&files.path(&hash), &document.name, file.bytes).await;
    opened.map_err(|source| StoreError::Io { path: files.path(&hash), source }.into())
}
