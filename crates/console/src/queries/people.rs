//! The queries of the Members page and the Users page.

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::{
    OrgId, User, UserId,
    console::{
        list_query::ListQuery,
        people::{Addable, Leaving, Member, MemberPage, UserPage},
        session::SessionsOf,
    },
};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

/// Returns a page of an organization's members.
#[server(input = Json, output = Postcard)]
pub async fn load_members(org: OrgId, query: ListQuery) -> Result<MemberPage, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().member_page(request.caller()?, org, &query.normalised()).await)
}

/// Returns a member of an organization that the caller may change.
#[server(input = Json, output = Postcard)]
pub async fn load_member(org: OrgId, user: UserId) -> Result<Member, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().member(request.caller()?, org, user).await)
}

/// Returns a page of all users.
#[server(input = Json, output = Postcard)]
pub async fn load_users(query: ListQuery) -> Result<UserPage, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().user_page(request.caller()?, &query.normalised()).await)
}

/// Returns a user whom the caller may change.
#[server(input = Json, output = Postcard)]
pub async fn load_user(user: UserId) -> Result<User, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().changeable_user(request.caller()?, user).await)
}

/// Returns a user with their sessions.
#[server(input = Json, output = Postcard)]
pub async fn load_user_sessions(user: UserId) -> Result<SessionsOf, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().sessions_and_user(request.caller()?, user).await)
}

/// Returns the effects of deleting or deactivating a user.
#[server(input = Json, output = Postcard)]
pub async fn load_leaving(user: UserId) -> Result<Leaving, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().leaving(request.caller()?, user).await)
}

/// Returns the names of users who can be made members. `part`: a part of the name.
#[server(input = Json, output = Postcard)]
pub async fn load_addable(org: OrgId, part: String) -> Result<Addable, ConsoleError> {
    let request = Request::current();
    request.answer(request.service().addable(request.caller()?, org, &part).await)
}
