//! Schemas of the model's types and of errors in the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use jeton_http::error::ErrorBody;

/// Defines groups of error responses by status; each is a type that an operation names among its responses.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: $($status:literal $description:literal),+;)+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$(($status.into(), refusal($description))),+])
            }
        }
    )+};
}

refusals! {
    /// Errors of operations that need a credential.
    Gated:
        "401" "No credential, an unknown or inactive one, or one that does not permit this.",
        "403" "The user is inactive, permissions were asked for that the caller does not hold, or another site's page sent this.",
        "408" "The request took too long.",
        "429" "Too many unknown tokens, wrong passwords or reported strings came from this address: the message says how long to wait.",
        "503" "The server is busy.";
    /// Errors of operations that need none.
    Open:
        "403" "Another site's page sent this.",
        "408" "The request took too long.",
        "503" "The server is busy.";
    BadRequest: "400" "Something in the request means nothing: the message says what.";
    NotFound: "404" "What the request names does not exist.";
    Conflict: "422" "It exists already, or a rule forbids it.";
    TooLarge: "413" "The body is larger than 2 MiB.";
    TooManyReports: "429" "This address has reported many strings: the message says how long to wait.";
    TooManyAttempts: "429" "Too many wrong passwords: the message says how long to wait.";
}

fn refusal(description: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name(ErrorBody::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    RefOr::T(ResponseBuilder::new().description(description).content("application/json", content).build())
}
