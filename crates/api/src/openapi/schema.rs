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
        "401" "The credential is missing, unknown or inactive, or does not permit this operation.",
        "403" "The user is inactive, the caller does not hold the permissions to grant, or the request is cross-site.",
        "408" "The request took too long.",
        "429" "Too many unknown tokens, wrong passwords or reported strings came from this address; the message states how long to wait.",
        "503" "The server is busy, its database is unavailable, or entries of the audit log can't be exported.";
    /// Errors of operations that need none.
    Open:
        "403" "The request is cross-site.",
        "408" "The request took too long.",
        "503" "The server is busy, its database is unavailable, or entries of the audit log can't be exported.";
    /// Error of an invalid request.
    BadRequest: "400" "The request is invalid; the message states why.";
    /// Error of a request that names a resource that does not exist.
    NotFound: "404" "A resource in the request does not exist.";
    /// Error of a change that another resource or a rule forbids.
    Conflict: "422" "The resource exists already, or a rule forbids the change.";
    /// Error of a body that is too large.
    TooLarge: "413" "The body is larger than 2 MiB.";
    /// Error of the rate limit of leak reports.
    TooManyReports: "429" "Too many strings were reported from this address; the message states how long to wait.";
    /// Error of the rate limit of wrong passwords.
    TooManyAttempts: "429" "Too many wrong passwords; the message states how long to wait.";
}

fn refusal(description: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name(ErrorBody::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    RefOr::T(ResponseBuilder::new().description(description).content("application/json", content).build())
}
