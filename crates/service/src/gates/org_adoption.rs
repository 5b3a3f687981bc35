//! The adoption of an organization of InfluxDB 2: the organization and its buckets are created with the ids that they
//! have there, in one step of an operator. They need no bindings.

use std::collections::BTreeSet;

use jeton_model::{
    Bucket, BucketId, Org, OrgId,
    binding::{Adoption, AdoptionOutcome, Adoptions, Obstacle, OrgAdoption, RunningGate, is_reserved},
    bucket::BucketKind,
    grant::is_operator,
};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    error::GateError,
    given_ids::{
        BucketStanding, OrgStanding, check_bucket, check_org, create_bucket, create_org, standing_of_bucket,
        standing_of_org,
    },
    transaction::AuditedTransaction,
};

use super::{
    adoption::AT_ONCE,
    directory::{buckets_of, org_called},
    operator::check_operator,
};

/// The outcome for each bucket that does not exist here, in the order of the list.
type Planned<'b> = Vec<(Adoption, &'b Bucket)>;

impl Service {
    /// Returns a running gate of InfluxDB 2, if the caller is an operator: its organization need not exist here yet.
    pub fn adopting_gate(&self, caller: &Caller, running: Vec<RunningGate>, name: &str) -> Option<RunningGate> {
        let is_wanted = |gate: &RunningGate| gate.name == name && !gate.kind.has_bindings();
        running.into_iter().find(|gate| is_operator(caller.permissions()) && is_wanted(gate))
    }

    /// Returns the organization of a gate among those of its InfluxDB 2. `found`: `None` if it gave no list.
    ///
    /// # Errors
    /// [`GateError::NoList`], [`GateError::NoUpstreamOrg`], [`GateError::OtherOrgId`]; the database may fail.
    pub async fn upstream_org(&self, gate: &RunningGate, found: Option<Vec<Org>>) -> Result<Org, Error> {
        let found = found.ok_or_else(|| no_list(gate))?;
        Ok(org_of(&mut *self.read().await?, gate, &found).await?.clone())
    }

    /// Returns the outcome that [`Service::adopt_org`] would have, and changes nothing.
    ///
    /// # Errors
    /// `GateError::OperatorToCompare`, and those of [`Service::adopt_org`] but for the other ones of the caller.
    pub async fn adoptable_org(
        &self,
        caller: &Caller,
        gate: &RunningGate,
        org: &Org,
        buckets: Option<Vec<Bucket>>,
    ) -> Result<Adoptions, Error> {
        self.check_comparison(caller)?;
        let buckets = buckets.ok_or_else(|| no_list(gate))?;
        let mut reader = self.read().await?;
        let org = plan_org(&mut reader, gate, org).await?;
        let planned = plan(&mut reader, gate, org.id, &buckets).await?;
        Ok(Adoptions { org: Some(org), databases: planned.into_iter().map(|(adoption, _)| adoption).collect() })
    }

    /// Creates the organization of a gate and those of its buckets that the gate guards, as far as they do not exist
    /// here, with the ids, names and retention that they have in InfluxDB. Returns the outcome for each bucket that did
    /// not exist, system buckets included. `buckets`: those of the organization, `None` if InfluxDB gave no list. Only
    /// operators without limits adopt: tokens for all organizations get access to the data.
    ///
    /// # Errors
    /// [`GateError::NoList`], [`GateError::OperatorRequired`], [`GateError::LimitedOperator`],
    /// [`GateError::OtherOrgId`], [`GateError::OtherOrgName`], [`GateError::DeletedOrg`] and the errors of an invalid
    /// name; the database may fail. Nothing is changed then.
    pub async fn adopt_org(
        &self,
        caller: &Caller,
        gate: &RunningGate,
        org: &Org,
        buckets: Option<Vec<Bucket>>,
    ) -> Result<Adoptions, Error> {
        let buckets = buckets.ok_or_else(|| no_list(gate))?;
        let (mut change, caller) = self.begin_alone(caller).await?;
        let now = change.now;
        check_operator(&mut change, &caller, now).await?;
        let adopted = plan_org(&mut change, gate, org).await?;
        let planned = plan(&mut change, gate, org.id, &buckets).await?;
        if adopted.is_new {
            create_org(&mut change, org).await?;
        }
        let databases = carry_out(&mut change, planned).await?;
        change.commit().await?;
        Ok(Adoptions { org: Some(adopted), databases })
    }
}

fn no_list(gate: &RunningGate) -> Error {
    Error::Gate(GateError::NoList { gate: gate.name.clone() })
}

/// Returns the organization of a gate among those of its InfluxDB 2: the one with the id of the organization here, or
/// else the configured one.
async fn org_of<'o>(connection: &mut Connection, gate: &RunningGate, found: &'o [Org]) -> Result<&'o Org, Error> {
    let mut here = org_called(connection, &gate.org).await?;
    if here.is_none() {
        here = org_called(connection, &gate.org_setting).await?;
    }
    let missing = || Error::Gate(GateError::NoUpstreamOrg { gate: gate.name.clone(), org: gate.org_setting.clone() });
    let Some(here) = here else { return org_there(&gate.org_setting, found).ok_or_else(missing) };
    if let Some(same) = found.iter().find(|org| org.id == here.id) {
        return Ok(same);
    }
    let other = org_there(&here.name, found).or_else(|| org_there(&gate.org_setting, found)).ok_or_else(missing)?;
    Err(Error::Gate(GateError::OtherOrgId { name: here.name, here: here.id, there: other.id }))
}

/// Returns the organization of InfluxDB with this id, or else with this name.
fn org_there<'o>(text: &str, found: &'o [Org]) -> Option<&'o Org> {
    let id: Option<OrgId> = text.parse().ok();
    let by_id = found.iter().find(|org| Some(org.id) == id);
    by_id.or_else(|| found.iter().find(|org| org.name == text))
}

async fn plan_org(connection: &mut Connection, gate: &RunningGate, org: &Org) -> Result<OrgAdoption, Error> {
    // An organization may have been created, renamed or deleted here since InfluxDB was asked.
    org_of(connection, gate, std::slice::from_ref(org)).await?;
    check_org(org)?;
    let (id, name) = (org.id, org.name.clone());
    match standing_of_org(connection, org).await? {
        OrgStanding::Absent => Ok(OrgAdoption { id, name, is_new: true }),
        OrgStanding::Present(here) => {
            let is_found = org_called(connection, &gate.org_setting).await?.is_some_and(|found| found.id == id);
            if is_found || gate.org == id.to_string() {
                return Ok(OrgAdoption { id, name: here.name, is_new: false });
            }
            Err(Error::Gate(GateError::OtherOrgName { gate: gate.name.clone(), id, here: here.name, there: name }))
        }
        OrgStanding::Deleted => Err(Error::Gate(GateError::DeletedOrg { name })),
        OrgStanding::NameTaken(here) => Err(Error::Gate(GateError::OtherOrgId { name, here, there: id })),
    }
}

/// Returns the planned outcome for each bucket that does not exist here.
async fn plan<'b>(
    connection: &mut Connection,
    gate: &RunningGate,
    org: OrgId,
    buckets: &'b [Bucket],
) -> Result<Planned<'b>, Error> {
    let here: BTreeSet<BucketId> = buckets_of(connection, org).await?.into_iter().map(|bucket| bucket.id).collect();
    let is_new = |bucket: &&Bucket| bucket.org == org && gate.guards(&bucket.name) && !here.contains(&bucket.id);
    let new: Vec<&Bucket> = buckets.iter().filter(is_new).collect();
    let mut planned = Planned::with_capacity(new.len());
    let mut count = 0;
    for bucket in new {
        let is_own = bucket.kind == BucketKind::System || is_reserved(&bucket.name);
        // What follows is not looked up: nobody else writes meanwhile, and there may be any number of buckets.
        let obstacle = match (is_own, count >= AT_ONCE) {
            (true, _) => Some(Obstacle::Reserved),
            (false, true) => Some(Obstacle::TooMany),
            (false, false) => obstacle(connection, bucket).await?,
        };
        count += usize::from(obstacle.is_none());
        let outcome = obstacle.map_or(AdoptionOutcome::Planned, AdoptionOutcome::Left);
        let (database, bucket_name) = (bucket.name.clone(), bucket.name.clone());
        planned.push((Adoption { database, policy: None, bucket_name, outcome }, bucket));
    }
    Ok(planned)
}

async fn obstacle(connection: &mut Connection, bucket: &Bucket) -> Result<Option<Obstacle>, Error> {
    if let Err(error) = check_bucket(bucket) {
        return Ok(Some(Obstacle::Invalid(error.to_string())));
    }
    Ok(match standing_of_bucket(connection, bucket).await? {
        // Those of the organization are left out before.
        BucketStanding::Absent | BucketStanding::Present => None,
        BucketStanding::Deleted => Some(Obstacle::Deleted),
        BucketStanding::NameTaken(here) => Some(Obstacle::OtherId(here)),
        BucketStanding::Elsewhere(_) => Some(Obstacle::Taken),
    })
}

/// Creates the buckets of a plan.
async fn carry_out(change: &mut AuditedTransaction, planned: Planned<'_>) -> Result<Vec<Adoption>, Error> {
    let mut adoptions = Vec::with_capacity(planned.len());
    for (mut adoption, bucket) in planned {
        if adoption.outcome == AdoptionOutcome::Planned {
            create_bucket(change, bucket).await?;
            adoption.outcome = AdoptionOutcome::Adopted(bucket.id);
        }
        adoptions.push(adoption);
    }
    Ok(adoptions)
}
