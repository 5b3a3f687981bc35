//! Members and owners of organizations, buckets and telegraf configurations (docs/influxdb-compatibility.md §5.3).

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{BucketId, OrgId, TelegrafId, User, UserId, org::Role};
use jeton_service::orgs::members::Parent;

use crate::{
    extractors::{Caller, ParentId, PartId},
    json::read,
    no_content,
    openapi::schema::{BadRequest, Conflict, Gated, NotFound, TooLarge},
    users::{UserBody, user_body},
};

/// A user and their role.
#[derive(Serialize, ToSchema)]
#[schema(as = ResourceMember)]
struct MemberBody {
    role: Role,
    #[serde(flatten)]
    user: UserBody,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ResourceMembers)]
struct ListBody {
    links: Links,
    users: Vec<MemberBody>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ResourceMembersLinks)]
struct Links {
    #[serde(rename = "self")]
    this: String,
}

/// A user to make a member or an owner.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = AddResourceMemberRequestBody)]
struct PostBody {
    #[schema(required)]
    id: Option<UserId>,
}

/// Returns the routes of members and owners of all resource types.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(org_members::routes())
        .merge(org_owners::routes())
        .merge(bucket_members::routes())
        .merge(bucket_owners::routes())
        .merge(telegraf_members::routes())
        .merge(telegraf_owners::routes())
}

fn path(parent: Parent, role: Role) -> String {
    let parent = match parent {
        Parent::Org(id) => format!("orgs/{id}"),
        Parent::Bucket(id) => format!("buckets/{id}"),
        Parent::Telegraf(id) => format!("telegrafs/{id}"),
    };
    format!("/api/v2/{parent}/{}s", role.name())
}

fn member_body(role: Role, user: User) -> MemberBody {
    MemberBody { role, user: user_body(user) }
}

async fn list(state: AppState, caller: Caller, parent: Parent, role: Role) -> Result<Response, ApiError> {
    let users = state.service.members(&caller.0, parent, role).await?;
    let users = users.into_iter().map(|user| member_body(role, user)).collect();
    Ok(indented(StatusCode::OK, &ListBody { links: Links { this: path(parent, role) }, users }))
}

async fn add(state: AppState, caller: Caller, parent: Parent, role: Role, request: Body) -> Result<Response, ApiError> {
    let PostBody { id } = read(request, ApiError::Json).await?;
    let user = state.service.add_member(&caller.0, parent, id, role).await?;
    Ok(indented(StatusCode::CREATED, &member_body(role, user)))
}

async fn remove(state: AppState, caller: Caller, parent: Parent, user: UserId) -> Result<Response, ApiError> {
    state.service.remove_member(&caller.0, parent, user).await?;
    Ok(no_content().into_response())
}

/// Defines the three operations on one role in one resource type, each documented under its own path.
macro_rules! role_in {
    ($module:ident: $role:ident $word:tt of $parent:ident($id:ty) $thing:tt, $tag:tt, $name:tt, $path:tt, $part:tt, [$list:tt, $add:tt, $remove:tt]) => {
        mod $module {
            use super::*;

            /// Returns the routes of this role.
            pub fn routes() -> OpenApiRouter<AppState> {
                OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove))
            }

            /// In the order of ids. A resource that the caller may not read is treated as one that does not exist.
            #[utoipa::path(get, path = $path, tag = $tag, operation_id = $list, summary = concat!("List the ", $word, "s of ", $thing),
                params(($name = $id, Path, description = "The resource.")),
                responses((status = 200, description = "The users.", body = ListBody), BadRequest, NotFound, Gated))]
            async fn list(State(state): State<AppState>, caller: Caller, ParentId(id): ParentId<$id>) -> Result<Response, ApiError> {
                super::list(state, caller, Parent::$parent(id), Role::$role).await
            }

            /// Refused if the user is already a member or an owner.
            #[utoipa::path(post, path = $path, tag = $tag, operation_id = $add, request_body = PostBody, summary = concat!("Make a user ", $word, " of ", $thing),
                params(($name = $id, Path, description = "The resource.")),
                responses((status = 201, description = "The user.", body = MemberBody), BadRequest, NotFound, Conflict, TooLarge, Gated))]
            async fn add(State(state): State<AppState>, caller: Caller, ParentId(id): ParentId<$id>, request: Body) -> Result<Response, ApiError> {
                super::add(state, caller, Parent::$parent(id), Role::$role, request).await
            }

            /// Removes the user's role, member or owner. No effect if they have none.
            #[utoipa::path(delete, path = $part, tag = $tag, operation_id = $remove, summary = concat!("Remove one of the ", $word, "s of ", $thing),
                params(($name = $id, Path, description = "The resource."), ("userID" = UserId, Path, description = "The user.")),
                responses((status = 204, description = "The user has no role."), BadRequest, NotFound, Gated))]
            async fn remove(
                State(state): State<AppState>,
                caller: Caller,
                ParentId(id): ParentId<$id>,
                PartId(user): PartId<UserId>,
            ) -> Result<Response, ApiError> {
                super::remove(state, caller, Parent::$parent(id), user).await
            }
        }
    };
}

role_in!(org_members: Member "member" of Org(OrgId) "an organization", "Organizations", "orgID",
    "/api/v2/orgs/{orgID}/members", "/api/v2/orgs/{orgID}/members/{userID}",
    ["GetOrgsIDMembers", "PostOrgsIDMembers", "DeleteOrgsIDMembersID"]);
role_in!(org_owners: Owner "owner" of Org(OrgId) "an organization", "Organizations", "orgID",
    "/api/v2/orgs/{orgID}/owners", "/api/v2/orgs/{orgID}/owners/{userID}",
    ["GetOrgsIDOwners", "PostOrgsIDOwners", "DeleteOrgsIDOwnersID"]);
role_in!(bucket_members: Member "member" of Bucket(BucketId) "a bucket", "Buckets", "bucketID",
    "/api/v2/buckets/{bucketID}/members", "/api/v2/buckets/{bucketID}/members/{userID}",
    ["GetBucketsIDMembers", "PostBucketsIDMembers", "DeleteBucketsIDMembersID"]);
role_in!(bucket_owners: Owner "owner" of Bucket(BucketId) "a bucket", "Buckets", "bucketID",
    "/api/v2/buckets/{bucketID}/owners", "/api/v2/buckets/{bucketID}/owners/{userID}",
    ["GetBucketsIDOwners", "PostBucketsIDOwners", "DeleteBucketsIDOwnersID"]);
role_in!(telegraf_members: Member "member" of Telegraf(TelegrafId) "a telegraf configuration", "Telegrafs", "telegrafID",
    "/api/v2/telegrafs/{telegrafID}/members", "/api/v2/telegrafs/{telegrafID}/members/{userID}",
    ["GetTelegrafsIDMembers", "PostTelegrafsIDMembers", "DeleteTelegrafsIDMembersID"]);
role_in!(telegraf_owners: Owner "owner" of Telegraf(TelegrafId) "a telegraf configuration", "Telegrafs", "telegrafID",
    "/api/v2/telegrafs/{telegrafID}/owners", "/api/v2/telegrafs/{telegrafID}/owners/{userID}",
    ["GetTelegrafsIDOwners", "PostTelegrafsIDOwners", "DeleteTelegrafsIDOwnersID"]);
