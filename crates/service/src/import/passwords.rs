//! Import of the hashes of passwords.

use secrecy::ExposeSecret;

use crate::{Error, audit::detail::NoDetail, auth::bcrypt_hash::BcryptHash};

use super::{Event, Holder, Import, Outcome, SourcePassword};

impl Import {
    /// Imports the hash of a password. A password that was set here stays. `None` if its holder was not copied, which
    /// the report says already.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn password(&mut self, source: &SourcePassword) -> Result<Option<Outcome>, Error> {
        let known = match source.holder {
            Holder::User(id) if self.users.contains_key(&id) => {
                jeton_store::users::password_hash(&mut self.change, id).await?
            }
            Holder::Credential(id) if self.credentials.contains_key(&id) => {
                jeton_store::v1_authorizations::password_hash(&mut self.change, id).await?
            }
            Holder::User(_) | Holder::Credential(_) => return Ok(None),
        };
        if known.is_some() {
            return Ok(Some(Outcome::Present));
        }
        let hash = source.hash.expose_secret();
        if let Err(refusal) = BcryptHash::read(hash) {
            return Ok(Some(Outcome::Left(refusal.to_string())));
        }
        self.insert_password(source.holder, hash).await?;
        Ok(Some(Outcome::Copied))
    }

    async fn insert_password(&mut self, holder: Holder, hash: &str) -> Result<(), Error> {
        match holder {
            Holder::User(id) => {
                let now = self.change.now;
                jeton_store::users::set_password_hash(&mut self.change, id, hash, now).await?;
                self.change.record(Event::PasswordSet, None, id, NoDetail {}).await
            }
            Holder::Credential(id) => {
                let found = jeton_store::v1_authorizations::by_id(&mut self.change, id).await?;
                let authorization = found.ok_or(Error::Internal)?.authorization;
                jeton_store::v1_authorizations::set_password_hash(&mut self.change, &authorization, hash).await?;
                self.change.record(Event::V1PasswordSet, Some(authorization.org), id, NoDetail {}).await
            }
        }
    }

    /// Reports which of the imported users and 1.x credentials have no password yet.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn report_missing_passwords(&mut self) -> Result<(), Error> {
        let mut users: Vec<_> = self.users.iter().map(|(id, name)| (*id, name.clone())).collect();
        users.sort_unstable_by_key(|(id, _)| *id);
        for (id, name) in users {
            if jeton_store::users::password_hash(&mut self.change, id).await?.is_none() {
                self.report.users_without_password.push(name);
            }
        }
        for (id, username) in std::mem::take(&mut self.credentials) {
            if jeton_store::v1_authorizations::password_hash(&mut self.change, id).await?.is_none() {
                self.report.credentials_without_password.push(username);
            }
        }
        Ok(())
    }
}
