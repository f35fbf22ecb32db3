//! Hồ sơ: a file that has come is taken out.

use axum::extract::{Path, State};
use keng_domain::document::FileHash;
use keng_web::answer::{Answer, Fault};
use keng_web::{Link, download};

use super::state::App;
use crate::pages::Place;

/// `GET /documents/{hash}`.
///
/// # Errors
/// As a page: no document names the file, or it has not come yet.
pub async fn get(State(app): State<App>, Path(hash): Path<String>) -> Answer {
    let gone = |what: &str, data: &str| {
        let way = Link::new("Xem các mô hình", "/models");
        Fault::gone(what, data, way).in_shell(app.frame().shell(Place::Models))
    };
    let nothing = || gone("Không có tệp này", "Dữ liệu không bị ảnh hưởng.");
    let hash: FileHash = hash.parse().map_err(|_| nothing())?;
    let (named, files) = app.look(move |s| Ok((s.file_named(&hash)?, s.files()))).await?;
    let (file, document) = named.ok_or_else(nothing)?;
    match download::file(&files.path(&hash), &document.name, file.bytes).await {
        Ok(answer) => Ok(answer),
        Err(e) => {
            tracing::info!(%hash, "download: {e}");
            Err(gone("Tệp này chưa tới tỉnh", "Máy của đơn vị sẽ tự gửi khi có mạng, sau số liệu."))
        }
    }
}
