//! Authorizations as the API returns them and as `influx` prints them (docs/influxdb-compatibility.md §7.4, §7.8).

use serde::{Deserialize, Serialize};

use jeton_model::{
    Action, Id, OrgId, Permission, Resource, ResourceType, Timestamp,
    describe::{Home, Named},
    grant::Breadth,
};

use crate::output::Shown;

/// An authorization as the API returns it; members that InfluxDB does not have may be missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    /// Id of the authorization.
    pub id: String,
    /// The secret if it was just created; the user name of a 1.x credential.
    #[serde(default)]
    pub token: String,
    /// `active` or `inactive`.
    #[serde(default)]
    pub status: String,
    /// Description of the token.
    #[serde(default)]
    pub description: String,
    /// Id of the organization.
    #[serde(rename = "orgID")]
    pub org_id: OrgId,
    /// Name of the organization.
    #[serde(default)]
    pub org: String,
    /// Id of the owner.
    #[serde(rename = "userID", default)]
    pub user_id: String,
    /// Name of the owner.
    #[serde(default)]
    pub user: String,
    /// Permissions of the token.
    #[serde(default)]
    pub permissions: Vec<ListedPermission>,
    /// Time at which it was created.
    pub created_at: Option<Timestamp>,
    /// Expiry of the token; `None` if it never expires.
    pub expires_at: Option<Timestamp>,
    /// Time of the last use of the token.
    pub last_used_at: Option<Timestamp>,
    /// Address of the client that last used the token.
    pub last_used_from: Option<String>,
    /// First characters of the token.
    pub token_prefix: Option<String>,
    /// Networks from which the token is accepted; empty if it is accepted from any address.
    #[serde(default)]
    pub allowed_networks: Vec<String>,
    /// Id of the authorization that this one replaced in a rotation.
    pub replaces: Option<String>,
    /// Id of the authorization that replaced this one in a rotation.
    pub replaced_by: Option<String>,
    /// Id of the authorization whose token created this one.
    pub created_with: Option<String>,
    /// Time at which the token was reported as leaked.
    pub leaked_at: Option<Timestamp>,
}

/// A permission with its names.
#[derive(Clone, Debug, Deserialize)]
pub struct ListedPermission {
    action: Action,
    resource: ListedResource,
}

#[derive(Clone, Debug, Deserialize)]
struct ListedResource {
    #[serde(rename = "type")]
    kind: ResourceType,
    id: Option<Id>,
    #[serde(rename = "orgID")]
    org_id: Option<OrgId>,
    name: Option<String>,
    org: Option<String>,
}

/// A list of authorizations.
#[derive(Debug, Deserialize)]
pub struct Authorizations {
    /// The authorizations, in the order of the response.
    #[serde(default)]
    pub authorizations: Vec<Authorization>,
}

impl ListedPermission {
    /// Converts it into the model's type.
    pub fn named(&self) -> Named {
        let ListedResource { kind, id, org_id, name, org } = self.resource.clone();
        let system = kind == ResourceType::Buckets && name.as_ref().is_some_and(|name| name.starts_with('_'));
        let permission = Permission { action: self.action, resource: Resource { kind, id, org: org_id } };
        Named { permission, name, org_name: org, system }
    }
}

impl Authorization {
    /// Returns its permissions with their names.
    pub fn named(&self) -> Vec<Named> {
        self.permissions.iter().map(ListedPermission::named).collect()
    }

    /// Returns its permissions.
    pub fn permissions(&self) -> Vec<Permission> {
        self.permissions.iter().map(|permission| permission.named().permission).collect()
    }

    /// Returns its owner and its organization.
    pub fn home(&self) -> Home<'_> {
        Home { owner: self.user_id.parse().ok(), org: self.org_id, org_name: &self.org }
    }

    /// Returns how far its permissions reach.
    pub fn breadth(&self) -> Breadth {
        Breadth::of(&self.permissions(), self.org_id)
    }
}

/// The printed form of an authorization. Members that InfluxDB does not have appear only on request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    id: String,
    description: String,
    /// The secret if it was just created; the user name of a 1.x credential.
    pub token: String,
    status: String,
    user_name: String,
    #[serde(rename = "userID")]
    user_id: String,
    permissions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed_networks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaked_at: Option<Timestamp>,
}

impl From<Authorization> for Row {
    fn from(authorization: Authorization) -> Self {
        let permissions = authorization.permissions().iter().map(Permission::cli_text).collect();
        Self {
            id: authorization.id,
            description: authorization.description,
            token: authorization.token,
            status: authorization.status,
            user_name: authorization.user,
            user_id: authorization.user_id,
            permissions,
            expires_at: authorization.expires_at,
            allowed_networks: authorization.allowed_networks,
            replaces: authorization.replaces,
            replaced_by: authorization.replaced_by,
            leaked_at: authorization.leaked_at,
        }
    }
}

impl Row {
    /// Returns the permissions as Go prints a slice.
    fn permissions(&self) -> String {
        format!("[{}]", self.permissions.join(" "))
    }
}

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Description", "Token", "User Name", "User ID", "Permissions"]
    }

    fn cells(&self) -> Vec<String> {
        let cells = [&self.id, &self.description, &self.token, &self.user_name, &self.user_id, &self.permissions()];
        cells.map(Clone::clone).into()
    }
}

/// The printed form of a 1.x credential.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct V1Row(pub Row);

impl Shown for V1Row {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Description", "Username", "v2 User Name", "v2 User ID", "Permissions"]
    }

    fn cells(&self) -> Vec<String> {
        self.0.cells()
    }
}

impl From<Authorization> for V1Row {
    fn from(authorization: Authorization) -> Self {
        Self(authorization.into())
    }
}
