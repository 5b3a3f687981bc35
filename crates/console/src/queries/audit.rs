//! The queries of the Audit Log page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;
use jeton_model::{
    Error, OrgId,
    audit::{AuditPage, AuditQuery},
};

#[server(input = Json, output = Postcard)]
pub async fn load_audit(org: OrgId, query: AuditQuery) -> Result<AuditPage, Error> {
    let request = Request::current();
    request.answer(request.service().audit_page(request.caller()?, org, &query.normalised()).await)
}

/// Returns the number of entries newer than the entry `seq`. The page polls this, so it does not extend the session.
#[server(input = Json, output = Postcard)]
pub async fn load_newer_entries(org: OrgId, query: AuditQuery, seq: i64) -> Result<u64, Error> {
    let request = Request::current();
    request.answer(request.service().audit_newer(request.caller()?, org, &query.normalised(), seq).await)
}
