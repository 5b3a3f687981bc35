//! Writes recorded denials to the audit log.

use serde_json::{Map, Value, json};

use jeton_model::{Id, UserId, user::check_user_name};
use jeton_store::{Connection, audit_list::Label};

use crate::{Error, Service};

use super::{
    Event,
    denials::{Denial, DenialReason, PendingDenial},
    entry::{Actor, Entry},
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
        let mut change = self.begin_as(None).await?;
        let known = noted.iter().filter_map(|noted| match noted.what {
            Denial::Known { id, .. } => Some(Id::from(id)),
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
    let mut detail = Map::new();
    let mut entry = Entry { event: Event::UnknownTokenRefused, org: None, subject: None, detail: Value::Null };
    match &noted.what {
        Denial::UnknownToken => {}
        Denial::LeftOut(count) => {
            entry.event = Event::RefusalsLeftOut;
            detail.insert("count".into(), json!(count));
        }
        Denial::SignIn { name, why } => {
            entry.event = Event::SignInRefused;
            let user = match check_user_name(name) {
                Ok(()) => jeton_store::users::by_name(connection, name).await?,
                Err(_) => None,
            };
            let unknown = user.is_none() && *why == "wrong password";
            detail.insert("reason".into(), json!(if unknown { "unknown name" } else { why }));
            if let Some(user) = user {
                entry.subject = Some(user.id.into());
                detail.insert("name".into(), json!(user.name));
            }
        }
        Denial::Session { by, why } => {
            entry.event = Event::SessionRefused;
            entry.subject = by.user;
            actor = by.clone();
            insert_reason(&mut detail, *why);
            let user = by.user.map(UserId);
            detail.extend(name_of(connection, user).await?);
        }
        Denial::Password { by, user, why } => {
            entry.event = Event::PasswordChangeRefused;
            entry.subject = Some((*user).into());
            actor = by.clone();
            detail.insert("reason".into(), json!(why));
            detail.extend(name_of(connection, Some(*user)).await?);
        }
        Denial::Known { id, why } => {
            entry.event = Event::AuthorizationRefused;
            entry.subject = Some((*id).into());
            actor.authorization = Some((*id).into());
            insert_reason(&mut detail, *why);
            // A credential deleted since is only known by its id.
            if let Some(label) = labels.iter().find(|label| label.id == *id) {
                entry.org = Some(label.org);
                actor.user = Some(label.user.into());
                detail.insert("description".into(), json!(label.description));
                if let Some(username) = &label.username {
                    entry.event = Event::V1AuthorizationRefused;
                    detail.insert("username".into(), json!(username));
                }
                detail.extend(label.prefix.as_ref().map(|prefix| ("prefix".to_owned(), json!(prefix))));
            }
        }
    }
    if noted.like_it > 0 {
        detail.insert("moreLikeIt".into(), json!(noted.like_it));
    }
    entry.detail = Value::Object(detail);
    Ok((actor, entry))
}

fn insert_reason(detail: &mut Map<String, Value>, why: DenialReason) {
    detail.insert("reason".into(), json!(why.name()));
    if let DenialReason::Lacks(permission) = why {
        detail.insert("permission".into(), json!(permission.to_string()));
    }
}

/// The detail with a user's name, if the user exists.
async fn name_of(connection: &mut Connection, user: Option<UserId>) -> Result<Option<(String, Value)>, Error> {
    let Some(id) = user else { return Ok(None) };
    Ok(jeton_store::users::by_id(connection, id).await?.map(|user| ("name".to_owned(), json!(user.name))))
}
