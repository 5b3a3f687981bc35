//! An entry of the audit log, as programs read it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use jeton_model::{AuthorizationId, Id, OrgId, Timestamp, UserId, audit::AuditRow};

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
pub struct EntryBody {
    /// Sequence number in the chain, from 1.
    seq: i64,
    at: Timestamp,
    /// The event, such as `bucket created`.
    #[schema(examples("authorization created", "sign-in refused"))]
    action: String,
    actor: ActorBody,
    /// Address of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(rename = "orgID", skip_serializing_if = "Option::is_none")]
    org_id: Option<OrgId>,
    target: TargetBody,
    /// Old values in `before` and new ones in `after`, or the values at creation. Never contains a secret.
    #[schema(value_type = Object)]
    detail: Value,
    /// HMAC-SHA-256 of the entry and the previous hash.
    hash: String,
}

/// The actor; empty for an unauthenticated client, and for Jeton itself.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditActor)]
struct ActorBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<TokenBody>,
    /// Id of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditUser)]
struct UserBody {
    id: UserId,
    /// Current name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditToken)]
struct TokenBody {
    id: AuthorizationId,
    /// Current description.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditTarget)]
struct TargetBody {
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    /// Current name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// Returns the JSON of an entry.
pub fn entry_body(row: AuditRow) -> EntryBody {
    let AuditRow { seq, at, action, actor, address, org, target, detail, hash } = row;
    EntryBody {
        seq,
        at,
        action,
        actor: ActorBody {
            user: actor.user.map(|user| UserBody { id: user.id, name: user.name }),
            token: actor.token.map(|token| TokenBody {
                id: token.id,
                description: token.description,
                prefix: token.prefix,
            }),
            session: actor.session,
        },
        address,
        org_id: org,
        target: TargetBody { kind: target.kind, id: target.id, name: target.name },
        detail,
        hash,
    }
}
