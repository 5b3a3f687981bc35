//! The constraints of a token that is created, cloned, rotated or changed: the rules of its organization, and the
//! limits that it inherits (see `inherited_limits`).

use jeton_model::{
    Authorization, Liveness, Networks, OrgId, Permission, Status, Timestamp, expiry::Expiry, grant::Breadth,
    org_rules::OrgRules, rule_violation::RuleViolation,
};

use crate::{
    Caller, Error,
    auth::inherited_limits::{LimitBounds, RequestedLife},
    error::{DelegationError, TokenError},
};

/// A token to be created.
pub(crate) struct RequestedLimits<'a> {
    /// The organization of the token.
    pub org: OrgId,
    /// The description to check against the rules.
    pub description: &'a str,
    /// The permissions to check against the rules.
    pub permissions: &'a [Permission],
    /// `None`: the organization's default life, within the inherited expiry.
    pub expires_at: Option<Expiry>,
    /// `None`: the inherited networks.
    pub networks: Option<Networks>,
    /// The time of creation.
    pub now: Timestamp,
}

impl RequestedLimits<'_> {
    /// The requested expiry and networks.
    pub fn wish(&self) -> RequestedLife {
        RequestedLife { expires_at: self.expires_at, networks: self.networks.clone() }
    }
}

/// The expiry and the networks of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EffectiveLimits {
    /// Time from which the token does not work; `None` if it never expires.
    pub expires_at: Option<Timestamp>,
    /// Networks from which the token is accepted.
    pub networks: Networks,
}

/// Returns the limits of a new token. A value that was not given is fitted within the inherited limits; one that was
/// given and exceeds them is denied.
///
/// # Errors
/// [`TokenError::RuleBroken`], [`TokenError::ExpiryPast`], [`DelegationError::OutlivesCaller`],
/// [`DelegationError::ReachesBeyondCaller`].
pub(crate) fn effective_limits(
    caller: &Caller,
    bounds: &[LimitBounds],
    rules: &OrgRules,
    requested: RequestedLimits<'_>,
) -> Result<EffectiveLimits, Error> {
    let by_operator = Breadth::of(caller.permissions(), requested.org) == Breadth::Operator;
    let all_rules = || bounds.iter().map(|one| &one.rules).chain([rules]);
    for rules in all_rules() {
        keep(rules.broken_by_creating(requested.permissions, by_operator))?;
        keep(rules.broken_by_description(requested.description))?;
    }
    let usual = rules.default_life.map(|life| requested.now.plus_seconds(life));
    let expires_at = match requested.expires_at {
        Some(wish) => future(wish, requested.now)?,
        None => bounds.iter().map(|one| one.expires_at).chain([usual]).flatten().min(),
    };
    for rules in all_rules() {
        keep(rules.broken_by_life(requested.now, expires_at))?;
    }
    let networks = requested.networks.unwrap_or_else(|| narrowest(bounds));
    check_within(bounds, expires_at, &networks)?;
    Ok(EffectiveLimits { expires_at, networks })
}

/// The networks that are within all the others, or else the first that are limited.
fn narrowest(bounds: &[LimitBounds]) -> Networks {
    let bound = || bounds.iter().map(|one| &one.networks).filter(|networks| !networks.is_everywhere());
    let within_all = bound().find(|networks| bound().all(|other| networks.are_within(other)));
    within_all.or_else(|| bound().next()).cloned().unwrap_or_default()
}

/// Changes to a token's limits, status and description; `None` keeps a value.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuthorizationChanges {
    /// The new status; a leaked token can't be activated.
    pub status: Option<Status>,
    /// The new description.
    pub description: Option<String>,
    /// The new expiry, which may be never.
    pub expires_at: Option<Expiry>,
    /// The networks from which the token is accepted from then on.
    pub networks: Option<Networks>,
}

impl AuthorizationChanges {
    /// Returns whether the change must be within inherited limits: it activates, or sets an expiry or networks.
    pub fn are_limited(&self, before: &Authorization) -> bool {
        let activates = before.status == Status::Inactive && self.status == Some(Status::Active);
        activates || self.expires_at.is_some() || self.networks.is_some()
    }

    /// The expiry and the networks after the change.
    pub fn wish(&self, before: &Authorization) -> RequestedLife {
        RequestedLife {
            expires_at: Some(self.expires_at.unwrap_or_else(|| before.expires_at.map_or(Expiry::Never, Expiry::At))),
            networks: Some(self.networks.clone().unwrap_or_else(|| before.networks.clone())),
        }
    }
}

/// Returns a token after a change. Only changed values must satisfy the rules. Activation must be within inherited
/// limits: a token could otherwise evade its own by activating one that lives longer.
///
/// # Errors
/// [`TokenError::Leaked`], [`TokenError::RuleBroken`], [`TokenError::Expired`], [`TokenError::ExpiryPast`],
/// [`DelegationError::OutlivesCaller`], [`DelegationError::ReachesBeyondCaller`].
pub(crate) fn changed(
    bounds: &[LimitBounds],
    rules: &OrgRules,
    before: &Authorization,
    changes: AuthorizationChanges,
    now: Timestamp,
) -> Result<Authorization, Error> {
    let mut after = before.clone();
    let is_limited = changes.are_limited(before);
    if let Some(status) = changes.status {
        check_switch(before, status)?;
        after.status = status;
    }
    if let Some(description) = changes.description {
        keep(rules.broken_by_description(&description))?;
        after.description = description;
    }
    if let Some(wish) = changes.expires_at {
        if before.liveness(now) == Liveness::Expired {
            return Err(Error::Token(TokenError::Expired));
        }
        after.expires_at = future(wish, now)?;
        keep(rules.broken_by_life(before.created_at, after.expires_at))?;
    }
    if let Some(networks) = changes.networks {
        after.networks = networks;
    }
    if is_limited {
        check_within(bounds, after.expires_at, &after.networks)?;
    }
    Ok(after)
}

/// Denies activating a token that was reported as leaked: its finder still has it.
///
/// # Errors
/// [`TokenError::Leaked`].
pub(crate) fn check_switch(before: &Authorization, status: Status) -> Result<(), Error> {
    if status == Status::Active && before.leaked_at.is_some() { Err(Error::Token(TokenError::Leaked)) } else { Ok(()) }
}

/// Denies limits that exceed the inherited ones.
///
/// # Errors
/// [`DelegationError::OutlivesCaller`], [`DelegationError::ReachesBeyondCaller`].
pub(crate) fn check_within(
    bounds: &[LimitBounds],
    expires_at: Option<Timestamp>,
    networks: &Networks,
) -> Result<(), Error> {
    for limit in bounds {
        if let (false, Some(end)) = (limit.contain_expiry(expires_at), limit.expires_at) {
            return Err(Error::Delegation(DelegationError::OutlivesCaller { end }));
        }
        if !limit.contain(expires_at, networks) {
            return Err(Error::Delegation(DelegationError::ReachesBeyondCaller {
                networks: limit.networks.to_string(),
            }));
        }
    }
    Ok(())
}

fn future(wish: Expiry, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    match wish {
        Expiry::At(end) if end <= now => Err(Error::Token(TokenError::ExpiryPast)),
        wish => Ok(wish.end()),
    }
}

fn keep(broken: Option<RuleViolation>) -> Result<(), Error> {
    broken.map_or(Ok(()), |rule| Err(Error::Token(TokenError::RuleBroken(rule))))
}
