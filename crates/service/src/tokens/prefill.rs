//! Prefilling of the Custom API Token dialog from a URL: selected check boxes, and what could not be selected.

use jeton_model::{
    Action, Authorization, BucketId, Id, OrgId, ResourceType, TelegrafId, UserId,
    authorization::clone_description,
    console::{
        prefill::{Gap, MAX_WANTED, Prefill, Prefilled, RotatedToken, Wanted},
        selection::{Pick, Reach},
        template::Template,
        tokens::Choice,
    },
};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    auth::required_permissions,
    error::{AuthError, TokenError},
};

use super::{
    access::readable,
    picker::{bucket_choice, may_grant, telegraf_choice},
};

impl Service {
    /// Selects what a URL asks for, as far as it exists and the caller may grant it. The rest is reported as gaps, not
    /// as an error.
    ///
    /// # Errors
    /// [`AuthError::Unauthorized`]; the database may fail.
    pub async fn prefill(&self, caller: &Caller, org: OrgId, requested: &Prefill) -> Result<Prefilled, Error> {
        caller.check(required_permissions::org(Action::Read, org))?;
        let mut reader = self.read().await?;
        let mut filling = PrefillBuilder { caller, org, owner: caller.id(), done: Prefilled::default() };
        if let Some(id) = &requested.rotate {
            match original(&mut reader, caller, org, id).await? {
                Some(old) => {
                    let (id, expires_at) = (old.id, old.expires_at);
                    filling.owner = old.user;
                    filling.done.rotates = Some(RotatedToken { id, expires_at, now: self.now() });
                    filling.done.description = old.description.clone();
                    let old = if requested.narrow { self.narrow(&mut reader, &mut filling, old).await? } else { old };
                    filling.original(&mut reader, &old).await?;
                }
                None => filling.done.gaps.push(Gap::Original),
            }
            return Ok(filling.done);
        }
        filling.done.description = requested.description.clone();
        if let Some(word) = &requested.template {
            filling.template(word);
        }
        for wanted in requested.wanted.iter().take(MAX_WANTED) {
            filling.wanted(&mut reader, wanted).await?;
        }
        if requested.wanted.len() > MAX_WANTED {
            filling.done.gaps.push(Gap::TooMany);
        }
        if let Some(id) = &requested.from {
            match original(&mut reader, caller, org, id).await? {
                Some(original) => {
                    filling.original(&mut reader, &original).await?;
                    if requested.description.is_empty() {
                        filling.done.description = clone_description(&original.description, self.now());
                    }
                }
                None => filling.done.gaps.push(Gap::Original),
            }
        }
        Ok(filling.done)
    }
}

impl Service {
    /// Leaves out what a token did not use through gates, and reports it.
    async fn narrow(
        &self,
        connection: &mut Connection,
        filling: &mut PrefillBuilder<'_>,
        old: Authorization,
    ) -> Result<Authorization, Error> {
        let narrowed = self.narrowed_of(connection, filling.caller, &old).await?;
        for dropped in &narrowed.dropped {
            filling.gap(Gap::Unused(dropped.permission, dropped.bucket_name.clone()));
        }
        Ok(Authorization { permissions: narrowed.permissions(), ..old })
    }
}

/// The token to start from, if it is in this organization and the caller may see it.
async fn original(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    id: &str,
) -> Result<Option<Authorization>, Error> {
    let Ok(id) = id.parse() else { return Ok(None) };
    match readable(connection, caller, id).await {
        Ok(found) => Ok(Some(found).filter(|found| found.org == org)),
        Err(Error::Token(TokenError::NotFound) | Error::Auth(AuthError::Unauthorized(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A dialog that is being prefilled.
struct PrefillBuilder<'a> {
    caller: &'a Caller,
    org: OrgId,
    /// The user whom the boxes of users stand for: the owner of the new token.
    owner: UserId,
    done: Prefilled,
}

impl PrefillBuilder<'_> {
    fn template(&mut self, word: &str) {
        let Some(template) = Template::from_word(word) else {
            return self.gap(Gap::Template(word.into()));
        };
        self.done.template = Some(template);
        for pick in template.types() {
            self.tick(pick, None);
        }
    }

    async fn wanted(&mut self, connection: &mut Connection, wanted: &Wanted) -> Result<(), Error> {
        let Ok(kind) = wanted.kind.parse::<ResourceType>() else {
            self.gap(Gap::Type(wanted.kind.clone()));
            return Ok(());
        };
        // Only set-up grants it.
        if kind == ResourceType::Instance {
            self.gap(Gap::Type(wanted.kind.clone()));
            return Ok(());
        }
        match &wanted.thing {
            None => self.tick(Pick::all(wanted.action, kind), None),
            Some(text) if Pick::has_singles(kind) => match find(connection, self.caller, self.org, kind, text).await? {
                Some(choice) => self.tick(Pick::one(wanted.action, kind, choice.id), Some(choice)),
                None => self.gap(Gap::Thing(kind, text.clone())),
            },
            Some(text) => self.gap(Gap::NoSingle(kind, text.clone())),
        }
        Ok(())
    }

    async fn original(&mut self, connection: &mut Connection, original: &Authorization) -> Result<(), Error> {
        if original.user != self.caller.id() {
            let owner = jeton_store::users::by_id(connection, original.user).await?;
            let name = owner.map(|owner| owner.name);
            self.gap(if self.owner == original.user { Gap::OwnerStays(name) } else { Gap::OtherOwner(name) });
        }
        self.done.life = original.expires_at.map(|end| end.seconds_since(original.created_at));
        self.done.networks = original.networks.clone();
        for permission in &original.permissions {
            let Some((pick, reach)) = Pick::of(*permission, self.org, self.owner) else {
                self.gap(Gap::NoBox(*permission));
                continue;
            };
            if reach == Reach::Here {
                self.gap(Gap::OnlyHere);
            }
            let Some(id) = pick.id else {
                self.tick(pick, None);
                continue;
            };
            match by_id(connection, self.caller, self.org, pick.kind, id).await? {
                Some(choice) => self.tick(pick, Some(choice)),
                None => self.gap(Gap::Thing(pick.kind, id.to_string())),
            }
        }
        Ok(())
    }

    fn tick(&mut self, pick: Pick, choice: Option<Choice>) {
        if !may_grant(self.caller, &pick.permission(self.org, self.owner)) {
            return self.gap(Gap::NotHeld(pick.action, pick.kind, choice.map(|choice| choice.name)));
        }
        self.done.selection.set(pick, true);
        if let Some(choice) = choice.filter(|choice| !self.done.known.contains(choice)) {
            self.done.known.push(choice);
        }
    }

    /// Reports each gap once.
    fn gap(&mut self, gap: Gap) {
        if !self.done.gaps.contains(&gap) {
            self.done.gaps.push(gap);
        }
    }
}

/// A resource of the organization by its id or else its name, if the caller may read it.
async fn find(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    kind: ResourceType,
    text: &str,
) -> Result<Option<Choice>, Error> {
    if let Ok(id) = text.parse::<Id>()
        && let Some(choice) = by_id(connection, caller, org, kind, id).await?
    {
        return Ok(Some(choice));
    }
    // No name contains NUL, and databases reject it.
    if text.contains('\0') {
        return Ok(None);
    }
    let id = match kind {
        ResourceType::Buckets => jeton_store::buckets::by_name(connection, org, text).await?.map(|found| found.id.0),
        _ => jeton_store::telegrafs::by_name(connection, org, text).await?.map(|found| found.id.0),
    };
    match id {
        Some(id) => by_id(connection, caller, org, kind, id).await,
        None => Ok(None),
    }
}

async fn by_id(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    kind: ResourceType,
    id: Id,
) -> Result<Option<Choice>, Error> {
    Ok(match kind {
        ResourceType::Buckets => {
            let found = jeton_store::buckets::by_id(connection, BucketId(id)).await?;
            let seen =
                found.filter(|one| one.org == org && caller.may(&required_permissions::bucket(Action::Read, one)));
            seen.map(|bucket| bucket_choice(caller, bucket))
        }
        _ => {
            let found = jeton_store::telegrafs::heads(connection, [TelegrafId(id)]).await?;
            let seen = found.into_iter().find(|one| {
                one.org == org && caller.may(&required_permissions::telegraf(Action::Read, one.id, one.org))
            });
            seen.map(|telegraf| telegraf_choice(caller, telegraf))
        }
    })
}
