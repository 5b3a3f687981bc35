//! A user's sessions: where they are signed in, and signing them out there.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    model::{
        Action, Error, UserId,
        console::session::{SessionRow, SessionsOf, UserSessions, agent_in_words},
        session_kind::SessionKind,
    },
    service::{
        Caller, Service,
        audit::Event,
        auth::{caller::Credential, required_permissions},
    },
    store::{self, sessions::Session},
};

/// Maximum number of sessions that are shown; a program that signs in again and again has more.
const SHOWN: i64 = 100;

/// The sessions of a user that are to be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// All but the one that asks.
    Others,
    /// The one with this key, as [`Service::user_sessions`] names it.
    One(&'a str),
}

impl Service {
    /// The sessions of the caller's user that are still good.
    pub async fn own_sessions(&self, caller: &Caller) -> Result<UserSessions, Error> {
        caller.check(required_permissions::user(Action::Read, caller.id()))?;
        self.sessions_of(caller, caller.id()).await
    }

    /// The sessions of a user that are still good. They say from where and with what a person works: for the user
    /// themselves in a session, and for whoever may read all users.
    pub async fn user_sessions(&self, caller: &Caller, user: UserId) -> Result<UserSessions, Error> {
        if caller.has_session() && caller.id() == user {
            return self.own_sessions(caller).await;
        }
        caller.check(required_permissions::users(Action::Read))?;
        store::users::by_id(&mut *self.read().await?, user).await?.ok_or(Error::UserNotFound)?;
        self.sessions_of(caller, user).await
    }

    /// A user with their sessions, for the console's dialog.
    pub async fn sessions_and_user(&self, caller: &Caller, id: UserId) -> Result<SessionsOf, Error> {
        let sessions = self.user_sessions(caller, id).await?;
        let user = self.user(caller, id).await?;
        Ok(SessionsOf { user, sessions, may_end: caller.may(&required_permissions::user(Action::Write, id)) })
    }

    async fn sessions_of(&self, caller: &Caller, user: UserId) -> Result<UserSessions, Error> {
        let (own, now) = (own_hash(caller), self.now());
        let mut reader = self.read().await?;
        let found = store::sessions::live_of_user(&mut reader, user, own, now, SHOWN).await?;
        let total = store::sessions::count_live_of_user(&mut reader, user, now).await?.cast_unsigned();
        Ok(UserSessions { rows: found.into_iter().map(|session| row(session, own)).collect(), total, now })
    }

    /// Ends sessions of the caller's user, but never the one that asks. Says how many.
    pub async fn end_sessions(&self, caller: &Caller, which: Which<'_>) -> Result<usize, Error> {
        self.end_user_sessions(caller, caller.id(), which).await
    }

    /// Ends sessions of a user whom the caller may change, but never the one that asks. Says how many.
    pub async fn end_user_sessions(&self, caller: &Caller, user: UserId, which: Which<'_>) -> Result<usize, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::user(Action::Write, user))?;
        let user = store::users::by_id(&mut change, user).await?.ok_or(Error::UserNotFound)?;
        let (own, now) = (own_hash(&caller), change.now);
        let mut hashes = store::sessions::live_hashes_of_user(&mut change, user.id, now).await?;
        match which {
            Which::Others => hashes.retain(|hash| hash != own),
            Which::One(key) => hashes.retain(|hash| short(hash) == key),
        }
        match (which, hashes.as_slice()) {
            (Which::Others, []) => return Ok(0),
            (Which::Others, _) => store::sessions::delete_of_user(&mut change, user.id, Some(own)).await?,
            (Which::One(_), [hash]) if hash == own => {
                return Err(Error::field("session", "This is the session you use. Sign out instead."));
            }
            (Which::One(_), [hash]) => store::sessions::delete(&mut change, hash).await?,
            (Which::One(_), _) => return Err(Error::SessionNotFound),
        }
        let mut detail = json!({"count": hashes.len()});
        if user.id != caller.id() {
            detail["name"] = user.name.into();
        }
        change.record(Event::SessionsEnded, None, user.id, detail).await?;
        change.commit().await?;
        Ok(hashes.len())
    }
}

/// The hash of the session that asks; of none, if a token does.
fn own_hash(caller: &Caller) -> &str {
    match &caller.credential {
        Credential::Session(hash) => hash,
        Credential::Token(_) | Credential::V1(_) => "",
    }
}

/// What names a session on a page and in the audit log: neither its key nor the hash that the key is found by.
pub(crate) fn short(key_hash: &str) -> String {
    Sha256::digest(key_hash.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A session as it is shown; `own` is the hash of the one that asks.
fn row(session: Session, own: &str) -> SessionRow {
    SessionRow {
        key: short(&session.key_hash),
        is_current: session.key_hash == own,
        from_console: session.kind == SessionKind::Console,
        began_at: session.created_at,
        seen_at: session.seen_at,
        expires_at: session.expires_at,
        address: session.address,
        agent: agent_in_words(session.agent.as_deref()),
    }
}
