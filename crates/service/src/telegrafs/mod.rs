//! Telegraf configurations (docs/influxdb-compatibility.md §5.6).

pub mod console;
pub mod plugins;
mod toml;

use std::collections::VecDeque;

use serde_json::{Value, json};

use jeton_model::{
    Action, IdempotencyKey, OrgId, ResourceType, Telegraf, TelegrafId, Timestamp, ValidationError,
    org::Role,
    telegraf::MAX_CONFIG,
    telegraf_config,
    user::{MAX_NAME, check_text},
};
use jeton_store::{Across, Store, memberships::Of, telegrafs::Keys};

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{Change, telegrafs::TelegrafState},
    },
    auth::{account_control::check_account_control, required_permissions},
    error::{AuthError, CreationError, OrgError, TelegrafError},
    fold,
    orgs::MAX_DESCRIPTION,
    tokens::idempotency,
    transaction::AuditedTransaction,
};

/// Maximum number of bytes of texts that are read at once, unless a single one is longer.
const BYTES_AT_ONCE: i64 = 1024 * 1024;
/// Number of configurations whose sizes are read at once.
const SIZES_AT_ONCE: i64 = 500;
/// Number of texts that are parsed in one transaction when the server starts.
const FILLED_AT_ONCE: i64 = 20;

/// A list of configurations by ascending ids, read in portions: their texts are never held all at once.
pub struct TelegrafList {
    service: Service,
    /// The caller whose reads are recorded.
    reader: Caller,
    across: Across,
    org: Option<OrgId>,
    /// Configurations whose texts are still to be read, with their sizes in bytes.
    waiting: VecDeque<(TelegrafId, i64)>,
    /// The last configuration whose size was read.
    last: Option<TelegrafId>,
    /// Set once all sizes were read.
    is_read: bool,
}

impl TelegrafList {
    /// The next configurations, whose reads are recorded; `None` at the end.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn next(&mut self) -> Result<Option<Vec<Telegraf>>, Error> {
        if self.waiting.is_empty() && self.is_read {
            return Ok(None);
        }
        let mut reader = self.service.read().await?;
        if self.waiting.is_empty() {
            let sizes =
                jeton_store::telegrafs::sizes(&mut reader, &self.across, self.org, self.last, SIZES_AT_ONCE).await?;
            self.is_read = (sizes.len() as i64) < SIZES_AT_ONCE;
            self.last = sizes.last().map(|(id, _)| *id).or(self.last);
            self.waiting.extend(sizes);
        }
        let ids = self.take();
        let found = jeton_store::telegrafs::by_ids(&mut reader, ids).await?;
        self.service.note_texts_read(&self.reader, &found);
        Ok(Some(found))
    }

    /// The next ids: as many as fit into the byte limit, but at least one.
    fn take(&mut self) -> Vec<TelegrafId> {
        let (mut ids, mut bytes) = (Vec::new(), 0);
        while let Some((id, size)) = self.waiting.front().copied() {
            bytes += size;
            if bytes > BYTES_AT_ONCE && !ids.is_empty() {
                break;
            }
            ids.push(id);
            self.waiting.pop_front();
        }
        ids
    }
}

/// The content of a configuration to create or replace.
#[derive(Clone, Debug, Default)]
pub struct RequestedTelegraf {
    /// The organization; creation fails without one, and replacement ignores it.
    pub org: Option<OrgId>,
    /// The name, of at most 255 bytes; it need not be unique.
    pub name: String,
    /// The description, of at most 1024 bytes.
    pub description: String,
    /// The text in TOML, of at most [`MAX_CONFIG`] bytes.
    pub config: String,
    /// JSON that clients store with the configuration, of at most [`MAX_CONFIG`] bytes.
    pub metadata: Option<Value>,
}

impl RequestedTelegraf {
    fn check(&self) -> Result<(), Error> {
        check_text("name", &self.name, MAX_NAME)?;
        check_text("description", &self.description, MAX_DESCRIPTION)?;
        check_text("config", &self.config, MAX_CONFIG)?;
        let metadata = self.metadata.as_ref().map(ToString::to_string).unwrap_or_default();
        check_text("metadata", &metadata, MAX_CONFIG)?;
        if metadata.contains("\\u0000") {
            Err(Error::Validation(ValidationError::TextNul { field: "metadata".into() }))
        } else {
            Ok(())
        }
    }

    fn into_telegraf(self, id: TelegrafId, org: OrgId, now: Timestamp) -> Telegraf {
        Telegraf {
            id,
            org,
            name: self.name,
            description: self.description,
            config: self.config,
            metadata: self.metadata,
            updated_at: now,
        }
    }
}

impl From<Telegraf> for RequestedTelegraf {
    fn from(telegraf: Telegraf) -> Self {
        Self {
            org: Some(telegraf.org),
            name: telegraf.name,
            description: telegraf.description,
            config: telegraf.config,
            metadata: telegraf.metadata,
        }
    }
}

impl Service {
    /// Lists the configurations that the caller may read, of one organization or of all.
    pub fn telegrafs(&self, caller: &Caller, org: Option<OrgId>) -> TelegrafList {
        let across = caller.across(ResourceType::Telegrafs);
        let (service, reader) = (self.clone(), caller.clone());
        TelegrafList { service, reader, across, org, waiting: VecDeque::new(), last: None, is_read: false }
    }

    /// A configuration with its text; the read is recorded.
    ///
    /// # Errors
    /// [`TelegrafError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn telegraf(&self, caller: &Caller, id: TelegrafId) -> Result<Telegraf, Error> {
        self.telegraf_unless(caller, id, |_| false).await
    }

    /// A configuration for an answer that may do without its text. `is_withheld` returns whether it does; only
    /// otherwise is the read recorded.
    ///
    /// # Errors
    /// [`TelegrafError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn telegraf_unless(
        &self,
        caller: &Caller,
        id: TelegrafId,
        is_withheld: impl FnOnce(&Telegraf) -> bool,
    ) -> Result<Telegraf, Error> {
        let telegraf = self.readable_telegraf(caller, id).await?;
        if !is_withheld(&telegraf) {
            self.note_texts_read(caller, [&telegraf]);
        }
        Ok(telegraf)
    }

    /// A configuration for internal use: its text must not reach the caller, because the read is not recorded.
    ///
    /// # Errors
    /// [`TelegrafError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub(super) async fn readable_telegraf(&self, caller: &Caller, id: TelegrafId) -> Result<Telegraf, Error> {
        let mut reader = self.read().await?;
        let telegraf = jeton_store::telegrafs::by_id(&mut reader, id).await?.ok_or(TelegrafError::NotFound)?;
        caller.check(required_permissions::telegraf(Action::Read, id, telegraf.org))?;
        Ok(telegraf)
    }

    /// Creates a configuration.
    ///
    /// # Errors
    /// [`CreationError::PermissionOrgInvalid`], [`OrgError::NotFound`], [`ValidationError::TextTooLong`],
    /// [`ValidationError::TextNul`], [`TelegrafError::NotToml`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn create_telegraf(&self, caller: &Caller, requested: RequestedTelegraf) -> Result<Telegraf, Error> {
        self.create_telegraf_once(caller, requested, None).await
    }

    /// Creates a configuration. `key`: the idempotency key of the form.
    ///
    /// # Errors
    /// [`CreationError::AlreadyCreated`]; those of [`Service::create_telegraf`].
    pub(super) async fn create_telegraf_once(
        &self,
        caller: &Caller,
        requested: RequestedTelegraf,
        key: Option<&IdempotencyKey>,
    ) -> Result<Telegraf, Error> {
        let org = requested.org.ok_or(Error::Creation(CreationError::PermissionOrgInvalid))?;
        requested.check()?;
        let required = required_permissions::telegrafs(Action::Write, org);
        // A text is not parsed for a caller who may not create anyway.
        caller.check(required)?;
        if let Some(flaw) = toml::flaw(&requested.config) {
            return Err(TelegrafError::NotToml(flaw).into());
        }
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required)?;
        idempotency::spend(&mut change, key, caller.id()).await?;
        jeton_store::orgs::by_id(&mut change, org).await?.ok_or(Error::Org(OrgError::NotFound))?;
        let now = change.now;
        let telegraf = requested.into_telegraf(TelegrafId(self.next_id()), org, now);
        jeton_store::telegrafs::insert(&mut change, &telegraf, &keys(&telegraf)).await?;
        insert_owner(&mut change, &caller, &telegraf).await?;
        change.record(Event::TelegrafCreated, Some(org), telegraf.id, TelegrafState::of(&telegraf)).await?;
        change.commit().await?;
        Ok(telegraf)
    }

    /// Replaces name, description, text and metadata. An imported text that is not TOML may stay as it is.
    ///
    /// # Errors
    /// [`TelegrafError::NotFound`], [`ValidationError::TextTooLong`], [`ValidationError::TextNul`],
    /// [`TelegrafError::NotToml`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn update_telegraf(
        &self,
        caller: &Caller,
        id: TelegrafId,
        requested: RequestedTelegraf,
    ) -> Result<Telegraf, Error> {
        requested.check()?;
        // A text is parsed before the write lock is taken, and not for a caller who may not change it.
        let heads = jeton_store::telegrafs::heads(&mut *self.read().await?, [id]).await?;
        let head = heads.first().ok_or(TelegrafError::NotFound)?;
        caller.check(required_permissions::telegraf(Action::Write, id, head.org))?;
        let flaw = toml::flaw(&requested.config);
        let (change, before) = self.begin_on_telegraf(caller, id).await?;
        match flaw {
            Some(flaw) if requested.config != before.config => Err(TelegrafError::NotToml(flaw).into()),
            _ => replace(change, &before, requested).await,
        }
    }

    /// Begins a transaction on a configuration that the caller may change.
    ///
    /// # Errors
    /// [`TelegrafError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub(super) async fn begin_on_telegraf(
        &self,
        caller: &Caller,
        id: TelegrafId,
    ) -> Result<(AuditedTransaction, Telegraf), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let before = jeton_store::telegrafs::by_id(&mut change, id).await?.ok_or(TelegrafError::NotFound)?;
        caller.check(required_permissions::telegraf(Action::Write, id, before.org))?;
        Ok((change, before))
    }

    /// Deletes a configuration and its memberships.
    ///
    /// # Errors
    /// [`TelegrafError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn delete_telegraf(&self, caller: &Caller, id: TelegrafId) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let telegraf = jeton_store::telegrafs::by_id(&mut change, id).await?.ok_or(TelegrafError::NotFound)?;
        caller.check(required_permissions::telegraf(Action::Write, id, telegraf.org))?;
        jeton_store::memberships::delete_all(&mut change, Of::Telegraf(id)).await?;
        jeton_store::telegrafs::delete(&mut change, id).await?;
        change.record(Event::TelegrafDeleted, Some(telegraf.org), id, TelegrafState::of(&telegraf)).await?;
        change.commit().await
    }
}

/// Returns the metadata that clients see: what was sent with the configuration, or else the buckets that its text
/// writes to.
pub fn metadata(telegraf: &Telegraf) -> Value {
    let is_empty = |sent: &Value| sent.as_object().is_some_and(serde_json::Map::is_empty);
    match &telegraf.metadata {
        Some(sent) if !is_empty(sent) => sent.clone(),
        _ => json!({"buckets": toml::buckets(&telegraf.config)}),
    }
}

/// Makes the creator the owner, as InfluxDB does. Ownership grants nothing, but it is a membership, and it outlives the
/// token that creates the configuration: a token that may not change memberships skips it.
async fn insert_owner(change: &mut AuditedTransaction, caller: &Caller, telegraf: &Telegraf) -> Result<(), Error> {
    let (required, now) = (required_permissions::telegrafs(Action::Write, telegraf.org), change.now);
    match check_account_control(change, caller, &required, caller.id(), now).await {
        Ok(()) => {
            jeton_store::memberships::insert(change, Of::Telegraf(telegraf.id), caller.id(), Role::Owner, now).await?;
            Ok(())
        }
        Err(Error::Auth(AuthError::LimitedTokenEmpowers | AuthError::TokenEmpowersMore(_))) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Stores the output buckets of configurations that are older than this column; once that is done, this reads an empty
/// index.
///
/// # Errors
/// The database may fail.
pub(super) async fn fill_in_output_buckets(store: &Store) -> jeton_store::Result<()> {
    loop {
        let found = jeton_store::telegrafs::without_output_bucket(&mut *store.read().await?, FILLED_AT_ONCE).await?;
        if found.is_empty() {
            return Ok(());
        }
        let mut write = store.write_alone().await?;
        for (id, text) in found {
            let bucket = telegraf_config::bucket(&text).unwrap_or_default();
            jeton_store::telegrafs::set_output_bucket(&mut write, id, &bucket).await?;
        }
        write.commit().await?;
    }
}

/// The columns that lists need in addition to a configuration.
pub(super) fn keys(telegraf: &Telegraf) -> Keys {
    Keys { name: fold(&telegraf.name), bucket: telegraf_config::bucket(&telegraf.config).unwrap_or_default() }
}

/// Replaces the content of a configuration and commits.
///
/// # Errors
/// [`ValidationError::TextTooLong`], [`ValidationError::TextNul`]; the database may fail.
pub(super) async fn replace(
    mut change: AuditedTransaction,
    before: &Telegraf,
    requested: RequestedTelegraf,
) -> Result<Telegraf, Error> {
    requested.check()?;
    let after = requested.into_telegraf(before.id, before.org, change.now);
    jeton_store::telegrafs::update(&mut change, &after, &keys(&after)).await?;
    let changed = Change { before: TelegrafState::of(before), after: TelegrafState::of(&after) };
    change.record(Event::TelegrafUpdated, Some(after.org), after.id, changed).await?;
    change.commit().await?;
    Ok(after)
}
