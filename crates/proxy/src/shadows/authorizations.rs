//! Shadows in InfluxDB 2: authorizations that are created, listed and deleted through the database's own API.

use std::future::ready;

use http::{HeaderValue, Method, StatusCode};
use jeton_gate::{Authority, Delegated};
use jeton_model::{AuthorizationId, binding::shadow_description};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    counters::UpstreamFailure,
    upstream::{NoResponse, Upstream},
};

use super::{
    Shadow,
    credential::Credential,
    issuer::{Answer, Issuer},
};

/// The path of authorizations.
const PATH: &str = "/api/v2/authorizations";
/// Maximum number of bytes of an answer about one authorization, which names each of its buckets.
const ONE: usize = 16 * 1024 * 1024;
/// Maximum number of bytes of the list of all authorizations, which is not paginated.
const ALL: usize = 128 * 1024 * 1024;

const FAILED: NoResponse = NoResponse::Failed(UpstreamFailure::Delegation);

#[derive(Deserialize)]
struct Created {
    id: AuthorizationId,
    token: SecretString,
}

#[derive(Deserialize)]
struct List {
    authorizations: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: AuthorizationId,
    description: Option<String>,
}

#[derive(Deserialize)]
struct State {
    status: String,
}

/// The authorizations that a gate creates. They are recognized by their description.
pub(super) struct Authorizations {
    description: String,
}

impl Authorizations {
    pub(super) fn of(instance: &str, gate: &str) -> Self {
        Self { description: shadow_description(instance, gate) }
    }
}

impl Issuer for Authorizations {
    fn mark(&self) -> &str {
        &self.description
    }

    fn create<'a>(&'a self, upstream: &'a Upstream, authority: &'a Authority) -> Answer<'a, Shadow> {
        Box::pin(async move {
            let Authority::Caller(rights) = authority else { return Err(FAILED) };
            create(upstream, &self.description, rights).await
        })
    }

    fn takes_long(&self, _: &Authority) -> bool {
        false
    }

    fn complete<'a>(&'a self, _: &'a Upstream, _: &'a str, _: &'a Authority) -> Answer<'a, ()> {
        Box::pin(ready(Ok(())))
    }

    fn list<'a>(&'a self, upstream: &'a Upstream) -> Answer<'a, Vec<String>> {
        Box::pin(with_description(upstream, &self.description))
    }

    fn delete<'a>(&'a self, upstream: &'a Upstream, id: &'a str) -> Answer<'a, ()> {
        Box::pin(delete(upstream, id))
    }

    fn is_active<'a>(&'a self, upstream: &'a Upstream, id: &'a str, _: &'a Authority) -> Answer<'a, bool> {
        Box::pin(is_active(upstream, id))
    }
}

/// Creates an authorization with these permissions: on named buckets, each with its organization.
async fn create(upstream: &Upstream, description: &str, rights: &Delegated) -> Result<Shadow, NoResponse> {
    if rights.permissions.is_empty() {
        return Err(FAILED);
    }
    let answered = upstream.call(Method::POST, PATH, Some(body(description, rights)), ONE).await?;
    if answered.status != StatusCode::CREATED {
        return Err(refused("create", answered.status));
    }
    let created: Created = serde_json::from_slice(&answered.body).map_err(|_| FAILED)?;
    let mut credential =
        HeaderValue::from_str(&format!("Token {}", created.token.expose_secret())).map_err(|_| FAILED)?;
    credential.set_sensitive(true);
    Ok(Shadow { id: created.id.to_string(), credential: Credential::Given(credential) })
}

fn body(description: &str, rights: &Delegated) -> String {
    let permission = |(action, bucket): &(jeton_model::Action, jeton_model::BucketId)| {
        let resource = json!({ "type": "buckets", "id": bucket, "orgID": rights.org });
        json!({ "action": action, "resource": resource })
    };
    let permissions: Vec<Value> = rights.permissions.iter().map(permission).collect();
    json!({ "orgID": rights.org, "description": description, "permissions": permissions }).to_string()
}

/// Returns the authorizations with a description.
async fn with_description(upstream: &Upstream, description: &str) -> Result<Vec<String>, NoResponse> {
    let answered = upstream.call(Method::GET, PATH, None, ALL).await?;
    if answered.status != StatusCode::OK {
        return Err(refused("list", answered.status));
    }
    let list: List = serde_json::from_slice(&answered.body).map_err(|_| FAILED)?;
    let described = list.authorizations.into_iter().filter(|one| one.description.as_deref() == Some(description));
    Ok(described.map(|one| one.id.to_string()).collect())
}

/// Deletes an authorization. One that does not exist counts as deleted.
async fn delete(upstream: &Upstream, id: &str) -> Result<(), NoResponse> {
    let answered = upstream.call(Method::DELETE, &format!("{PATH}/{id}"), None, ONE).await?;
    match answered.status {
        StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
        status => Err(refused("delete", status)),
    }
}

/// Returns whether an authorization exists and is active.
async fn is_active(upstream: &Upstream, id: &str) -> Result<bool, NoResponse> {
    let answered = upstream.call(Method::GET, &format!("{PATH}/{id}"), None, ONE).await?;
    match answered.status {
        StatusCode::NOT_FOUND => Ok(false),
        StatusCode::OK => {
            let state: State = serde_json::from_slice(&answered.body).map_err(|_| FAILED)?;
            Ok(state.status == "active")
        }
        status => Err(refused("read", status)),
    }
}

fn refused(what: &'static str, status: StatusCode) -> NoResponse {
    let status = status.as_u16();
    tracing::warn!(what, status, "a database does not let its gate manage authorizations; give it an operator token");
    FAILED
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jeton_model::{Action, BucketId, Id, OrgId};

    use super::*;

    #[test]
    fn permissions_name_their_bucket_and_organization() {
        let id = |number| Id::new(number).unwrap();
        let permissions = BTreeSet::from([(Action::Read, BucketId(id(0xb1))), (Action::Write, BucketId(id(0xb2)))]);
        let sent = body("jeton gate 1/plant", &Delegated { org: OrgId(id(0xa)), permissions });
        let permission = |action: &str, bucket: &str| {
            json!({
                "action": action,
                "resource": { "type": "buckets", "id": bucket, "orgID": "000000000000000a" },
            })
        };
        let wanted = json!({
            "orgID": "000000000000000a",
            "description": "jeton gate 1/plant",
            "permissions": [permission("read", "00000000000000b1"), permission("write", "00000000000000b2")],
        });
        assert_eq!(serde_json::from_str::<Value>(&sent).unwrap(), wanted);
    }
}
