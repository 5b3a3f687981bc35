//! Exports of lists and of the audit log, which are recorded before the first byte is sent.

use jeton_model::{
    OrgId,
    audit::{AuditQuery, Format, query::AuditScope},
    console::token_query::TokenQuery,
    token::redact,
};

use crate::{Caller, Error, Service};

use super::{Event, detail::log::Exported};

impl Service {
    /// Records that a caller exports an organization's tokens. `format`: the file's extension.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn record_token_export(
        &self,
        caller: &Caller,
        org: OrgId,
        query: &TokenQuery,
        format: &str,
    ) -> Result<(), Error> {
        let (mut change, _) = self.begin(caller).await?;
        let detail = detail(format, query.filter_parameters());
        change.record(Event::TokensExported, Some(org), org, detail).await?;
        change.commit().await
    }

    /// Records that a caller exports the audit log. `within`: the exported part of it.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn record_audit_export(
        &self,
        caller: &Caller,
        within: Option<AuditScope>,
        query: &AuditQuery,
        format: Format,
    ) -> Result<(), Error> {
        let org = within.map(|(AuditScope::Org(org) | AuditScope::OrgOrNone(org))| org);
        let (mut change, _) = self.begin(caller).await?;
        let detail = detail(format.ending(), query.parameters());
        change.record_without_subject(Event::AuditExported, org, detail).await?;
        change.commit().await
    }
}

/// The format and the filter's query parameters, with pasted tokens redacted.
fn detail<'a>(format: &'a str, filter: Vec<(&str, String)>) -> Exported<'a> {
    let filter: Vec<String> = filter.into_iter().map(|(name, value)| format!("{name}={}", redact(&value))).collect();
    Exported { format, filter }
}

#[cfg(test)]
mod tests {
    use jeton_model::token::NewToken;

    use super::*;

    #[test]
    fn the_filter_of_a_file_holds_no_token() {
        let token = NewToken::generate([5; 32]);
        let detail = detail("csv", vec![("status", "active".into()), ("searchTerm", token.expose().into())]);
        assert_eq!(detail.filter[0], "status=active");
        assert!(!detail.filter.concat().contains(token.expose()));
    }
}
