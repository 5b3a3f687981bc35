//! Self-rotation: if the rules of its organization allow it, a token rotates itself without further permission. Its
//! successor lives as long as the token was to live. It is the one way in which a token makes another that outlives it.

use jeton_model::{Authorization, AuthorizationId, Expiry, Timestamp, expiry::renewed, org_rules::OrgRules};

use crate::{
    Caller, Error,
    auth::{
        caller::Credential,
        inherited_limits::{Inheritance, RequestedLife},
    },
    error::{AuthError, RotationError},
    orgs::rules::rules_of,
    transaction::AuditedTransaction,
};

use super::access::existing;

/// Minimum age in seconds of a token that rotates itself, unless half of its life is shorter. It limits the number of
/// records that a token without any permission can write.
const MIN_AGE: i64 = 3600;

/// The rules that allow a self-rotation; `None` by another credential, or where the rules do not allow it: such a
/// rotation needs the permissions of a creation.
///
/// # Errors
/// The database may fail.
pub(super) async fn rules(
    change: &mut AuditedTransaction,
    caller: &Caller,
    id: AuthorizationId,
) -> Result<Option<OrgRules>, Error> {
    if caller.inactive || caller.credential != Credential::Token(id) {
        return Ok(None);
    }
    let org = existing(change, id).await?.org;
    Ok(Some(rules_of(change, org).await?).filter(|rules| rules.self_rotation))
}

/// The expiry of the successor of a token that rotates itself. Denied for a token that is meant to end: its expiry was
/// set to an earlier time, or it was created with a credential that expires.
///
/// # Errors
/// [`RotationError::CutShort`], [`AuthError::TooManyAttempts`]; the database may fail.
pub(super) async fn renewed_expiry(
    change: &mut AuditedTransaction,
    before: &Authorization,
    rules: &OrgRules,
) -> Result<Option<Timestamp>, Error> {
    if jeton_store::rotations::is_cut_short(change, before.id).await? {
        return Err(Error::Rotation(RotationError::CutShort));
    }
    check_age(before, change.now)?;
    Ok(renewed(rules, before.created_at, before.expires_at, change.now))
}

/// Lets a token renew itself again whose expiry was set to a later time, unless whoever set it passes on an expiry.
///
/// # Errors
/// The database may fail.
pub(super) async fn restore(
    change: &mut AuditedTransaction,
    caller: &Caller,
    before: &Authorization,
    after: &Authorization,
) -> Result<(), Error> {
    let end = |one: &Authorization| one.expires_at.unwrap_or(Timestamp::from_micros(i64::MAX));
    if end(after) <= end(before) || !jeton_store::rotations::is_cut_short(change, before.id).await? {
        return Ok(());
    }
    let now = change.now;
    let inheritance = Inheritance::of(change, caller, now).await?;
    let wish = RequestedLife { expires_at: Some(Expiry::from(after.expires_at)), networks: None };
    let bounds = inheritance.bounds_of_change(change, before, &wish).await?;
    if bounds.iter().all(|bounds| bounds.expires_at.is_none()) {
        jeton_store::rotations::set_cut_short(change, before.id, false).await?;
    }
    Ok(())
}

fn check_age(before: &Authorization, now: Timestamp) -> Result<(), Error> {
    let half = before.expires_at.map_or(MIN_AGE, |end| end.seconds_since(before.created_at) / 2);
    let left = half.min(MIN_AGE) - now.seconds_since(before.created_at);
    if left > 0 { Err(Error::Auth(AuthError::TooManyAttempts { seconds: left.unsigned_abs() })) } else { Ok(()) }
}
