//! Introspection (RFC 7662): the status of a token, for services that a token was presented to.

use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    Action, Authorization, OrgId, Permission, ResourceType, User, console::simulation::Ruling,
    permission::which_permits,
};
use jeton_store::{Connection, visibility::Reach};

use crate::{
    Caller, Error, Service,
    auth::{
        credential_status::{CredentialStatus, PresentedFrom, by_token, credential_status},
        required_permissions,
    },
};

use super::{
    access::check_readable,
    simulate::{Thing, meant},
};

/// A token, and what to find out about it.
pub struct IntrospectionRequest {
    /// The token to find out about, known or not.
    pub token: SecretString,
    /// The place that the token was presented from. A token with networks is not accepted from an unknown address.
    pub place: PresentedFrom,
    /// The intended use of the token.
    pub wanted: Option<RequestedAccess>,
}

/// An action on a resource.
#[derive(Clone, Debug)]
pub struct RequestedAccess {
    /// The action: read or write.
    pub action: Action,
    /// Type of the resource.
    pub kind: ResourceType,
    /// The resource: all of the type, or one by id or name.
    pub thing: Thing,
    /// The organization in which the resource is looked up.
    pub org: RequestedOrg,
}

/// The organization of the resource.
#[derive(Clone, Debug)]
pub enum RequestedOrg {
    /// The organization of the token.
    OfTheToken,
    /// The organization with this id.
    Id(OrgId),
    /// The organization with this name; unknown if the caller may not read it.
    Name(String),
}

/// A live token.
pub struct ActiveToken {
    /// The record of the token.
    pub authorization: Authorization,
    /// The owner of the token, who is active.
    pub owner: User,
    /// Name of the token's organization.
    pub org_name: String,
    /// The decision on the requested access.
    pub ruling: Option<Ruling>,
}

impl Service {
    /// Returns a token if it is live and the caller may read its record and owner; otherwise `None`, whatever the
    /// reason.
    ///
    /// # Errors
    /// `AuthError::Unauthorized` for a caller who may read no authorization at all; the database may fail.
    pub async fn introspect(
        &self,
        caller: &Caller,
        asked: &IntrospectionRequest,
    ) -> Result<Option<ActiveToken>, Error> {
        if caller.visible().authorizations == Reach::default() {
            caller.check(Permission::global(Action::Read, ResourceType::Authorizations))?;
        }
        let mut reader = self.read().await?;
        let Some(authorization) = by_token(&mut reader, asked.token.expose_secret()).await? else { return Ok(None) };
        if check_readable(caller, &authorization).is_err() {
            return Ok(None);
        }
        let CredentialStatus::Live(owner) =
            credential_status(&mut reader, &authorization, asked.place, self.now()).await?
        else {
            return Ok(None);
        };
        let org = jeton_store::orgs::by_id(&mut reader, authorization.org).await?;
        let ruling = match &asked.wanted {
            Some(wanted) => Some(rule(&mut reader, caller, &authorization, wanted).await?),
            None => None,
        };
        let org_name = org.map(|org| org.name).unwrap_or_default();
        Ok(Some(ActiveToken { authorization, owner, org_name, ruling }))
    }
}

/// Decides whether a live token permits an access. Resources that the caller may not see are treated as unknown.
async fn rule(
    connection: &mut Connection,
    caller: &Caller,
    authorization: &Authorization,
    wanted: &RequestedAccess,
) -> Result<Ruling, Error> {
    let org = match &wanted.org {
        RequestedOrg::OfTheToken => authorization.org,
        RequestedOrg::Id(org) => *org,
        RequestedOrg::Name(name) => {
            let found = jeton_store::orgs::by_name(connection, name).await?;
            match found.filter(|org| caller.may(&required_permissions::org(Action::Read, org.id))) {
                Some(org) => org.id,
                None => return Ok(Ruling::Unknown),
            }
        }
    };
    let Some(required) = meant(connection, caller, org, wanted.action, wanted.kind, &wanted.thing).await? else {
        return Ok(Ruling::Unknown);
    };
    // A resource of another organization is not in the requested one.
    let elsewhere = required.permission.resource.org.is_some_and(|found| found != org);
    if elsewhere && !matches!(wanted.org, RequestedOrg::OfTheToken) {
        return Ok(Ruling::Unknown);
    }
    let by = which_permits(&authorization.permissions, &required.permission).copied();
    Ok(Ruling::Decided { required, by, stopped: None })
}
