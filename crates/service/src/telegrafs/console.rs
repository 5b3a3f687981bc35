//! The console's telegraf page, whose errors name the field.

use std::collections::HashMap;

use jeton_model::{
    Action, IdempotencyKey, OrgId, ResourceType, Telegraf, TelegrafId,
    bucket::BucketKind,
    console::list_query::{ListQuery, Listed},
    telegraf::{Flaw, TelegrafFacts, TelegrafRow, TelegrafText},
    telegraf_config,
};
use jeton_store::{Connection, telegrafs::Head};

use crate::{
    Caller, Error, Service,
    auth::required_permissions,
    error::{CreationError, TelegrafError},
    fold,
};

use super::{RequestedTelegraf, replace, toml::flaw};

/// Maximum number of buckets offered for a new configuration; any other can be typed.
const OFFERED_AT_ONCE: i64 = 100;

/// A configuration to create.
#[derive(Clone, Debug, Default)]
pub struct BegunTelegraf {
    /// The name, without outer spaces; an empty one is rejected.
    pub name: String,
    /// The description, without outer spaces.
    pub description: String,
    /// TOML; if empty, a template that writes to `bucket`.
    pub text: String,
    /// Name of the bucket that the template writes to; ignored if `text` is given.
    pub bucket: String,
    /// The URL under which agents reach this server.
    pub base_url: String,
}

impl Service {
    /// A page of an organization's configurations that the caller may read, by name.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn telegraf_page(
        &self,
        caller: &Caller,
        org: OrgId,
        query: &ListQuery,
    ) -> Result<Listed<TelegrafRow>, Error> {
        let mut reader = self.read().await?;
        let within = caller.within(ResourceType::Telegrafs, org);
        let part = fold(&query.filter);
        let unfiltered = jeton_store::telegrafs::count(&mut reader, org, "", &within).await?.cast_unsigned();
        let total = match part.as_str() {
            "" => unfiltered,
            part => jeton_store::telegrafs::count(&mut reader, org, part, &within).await?.cast_unsigned(),
        };
        let (page, before) = query.page_of(total);
        let (offset, limit) = (before.cast_signed(), query.page_size.cast_signed());
        let search = jeton_store::telegrafs::Search { org, part: &part, within: &within, offset, limit };
        let found = jeton_store::telegrafs::search(&mut reader, &search).await?;
        let rows = self.telegraf_rows(&mut reader, found).await?;
        Ok(Listed { rows, total, unfiltered, page })
    }

    /// A configuration of an organization, without its text.
    ///
    /// # Errors
    /// [`TelegrafError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn telegraf_facts(&self, caller: &Caller, org: OrgId, id: TelegrafId) -> Result<TelegrafFacts, Error> {
        let telegraf = self.telegraf_in(caller, org, id).await?;
        let bucket = telegraf_config::bucket(&telegraf.config);
        let (description, updated_at) = (telegraf.description, telegraf.updated_at);
        let head = Head { id, org, name: telegraf.name, bucket };
        let mut reader = self.read().await?;
        let row = self.telegraf_rows(&mut reader, vec![head]).await?.pop().ok_or(TelegrafError::NotFound)?;
        Ok(TelegrafFacts { row, description, updated_at, now: self.now(), may_change: may_change(caller, org, id) })
    }

    /// The text of a configuration; the read is recorded.
    ///
    /// # Errors
    /// [`TelegrafError::NotFound`]; `AuthError::Unauthorized`; the database may fail.
    pub async fn telegraf_text(&self, caller: &Caller, org: OrgId, id: TelegrafId) -> Result<TelegrafText, Error> {
        let telegraf = self.telegraf_in(caller, org, id).await?;
        self.note_texts_read(caller, [&telegraf]);
        let text = plain(&telegraf.config);
        Ok(TelegrafText { flaw: flaw(&text), text, may_change: may_change(caller, org, id) })
    }

    /// The first TOML error of a text, if there is one.
    pub fn check_toml(&self, text: &str) -> Option<Flaw> {
        flaw(&plain(text))
    }

    /// The names of user buckets to offer.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn bucket_names(&self, caller: &Caller, org: OrgId) -> Result<Vec<String>, Error> {
        let mut reader = self.read().await?;
        let within = &caller.within(ResourceType::Buckets, org);
        let search = jeton_store::buckets::Search {
            org,
            part: "",
            within,
            descending: false,
            offset: 0,
            limit: OFFERED_AT_ONCE,
        };
        let found = jeton_store::buckets::search(&mut reader, &search).await?.into_iter();
        Ok(found.filter(|bucket| bucket.kind == BucketKind::User).map(|bucket| bucket.name).collect())
    }

    /// Creates a configuration from the console's dialog. `key`: the idempotency key of the form.
    ///
    /// # Errors
    /// `ValidationError::Field` for an empty name, invalid TOML or a repeated form; `OrgError::NotFound`;
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn begin_telegraf(
        &self,
        caller: &Caller,
        org: OrgId,
        begun: BegunTelegraf,
        key: Option<&IdempotencyKey>,
    ) -> Result<Telegraf, Error> {
        let name = named(&begun.name)?;
        let config = if begun.text.trim().is_empty() {
            let org_name = self.org(caller, org).await?.name;
            telegraf_config::beginning(&name, &org_name, begun.bucket.trim(), &begun.base_url)
        } else {
            valid(&begun.text)?
        };
        let description = begun.description.trim().to_owned();
        let requested = RequestedTelegraf { org: Some(org), name, description, config, metadata: None };
        self.create_telegraf_once(caller, requested, key).await.map_err(|error| match error {
            Error::Creation(CreationError::AlreadyCreated) => {
                Error::field("form", "This form was sent before: the configuration was already created.")
            }
            error => error,
        })
    }

    /// Replaces the text of a configuration.
    ///
    /// # Errors
    /// `ValidationError::Field` for invalid TOML; [`TelegrafError::NotFound`]; `AuthError::Unauthorized`; the database
    /// may fail.
    pub async fn save_telegraf_text(&self, caller: &Caller, id: TelegrafId, text: &str) -> Result<Telegraf, Error> {
        let config = valid(text)?;
        let (change, before) = self.begin_on_telegraf(caller, id).await?;
        replace(change, &before, RequestedTelegraf { config, ..before.clone().into() }).await
    }

    /// Changes the name and description of a configuration.
    ///
    /// # Errors
    /// `ValidationError::Field` for an empty name; [`TelegrafError::NotFound`]; `AuthError::Unauthorized`; the database
    /// may fail.
    pub async fn rename_telegraf(
        &self,
        caller: &Caller,
        id: TelegrafId,
        name: &str,
        description: &str,
    ) -> Result<Telegraf, Error> {
        let (name, description) = (named(name)?, description.trim().to_owned());
        let (change, before) = self.begin_on_telegraf(caller, id).await?;
        replace(change, &before, RequestedTelegraf { name, description, ..before.clone().into() }).await
    }

    async fn telegraf_in(&self, caller: &Caller, org: OrgId, id: TelegrafId) -> Result<Telegraf, Error> {
        let telegraf = self.readable_telegraf(caller, id).await?;
        if telegraf.org == org { Ok(telegraf) } else { Err(Error::Telegraf(TelegrafError::NotFound)) }
    }

    async fn telegraf_rows(
        &self,
        connection: &mut Connection,
        telegrafs: Vec<Head>,
    ) -> Result<Vec<TelegrafRow>, Error> {
        let ids = telegrafs.iter().map(|telegraf| telegraf.id);
        let counts: HashMap<TelegrafId, i64> =
            jeton_store::telegrafs::token_counts(connection, ids, self.now()).await?.into_iter().collect();
        let row = |telegraf: Head| TelegrafRow {
            bucket: telegraf.bucket,
            tokens: counts.get(&telegraf.id).map_or(0, |count| count.cast_unsigned()),
            id: telegraf.id,
            name: telegraf.name,
        };
        Ok(telegrafs.into_iter().map(row).collect())
    }
}

fn may_change(caller: &Caller, org: OrgId, id: TelegrafId) -> bool {
    caller.may(&required_permissions::telegraf(Action::Write, id, org))
}

/// Checks a name. The API accepts a configuration without one, but people could not find it again.
fn named(name: &str) -> Result<String, Error> {
    match name.trim() {
        "" => Err(Error::field("name", "Fill this in.")),
        name => Ok(name.to_owned()),
    }
}

fn valid(text: &str) -> Result<String, Error> {
    let text = plain(text);
    match flaw(&text) {
        Some(flaw) => Err(Error::field("config", flaw.to_string())),
        None => Ok(text),
    }
}

/// Normalizes the line breaks of browsers.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
}
