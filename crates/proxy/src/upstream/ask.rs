//! Requests that the gate itself makes, and whose responses it reads whole.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use jeton_gate::UpstreamRequest;
use tokio::time::timeout;

use crate::{
    body::{self, AnyBody},
    counters::UpstreamFailure,
};

use super::{NoResponse, Upstream};

/// Maximum time until a response was read whole.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Maximum number of bytes of a list of databases.
const LIST: usize = 8 * 1024 * 1024;

/// The whole response to a request of the gate itself.
pub(crate) struct WholeResponse {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Upstream {
    /// Sends a request that a decision depends on, with the credential of the gate. `limit`: maximum number of bytes of
    /// the response.
    pub(crate) async fn ask(&self, decided: &UpstreamRequest, limit: usize) -> Result<WholeResponse, NoResponse> {
        let body = match decided.body() {
            jeton_gate::Body::Built(bytes) => body::full(bytes.clone()),
            jeton_gate::Body::Empty | jeton_gate::Body::Streamed => body::empty(),
        };
        let request = self.request(decided, body).ok_or(NoResponse::TooLarge)?;
        self.ask_for(request, limit).await
    }

    /// Requests a list of databases with the credential of the gate; `None` without a successful response.
    pub(crate) async fn list(&self, target: &str) -> Option<Bytes> {
        let answered = self.call(Method::GET, target, None, LIST).await.ok()?;
        answered.status.is_success().then_some(answered.body)
    }

    /// Calls the API of the database with the credential of the gate. `body`: JSON.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        limit: usize,
    ) -> Result<WholeResponse, NoResponse> {
        let has_body = body.is_some();
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        let request = request.body(body.map_or_else(body::empty, body::full));
        let mut request = request.map_err(|_| NoResponse::TooLarge)?;
        if has_body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        self.ask_for(request, limit).await
    }

    async fn ask_for(&self, mut request: Request<AnyBody>, limit: usize) -> Result<WholeResponse, NoResponse> {
        self.authorize(&mut request);
        // The body does not come from a client, who could cut it off.
        let is_cut = Arc::default();
        let answered = async {
            let response = self.send(request, is_cut).await?;
            let status = response.status();
            match Limited::new(response.into_body(), limit).collect().await {
                Ok(whole) => Ok(WholeResponse { status, body: whole.to_bytes() }),
                Err(error) if error.is::<LengthLimitError>() => Err(NoResponse::TooLarge),
                Err(_) => Err(NoResponse::Failed(UpstreamFailure::NoAnswer)),
            }
        };
        let late = Err(NoResponse::Failed(UpstreamFailure::NoAnswer));
        timeout(ANSWER_WITHIN, answered).await.unwrap_or(late)
    }
}
