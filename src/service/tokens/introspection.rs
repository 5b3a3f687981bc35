//! Introspection (RFC 7662): what a token is worth, for programs that were shown one.

use secrecy::{ExposeSecret, SecretString};

use crate::{
    model::{
        Action, Authorization, Error, OrgId, Permission, ResourceType, User, console::simulation::Ruling,
        permission::which_permits,
    },
    service::{
        Caller, Service,
        auth::{
            credential_status::{CredentialStatus, PresentedFrom, by_token, credential_status},
            required_permissions,
        },
    },
    store::{self, Connection, authorizations::Reach},
};

use super::{
    check_readable,
    simulate::{Thing, meant},
};

/// What is asked about a token.
pub struct IntrospectionRequest {
    pub token: SecretString,
    /// The place the token was presented from. A token that is bound to networks is not accepted from an unknown one.
    pub place: PresentedFrom,
    /// What the token is to be used for.
    pub wanted: Option<RequestedAccess>,
}

/// May the token do this with that?
#[derive(Clone, Debug)]
pub struct RequestedAccess {
    pub action: Action,
    pub kind: ResourceType,
    pub thing: Thing,
    pub org: RequestedOrg,
}

/// The organization that something is wanted in.
#[derive(Clone, Debug)]
pub enum RequestedOrg {
    OfTheToken,
    Id(OrgId),
    Name(String),
}

/// A token that works.
pub struct ActiveToken {
    pub authorization: Authorization,
    pub owner: User,
    pub org_name: String,
    /// Whether it may do what is wanted.
    pub ruling: Option<Ruling>,
}

impl Service {
    /// What a token is worth, if it works and if the caller may read its record and its owner; else `None`, whatever
    /// the reason. Refuses a caller who may read no authorization at all.
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
        let org = store::orgs::by_id(&mut reader, authorization.org).await?;
        let ruling = match &asked.wanted {
            Some(wanted) => Some(rule(&mut reader, caller, &authorization, wanted).await?),
            None => None,
        };
        let org_name = org.map(|org| org.name).unwrap_or_default();
        Ok(Some(ActiveToken { authorization, owner, org_name, ruling }))
    }
}

/// Whether a token that works may do something. What the caller may not see is as if it were not there.
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
            let found = store::orgs::by_name(connection, name).await?;
            match found.filter(|org| caller.may(&required_permissions::org(Action::Read, org.id))) {
                Some(org) => org.id,
                None => return Ok(Ruling::Unknown),
            }
        }
    };
    let Some(required) = meant(connection, caller, org, wanted.action, wanted.kind, &wanted.thing).await? else {
        return Ok(Ruling::Unknown);
    };
    // What is elsewhere is not in the organization that was named.
    let elsewhere = required.permission.resource.org.is_some_and(|found| found != org);
    if elsewhere && !matches!(wanted.org, RequestedOrg::OfTheToken) {
        return Ok(Ruling::Unknown);
    }
    let by = which_permits(&authorization.permissions, &required.permission).copied();
    Ok(Ruling::Decided { required, by, stopped: None })
}
