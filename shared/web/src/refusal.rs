//! The page that says no: what happened, what became of the data, and the way on.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::parts::Link;
use crate::shell::Shell;

/// A refusal or a fault, told to a person.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "refusal.html")]
pub struct Refusal {
    /// The frame; bare where nothing is known yet.
    pub shell: Shell,
    /// The status of the answer.
    pub status: StatusCode,
    /// What happened.
    pub what: String,
    /// What became of the data.
    pub data: String,
    /// What to do next; never empty.
    pub ways: Vec<Link>,
    /// For the administrator: what the log calls it.
    pub detail: Option<String>,
}

impl Refusal {
    /// Nothing at this address.
    #[must_use]
    pub fn not_found(shell: Shell) -> Self {
        Self::new(shell, StatusCode::NOT_FOUND, "Không có trang này", "Dữ liệu không bị ảnh hưởng.")
    }

    /// Something broke on our side. `data` says what became of what was typed.
    #[must_use]
    pub fn broken(shell: Shell, data: &str, detail: String) -> Self {
        let page = Self::new(shell, StatusCode::INTERNAL_SERVER_ERROR, "Chương trình gặp lỗi", data);
        Self { detail: Some(detail), ..page }
    }

    /// A form whose token is of another run of the program, or from elsewhere.
    #[must_use]
    pub fn stale_form() -> Self {
        let data = "Chưa ghi gì. Quay lại trang trước, tải lại trang rồi gửi lần nữa.";
        Self::new(Shell::bare(), StatusCode::FORBIDDEN, "Trang này đã cũ, chưa gửi được", data)
    }

    /// A form that lacks a field, or has one that cannot be read.
    #[must_use]
    pub fn unreadable_form(status: StatusCode, detail: &str) -> Self {
        let data = "Chưa ghi gì. Quay lại trang trước và thử lại.";
        Self {
            detail: Some(detail.to_owned()), ..Self::new(Shell::bare(), status, "Không đọc được biểu mẫu", data)
        }
    }

    /// More than the program takes at once.
    #[must_use]
    pub fn too_large(bytes_max: usize) -> Self {
        let what = format!("Nội dung gửi lên quá lớn (tối đa {})", crate::format::bytes(bytes_max as u64));
        Self::new(Shell::bare(), StatusCode::PAYLOAD_TOO_LARGE, &what, "Chưa ghi gì.")
    }

    /// A request that did not come from one of our own pages.
    #[must_use]
    pub fn foreign(status: StatusCode) -> Self {
        let data = "Chưa ghi gì. Hãy mở chương trình bằng địa chỉ mà máy đã in ra khi khởi động.";
        Self::new(Shell::bare(), status, "Yêu cầu này không đến từ trang của Kẻng", data)
    }

    /// A refusal with the way home.
    #[must_use]
    pub fn new(shell: Shell, status: StatusCode, what: &str, data: &str) -> Self {
        let ways = vec![Link::new("Về trang đầu", "/")];
        Self { shell, status, what: what.to_owned(), data: data.to_owned(), ways, detail: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self.render() {
            Ok(html) => (self.status, Html(html)).into_response(),
            // Only memory can fail a template that compiled; the status still goes out.
            Err(_) => self.status.into_response(),
        }
    }
}
