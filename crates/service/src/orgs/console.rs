//! The console's list of organizations.

use std::collections::HashMap;

use jeton_model::{
    Action, Id, Org, OrgId, ResourceType,
    console::list_query::{ListQuery, Listed},
    org::OrgSummary,
};
use jeton_store::{Connection, ResourceScope, orgs::Search};

use crate::{Caller, Error, Service, auth::required_permissions, error::OrgError, fold};

impl Service {
    /// A page of the organizations that the caller may read.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn org_page(&self, caller: &Caller, query: &ListQuery) -> Result<Listed<OrgSummary>, Error> {
        let (part, within) = (fold(&query.filter), &readable(caller));
        let mut reader = self.read().await?;
        let total = jeton_store::orgs::count(&mut reader, &part, within).await?.cast_unsigned();
        let unfiltered = if part.is_empty() {
            total
        } else {
            jeton_store::orgs::count(&mut reader, "", within).await?.cast_unsigned()
        };
        let (page, before) = query.page_of(total);
        let (offset, limit) = (before.cast_signed(), query.page_size.cast_signed());
        let search = Search { part: &part, within, descending: query.descending, offset, limit };
        let found = jeton_store::orgs::search(&mut reader, &search).await?;
        Ok(Listed { rows: summaries(&mut reader, caller, found).await?, total, unfiltered, page })
    }

    /// An organization, the number of its resources, and whether the caller may change it.
    ///
    /// # Errors
    /// [`OrgError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn org_summary(&self, caller: &Caller, id: OrgId) -> Result<OrgSummary, Error> {
        caller.check(required_permissions::org(Action::Read, id))?;
        let mut reader = self.read().await?;
        let found = jeton_store::orgs::by_id(&mut reader, id).await?;
        summaries(&mut reader, caller, found).await?.pop().ok_or(Error::Org(OrgError::NotFound))
    }

    /// Returns whether the caller may create organizations.
    pub fn may_create_orgs(&self, caller: &Caller) -> bool {
        caller.may(&required_permissions::orgs(Action::Write))
    }
}

/// The organizations that a caller may read.
fn readable(caller: &Caller) -> ResourceScope {
    if caller.may(&required_permissions::orgs(Action::Read)) {
        return ResourceScope::All;
    }
    let held = caller.permissions().iter().filter(|held| held.resource.kind == ResourceType::Orgs);
    let named = held.filter_map(|held| held.resource.id.or(held.resource.org.map(Id::from)));
    let mut ids: Vec<Id> =
        named.filter(|id| caller.may(&required_permissions::org(Action::Read, OrgId(*id)))).collect();
    ids.sort_unstable();
    ids.dedup();
    ResourceScope::Only(ids)
}

async fn summaries(
    connection: &mut Connection,
    caller: &Caller,
    orgs: impl IntoIterator<Item = Org>,
) -> Result<Vec<OrgSummary>, Error> {
    let orgs: Vec<Org> = orgs.into_iter().collect();
    let holdings = jeton_store::orgs::holdings(connection, orgs.iter().map(|org| org.id)).await?;
    let mut holdings: HashMap<OrgId, _> = holdings.into_iter().collect();
    let summary = |org: Org| OrgSummary {
        holds: holdings.remove(&org.id).unwrap_or_default(),
        may_change: caller.may(&required_permissions::org(Action::Write, org.id)),
        org,
    };
    Ok(orgs.into_iter().map(summary).collect())
}
