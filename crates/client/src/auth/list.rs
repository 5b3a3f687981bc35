//! `jeton auth list`: prints page by page, so that the first tokens appear while the last ones are fetched.

use clap::Args;

use jeton_model::UserId;

use crate::{
    authorization::{Authorization, Authorizations, Row},
    error::{Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags, Session},
    http::{Client, Request},
    output::{Format, hint},
    resolve,
};

use super::delete::path;

/// Number of tokens on the first page: few, so that output appears soon.
const FIRST_PAGE: usize = 100;
const PAGE: usize = 1000;

/// The authorizations to list.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    org: OrgFlags,

    /// Id of the authorization
    #[arg(long, short, value_name = "ID")]
    id: Option<String>,

    /// Name of the owner
    #[arg(long, short, value_name = "NAME")]
    user: Option<String>,

    /// Id or name of the owner
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,

    /// Status of the authorizations; live ones work now: they are active and neither expired nor without active owner
    #[arg(long, value_name = "STATUS", value_parser = ["active", "inactive", "live"])]
    status: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

/// The filters as the API's parameters.
struct Filters {
    user: Option<UserId>,
    user_name: Option<String>,
    org: Option<String>,
    org_name: Option<String>,
    status: Option<String>,
}

impl List {
    /// Prints the tokens in the order of their creation.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        if let Some(id) = self.id.as_deref().filter(|id| !id.is_empty()) {
            let found = session.client.get(path(id)).read::<Authorization>().await;
            let found = found.while_doing(format!("could not find authorization with ID {id:?}"))?;
            let rows = [Row::from(found)];
            session.printer.list(&rows, "null")?;
            explain(&session, lacks_token(&rows));
            return Ok(());
        }
        let filters = self.filters(&session.client).await?;
        let mut listing = session.printer.listing("null");
        let mut after = String::new();
        let mut wanted = FIRST_PAGE;
        let mut lacking = false;
        loop {
            let page = page(&session.client, &filters, &after, wanted).await;
            let page = page.while_doing("could not find authorization with given parameters")?.authorizations;
            let count = page.len();
            // influxd has no pages: its response starts again from the beginning, or is longer than the limit.
            let again = page.first().is_some_and(|first| first.id.as_str() <= after.as_str());
            let last = page.last().map(|last| last.id.clone());
            if !again {
                let rows: Vec<Row> = page.into_iter().map(Row::from).collect();
                listing.add(&rows)?;
                lacking |= lacks_token(&rows);
            }
            match last {
                Some(last) if count == wanted && !again => after = last,
                _ => break,
            }
            wanted = PAGE;
        }
        listing.end()?;
        explain(&session, lacking);
        Ok(())
    }

    async fn filters(&self, client: &Client) -> Outcome<Filters> {
        let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        let user = match given(&self.user_id) {
            Some(user) => Some(resolve::user(client, &user).await?),
            None => None,
        };
        // A name is accepted in the place of an id.
        let (org, other) = match given(&self.org.org_id) {
            Some(text) if text.parse::<jeton_model::OrgId>().is_err() => (None, Some(text)),
            org => (org, None),
        };
        let org_name = given(&self.org.org).or(other);
        Ok(Filters { user, user_name: given(&self.user), org, org_name, status: self.status.clone() })
    }
}

fn lacks_token(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.token.is_empty())
}

/// Tells readers of a table why its column of tokens is empty: a script that takes the third word of a row reads a
/// name.
fn explain(session: &Session, lacking: bool) {
    if lacking && session.printer.format == Format::Table {
        hint(
            "a token is shown once, when it is created, and never in a list; jeton auth create --output env prints a \
             new one for a script",
        );
    }
}

async fn page(client: &Client, filters: &Filters, after: &str, limit: usize) -> Outcome<Authorizations> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let request: Request = client
        .get("/api/v2/authorizations")
        .query("userID", filters.user.map(|user| user.to_string()).unwrap_or_default())
        .query("user", text(&filters.user_name))
        .query("orgID", text(&filters.org))
        .query("org", text(&filters.org_name))
        .query("status", text(&filters.status))
        .query("limit", limit.to_string())
        .query("after", after);
    request.read().await
}
