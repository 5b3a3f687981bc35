//! What stands around every page of an organization: how much there is, and what the caller may do.

use crate::{
    model::{
        Action, Error, OrgId, ResourceType,
        console::capabilities::{Capabilities, Counts},
    },
    service::{Caller, Service, auth::required_permissions},
    store::{self, authorizations::Filter},
};

impl Service {
    /// How many buckets, telegraf configurations and tokens of an organization the caller sees.
    pub async fn counts(&self, caller: &Caller, org: OrgId) -> Result<Counts, Error> {
        let mut reader = self.read().await?;
        let buckets = store::buckets::count(&mut reader, org, "", &caller.within(ResourceType::Buckets, org)).await?;
        let telegrafs = caller.within(ResourceType::Telegrafs, org);
        let telegrafs = store::telegrafs::count(&mut reader, org, "", &telegrafs).await?;
        let seen = Filter { visible: caller.visible(), org: Some(org), ..Filter::default() };
        let tokens = store::authorizations::count(&mut reader, &seen).await?;
        Ok(Counts {
            buckets: buckets.cast_unsigned(),
            telegrafs: telegrafs.cast_unsigned(),
            tokens: tokens.cast_unsigned(),
        })
    }

    /// What the caller may do in an organization, of what its pages offer.
    pub fn may(&self, caller: &Caller, org: OrgId) -> Capabilities {
        let own_user = required_permissions::user(Action::Write, caller.id());
        Capabilities {
            create_buckets: caller.may(&required_permissions::buckets(Action::Write, org)),
            create_telegrafs: caller.may(&required_permissions::telegrafs(Action::Write, org)),
            create_tokens: caller.may(&required_permissions::authorizations(Action::Write, org))
                && caller.may(&own_user),
            change_org: caller.may(&required_permissions::org(Action::Write, org)),
            create_orgs: caller.may(&required_permissions::orgs(Action::Write)),
            read_users: caller.may(&required_permissions::users(Action::Read)),
            change_users: caller.may(&required_permissions::users(Action::Write)),
        }
    }
}
