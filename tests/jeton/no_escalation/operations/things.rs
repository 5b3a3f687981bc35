//! Operations on organizations and buckets.

use jeton_service::{Caller, Error, buckets::RequestedBucket};

use crate::no_escalation::World;

use super::{Step, What, one};

pub async fn change_thing(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    let name = world.name();
    let (service, org) = (&world.server.service, one(step.which[0], world.orgs())?);
    match step.what {
        What::CreateOrg => service.create_org(caller, &name, "").await.map(drop),
        What::DeleteOrg => service.delete_org(caller, org).await,
        What::CreateBucket => service
            .create_bucket(caller, RequestedBucket { org: Some(org), name, ..RequestedBucket::default() })
            .await
            .map(drop),
        _ => service.delete_bucket(caller, one(step.which[0], &world.buckets())?).await,
    }
}
