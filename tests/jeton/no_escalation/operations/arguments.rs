//! The arguments of a step, as requests to the service.

use proptest::sample::Index;

use jeton_model::{Action, AuthorizationId, Expiry, Id, Networks, OrgId, Permission, Resource, ResourceType, grant};
use jeton_service::{
    Caller, Error,
    tokens::{AuthorizationUpdate, CreateAuthorization, RequestedPermission, rotation::RotateAuthorization},
};

use crate::no_escalation::World;

use super::{Grant, Step, one, status};

impl Step {
    pub fn expiry(&self, world: &World) -> Option<Expiry> {
        let now = world.server.clock.now();
        self.life.map(|seconds| if seconds == 0 { Expiry::Never } else { Expiry::At(now.plus_seconds(seconds)) })
    }

    pub fn networks(&self) -> Option<Networks> {
        self.networks.map(|text| text.parse().expect("networks"))
    }

    fn permissions(&self, world: &World, caller: &Caller, org: OrgId) -> Vec<RequestedPermission> {
        let mut asked = Vec::new();
        for grant in &self.grants {
            match grant {
                Grant::Held(index) => {
                    let fits = |held: &&Permission| {
                        held.resource.kind != ResourceType::Instance
                            && held.resource.org.is_none_or(|other| other == org)
                    };
                    let held: Vec<Permission> = caller.permissions().iter().filter(fits).copied().collect();
                    asked.extend(one(*index, &held));
                }
                Grant::Dressed(index) => {
                    let bucket = one(*index, &world.buckets()).ok();
                    asked.extend(bucket.map(|id| Permission::on_in(Action::Write, ResourceType::Buckets, id, org)));
                }
                Grant::Owner(index) => asked.extend(grant::owner(one(*index, world.orgs()).unwrap_or(org))),
                Grant::Any { action, kind, id, org: other } => {
                    let org = other.map(|index| one(index, world.orgs()).unwrap_or(org));
                    let id = id.and_then(|index| thing(world, *kind, index));
                    asked.push(Permission { action: *action, resource: Resource { kind: *kind, id, org } });
                }
            }
        }
        asked.into_iter().map(RequestedPermission::from).collect()
    }

    pub fn asked(&self, world: &World, caller: &Caller) -> Result<CreateAuthorization, Error> {
        let org = one(self.which[0], world.orgs())?;
        // Often in permitted organizations, and for themselves.
        let may = |org: &OrgId| caller.may(&Permission::in_org(Action::Write, ResourceType::Authorizations, *org));
        let own: Vec<OrgId> = world.orgs().iter().copied().filter(may).collect();
        let org = if self.on { one(self.which[0], &own).unwrap_or(org) } else { org };
        let user = if self.on { None } else { Some(one(self.which[1], &world.users())?) };
        let (expires_at, networks) = (self.expiry(world), self.networks());
        let permissions = self.permissions(world, caller, org);
        Ok(CreateAuthorization {
            org: Some(org),
            user,
            permissions,
            expires_at,
            networks,
            ..CreateAuthorization::default()
        })
    }

    /// Each change is tried alone, both together, and none.
    pub fn rotation(&self, world: &World, caller: &Caller, id: AuthorizationId) -> RotateAuthorization {
        let permissions = || self.permissions(world, caller, world.picture.tokens[&id].org);
        let change = self.which[1].index(4);
        RotateAuthorization {
            overlap: Some(if self.on { "0" } else { "1h" }.to_owned()),
            expires_at: self.expiry(world),
            permissions: (change % 2 == 1).then(permissions),
            networks: self.networks().filter(|_| change >= 2),
            ..RotateAuthorization::default()
        }
    }

    pub fn update(&self, world: &World) -> AuthorizationUpdate {
        let (status, expires_at, networks) = (status(self.on), self.expiry(world), self.networks());
        let nothing = AuthorizationUpdate::default();
        // Each limit is checked alone, and all together.
        match self.which[1].index(4) {
            0 => AuthorizationUpdate { status, ..nothing },
            1 => AuthorizationUpdate { expires_at, ..nothing },
            2 => AuthorizationUpdate { networks, ..nothing },
            _ => AuthorizationUpdate { status, expires_at, networks, ..nothing },
        }
    }
}

fn thing(world: &World, kind: ResourceType, index: Index) -> Option<Id> {
    match kind {
        ResourceType::Buckets => one(index, &world.buckets()).ok().map(Id::from),
        ResourceType::Orgs => one(index, world.orgs()).ok().map(Id::from),
        ResourceType::Users => one(index, &world.users()).ok().map(Id::from),
        _ => one(index, &world.authorizations()).ok().map(Id::from),
    }
}
