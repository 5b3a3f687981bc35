//! The report of an import: what was copied and what was not.

use serde::Serialize;

use jeton_model::{Id, Permission, Status};

/// The kinds of imported records, in the order of the import: each only refers to earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// An organization.
    Organization,
    /// A user.
    User,
    /// A bucket.
    Bucket,
    /// A stored mapping of a 1.x database and retention policy to a bucket.
    DbrpMapping,
    /// A telegraf configuration.
    Telegraf,
    /// A user's role in an organization, a bucket or a telegraf configuration.
    Membership,
    /// The record of a token, with the token unless it is hidden.
    Authorization,
    /// A 1.x credential.
    V1Authorization,
    /// The hash of the password of a user or of a 1.x credential.
    Password,
}

impl Kind {
    /// All kinds, in the order of the import.
    pub const ALL: [Self; 9] = [
        Self::Organization,
        Self::User,
        Self::Bucket,
        Self::DbrpMapping,
        Self::Telegraf,
        Self::Membership,
        Self::Authorization,
        Self::V1Authorization,
        Self::Password,
    ];

    /// The kind in words, in the singular.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::User => "user",
            Self::Bucket => "bucket",
            Self::DbrpMapping => "DBRP mapping",
            Self::Telegraf => "telegraf configuration",
            Self::Membership => "membership",
            Self::Authorization => "authorization",
            Self::V1Authorization => "1.x credential",
            Self::Password => "password",
        }
    }
}

/// The counts of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// The kind of the counted records.
    pub kind: Kind,
    /// Copied by this import.
    pub copied: usize,
    /// Present already, and unchanged.
    pub present: usize,
    /// Authorizations whose token can't be taken over.
    pub to_reissue: usize,
    /// Skipped; [`Report::left`] gives the reasons.
    pub left: usize,
}

/// A record that was not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The kind of the record.
    pub kind: Kind,
    /// Its id on the other server; empty if it has none.
    pub id: String,
    /// Its name or description on the other server.
    pub name: String,
    /// The reason why it was skipped.
    pub reason: String,
    /// Set if it was deleted or removed here, so that it is skipped on purpose.
    pub revoked: bool,
}

/// An authorization whose token can't be taken over: its users need a new token with the same permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToReissue {
    /// Id of the authorization on the other server.
    pub id: Id,
    /// Description of the authorization.
    pub description: String,
    /// Status on the other server: active or inactive.
    pub status: Status,
    /// Id of the organization.
    #[serde(rename = "orgID")]
    pub org: Id,
    /// Name of the organization.
    #[serde(rename = "org")]
    pub org_name: String,
    /// Id of the owner.
    #[serde(rename = "userID")]
    pub user: Id,
    /// Name of the owner.
    #[serde(rename = "user")]
    pub user_name: String,
    /// Permissions that the new token needs.
    pub permissions: Vec<Permission>,
    /// The reason why the token can't be taken over.
    pub reason: &'static str,
}

/// The result of an import or a dry run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// True for a dry run: the counts show what an import would copy, and nothing was copied.
    pub dry_run: bool,
    /// One for each kind, in the order of [`Kind::ALL`].
    pub counts: Vec<Count>,
    /// The authorizations whose token can't be taken over.
    pub to_reissue: Vec<ToReissue>,
    /// The records that were skipped, with reasons.
    pub left: Vec<Left>,
    /// The names of the users who cannot sign in until their password is set.
    pub users_without_password: Vec<String>,
    /// The user names of the 1.x credentials that do not work until their password is set.
    pub credentials_without_password: Vec<String>,
}

/// The outcome for one record.
pub(super) enum Outcome {
    Copied,
    Present,
    Reissue(ToReissue),
    /// The reason why it was skipped.
    Left(String),
    /// It was deleted or removed here.
    Revoked,
}

impl Report {
    /// An empty report.
    pub(super) fn new(dry_run: bool) -> Self {
        let none = |kind| Count { kind, copied: 0, present: 0, to_reissue: 0, left: 0 };
        Self {
            dry_run,
            counts: Kind::ALL.map(none).into(),
            to_reissue: Vec::new(),
            left: Vec::new(),
            users_without_password: Vec::new(),
            credentials_without_password: Vec::new(),
        }
    }

    /// Returns whether anything was copied.
    pub fn changes(&self) -> bool {
        self.counts.iter().any(|count| count.copied > 0)
    }

    /// The number of records that were skipped because of a conflict.
    pub fn conflicts(&self) -> usize {
        self.left.iter().filter(|left| !left.revoked).count()
    }

    /// Counts the outcome for one record.
    pub(super) fn note(&mut self, kind: Kind, id: impl ToString, name: &str, outcome: Outcome) {
        let left = |reason, revoked| Left { kind, id: id.to_string(), name: name.into(), reason, revoked };
        match outcome {
            Outcome::Copied => self.count(kind, |count| count.copied += 1),
            Outcome::Present => self.count(kind, |count| count.present += 1),
            Outcome::Reissue(one) => {
                self.count(kind, |count| count.to_reissue += 1);
                self.to_reissue.push(one);
            }
            Outcome::Left(reason) => self.leave(left(reason, false)),
            Outcome::Revoked => self.leave(left("it was deleted here".into(), true)),
        }
    }

    /// Adds a skipped record.
    pub(super) fn leave(&mut self, left: Left) {
        self.count(left.kind, |count| count.left += 1);
        self.left.push(left);
    }

    fn count(&mut self, kind: Kind, up: impl Fn(&mut Count)) {
        self.counts.iter_mut().filter(|count| count.kind == kind).for_each(up);
    }
}
