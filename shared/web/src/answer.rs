//! Answers that are no pages: redirects after an act, and faults as pages.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keng_desk::Told;
use keng_store::StoreError;

use crate::parts::Link;
use crate::refusal::Refusal;
use crate::shell::Shell;

/// A fault on the way to a page; answered as a page of its own.
#[derive(Debug)]
pub struct Fault(Box<Refusal>);

/// What a handler answers.
pub type Answer<T = Response> = Result<T, Fault>;

impl Fault {
    /// Puts the frame of the program around it, as far as it is known.
    #[must_use]
    pub fn in_shell(mut self, shell: Shell) -> Self {
        self.0.shell = shell;
        self
    }

    /// A thing that is not, or no longer, there.
    #[must_use]
    pub fn gone(what: &str, data: &str, way: Link) -> Self {
        let mut page = Refusal::new(Shell::bare(), StatusCode::NOT_FOUND, what, data);
        page.ways.insert(0, way);
        Self(Box::new(page))
    }
}

impl From<Refusal> for Fault {
    fn from(page: Refusal) -> Self {
        Self(Box::new(page))
    }
}

impl From<StoreError> for Fault {
    fn from(e: StoreError) -> Self {
        let (status, what) = match &e {
            StoreError::NoRecord(_) => (StatusCode::NOT_FOUND, "Không có bản ghi này"),
            StoreError::NoFile(_) => (StatusCode::NOT_FOUND, "Không có tệp này"),
            StoreError::NoCatalogue => {
                (StatusCode::SERVICE_UNAVAILABLE, "Máy chưa nhận được dữ liệu đầu tiên của tỉnh")
            }
            StoreError::Closing => (StatusCode::SERVICE_UNAVAILABLE, "Chương trình đang dừng"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "Chương trình gặp lỗi"),
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!("page: {e}");
        }
        Self(Box::new(Refusal::new(Shell::bare(), status, what, &Told::from(e).to_string())))
    }
}

impl From<Told> for Fault {
    fn from(told: Told) -> Self {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self(Box::new(Refusal::new(Shell::bare(), status, "Chưa làm được", &told.to_string())))
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// A page that says what is wrong with the form it shows again.
pub fn with_faults(page: impl IntoResponse) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// The answer to an act that was done: see there.
#[must_use]
pub fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The year that an address names, if it is one that figures may have.
#[must_use]
pub fn year(text: &str) -> Option<i32> {
    text.parse().ok().filter(|year| keng_domain::period::YEARS.contains(year))
}

/// `path?key=value&…` without the pairs whose value is empty.
#[must_use]
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = given.map(|(key, value)| format!("{key}={}", escaped(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

pub(crate) fn escaped(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_carries_any_text() {
        assert_eq!(
            address("/points", &[("q", "Đắk & <x>"), ("show", "")]),
            "/points?q=%C4%90%E1%BA%AFk%20%26%20%3Cx%3E"
        );
        assert_eq!(address("/points", &[("q", "")]), "/points");
    }
}
