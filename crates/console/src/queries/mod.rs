//! Queries: server functions that load the data of the pages.

mod about;
mod account;
mod audit;
mod buckets;
mod databases;
mod filters;
mod history;
mod orgs;
mod people;
mod telegrafs;
mod tokens;

use leptos::{
    prelude::*,
    server_fn::codec::{Json, Postcard},
};

use jeton_model::{OrgId, console::frame::Frame};

use crate::error::ConsoleError;

#[cfg(feature = "ssr")]
use crate::ssr::request::Request;

pub use about::load_about;
pub use account::load_own_sessions;
#[cfg(feature = "ssr")]
pub use audit::LoadNewerEntries;
pub use audit::{load_audit, load_newer_entries};
pub use buckets::{load_bucket, load_buckets};
pub use databases::{load_database, load_databases, load_explanation};
pub use filters::load_filter_choices;
pub use history::load_history;
pub use orgs::{Start, load_org, load_org_rules, load_orgs, load_out_of_line, load_start};
pub use people::{load_addable, load_leaving, load_member, load_members, load_user, load_user_sessions, load_users};
pub use telegrafs::{check_toml, load_bucket_names, load_telegraf, load_telegraf_text, load_telegrafs};
pub use tokens::{Picker, load_details, load_picker, load_prefill, load_ruling, load_tokens};

/// Returns the data of the frame around an organization's pages.
#[server(input = Json, output = Postcard)]
pub async fn load_frame(org: OrgId) -> Result<Frame, ConsoleError> {
    Request::current().frame(org).await
}
