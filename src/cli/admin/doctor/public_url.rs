//! Checks that the public URLs lead to this server, with the headers of the proxy and a valid certificate.

use std::{error::Error, net::IpAddr, time::Duration};

use http::{HeaderName, header::FORWARDED};
use reqwest::{Client, redirect::Policy, tls::TlsInfo};
use serde::Deserialize;
use url::Url;

use jeton_client::http::use_ring;
use jeton_model::Timestamp;
use jeton_service::{AuditKey, doctor::PROOF};

use crate::{config::Config, server::certificate::not_after};

use super::{certificate::judge, finding::Finding};

const PROXY: &str = "public URL";

/// Maximum time for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// An address that is reserved for documentation, which no client has: a server that sees it trusts a header of the
/// client.
const FORGED: &str = "192.0.2.77";

/// Requests the server's view of a request by each public URL.
pub(super) async fn examine(config: &Config, key: Option<&AuditKey>, now: Timestamp) -> Vec<Finding> {
    if config.public_url.is_empty() {
        let sentence = "no public URL is set, so nothing was asked; set --public-url if there is a reverse proxy";
        return vec![Finding::warning(PROXY, sentence)];
    }
    let Some(key) = key else {
        return vec![Finding::failed(PROXY, "without the audit key, the server does not say what it sees; see above")];
    };
    use_ring();
    let client = Client::builder().redirect(Policy::none()).timeout(ANSWER_WITHIN).tls_info(true).build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return vec![Finding::failed(PROXY, format!("no request can be made: {}", causes(&error)))],
    };
    let proof = key.doctor_proof(now);
    let mut findings = Vec::new();
    for url in &config.public_url {
        let requested = Check { url: url.url(), client: &client, proof: &proof, header: &config.forwarded_header };
        findings.extend(requested.examine(now).await);
    }
    findings
}

/// A public URL to examine.
struct Check<'a> {
    url: &'a Url,
    client: &'a Client,
    proof: &'a str,
    /// The header in which proxies report the client's address.
    header: &'a HeaderName,
}

/// The answer of `/health`.
#[derive(Deserialize)]
struct Health {
    seen: Option<Seen>,
}

/// The server's view of a request.
#[derive(Debug, Deserialize)]
struct Seen {
    address: Option<IpAddr>,
    peer: Option<IpAddr>,
    trusted: bool,
    forwarded: bool,
    host: Option<String>,
    url: Option<String>,
}

impl Check<'_> {
    async fn examine(&self, now: Timestamp) -> Vec<Finding> {
        let shown = self.shown();
        let (plain, certificate) = match self.ask(false).await {
            Ok(answered) => answered,
            Err(sentence) => return vec![Finding::failed(PROXY, sentence)],
        };
        let forged = match self.ask(true).await {
            Ok((forged, _)) => forged,
            Err(sentence) => return vec![Finding::failed(PROXY, sentence)],
        };
        let mut findings = match fault(&self.authority(), &shown, &plain, &forged) {
            Some(sentence) => vec![Finding::failed(PROXY, sentence)],
            None => {
                let from = plain.address.map_or_else(|| "an unknown address".into(), |address| address.to_string());
                vec![Finding::ok(PROXY, format!("{shown} reaches this server, which sees {from} as the client"))]
            }
        };
        findings.extend(certificate.map(|der| judge(&shown, not_after(&der), now)));
        findings
    }

    /// Requests the server's view of a request. `forges`: sends a forged forwarded header, as a client may.
    async fn ask(&self, forges: bool) -> Result<(Seen, Option<Vec<u8>>), String> {
        let shown = self.shown();
        let mut request = self.client.get(format!("{shown}/health")).header(PROOF, self.proof);
        if forges {
            let is_standard = *self.header == FORWARDED;
            let value = if is_standard { format!("for={FORGED}") } else { FORGED.to_owned() };
            request = request.header(self.header.clone(), value);
        }
        let unreachable = |error: reqwest::Error| {
            format!("{shown} can't be reached: {}; start the server, or mend the proxy", causes(&error))
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let certificate =
            response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate).map(<[u8]>::to_vec);
        let text = response.text().await.map_err(unreachable)?;
        let seen = serde_json::from_str::<Health>(&text).ok().and_then(|health| health.seen);
        let other = || {
            format!(
                "{shown}/health is not answered by a server with this audit key (status {status}); let the proxy pass \
                 requests with all headers to this server, and compare the clocks of both"
            )
        };
        seen.map(|seen| (seen, certificate)).ok_or_else(other)
    }

    /// Returns the URL without a slash at the end.
    fn shown(&self) -> String {
        self.url.as_str().trim_end_matches('/').to_owned()
    }

    /// Returns the host, with the port if it is not the usual one.
    fn authority(&self) -> String {
        let url = self.url;
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// Returns the problem of the server's view, with the remedy. `authority`: the host of the public URL; `shown`: the
/// URL; `forged`: the view of a request with a forged header.
fn fault(authority: &str, shown: &str, plain: &Seen, forged: &Seen) -> Option<String> {
    let peer = plain.peer.map_or_else(|| "an unknown address".into(), |peer| peer.to_string());
    let host = plain.host.as_deref().unwrap_or_default();
    if host != authority {
        return Some(format!(
            "the server sees the host {host:?} for {shown}; let the proxy pass the host on (nginx: proxy_set_header \
             Host $host)"
        ));
    }
    if plain.url.as_deref().is_some_and(|seen| seen.trim_end_matches('/') != shown) {
        return Some(format!(
            "the running server has another public URL for {shown}; start it with the settings of this command"
        ));
    }
    if forged.address.is_some_and(|address| address.to_string() == FORGED) {
        return Some(format!(
            "the server believes what clients of {shown} say about their address; let the proxy {peer} add the \
             client's address to the forwarded header or replace it, and remove other addresses from --trusted-proxies"
        ));
    }
    if plain.forwarded && !plain.trusted {
        return Some(format!(
            "requests to {shown} come from the proxy {peer}, which is not trusted: all clients seem to have its \
             address; set --trusted-proxies {peer}"
        ));
    }
    if plain.trusted && !plain.forwarded {
        return Some(format!(
            "the proxy {peer} does not report the client's address of requests to {shown}; let it set the forwarded \
             header (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for)"
        ));
    }
    if plain.address.is_none() {
        return Some(format!(
            "the proxy {peer} reports no address of the client for {shown}; let it write an IP address into the \
             forwarded header"
        ));
    }
    None
}

/// Returns an error and its causes, outermost first.
fn causes(error: &reqwest::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(cause.to_string());
        source = cause.source();
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(address: &str, peer: &str, trusted: bool, forwarded: bool) -> Seen {
        Seen {
            address: address.parse().ok(),
            peer: peer.parse().ok(),
            trusted,
            forwarded,
            host: Some("tokens.example.com".into()),
            url: Some("https://tokens.example.com".into()),
        }
    }

    fn said(plain: Seen, forged: &Seen) -> String {
        fault("tokens.example.com", "https://tokens.example.com", &plain, forged).unwrap_or_default()
    }

    #[test]
    fn a_proxy_that_adds_the_address_and_one_that_is_none_are_well() {
        for well in [seen("10.0.0.9", "10.0.0.1", true, true), seen("10.0.0.9", "10.0.0.9", false, false)] {
            let forged = seen("10.0.0.9", "10.0.0.1", true, true);
            assert_eq!(said(well, &forged), "");
        }
    }

    #[test]
    fn each_mistake_of_a_proxy_is_told_with_its_remedy() {
        let well = || seen("10.0.0.9", "10.0.0.1", true, true);
        let host = Seen { host: Some("jeton:8086".into()), ..well() };
        let url = Seen { url: Some("https://other.example.com".into()), ..well() };
        for (plain, forged, remedy) in [
            (host, well(), "proxy_set_header Host"),
            (url, well(), "start it with the settings"),
            (well(), seen(FORGED, "10.0.0.1", true, true), "or replace it"),
            (seen("10.0.0.1", "10.0.0.1", false, true), well(), "set --trusted-proxies 10.0.0.1"),
            (seen("10.0.0.1", "10.0.0.1", true, false), well(), "proxy_set_header X-Forwarded-For"),
            (seen("", "10.0.0.1", true, true), well(), "write an IP address"),
        ] {
            let said = said(plain, &forged);
            assert!(said.contains(remedy), "{remedy}: {said}");
        }
    }
}
