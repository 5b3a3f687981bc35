//! Import of organizations, buckets, mappings and telegraf configurations.

use jeton_model::{
    Bucket, Dbrp, Org, Telegraf, ValidationError,
    dbrp::check_part,
    telegraf::MAX_CONFIG,
    user::{MAX_NAME, check_text},
};

use crate::{
    Error,
    audit::detail::{Named, buckets::DbrpState},
    given_ids::{
        BucketStanding, OrgStanding, check_bucket, check_description, check_org, create_bucket, create_org,
        standing_of_bucket, standing_of_org,
    },
    telegrafs::keys,
};

use super::{Event, Import, NO_ORG, Outcome};

impl Import {
    /// Imports an organization without creating system buckets: its own are among the buckets.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn org(&mut self, org: &Org) -> Result<Outcome, Error> {
        if let Err(error) = check_org(org) {
            return Ok(Outcome::Left(error.to_string()));
        }
        let outcome = match standing_of_org(&mut self.change, org).await? {
            OrgStanding::Present(_) => Outcome::Present,
            OrgStanding::Deleted => return Ok(Outcome::Revoked),
            OrgStanding::NameTaken(other) => {
                return Ok(Outcome::Left(format!("organization {other} has this name here")));
            }
            OrgStanding::Absent => {
                create_org(&mut self.change, org).await?;
                Outcome::Copied
            }
        };
        self.orgs.insert(org.id, org.name.clone());
        Ok(outcome)
    }

    /// Imports a bucket.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn bucket(&mut self, bucket: &Bucket) -> Result<Outcome, Error> {
        if let Err(error) = check_bucket(bucket) {
            return Ok(Outcome::Left(error.to_string()));
        }
        if !self.orgs.contains_key(&bucket.org) {
            return Ok(Outcome::Left(NO_ORG.into()));
        }
        let outcome = match standing_of_bucket(&mut self.change, bucket).await? {
            BucketStanding::Present => Outcome::Present,
            BucketStanding::Deleted => return Ok(Outcome::Revoked),
            BucketStanding::Elsewhere(org) => {
                return Ok(Outcome::Left(format!("a bucket of organization {org} has this ID here")));
            }
            BucketStanding::NameTaken(other) => {
                return Ok(Outcome::Left(format!("bucket {other} of the organization has this name here")));
            }
            BucketStanding::Absent => {
                create_bucket(&mut self.change, bucket).await?;
                Outcome::Copied
            }
        };
        self.buckets.insert(bucket.id, bucket.org);
        Ok(outcome)
    }

    /// Imports a mapping. A database with mappings keeps exactly one default: the existing one, or else the first.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn dbrp(&mut self, mut dbrp: Dbrp) -> Result<Outcome, Error> {
        let parts =
            check_part("database", &dbrp.database).and_then(|()| check_part("retentionPolicy", &dbrp.retention_policy));
        if let Err(error) = parts {
            return Ok(Outcome::Left(error.to_string()));
        }
        if self.buckets.get(&dbrp.bucket) != Some(&dbrp.org) {
            return Ok(Outcome::Left("its bucket was not copied".into()));
        }
        if jeton_store::dbrps::by_id(&mut self.change, dbrp.id).await?.is_some() {
            return Ok(Outcome::Present);
        }
        if self.deleted_here(Event::DbrpDeleted, dbrp.id).await? {
            return Ok(Outcome::Revoked);
        }
        let others = jeton_store::dbrps::of_database(&mut self.change, dbrp.org, &dbrp.database).await?;
        if let Some(other) = others.iter().find(|other| other.is_from_where(&dbrp)) {
            return Ok(Outcome::Left(format!("mapping {} has this database and retention policy here", other.id)));
        }
        dbrp.is_default = others.is_empty();
        jeton_store::dbrps::insert(&mut self.change, &dbrp).await?;
        self.change.record(Event::DbrpCreated, Some(dbrp.org), dbrp.id, DbrpState::of(&dbrp)).await?;
        Ok(Outcome::Copied)
    }

    /// Imports a telegraf configuration.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn telegraf(&mut self, telegraf: &Telegraf) -> Result<Outcome, Error> {
        if let Err(error) = check_telegraf(telegraf) {
            return Ok(Outcome::Left(error.to_string()));
        }
        if !self.orgs.contains_key(&telegraf.org) {
            return Ok(Outcome::Left(NO_ORG.into()));
        }
        if let Some(here) = jeton_store::telegrafs::by_id(&mut self.change, telegraf.id).await? {
            self.telegrafs.insert(here.id, here.org);
            return Ok(Outcome::Present);
        }
        if self.deleted_here(Event::TelegrafDeleted, telegraf.id).await? {
            return Ok(Outcome::Revoked);
        }
        let mut copy = telegraf.clone();
        copy.updated_at = self.change.now;
        jeton_store::telegrafs::insert(&mut self.change, &copy, &keys(&copy)).await?;
        self.change.record(Event::TelegrafCreated, Some(copy.org), copy.id, Named { name: &copy.name }).await?;
        self.telegrafs.insert(copy.id, copy.org);
        Ok(Outcome::Copied)
    }
}

fn check_telegraf(telegraf: &Telegraf) -> Result<(), ValidationError> {
    check_text("name", &telegraf.name, MAX_NAME)?;
    check_description(&telegraf.description)?;
    check_text("config", &telegraf.config, MAX_CONFIG)?;
    let metadata = telegraf.metadata.as_ref().map(ToString::to_string).unwrap_or_default();
    check_text("metadata", &metadata, MAX_CONFIG)?;
    if metadata.contains("\\u0000") { Err(ValidationError::TextNul { field: "metadata".into() }) } else { Ok(()) }
}
