//! The request that a page or a server function handles.

use std::net::SocketAddr;

use axum::http::{HeaderMap, Uri, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use jeton_http::{error::ApiError, security_headers::INFLUXDB_VERSION, state::AppState};
use jeton_model::{
    OrgId,
    console::{frame::Frame, server_info::ServerInfo, tokens::OrgRef},
};
use jeton_service::{Caller, Client, Service, error::AuthError};

use crate::error::ConsoleError;

/// The request: its caller and client, and the server's state.
#[derive(Clone)]
pub struct Request {
    state: AppState,
    caller: Option<Caller>,
    /// The client that sent the request.
    pub client: Client,
    /// The headers of the request.
    pub headers: HeaderMap,
}

impl Request {
    /// Returns the request that is being handled.
    pub fn current() -> Self {
        Self::of(expect_context::<AppState>(), &expect_context::<Parts>())
    }

    /// Returns the request with this head. Middleware has put its caller and its client beside it.
    pub fn of(state: AppState, parts: &Parts) -> Self {
        Self {
            state,
            caller: parts.extensions.get().cloned(),
            client: parts.extensions.get().cloned().unwrap_or_default(),
            headers: parts.headers.clone(),
        }
    }

    /// Returns the service.
    pub fn service(&self) -> &Service {
        &self.state.service
    }

    /// Returns the server's state.
    pub const fn state(&self) -> &AppState {
        &self.state
    }

    /// Returns whether a user is signed in to the console.
    pub const fn signed_in(&self) -> bool {
        self.caller.is_some()
    }

    /// Returns the user who is signed in to the console.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] if nobody is signed in.
    pub fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or_else(|| self.refuse(AuthError::Unauthenticated))
    }

    /// Returns the URL with which clients of this server are configured.
    pub fn base_url(&self) -> String {
        self.state.settings.base_url(&self.headers).unwrap_or_else(|| "http://localhost:8086".into())
    }

    /// Returns the URL with which clients use a gate that listens on `address`, with TLS if it `is_encrypted`. A gate that
    /// listens on every address gets the host name of this server.
    pub fn gate_url(&self, address: SocketAddr, is_encrypted: bool) -> String {
        let own = self.base_url().parse::<Uri>().ok().and_then(|url| url.host().map(str::to_owned));
        let scheme = if is_encrypted { "https" } else { "http" };
        match own.filter(|_| address.ip().is_unspecified()) {
            Some(host) => format!("{scheme}://{host}:{}", address.port()),
            None => format!("{scheme}://{address}"),
        }
    }

    /// Records a denial in the audit log, if the caller lacked a permission.
    pub fn note(&self, refused: Option<&ApiError>) {
        if let (Some(caller), Some(ApiError::Service(error))) = (&self.caller, refused) {
            self.service().note_refused(caller, error);
        }
    }

    /// Records a denial, sets the response's status, and returns the error.
    fn refuse(&self, error: impl Into<ApiError>) -> ApiError {
        let error = error.into();
        self.note(Some(&error));
        if let Some(options) = use_context::<ResponseOptions>() {
            options.set_status(error.status());
        }
        error
    }

    /// Converts the error of a result for the browser; records a denial and sets the response's status.
    pub fn answer<T>(&self, result: Result<T, impl Into<ApiError>>) -> Result<T, ConsoleError> {
        result.map_err(|error| self.refuse(error).into())
    }

    /// Returns facts about this server.
    pub async fn facts(&self) -> ServerInfo {
        let service = self.service();
        ServerInfo {
            version: env!("CARGO_PKG_VERSION").into(),
            influxdb: INFLUXDB_VERSION.into(),
            database: service.database().into(),
            is_healthy: service.is_healthy().await,
            has_metrics: self.state.settings.has_metrics,
            started: self.state.started,
            now: service.now(),
        }
    }

    /// Returns the data of the frame around an organization's pages.
    pub async fn frame(&self, org: OrgId) -> Result<Frame, ConsoleError> {
        let (service, caller) = (self.service(), self.caller()?);
        let found = self.answer(service.org(caller, org).await)?;
        let places = self.answer(service.places(caller).await)?;
        let counts = self.answer(service.counts(caller, org).await)?;
        Ok(Frame {
            user: caller.user.name.clone(),
            user_id: caller.id(),
            org: OrgRef { id: found.id, name: found.name },
            counts,
            may: service.may(caller, org),
            places,
            base_url: self.base_url(),
        })
    }
}
