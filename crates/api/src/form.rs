//! Bodies that are forms (`application/x-www-form-urlencoded`). Names must be unique, and errors never contain values.

use axum::{
    body::Body,
    http::{HeaderMap, header},
};

use jeton_http::error::ApiError;
use jeton_model::{Id, ValidationError, id::IdError};

use crate::json::read_body;

const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters of a form, decoded; empty values count as absent.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form. Refuses other content types, repeated parameters, and NUL.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, ApiError> {
        if media_type(headers).is_some_and(|kind| kind != FORM) {
            return Err(ApiError::Form(format!("the body must be a form: send it as Content-Type {FORM}")));
        }
        let bytes = read_body(body).await?;
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
        for (index, (name, value)) in pairs.iter().enumerate() {
            if value.contains('\0') || name.contains('\0') {
                return Err(ValidationError::TextNul { field: "a parameter".into() }.into());
            }
            // The name of an unknown one may be anything, even a token that was sent without a name.
            if KNOWN.contains(&name.as_str()) && pairs[..index].iter().any(|(before, _)| before == name) {
                return Err(ApiError::Form(format!("{name} must be given once")));
            }
        }
        Ok(Self(pairs))
    }

    /// Returns a parameter's value.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Parses a parameter that is an id.
    pub fn id<T: std::str::FromStr<Err = IdError>>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let refuse = |error: IdError| ApiError::Form(format!("{name} is not an id: {error}"));
        self.text(name).map(|text| text.parse().map_err(refuse)).transpose()
    }
}

/// Names of the parameters that forms can have.
const KNOWN: [&str; 10] = [
    "token",
    "token_type_hint",
    "action",
    "resourceType",
    "resourceID",
    "resourceName",
    "orgID",
    "org",
    "address",
    "explain",
];

/// A resource by its id or by its name, but not by both.
pub enum Named<T = Id> {
    /// Neither parameter is present.
    Not,
    /// The resource with this id.
    ById(T),
    /// The resource with this name.
    ByName(String),
}

impl Form {
    /// Returns the resource that the parameter `by_id` or `by_name` names.
    pub fn named<T: std::str::FromStr<Err = IdError>>(&self, by_id: &str, by_name: &str) -> Result<Named<T>, ApiError> {
        match (self.id(by_id)?, self.text(by_name)) {
            (Some(_), Some(_)) => Err(ApiError::Form(format!("give {by_id} or {by_name}, not both"))),
            (Some(id), None) => Ok(Named::ById(id)),
            (None, Some(name)) => Ok(Named::ByName(name.to_owned())),
            (None, None) => Ok(Named::Not),
        }
    }
}

/// Returns the media type of a body in lower case and without its parameters; `None` if there is none.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (!kind.is_empty()).then_some(kind)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    async fn read(kind: &'static str, body: &'static str) -> Result<Form, ApiError> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        Form::read(&headers, body.into()).await
    }

    #[tokio::test]
    async fn a_form_is_read_whatever_its_charset() {
        let form = read("Application/X-WWW-Form-URLencoded; charset=utf-8", "token=a%2Bb&org=&x=1&x=2").await.unwrap();
        assert_eq!((form.text("token"), form.text("org"), form.text("none")), (Some("a+b"), None, None));
    }

    #[tokio::test]
    async fn other_bodies_repetitions_and_nul_are_refused() {
        for (kind, body) in [
            ("application/json", "token=a"),
            ("application/x-www-form-urlencoded", "token=a&token=b"),
            ("application/x-www-form-urlencoded", "token=a%00"),
        ] {
            assert!(read(kind, body).await.is_err(), "{body} as {kind}");
        }
    }
}
