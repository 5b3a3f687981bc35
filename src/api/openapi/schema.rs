//! Schemas of the model's types and of errors in the OpenAPI document.

use std::{borrow::Cow, collections::BTreeMap};

use utoipa::{
    IntoResponses, PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, Object, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
        schema::{KnownFormat, SchemaFormat, Type},
    },
};

use crate::{
    http::error::ErrorBody,
    model::{
        Action, AuthorizationId, BucketId, DbrpId, Id, OrgId, ResourceType, Status, TelegrafId, Timestamp, UserId,
        bucket::BucketKind, leaked::LeakOutcome, org::Role, org_rules::OperatorTokens, token::NewToken,
    },
};

macro_rules! schemas {
    ($($name:literal for $($type:ty),+ => $schema:expr;)+) => {$($(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
        }
    )+)+};
}

schemas! {
    "ID" for Id, OrgId, UserId, BucketId, TelegrafId, AuthorizationId, DbrpId => id();
    "Time" for Timestamp => time();
    "Token" for NewToken => token();
    "Status" for Status => words("Whether its owner has switched it on.", &["active", "inactive"]);
    "Action" for Action => words("What may be done. Writing does not include reading.", &["read", "write"]);
    "ResourceType" for ResourceType => words("A kind of thing.", &ResourceType::ALL.map(ResourceType::name));
    "LeakedResult" for LeakOutcome => words("What became of a string that was reported.", &LeakOutcome::ALL.map(LeakOutcome::name));
    "Role" for Role => words("What a user is there.", &["member", "owner"]);
    "OperatorTokens" for OperatorTokens => words("Who may create tokens that reach every organization: whoever holds the permissions, or operators alone.", &OperatorTokens::ALL.map(OperatorTokens::name));
    "BucketType" for BucketKind => words("Whether people made it or the system did.", &["user", "system"]);
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn id() -> Object {
    let about = "Sixteen hexadecimal digits, not all zero.";
    text(about).pattern(Some("^[0-9a-fA-F]{16}$")).examples(["020f755c3c082000"]).build()
}

fn time() -> Object {
    text("RFC 3339.").format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).build()
}

fn token() -> Object {
    text("The secret itself, in the answer that creates it; empty ever after.").build()
}

fn words(description: &str, words: &[&str]) -> Object {
    text(description).enum_values(Some(words.iter().copied())).build()
}

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
