//! Query parameters (docs/influxdb-compatibility.md §1.8).

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use utoipa::IntoParams;

use jeton_http::error::ApiError;
use jeton_model::{Id, ValidationError, id::IdError};

/// Maximum number of bytes of a parameter. No name, id or search text is longer.
const MAX_PARAMETER: usize = 1024;

/// The parameters of a query, decoded; empty values count as absent.
pub struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let query = parts.uri.query().unwrap_or_default();
        Self::read(query).map_err(IntoResponse::into_response)
    }
}

/// Decodes a name or a value; `None` if it is not UTF-8 in percent-encoding.
fn decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => (hex_digit(bytes.next()?)? << 4) | hex_digit(bytes.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

impl Query {
    /// Parses a query. An invalid parameter is refused, not ignored: the list would be unfiltered.
    fn read(query: &str) -> Result<Self, ApiError> {
        let not_encoded = || ApiError::Query("the query is not UTF-8 in percent-encoding".into());
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = decoded(name).zip(decoded(value)).ok_or_else(not_encoded)?;
            if value.contains('\0') {
                return Err(ApiError::from(ValidationError::TextNul { field: "a query parameter".into() }));
            }
            if name.len() > MAX_PARAMETER || value.len() > MAX_PARAMETER {
                return Err(ApiError::from(ValidationError::TextTooLong {
                    field: "a query parameter".into(),
                    limit: MAX_PARAMETER,
                }));
            }
            Ok((name, value))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    /// Returns a parameter's value.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Returns a copy of a parameter's value.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(Into::into)
    }

    /// Parses a parameter that is an id.
    pub fn id<T: std::str::FromStr<Err = IdError>>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.text(name).map(|text| text.parse().map_err(ApiError::Id)).transpose()
    }

    /// Parses a parameter that is an id; `None` if it is invalid.
    pub fn lenient_id<T: std::str::FromStr<Err = IdError>>(&self, name: &str) -> Option<T> {
        self.text(name).and_then(|text| text.parse().ok())
    }
}

/// The parameters of paging, for the API's description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read one by one, in influxd's order")]
pub struct PagingParameters {
    /// Number of items to skip; a negative number skips none.
    #[param(nullable = false)]
    offset: Option<i64>,
    /// Only items after this one.
    #[param(nullable = false)]
    after: Option<Id>,
    /// Maximum number of items; 20 by default.
    #[param(nullable = false, minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// True to reverse the order.
    #[param(nullable = false)]
    descending: Option<bool>,
    /// Ignored, as in InfluxDB.
    #[param(rename = "sortBy", nullable = false)]
    sort_by: Option<String>,
}

/// The parameters `offset`, `after`, `limit` and `descending`, checked in influxd's order.
pub struct Paging<T> {
    /// Number of items to skip.
    pub offset: u32,
    /// The item after which the page begins.
    pub after: Option<T>,
    /// Maximum number of items, from 1 to 100; 20 by default.
    pub limit: u32,
    /// True if the order is reversed.
    pub descending: bool,
}

impl<T: std::str::FromStr<Err = IdError>> Paging<T> {
    /// Parses the parameters of paging.
    pub fn of(query: &Query) -> Result<Self, ApiError> {
        let refuse = |text: &str| ApiError::Query(text.into());
        let offset = match query.text("offset") {
            Some(text) => text.parse::<i64>().map_err(|_| refuse("offset is invalid"))?,
            None => 0,
        };
        let after = match query.text("after") {
            Some(text) => Some(text.parse().map_err(|error| ApiError::Query(format!("decoding after: {error}")))?),
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

/// Parses what Go accepts as a boolean.
pub fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jeton_service::Error;

    use super::*;

    #[test]
    fn parameters_are_decoded_and_empty_ones_are_absent() {
        let query = Query::read("a=x+y%20%C3%a9&&b=&c&a=2&d=1=2").unwrap();
        assert_eq!(query.text("a"), Some("x y é"));
        assert_eq!((query.text("b"), query.text("c"), query.text("z")), (None, None, None));
        assert_eq!(query.text("d"), Some("1=2"));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for query in ["a=%", "a=%4", "a=%zz", "%ff=1", "a=%80", "a=1&b=%c3", "a=%+1"] {
            assert!(matches!(Query::read(query), Err(ApiError::Query(_))), "{query}");
        }
        assert!(matches!(
            Query::read("a=%00"),
            Err(ApiError::Service(Error::Validation(ValidationError::TextNul { .. })))
        ));
        let long = |length| Query::read(&format!("a={}", "x".repeat(length))).map(drop);
        assert_eq!(long(1024), Ok(()));
        assert!(matches!(
            long(1025),
            Err(ApiError::Service(Error::Validation(ValidationError::TextTooLong { limit: 1024, .. })))
        ));
    }
}
