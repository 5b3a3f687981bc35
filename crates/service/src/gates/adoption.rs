//! The adoption of databases: a bucket is created for each database that no bucket stands for, and bound to it, in one
//! step of an operator.

use jeton_model::{
    binding::{
        Adoption, AdoptionOutcome, ExistingData, FoundDatabase, GateIdentity, Obstacle, UnknownDatabase, check_place,
        is_reserved, unknown_databases,
    },
    bucket::check_bucket_name,
};
use jeton_store::Connection;

use crate::{Caller, Error, Service, error::OrgError, transaction::AuditedTransaction};

use super::{
    binding::{NewBinding, bind, bindings_of_database, excludes},
    directory::bindings_of,
    operator::check_operator,
    running::{VisibleGate, require_list},
};

/// Maximum number of databases that are adopted at once: nobody else writes meanwhile.
pub(super) const AT_ONCE: usize = 500;

impl Service {
    /// Returns the outcomes that [`Service::adopt`] would have, and changes nothing.
    ///
    /// # Errors
    /// `GateError::OperatorToCompare`, and those of [`Service::adopt`] but for the other ones of the caller.
    pub async fn adoptable(
        &self,
        caller: &Caller,
        gate: &VisibleGate,
        found: Option<Vec<FoundDatabase>>,
    ) -> Result<Vec<Adoption>, Error> {
        self.check_comparison(caller)?;
        let found = require_list(gate, found)?;
        let mut reader = self.read().await?;
        self.check_own_buckets(&mut reader, gate.identity.org).await?;
        plan(&mut reader, gate, &found).await
    }

    /// Creates a bucket for each database that the upstream has, the gate guards and no bucket stands for, and binds it.
    /// Returns the outcome for each, internal databases included. `found`: `None` if the database gave no list. Only
    /// operators without limits adopt: tokens of the organization may get access to the data of the databases.
    ///
    /// # Errors
    /// `GateError::NoBindings`, `GateError::NoList`, `GateError::OperatorRequired`, `GateError::LimitedOperator`,
    /// `GateError::UpstreamsBuckets`, [`OrgError::NotFound`]; the database may fail. Nothing is changed then.
    pub async fn adopt(
        &self,
        caller: &Caller,
        gate: &VisibleGate,
        found: Option<Vec<FoundDatabase>>,
    ) -> Result<Vec<Adoption>, Error> {
        let found = require_list(gate, found)?;
        let (mut change, caller) = self.begin_alone(caller).await?;
        let now = change.now;
        check_operator(&mut change, &caller, now).await?;
        self.check_own_buckets(&mut change, gate.identity.org).await?;
        let mut adoptions = plan(&mut change, gate, &found).await?;
        for adoption in &mut adoptions {
            if adoption.outcome == AdoptionOutcome::Planned {
                adoption.outcome = carry_out(&mut change, &gate.identity, adoption).await?;
            }
        }
        change.commit().await?;
        Ok(adoptions)
    }
}

/// Returns the planned outcome for each database that no bucket stands for.
async fn plan(
    connection: &mut Connection,
    gate: &VisibleGate,
    found: &[FoundDatabase],
) -> Result<Vec<Adoption>, Error> {
    let identity = &gate.identity;
    jeton_store::orgs::by_id(connection, identity.org).await?.ok_or(Error::Org(OrgError::NotFound))?;
    let bindings = bindings_of(connection, identity).await?;
    let reserved = found.iter().filter(|one| is_reserved(&one.name));
    let reserved = reserved.map(|one| UnknownDatabase { name: one.name.clone(), policy: None, id: None });
    let mut unknown = unknown_databases(&bindings, found);
    unknown.extend(reserved);
    unknown.retain(|one| gate.running.guards(&one.name));
    let mut adoptions: Vec<Adoption> = Vec::with_capacity(unknown.len());
    let mut planned = 0;
    for place in unknown {
        let bucket_name = place.place();
        // What follows is not looked up: nobody else writes meanwhile, and a database may have any number of names.
        let outcome = if planned >= AT_ONCE && !is_reserved(&place.name) {
            AdoptionOutcome::Left(Obstacle::TooMany)
        } else {
            let obstacle = obstacle(connection, identity, &place, &bucket_name).await?;
            obstacle.map_or(AdoptionOutcome::Planned, AdoptionOutcome::Left)
        };
        planned += usize::from(outcome == AdoptionOutcome::Planned);
        adoptions.push(Adoption { database: place.name, policy: place.policy, bucket_name, outcome });
    }
    Ok(adoptions)
}

/// Returns the obstacle to a bucket with the name of a database. Only a valid name is looked up.
async fn obstacle(
    connection: &mut Connection,
    gate: &GateIdentity,
    place: &UnknownDatabase,
    bucket_name: &str,
) -> Result<Option<Obstacle>, Error> {
    let policy = place.policy.as_deref();
    if is_reserved(&place.name) {
        return Ok(Some(Obstacle::Reserved));
    }
    let checked = check_place(gate.kind, &place.name, policy).and_then(|()| check_bucket_name(bucket_name));
    if let Err(error) = checked {
        return Ok(Some(Obstacle::Name(error.to_string())));
    }
    if jeton_store::buckets::by_name(connection, gate.org, bucket_name).await?.is_some() {
        return Ok(Some(Obstacle::BucketExists));
    }
    let here = bindings_of_database(connection, &gate.upstream, &place.name).await?;
    let is_taken = here.iter().any(|other| excludes(other, &gate.name, gate.org, policy));
    Ok(is_taken.then_some(Obstacle::Taken))
}

/// Creates the bucket of a planned adoption, and binds it.
async fn carry_out(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    adoption: &Adoption,
) -> Result<AdoptionOutcome, Error> {
    let Some(bucket) = Service::create_bucket_called(change, gate.org, &adoption.bucket_name).await? else {
        return Ok(AdoptionOutcome::Left(Obstacle::BucketExists));
    };
    let (database, policy) = (adoption.database.clone(), adoption.policy.clone());
    bind(change, gate, NewBinding { bucket: bucket.id, database, policy, existing: ExistingData::Present }).await?;
    Ok(AdoptionOutcome::Adopted(bucket.id))
}
