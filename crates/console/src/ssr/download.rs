//! Downloads: texts and lists as files.

use axum::{
    extract::{Path, Request, State},
    http::{Uri, header},
    response::{IntoResponse, Redirect, Response},
};

use jeton_http::{audit_export, error::ApiError, plain_text::plain_refusal, state::AppState};
use jeton_model::{
    OrgId, TelegrafId,
    audit::{AuditQuery, Format, query::AuditScope},
};
use jeton_service::{
    Error,
    error::{AuthError, TelegrafError},
};

use crate::routes;

use super::request::Request as PageRequest;

/// Handles the download of a telegraf configuration's text.
pub(super) async fn telegraf(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let page = PageRequest::of(state, &parts);
    let found = async {
        let id: TelegrafId = id.parse().map_err(|_| Error::Telegraf(TelegrafError::NotFound))?;
        Ok::<_, ApiError>(page.service().telegraf(page.caller()?, id).await?)
    };
    let found = found.await;
    page.note(found.as_ref().err());
    match found {
        Ok(telegraf) => {
            let disposition = format!("attachment; filename=\"{}\"", telegraf.file_name());
            let headers = [
                (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, telegraf.config).into_response()
        }
        Err(ApiError::Service(Error::Auth(AuthError::Unauthenticated))) => {
            Redirect::to(&routes::address_of("/sign-in")).into_response()
        }
        Err(error) => plain_refusal(error),
    }
}

/// Handles the export of an organization's audit log with the page's filters, from the newest entry on.
pub(super) async fn audit_log(request: &PageRequest, org: OrgId, format: Format, uri: &Uri) -> Response {
    let (_, pairs) = routes::split(uri.path_and_query().map_or("", |address| address.as_str()));
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let query = AuditQuery { after: None, before: None, ..AuditQuery::from_parameters(get) };
    let answer = async {
        let (service, caller) = (request.service(), request.caller()?);
        // Callers who may not see the organization's page may not export it either.
        service.org(caller, org).await?;
        Ok::<_, ApiError>(audit_export::answer(service, caller, Some(AuditScope::OrgOrNone(org)), query, format).await?)
    };
    let answer = answer.await;
    request.note(answer.as_ref().err());
    answer.unwrap_or_else(plain_refusal)
}
