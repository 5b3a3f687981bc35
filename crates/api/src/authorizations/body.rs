//! Authorizations in requests and responses (docs/influxdb-compatibility.md §4.1).

use axum::body::Body;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::error::ApiError;
use jeton_model::{
    Action, AuthorizationId, Expiry, Id, Networks, OrgId, Permission, Resource, ResourceType, Status, Timestamp,
    UserId, ValidationError, console::tokens::Details, describe::Named, token::NewToken,
};
use jeton_service::tokens::{
    AuthorizationUpdate, CreateAuthorization, RequestedPermission, ResourceNames, SuppliedToken,
};

use crate::json::read_with_null;

/// An authorization: the record of a token. The response that creates it contains the token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Authorization)]
pub struct AuthorizationBody {
    pub id: AuthorizationId,
    /// The token, in the response that creates it; empty in all other responses, unless the server runs with
    /// `--echo-own-token` and this is the token of the request.
    token: NewToken,
    status: Status,
    description: String,
    #[serde(rename = "orgID")]
    org_id: OrgId,
    /// The organization's name.
    org: String,
    #[serde(rename = "userID")]
    user_id: UserId,
    /// The owner's name.
    user: String,
    /// Permissions of the token. They never change.
    permissions: Vec<PermissionBody>,
    links: Links,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Expiry of the token; absent if it never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Timestamp>,
    /// Time of the last use of the token; updated with a delay of at most one minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_at: Option<Timestamp>,
    /// Address of the client that last used the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("192.0.2.7"))]
    last_used_from: Option<String>,
    /// The authorization that this one replaced in a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    replaces: Option<AuthorizationId>,
    /// The authorization that replaced this one in a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    replaced_by: Option<AuthorizationId>,
    /// The authorization whose token created this one, or last set its password. If it was deleted, the authorization
    /// that it was created with. Absent if a session created this one. Not in InfluxDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    created_with: Option<AuthorizationId>,
    /// Time at which the token was reported as leaked; it can never be activated again. Not in InfluxDB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    leaked_at: Option<Timestamp>,
    /// Networks from which the token is accepted; absent if it is accepted from any address. Not in InfluxDB.
    #[serde(skip_serializing_if = "Networks::is_everywhere")]
    #[schema(value_type = Vec<String>, required = false, examples(json!(["10.40.0.0/16", "2001:db8:40::/48"])))]
    allowed_networks: Networks,
    /// First characters of the token, to recognise it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("jtn_k7Vn"))]
    token_prefix: Option<String>,
}

/// An action on a resource.
#[derive(Serialize, ToSchema)]
#[schema(as = Permission)]
pub struct PermissionBody {
    action: Action,
    resource: ResourceBody,
}

/// The resources of a type: only one of them with `id`, only those of an organization with `orgID`.
#[derive(Serialize, ToSchema)]
#[schema(as = Resource)]
struct ResourceBody {
    #[serde(rename = "type")]
    kind: ResourceType,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<Id>,
    #[serde(rename = "orgID", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    org_id: Option<OrgId>,
    /// The name of the bucket, organization or user with this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// The organization's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    org: Option<String>,
}

/// Links to the authorization and to its owner.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthorizationLinks)]
pub struct Links {
    /// Path of the authorization.
    #[serde(rename = "self")]
    pub this: String,
    /// Path of the owner.
    pub user: String,
}

/// A list of authorizations.
#[derive(Serialize, ToSchema)]
#[schema(as = Authorizations)]
pub struct ListBody {
    pub links: ListLinks,
    pub authorizations: Vec<AuthorizationBody>,
}

/// Links of a list of authorizations.
#[derive(Serialize, ToSchema)]
#[schema(as = AuthorizationsLinks)]
pub struct ListLinks {
    /// Path of the list.
    #[serde(rename = "self")]
    pub this: &'static str,
}

/// An authorization to create. A member `token` is ignored: the server generates the token, unless `tokenValue` or
/// `tokenHash` supplies it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthorizationPostRequest)]
pub struct PostBody {
    /// The organization of the token.
    #[serde(rename = "orgID")]
    #[schema(required)]
    pub org_id: Option<OrgId>,
    /// The owner; the caller by default.
    #[serde(rename = "userID")]
    pub user_id: Option<UserId>,
    /// `active` or `inactive`; `active` by default.
    #[schema(examples("active"))]
    pub status: Option<String>,
    /// At most 1,024 bytes.
    #[schema(max_length = 1024)]
    #[serde(default)]
    pub description: String,
    /// At least one, at most 4,096 different ones. The caller must hold each of them.
    #[schema(required, min_items = 1)]
    #[serde(default)]
    pub permissions: Vec<PostPermission>,
    /// Expiry of the token, in the future. By default determined by the default lifetime in the organization's rules,
    /// or never. With a token as the credential, it must not be later than that token's own. Not in InfluxDB.
    pub expires_at: Option<Timestamp>,
    /// Networks from which the token is accepted, IPv4 or IPv6, at most 64. By default those of the token that creates
    /// it, or any address. Not in InfluxDB.
    #[schema(max_items = 64, examples(json!(["10.40.0.0/16", "2001:db8:40::/48"])))]
    pub allowed_networks: Option<Vec<String>>,
    /// The token itself: printable ASCII without spaces, and no JWT. The rules of the organization say who may supply
    /// it, by default operators. Not in InfluxDB.
    #[schema(value_type = String, required = false, format = Password, min_length = 32, max_length = 512)]
    pub token_value: Option<SecretString>,
    /// Instead of `tokenValue`: the token's SHA-256 in base64url, in InfluxDB's format. The response contains no token.
    /// Not in InfluxDB.
    #[schema(examples("$influxdb2-sha256$_s5Q0ih_ckWupYGbdfle6L7ClaFPjvHnox8X8drp30Q="))]
    pub token_hash: Option<String>,
}

/// A permission to grant.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = PermissionPostRequest)]
pub struct PostPermission {
    #[schema(required, value_type = Action)]
    #[serde(default)]
    action: String,
    #[schema(required)]
    #[serde(default)]
    resource: PostResource,
}

/// The resources of a permission to grant.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = ResourcePostRequest)]
struct PostResource {
    #[serde(rename = "type")]
    #[schema(required, value_type = ResourceType)]
    #[serde(default)]
    kind: String,
    id: Option<Id>,
    #[serde(rename = "orgID")]
    org_id: Option<OrgId>,
    /// Instead of `id`: the name of a bucket, telegraf configuration, user or organization that the caller may read.
    name: Option<String>,
    /// Instead of `orgID`, if `id` is absent too: the organization's name.
    org: Option<String>,
}

/// Changes to an authorization.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuthorizationUpdateRequest)]
pub struct PatchBody {
    /// `active` or `inactive`. A token that was reported as leaked cannot be activated.
    status: Option<String>,
    /// At most 1,024 bytes.
    #[schema(max_length = 1024)]
    description: Option<String>,
    /// Expiry of the token: in the future, or `null` for never. An expired token cannot be revived. Not in InfluxDB.
    expires_at: Option<Timestamp>,
    /// Networks from which the token is accepted, IPv4 or IPv6, at most 64; an empty list means any address. Not in
    /// InfluxDB.
    #[schema(max_items = 64, examples(json!(["10.40.0.0/16", "2001:db8:40::/48"])))]
    allowed_networks: Option<Vec<String>>,
}

/// Reads the changes to an authorization from a request's body.
pub async fn read_update(request: Body) -> Result<AuthorizationUpdate, ApiError> {
    let (body, never) = read_with_null::<PatchBody>(request, "expiresAt", ApiError::Json).await?;
    let PatchBody { status, description, expires_at, allowed_networks } = body;
    let expires_at = if never { Some(Expiry::Never) } else { expires_at.map(Expiry::At) };
    Ok(AuthorizationUpdate { status, description, expires_at, networks: networks(allowed_networks)? })
}

/// Parses the networks of a request.
pub fn networks(texts: Option<Vec<String>>) -> Result<Option<Networks>, ApiError> {
    Ok(texts.map(|texts| Networks::parse(texts.iter().map(String::as_str))).transpose()?)
}

impl TryFrom<PostBody> for CreateAuthorization {
    type Error = ApiError;

    fn try_from(body: PostBody) -> Result<Self, ApiError> {
        Ok(Self {
            org: body.org_id,
            user: body.user_id,
            status: body.status,
            description: body.description,
            permissions: requested_permissions(body.permissions)?,
            expires_at: body.expires_at.map(Expiry::At),
            networks: networks(body.allowed_networks)?,
            token: SuppliedToken { value: body.token_value, hash: body.token_hash },
        })
    }
}

/// Parses the permissions of a request.
///
/// # Errors
/// [`ValidationError::UnknownResourceType`], [`ValidationError::UnknownAction`].
pub fn requested_permissions(bodies: Vec<PostPermission>) -> Result<Vec<RequestedPermission>, ValidationError> {
    bodies.into_iter().map(RequestedPermission::try_from).collect()
}

impl TryFrom<PostPermission> for RequestedPermission {
    type Error = ValidationError;

    fn try_from(body: PostPermission) -> Result<Self, ValidationError> {
        let PostPermission { action, resource } = body;
        let PostResource { kind, id, org_id, name, org } = resource;
        let kind = kind.parse().map_err(|_| ValidationError::UnknownResourceType)?;
        let action = action.parse().map_err(|_| ValidationError::UnknownAction)?;
        let permission = Permission { action, resource: Resource { kind, id, org: org_id } };
        Ok(Self::with_names(permission, ResourceNames { resource: name, org }))
    }
}

/// Returns the JSON of an authorization with links below `path`; `token` is the value of its `token` member.
pub fn authorization_body(details: Details, token: NewToken, path: &str) -> AuthorizationBody {
    let authorization = details.authorization;
    AuthorizationBody {
        links: Links {
            this: format!("{path}/{}", authorization.id),
            user: format!("/api/v2/users/{}", authorization.user),
        },
        id: authorization.id,
        token,
        status: authorization.status,
        description: authorization.description,
        org_id: authorization.org,
        org: details.org_name.unwrap_or_default(),
        user_id: authorization.user,
        user: details.user_name.unwrap_or_default(),
        permissions: details.permissions.into_iter().map(permission_body).collect(),
        created_at: authorization.created_at,
        updated_at: authorization.updated_at,
        expires_at: authorization.expires_at,
        last_used_at: authorization.last_use.as_ref().map(|last| last.at),
        last_used_from: authorization.last_use.and_then(|last| last.from),
        replaces: authorization.replaces,
        replaced_by: details.replaced_by,
        created_with: authorization.created_with,
        leaked_at: authorization.leaked_at,
        allowed_networks: authorization.networks,
        token_prefix: authorization.token_prefix,
    }
}

/// Returns the JSON of a permission. Only buckets, organizations and users have names; if one of them was deleted, the
/// name of its organization is left out too.
pub fn permission_body(named: Named) -> PermissionBody {
    let resource = named.permission.resource;
    let is_named = matches!(resource.kind, ResourceType::Buckets | ResourceType::Orgs | ResourceType::Users)
        && resource.id.is_some();
    let gone = is_named && named.name.is_none();
    PermissionBody {
        action: named.permission.action,
        resource: ResourceBody {
            kind: resource.kind,
            id: resource.id,
            org_id: resource.org,
            name: named.name.filter(|_| is_named),
            org: named.org_name.filter(|_| !gone),
        },
    }
}
