//! Accounts that an authority binds to an external account.

use std::{fs, path::Path};

use jeton_service::Clock;
use serde_json::json;
use tempfile::TempDir;

use crate::{binary::Program, home::Home, support::server::Server};

use super::{Authority, certificate, flags, logged, obtained, started};

const KID: &str = "kid-1";
/// A key in base64url.
const KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

/// Returns the flags of the external account.
fn external(key: &Path) -> [String; 2] {
    [format!("--acme-eab-kid={KID}"), format!("--acme-eab-key-file={}", key.display())]
}

#[tokio::test]
async fn an_account_is_bound_to_the_external_one_and_needs_its_key_once() {
    let (home, files) = (Home::sqlite(), TempDir::new().unwrap());
    let key = files.path().join("eab.key");
    fs::write(&key, format!("{KEY}\n")).unwrap();
    let (keys, external) = (json!({KID: KEY}), external(&key));
    let external = external.each_ref().map(String::as_str);
    let Some((authority, server)) = started(&home, Some(&keys), &external).await else { return };
    let root = authority.root().await;
    let first = obtained(server.address, &root).await;
    server.stop().await;
    let account = fs::read_to_string(home.path().join("acme/account.json")).unwrap();
    assert!(account.contains(KID) && !account.contains(KEY), "the key is not stored");

    fs::remove_file(&key).unwrap();
    let flags = flags(authority.directory.port());
    let flags = flags.each_ref().map(String::as_str);
    for more in [&external[..], &[]] {
        let again = Server::start_with(&home, Clock::System, &[&flags[..], more].concat()).await;
        assert_eq!(certificate(again.address, &root).await.unwrap(), first);
        again.stop().await;
    }
}

#[tokio::test]
async fn an_authority_that_requires_an_external_account_is_named_with_the_flags() {
    let Some(authority) = Authority::start(1, Some(&json!({KID: KEY}))).await else { return };
    let home = Home::sqlite();
    let (flags, log) = (flags(authority.directory.port()), home.path().join("log"));
    let _program = Program::start_with(&home, &flags.each_ref().map(String::as_str), &log);
    logged(&log, "the authority requires an external account; set --acme-eab-kid and --acme-eab-key-file").await;
}

#[tokio::test]
async fn a_server_does_not_start_without_the_key_of_its_external_account() {
    let (home, files) = (Home::sqlite(), TempDir::new().unwrap());
    let key = files.path().join("eab.key");
    let external = external(&key);
    let flags = [&["--acme-domain=localhost"][..], &external.each_ref().map(String::as_str)[..]].concat();
    let refusal = async || Server::try_start(&home, Clock::System, &flags).await.err().expect("a refusal").to_string();
    assert!(refusal().await.contains("of --acme-eab-key-file can't be read"));
    fs::write(&key, "hunter2!").unwrap();
    let said = refusal().await;
    assert!(said.contains("in base64url as the authority shows it") && !said.contains("hunter2"), "{said}");
    let lone = Server::try_start(&home, Clock::System, &flags[..2]).await.err().expect("a refusal").to_string();
    assert_eq!(lone, "--acme-eab-kid needs the key of the external account; set --acme-eab-key-file too");
}
