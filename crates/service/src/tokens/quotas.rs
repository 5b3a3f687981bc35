//! Quotas on tokens, so that one user or organization cannot fill the database for the others.

use jeton_model::{Authorization, authorization::count_different};
use jeton_store::token_counts::TokenCounts;

use crate::{Error, error::QuotaError};

/// Limits on tokens and 1.x credentials; `None` is no limit. Set-up, imports and recovery are exempt, but what they
/// create counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Maximum number of tokens of one user.
    pub tokens_per_user: Option<u64>,
    /// Maximum number of tokens in one organization.
    pub tokens_per_org: Option<u64>,
    /// Maximum number of permissions, each counted once for a token, that the tokens of one organization hold together.
    pub permissions_per_org: Option<u64>,
}

impl Quotas {
    /// No limits.
    pub const NONE: Self = Self { tokens_per_user: None, tokens_per_org: None, permissions_per_org: None };

    /// Denies an authorization beyond a quota. The counters of its owner and organization are two rows, maintained by
    /// creation and deletion: nothing is counted here.
    ///
    /// # Errors
    /// [`QuotaError::TokensOfUser`], [`QuotaError::TokensOfOrg`], [`QuotaError::PermissionsOfOrg`].
    pub(crate) fn check(self, of_user: TokenCounts, of_org: TokenCounts, new: &Authorization) -> Result<(), Error> {
        if let Some(limit) = exceeded(self.tokens_per_user, of_user.tokens, 1) {
            return Err(Error::Quota(QuotaError::TokensOfUser { limit }));
        }
        if let Some(limit) = exceeded(self.tokens_per_org, of_org.tokens, 1) {
            return Err(Error::Quota(QuotaError::TokensOfOrg { limit }));
        }
        match exceeded(self.permissions_per_org, of_org.permissions, count_different(&new.permissions)) {
            Some(limit) => Err(Error::Quota(QuotaError::PermissionsOfOrg { limit })),
            None => Ok(()),
        }
    }
}

/// Returns the limit if `more` would exceed it.
fn exceeded(limit: Option<u64>, counted: i64, more: usize) -> Option<u64> {
    limit.filter(|limit| u64::try_from(counted).unwrap_or(0).saturating_add(more as u64) > *limit)
}

#[cfg(test)]
mod tests {
    use super::exceeded;

    #[test]
    fn a_quota_is_reached_and_not_exceeded() {
        assert_eq!(exceeded(Some(3), 2, 1), None);
        assert_eq!(exceeded(Some(3), 3, 1), Some(3));
        assert_eq!(exceeded(Some(3), 0, 4), Some(3));
        assert_eq!(exceeded(None, i64::MAX, 1), None);
    }
}
