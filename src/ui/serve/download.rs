//! What is saved as a file, by a link.

use axum::{
    extract::{Path, Request, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    model::{Error, TelegrafId},
    server::{AppState, pages::plain_refusal},
    ui::request::Request as PageRequest,
};

/// The text of a telegraf configuration.
pub(super) async fn telegraf(State(state): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let page = PageRequest::of(state, &parts);
    let found = async {
        let id: TelegrafId = id.parse().map_err(|_| Error::TelegrafNotFound)?;
        page.service().telegraf(page.caller()?, id).await
    };
    match found.await {
        Ok(telegraf) => {
            let disposition = format!("attachment; filename=\"{}\"", telegraf.file_name());
            let headers = [
                (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, telegraf.config).into_response()
        }
        Err(Error::Unauthenticated) => Redirect::to("/sign-in").into_response(),
        Err(error) => plain_refusal(&error).into_response(),
    }
}
