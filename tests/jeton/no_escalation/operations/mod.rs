//! All operations that create, change or end users, memberships and tokens, with random arguments.

mod arguments;
mod people;
mod strategy;
mod things;
mod tokens;

use proptest::sample::Index;

use jeton_model::{Action, ResourceType, Status, org_rules::OrgRules};
use jeton_service::{Caller, Error, error::TokenError};

use super::{Held, World};

pub use strategy::any_step;

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
    Create, Supply, AllAccess, Clone, Rotate, RotateItself, AllowSelfRotation, EndOverlap, Update, Switch, Delete,
    Report, CreateV1, UpdateV1, AddMember, RemoveMember, ChangeRole, JoinBucket, CreateUser, SwitchUser, DeleteUser,
    CreateOrg, DeleteOrg, CreateBucket, DeleteBucket, SetPassword, SignIn, SetV1Password, Wait,
}

impl What {
    /// Operations on one token.
    const OF_TOKENS: &'static [Self] =
        &[Self::Clone, Self::Rotate, Self::RotateItself, Self::EndOverlap, Self::Update, Self::Switch];

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

/// Picks one of several; an error as for a missing one if there is none.
fn one<T: Copy>(index: Index, of: &[T]) -> Result<T, Error> {
    if of.is_empty() { Err(Error::Token(TokenError::NotFound)) } else { Ok(*index.get(of)) }
}

fn status(on: bool) -> Option<String> {
    Some(if on { Status::Active } else { Status::Inactive }.name().to_owned())
}

/// Runs the step. Its caller then holds any created token.
pub async fn perform(world: &mut World, caller: &Caller, step: &Step) -> Result<(), Error> {
    match step.what {
        What::Supply => tokens::supply(world, caller, step).await,
        What::Create | What::AllAccess | What::Clone | What::Rotate | What::RotateItself => {
            let made = tokens::make(world, caller, step).await?;
            world.tokens.push(Held { id: made.details.authorization.id, token: made.token.expose().to_owned() });
            Ok(())
        }
        What::EndOverlap | What::Update | What::Switch | What::Delete | What::Report => {
            tokens::change_token(world, caller, step).await
        }
        What::CreateV1 | What::UpdateV1 => tokens::change_v1(world, caller, step).await,
        What::AddMember | What::RemoveMember | What::ChangeRole | What::JoinBucket => {
            people::change_member(world, caller, step).await
        }
        What::CreateUser | What::SwitchUser | What::DeleteUser => people::change_user(world, caller, step).await,
        What::CreateOrg | What::DeleteOrg | What::CreateBucket | What::DeleteBucket => {
            things::change_thing(world, caller, step).await
        }
        What::SetPassword | What::SignIn | What::SetV1Password => people::use_password(world, caller, step).await,
        What::AllowSelfRotation => {
            let rules = OrgRules { self_rotation: step.on, ..OrgRules::none() };
            world.server.service.set_org_rules(caller, one(step.which[0], world.orgs())?, rules).await.map(drop)
        }
        What::Wait => {
            world.server.clock.advance(step.life.unwrap_or(1).min(60));
            Ok(())
        }
    }
}
