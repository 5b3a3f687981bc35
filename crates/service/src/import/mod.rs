//! Import of the data of another InfluxDB v2 server: ids are kept, tokens and passwords work at once, whether the other
//! server has them in clear text or as hashes, and existing data is never changed.
//!
//! **One transaction holds the whole import.** Authorizations refer to buckets, users and organizations by their ids:
//! an import interrupted between two kinds would leave owners without their tokens, and the database would not show how
//! far it came. Everything is read from the other server first, so the write lock is not held while waiting for the
//! network. A dry run is the same transaction without its commit, so it reports exactly what would happen.
//!
//! Whatever was deleted or removed here stays so, even after repeated imports and after the audit log was trimmed:
//! tombstones record it.

mod orgs;
mod passwords;
mod report;
mod tokens;
mod users;

use std::collections::{BTreeMap, HashMap};

use secrecy::SecretString;

use jeton_model::{
    Authorization, AuthorizationId, Bucket, BucketId, Dbrp, Id, Org, OrgId, Telegraf, TelegrafId, User, UserId,
    org::Role, token::TokenHash,
};

use crate::{
    Error, Offline,
    audit::{Event, tombstones},
    orgs::members::Parent,
    transaction::AuditedTransaction,
};

use report::Outcome;

pub use report::{Count, Kind, Left, Report, ToReissue};

/// Everything that was read from the other server.
#[derive(Default)]
pub struct Source {
    /// The organizations, with their ids on the other server.
    pub orgs: Vec<Org>,
    /// The users.
    pub users: Vec<SourceUser>,
    /// The buckets of the organizations.
    pub buckets: Vec<Bucket>,
    /// The stored mappings, without the virtual ones of buckets.
    pub dbrps: Vec<Dbrp>,
    /// The telegraf configurations, with their texts.
    pub telegrafs: Vec<Telegraf>,
    /// The roles of users in organizations, buckets and telegraf configurations.
    pub memberships: Vec<SourceMembership>,
    /// The tokens and 1.x credentials.
    pub authorizations: Vec<SourceAuthorization>,
    /// The hashes of the passwords of these users and 1.x credentials, as far as they are known.
    pub passwords: Vec<SourcePassword>,
    /// Records that could not be parsed, with reasons.
    pub unreadable: Vec<Left>,
}

/// A user of the other server.
pub struct SourceUser {
    /// The user's id, name and status.
    pub user: User,
    /// Set if the user set that server up, so that a session holds every permission.
    pub owns_instance: bool,
}

/// A user's role on the other server.
pub struct SourceMembership {
    /// The resource that the role is in.
    pub parent: Parent,
    /// The user who has the role.
    pub user: UserId,
    /// The role: member or owner.
    pub role: Role,
    /// A description such as "bob, member of my-org".
    pub words: String,
}

/// An authorization of the other server.
pub struct SourceAuthorization {
    /// The record, without the secret.
    pub authorization: Authorization,
    /// The token, or the user name of a 1.x credential.
    pub secret: SourceSecret,
}

/// The secret of an authorization, as far as the other server reveals it.
pub enum SourceSecret {
    /// The token itself (influxd up to 2.8).
    Clear(SecretString),
    /// The token's hash, from the key-value store of influxd 2.9.
    Hashed(TokenHash),
    /// A hidden token, in the API of influxd 2.9.
    Hidden,
    /// A hash that no version of influxd writes.
    UnknownHash,
    /// The user name of a 1.x client.
    Username(String),
}

/// The hash of a password on the other server.
pub struct SourcePassword {
    /// The user or the 1.x credential whose password it is.
    pub holder: Holder,
    /// The name of the user or the 1.x credential.
    pub name: String,
    /// The hash, unchecked.
    pub hash: SecretString,
}

/// The record that a password belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User(UserId),
    /// A 1.x credential.
    Credential(AuthorizationId),
}

impl From<Holder> for Id {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::User(id) => id.into(),
            Holder::Credential(id) => id.into(),
        }
    }
}

impl Source {
    /// The number of records.
    pub const fn len(&self) -> usize {
        self.orgs.len()
            + self.users.len()
            + self.buckets.len()
            + self.dbrps.len()
            + self.telegrafs.len()
            + self.memberships.len()
            + self.authorizations.len()
            + self.passwords.len()
    }

    /// Returns whether there are no records.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An import in progress.
struct Import {
    change: AuditedTransaction,
    report: Report,
    /// The organizations, users, buckets and configurations that later records may refer to. Their ids are the same on
    /// both servers.
    orgs: HashMap<OrgId, String>,
    users: HashMap<UserId, String>,
    buckets: HashMap<BucketId, OrgId>,
    telegrafs: HashMap<TelegrafId, OrgId>,
    /// The 1.x credentials that are the same on both servers, with their user names.
    credentials: BTreeMap<AuthorizationId, String>,
}

impl Offline {
    /// Copies what is missing here, in one transaction. `dry_run`: reports what would be copied, and copies nothing.
    /// `step` is called after each record. A conflict skips one record and those that refer to it, and is reported.
    ///
    /// # Errors
    /// The database may fail; then nothing was copied.
    pub async fn import(&self, source: Source, dry_run: bool, step: impl Fn() + Send) -> Result<Report, Error> {
        let mut import = Import {
            change: self.begin("import").await?,
            report: Report::new(dry_run),
            orgs: HashMap::new(),
            users: HashMap::new(),
            buckets: HashMap::new(),
            telegrafs: HashMap::new(),
            credentials: BTreeMap::new(),
        };
        import.all(source, step).await?;
        let Import { change, report, .. } = import;
        if report.changes() && !dry_run {
            change.commit().await?;
        }
        Ok(report)
    }
}

impl Import {
    async fn all(&mut self, mut source: Source, step: impl Fn() + Send) -> Result<(), Error> {
        for org in &source.orgs {
            let outcome = self.org(org).await?;
            self.report.note(Kind::Organization, org.id, &org.name, outcome);
            step();
        }
        for one in &source.users {
            let outcome = self.user(one).await?;
            self.report.note(Kind::User, one.user.id, &one.user.name, outcome);
            step();
        }
        for bucket in &source.buckets {
            let outcome = self.bucket(bucket).await?;
            self.report.note(Kind::Bucket, bucket.id, &bucket.name, outcome);
            step();
        }
        // A database's first mapping becomes its default: start with the one that was.
        source.dbrps.sort_by_key(|dbrp| !dbrp.is_default);
        for dbrp in source.dbrps {
            let (id, name) = (dbrp.id, format!("{}/{}", dbrp.database, dbrp.retention_policy));
            let outcome = self.dbrp(dbrp).await?;
            self.report.note(Kind::DbrpMapping, id, &name, outcome);
            step();
        }
        for telegraf in &source.telegrafs {
            let outcome = self.telegraf(telegraf).await?;
            self.report.note(Kind::Telegraf, telegraf.id, &telegraf.name, outcome);
            step();
        }
        for membership in &source.memberships {
            let outcome = self.membership(membership).await?;
            self.report.note(Kind::Membership, "", &membership.words, outcome);
            step();
        }
        for one in &source.authorizations {
            let outcome = self.authorization(one).await?;
            let kind = one.secret.kind();
            self.report.note(kind, one.authorization.id, &one.authorization.description, outcome);
            step();
        }
        for one in &source.passwords {
            if let Some(outcome) = self.password(one).await? {
                self.report.note(Kind::Password, Id::from(one.holder), &one.name, outcome);
            }
            step();
        }
        source.unreadable.into_iter().for_each(|left| self.report.leave(left));
        self.report_missing_passwords().await
    }

    /// Returns whether this was deleted here and must not be imported.
    async fn deleted_here(&mut self, event: Event, id: impl Into<Id>) -> Result<bool, Error> {
        tombstones::is_deleted(&mut self.change, event, id.into()).await
    }

    /// Returns whether a user lost a role in an organization, or in something of it, here.
    async fn dismissed_here(&mut self, org: OrgId, user: UserId) -> Result<bool, Error> {
        tombstones::is_removed(&mut self.change, org, user).await
    }
}

impl SourceSecret {
    const fn kind(&self) -> Kind {
        match self {
            Self::Clear(_) | Self::Hashed(_) | Self::Hidden | Self::UnknownHash => Kind::Authorization,
            Self::Username(_) => Kind::V1Authorization,
        }
    }
}

/// The reasons why records are skipped.
const NO_ORG: &str = "its organization was not copied";
const NO_USER: &str = "its user was not copied";
