//! Export of the list of tokens as a file: the filtered tokens in the order of the list, never their secrets.

use std::{collections::VecDeque, io};

use axum::{
    body::Body,
    http::{Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde_json::{Value, json};

use jeton_http::{csv::csv_line, error::ApiError, plain_text::plain_refusal};
use jeton_model::{
    Liveness, OrgId,
    console::{token_query::TokenQuery, tokens::Details},
    grant::{Breadth, TokenKind},
};
use jeton_service::{Bookmark, Caller, Error, Service};

use crate::routes::{self, Export};

use super::request::Request;

/// Streams the file: it is read and sent in portions, which bounds memory.
pub(super) async fn answer(request: &Request, org: OrgId, export: Export, uri: &Uri) -> Response {
    let answer = begin(request, org, export, uri).await;
    request.note(answer.as_ref().err());
    answer.unwrap_or_else(plain_refusal)
}

async fn begin(request: &Request, org: OrgId, export: Export, uri: &Uri) -> Result<Response, ApiError> {
    let (_, pairs) = routes::split(uri.path_and_query().map_or("", |address| address.as_str()));
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let query = TokenQuery::from_parameters(get);
    let (service, caller) = (request.service().clone(), request.caller()?.clone());
    // Callers who may not see the organization's page may not export it either.
    service.org(&caller, org).await?;
    let (rows, end) = service.token_portion(&caller, org, &query, None).await?;
    service.record_token_export(&caller, org, &query, export.ending()).await?;
    let file = File {
        service,
        caller,
        org,
        query,
        export,
        ready: VecDeque::from([Part::Head, Part::Rows(rows, end)]),
        rows: 0,
    };
    let kind = match export {
        Export::Csv => "text/csv; charset=utf-8; header=present",
        Export::Json => "application/json; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"api-tokens.{}\"", export.ending())),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let body = Body::from_stream(stream::try_unfold(file, |mut file| async move {
        let text = file.next().await.map_err(io::Error::other)?;
        Ok::<_, io::Error>(text.map(|text| (text, file)))
    }));
    Ok((headers, body).into_response())
}

/// The next part of the file.
enum Part {
    Head,
    Rows(Vec<Details>, Option<Bookmark>),
    From(Bookmark),
    Foot,
}

/// A file that is being written.
struct File {
    service: Service,
    caller: Caller,
    org: OrgId,
    query: TokenQuery,
    export: Export,
    ready: VecDeque<Part>,
    /// Number of rows written.
    rows: u64,
}

impl File {
    /// Returns the next portion, or `None` at the end.
    async fn next(&mut self) -> Result<Option<String>, Error> {
        let Some(part) = self.ready.pop_front() else { return Ok(None) };
        let (rows, end) = match part {
            Part::Head => return Ok(Some(self.head())),
            Part::Foot => return Ok(Some(self.foot())),
            Part::Rows(rows, end) => (rows, end),
            Part::From(place) => self.service.token_portion(&self.caller, self.org, &self.query, Some(&place)).await?,
        };
        self.ready.push_back(end.map_or(Part::Foot, Part::From));
        let text = rows.iter().map(|row| self.row(row)).collect();
        Ok(Some(text))
    }

    fn head(&self) -> String {
        match self.export {
            Export::Csv => csv_line(&COLUMNS.map(str::to_owned)),
            Export::Json => "[".into(),
        }
    }

    fn row(&mut self, row: &Details) -> String {
        self.rows += 1;
        match self.export {
            Export::Csv => csv_line(&cells(row)),
            Export::Json => format!("{}\n{}", if self.rows == 1 { "" } else { "," }, object(row)),
        }
    }

    fn foot(&self) -> String {
        match self.export {
            Export::Csv => String::new(),
            Export::Json => "\n]\n".into(),
        }
    }
}

const COLUMNS: [&str; 14] = [
    "id",
    "description",
    "prefix",
    "type",
    "permissions",
    "owner",
    "created by",
    "status",
    "state",
    "created",
    "modified",
    "expires",
    "created with",
    "leaked",
];

fn cells(row: &Details) -> [String; 14] {
    let one = &row.authorization;
    let permissions: Vec<String> = row.permissions.iter().map(|named| named.permission.to_string()).collect();
    [
        one.id.to_string(),
        one.description.clone(),
        one.token_prefix.clone().unwrap_or_default(),
        kind(row).name().into(),
        permissions.join(" "),
        row.user_name.clone().unwrap_or_default(),
        row.creator_name.clone().unwrap_or_default(),
        one.status.to_string(),
        state(row.liveness).into(),
        one.created_at.to_string(),
        one.updated_at.to_string(),
        one.expires_at.map(|end| end.to_string()).unwrap_or_default(),
        one.created_with.map(|id| id.to_string()).unwrap_or_default(),
        one.leaked_at.map(|at| at.to_string()).unwrap_or_default(),
    ]
}

fn object(row: &Details) -> Value {
    let one = &row.authorization;
    json!({
        "id": one.id,
        "description": one.description,
        "prefix": one.token_prefix,
        "type": kind(row).name(),
        "permissions": row.permissions.iter().map(|named| named.permission.to_string()).collect::<Vec<_>>(),
        "owner": {"id": one.user, "name": row.user_name},
        "createdBy": {"id": one.created_by, "name": row.creator_name},
        "status": one.status,
        "state": state(row.liveness),
        "createdAt": one.created_at,
        "updatedAt": one.updated_at,
        "expiresAt": one.expires_at,
        "createdWith": one.created_with,
        "leakedAt": one.leaked_at,
    })
}

fn kind(row: &Details) -> TokenKind {
    Breadth::of(&row.authorization.permissions, row.authorization.org).into()
}

const fn state(liveness: Liveness) -> &'static str {
    match liveness {
        Liveness::Live => "live",
        Liveness::Inactive => "inactive",
        Liveness::Leaked => "leaked",
        Liveness::Expired => "expired",
        Liveness::Ended => "ended",
    }
}
