//! Query parameters (contract §1.8).

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use utoipa::IntoParams;

use super::refusal::Refusal;
use crate::model::{Error, Id, id::IdError};

/// The parameters of a query, decoded; empty values count as absent.
pub struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<(String, String)>>();
        if pairs.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Refusal(Error::TextNul { field: "a query parameter".into() }).into_response());
        }
        Ok(Self(pairs))
    }
}

impl Query {
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(Into::into)
    }

    pub fn id<T: std::str::FromStr<Err = IdError>>(&self, name: &str) -> Result<Option<T>, Error> {
        self.text(name).map(|text| text.parse().map_err(Error::BadId)).transpose()
    }

    /// An id, or nothing if it makes no sense.
    pub fn lenient_id<T: std::str::FromStr<Err = IdError>>(&self, name: &str) -> Option<T> {
        self.text(name).and_then(|text| text.parse().ok())
    }
}

/// How lists are paged, for the API's description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read one by one, in influxd's order")]
pub struct PagingParameters {
    /// How many to leave out; a negative number leaves out none.
    #[param(nullable = false)]
    offset: Option<i64>,
    /// Only those that come after this one.
    #[param(nullable = false)]
    after: Option<Id>,
    /// At most so many; 20, unless given.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Whether to turn the order round.
    #[param(nullable = false)]
    descending: Option<bool>,
    /// Read and ignored, as in InfluxDB.
    #[param(rename = "sortBy", nullable = false)]
    sort_by: Option<String>,
}

/// `offset`, `after`, `limit` and `descending`, checked in influxd's order.
pub struct Paging<T> {
    pub offset: u32,
    pub after: Option<T>,
    pub limit: u32,
    pub descending: bool,
}

impl<T: std::str::FromStr<Err = IdError>> Paging<T> {
    pub fn of(query: &Query) -> Result<Self, Error> {
        let refuse = |text: &str| Error::BadQuery(text.into());
        let offset = match query.text("offset") {
            Some(text) => text.parse::<i64>().map_err(|_| refuse("offset is invalid"))?,
            None => 0,
        };
        let after = match query.text("after") {
            Some(text) => Some(text.parse().map_err(|error| Error::BadQuery(format!("decoding after: {error}")))?),
            None => None,
        };
        let limit = match query.text("limit") {
            Some(text) => text.parse::<i64>().map_err(|_| refuse("limit is invalid"))?,
            None => 20,
        };
        if !(1..=100).contains(&limit) {
            return Err(refuse("limit must be between 1 and 100"));
        }
        let descending =
            query.text("descending").map_or(Some(false), go_bool).ok_or_else(|| refuse("descending is invalid"))?;
        let offset = u32::try_from(offset.max(0)).unwrap_or(u32::MAX);
        Ok(Self { offset, after, limit: u32::try_from(limit).unwrap_or(20), descending })
    }
}

/// What Go reads as a truth value.
pub fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
