//! The queries of the Audit Log page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::{
    OrgId,
    audit::{AuditPage, AuditQuery},
};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns a page of the audit log's entries that match the filters.
#[server(input = Json, output = Postcard)]
pub async fn load_audit(org: OrgId, query: AuditQuery) -> Result<AuditPage, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().audit_page(request.caller()?, org, &query.normalised()).await)
}

/// Returns the number of entries newer than the entry `seq`. The page polls this, so it does not extend the session.
#[server(input = Json, output = Postcard)]
pub async fn load_newer_entries(org: OrgId, query: AuditQuery, seq: i64) -> Result<u64, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().audit_newer(request.caller()?, org, &query.normalised(), seq).await)
}
