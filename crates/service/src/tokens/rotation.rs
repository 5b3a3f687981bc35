//! Rotation: a token gets a successor, and ends after an overlap in which programs can switch.

use jeton_model::{
    Action, Authorization, AuthorizationId, Expiry, IdempotencyKey, Networks, Span, Status, Timestamp,
    console::tokens::Details,
};

use crate::{
    Caller, Error, Service,
    audit::{Event, detail::token_changes::ExpiryChanged},
    auth::{
        account_control::{check_changeable, check_revocable},
        credential_status::{CredentialStatus, InvalidReason, PresentedFrom, credential_status},
        required_permissions,
    },
    error::{RotationError, TokenError},
    transaction::AuditedTransaction,
};

use super::{
    Created, RequestedPermission,
    access::{existing, readable},
    create::NewAuthorization,
    later_than,
    name_lookup::Names,
    search_keys::keys,
    self_rotation,
    supplied::TokenSource,
};

/// The default overlap.
pub const USUAL_OVERLAP: Span = Span::hours(24);
/// The longest overlap.
pub const LONGEST_OVERLAP: Span = Span::days(90);

/// A requested rotation.
#[derive(Clone, Debug, Default)]
pub struct RotateAuthorization {
    /// The time for which the old token keeps working: `24h`, `0`; [`USUAL_OVERLAP`] unless given.
    pub overlap: Option<String>,
    /// The expiry of the new token; unless given, it gets the old one's lifetime, from now on.
    pub expires_at: Option<Expiry>,
    /// The permissions of the new token; unless given, those of the old one.
    pub permissions: Option<Vec<RequestedPermission>>,
    /// The description of the new token; unless given, that of the old one.
    pub description: Option<String>,
    /// The networks from which the new token is accepted; unless given, those of the old one.
    pub networks: Option<Networks>,
}

impl RotateAuthorization {
    /// Returns whether the successor is to be the same as the old token; only then a token may rotate itself.
    const fn is_plain(&self) -> bool {
        let Self { overlap: _, expires_at, permissions, description, networks } = self;
        expires_at.is_none() && permissions.is_none() && description.is_none() && networks.is_none()
    }
}

/// The result of a rotation.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// The new token, with its record.
    pub created: Created,
    /// The old token, with its new expiry.
    pub old: Authorization,
}

impl Service {
    /// Creates a successor with the same owner and, unless changed, the same permissions, description and networks. The
    /// old token expires after the overlap, or at its own expiry if that is earlier. It needs the permissions of a
    /// creation and has the same limits. A token that rotates itself without any change, where the rules of its
    /// organization allow it, needs no permission and gets the same life again.
    ///
    /// # Errors
    /// `ValidationError::Field` for a bad overlap; [`TokenError::NotFound`], `AuthError::HoldsMore`;
    /// [`TokenError::Leaked`], [`RotationError::Inactive`], [`RotationError::Expired`],
    /// [`RotationError::OwnerInactive`], [`RotationError::Orphan`], [`RotationError::AlreadyRotated`],
    /// [`RotationError::CutShort`], `AuthError::TooManyAttempts`; those of [`Service::create_authorization`].
    pub async fn rotate_authorization(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        requested: RotateAuthorization,
        key: Option<&IdempotencyKey>,
    ) -> Result<Rotated, Error> {
        let overlap = check_overlap(requested.overlap.as_deref())?;
        let permissions = self.permissions_of_successor(caller, id, requested.permissions.as_deref()).await?;
        let (mut change, caller) = self.begin(caller).await?;
        let self_rotation = self_rotation::rules(&mut change, &caller, id).await?.filter(|_| requested.is_plain());
        let before = match self_rotation {
            Some(_) => existing(&mut change, id).await?,
            None => replaceable(&mut change, &caller, id).await?,
        };
        check_rotatable(&mut change, &before).await?;
        let now = change.now;
        let is_renewal = self_rotation.is_some();
        let (caller, same_life) = match self_rotation {
            Some(rules) => {
                let end = self_rotation::renewed_expiry(&mut change, &before, &rules).await?;
                (Caller { expires_at: end, ..caller }, Expiry::from(end))
            }
            None => (caller, Expiry::same_life(before.created_at, before.expires_at, now)),
        };
        let permissions = match permissions {
            Some(named) => named.resolve(&mut change, &caller, before.org).await?,
            None => before.permissions.clone(),
        };
        let new = NewAuthorization {
            org: before.org,
            owner: before.user,
            status: Status::Active,
            description: requested.description.unwrap_or_else(|| before.description.clone()),
            permissions,
            expires_at: Some(requested.expires_at.unwrap_or(same_life)),
            networks: Some(requested.networks.unwrap_or_else(|| before.networks.clone())),
            replaces: Some(id),
            is_renewal,
            token: TokenSource::Generated,
        };
        let created = self.create(&mut change, &caller, new, Event::AuthorizationRotated, key).await?;
        let end = now.plus_seconds(overlap.seconds());
        let end = before.expires_at.map_or(end, |own| own.min(end));
        let old = end_at(&mut change, before, end, Event::AuthorizationRotated, Some(created.details.authorization.id))
            .await?;
        change.commit().await?;
        Ok(Rotated { created, old })
    }

    /// Ends the overlap of a rotated token: it is denied from the next request on.
    ///
    /// # Errors
    /// [`TokenError::NotFound`], `AuthError::HoldsMore`, [`RotationError::NoOverlap`]; `AuthError::Unauthorized`; the
    /// database may fail.
    pub async fn end_overlap(&self, caller: &Caller, id: AuthorizationId) -> Result<Details, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let before = readable(&mut change, &caller, id).await?;
        check_revocable(&mut change, &caller, &before).await?;
        if jeton_store::rotations::successor(&mut change, id).await?.is_none() {
            return Err(Error::Rotation(RotationError::NoOverlap));
        }
        let now = change.now;
        let has_ended = before.ended_at.is_some() || before.expires_at.is_some_and(|end| end <= now);
        let after =
            if has_ended { before } else { end_at(&mut change, before, now, Event::OverlapEnded, None).await? };
        let names = Names::of(&mut change, std::slice::from_ref(&after)).await?;
        change.commit().await?;
        Ok(names.details(after, now))
    }
}

/// A token that the caller may replace by another one.
///
/// # Errors
/// [`TokenError::NotFound`], `AuthError::HoldsMore`; `AuthError::Unauthorized`; the database may fail.
async fn replaceable(
    change: &mut AuditedTransaction,
    caller: &Caller,
    id: AuthorizationId,
) -> Result<Authorization, Error> {
    let before = readable(change, caller, id).await?;
    caller.check(required_permissions::authorizations(Action::Write, before.org))?;
    check_changeable(change, caller, &before).await?;
    Ok(before)
}

fn check_overlap(requested: Option<&str>) -> Result<Span, Error> {
    let Some(text) = requested else { return Ok(USUAL_OVERLAP) };
    let span = text.parse::<Span>().map_err(|error| Error::field("overlap", format!("overlap {error}")))?;
    if span > LONGEST_OVERLAP {
        return Err(Error::field("overlap", format!("overlap must not be longer than {}", LONGEST_OVERLAP.words())));
    }
    Ok(span)
}

/// Checks that a token is live and has no successor yet.
async fn check_rotatable(change: &mut AuditedTransaction, before: &Authorization) -> Result<(), Error> {
    let now = change.now;
    match credential_status(change, before, PresentedFrom::Anywhere, now).await? {
        CredentialStatus::Live(_) => {}
        CredentialStatus::Inactive(_) if before.leaked_at.is_some() => return Err(Error::Token(TokenError::Leaked)),
        CredentialStatus::Inactive(_) => return Err(Error::Rotation(RotationError::Inactive)),
        CredentialStatus::Invalid(InvalidReason::Expired) => return Err(Error::Rotation(RotationError::Expired)),
        CredentialStatus::Invalid(InvalidReason::OwnerInactive) => {
            return Err(Error::Rotation(RotationError::OwnerInactive));
        }
        CredentialStatus::Invalid(InvalidReason::OwnerDeleted | InvalidReason::Ended | InvalidReason::WrongNetwork) => {
            return Err(Error::Rotation(RotationError::Orphan));
        }
    }
    match jeton_store::rotations::successor(change, before.id).await? {
        Some(successor) => Err(Error::Rotation(RotationError::AlreadyRotated { successor })),
        None => Ok(()),
    }
}

/// Sets the expiry of a token, and records it.
async fn end_at(
    change: &mut AuditedTransaction,
    before: Authorization,
    end: Timestamp,
    event: Event,
    successor: Option<AuthorizationId>,
) -> Result<Authorization, Error> {
    let updated_at = later_than(before.updated_at, change.now);
    let after = Authorization { expires_at: Some(end), updated_at, ..before.clone() };
    jeton_store::authorizations::update(change, &after, &keys(&after)).await?;
    let detail = ExpiryChanged::of(&before, &after, successor);
    change.record(event, Some(after.org), after.id, detail).await?;
    Ok(after)
}
