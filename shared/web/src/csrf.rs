//! The token that proves a form came from one of our own pages.

use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use crate::refusal::Refusal;

/// The secret of one run of the program. Another origin cannot read our pages, hence cannot
/// know it; [`crate::guard`] hands it to [`CheckedForm`].
#[derive(Clone)]
pub struct Csrf(String);

impl Csrf {
    /// The token made of 32 random bytes.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(hex::encode(random))
    }

    /// What [`crate::Shell::csrf`] carries into every form.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.0
    }

    /// Whether `given` is the token; takes the same time for every wrong one.
    #[must_use]
    pub fn matches(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

/// The fields of a form whose token was right. To be used in place of [`Form`] in every handler
/// that changes something.
#[derive(Debug, Clone, Copy)]
pub struct CheckedForm<T>(pub T);

#[derive(Deserialize)]
struct Token {
    csrf: String,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for CheckedForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let expected = request.extensions().get::<Csrf>().cloned();
        let kind = request.headers().get(header::CONTENT_TYPE).cloned();
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let again = || {
            let mut copy = Request::new(Body::from(body.clone()));
            *copy.method_mut() = axum::http::Method::POST;
            if let Some(kind) = &kind {
                copy.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
            }
            copy
        };
        let given = Form::<Token>::from_request(again(), state).await.map(|Form(t)| t.csrf).unwrap_or_default();
        if !expected.is_some_and(|csrf| csrf.matches(&given)) {
            return Err(Refusal::stale_form().into_response());
        }
        match Form::<T>::from_request(again(), state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(fault) => Err(Refusal::unreadable_form(StatusCode::BAD_REQUEST, &fault.to_string()).into_response()),
        }
    }
}
