//! A DBRP mapping as the commands print it, and its path in the API.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error::{Failure, Outcome},
    flags::OrgFlags,
    http::Request,
    output::Shown,
    profiles::Profile,
    url::segment,
};

/// Path of mappings.
pub const PATH: &str = "/api/v2/dbrps";

/// A mapping as the API returns it.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
pub struct Row(Value);

impl Row {
    /// Returns whether it is virtual: implied by a bucket.
    pub fn is_virtual(&self) -> bool {
        self.0.get("virtual").and_then(Value::as_bool).unwrap_or_default()
    }
}

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Database", "Bucket ID", "Retention Policy", "Default", "Organization ID"]
    }

    fn cells(&self) -> Vec<String> {
        let text = |name: &str| match self.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        ["id", "database", "bucketID", "retention_policy", "default", "orgID"].map(text).into()
    }
}

/// Adds the required organization to a request, from the flags or the profile.
pub fn in_org<'a>(request: Request<'a>, profile: &Profile, flags: &OrgFlags) -> Outcome<Request<'a>> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (id, name) = match (given(&flags.org_id), given(&flags.org)) {
        (Some(id), _) if id.parse::<jeton_model::OrgId>().is_ok() => (id, String::new()),
        (Some(name), _) | (None, Some(name)) => (String::new(), name),
        (None, None) if !profile.org.is_empty() => (String::new(), profile.org.clone()),
        (None, None) => return Err(Failure::new("must specify org ID or org name")),
    };
    Ok(request.query("orgID", id).query("org", name))
}

/// Returns the path of one mapping.
pub fn path(id: &str) -> String {
    format!("{PATH}/{}", segment(id))
}
