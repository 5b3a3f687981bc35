//! Rotation: a token gets a successor, and ends after an overlap in which programs can switch.

use jeton_model::{
    Action, Authorization, AuthorizationId, Expiry, IdempotencyKey, Span, Status, Timestamp, console::tokens::Details,
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

use super::{Created, access::readable, create::NewAuthorization, later_than, name_lookup::Names, search_keys::keys};

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
    /// Creates a successor with the same permissions, owner, description and networks. The old token expires after the
    /// overlap, or at its own expiry if that is earlier. It needs the permissions of a creation and has the same
    /// limits.
    ///
    /// # Errors
    /// `ValidationError::Field` for a bad overlap; [`TokenError::NotFound`], `AuthError::HoldsMore`;
    /// [`TokenError::Leaked`], [`RotationError::Inactive`], [`RotationError::Expired`], [`RotationError::OwnerInactive`],
    /// [`RotationError::Orphan`], [`RotationError::AlreadyRotated`]; those of [`Service::create_authorization`].
    pub async fn rotate_authorization(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        asked: RotateAuthorization,
        key: Option<&IdempotencyKey>,
    ) -> Result<Rotated, Error> {
        let overlap = check_overlap(asked.overlap.as_deref())?;
        let (mut change, caller) = self.begin(caller).await?;
        let before = readable(&mut change, &caller, id).await?;
        caller.check(required_permissions::authorizations(Action::Write, before.org))?;
        check_changeable(&mut change, &caller, &before).await?;
        check_rotatable(&mut change, &before).await?;
        let now = change.now;
        let same_life = Expiry::same_life(before.created_at, before.expires_at, now);
        let new = NewAuthorization {
            org: before.org,
            owner: before.user,
            status: Status::Active,
            description: before.description.clone(),
            permissions: before.permissions.clone(),
            expires_at: Some(asked.expires_at.unwrap_or(same_life)),
            networks: Some(before.networks.clone()),
            replaces: Some(id),
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
        let over = before.ended_at.is_some() || before.expires_at.is_some_and(|end| end <= now);
        let after = if over { before } else { end_at(&mut change, before, now, Event::OverlapEnded, None).await? };
        let names = Names::of(&mut change, std::slice::from_ref(&after)).await?;
        change.commit().await?;
        Ok(names.details(after, now))
    }
}

fn check_overlap(asked: Option<&str>) -> Result<Span, Error> {
    let Some(text) = asked else { return Ok(USUAL_OVERLAP) };
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
