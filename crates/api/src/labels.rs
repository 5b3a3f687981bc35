//! The labels of buckets and telegraf configurations. Jeton stores none: lists are empty, and no label exists that
//! could be added or removed (docs/influxdb-compatibility.md §5.5).

use std::borrow::Cow;

use axum::{body::Body, extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, RefOr, Schema},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{BucketId, Id, TelegrafId};
use jeton_service::orgs::members::Parent;

use crate::{
    extractors::{Caller, ParentId, PartId},
    json::read,
    openapi::schema::{BadRequest, Gated, NotFound, TooLarge},
};

/// The empty list of a resource's labels.
#[derive(Serialize)]
pub struct NoLabels(pub [(); 0]);

impl PartialSchema for NoLabels {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().max_items(Some(0)).description(Some("Always empty: Jeton stores no labels.")).build().into()
    }
}

impl ToSchema for NoLabels {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Labels")
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = LabelsResponse)]
struct ListBody {
    links: Links,
    labels: NoLabels,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LabelsLinks)]
struct Links {
    #[serde(rename = "self")]
    this: &'static str,
}

/// A label to add.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = LabelMapping)]
struct PostBody {
    #[serde(rename = "labelID")]
    #[schema(required)]
    label_id: Option<Id>,
}

/// Returns the routes of all resources' labels.
pub fn routes() -> OpenApiRouter<AppState> {
    buckets::routes().merge(telegrafs::routes())
}

async fn list(state: AppState, caller: Caller, parent: Parent) -> Result<Response, ApiError> {
    state.service.check_readable_parent(&caller.0, parent).await?;
    let body = ListBody { links: Links { this: "/api/v2/labels" }, labels: NoLabels([]) };
    Ok(indented(StatusCode::OK, &body))
}

async fn add(state: AppState, caller: Caller, parent: Parent, request: Body) -> Result<Response, ApiError> {
    state.service.check_readable_parent(&caller.0, parent).await?;
    let PostBody { label_id } = read(request, ApiError::Json).await?;
    Err(if label_id.is_some() { ApiError::LabelNotFound } else { ApiError::LabelMissing })
}

async fn remove(state: AppState, caller: Caller, parent: Parent) -> Result<Response, ApiError> {
    state.service.check_readable_parent(&caller.0, parent).await?;
    Err(ApiError::LabelNotFound)
}

/// Defines the three operations on the labels of one resource type, each documented under its own path.
macro_rules! labels_of {
    ($module:ident, $parent:ident($id:ty) $thing:tt, $path:tt, $part:tt, $name:tt, $tag:tt, [$list:tt, $add:tt, $remove:tt]) => {
        mod $module {
            use super::*;

            /// Returns the routes of these labels.
            pub fn routes() -> OpenApiRouter<AppState> {
                OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove))
            }

            /// Always empty: Jeton stores no labels.
            #[utoipa::path(get, path = $path, tag = $tag, operation_id = $list, summary = concat!("List the labels of ", $thing),
                params(($name = $id, Path, description = "The resource.")),
                responses((status = 200, description = "No labels.", body = ListBody), BadRequest, NotFound, Gated))]
            async fn list(State(state): State<AppState>, caller: Caller, ParentId(id): ParentId<$id>) -> Result<Response, ApiError> {
                super::list(state, caller, Parent::$parent(id)).await
            }

            /// Always refused: Jeton stores no labels, so there is none to add.
            #[utoipa::path(post, path = $path, tag = $tag, operation_id = $add, request_body = PostBody, summary = concat!("Add a label to ", $thing),
                params(($name = $id, Path, description = "The resource.")),
                responses(BadRequest, NotFound, TooLarge, Gated))]
            async fn add(State(state): State<AppState>, caller: Caller, ParentId(id): ParentId<$id>, request: Body) -> Result<Response, ApiError> {
                super::add(state, caller, Parent::$parent(id), request).await
            }

            /// Always refused: Jeton stores no labels, so there is none to remove.
            #[utoipa::path(delete, path = $part, tag = $tag, operation_id = $remove, summary = concat!("Remove a label from ", $thing),
                params(($name = $id, Path, description = "The resource."), ("labelID" = Id, Path, description = "The label.")),
                responses(BadRequest, NotFound, Gated))]
            async fn remove(
                State(state): State<AppState>,
                caller: Caller,
                ParentId(id): ParentId<$id>,
                _label: PartId<Id>,
            ) -> Result<Response, ApiError> {
                super::remove(state, caller, Parent::$parent(id)).await
            }
        }
    };
}

labels_of!(
    buckets, Bucket(BucketId) "a bucket", "/api/v2/buckets/{bucketID}/labels", "/api/v2/buckets/{bucketID}/labels/{labelID}",
    "bucketID", "Buckets", ["GetBucketsIDLabels", "PostBucketsIDLabels", "DeleteBucketsIDLabelsID"]
);
labels_of!(
    telegrafs, Telegraf(TelegrafId) "a telegraf configuration", "/api/v2/telegrafs/{telegrafID}/labels", "/api/v2/telegrafs/{telegrafID}/labels/{labelID}",
    "telegrafID", "Telegrafs", ["GetTelegrafsIDLabels", "PostTelegrafsIDLabels", "DeleteTelegrafsIDLabelsID"]
);
