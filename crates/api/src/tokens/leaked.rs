//! `/api/v2/tokens/leaked`: reports of leaked tokens, by scanners and by people who find one.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use jeton_http::{error::ApiError, json_response::indented, state::AppState};
use jeton_model::{
    AuthorizationId,
    leaked::{Finding, LeakOutcome},
};
use jeton_service::tokens::leaked::Reported;

use crate::{
    extractors::Caller,
    form::media_type,
    json::{read, read_body},
    openapi::schema::{BadRequest, Conflict, Gated, TooLarge, TooManyReports},
    session::no_store,
};

/// Leaked tokens.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = LeakedTokens)]
struct PostBody {
    /// At most 1,000 strings; each is looked up unchanged.
    #[schema(required, max_items = 1000)]
    tokens: Option<Vec<SecretText>>,
}

/// A string that may be a token. Its value is not logged.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = String)]
struct SecretText(SecretString);

/// Result of a report.
#[derive(Serialize, ToSchema)]
#[schema(as = LeakedAnswers)]
pub struct AnswerBody {
    tokens: Vec<FindingBody>,
}

/// Outcome for one reported string.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LeakedAnswer)]
struct FindingBody {
    /// Position in the list of strings, or among the tokens found in the text, counted from 0.
    position: u64,
    /// Line of its first occurrence in the text, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    line: Option<u64>,
    /// First characters of the string, to recognise it; empty if they would reveal too much of it.
    #[schema(examples("jtn_k7Vn"))]
    prefix: String,
    /// `deactivated`: the token worked and was deactivated. `alreadyDead`: the token did not work any more. `unknown`:
    /// not a token of this server. `damaged`: has the form of a token, but a wrong checksum.
    result: LeakOutcome,
    /// The authorization, if the caller may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<AuthorizationId>,
    /// Number of tokens and 1.x credentials that were created with the token, directly or through others, and still
    /// work; absent if there are none. `POST /api/v2/authorizations/{authID}/descendants/deactivate` deactivates them.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    live_descendants: u64,
    /// Ids of those of them that the caller may read, at most 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    descendants: Vec<AuthorizationId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl From<Finding> for FindingBody {
    fn from(finding: Finding) -> Self {
        let Finding { position, line, prefix, fate, id, live_descendants, descendants } = finding;
        Self { position, line, prefix, result: fate, id, live_descendants, descendants }
    }
}

/// Report leaked tokens
///
/// Looks up every string and deactivates the tokens that work; they can never be activated again. Needs a credential
/// that works, but no permission: any holder of a token may revoke it. The body is a JSON list of strings, or as
/// `text/plain` a text that contains tokens, such as a log. In a text, tokens are found by their form; of the other
/// words (at most 10,000 different ones), the response contains only those that are tokens. Rate limit: 50,000 strings
/// an hour from one address; a report counts as at least 50. Not in InfluxDB.
#[utoipa::path(post, path = "/api/v2/tokens/leaked", tag = "Tokens", operation_id = "PostTokensLeaked",
    request_body(content((PostBody = "application/json"), (String = "text/plain"))),
    responses((status = 200, description = "The outcome for each string.", body = AnswerBody), BadRequest, Conflict, TooLarge, TooManyReports, Gated))]
pub async fn report(
    State(state): State<AppState>,
    Caller(caller): Caller,
    headers: HeaderMap,
    request: Body,
) -> Result<Response, ApiError> {
    let reported = match media_type(&headers).as_deref() {
        Some("text/plain") => {
            let bytes = read_body(request).await?;
            Reported::Text(String::from_utf8_lossy(&bytes).into_owned().into())
        }
        _ => {
            let PostBody { tokens } = read(request, not_json).await?;
            let missing =
                || ApiError::Json("tokens is missing: send {\"tokens\": [\"…\"]}, or a text as text/plain".into());
            Reported::Tokens(tokens.ok_or_else(missing)?.into_iter().map(|text| text.0).collect())
        }
    };
    let findings = state.service.report_leaked(&caller, &reported).await?;
    let tokens = findings.into_iter().map(FindingBody::from).collect();
    Ok(no_store(indented(StatusCode::OK, &AnswerBody { tokens })))
}

fn not_json(reason: String) -> ApiError {
    ApiError::Json(format!("{reason}; send {{\"tokens\": [\"…\"]}}, or a text as text/plain"))
}
