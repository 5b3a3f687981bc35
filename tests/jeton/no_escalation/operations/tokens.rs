//! Operations on tokens and 1.x credentials.

use jeton_model::token::TokenHash;
use jeton_service::{
    Caller, Error,
    error::TokenError,
    tokens::{
        CreateAuthorization, Created, SuppliedToken, TokenOptions,
        bulk::{BulkAction as Bulk, Targets},
        leaked::Reported,
        rotation::RotateAuthorization,
    },
};

use crate::no_escalation::{Held, World};

use super::{Step, What, one};

/// Creates a token with a new value, or with one that another token has or had, given as such or by its hash.
pub async fn supply(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    let seen = step.which[1].get(&world.tokens).token.clone();
    let value = if step.networks.is_some() { seen } else { format!("{:->40}", world.name().replace(' ', "-")) };
    let token = match step.in_session {
        true => SuppliedToken { value: Some(value.clone().into()), hash: None },
        false => SuppliedToken { value: None, hash: Some(TokenHash::of(&value).as_str().to_owned()) },
    };
    let asked = CreateAuthorization { token, networks: None, ..step.asked(world, caller)? };
    let made = world.server.service.create_authorization(caller, asked, None).await?;
    let has = |held: &Held| held.token == value && world.picture.tokens.contains_key(&held.id);
    assert!(!world.tokens.iter().any(has), "a token of another record was taken over");
    world.tokens.retain(|held| held.token != value);
    world.tokens.push(Held { id: made.details.authorization.id, token: value });
    Ok(())
}

pub async fn make(world: &World, caller: &Caller, step: &Step) -> Result<Created, Error> {
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
            let id = id?;
            let asked = step.rotation(world, caller, id);
            service.rotate_authorization(caller, id, asked, None).await.map(|rotated| rotated.created)
        }
        What::RotateItself => {
            let own = caller.accepted_token().ok_or(Error::Token(TokenError::NotFound))?;
            let overlap = Some(if step.on { "0" } else { "1h" }.to_owned());
            let asked = RotateAuthorization { overlap, ..RotateAuthorization::default() };
            service.rotate_authorization(caller, own, asked, None).await.map(|rotated| rotated.created)
        }
        _ => service.create_authorization(caller, step.asked(world, caller)?, None).await,
    }
}

pub async fn change_token(world: &World, caller: &Caller, step: &Step) -> Result<(), Error> {
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

pub async fn change_v1(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    if step.what == What::CreateV1 {
        let (asked, name) = (step.asked(world, caller)?, world.name());
        return world.server.service.create_v1_authorization(caller, asked, name).await.map(drop);
    }
    let v1: Vec<_> = world.picture.tokens.iter().filter(|(_, one)| one.is_v1).map(|(id, _)| *id).collect();
    let (id, update) = (one(step.which[0], &v1)?, step.update(world));
    world.server.service.update_v1_authorization(caller, id, update).await.map(drop)
}
