//! The proposal to narrow a token to the permissions that gates saw it use. A rotation carries it out, by its own
//! rules.

use std::collections::{BTreeSet, HashMap};

use jeton_model::{
    Action, Authorization, AuthorizationId, Bucket, BucketId, ResourceType,
    narrowing::{BucketUse, DAYS_THAT_COUNT, LastUsed, Narrowed},
};
use jeton_store::Connection;

use crate::{Caller, Error, Service, auth::required_permissions};

use super::access::readable;

/// Maximum number of uses that are examined.
const MOST: usize = 10_000;
/// Number of seconds of a day.
const DAY: i64 = 86_400;

impl Service {
    /// Returns the permissions that a token used through gates lately, and those that it did not use, to callers who
    /// may read the authorization; only buckets that the caller may read have their names.
    ///
    /// # Errors
    /// `TokenError::NotFound`; `AuthError::Unauthorized`; the database may fail.
    pub async fn narrowed(&self, caller: &Caller, id: AuthorizationId) -> Result<Narrowed, Error> {
        let mut reader = self.read().await?;
        let authorization = readable(&mut reader, caller, id).await?;
        self.narrowed_of(&mut reader, caller, &authorization).await
    }

    /// Returns the permissions that a token used through gates lately, of an authorization that the caller may read.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn narrowed_of(
        &self,
        connection: &mut Connection,
        caller: &Caller,
        authorization: &Authorization,
    ) -> Result<Narrowed, Error> {
        let since = self.now().plus_seconds(-DAYS_THAT_COUNT * DAY);
        let uses = self.last_gate_uses(connection, authorization.id, MOST).await?;
        let own = authorization.permissions.iter().map(|permission| permission.resource);
        let own = own.filter(|resource| resource.kind == ResourceType::Buckets).filter_map(|resource| resource.id);
        let ids: BTreeSet<BucketId> = uses.iter().map(|used| used.bucket).chain(own.map(BucketId)).collect();
        let found = if ids.is_empty() { Vec::new() } else { jeton_store::buckets::by_ids(connection, ids).await? };
        let buckets: HashMap<BucketId, Bucket> = found.into_iter().map(|bucket| (bucket.id, bucket)).collect();
        // Beyond the maximum, the oldest uses are not known.
        let is_whole = uses.len() < MOST || uses.last().is_some_and(|used| used.at < since);
        let uses: Vec<BucketUse> = uses
            .iter()
            .map(|used| {
                let org = buckets.get(&used.bucket).map(|bucket| bucket.org);
                BucketUse { action: used.action, bucket: used.bucket, org, at: used.at }
            })
            .collect();
        let mut narrowed = if is_whole {
            Narrowed::of(&authorization.permissions, &uses, since)
        } else {
            Narrowed::unchanged(&authorization.permissions, since)
        };
        for one in narrowed.proposed.iter_mut().chain(&mut narrowed.dropped) {
            one.bucket_name = name_of(caller, one, &buckets);
        }
        Ok(narrowed)
    }
}

/// Returns the name of the bucket of a permission, if the caller may read it.
fn name_of(caller: &Caller, one: &LastUsed, buckets: &HashMap<BucketId, Bucket>) -> Option<String> {
    let resource = one.permission.resource;
    let id = resource.id.filter(|_| resource.kind == ResourceType::Buckets)?;
    let bucket = buckets.get(&BucketId(id))?;
    caller.may(&required_permissions::bucket(Action::Read, bucket)).then(|| bucket.name.clone())
}
