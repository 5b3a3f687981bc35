//! Shadows in InfluxDB 1.x: users with privileges on databases, and with tokens that the gate signs.

use std::fmt::Write as _;

use bytes::Bytes;
use http::StatusCode;
use jeton_gate::{Authority, GateUsers, Grants, Statements, UpstreamRequest, UserState};

use crate::{
    counters::UpstreamFailure,
    upstream::{NoResponse, Upstream},
};

use super::{
    Shadow,
    credential::{Credential, SignedCredential},
    issuer::{Answer, Issuer},
};

/// Maximum number of bytes of an answer: a list of all users, or of all databases.
const MOST: usize = 16 * 1024 * 1024;

const FAILED: NoResponse = NoResponse::Failed(UpstreamFailure::Delegation);

/// The users that a gate creates.
pub(super) struct Users(GateUsers);

impl Users {
    pub(super) fn of(instance: &str, gate: &str) -> Self {
        Self(GateUsers::of(instance, gate))
    }

    async fn create_user(&self, upstream: &Upstream, authority: &Authority) -> Result<Shadow, NoResponse> {
        let Authority::User(grants) = authority else { return Err(FAILED) };
        let Some(secret) = upstream.shared_secret().filter(|_| !grants.is_empty()) else { return Err(FAILED) };
        let name = self.0.name(u64::from_be_bytes(jeton_service::random()));
        // It is not kept: the user signs in with tokens alone.
        let password = hexadecimal(jeton_service::random());
        done(upstream, "create", &GateUsers::create(&name, &password)).await?;
        let credential = Credential::Signed(SignedCredential::of(name.clone(), secret.clone()));
        Ok(Shadow { id: name, credential })
    }
}

impl Issuer for Users {
    fn mark(&self) -> &str {
        self.0.prefix()
    }

    fn create<'a>(&'a self, upstream: &'a Upstream, authority: &'a Authority) -> Answer<'a, Shadow> {
        Box::pin(self.create_user(upstream, authority))
    }

    fn takes_long(&self, authority: &Authority) -> bool {
        matches!(authority, Authority::User(grants) if GateUsers::needs_several_requests(grants))
    }

    fn complete<'a>(&'a self, upstream: &'a Upstream, id: &'a str, authority: &'a Authority) -> Answer<'a, ()> {
        Box::pin(grant(upstream, id, authority))
    }

    fn list<'a>(&'a self, upstream: &'a Upstream) -> Answer<'a, Vec<String>> {
        Box::pin(async move {
            let answer = ask(upstream, "list", &GateUsers::list()).await?;
            self.0.listed(&answer).ok_or_else(|| refused("list"))
        })
    }

    fn delete<'a>(&'a self, upstream: &'a Upstream, id: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
            let answer = ask(upstream, "delete", &GateUsers::delete(id)).await?;
            if GateUsers::is_deleted(&answer) { Ok(()) } else { Err(refused("delete")) }
        })
    }

    fn is_active<'a>(&'a self, upstream: &'a Upstream, id: &'a str, authority: &'a Authority) -> Answer<'a, bool> {
        Box::pin(async move {
            let Authority::User(wanted) = authority else { return Err(FAILED) };
            match state(upstream, id).await? {
                UserState::Missing => Ok(false),
                UserState::Holds(held) if held.include(wanted) => Ok(true),
                // A database may have been created, or dropped and created again, since.
                UserState::Holds(held) => Ok(held.include(&existing(upstream, wanted).await?)),
            }
        })
    }
}

async fn grant(upstream: &Upstream, name: &str, authority: &Authority) -> Result<(), NoResponse> {
    let Authority::User(wanted) = authority else { return Err(FAILED) };
    // A privilege on a database that does not exist is refused. Once it exists, the user lacks it, and is replaced.
    let grants = existing(upstream, wanted).await?;
    for statements in GateUsers::grant(name, &grants) {
        done(upstream, "grant", &statements).await?;
    }
    Ok(())
}

async fn existing(upstream: &Upstream, wanted: &Grants) -> Result<Grants, NoResponse> {
    Ok(wanted.within(&databases(upstream).await?))
}

async fn databases(upstream: &Upstream) -> Result<Vec<String>, NoResponse> {
    let answer = ask(upstream, "list databases", &GateUsers::databases()).await?;
    GateUsers::named_databases(&answer).ok_or_else(|| refused("list databases"))
}

async fn state(upstream: &Upstream, name: &str) -> Result<UserState, NoResponse> {
    let answer = ask(upstream, "read", &GateUsers::show(name)).await?;
    GateUsers::shown(&answer).ok_or_else(|| refused("read"))
}

async fn done(upstream: &Upstream, what: &'static str, statements: &Statements) -> Result<(), NoResponse> {
    let answer = ask(upstream, what, statements.request()).await?;
    if statements.succeeded(&answer) { Ok(()) } else { Err(refused(what)) }
}

/// Returns the answer to statements.
async fn ask(upstream: &Upstream, what: &'static str, request: &UpstreamRequest) -> Result<Bytes, NoResponse> {
    let answered = upstream.ask(request, MOST).await?;
    if answered.status == StatusCode::OK { Ok(answered.body) } else { Err(refused(what)) }
}

fn refused(what: &'static str) -> NoResponse {
    tracing::warn!(
        what,
        "a database does not let its gate manage users; give the gate the credential of an administrator"
    );
    FAILED
}

fn hexadecimal(bytes: [u8; 32]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
