//! The console's page of gates and its dialogs.

use std::collections::BTreeSet;

use jeton_model::{
    Action, BucketId, Id, OrgId, Timestamp,
    binding::{GateBinding, GateMode, RunningGate, UnknownDatabase},
    console::{
        databases::{BoundRow, Compared, DatabasePage, GateDetails, GateRow, RefusedV1Credential},
        list_query::{ListQuery, Listed},
    },
    grant::is_operator,
    tally::Tally,
};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    auth::required_permissions,
    error::{BucketError, GateError},
    fold,
    tokens::v1,
};

use super::{
    offline::bucket_called,
    running::VisibleGate,
    suspension::{Found, compare},
};

/// Maximum number of unknown databases that are shown.
const SHOWN: usize = 50;

/// The content of the upstream of a gate at the last comparison with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastFound {
    /// The complete list.
    pub found: Found,
    /// The time at which it was requested.
    pub at: Timestamp,
}

impl Service {
    /// A page of the gates of an organization that the caller may see.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn gate_page(
        &self,
        caller: &Caller,
        org: OrgId,
        query: &ListQuery,
        running: Vec<RunningGate>,
    ) -> Result<DatabasePage, Error> {
        caller.check(required_permissions::org(Action::Read, org))?;
        let mut rows = Vec::new();
        for gate in self.visible_gates(caller, running).await? {
            if gate.identity.org == org {
                let bindings = self.bindings_at(caller, &gate).await?;
                rows.extend(row(&gate, &bindings));
            }
        }
        let mut page = page(rows, query);
        let mut reader = self.read().await?;
        for row in &mut page.list.rows {
            row.tokens = self.count_in_use(&mut reader, caller, row.key.as_str()).await?;
        }
        Ok(page)
    }

    /// Returns a gate of an organization with its bindings and refusals. `last`: what the last comparison found, of which
    /// operators see what no bucket stands for now.
    ///
    /// # Errors
    /// [`GateError::NotFound`] if the gate is another organization's; the database may fail.
    pub async fn gate_details(
        &self,
        caller: &Caller,
        org: OrgId,
        gate: VisibleGate,
        last: Option<&LastFound>,
    ) -> Result<GateDetails, Error> {
        let bindings = self.bindings_at(caller, &gate).await?;
        let shown = row(&gate, &bindings).filter(|_| gate.identity.org == org);
        let not_found = || Error::Gate(GateError::NotFound { name: gate.identity.name.clone() });
        let mut shown = shown.ok_or_else(not_found)?;
        let mut reader = self.read().await?;
        shown.tokens = self.count_in_use(&mut reader, caller, &gate.identity.name).await?;
        let tokens = self.in_use(&mut reader, caller, &gate.identity.name).await?;
        let v1_credentials = self.v1_in_use(&mut reader, caller, &gate.identity.name).await?;
        let refused_v1_credentials = refused_v1_credentials(&mut reader, caller, &gate.running).await?;
        let (choices, more_choices) = self.offered_tokens(&mut reader, caller, org).await?;
        let is_operator = is_operator(caller.permissions());
        let compared = match last.filter(|_| is_operator) {
            Some(last) => compared(&mut reader, &gate, last).await?,
            None => None,
        };
        drop(reader);
        let has_bindings = gate.identity.kind.has_bindings();
        let may_write = caller.may(&required_permissions::buckets(Action::Write, org));
        Ok(GateDetails {
            gate: shown,
            databases: gate.running.databases.iter().map(ToString::to_string).collect(),
            findings: gate.running.findings().into_iter().map(Into::into).collect(),
            bindings: bindings.iter().map(|binding| bound_row(binding, &gate)).collect(),
            last_suspended: bindings.iter().filter_map(|binding| binding.suspended_at).max(),
            compared,
            may_bind: may_write && has_bindings,
            is_operator,
            now: self.now(),
            org_name: gate.org_name,
            tokens,
            v1_credentials,
            refused_v1_credentials,
            choices,
            more_choices,
            refusals: gate.running.refusals,
        })
    }

    /// Returns the id of a bucket of a gate's organization, which a form names by its name or id.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; an error about the field `bucket`; the database may fail.
    pub async fn bucket_to_bind(&self, caller: &Caller, gate: &VisibleGate, text: &str) -> Result<BucketId, Error> {
        caller.check(required_permissions::buckets(Action::Write, gate.identity.org))?;
        let mut reader = self.read().await?;
        match bucket_called(&mut reader, &gate.identity, text).await {
            Ok(bucket) => Ok(bucket.id),
            Err(Error::Bucket(BucketError::NameNotFound { .. })) => {
                Err(Error::field("bucket", format!("{} has no bucket with this name or id.", gate.org_name)))
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the bindings of a gate whose buckets the caller may read, without those of an earlier organization of
    /// the gate; of InfluxDB 2, the suspended buckets.
    async fn bindings_at(&self, caller: &Caller, gate: &VisibleGate) -> Result<Vec<GateBinding>, Error> {
        let mut bindings = self.gate_places(caller, &gate.identity).await?;
        bindings.retain(|binding| binding.org == gate.identity.org);
        Ok(bindings)
    }
}

/// Returns the part of all gates that a query lists, without the numbers of tokens.
fn page(mut rows: Vec<GateRow>, query: &ListQuery) -> DatabasePage {
    let counted = |is_meant: fn(&GateRow) -> bool| rows.iter().filter(|row| is_meant(row)).count() as u64;
    let observing = counted(|row| row.mode == GateMode::Observe);
    let needy = counted(GateRow::needs_attention);
    let unfiltered = rows.len() as u64;
    let part = fold(&query.filter);
    rows.retain(|row| is_listed(row, &part, query.mode));
    if query.descending {
        rows.reverse();
    }
    let total = rows.len() as u64;
    let (page, before) = query.page_of(total);
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let rows = rows.into_iter().skip(number(before)).take(number(query.page_size)).collect();
    DatabasePage { list: Listed { rows, total, unfiltered, page }, observing, needy }
}

/// Returns whether a gate is in a mode, and its name, kind or upstream contains a text.
fn is_listed(row: &GateRow, part: &str, mode: Option<GateMode>) -> bool {
    let texts = [row.key.as_str(), row.kind.title(), row.upstream.as_str()];
    mode.is_none_or(|mode| row.mode == mode) && texts.iter().any(|text| fold(text).contains(part))
}

fn row(gate: &VisibleGate, bindings: &[GateBinding]) -> Option<GateRow> {
    let running = &gate.running;
    let suspended = bindings.iter().filter(|binding| binding.is_suspended(&gate.identity)).count();
    Some(GateRow {
        key: running.name.parse().ok()?,
        kind: running.kind,
        upstream: running.upstream.clone(),
        address: running.address.map(|address| address.to_string()).unwrap_or_default(),
        is_encrypted: running.is_encrypted,
        mode: running.mode,
        health: running.health,
        counts: running.counts,
        rates: running.rates,
        bound: if gate.identity.kind.has_bindings() { bindings.len() as u64 } else { 0 },
        suspended: suspended as u64,
        tokens: Tally::default(),
    })
}

/// Returns what the upstream had at the last comparison and no bucket stands for now: what was bound or adopted since is
/// known. `None` if the gate was for another kind of database then.
///
/// # Errors
/// The database may fail.
async fn compared(
    connection: &mut Connection,
    gate: &VisibleGate,
    last: &LastFound,
) -> Result<Option<Compared>, Error> {
    let mut unknown = match compare(connection, &gate.identity, &last.found, last.at).await {
        Ok(compared) => compared.unknown,
        Err(Error::Gate(GateError::OtherKind)) => return Ok(None),
        Err(error) => return Err(error),
    };
    unknown.retain(|one| gate.running.guards(&one.name));
    let shown = unknown.iter().take(SHOWN).map(UnknownDatabase::place).collect();
    Ok(Some(Compared { at: last.at, unknown: shown, total: unknown.len() as u64 }))
}

/// Returns the 1.x credentials among the refused tokens, with the user names that the caller may see.
///
/// # Errors
/// The database may fail.
async fn refused_v1_credentials(
    connection: &mut Connection,
    caller: &Caller,
    gate: &RunningGate,
) -> Result<Vec<RefusedV1Credential>, Error> {
    let refused: BTreeSet<Id> = gate.refusals.iter().filter_map(|refusal| refusal.token.map(Id::from)).collect();
    if refused.is_empty() {
        return Ok(Vec::new());
    }
    // One query for all of them: most are tokens, which have no user name.
    let labels = jeton_store::audit_list::labels(connection, refused).await?;
    let mut found = Vec::new();
    for label in labels.into_iter().filter(|label| label.username.is_some()) {
        found.extend(v1::refused(connection, caller, label.id).await?);
    }
    Ok(found)
}

fn bound_row(binding: &GateBinding, gate: &VisibleGate) -> BoundRow {
    BoundRow {
        bucket: binding.bucket,
        name: binding.bucket_name.clone(),
        place: if gate.identity.kind.has_bindings() { binding.place() } else { binding.bucket.to_string() },
        suspended: binding.is_suspended(&gate.identity),
    }
}
