//! The details of audit entries as typed values. Their texts are signed and stored, and read by the console, by exports
//! and by imports: the names of members must not change.

pub(crate) mod buckets;
pub(crate) mod denials;
pub(crate) mod gates;
pub(crate) mod log;
pub(crate) mod orgs;
pub(crate) mod telegrafs;
pub(crate) mod token_changes;
pub(crate) mod tokens;
pub(crate) mod users;

use serde::Serialize;
use serde_json::Value;

use buckets::{BucketState, DbrpState};
use denials::Denied;
use gates::{BindingState, SuspendedBucket};
use log::{BackupTaken, Exported, KeyAdopted, KeyRotated, LogTrimmed};
use orgs::{OrgState, RulesState, SetUpDone};
use telegrafs::{TelegrafState, TelegrafsRead};
use token_changes::{AuthorizationLeaked, AuthorizationUpdated, ExpiryChanged};
use tokens::{AuthorizationCreated, AuthorizationDeleted, AuthorizationImported, OperatorTokenCreated};
use users::{Membership, RoleChanged, SessionsEnded, UserImported, UserState};

/// Defines `AuditDetail` with the conversions from the types of its variants.
macro_rules! details {
    ($($variant:ident($detail:ty)),+ $(,)?) => {
        /// The detail of an audit entry, made from one of the types of this module. It never holds a secret.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(crate) enum AuditDetail<'a> {
            $($variant($detail)),+
        }

        $(impl<'a> From<$detail> for AuditDetail<'a> {
            fn from(detail: $detail) -> Self {
                Self::$variant(detail)
            }
        })+
    };
}

details! {
    NoDetail(NoDetail),
    Named(Named<'a>),
    Count(Count),
    SetUpDone(SetUpDone<'a>),
    Org(OrgState<'a>),
    OrgUpdated(Change<OrgState<'a>>),
    RulesChanged(Change<RulesState>),
    User(UserState<'a>),
    UserImported(UserImported<'a>),
    UserUpdated(Change<UserState<'a>>),
    SessionsEnded(SessionsEnded<'a>),
    Membership(Membership<'a>),
    RoleChanged(RoleChanged<'a>),
    Bucket(BucketState<'a>),
    BucketUpdated(Change<BucketState<'a>>),
    Dbrp(DbrpState<'a>),
    DbrpUpdated(Change<DbrpState<'a>>),
    GateBinding(BindingState<'a>),
    SuspendedBucket(SuspendedBucket<'a>),
    Telegraf(TelegrafState<'a>),
    TelegrafUpdated(Change<TelegrafState<'a>>),
    TelegrafsRead(TelegrafsRead),
    AuthorizationCreated(AuthorizationCreated<'a>),
    AuthorizationImported(AuthorizationImported<'a>),
    OperatorTokenCreated(OperatorTokenCreated<'a>),
    AuthorizationUpdated(AuthorizationUpdated<'a>),
    AuthorizationDeleted(AuthorizationDeleted<'a>),
    AuthorizationLeaked(AuthorizationLeaked<'a>),
    ExpiryChanged(ExpiryChanged),
    Denied(Denied<'a>),
    Exported(Exported<'a>),
    LogTrimmed(LogTrimmed<'a>),
    KeyRotated(KeyRotated<'a>),
    KeyAdopted(KeyAdopted<'a>),
    BackupTaken(BackupTaken<'a>),
}

impl AuditDetail<'_> {
    /// The JSON object to store. Its members are sorted by their names.
    pub fn into_value(self) -> Value {
        serde_json::to_value(self).unwrap_or_else(|_| unreachable!("details are objects with texts as names"))
    }
}

/// No values: the event says everything.
#[derive(Serialize)]
pub(crate) struct NoDetail {}

/// The name of the target alone.
#[derive(Serialize)]
pub(crate) struct Named<'a> {
    pub name: &'a str,
}

/// A number of things that the entry does not name.
#[derive(Serialize)]
pub(crate) struct Count {
    pub count: u64,
}

/// Values before and after a change.
#[derive(Serialize)]
pub(crate) struct Change<T> {
    pub before: T,
    pub after: T,
}

#[cfg(test)]
mod tests {
    use jeton_model::{
        Action, Authorization, AuthorizationId, Id, Networks, OrgId, Permission, ResourceType, Status, Timestamp,
        UserId,
    };

    use super::*;

    pub const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    pub fn id(number: u64) -> Id {
        Id::new(number).unwrap()
    }

    pub fn authorization() -> Authorization {
        Authorization {
            id: AuthorizationId(id(5)),
            org: OrgId(id(1)),
            user: UserId(id(2)),
            created_by: UserId(id(2)),
            status: Status::Active,
            description: "roof".into(),
            permissions: vec![
                Permission::global(Action::Write, ResourceType::Users),
                Permission::on_in(Action::Read, ResourceType::Buckets, id(3), OrgId(id(1))),
            ],
            token_prefix: Some("abcd".into()),
            created_at: NOW,
            updated_at: NOW,
            expires_at: None,
            ended_at: None,
            networks: Networks::default(),
            last_use: None,
            replaces: None,
            created_with: None,
            leaked_at: None,
        }
    }

    /// Checks the text of a detail, which is signed and stored.
    #[track_caller]
    pub fn check<'a>(detail: impl Into<AuditDetail<'a>>, text: &str) {
        assert_eq!(detail.into().into_value().to_string(), text);
    }

    #[test]
    fn the_texts_are_exact() {
        check(NoDetail {}, "{}");
        check(Named { name: "my \"bucket\"" }, r#"{"name":"my \"bucket\""}"#);
        check(Count { count: 6 }, r#"{"count":6}"#);
    }
}
