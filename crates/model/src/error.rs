//! The one error type, with every message: what was denied, why, and what to do.
//!
//! The messages that InfluxDB's clients see are influxd's own, except where
//! [compatibility](../../docs/influxdb-compatibility.md) states a difference.

use crate::{Code, Permission, Timestamp, id::IdError, rule_violation::RuleViolation};

/// The reason why an operation was denied or failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    // Authentication and permissions of the caller.
    /// No credential, or none that is known.
    #[error("unauthorized access")]
    Unauthenticated,
    #[error("User is inactive")]
    UserInactive,
    #[error("token is inactive")]
    TokenInactive,
    /// Credentials of a 1.x client, known or not, that are not accepted (docs/influxdb-compatibility.md §6.4).
    #[error("Unauthorized")]
    V1Unauthorized,
    /// The caller lacks this permission.
    #[error("{0} is unauthorized")]
    Unauthorized(Permission),
    /// The caller would delegate a permission that they don't hold.
    #[error("permission {0} is not allowed: {0} is unauthorized")]
    NotGrantable(Permission),
    /// A token with an expiry or networks would change what a session may do, and sessions have neither limit.
    #[error(
        "a token that expires or is bound to networks sets no passwords and changes no memberships, roles or user status; use a token without these limits, or sign in"
    )]
    LimitedTokenEmpowers,
    /// A token would change a user whose session holds more than the token.
    #[error(
        "this token does not hold {0}, which the user's session does or would; use a token that holds as much, or sign in"
    )]
    TokenEmpowersMore(Permission),
    /// The caller would change or delete an authorization that holds more than they do.
    #[error(
        "this authorization holds {0}, which you do not; only its owner, signed in, or a caller who holds as much may change it"
    )]
    HoldsMore(Permission),
    /// A sign-in with a password that the current policy denies.
    #[error("password change required\npasswords must be between 8 and 72 characters long")]
    PasswordChangeRequired,
    #[error("your username or password is incorrect")]
    WrongPassword,
    #[error("your userID is incorrect")]
    UnknownUserForPassword,
    /// A session would set its own user's password without the current one.
    #[error(
        "with a session, your own password is changed with the present one: PUT /api/v2/me/password with it as Basic authentication"
    )]
    OldPasswordRequired,
    #[error("too many attempts; try again in {seconds} seconds")]
    TooManyAttempts { seconds: u64 },
    /// A browser sent the request from a page of another site.
    #[error("this request comes from another site; open Jeton itself and try again")]
    ForeignOrigin,
    /// The name in `Host` is not known to lead here.
    #[error("{what} answers only under localhost, an IP address or the public URL; open Jeton under one of these")]
    ForeignHost { what: &'static str },

    // The request.
    #[error("{0}")]
    BadId(IdError),
    #[error("corrupt ID provided: {0}")]
    CorruptId(IdError),
    /// A malformed form.
    #[error("{0}")]
    BadForm(String),
    /// A malformed JSON body.
    #[error("{0}")]
    BadJson(String),
    #[error("invalid json structure: {0}")]
    BadJsonStructure(String),
    #[error("failed to unmarshal json: {0}")]
    BadJsonResource(String),
    #[error("{0}")]
    BadQuery(String),
    #[error("{what} must not be larger than {limit} bytes")]
    TooLarge { what: String, limit: usize },
    #[error("the request took longer than {seconds} seconds; try again, or ask for less at once")]
    TooSlow { seconds: u64 },
    #[error("{field} must not be longer than {limit} bytes")]
    TextTooLong { field: String, limit: usize },
    #[error("{field} must not contain a NUL character")]
    TextNul { field: String },

    // Set-up.
    #[error("onboarding has already been completed")]
    AlreadySetUp,
    #[error("onboarding failed: missing required fields [{}]", .0.join(","))]
    SetupMissing(Vec<String>),
    #[error("a token must not be empty, longer than 512 bytes, a JWT, or contain spaces or control characters")]
    BadSuppliedToken,

    // Authorizations.
    #[error("authorization not found")]
    AuthorizationNotFound,
    #[error("authorization must include permissions")]
    NoPermissions,
    #[error("authorization must not include more than {limit} permissions")]
    TooManyPermissions { limit: usize },
    #[error("invalid resource type for permission: unknown resource type for permission")]
    UnknownResourceType,
    #[error("invalid action type for permission: unknown action for permission")]
    UnknownAction,
    #[error("org id required: invalid ID")]
    OrgRequired,
    #[error("invalid status: must be active or inactive")]
    BadStatus,
    #[error("encodeAuthorization: unknown authorization status")]
    BadAuthorizationStatus,
    #[error("unable to create token")]
    UnableToCreateToken,
    #[error("authorizations cannot be created with the instance type, it is only used during setup")]
    InstanceNotGrantable,
    #[error("permission {0} is not for org id {1}")]
    PermissionForOtherOrg(Permission, crate::OrgId),
    #[error("no token is selected; select at least one")]
    NothingSelected,
    #[error("at most {limit} tokens can be changed at once; narrow the filter, and go on in portions")]
    TooManyTokens { limit: u64 },
    /// More tokens match now than the user confirmed.
    #[error("{now} tokens match by now, more than the question named; look at the list again, then decide")]
    MoreTokens { now: u64 },
    #[error(
        "this user has as many tokens as one may have ({limit}); delete those that are no longer needed, or have --max-tokens-per-user raised"
    )]
    TooManyTokensOfUser { limit: u64 },
    #[error(
        "this organization has as many tokens as one may have ({limit}); delete those that are no longer needed, or have --max-tokens-per-org raised"
    )]
    TooManyTokensOfOrg { limit: u64 },
    #[error(
        "with these, the tokens of this organization would hold more permissions than they may ({limit}); name an organization instead of each of its things, delete tokens that are no longer needed, or have --max-permissions-per-org raised"
    )]
    TooManyPermissionsOfOrg { limit: u64 },
    /// A report of leaked tokens with more than `limit` strings.
    #[error("a report may have at most {limit} {what}; send the rest in another one")]
    ReportTooLong { limit: usize, what: String },
    /// A text that is no network.
    #[error("{0}")]
    BadNetwork(String),
    #[error("a token is bound to at most {limit} networks")]
    TooManyNetworks { limit: usize },
    /// The token has a successor, which is the one to rotate.
    #[error("this token was rotated before; rotate its successor {successor} instead")]
    AlreadyRotated { successor: crate::AuthorizationId },
    #[error("an expired token cannot be rotated; create a new one")]
    RotateExpired,
    #[error("an inactive token cannot be rotated; activate it first")]
    RotateInactive,
    /// The token was reported as leaked: it can't be activated or rotated.
    #[error("this token was reported as leaked and stays inactive; create a new token instead")]
    TokenLeaked,
    /// The caller may not change some of the token's descendants.
    #[error(
        "{number} of the tokens created with this one are beyond your permissions, so none was deactivated; ask an operator to do it"
    )]
    DescendantsBeyond { number: u64 },
    #[error("the owner of this token is inactive; activate them first, then rotate it")]
    RotateOwnerInactive,
    #[error("the owner or organization of this token was deleted; create a new token for another owner")]
    RotateOrphan,
    #[error("this token has no successor, so there is no overlap to end; deactivate or delete it")]
    NoOverlap,
    #[error("expiresAt must be in the future")]
    ExpiryPast,
    #[error("the authorization has expired, and nothing revives it; clone it to get a new token")]
    AuthorizationExpired,
    /// A token would create or change one that expires later than itself.
    #[error("nothing that a token makes or changes outlives it; this one expires at {end}")]
    OutlivesCaller { end: Timestamp },
    /// A token would create or change one that is accepted from networks beyond its own.
    #[error(
        "nothing that a token makes or changes is accepted from elsewhere than it is; this one only from {networks}"
    )]
    ReachesBeyondCaller { networks: String },
    /// The token would break a rule of its organization.
    #[error("{0}")]
    RuleBroken(RuleViolation),
    #[error("token already exists")]
    TokenExists,
    #[error("token required for v1 user authorization type")]
    V1TokenRequired,
    #[error("bucket not found when creating auth")]
    V1BucketNotFound,
    #[error("unknown authorization status")]
    BadV1AuthorizationStatus,
    /// `resource.name` matches nothing, or its type has no names here. influxd ignores names and grants the whole type.
    #[error("no {kind} named \"{name}\" in the permission's organization; give its id instead")]
    NoSuchNamedResource { kind: String, name: String },
    /// `resource.org` matches no organization. influxd ignores it and grants in all of them.
    #[error("no organization named \"{name}\"; give its id as orgID instead")]
    NoSuchNamedOrg { name: String },
    /// The form's idempotency key was consumed by an earlier submission.
    #[error("this form was sent before: the token was already created, and is not shown again")]
    AlreadyCreated,

    // Users, organizations, buckets, telegraf configurations.
    #[error("user not found")]
    UserNotFound,
    #[error("key required")]
    UserNameEmpty,
    #[error("user with name {name} already exists")]
    UserNameTaken { name: String },
    #[error("user with ID {id} already exists")]
    UserIdTaken { id: crate::UserId },
    #[error("passwords must be between 8 and 72 characters long")]
    PasswordLength,
    #[error("error decoding password reset request: invalid basic auth")]
    OldPasswordMissing,
    #[error("organization not found")]
    OrgNotFound,
    #[error("error deleting organization id: {0}: organization not found")]
    OrgNotFoundToDelete(crate::OrgId),
    #[error("organization name \"{name}\" not found")]
    OrgNameNotFound { name: String },
    #[error("org name is empty")]
    OrgNameEmpty,
    #[error("organization with name {name} already exists")]
    OrgNameTaken { name: String },
    #[error("404 page not found")]
    ParentNotFound,
    #[error("user id missing or invalid")]
    MemberMissing,
    #[error("user {user} is already a member or owner; remove them first to change the role")]
    AlreadyMember { user: crate::UserId },
    #[error("this user does not belong to the organization")]
    NotMember,
    #[error("an organization needs an owner; make someone else an owner first")]
    LastOwner,
    #[error("organization id must be provided")]
    BucketOrgRequired,
    #[error("bucket not found")]
    BucketNotFound,
    #[error("bucket \"{name}\" not found")]
    BucketNameNotFound { name: String },
    #[error("bucket name must not be empty")]
    BucketNameEmpty,
    #[error("bucket name {name} is invalid. Buckets may not start with underscore")]
    BucketNameUnderscore { name: String },
    #[error("bucket name {name} is invalid. Bucket names may not include quotation marks")]
    BucketNameQuote { name: String },
    #[error("bucket with name {name} already exists")]
    BucketNameTaken { name: String },
    #[error("bucket name is not unique")]
    BucketNameNotUnique,
    #[error("system buckets cannot be renamed")]
    SystemBucketRename,
    #[error("system buckets cannot be deleted")]
    SystemBucketDelete,
    #[error("buckets cannot have more than one retention rule at this time")]
    TooManyRetentionRules,
    #[error("expiration seconds cannot be negative")]
    RetentionNegative,
    #[error("shard-group duration seconds cannot be negative")]
    ShardGroupNegative,
    #[error("retention policy duration must be at least 1h0m0s")]
    RetentionTooShort,
    #[error("retention policy duration must be greater than the shard duration")]
    ShardGroupTooLong,
    #[error("shard-group duration must also be updated to be smaller than new retention duration")]
    ShardGroupMustShrink,
    #[error("either 'org' or 'orgID' must be provided")]
    DbrpOrgRequired,
    #[error("invalid org \"{name}\": organization not found")]
    DbrpOrgNotFound { name: String },
    #[error(
        "DBRP provided is invalid: {part} must contain at least one character and only be letters, numbers, '_', '-', and '.'"
    )]
    DbrpInvalid { part: String },
    #[error("another DBRP mapping with same orgID, db, and rp exists")]
    DbrpExists,
    #[error("unable to find DBRP")]
    DbrpNotFound,
    #[error("telegraf configuration not found")]
    TelegrafNotFound,
    #[error("session not found")]
    SessionNotFound,
    #[error("label not found")]
    LabelNotFound,
    #[error("label id is required")]
    LabelMissing,
    #[error("invalid org id for permission: invalid ID")]
    PermissionOrgInvalid,

    // The console's forms: a field and what to do about it.
    #[error("{message}")]
    Field { field: String, message: String },

    /// The subset of an error that is sent to the browser: the message, and the messages for fields of the form.
    #[error("{sentence}")]
    Told { sentence: String, fields: Vec<(String, String)> },

    // Failures that the caller didn't cause.
    #[error("path not found")]
    PathNotFound,
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// The server's log has the cause; the caller learns nothing about internals.
    #[error("An internal error has occurred - check server logs")]
    Internal,
}

impl Error {
    /// Returns an error about one field of a form.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Field { field: field.into(), message: message.into() }
    }

    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::Internal => Code::Internal,
            Self::Busy => Code::Unavailable,
            Self::TooManyAttempts { .. } => Code::TooManyRequests,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::TooSlow { .. } => Code::TooSlow,
            Self::Unauthenticated | Self::TokenInactive | Self::V1Unauthorized | Self::Unauthorized(_) => {
                Code::Unauthorized
            }
            Self::UserInactive
            | Self::NotGrantable(_)
            | Self::DescendantsBeyond { .. }
            | Self::PasswordChangeRequired
            | Self::WrongPassword
            | Self::OldPasswordRequired
            | Self::UnknownUserForPassword
            | Self::LimitedTokenEmpowers
            | Self::TokenEmpowersMore(_)
            | Self::HoldsMore(_)
            | Self::ForeignOrigin
            | Self::ForeignHost { .. } => Code::Forbidden,
            Self::AuthorizationNotFound
            | Self::UserNotFound
            | Self::OrgNotFound
            | Self::OrgNotFoundToDelete(_)
            | Self::OrgNameNotFound { .. }
            | Self::ParentNotFound
            | Self::NotMember
            | Self::BucketNotFound
            | Self::V1BucketNotFound
            | Self::BucketNameNotFound { .. }
            | Self::DbrpNotFound
            | Self::DbrpOrgNotFound { .. }
            | Self::TelegrafNotFound
            | Self::SessionNotFound
            | Self::LabelNotFound
            | Self::PathNotFound => Code::NotFound,
            Self::AlreadySetUp
            | Self::TokenExists
            | Self::AlreadyCreated
            | Self::AlreadyRotated { .. }
            | Self::UserNameTaken { .. }
            | Self::UserIdTaken { .. }
            | Self::OrgNameTaken { .. }
            | Self::AlreadyMember { .. }
            | Self::LastOwner
            | Self::BucketNameTaken { .. }
            | Self::DbrpExists
            | Self::BucketNameNotUnique => Code::Conflict,
            Self::SetupMissing(_)
            | Self::TooManyRetentionRules
            | Self::RetentionNegative
            | Self::ShardGroupNegative
            | Self::ShardGroupMustShrink
            | Self::RotateExpired
            | Self::RotateInactive
            | Self::TokenLeaked
            | Self::RotateOwnerInactive
            | Self::RotateOrphan
            | Self::NoOverlap
            | Self::BadNetwork(_)
            | Self::TooManyNetworks { .. }
            | Self::ExpiryPast
            | Self::AuthorizationExpired
            | Self::OutlivesCaller { .. }
            | Self::ReachesBeyondCaller { .. }
            | Self::RuleBroken(_)
            | Self::NothingSelected
            | Self::TooManyTokens { .. }
            | Self::TooManyTokensOfUser { .. }
            | Self::TooManyTokensOfOrg { .. }
            | Self::TooManyPermissionsOfOrg { .. }
            | Self::ReportTooLong { .. }
            | Self::MoreTokens { .. }
            | Self::Field { .. }
            | Self::Told { .. } => Code::Unprocessable,
            Self::UserNameEmpty => Code::EmptyValue,
            _ => Code::Invalid,
        }
    }

    /// Returns the field that the error is about, by its name in the form.
    pub fn about(&self) -> Option<&str> {
        match self {
            Self::Field { field, .. } | Self::TextTooLong { field, .. } | Self::TextNul { field } => Some(field),
            Self::Told { fields, .. } => fields.first().map(|(field, _)| field.as_str()),
            Self::BadNetwork(_) | Self::TooManyNetworks { .. } | Self::ReachesBeyondCaller { .. } => Some("networks"),
            Self::RuleBroken(RuleViolation::DescriptionRequired) => Some("description"),
            Self::ExpiryPast
            | Self::AuthorizationExpired
            | Self::OutlivesCaller { .. }
            | Self::RuleBroken(RuleViolation::ExpiryRequired | RuleViolation::LongestLife(_)) => Some("expires"),
            Self::PasswordLength => Some("password"),
            Self::UserNameEmpty | Self::UserNameTaken { .. } => Some("username"),
            Self::OrgNameEmpty | Self::OrgNameTaken { .. } => Some("org"),
            Self::BucketNameEmpty | Self::BucketNameUnderscore { .. } | Self::BucketNameQuote { .. } => Some("bucket"),
            _ => None,
        }
    }
}

impl From<IdError> for Error {
    fn from(error: IdError) -> Self {
        Self::BadId(error)
    }
}
