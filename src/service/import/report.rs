//! What came over and what did not.

use serde::Serialize;

use crate::model::{Id, Permission, Status};

/// The kinds of things that come over, in the order in which they do: each only refers to those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    Organization,
    User,
    Bucket,
    DbrpMapping,
    Telegraf,
    Membership,
    Authorization,
    V1Authorization,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Organization,
        Self::User,
        Self::Bucket,
        Self::DbrpMapping,
        Self::Telegraf,
        Self::Membership,
        Self::Authorization,
        Self::V1Authorization,
    ];

    /// One of them, in words.
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
        }
    }
}

/// How many of a kind there were to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    pub kind: Kind,
    /// Came over now.
    pub copied: usize,
    /// Had come over before, and stay as they are.
    pub present: usize,
    /// Authorizations whose token the other server hides.
    pub to_reissue: usize,
    /// Did not come over; [`Report::left`] says why.
    pub left: usize,
}

/// Something that did not come over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    pub kind: Kind,
    /// As the other server calls it; empty where it has none.
    pub id: String,
    pub name: String,
    pub reason: String,
    /// Whether someone took it away here: then it is meant to stay away, and nothing is amiss.
    pub revoked: bool,
}

/// An authorization whose token is hidden: whoever uses it needs a new one, with the same permissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToReissue {
    pub id: Id,
    pub description: String,
    pub status: Status,
    #[serde(rename = "orgID")]
    pub org: Id,
    #[serde(rename = "org")]
    pub org_name: String,
    #[serde(rename = "userID")]
    pub user: Id,
    #[serde(rename = "user")]
    pub user_name: String,
    pub permissions: Vec<Permission>,
}

/// What an import did, or would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub dry_run: bool,
    /// Of each kind, in the order of [`Kind::ALL`].
    pub counts: Vec<Count>,
    pub to_reissue: Vec<ToReissue>,
    pub left: Vec<Left>,
    /// The names of the users who can't sign in before someone sets their password.
    pub users_without_password: Vec<String>,
    /// The user names of the 1.x credentials that open nothing before someone sets their password.
    pub credentials_without_password: Vec<String>,
}

/// What became of one thing.
pub(super) enum Outcome {
    Copied,
    Present,
    Reissue(ToReissue),
    /// Why it did not come over.
    Left(String),
    /// Someone deleted it here, or took it away.
    Revoked,
}

impl Report {
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

    /// Whether anything came over.
    pub fn changes(&self) -> bool {
        self.counts.iter().any(|count| count.copied > 0)
    }

    /// How many things did not come over that should have.
    pub fn conflicts(&self) -> usize {
        self.left.iter().filter(|left| !left.revoked).count()
    }

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

    pub(super) fn leave(&mut self, left: Left) {
        self.count(left.kind, |count| count.left += 1);
        self.left.push(left);
    }

    fn count(&mut self, kind: Kind, up: impl Fn(&mut Count)) {
        self.counts.iter_mut().filter(|count| count.kind == kind).for_each(up);
    }
}
