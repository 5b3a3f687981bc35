//! The queries of the Members page and the Users page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;
use jeton_model::{
    Error, OrgId, User, UserId,
    console::{
        list_query::ListQuery,
        people::{Addable, Leaving, Member, MemberPage, UserPage},
        session::SessionsOf,
    },
};

#[server(input = Json, output = Postcard)]
pub async fn load_members(org: OrgId, query: ListQuery) -> Result<MemberPage, Error> {
    let request = Request::current();
    request.answer(request.service().member_page(request.caller()?, org, &query.normalised()).await)
}

#[server(input = Json, output = Postcard)]
pub async fn load_member(org: OrgId, user: UserId) -> Result<Member, Error> {
    let request = Request::current();
    request.answer(request.service().member(request.caller()?, org, user).await)
}

#[server(input = Json, output = Postcard)]
pub async fn load_users(query: ListQuery) -> Result<UserPage, Error> {
    let request = Request::current();
    request.answer(request.service().user_page(request.caller()?, &query.normalised()).await)
}

#[server(input = Json, output = Postcard)]
pub async fn load_user(user: UserId) -> Result<User, Error> {
    let request = Request::current();
    request.answer(request.service().changeable_user(request.caller()?, user).await)
}

#[server(input = Json, output = Postcard)]
pub async fn load_user_sessions(user: UserId) -> Result<SessionsOf, Error> {
    let request = Request::current();
    request.answer(request.service().sessions_and_user(request.caller()?, user).await)
}

#[server(input = Json, output = Postcard)]
pub async fn load_leaving(user: UserId) -> Result<Leaving, Error> {
    let request = Request::current();
    request.answer(request.service().leaving(request.caller()?, user).await)
}

#[server(input = Json, output = Postcard)]
pub async fn load_addable(org: OrgId, part: String) -> Result<Addable, Error> {
    let request = Request::current();
    request.answer(request.service().addable(request.caller()?, org, &part).await)
}
