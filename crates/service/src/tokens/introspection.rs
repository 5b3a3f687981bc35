//! Introspection (RFC 7662): the status of a token, for services that a token was presented to.

use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    Action, Authorization, AuthorizationId, OrgId, Permission, ResourceType, Timestamp, User,
    console::simulation::{Ruling, Stopped},
    permission::which_permits,
    presented_token::PresentedToken,
};
use jeton_store::{Connection, visibility::Reach};

use crate::{
    Caller, Error, Service,
    auth::{
        credential_status::{CredentialStatus, PresentedFrom},
        required_permissions,
        verifier::KnownToken,
    },
    error::AuthError,
};

use super::{
    access::check_readable,
    simulate::{Thing, meant, stopped},
};

/// A token, and what to find out about it.
pub struct IntrospectionRequest {
    /// The token to find out about, known or not.
    pub token: SecretString,
    /// The place that the token was presented from. A token with networks is not accepted from an unknown address.
    pub place: PresentedFrom,
    /// The intended use of the token.
    pub wanted: Option<RequestedAccess>,
    /// True to learn why a token that the caller may read does not work.
    pub explain: bool,
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

/// The result of an introspection.
pub enum Introspection {
    /// The token works.
    Active(Box<ActiveToken>),
    /// It does not work, or the caller may not read it. The reason, if it was asked for and may be told.
    Inactive(Option<InactiveToken>),
}

/// A token that does not work, for a caller who may read it.
pub struct InactiveToken {
    /// The authorization of the token.
    pub id: AuthorizationId,
    /// The reason.
    pub stopped: Stopped,
    /// The expiry of the token, past or not.
    pub expires_at: Option<Timestamp>,
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
    /// Returns a token if it is live, and the caller may read its record and owner or presents the token themselves.
    ///
    /// # Errors
    /// [`AuthError::TokenInactive`]; `AuthError::Unauthorized` for a caller who may read no authorization at all and
    /// asks about another token than their own; the database may fail.
    pub async fn introspect(&self, caller: &Caller, requested: &IntrospectionRequest) -> Result<Introspection, Error> {
        if caller.inactive {
            return Err(Error::Auth(AuthError::TokenInactive));
        }
        let found = self.known_token(&PresentedToken::new(requested.token.expose_secret())).await?;
        let is_own = found.as_ref().is_some_and(|found| caller.accepted_token() == Some(found.id()));
        if !is_own && caller.visible().authorizations == Reach::default() {
            caller.check(Permission::global(Action::Read, ResourceType::Authorizations))?;
        }
        let readable = found.filter(|found| is_own || check_readable(caller, found.record()).is_ok());
        let Some(known) = readable else { return Ok(Introspection::Inactive(None)) };
        let place = match requested.place {
            // The caller presents its own token.
            PresentedFrom::From(None) if is_own => PresentedFrom::From(caller.client.address),
            place => place,
        };
        let authorization = known.authorization();
        let owner = match known.status(place, self.now()) {
            CredentialStatus::Live(owner) => owner,
            status => {
                let stopped = stopped(&status, authorization.leaked_at.is_some()).filter(|_| requested.explain);
                let Authorization { id, expires_at, .. } = authorization;
                return Ok(Introspection::Inactive(stopped.map(|stopped| InactiveToken { id, stopped, expires_at })));
            }
        };
        let org_name = self.org_name_of(&known).await?;
        let ruling = match &requested.wanted {
            Some(wanted) => Some(rule(&mut *self.read().await?, caller, &authorization, wanted).await?),
            None => None,
        };
        let owner = User::clone(&owner);
        Ok(Introspection::Active(Box::new(ActiveToken { authorization, owner, org_name, ruling })))
    }

    /// The name of a token's organization, which is read once for as long as the token stands in memory.
    async fn org_name_of(&self, known: &KnownToken) -> Result<String, Error> {
        if let Some(name) = known.org_name() {
            return Ok(name.to_owned());
        }
        let org = jeton_store::orgs::by_id(&mut *self.read().await?, known.org()).await?;
        let name = org.map(|org| org.name).unwrap_or_default();
        known.set_org_name(&name);
        Ok(name)
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
    let resource = required.permission.resource;
    let place = match (resource.kind, resource.id) {
        (ResourceType::Orgs, Some(id)) if wanted.kind != ResourceType::Orgs => Some(OrgId(id)),
        _ => resource.org,
    };
    let elsewhere = place.is_some_and(|found| found != org);
    if elsewhere && !matches!(wanted.org, RequestedOrg::OfTheToken) {
        return Ok(Ruling::Unknown);
    }
    let by = which_permits(&authorization.permissions, &required.permission).copied();
    Ok(Ruling::Decided { required, by, stopped: None })
}
