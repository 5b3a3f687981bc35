//! All operations that create, change or end users, memberships and tokens, with random arguments.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};
use secrecy::{ExposeSecret as _, SecretString};

use jeton_model::{
    Action, BucketId, Expiry, Id, Networks, OrgId, Permission, Resource, ResourceType, Status, UserId, grant,
    org::Role, session_kind::SessionKind,
};
use jeton_service::{
    Caller, Client, Error,
    buckets::AskedBucket,
    error::TokenError,
    orgs::members::Parent,
    tokens::{
        AuthorizationUpdate, CreateAuthorization, Created, RequestedPermission, TokenOptions,
        bulk::{BulkAction as Bulk, Targets},
        leaked::Reported,
        rotation::RotateAuthorization,
    },
    users::{CreateUser, UserUpdate},
};

use super::{Held, TookOver, World};

macro_rules! operations {
    ($($name:ident),+ $(,)?) => {
        /// The operation of a step.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum What { $($name),+ }

        impl What {
            const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

operations! {
    Create, AllAccess, Clone, Rotate, EndOverlap, Update, Switch, Delete, Report, CreateV1, UpdateV1,
    AddMember, RemoveMember, ChangeRole, JoinBucket, CreateUser, SwitchUser, DeleteUser, CreateOrg, DeleteOrg,
    CreateBucket, DeleteBucket, SetPassword, SignIn, SetV1Password, Wait,
}

impl What {
    /// Operations on one token.
    const OF_TOKENS: &'static [Self] = &[Self::Clone, Self::Rotate, Self::EndOverlap, Self::Update, Self::Switch];

    /// Operations that affect a user's session.
    const OF_SESSIONS: &'static [Self] = &[Self::SetPassword, Self::SignIn, Self::AddMember, Self::ChangeRole];

    /// Returns whether it changes who owns what.
    pub const fn appoints(self) -> bool {
        matches!(self, Self::AddMember | Self::ChangeRole | Self::JoinBucket)
    }
}

/// One operation by one of all callers. Members that it does not need are ignored.
#[derive(Clone, Debug)]
pub struct Step {
    pub who: Index,
    pub in_session: bool,
    pub what: What,
    pub which: [Index; 2],
    grants: Vec<Grant>,
    /// Life in seconds; 0 is for ever.
    life: Option<i64>,
    networks: Option<&'static str>,
    on: bool,
}

/// A permission to request.
#[derive(Clone, Debug)]
enum Grant {
    /// A permission that the caller holds.
    Held(Index),
    /// Any combination of existing resources.
    Any { action: Action, kind: ResourceType, id: Option<Index>, org: Option<Index> },
    /// Any bucket, claimed to be the organization's own.
    Dressed(Index),
    /// The owner's permissions in an organization.
    Owner(Index),
}

pub fn any_step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    // As long as the templates' limited tokens live, and shorter, and longer.
    let life = option::of(select(vec![0, 60, 600, 3000, 7200]));
    let networks = option::of(select(vec!["", "10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16,192.0.2.0/24"]));
    let what = prop_oneof![
        2 => Just(What::Create), 2 => select(What::OF_TOKENS), 1 => select(What::OF_SESSIONS), 4 => select(What::ALL)
    ];
    let parts =
        (index(), any::<bool>(), what, [index(), index()], vec(any_grant(), 1..4), life, networks, any::<bool>());
    parts.prop_map(|(who, in_session, what, which, grants, life, networks, on)| Step {
        who,
        in_session,
        what,
        which,
        grants,
        life,
        networks,
        on,
    })
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let kinds = [
        ResourceType::Authorizations,
        ResourceType::Buckets,
        ResourceType::Orgs,
        ResourceType::Users,
        ResourceType::Tasks,
        ResourceType::Instance,
    ];
    let index = any::<Index>;
    let any = (select(Action::ALL.as_slice()), select(kinds.to_vec()), option::of(index()), option::of(index()))
        .prop_map(|(action, kind, id, org)| Grant::Any { action, kind, id, org });
    prop_oneof![12 => index().prop_map(Grant::Held), 4 => any, 2 => index().prop_map(Grant::Dressed),
        1 => index().prop_map(Grant::Owner)]
}

/// Picks one of several; an error as for a missing one if there is none.
fn one<T: Copy>(index: Index, of: &[T]) -> Result<T, Error> {
    if of.is_empty() { Err(Error::Token(TokenError::NotFound)) } else { Ok(*index.get(of)) }
}

fn role(on: bool) -> Role {
    if on { Role::Owner } else { Role::Member }
}

fn status(on: bool) -> Option<String> {
    Some(if on { Status::Active } else { Status::Inactive }.name().to_owned())
}

impl Step {
    fn expiry(&self, world: &World) -> Option<Expiry> {
        let now = world.server.clock.now();
        self.life.map(|seconds| if seconds == 0 { Expiry::Never } else { Expiry::At(now.plus_seconds(seconds)) })
    }

    fn networks(&self) -> Option<Networks> {
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

    fn asked(&self, world: &World, caller: &Caller) -> Result<CreateAuthorization, Error> {
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

    fn update(&self, world: &World) -> AuthorizationUpdate {
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

/// Runs the step. Its caller then holds any created token.
pub async fn perform(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    match step.what {
        What::Create | What::AllAccess | What::Clone | What::Rotate => {
            let made = make(world, caller, step).await?;
            world.tokens.push(Held { id: made.details.authorization.id, token: made.token.expose().to_owned() });
            Ok(())
        }
        What::EndOverlap | What::Update | What::Switch | What::Delete | What::Report => {
            change_token(world, caller, step).await
        }
        What::CreateV1 | What::UpdateV1 => change_v1(world, caller, step).await,
        What::AddMember | What::RemoveMember | What::ChangeRole | What::JoinBucket => {
            change_member(world, caller, step).await
        }
        What::CreateUser | What::SwitchUser | What::DeleteUser => change_user(world, caller, step).await,
        What::CreateOrg | What::DeleteOrg | What::CreateBucket | What::DeleteBucket => {
            change_thing(world, caller, step).await
        }
        What::SetPassword | What::SignIn | What::SetV1Password => use_password(world, caller, step).await,
        What::Wait => {
            world.server.clock.advance(step.life.unwrap_or(1).min(60));
            Ok(())
        }
    }
}

async fn make(world: &World, caller: &Caller, step: &Step) -> Result<Created, Error> {
    let service = &world.server.service;
    let (org, id) = (one(step.which[0], world.orgs()), one(step.which[0], &world.authorizations()));
    match step.what {
        What::AllAccess => {
            let given =
                TokenOptions { expires_at: step.expiry(world), networks: step.networks(), ..TokenOptions::default() };
            service.create_all_access(caller, org?, given, None).await
        }
        What::Clone => service.clone_authorization(caller, id?, None).await,
        What::Rotate => {
            let overlap = Some(if step.on { "0" } else { "1h" }.to_owned());
            let asked = RotateAuthorization { overlap, expires_at: step.expiry(world) };
            service.rotate_authorization(caller, id?, asked, None).await.map(|rotated| rotated.created)
        }
        _ => service.create_authorization(caller, step.asked(world, caller)?, None).await,
    }
}

async fn change_token(world: &World, caller: &Caller, step: &Step) -> Result<(), Error> {
    let service = &world.server.service;
    let id = one(step.which[0], &world.authorizations())?;
    match step.what {
        What::EndOverlap => service.end_overlap(caller, id).await.map(drop),
        What::Update => service.update_authorization(caller, id, step.update(world)).await.map(drop),
        What::Switch => {
            let which = Targets::These([id].into());
            let what = if step.on { Bulk::Activate } else { Bulk::Deactivate };
            service.change_tokens(caller, world.picture.tokens[&id].org, &which, what).await.map(drop)
        }
        What::Delete => service.delete_authorization(caller, id).await.map(drop),
        _ => {
            let fair: Vec<&Held> = world.tokens[1..].iter().collect();
            let leaked = one(step.which[0], &fair)?.token.clone();
            service.report_leaked(caller, &Reported::Tokens(vec![leaked.into()])).await.map(drop)
        }
    }
}

async fn change_v1(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    if step.what == What::CreateV1 {
        let (asked, name) = (step.asked(world, caller)?, world.name());
        return world.server.service.create_v1_authorization(caller, asked, name).await.map(drop);
    }
    let v1: Vec<_> = world.picture.tokens.iter().filter(|(_, one)| one.is_v1).map(|(id, _)| *id).collect();
    let (id, update) = (one(step.which[0], &v1)?, step.update(world));
    world.server.service.update_v1_authorization(caller, id, update).await.map(drop)
}

/// Uses a password that a step set: whoever set it can take over the user's session.
async fn use_password(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    let service = &world.server.service;
    let password = SecretString::from("password2");
    if step.what == What::SetV1Password {
        let v1: Vec<_> = world.picture.tokens.iter().filter(|(_, one)| one.is_v1).map(|(id, _)| *id).collect();
        let id = one(step.which[0], &v1)?;
        service.set_v1_password(caller, id, &password).await?;
        world.took_over = Some(TookOver::Credential(id));
        return Ok(());
    }
    if step.what == What::SetPassword {
        let own = step.on && caller.id() != world.root.id();
        let user = if own { caller.id() } else { one(step.which[1], &world.users())? };
        service.set_password(caller, user, &password).await?;
        world.passwords.insert(user);
        world.took_over = Some(TookOver::Session(user));
        return Ok(());
    }
    let known: Vec<UserId> = world.passwords.iter().copied().collect();
    let user = service.user(&world.root, one(step.which[0], &known)?).await?;
    let client = Client { address: super::ADDRESS.parse().ok(), ..Client::default() };
    let signed_in = service.sign_in(&user.name, &password, SessionKind::Api, &client).await?;
    world.sessions.push(signed_in.key.expose_secret().to_owned());
    Ok(())
}

async fn change_member(world: &World, caller: &Caller, step: &Step) -> Result<(), Error> {
    let service = &world.server.service;
    let org = one(step.which[0], world.orgs())?;
    // Callers may appoint themselves.
    let user =
        if step.on && caller.id() != world.root.id() { caller.id() } else { one(step.which[1], &world.users())? };
    match step.what {
        What::AddMember => {
            service.add_member(caller, Parent::Org(org), Some(user), role(step.life.is_some())).await.map(drop)
        }
        What::RemoveMember => service.remove_member(caller, Parent::Org(org), user).await,
        What::ChangeRole => service.change_role(caller, org, user, role(step.life.is_some())).await,
        _ => {
            let bucket: BucketId = one(step.which[0], &world.buckets())?;
            service.add_member(caller, Parent::Bucket(bucket), Some(user), Role::Member).await.map(drop)
        }
    }
}

async fn change_user(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    if step.what == What::CreateUser {
        // Perhaps with the id of a deleted user.
        let gone = |id: &&UserId| !world.picture.users.contains_key(id);
        let people: Vec<UserId> = world.people.iter().filter(gone).copied().collect();
        let old = one(step.which[0], &people).ok();
        let asked = CreateUser { id: old.filter(|_| step.on), name: world.name(), status: None };
        return world.server.service.create_user(caller, asked).await.map(drop);
    }
    let (service, user) = (&world.server.service, one(step.which[0], &world.users())?);
    if step.what == What::DeleteUser {
        return service.delete_user(caller, user).await;
    }
    service.update_user(caller, user, UserUpdate { status: status(step.on), name: None }).await.map(drop)
}

async fn change_thing(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    let name = world.name();
    let (service, org) = (&world.server.service, one(step.which[0], world.orgs())?);
    match step.what {
        What::CreateOrg => service.create_org(caller, &name, "").await.map(drop),
        What::DeleteOrg => service.delete_org(caller, org).await,
        What::CreateBucket => service
            .create_bucket(caller, AskedBucket { org: Some(org), name, ..AskedBucket::default() })
            .await
            .map(drop),
        _ => service.delete_bucket(caller, one(step.which[0], &world.buckets())?).await,
    }
}
