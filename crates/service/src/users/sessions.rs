//! A user's sessions: listing and ending them.

use sha2::{Digest as _, Sha256};

use jeton_model::{
    Action, UserId,
    console::session::{SessionRow, SessionsOf, UserSessions, agent_in_words},
    session_kind::SessionKind,
};
use jeton_store::sessions::Session;

use crate::{
    Caller, Error, Service,
    audit::{Event, detail::users::SessionsEnded},
    auth::{caller::Credential, required_permissions},
    error::{AuthError, UserError},
};

/// Maximum number of sessions that are listed; a program that signs in repeatedly has more.
const SHOWN: i64 = 100;

/// The sessions to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// All except the caller's.
    Others,
    /// The one with this short name, as in [`Service::user_sessions`].
    One(&'a str),
}

impl Service {
    /// Lists the live sessions of the caller's user.
    ///
    /// # Errors
    /// [`AuthError::Unauthorized`]; the database may fail.
    pub async fn own_sessions(&self, caller: &Caller) -> Result<UserSessions, Error> {
        caller.check(required_permissions::user(Action::Read, caller.id()))?;
        self.sessions_of(caller, caller.id()).await
    }

    /// Lists the live sessions of a user. They reveal where and with what a person works: only the user in a session,
    /// and callers who may read all users, may see them.
    ///
    /// # Errors
    /// [`UserError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn user_sessions(&self, caller: &Caller, user: UserId) -> Result<UserSessions, Error> {
        if caller.has_session() && caller.id() == user {
            return self.own_sessions(caller).await;
        }
        caller.check(required_permissions::users(Action::Read))?;
        jeton_store::users::by_id(&mut *self.read().await?, user).await?.ok_or(Error::User(UserError::NotFound))?;
        self.sessions_of(caller, user).await
    }

    /// A user with their sessions, for the console's dialog.
    ///
    /// # Errors
    /// Those of [`Service::user_sessions`].
    pub async fn sessions_and_user(&self, caller: &Caller, id: UserId) -> Result<SessionsOf, Error> {
        let sessions = self.user_sessions(caller, id).await?;
        let user = self.user(caller, id).await?;
        Ok(SessionsOf { user, sessions, may_end: caller.may(&required_permissions::user(Action::Write, id)) })
    }

    async fn sessions_of(&self, caller: &Caller, user: UserId) -> Result<UserSessions, Error> {
        let (own, now) = (own_hash(caller), self.now());
        let mut reader = self.read().await?;
        let found = jeton_store::sessions::live_of_user(&mut reader, user, own, now, SHOWN).await?;
        let total = jeton_store::sessions::count_live_of_user(&mut reader, user, now).await?.cast_unsigned();
        Ok(UserSessions { rows: found.into_iter().map(|session| row(session, own)).collect(), total, now })
    }

    /// Ends sessions of the caller's user, except the caller's. Returns how many.
    ///
    /// # Errors
    /// Those of [`Service::end_user_sessions`].
    pub async fn end_sessions(&self, caller: &Caller, which: Which<'_>) -> Result<usize, Error> {
        self.end_user_sessions(caller, caller.id(), which).await
    }

    /// Ends sessions of a user whom the caller may change, except the caller's. Returns how many.
    ///
    /// # Errors
    /// [`UserError::NotFound`], [`AuthError::SessionNotFound`]; `ValidationError::Field` for the caller's own;
    /// [`AuthError::Unauthorized`]; the database may fail.
    pub async fn end_user_sessions(&self, caller: &Caller, user: UserId, which: Which<'_>) -> Result<usize, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::user(Action::Write, user))?;
        let user = jeton_store::users::by_id(&mut change, user).await?.ok_or(Error::User(UserError::NotFound))?;
        let (own, now) = (own_hash(&caller), change.now);
        let mut hashes = jeton_store::sessions::live_hashes_of_user(&mut change, user.id, now).await?;
        match which {
            Which::Others => hashes.retain(|hash| hash != own),
            Which::One(key) => hashes.retain(|hash| short(hash) == key),
        }
        match (which, hashes.as_slice()) {
            (Which::Others, []) => {
                // The rows that this read may be uncommitted ones of its group: nobody is told of them before the
                // commit.
                change.commit().await?;
                return Ok(0);
            }
            (Which::Others, _) => jeton_store::sessions::delete_of_user(&mut change, user.id, Some(own)).await?,
            (Which::One(_), [hash]) if hash == own => {
                return Err(Error::field("session", "This is the session you use. Sign out instead."));
            }
            (Which::One(_), [hash]) => jeton_store::sessions::delete(&mut change, hash).await?,
            (Which::One(_), _) => return Err(Error::Auth(AuthError::SessionNotFound)),
        }
        let name = (user.id != caller.id()).then_some(user.name.as_str());
        let detail = SessionsEnded { count: hashes.len(), name };
        change.record(Event::SessionsEnded, None, user.id, detail).await?;
        change.commit().await?;
        Ok(hashes.len())
    }
}

/// The hash of the caller's session key; empty for a token.
fn own_hash(caller: &Caller) -> &str {
    match &caller.credential {
        Credential::Session(hash) => hash,
        Credential::Token(_) | Credential::V1(_) => "",
    }
}

/// The short name of a session on pages and in the audit log: neither its key nor the hash by which the key is looked
/// up.
pub(crate) fn short(key_hash: &str) -> String {
    Sha256::digest(key_hash.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A row of the list; `own` is the hash of the caller's session.
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
