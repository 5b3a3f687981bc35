//! Filters of authorizations, as an SQL condition.

use std::collections::BTreeSet;

use jeton_model::{Action, AuthorizationId, Id, OrgId, ResourceType, Status, Timestamp, UserId, grant::TokenKind};

use crate::{
    Result,
    attention::{Attending, push_attending},
    authorizations::Kind,
    candidates::Candidates,
    columns::from_id,
    query_builder::Sql,
    text_search::TokenText,
    visibility::{Visible, push_visible},
};

/// Conditions on authorizations, all of which must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Restricts to tokens, or to 1.x credentials.
    pub kind: Kind,
    /// Restricts to those that the caller may read; by default none.
    pub visible: Visible,
    /// Restricts to the one with this id.
    pub id: Option<AuthorizationId>,
    /// Restricts to these; at most 10,000, because databases limit the number of bound values.
    pub ids: Option<BTreeSet<AuthorizationId>>,
    /// Restricts to those of this organization.
    pub org: Option<OrgId>,
    /// Restricts to those of this owner.
    pub user: Option<UserId>,
    /// Restricts to those that this user created.
    pub created_by: Option<UserId>,
    /// Restricts to this status: active or inactive.
    pub status: Option<Status>,
    /// Restricts to those that are live at this moment, their owner's status considered.
    pub live_at: Option<Timestamp>,
    /// Restricts to those that were reported as leaked.
    pub only_leaked: bool,
    /// Restricts to this type of token.
    pub breadth: Option<TokenKind>,
    /// Restricts to those that reach each of these.
    pub accesses: Vec<Access>,
    /// Text in the description, the owner's name, the id, the prefix or a permission.
    pub text: Option<TokenText>,
    /// Excludes those that ended with their owner or organization.
    pub without_ended: bool,
    /// Restricts to those that need attention.
    pub attending: Option<Attending>,
    /// Matches no authorization at all, because a condition names something that doesn't exist.
    pub nothing: bool,
    /// The candidates among which every match is, as `Filter::narrow` found them; `None` examines all.
    pub candidates: Option<Candidates>,
}

/// A resource that authorizations must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Type of the resource.
    pub kind: ResourceType,
    /// Id of the resource.
    pub id: Id,
    /// The resource's organization; without it, only permissions that name the resource itself count.
    pub org: Option<OrgId>,
    /// The action that is required; `None` for any.
    pub action: Option<Action>,
}

/// The user of an authorization that a query is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The owner.
    User,
    /// The creator.
    Creator,
}

impl Whose {
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::User => "user_id",
            Self::Creator => "created_by",
        }
    }
}

/// Appends the filter's conditions to a statement that ends with `… WHERE kind = `.
pub(super) fn push_filter(sql: &mut Sql, filter: &Filter) -> Result<()> {
    push_filter_among(sql, filter, filter.candidates.as_ref().filter(|candidates| candidates.is_complete()))
}

/// Appends the filter's conditions, and restricts the statement to candidates, which may be a part of them.
pub(super) fn push_filter_among(sql: &mut Sql, filter: &Filter, candidates: Option<&Candidates>) -> Result<()> {
    sql.bind(filter.kind.name())?;
    // A sign in front of a column keeps the planner from its indexes: the candidates are fewer.
    let (org_id, sign) = if candidates.is_some() { (" AND +org_id = ", " AND +") } else { (" AND org_id = ", " AND ") };
    if let Some(candidates) = candidates {
        candidates.push(sql)?;
    }
    push_visible(sql, &filter.visible, filter.org)?;
    if let Some(id) = filter.id {
        sql.push(" AND id = ").bind(from_id(id))?;
    }
    if let Some(ids) = &filter.ids {
        sql.push(" AND id IN ").bind_ids(ids.iter().copied())?;
    }
    if let Some(org) = filter.org {
        sql.push(org_id).bind(from_id(org))?;
    }
    for (user, whose) in [(filter.user, Whose::User), (filter.created_by, Whose::Creator)] {
        if let Some(user) = user {
            sql.push(sign).push(whose.column()).push(" = ").bind(from_id(user))?;
        }
    }
    if let Some(status) = filter.status {
        sql.push(" AND status = ").bind(status.name())?;
    }
    if let Some(kind) = filter.breadth {
        sql.push(" AND breadth = ").bind(kind.name())?;
    }
    if let Some(now) = filter.live_at {
        sql.push(" AND status = 'active' AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ");
        sql.bind(now.micros())?.push(") AND user_id IN (SELECT id FROM users WHERE status = 'active')");
    }
    if filter.only_leaked {
        sql.push(" AND leaked_at IS NOT NULL");
    }
    for access in &filter.accesses {
        push_access(sql, access)?;
    }
    if let Some(text) = &filter.text {
        text.push(sql)?;
    }
    if filter.without_ended {
        sql.push(" AND ended_at IS NULL");
    }
    if let Some(attending) = &filter.attending {
        push_attending(sql, attending, filter.org)?;
    }
    if filter.nothing {
        sql.push(" AND 1 = 0");
    }
    Ok(())
}

/// Requires a permission that reaches a resource: one with its id, or one on its whole type in its organization or
/// everywhere. `EXISTS` checks token by token, because often most tokens of an organization match, and listing them all
/// would be slower.
fn push_access(sql: &mut Sql, access: &Access) -> Result<()> {
    sql.push(
        " AND EXISTS (SELECT 1 FROM grants WHERE grants.authorization_id = authorizations.id AND resource_type = ",
    );
    sql.bind(access.kind.name())?;
    if let Some(action) = access.action {
        sql.push(" AND action = ").bind(action.name())?;
    }
    // The sign keeps the planner from the index that leads to all tokens with the resource.
    sql.push(" AND (+resource_id = ").bind(from_id(access.id))?;
    if let Some(org) = access.org {
        sql.push(" OR (resource_id IS NULL AND (grants.org_id IS NULL OR grants.org_id = ")
            .bind(from_id(org))?
            .push("))");
    }
    sql.push("))");
    Ok(())
}
