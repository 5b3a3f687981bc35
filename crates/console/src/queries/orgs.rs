//! The queries of the Organizations page, and of the start page for users without an organization.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};
use serde::{Deserialize, Serialize};

use jeton_model::{
    OrgId,
    console::list_query::{ListQuery, Listed},
    org::OrgSummary,
    org_rules::{OrgRules, RulesNow},
};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// The caller's options on the start page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Name of the caller.
    pub user: String,
    /// True if the caller has an organization to work in.
    pub has_org: bool,
    /// True if the caller may create organizations.
    pub may_create: bool,
}

/// Returns a page of the organizations that the caller may read.
#[server(input = Json, output = Postcard)]
pub async fn load_orgs(query: ListQuery) -> Result<Listed<OrgSummary>, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().org_page(request.caller()?, &query.normalised()).await)
}

/// Returns an organization, the numbers of its resources, and whether the caller may change it.
#[server(input = Json, output = Postcard)]
pub async fn load_org(id: OrgId) -> Result<OrgSummary, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().org_summary(request.caller()?, id).await)
}

/// Returns the rules of an organization for its tokens.
#[server(input = Json, output = Postcard)]
pub async fn load_org_rules(org: OrgId) -> Result<RulesNow, ConsoleError> {
    let request = Request::current();
    let rules = request.answer(request.service().org_rules(request.caller()?, org).await)?;
    Ok(RulesNow { rules, now: request.service().now() })
}

/// Returns the number of tokens that break the rules of an organization, or would break `rules` in their place; `None`
/// if the caller may not know.
#[server(input = Json, output = Postcard)]
pub async fn load_out_of_line(org: OrgId, rules: Option<OrgRules>) -> Result<Option<u64>, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().out_of_line(request.caller()?, org, rules.as_ref()).await)
}

/// Returns the caller's options on the start page.
#[server(input = Json, output = Postcard)]
pub async fn load_start() -> Result<Start, ConsoleError> {
    let request = Request::current();
    let (service, caller) = (request.service(), request.caller()?);
    let places = request.answer(service.places(caller).await)?;
    let may_create = service.may_create_orgs(caller);
    Ok(Start { user: caller.user.name.clone(), has_org: !places.is_empty(), may_create })
}
