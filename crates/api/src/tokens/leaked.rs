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
    AuthorizationId, Error,
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

/// Tokens that leaked.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = LeakedTokens)]
struct PostBody {
    /// At most 1,000 strings; each is looked up as it is.
    #[schema(required, max_items = 1000)]
    tokens: Option<Vec<SecretText>>,
}

/// A string that is not kept longer than needed, and not printed.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = String)]
struct SecretText(SecretString);

/// What became of them.
#[derive(Serialize, ToSchema)]
#[schema(as = LeakedAnswers)]
pub struct AnswerBody {
    tokens: Vec<FindingBody>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LeakedAnswer)]
struct FindingBody {
    /// Its place among the strings, or among what was found in the text, counted from 0.
    position: u64,
    /// The line of the text it stands in first, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    line: Option<u64>,
    /// Its first characters, to recognise it by; empty where these would say too much.
    #[schema(examples("jtn_k7Vn"))]
    prefix: String,
    /// `deactivated`: it worked, and works no longer. `alreadyDead`: it did not work any more. `unknown`: no token of this
    /// server. `damaged`: the form of one, but a part of it was changed.
    result: LeakOutcome,
    /// The authorization, if the caller may read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<AuthorizationId>,
    /// How many tokens and 1.x credentials that were created with it, directly or through others, still work; left out
    /// where there is none. `POST /api/v2/authorizations/{authID}/descendants/deactivate` stops them.
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(required = false)]
    live_descendants: u64,
    /// Those of them that the caller may read, at most 100.
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
/// Every string is looked up, and the tokens that work are deactivated, whoever asks: holding a token entitles to revoke
/// it. They stay inactive: nothing activates them again. Needs a credential that works, and no permission. Either a JSON list, or as `text/plain` a text that contains
/// some, such as a log: there, tokens are found by their form, and of the other words (at most 10,000 different ones)
/// only those that are tokens are answered. An address may have 50,000 strings looked up an hour; a report counts as at
/// least 50.
#[utoipa::path(post, path = "/api/v2/tokens/leaked", tag = "Tokens", operation_id = "PostTokensLeaked",
    request_body(content((PostBody = "application/json"), (String = "text/plain"))),
    responses((status = 200, description = "What became of each.", body = AnswerBody), BadRequest, Conflict, TooLarge, TooManyReports, Gated))]
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
                || Error::BadJson("tokens is missing: send {\"tokens\": [\"…\"]}, or a text as text/plain".into());
            Reported::Tokens(tokens.ok_or_else(missing)?.into_iter().map(|text| text.0).collect())
        }
    };
    let findings = state.service.report_leaked(&caller, &reported).await?;
    let tokens = findings.into_iter().map(FindingBody::from).collect();
    Ok(no_store(indented(StatusCode::OK, &AnswerBody { tokens })))
}

fn not_json(reason: String) -> Error {
    Error::BadJson(format!("{reason}; send {{\"tokens\": [\"…\"]}}, or a text as text/plain"))
}
