//! `jeton import influxd` with the key-value store of a real influxd 2.9.1: every client keeps its token, every person
//! their password.

mod again;
mod kept;
mod passwords;
mod refused;

use std::io::Write as _;

use serde_json::json;
use tempfile::NamedTempFile;

use jeton_service::{Caller, Client, Error, auth::v1_credentials::V1Credential};

use crate::{
    home::Home,
    offline::{Said, jeton},
    support::{
        influxd::{self, Influxd},
        server::{Answer, Server},
    },
};

/// alice's operator token.
const OPERATOR: &str = "op-token-of-alice";
/// bob's token "Telegraf, hall 2", which writes one bucket.
const WRITER: &str = "kuVg4-xcAyoDjG01-jKsa80Eu1phdgTXIZSLlKuKi7vhws1_DCFmsdE5OzVWE-l7oWZONnDWLROOKLSxKiEiTA==";
/// alice's inactive token.
const SWITCHED_OFF: &str = "GT1ggCAUg43nqVsBPADJDZzNVUzfmyg56-AG9NULWFGprcHVrWCC3NrIqiISmK-QVMoy4Ll-T6L10wOLXIv9dw==";
const WRITER_ID: &str = "11b604cdd39f7000";
const CREDENTIAL_ID: &str = "11b604cdd71f7000";
const BOB_ID: &str = "11b604cdb41f7000";
const BUCKET: &str = "/api/v2/buckets/ff5e3c7b785d1b16";

/// Imports the backup of a running server.
async fn online(home: &Home, flags: &str) -> Said {
    let influxd = Influxd::with_backup().await;
    jeton(home, &format!("import influxd --url http://{} --token - {flags}", influxd.address), influxd::OPERATOR).await
}

/// Imports a file.
async fn offline(home: &Home, content: &[u8], flags: &str) -> Said {
    let file = stored(content);
    jeton(home, &format!("import influxd --bolt-path {} {flags}", file.path().display()), "").await
}

fn stored(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(content).expect("written");
    file
}

/// Returns the store with other bytes of the same length, also in pages that are no longer in use.
fn replaced<const N: usize>(mut store: Vec<u8>, from: &[u8; N], to: &[u8; N]) -> Vec<u8> {
    let places: Vec<usize> = (0..store.len() - N).filter(|at| store[*at..at + N] == *from).collect();
    assert!(!places.is_empty(), "it is there");
    for at in places {
        store[at..at + N].copy_from_slice(to);
    }
    store
}

async fn write(server: &Server, token: &str) -> Answer {
    server.patch(BUCKET, token, json!({"description": "x"})).await
}

async fn hall3(server: &Server, password: &str) -> Result<Caller, Error> {
    let credential = V1Credential::Password { username: "hall3".into(), password: password.into() };
    server.service.caller_by_v1_credential(Some(credential), Client::default()).await
}

/// Returns the kind of the stored hash of a user's password, such as `argon2id`.
async fn kind_of_password(home: &Home, name: &str) -> String {
    kind_of(home, &format!("SELECT password_hash FROM users WHERE name = '{name}'")).await
}

async fn kind_of_v1_password(home: &Home) -> String {
    kind_of(home, "SELECT password_hash FROM authorizations WHERE username = 'hall3'").await
}

async fn kind_of(home: &Home, query: &str) -> String {
    let hash: Option<String> = sqlx::Row::get(&home.rows(query).await[0], 0);
    hash.as_deref().and_then(|hash| hash.split('$').nth(1)).unwrap_or("none").to_owned()
}
