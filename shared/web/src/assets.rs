//! Stylesheet, scripts and icon: built into the program, addressed by their content.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Files;

/// A changed file has a changed address, so that the copy may be kept for ever.
const KEEP: &str = "public, max-age=31536000, immutable";
/// Without the right version in the address: ask each time whether the copy is still good.
const ASK: &str = "no-cache";

/// The address of a built-in file: `/assets/keng.css?v=` and the beginning of its hash.
#[must_use]
pub fn url(name: &str) -> String {
    match Files::get(name) {
        Some(file) => format!("/assets/{name}?v={}", version(&file)),
        None => format!("/assets/{name}"),
    }
}

/// The routes of the built-in files, `/favicon.ico` among them.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(
            "/assets/{*name}",
            get(|Path(name): Path<String>, uri: Uri, headers: HeaderMap| async move { serve(&name, &uri, &headers) }),
        )
        .route("/favicon.ico", get(|uri: Uri, headers: HeaderMap| async move { serve("favicon.svg", &uri, &headers) }))
}

fn version(file: &EmbeddedFile) -> String {
    hex::encode(&file.metadata.sha256_hash()[..8])
}

fn serve(name: &str, uri: &Uri, headers: &HeaderMap) -> Response {
    let Some(file) = Files::get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let version = version(&file);
    let tag = format!("\"{version}\"");
    let asked_for_it = uri.query().is_some_and(|q| q.strip_prefix("v=") == Some(&version));
    let has_it = headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    let mut answer = if has_it {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, content_type(name))], Body::from(file.data.into_owned())).into_response()
    };
    let keep = HeaderValue::from_static(if asked_for_it { KEEP } else { ASK });
    answer.headers_mut().insert(header::CACHE_CONTROL, keep);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::{routes, url};
    use axum::body::Body;
    use axum::http::{Request, StatusCode, header};
    use tower::ServiceExt;

    async fn get(uri: &str, seen: Option<&str>) -> axum::response::Response {
        let mut request = Request::get(uri);
        if let Some(seen) = seen {
            request = request.header(header::IF_NONE_MATCH, seen);
        }
        routes::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_is_kept_for_ever_under_the_address_of_its_content() {
        let first = get(&url("keng.css"), None).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert!(first.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(get("/assets/keng.css?v=old", Some(&tag)).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get("/assets/../Cargo.toml", None).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(get("/favicon.ico", None).await.status(), StatusCode::OK);
    }

    #[test]
    fn the_first_load_stays_below_150_kb() {
        let size: usize = super::Files::iter().filter_map(|n| super::Files::get(&n)).map(|f| f.data.len()).sum();
        assert!(size < 110_000, "{size} bytes of files leave too little for the page itself");
    }
}
