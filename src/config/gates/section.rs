//! One `[[gate]]` section as it is written.

use std::{num::NonZeroU32, path::PathBuf};

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use jeton_gate::Kind;
use jeton_model::{DatabasePattern, Span, ValidationError, binding::Upstream, database_pattern::NotAPattern};

use crate::config::{flaw::Flaw, listen_addr::ListenAddr};

use super::{Auth, CredentialFile, GateName, Mode};

/// The keys of a section.
pub const KEYS: [&str; 18] = [
    "name",
    "kind",
    "listen",
    "tls",
    "forward-auth-key-file",
    "upstream",
    "upstream-ca-file",
    "credential-file",
    "shared-secret-file",
    "org",
    "databases",
    "mode",
    "auth",
    "writers-delete",
    "flux-imports",
    "max-exchange",
    "max-query-seconds",
    "max-queries-per-token",
];

/// Keys under which somebody may write a secret.
const SECRETS: [&str; 6] = ["credential", "token", "password", "secret", "shared-secret", "authorization"];

/// A section; values are valid by themselves.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Section {
    pub(super) name: Spanned<GateName>,
    pub(super) kind: KindName,
    pub(super) listen: Option<Spanned<ListenAddr>>,
    pub(super) tls: Option<Spanned<bool>>,
    pub(super) forward_auth_key_file: Option<CredentialFile>,
    pub(super) upstream: Spanned<Address>,
    pub(super) upstream_ca_file: Option<Spanned<PathBuf>>,
    pub(super) credential_file: Option<CredentialFile>,
    pub(super) shared_secret_file: Option<Spanned<CredentialFile>>,
    pub(super) org: Spanned<String>,
    pub(super) databases: Spanned<Vec<Pattern>>,
    #[serde(default)]
    pub(super) mode: Mode,
    pub(super) auth: Option<Spanned<Auth>>,
    pub(super) writers_delete: Option<Spanned<bool>>,
    pub(super) flux_imports: Option<Spanned<Vec<String>>>,
    pub(super) max_exchange: Option<Spanned<Span>>,
    #[serde(rename = "max-query-seconds")]
    pub(super) max_query: Option<Spanned<NonZeroU32>>,
    pub(super) max_queries_per_token: Option<NonZeroU32>,
}

/// The name of a kind of database.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum KindName {
    Influxdb1,
    Influxdb2,
    Influxdb3,
    Victoriametrics,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Influxdb1 => Self::Influxdb1,
            KindName::Influxdb2 => Self::Influxdb2,
            KindName::Influxdb3 => Self::Influxdb3,
            KindName::Victoriametrics => Self::Victoriametrics,
        }
    }
}

/// The address of a database.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Address(pub(super) Upstream);

impl TryFrom<String> for Address {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, ValidationError> {
        text.parse().map(Self)
    }
}

/// A pattern of database names.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Pattern(pub(super) DatabasePattern);

impl TryFrom<String> for Pattern {
    type Error = NotAPattern;

    fn try_from(text: String) -> Result<Self, NotAPattern> {
        text.parse().map(Self)
    }
}

impl Section {
    /// Reads a section.
    pub(super) fn read(section: Spanned<DeValue<'_>>) -> Result<Self, Flaw> {
        let at = section.span();
        match section.get_ref() {
            DeValue::Table(table) => refuse_other_keys(table)?,
            _ => return Err(Flaw::new(&at, "write [[gate]] before the settings of each gate")),
        }
        Self::deserialize(toml::de::ValueDeserializer::from(section)).map_err(|error| {
            let message = error.message().replace("missing field", "the gate has no setting").replace('`', "\"");
            Flaw { message, ..Flaw::new(&error.span().unwrap_or(at), "") }
        })
    }
}

fn refuse_other_keys(table: &DeTable<'_>) -> Result<(), Flaw> {
    let others = table.keys().filter(|key| !KEYS.contains(&key.get_ref().as_ref()));
    let Some(key) = others.min_by_key(|key| key.span().start) else { return Ok(()) };
    let name = key.get_ref();
    let message = if SECRETS.contains(&name.as_ref()) {
        let setting = if *name == "shared-secret" { "shared-secret-file" } else { "credential-file" };
        format!(
            "\"{name}\" is no setting of a gate: a secret is not written here; write it into a file, and the file's name \
             under {setting}"
        )
    } else {
        format!("a gate has no setting \"{name}\", but {}", KEYS.join(", "))
    };
    Err(Flaw::of(key, message))
}
