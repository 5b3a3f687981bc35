//! Export of the audit log: all entries that match a filter, read and sent in portions, never held in memory as a
//! whole.

pub mod entry;

use std::io;

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;

use jeton_model::audit::{AuditQuery, AuditRow, Format, query::AuditScope, sentence};
use jeton_service::{Caller, Error, Service};

use crate::csv::csv_line;

use entry::{EntryBody, entry_body};

/// Number of entries that are read at once.
const AT_ONCE: u32 = 1000;

const fn media_type(format: Format) -> &'static str {
    match format {
        Format::JsonLines => "application/jsonl; charset=utf-8",
        Format::Csv => "text/csv; charset=utf-8; header=present",
    }
}

/// Responds with the file. `within`: limits it to entries of this scope.
pub async fn answer(
    service: &Service,
    caller: &Caller,
    within: Option<AuditScope>,
    query: AuditQuery,
    format: Format,
) -> Result<Response, Error> {
    let requested = query.clone();
    let mut file =
        File { service: service.clone(), caller: caller.clone(), within, query, format, is_done: false, head: true };
    // An error of the first portion has a status of its own; later ones can only abort the response.
    let first = file.next().await?;
    service.record_audit_export(caller, within, &requested, format).await?;
    let rest = stream::try_unfold(file, |mut file| async move {
        let text = file.next().await.map_err(io::Error::other)?;
        Ok::<_, io::Error>(text.map(|text| (text, file)))
    });
    let first = stream::iter(first.map(Ok));
    let headers = [
        (header::CONTENT_TYPE, media_type(format).to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"audit-log.{}\"", format.ending())),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(futures_util::StreamExt::chain(first, rest))).into_response())
}

/// A file that is being written.
struct File {
    service: Service,
    caller: Caller,
    within: Option<AuditScope>,
    query: AuditQuery,
    format: Format,
    is_done: bool,
    /// True if the header line is still to be written.
    head: bool,
}

impl File {
    /// Returns the next part of the file; `None` at its end.
    async fn next(&mut self) -> Result<Option<String>, Error> {
        if self.is_done {
            return Ok(None);
        }
        let rows = self.service.audit_portion(&self.caller, self.within, &self.query, AT_ONCE).await?;
        self.is_done = rows.len() < AT_ONCE as usize;
        self.query.after = rows.last().map(|row| row.seq);
        let mut text = String::new();
        if std::mem::take(&mut self.head) && self.format == Format::Csv {
            text.push_str(&csv_line(&COLUMNS.map(str::to_owned)));
        }
        for row in rows {
            text.push_str(&line(row, self.format));
        }
        Ok(Some(text))
    }
}

fn line(row: AuditRow, format: Format) -> String {
    match format {
        Format::Csv => csv_line(&cells(row)),
        Format::JsonLines => {
            let body: EntryBody = entry_body(row);
            serde_json::to_string(&body).unwrap_or_default() + "\n"
        }
    }
}

const COLUMNS: [&str; 17] = [
    "seq",
    "time",
    "action",
    "what",
    "user id",
    "user",
    "token id",
    "token",
    "token prefix",
    "session",
    "address",
    "organization id",
    "target type",
    "target id",
    "target",
    "detail",
    "hash",
];

fn cells(row: AuditRow) -> [String; 17] {
    let what = sentence(&row).text();
    let (user, token) = (row.actor.user, row.actor.token);
    [
        row.seq.to_string(),
        row.at.to_string(),
        row.action,
        what,
        user.as_ref().map(|user| user.id.to_string()).unwrap_or_default(),
        user.and_then(|user| user.name).unwrap_or_default(),
        token.as_ref().map(|token| token.id.to_string()).unwrap_or_default(),
        token.as_ref().and_then(|token| token.description.clone()).unwrap_or_default(),
        token.and_then(|token| token.prefix).unwrap_or_default(),
        row.actor.session.unwrap_or_default(),
        row.address.unwrap_or_default(),
        row.org.map(|org| org.to_string()).unwrap_or_default(),
        row.target.kind,
        row.target.id.map(|id| id.to_string()).unwrap_or_default(),
        row.target.name.unwrap_or_default(),
        row.detail.to_string(),
        row.hash,
    ]
}
