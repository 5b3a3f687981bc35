//! Operations on users, their passwords and their memberships.

use secrecy::{ExposeSecret as _, SecretString};

use jeton_model::{BucketId, UserId, org::Role, session_kind::SessionKind};
use jeton_service::{
    Caller, Client, Error,
    orgs::members::Parent,
    users::{CreateUser, UserUpdate},
};

use crate::no_escalation::{ADDRESS, TookOver, World};

use super::{Step, What, one, status};

fn role(on: bool) -> Role {
    if on { Role::Owner } else { Role::Member }
}

/// Uses a password that a step set: whoever set it can take over the user's session.
pub async fn use_password(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
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
    let client = Client { address: ADDRESS.parse().ok(), ..Client::default() };
    let signed_in = service.sign_in(&user.name, &password, SessionKind::Api, &client).await?;
    world.sessions.push(signed_in.key.expose_secret().to_owned());
    Ok(())
}

pub async fn change_member(world: &World, caller: &Caller, step: &Step) -> Result<(), Error> {
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

pub async fn change_user(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
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
