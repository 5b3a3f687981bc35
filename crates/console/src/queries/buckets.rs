//! The queries of the Buckets page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;
use jeton_model::{
    BucketId, Error, OrgId,
    console::{
        buckets::{BucketDetails, BucketPage},
        list_query::ListQuery,
    },
};

#[server(input = Json, output = Postcard)]
pub async fn load_buckets(org: OrgId, query: ListQuery) -> Result<BucketPage, Error> {
    let request = Request::current();
    request.answer(request.service().bucket_page(request.caller()?, org, &query.normalised()).await)
}

#[server(input = Json, output = Postcard)]
pub async fn load_bucket(org: OrgId, id: BucketId) -> Result<BucketDetails, Error> {
    let request = Request::current();
    request.answer(request.service().bucket_details(request.caller()?, org, id).await)
}
