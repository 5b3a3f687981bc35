//! Schemas of the model's types in the OpenAPI document.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Object, ObjectBuilder, RefOr, Schema,
        schema::{KnownFormat, SchemaFormat, Type},
    },
};

use crate::{
    Action, AuthorizationId, BucketId, DbrpId, Id, OrgId, ResourceType, Status, TelegrafId, Timestamp, UserId,
    bucket::BucketKind, console::simulation::Stopped, leaked::LeakOutcome, org::Role, org_rules::OperatorTokens,
    supplied_token::SuppliedTokens, token::NewToken,
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
    "Status" for Status => words("Whether it is active or was deactivated.", &["active", "inactive"]);
    "Action" for Action => words("A permitted action. `write` does not include `read`.", &["read", "write"]);
    "ResourceType" for ResourceType => words("A type of resources.", &ResourceType::ALL.map(ResourceType::name));
    "LeakedResult" for LeakOutcome => words("Outcome for a reported string.", &LeakOutcome::ALL.map(LeakOutcome::name));
    "Role" for Role => words("Role of a user.", &["member", "owner"]);
    "OperatorTokens" for OperatorTokens => words("Who may create tokens with permissions in every organization: all who hold them, or only operators.", &OperatorTokens::ALL.map(OperatorTokens::name));
    "SuppliedTokens" for SuppliedTokens => words("Who may supply the value or the hash of a token that they create.", &SuppliedTokens::ALL.map(SuppliedTokens::name));
    "IntrospectionReason" for Stopped => words("The reason why a token does not work.", &Stopped::ALL.map(Stopped::name));
    "BucketType" for BucketKind => words("Whether a user or the system created the bucket.", &["user", "system"]);
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn id() -> Object {
    let about = "Sixteen hexadecimal digits, not all zero.";
    text(about).pattern(Some("^[0-9a-fA-F]{16}$")).examples(["020f755c3c082000"]).build()
}

fn time() -> Object {
    text("A time in RFC 3339 format.").format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).build()
}

fn token() -> Object {
    text("The token, in the response that creates it; empty in all other responses.").build()
}

fn words(description: &str, words: &[&str]) -> Object {
    text(description).enum_values(Some(words.iter().copied())).build()
}
