//! The server's view of a request, for `jeton doctor`.

use axum::http::{HeaderMap, header, request::Parts};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_http::{client_info::is_from_proxy, state::AppState};
use jeton_service::{Client, doctor::PROOF};

/// The server's view of the request; present only if the request proves that its sender holds the audit key.
#[derive(Serialize, ToSchema)]
pub(crate) struct Seen {
    /// The address of the client; missing if it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The peer address of the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<String>,
    /// True if the peer is a trusted proxy.
    trusted: bool,
    /// True if the request has the header in which trusted proxies report the client's address.
    forwarded: bool,
    /// The host that the request names.
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    /// The public URL that applies to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl Seen {
    /// Returns the view of a request; `None` without a valid proof of the doctor.
    pub(crate) fn of(state: &AppState, parts: &Parts) -> Option<Self> {
        let proof = text(&parts.headers, PROOF)?;
        if !state.service.is_doctor(&proof) {
            return None;
        }
        let settings = &state.settings;
        let client = parts.extensions.get::<Client>().cloned().unwrap_or_default();
        Some(Self {
            address: client.address.map(|address| address.to_string()),
            peer: client.peer.map(|peer| peer.to_string()),
            trusted: is_from_proxy(settings, &parts.extensions, client.peer),
            forwarded: parts.headers.contains_key(&settings.forwarded_header),
            host: text(&parts.headers, header::HOST.as_str())
                .or_else(|| parts.uri.authority().map(|authority| authority.as_str().to_owned())),
            url: settings.base_url(&parts.headers),
        })
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
