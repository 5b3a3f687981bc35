//! Taking over what another InfluxDB v2 server holds: ids stay, tokens in clear work at once, and what was there before
//! is never changed.
//!
//! **One transaction holds the whole import.** Authorizations refer to buckets, users and organizations by their ids:
//! were it cut off between two kinds, tokens would be missing where their owners are already there, and nobody could tell
//! from the database how far it came. Everything is read from the other server first, so no network is waited for with
//! the write lock held. A dry run is the same transaction without its commit, so it can't say anything else than what
//! would happen.
//!
//! What was deleted or taken away here stays so, however often it is imported and however far the audit log was trimmed:
//! tombstones say so.

mod orgs;
mod report;
mod tokens;
mod users;

use std::collections::HashMap;

use secrecy::SecretString;

use crate::model::{
    Authorization, Bucket, BucketId, Dbrp, Error, Id, Org, OrgId, Telegraf, TelegrafId, User, UserId, org::Role,
};

use super::{
    Offline,
    audit::{Event, tombstones},
    orgs::members::Parent,
    transaction::AuditedTransaction,
};

use report::Outcome;

pub use report::{Count, Kind, Left, Report, ToReissue};

/// All that was read from the other server.
#[derive(Default)]
pub struct Source {
    pub orgs: Vec<Org>,
    pub users: Vec<SourceUser>,
    pub buckets: Vec<Bucket>,
    /// Without the virtual ones, which buckets bring along.
    pub dbrps: Vec<Dbrp>,
    pub telegrafs: Vec<Telegraf>,
    pub memberships: Vec<SourceMembership>,
    pub authorizations: Vec<SourceAuthorization>,
    /// What can't be understood, and why.
    pub unreadable: Vec<Left>,
}

/// A user there. Passwords are never told.
pub struct SourceUser {
    pub user: User,
    /// Whether they set that server up, and may do everything with a session.
    pub owns_instance: bool,
}

/// A user's role there.
pub struct SourceMembership {
    pub parent: Parent,
    pub user: UserId,
    pub role: Role,
    /// In words: "bob, member of my-org".
    pub words: String,
}

/// An authorization there.
pub struct SourceAuthorization {
    pub authorization: Authorization,
    pub secret: SourceSecret,
}

/// What is told of an authorization's secret.
pub enum SourceSecret {
    /// The token itself (influxd up to 2.8).
    Clear(SecretString),
    /// Nothing (influxd 2.9).
    Hidden,
    /// The user name of a 1.x client; its password is never told.
    Username(String),
}

impl Source {
    /// How many things there are.
    pub const fn len(&self) -> usize {
        self.orgs.len()
            + self.users.len()
            + self.buckets.len()
            + self.dbrps.len()
            + self.telegrafs.len()
            + self.memberships.len()
            + self.authorizations.len()
    }

    /// Whether there is nothing at all.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An import under way.
struct Import {
    change: AuditedTransaction,
    report: Report,
    /// What the rest may refer to, by the ids of the other server: it is here under the same ones.
    orgs: HashMap<OrgId, String>,
    users: HashMap<UserId, String>,
    buckets: HashMap<BucketId, OrgId>,
    telegrafs: HashMap<TelegrafId, OrgId>,
}

impl Offline {
    /// Copies what is not here yet, as one change. `dry_run`: tells what would come over, and copies nothing. `step` is
    /// called after each thing. A conflict leaves one thing out, with what refers to it, and is in the report; an error
    /// leaves everything as it was.
    pub async fn import(&self, source: Source, dry_run: bool, step: impl Fn() + Send) -> Result<Report, Error> {
        let mut import = Import {
            change: self.begin("import").await?,
            report: Report::new(dry_run),
            orgs: HashMap::new(),
            users: HashMap::new(),
            buckets: HashMap::new(),
            telegrafs: HashMap::new(),
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
        // A database's first mapping becomes its default: that it be the one that was.
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
        source.unreadable.into_iter().for_each(|left| self.report.leave(left));
        self.tell_missing_passwords().await
    }

    /// Whether this was deleted here: then it does not come back.
    async fn deleted_here(&mut self, event: Event, id: impl Into<Id>) -> Result<bool, Error> {
        tombstones::is_deleted(&mut self.change, event, id.into()).await
    }

    /// Whether a user's role in an organization, or in what it holds, was taken away here.
    async fn dismissed_here(&mut self, org: OrgId, user: UserId) -> Result<bool, Error> {
        tombstones::is_removed(&mut self.change, org, user).await
    }
}

impl SourceSecret {
    const fn kind(&self) -> Kind {
        match self {
            Self::Clear(_) | Self::Hidden => Kind::Authorization,
            Self::Username(_) => Kind::V1Authorization,
        }
    }
}

/// Why things don't come over.
const NO_ORG: &str = "its organization did not come over";
const NO_USER: &str = "its user did not come over";
