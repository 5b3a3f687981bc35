//! The bindings of a running server, through its API.

use serde::Deserialize;
use serde_json::json;

use jeton_model::{OrgId, binding::check_gate_name};

use crate::{
    error::{Failure, Outcome, WhileDoing as _},
    http::Client,
    resolve,
};

use super::{
    gates,
    row::{BindingRow, ConfirmationRow, ConfirmedRow},
};

/// A bucket, and the database or retention policy to bind it to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The name of the gate.
    pub gate: &'a str,
    /// Name or id of the bucket.
    pub bucket: &'a str,
    /// The name of the database.
    pub database: &'a str,
    /// The retention policy.
    pub policy: Option<&'a str>,
}

#[derive(Deserialize)]
struct Bindings {
    bindings: Vec<BindingRow>,
}

#[derive(Deserialize)]
struct Confirmations {
    buckets: Vec<ConfirmationRow>,
}

/// Returns the bindings of one gate, or of all that the caller may see.
pub async fn list(client: &Client, gate: Option<&str>) -> Outcome<Vec<BindingRow>> {
    let known = gates(client).await?;
    let names: Vec<&str> = gate.map_or_else(|| known.iter().map(|one| one.name.as_str()).collect(), |gate| vec![gate]);
    let mut all = Vec::new();
    for name in names {
        let mode = known.iter().find(|one| one.name == name).map(|one| one.mode.clone());
        all.extend(of_gate(client, name).await?.into_iter().map(|row| BindingRow { mode: mode.clone(), ..row }));
    }
    Ok(all)
}

/// Binds a bucket.
pub async fn bind(client: &Client, place: Place<'_>) -> Outcome<BindingRow> {
    let org = org_of(client, place.gate).await?;
    let bucket = resolve::bucket(client, place.bucket, org).await?;
    let mut body = json!({"bucketID": bucket, "database": place.database});
    if let Some(policy) = place.policy {
        body["retentionPolicy"] = json!(policy);
    }
    let bound = client.post(path(place.gate)).json(&body).read().await;
    bound.while_doing(format!("failed to bind bucket {:?}", place.bucket))
}

/// Ends the binding of a bucket.
pub async fn unbind(client: &Client, gate: &str, bucket: &str) -> Outcome<BindingRow> {
    let bound = binding(client, gate, bucket).await?;
    let ended = client.delete(format!("{}/{}", path(gate), bound.bucket_id)).done().await;
    ended.while_doing(format!("failed to unbind bucket {bucket:?}"))?;
    Ok(bound)
}

/// Makes a suspended bucket available again.
pub async fn confirm(client: &Client, gate: &str, bucket: &str) -> Outcome<ConfirmedRow> {
    let bound = binding(client, gate, bucket).await?;
    let confirmed = client.post(format!("{}/{}/confirm", path(gate), bound.bucket_id)).done().await;
    confirmed.while_doing(format!("failed to confirm bucket {bucket:?}"))?;
    Ok(ConfirmedRow { id: bound.bucket_id, name: bound.bucket })
}

/// Makes the suspended buckets of a gate available again whose database is there again. Returns the outcome for each.
pub async fn confirm_all(client: &Client, gate: &str) -> Outcome<Vec<ConfirmationRow>> {
    check_gate_name(gate)?;
    let confirmed: Outcome<Confirmations> = client.post(format!("/api/v2/gates/{gate}/confirm")).read().await;
    Ok(confirmed.while_doing(format!("failed to confirm the buckets of gate {gate:?}"))?.buckets)
}

fn path(gate: &str) -> String {
    format!("/api/v2/gates/{gate}/bindings")
}

async fn of_gate(client: &Client, gate: &str) -> Outcome<Vec<BindingRow>> {
    check_gate_name(gate)?;
    let found: Outcome<Bindings> = client.get(path(gate)).read().await;
    Ok(found.while_doing("failed to list bindings")?.bindings)
}

/// Returns a binding by the name or the id of its bucket.
async fn binding(client: &Client, gate: &str, bucket: &str) -> Outcome<BindingRow> {
    let bindings = of_gate(client, gate).await?;
    let named = bindings.iter().find(|one| one.bucket == bucket);
    let found = named.or_else(|| bindings.iter().find(|one| one.bucket_id == bucket)).cloned();
    let unbound = || Failure::new(format!("the bucket is not bound at gate \"{gate}\""));
    found.ok_or_else(|| unbound().hint("jeton gate list prints all bindings"))
}

async fn org_of(client: &Client, gate: &str) -> Outcome<OrgId> {
    let found = gates(client).await?.into_iter().find(|one| one.name == gate);
    found.map(|one| one.org).ok_or_else(|| Failure::new(format!("gate \"{gate}\" not found")))
}
