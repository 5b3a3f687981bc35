//! The queries of the Buckets page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::{
    BucketId, OrgId,
    console::{
        buckets::{BucketDetails, BucketPage},
        list_query::ListQuery,
    },
};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns a page of an organization's buckets.
#[server(input = Json, output = Postcard)]
pub async fn load_buckets(org: OrgId, query: ListQuery) -> Result<BucketPage, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().bucket_page(request.caller()?, org, &query.normalised()).await)
}

/// Returns a bucket, the number of live tokens that can use it, and its first DBRP mappings.
#[server(input = Json, output = Postcard)]
pub async fn load_bucket(org: OrgId, id: BucketId) -> Result<BucketDetails, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().bucket_details(request.caller()?, org, id).await)
}
