//! Writes recorded denials to the audit log.

use std::num::NonZeroU64;

use jeton_model::{AuthorizationId, Id, UserId, user::check_user_name};
use jeton_store::{Connection, audit_list::Label};

use crate::{Error, Service};

use super::{
    Event,
    denial_reason::DenialReason,
    denials::{Denial, PendingDenial},
    detail::denials::{CredentialLabel, DenialCause, Denied, DeniedSubject},
    entry::{Actor, Entry},
    gate_denials::DeniedAtGate,
};

/// Maximum number of denials written in one transaction, which holds the write lock.
const AT_ONCE: usize = 200;

impl Service {
    /// Writes the denials that were recorded since the last time, after a write that is under way. Those that cannot be
    /// written are kept for the next time.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn write_refusals(&self) -> Result<(), Error> {
        let _writing = self.0.refusals.writing.lock().await;
        let mut waiting = self.0.refusals.take(self.now());
        while !waiting.is_empty() {
            let rest = waiting.split_off(AT_ONCE.min(waiting.len()));
            if let Err(error) = self.write_some(&waiting).await {
                waiting.extend(rest);
                self.0.refusals.give_back(waiting);
                return Err(error);
            }
            waiting = rest;
        }
        Ok(())
    }

    async fn write_some(&self, noted: &[PendingDenial]) -> Result<(), Error> {
        let mut change = self.begin_job().await?;
        let known = noted.iter().filter_map(|noted| match noted.what {
            Denial::Known { id, .. } | Denial::AtGate(DeniedAtGate { id, .. }) => Some(Id::from(id)),
            _ => None,
        });
        let labels = jeton_store::audit_list::labels(&mut change, known).await?;
        for noted in noted {
            let (actor, entry) = entry(&mut change, noted, &labels).await?;
            change.record_of(&actor, &entry).await?;
        }
        change.commit().await
    }
}

/// The entry of a denial, and its actor.
async fn entry(connection: &mut Connection, noted: &PendingDenial, labels: &[Label]) -> Result<(Actor, Entry), Error> {
    let mut actor = Actor::stranger(noted.at, noted.address.map(|address| address.to_string()));
    let mut org = None;
    let (event, id, subject) = match &noted.what {
        Denial::UnknownToken => (Event::UnknownTokenRefused, None, DeniedSubject::UnknownToken {}),
        Denial::LeftOut(count) => (Event::RefusalsLeftOut, None, DeniedSubject::LeftOut { count: *count }),
        Denial::SignIn { name, reason } => {
            let user = match check_user_name(name) {
                Ok(()) => jeton_store::users::by_name(connection, name).await?,
                Err(_) => None,
            };
            let unknown = user.is_none() && *reason == "wrong password";
            let cause = DenialCause::from(if unknown { "unknown name" } else { *reason });
            let (id, name) = user.map(|user| (Id::from(user.id), user.name)).unzip();
            (Event::SignInRefused, id, DeniedSubject::User { cause, name })
        }
        Denial::Session { by, reason } => {
            actor = by.clone();
            let name = name_of(connection, by.user.map(UserId)).await?;
            (Event::SessionRefused, by.user, DeniedSubject::User { cause: (*reason).into(), name })
        }
        Denial::Password { by, user, reason } => {
            actor = by.clone();
            let name = name_of(connection, Some(*user)).await?;
            let subject = DeniedSubject::User { cause: DenialCause::from(*reason), name };
            (Event::PasswordChangeRefused, Some((*user).into()), subject)
        }
        Denial::Known { id, reason } => {
            let label = labels.iter().find(|label| label.id == *id);
            org = label.map(|label| label.org);
            known(*id, *reason, None, label, &mut actor)
        }
        Denial::AtGate(DeniedAtGate { id, gate, lacking }) => {
            let label = labels.iter().find(|label| label.id == *id);
            org = label.map(|label| label.org);
            known(*id, (*lacking).into(), Some(&**gate), label, &mut actor)
        }
    };
    let detail = Denied { subject, more_like_it: NonZeroU64::new(noted.like_it) };
    Ok((actor, Entry::new(event, org, id, detail)))
}

/// The event of the denial of a known credential, and its subject, who is the actor too. A credential deleted since has no
/// label. `gate`: the gate that denied it.
fn known<'a>(
    id: AuthorizationId,
    reason: DenialReason,
    gate: Option<&'a str>,
    label: Option<&'a Label>,
    actor: &mut Actor,
) -> (Event, Option<Id>, DeniedSubject<'a>) {
    actor.authorization = Some(id.into());
    actor.user = label.map(|label| label.user.into());
    let event = match label {
        Some(Label { username: Some(_), .. }) => Event::V1AuthorizationRefused,
        _ => Event::AuthorizationRefused,
    };
    let label = label.map(CredentialLabel::of);
    (event, Some(id.into()), DeniedSubject::Credential { cause: reason.into(), gate, label })
}

/// The name of a user, if the user exists.
async fn name_of(connection: &mut Connection, user: Option<UserId>) -> Result<Option<String>, Error> {
    let Some(id) = user else { return Ok(None) };
    Ok(jeton_store::users::by_id(connection, id).await?.map(|user| user.name))
}
