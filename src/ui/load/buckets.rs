//! What the Buckets page asks for.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use crate::model::{
    BucketId, Error, OrgId,
    bucket_page::{BucketDetails, BucketPage},
    list_query::ListQuery,
};
#[cfg(feature = "ssr")]
use crate::ui::request::Request;

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
