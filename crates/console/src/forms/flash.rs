//! Flash messages: the confirmations that follow a form.

use serde::{Deserialize, Serialize};

macro_rules! deeds {
    ($($name:ident $word:literal $sentence:literal),+ $(,)?) => {
        /// A change that a form made. Without JavaScript, the address after it carries its word (`?done=…`), and the
        /// page displays its sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Flash { $($name),+ }

        impl Flash {
            /// Returns the message's word in the URL.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// Returns the message with this word in the URL.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }

            /// Returns the displayed sentence, without a full stop.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),+ }
            }
        }
    };
}

deeds! {
    // The first two use InfluxDB's wording (docs/influxdb-compatibility.md §9.9).
    TokenUpdated "updated" "API token was updated successfully",
    TokenDeleted "deleted" "API token was deleted successfully",
    OverlapEnded "overlap-ended" "The old token no longer works",
    TokensUpdated "tokens-updated" "The API tokens were updated",
    TokensDeleted "tokens-deleted" "The API tokens were deleted",
    BucketCreated "bucket-created" "The bucket was created",
    BucketUpdated "bucket-updated" "The bucket was changed",
    BucketDeleted "bucket-deleted" "The bucket was deleted",
    TelegrafCreated "telegraf-created" "The configuration was created",
    TelegrafSaved "telegraf-saved" "The configuration was saved",
    TelegrafDeleted "telegraf-deleted" "The configuration was deleted",
    MemberAdded "member-added" "The member was added",
    RoleChanged "role-changed" "The role was changed",
    MemberRemoved "member-removed" "The member was removed",
    UserCreated "user-created" "The user was created",
    UserUpdated "user-updated" "The user was changed",
    UserActivated "user-activated" "The user was activated",
    UserDeactivated "user-deactivated" "The user was deactivated",
    UserDeleted "user-deleted" "The user was deleted",
    PasswordSet "password-set" "The password was changed",
    OrgCreated "organization-created" "The organization was created",
    OrgUpdated "organization-updated" "The organization was changed",
    OrgDeleted "organization-deleted" "The organization was deleted",
    BucketBound "bucket-bound" "The bucket was bound",
    BucketUnbound "bucket-unbound" "The binding was ended",
    BucketConfirmed "bucket-confirmed" "The bucket is available again",
    BucketsConfirmed "buckets-confirmed" "The suspended buckets are available again",
    SomeBucketsConfirmed "some-buckets-confirmed" "Some buckets are available again, the others stay suspended",
    NoBucketConfirmed "no-bucket-confirmed" "No bucket is available again",
    GateCompared "gate-compared" "The gate was compared with its database",
    SessionEnded "session-ended" "The session was signed out",
    SessionsEnded "sessions-ended" "The other sessions were signed out",
    UserSignedOut "user-signed-out" "The user was signed out everywhere",
}
