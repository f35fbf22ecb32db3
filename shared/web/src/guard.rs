//! Who may ask. A web page elsewhere, open in the officer's browser, gets nothing from here.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, HOST, HeaderName, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::limit::RequestBodyLimitLayer;

use crate::csrf::Csrf;
use crate::refusal::Refusal;

/// Only our own files: no inline script or style, no frames, no other origin.
const CSP: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Every answer carries these. `same-origin` and not `no-referrer`, which would make the
/// browser send `Origin: null` with our own forms.
const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", CSP),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// Under which names the program answers, and how much it takes.
#[derive(Clone)]
pub struct Guard {
    hosts: Arc<[String]>,
    csrf: Csrf,
    body_bytes_max: usize,
}

impl Guard {
    /// Answers to the address it listens on, to `localhost` with that port, and to `names`
    /// (`host` or `host:port`), as the administrator configured them. Anything else is a name
    /// that someone else pointed here (DNS rebinding).
    #[must_use]
    pub fn new(listening: SocketAddr, names: &[String], csrf: Csrf, body_bytes_max: usize) -> Self {
        let port = listening.port();
        let own = ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}:{port}"));
        let configured = names.iter().map(|n| if has_port(n) { n.clone() } else { format!("{n}:{port}") });
        // "All addresses" is where it listens, not what it is called.
        let address = Some(listening.to_string()).filter(|_| !listening.ip().is_unspecified());
        let mut hosts: Vec<String> = own.into_iter().chain(address).chain(configured).collect();
        // A browser leaves out the port that the scheme implies.
        for suffix in [":80", ":443"] {
            let short: Vec<String> = hosts.iter().filter_map(|h| h.strip_suffix(suffix)).map(str::to_owned).collect();
            hosts.extend(short);
        }
        Self { hosts: hosts.iter().map(|h| h.to_lowercase()).collect(), csrf, body_bytes_max }
    }

    fn knows(&self, host: &str) -> bool {
        self.hosts.iter().any(|h| h.eq_ignore_ascii_case(host))
    }

    /// Why a request is refused, if it is.
    fn refuses(&self, method: &Method, host: Option<&str>, headers: &HeaderMap) -> Option<Refusal> {
        let Some(host) = host.filter(|h| self.knows(h)) else {
            return Some(Refusal::foreign(StatusCode::MISDIRECTED_REQUEST));
        };
        let text = |name: HeaderName| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
        let site = text(HeaderName::from_static("sec-fetch-site"));
        let navigates = text(HeaderName::from_static("sec-fetch-mode")) == Some("navigate");
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let own = match (site, text(ORIGIN)) {
            (Some("same-origin" | "none"), _) | (None, None) => true,
            // A link on a foreign page may lead here; it may not send, embed or fetch.
            (Some(_), _) => reads && navigates,
            (None, Some(origin)) => {
                reads || origin.split_once("://").is_some_and(|(_, h)| h.eq_ignore_ascii_case(host))
            }
        };
        if !own {
            return Some(Refusal::foreign(StatusCode::FORBIDDEN));
        }
        let length = text(CONTENT_LENGTH).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        (length > self.body_bytes_max).then(|| Refusal::too_large(self.body_bytes_max))
    }
}

fn has_port(name: &str) -> bool {
    name.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}

/// Puts the guards before a router: Host, Origin and Sec-Fetch-Site, headers, size, token.
pub fn protect(router: Router, guard: Guard) -> Router {
    let limit = RequestBodyLimitLayer::new(guard.body_bytes_max);
    router
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(limit)
        .layer(middleware::from_fn_with_state(guard, check))
}

async fn check(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let named = request.headers().get(HOST).and_then(|h| h.to_str().ok());
    let host = request.uri().authority().map(Authority::as_str).or(named).map(str::to_owned);
    let mut answer = match guard.refuses(request.method(), host.as_deref(), request.headers()) {
        Some(refusal) => refusal.into_response(),
        None => {
            request.extensions_mut().insert(guard.csrf.clone());
            next.run(request).await
        }
    };
    for (name, value) in HEADERS {
        answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    answer.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    answer
}

#[cfg(test)]
mod tests {
    use super::{Guard, protect};
    use crate::csrf::{CheckedForm, Csrf};
    use axum::Router;
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use axum::routing::get;
    use serde::Deserialize;
    use tower::ServiceExt;

    #[derive(Deserialize)]
    struct Teams {
        teams: u32,
    }

    fn router() -> Router {
        let write = |CheckedForm(form): CheckedForm<Teams>| async move { form.teams.to_string() };
        let router = Router::new().route("/", get(|| async { "ok" }).post(write));
        let guard = Guard::new("127.0.0.1:8080".parse().unwrap(), &["keng.lan".into()], Csrf::new([7; 32]), 200);
        protect(router, guard)
    }

    async fn check(method: &str, headers: &[(&str, &str)], body: &str, expect: StatusCode) {
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = router().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        assert_eq!(answer.status(), expect, "{method} {headers:?} {body}");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
    }

    #[tokio::test]
    async fn only_our_own_names_are_answered() {
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "KENG.lan:8080"] {
            check("GET", &[("host", host)], "", StatusCode::OK).await;
        }
        for host in ["evil.example:8080", "127.0.0.1:9090", "127.0.0.1", "localhost:8080.evil.example"] {
            check("GET", &[("host", host)], "", StatusCode::MISDIRECTED_REQUEST).await;
        }
        check("GET", &[], "", StatusCode::MISDIRECTED_REQUEST).await;
    }

    #[tokio::test]
    async fn a_form_must_come_from_our_own_page_with_its_token() {
        let host = ("host", "localhost:8080");
        let good = format!("teams=7&csrf={}", "07".repeat(32));
        let ok = StatusCode::OK;
        check("POST", &[host, ("sec-fetch-site", "same-origin")], &good, ok).await;
        check("POST", &[host, ("origin", "http://localhost:8080")], &good, ok).await;
        let no = StatusCode::FORBIDDEN;
        check("POST", &[host, ("sec-fetch-site", "cross-site")], &good, no).await;
        check("POST", &[host, ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate")], &good, no).await;
        check("POST", &[host, ("origin", "http://evil.example")], &good, no).await;
        check("POST", &[host, ("origin", "null")], &good, no).await;
        check("POST", &[host], "teams=7", no).await;
        check("POST", &[host], "teams=7&csrf=00", no).await;
        check("POST", &[host], &good.replace("teams=7", "teams=x"), StatusCode::BAD_REQUEST).await;
    }

    #[tokio::test]
    async fn foreign_pages_may_link_here_and_no_more() {
        let host = ("host", "localhost:8080");
        let navigate = ("sec-fetch-mode", "navigate");
        check("GET", &[host, ("sec-fetch-site", "cross-site"), navigate], "", StatusCode::OK).await;
        check("GET", &[host, ("sec-fetch-site", "cross-site")], "", StatusCode::FORBIDDEN).await;
    }

    #[tokio::test]
    async fn more_than_the_limit_is_refused() {
        let body = "x".repeat(300);
        let headers = [("host", "localhost:8080"), ("content-length", "300")];
        check("POST", &headers, &body, StatusCode::PAYLOAD_TOO_LARGE).await;
        check("POST", &headers[..1], &body, StatusCode::PAYLOAD_TOO_LARGE).await;
    }
}
