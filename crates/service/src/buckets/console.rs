//! The console's list of buckets and its dialogs.

use jeton_model::{
    Action, Bucket, BucketId, OrgId, Permission, ResourceType,
    console::{
        buckets::{BucketDetails, BucketPage, BucketRow},
        list_query::{ListQuery, Listed},
    },
    grant::all_access_kinds,
};
use jeton_store::{buckets::Search, grants::Reaching};

use crate::{Caller, Error, Service, auth::required_permissions, error::BucketError, fold, tokens::picker::may_grant};

/// Maximum number of DBRP mappings that a dialog names; the others are counted.
const NAMED_MAPPINGS: usize = 5;

impl Service {
    /// A page of an organization's buckets that the caller may read, users' own before the system's, each with the
    /// number of live tokens that have access to it.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn bucket_page(&self, caller: &Caller, org: OrgId, query: &ListQuery) -> Result<BucketPage, Error> {
        caller.check(required_permissions::org(Action::Read, org))?;
        let within = &caller.within(ResourceType::Buckets, org);
        let part = &fold(&query.filter);
        let mut reader = self.read().await?;
        let unfiltered = jeton_store::buckets::count(&mut reader, org, "", within).await?.cast_unsigned();
        let total = match part.as_str() {
            "" => unfiltered,
            part => jeton_store::buckets::count(&mut reader, org, part, within).await?.cast_unsigned(),
        };
        let (page, before) = query.page_of(total);
        let search = Search {
            org,
            part,
            within,
            descending: query.descending,
            offset: before.cast_signed(),
            limit: query.page_size.cast_signed(),
        };
        let buckets = jeton_store::buckets::search(&mut reader, &search).await?;
        let ids: Vec<BucketId> = buckets.iter().map(|bucket| bucket.id).collect();
        let now = self.now();
        let reaching = jeton_store::grants::reaching_buckets(&mut reader, org, &ids, now).await?;
        let kinds: Vec<ResourceType> = all_access_kinds().collect();
        let all_access = jeton_store::grants::count_holding_all(&mut reader, org, &kinds, now).await?.cast_unsigned();
        let system = jeton_store::buckets::count_system(&mut reader, org, within).await?.cast_unsigned();
        let may_create = self.may(caller, org).create_tokens;
        let rows = buckets.into_iter().map(|bucket| row(caller, bucket, &reaching, may_create)).collect();
        Ok(BucketPage { list: Listed { rows, total, unfiltered, page }, system, all_access })
    }

    /// A bucket of an organization that the caller may change, with the number of tokens and mappings that depend on
    /// it.
    ///
    /// # Errors
    /// [`BucketError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn bucket_details(&self, caller: &Caller, org: OrgId, id: BucketId) -> Result<BucketDetails, Error> {
        let mut reader = self.read().await?;
        let found = jeton_store::buckets::by_id(&mut reader, id).await?;
        let bucket = found.filter(|bucket| bucket.org == org).ok_or(Error::Bucket(BucketError::NotFound))?;
        caller.check(required_permissions::bucket(Action::Read, &bucket))?;
        caller.check(required_permissions::bucket(Action::Write, &bucket))?;
        let tokens = jeton_store::grants::count_reaching(&mut reader, org, id, self.now()).await?.cast_unsigned();
        let mappings = jeton_store::dbrps::of_bucket(&mut reader, id).await?;
        let named = mappings.iter().take(NAMED_MAPPINGS);
        Ok(BucketDetails {
            bucket,
            tokens,
            mapping_count: mappings.len() as u64,
            mappings: named.map(|dbrp| format!("{}/{}", dbrp.database, dbrp.retention_policy)).collect(),
        })
    }
}

fn row(caller: &Caller, bucket: Bucket, reaching: &[Reaching], may_create: bool) -> BucketRow {
    let tokens = |action: Action| {
        let found = reaching.iter().filter(|one| one.action == action);
        let here = found.filter(|one| one.bucket.is_none_or(|named| named == bucket.id));
        here.map(|one| one.tokens.cast_unsigned()).sum()
    };
    let reads = Permission::on_in(Action::Read, ResourceType::Buckets, bucket.id, bucket.org);
    BucketRow {
        readers: tokens(Action::Read),
        writers: tokens(Action::Write),
        may_change: caller.may(&required_permissions::bucket(Action::Write, &bucket)),
        may_generate: may_create && may_grant(caller, &reads),
        bucket,
    }
}
