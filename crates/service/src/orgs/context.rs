//! The context of an organization's pages: counts, and what the caller may do.

use jeton_model::{
    Action, OrgId, ResourceType,
    console::capabilities::{Capabilities, Counts},
    tally::{COUNTED_UP_TO, Tally},
};
use jeton_store::authorization_filter::Filter;

use crate::{Caller, Error, Service, auth::required_permissions};

impl Service {
    /// Counts the buckets, telegraf configurations and tokens of an organization that the caller sees.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn counts(&self, caller: &Caller, org: OrgId) -> Result<Counts, Error> {
        let mut reader = self.read().await?;
        let buckets =
            jeton_store::buckets::count(&mut reader, org, "", &caller.within(ResourceType::Buckets, org)).await?;
        let telegrafs = caller.within(ResourceType::Telegrafs, org);
        let telegrafs = jeton_store::telegrafs::count(&mut reader, org, "", &telegrafs).await?;
        let seen = Filter { visible: caller.visible(), org: Some(org), ..Filter::default() };
        let tokens = jeton_store::authorization_list::count(&mut reader, &seen, COUNTED_UP_TO).await?;
        Ok(Counts {
            buckets: buckets.cast_unsigned(),
            telegrafs: telegrafs.cast_unsigned(),
            tokens: Tally::up_to(COUNTED_UP_TO, tokens),
        })
    }

    /// The caller's capabilities in an organization.
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
