//! Rules for the settings of a gate, and of several gates together.

use std::{num::NonZeroU32, ops::Range, path::PathBuf, time::Duration};

use toml::{Spanned, de::DeValue};

use jeton_gate::Kind;
use jeton_model::Span;

use crate::config::{flaw::Flaw, listen_addr::ListenAddr};

use super::{
    Auth, CredentialFile, GateSettings,
    section::{Address, Section},
};

/// The longest exchange unless a gate sets another.
const USUAL_EXCHANGE: Duration = Duration::from_secs(3600);
/// The longest query unless a gate sets another.
const USUAL_QUERY: Duration = Duration::from_secs(300);
/// Maximum number of seconds of `max-query-seconds`: a day.
const LONGEST_QUERY: u32 = 86_400;
/// Number of queries of one token at the same time unless a gate sets another.
const USUAL_QUERIES: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Maximum number of bytes of the name of an organization.
const LONGEST_ORG: usize = 255;

/// A gate, and where its settings are in the text.
struct Placed {
    section: Range<usize>,
    name: Range<usize>,
    listen: Range<usize>,
    databases: Range<usize>,
    settings: GateSettings,
}

/// Reads the sections of a file one after the other, and compares each with those before it.
#[derive(Default)]
pub(in crate::config) struct Reader(Vec<Placed>);

impl Reader {
    /// Reads the next section.
    pub(in crate::config) fn read(&mut self, section: Spanned<DeValue<'_>>) -> Result<(), Flaw> {
        let at = section.span();
        let gate = placed(Section::read(section)?, at)?;
        self.0.iter().try_for_each(|earlier| compare(&earlier.settings, &gate))?;
        self.0.push(gate);
        Ok(())
    }

    /// Returns the gates.
    pub(in crate::config) fn gates(self) -> Vec<GateSettings> {
        self.0.into_iter().map(|gate| gate.settings).collect()
    }
}

fn placed(section: Section, at: Range<usize>) -> Result<Placed, Flaw> {
    let kind = Kind::from(section.kind);
    check_databases(&section)?;
    check_writers_delete(kind, &section)?;
    let listen_at = section.listen.as_ref().map_or(at.clone(), Spanned::span);
    let is_reached = section.listen.is_some() || section.forward_auth_key_file.is_some();
    if kind == Kind::Victoriametrics && !is_reached {
        return Err(Flaw::new(&at, "a gate of victoriametrics needs listen: an address and a port of its own"));
    }
    let auth = auth(kind, section.auth.as_ref(), &at)?;
    if needs_credential(kind, auth) && section.credential_file.is_none() {
        return Err(Flaw::new(&at, "this gate needs credential-file: a file with the credential for the database"));
    }
    let shared_secret_file = shared_secret_file(kind, auth, section.shared_secret_file, &at)?;
    let (name, databases) = (section.name.span(), section.databases.span());
    let settings = GateSettings {
        kind,
        auth,
        tls: tls(section.tls, section.listen.is_some())?,
        listen: section.listen.map(Spanned::into_inner),
        forward_auth_key_file: section.forward_auth_key_file,
        upstream_ca_file: upstream_ca_file(section.upstream.get_ref(), section.upstream_ca_file)?,
        upstream: section.upstream.into_inner().0,
        credential_file: section.credential_file,
        shared_secret_file,
        org: org(section.org)?,
        databases: section.databases.into_inner().into_iter().map(|pattern| pattern.0).collect(),
        mode: section.mode,
        writers_delete: section.writers_delete.is_some_and(Spanned::into_inner),
        flux_imports: flux_imports(kind, section.flux_imports)?,
        max_exchange: section.max_exchange.map_or(Ok(USUAL_EXCHANGE), |length| exchange(&length))?,
        max_query: section.max_query.map_or(Ok(USUAL_QUERY), |seconds| query(&seconds))?,
        max_queries_per_token: section.max_queries_per_token.unwrap_or(USUAL_QUERIES),
        name: section.name.into_inner(),
    };
    Ok(Placed { section: at, name, listen: listen_at, databases, settings })
}

fn check_databases(section: &Section) -> Result<(), Flaw> {
    if section.databases.get_ref().is_empty() {
        let message = "databases: list at least one name or pattern; [\"*\"] stands for every database";
        return Err(Flaw::of(&section.databases, message));
    }
    Ok(())
}

fn check_writers_delete(kind: Kind, section: &Section) -> Result<(), Flaw> {
    match &section.writers_delete {
        Some(given) if *given.get_ref() && !matches!(kind, Kind::Influxdb1 | Kind::Influxdb2) => {
            let message = "writers-delete is for influxdb1 and influxdb2: only operators delete data of the others";
            Err(Flaw::of(given, message))
        }
        _ => Ok(()),
    }
}

/// Returns whether the database decides too. Of InfluxDB 1.x it is never guessed, as its answers do not show it; the
/// other kinds leave no choice.
fn auth(kind: Kind, given: Option<&Spanned<Auth>>, at: &Range<usize>) -> Result<Auth, Flaw> {
    let usual = match kind {
        Kind::Influxdb2 => Auth::Delegate,
        Kind::Influxdb1 | Kind::Influxdb3 | Kind::Victoriametrics => Auth::Classify,
    };
    match given {
        Some(given) if kind == Kind::Influxdb1 || *given.get_ref() == usual => Ok(*given.get_ref()),
        Some(given) => Err(Flaw::of(given, "auth: only influxdb1 has a choice; remove this setting")),
        None if kind == Kind::Influxdb1 => Err(Flaw::new(
            at,
            "a gate of influxdb1 needs auth: \"delegate\" if the database's authentication is on, else \"classify\"",
        )),
        None => Ok(usual),
    }
}

/// Returns whether the gate cannot use such a database without a credential.
fn needs_credential(kind: Kind, auth: Auth) -> bool {
    match kind {
        Kind::Influxdb1 => auth == Auth::Delegate,
        Kind::Influxdb2 | Kind::Influxdb3 => true,
        Kind::Victoriametrics => false,
    }
}

/// Returns the file of the secret with which the gate signs tokens of users of InfluxDB 1.x.
fn shared_secret_file(
    kind: Kind,
    auth: Auth,
    given: Option<Spanned<CredentialFile>>,
    at: &Range<usize>,
) -> Result<Option<CredentialFile>, Flaw> {
    match (kind, auth, given) {
        (Kind::Influxdb1, Auth::Delegate, Some(given)) => Ok(Some(given.into_inner())),
        (Kind::Influxdb1, Auth::Delegate, None) => Err(Flaw::new(
            at,
            "auth = \"delegate\" needs shared-secret-file: a file with the shared-secret that influxd has under [http]",
        )),
        (_, _, Some(given)) => {
            Err(Flaw::of(&given, "shared-secret-file is for influxdb1 with auth = \"delegate\"; remove this setting"))
        }
        (_, _, None) => Ok(None),
    }
}

/// Returns whether the gate has TLS, which one that only answers reverse proxies cannot have.
fn tls(given: Option<Spanned<bool>>, listens: bool) -> Result<bool, Flaw> {
    match given {
        Some(given) if *given.get_ref() && !listens => {
            Err(Flaw::of(&given, "tls is for a gate that listens: set listen too, or remove this setting"))
        }
        given => Ok(given.is_some_and(Spanned::into_inner)),
    }
}

fn upstream_ca_file(upstream: &Address, given: Option<Spanned<PathBuf>>) -> Result<Option<PathBuf>, Flaw> {
    let Some(given) = given else { return Ok(None) };
    if !upstream.0.is_secure() {
        return Err(Flaw::of(&given, "upstream-ca-file is for an upstream that begins with https://"));
    }
    if given.get_ref().as_os_str().is_empty() {
        return Err(Flaw::of(&given, "upstream-ca-file: give the path of a file with certificates in PEM"));
    }
    Ok(Some(given.into_inner()))
}

fn org(name: Spanned<String>) -> Result<String, Flaw> {
    let is_name = !name.get_ref().trim().is_empty() && name.get_ref().len() <= LONGEST_ORG;
    if !is_name || name.get_ref().chars().any(char::is_control) {
        return Err(Flaw::of(&name, "org: give the name or the id of an organization"));
    }
    Ok(name.into_inner())
}

fn flux_imports(kind: Kind, given: Option<Spanned<Vec<String>>>) -> Result<Vec<String>, Flaw> {
    let Some(given) = given else { return Ok(Vec::new()) };
    if kind != Kind::Influxdb2 && !given.get_ref().is_empty() {
        return Err(Flaw::of(&given, "flux-imports is for influxdb2: the gates of the others pass no Flux on"));
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_package = |package: &String| package.split('/').all(|part| !part.is_empty() && part.bytes().all(is_plain));
    if !given.get_ref().iter().all(is_package) {
        return Err(Flaw::of(
            &given,
            "flux-imports: list packages by their paths, such as \"influxdata/influxdb/tasks\"",
        ));
    }
    Ok(given.into_inner())
}

fn exchange(length: &Spanned<Span>) -> Result<Duration, Flaw> {
    match u64::try_from(length.get_ref().seconds()) {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds)),
        _ => Err(Flaw::of(length, "max-exchange must be at least 1s")),
    }
}

fn query(seconds: &Spanned<NonZeroU32>) -> Result<Duration, Flaw> {
    match seconds.get_ref().get() {
        number if number <= LONGEST_QUERY => Ok(Duration::from_secs(number.into())),
        _ => Err(Flaw::of(seconds, format!("max-query-seconds must not exceed {LONGEST_QUERY}"))),
    }
}

/// Compares a gate with one before it.
fn compare(earlier: &GateSettings, gate: &Placed) -> Result<(), Flaw> {
    let (name, settings) = (&earlier.name, &gate.settings);
    if *name == settings.name {
        return Err(Flaw::new(&gate.name, format!("there is another gate \"{name}\"; give each a name of its own")));
    }
    match (earlier.listen, settings.listen) {
        (None, None) if earlier.shares_address() && settings.shares_address() => {
            let message = format!("the gate {name} is on Jeton's own address already; give this one listen");
            return Err(Flaw::new(&gate.section, message));
        }
        (Some(one), Some(two)) if one == two && has_fixed_port(one) => {
            let message = format!("the gate {name} listens on this address already");
            return Err(Flaw::new(&gate.listen, message));
        }
        _ => {}
    }
    if earlier.upstream.is_same(&settings.upstream) && earlier.org != settings.org && overlap(earlier, settings) {
        let message = format!(
            "the gate {name} guards databases of these names on the same upstream for another organization; make the \
             patterns disjoint"
        );
        return Err(Flaw::new(&gate.databases, message));
    }
    Ok(())
}

/// Returns whether an address names a port, and not one to be selected.
fn has_fixed_port(address: ListenAddr) -> bool {
    address.addresses().0.port() != 0
}

fn overlap(one: &GateSettings, two: &GateSettings) -> bool {
    one.databases.iter().any(|pattern| two.databases.iter().any(|other| pattern.overlaps(other)))
}
