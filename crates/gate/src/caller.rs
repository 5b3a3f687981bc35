//! The caller of a request, as determined by the verifier of tokens.

use jeton_model::{Action, BucketId, OrgId, Permission, ResourceType, grant, permission::which_permits};

/// The caller of a data request.
#[derive(Clone, Copy, Debug)]
pub enum Caller<'a> {
    /// No credential, or one that does not work: unknown, expired, inactive and foreign-network tokens are the same.
    Anonymous,
    /// A live token.
    Token {
        /// The organization of the token.
        org: OrgId,
        /// The permissions of the token.
        permissions: &'a [Permission],
    },
}

impl Caller<'_> {
    /// Returns whether the caller may act on a bucket of an organization.
    pub fn may(&self, action: Action, bucket: BucketId, org: OrgId) -> bool {
        let wanted = Permission::on_in(action, ResourceType::Buckets, bucket, org);
        which_permits(self.permissions(), &wanted).is_some()
    }

    /// Returns whether the caller has every permission in every organization.
    pub fn is_operator(&self) -> bool {
        grant::is_operator(self.permissions())
    }

    /// Returns whether the token belongs to the organization, or to an operator.
    pub fn is_of(&self, wanted: OrgId) -> bool {
        matches!(self, Self::Token { org, .. } if *org == wanted) || self.is_operator()
    }

    /// Returns the permissions; none without a token.
    pub(crate) fn permissions(&self) -> &[Permission] {
        match self {
            Self::Anonymous => &[],
            Self::Token { permissions, .. } => permissions,
        }
    }
}
