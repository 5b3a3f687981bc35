//! Permissions: an action on a resource, and the one function that decides whether one permits another.

use crate::{Id, OrgId, ResourceType, permission_error::PermissionError};
use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct as _};

/// The action of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// To read resources; it does not include writing.
    Read,
    /// To create, change and delete resources; it does not include reading.
    Write,
}

impl Action {
    /// Every action; read before write, as InfluxDB lists them.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// Returns the name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// Returns "Read" or "Write", the first word of descriptions.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Write => "Write",
        }
    }
}

impl FromStr for Action {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, PermissionError> {
        Self::ALL.into_iter().find(|action| action.name() == text).ok_or(PermissionError::UnknownAction)
    }
}

/// The resources that a permission covers: a type, optionally restricted to one organization or one id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Resource {
    /// The type of the resources.
    #[serde(rename = "type")]
    pub kind: ResourceType,
    /// Restricts to the resource with this id, whatever its organization.
    #[serde(default)]
    pub id: Option<Id>,
    /// Restricts to the resources of this organization; ignored if there is an id.
    #[serde(rename = "orgID", default)]
    pub org: Option<OrgId>,
}

/// Omits absent members in human-readable formats, as influxd does; other formats identify members by position.
impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let by_place = !serializer.is_human_readable();
        let (id, org) = (by_place || self.id.is_some(), by_place || self.org.is_some());
        let mut members = serializer.serialize_struct("Resource", 1 + usize::from(id) + usize::from(org))?;
        members.serialize_field("type", &self.kind)?;
        if id {
            members.serialize_field("id", &self.id)?;
        }
        if org {
            members.serialize_field("orgID", &self.org)?;
        }
        members.end()
    }
}

/// An action on a resource. A list of these is all an authorization can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Permission {
    /// The permitted action.
    pub action: Action,
    /// The resources that it is permitted on.
    pub resource: Resource,
}

impl Permission {
    /// Returns the permission on every resource of the type, in every organization.
    pub const fn global(action: Action, kind: ResourceType) -> Self {
        Self { action, resource: Resource { kind, id: None, org: None } }
    }

    /// Returns the permission on every resource of the type in one organization.
    pub const fn in_org(action: Action, kind: ResourceType, org: OrgId) -> Self {
        Self { action, resource: Resource { kind, id: None, org: Some(org) } }
    }

    /// Returns the permission on one resource, whatever its organization.
    pub fn on(action: Action, kind: ResourceType, id: impl Into<Id>) -> Self {
        Self { action, resource: Resource { kind, id: Some(id.into()), org: None } }
    }

    /// Returns the permission on one resource in one organization.
    pub fn on_in(action: Action, kind: ResourceType, id: impl Into<Id>, org: OrgId) -> Self {
        Self { action, resource: Resource { kind, id: Some(id.into()), org: Some(org) } }
    }

    /// Returns whether this permission allows what `required` describes. This is the program's only match of
    /// permissions (docs/influxdb-compatibility.md §4.9): an id decides alone and its organization is ignored; an
    /// organization without an id requires the same organization; a type alone permits every resource of the type;
    /// `instance` permits everything.
    pub fn permits(&self, required: &Self) -> bool {
        if self.action != required.action {
            return false;
        }
        if self.resource.kind == ResourceType::Instance {
            return true;
        }
        if self.resource.kind != required.resource.kind {
            return false;
        }
        match (self.resource.id, self.resource.org) {
            (Some(id), _) => required.resource.id == Some(id),
            (None, Some(org)) => required.resource.org == Some(org),
            (None, None) => true,
        }
    }

    /// Formats the permission as `influx auth list` does: `read:/authorizations`, `read:orgs/<org>/buckets/<id>`
    /// (docs/influxdb-compatibility.md §7.4).
    pub fn cli_text(&self) -> String {
        let org = self.resource.org.map(|org| format!("orgs/{org}")).unwrap_or_default();
        let id = self.resource.id.map(|id| format!("/{id}")).unwrap_or_default();
        format!("{}:{org}/{}{id}", self.action, self.resource.kind)
    }

    /// Parses the form of `influx auth list`; see [`Permission::cli_text`].
    ///
    /// # Errors
    /// Fails if the text has another form, or an unknown action or type.
    pub fn from_cli_text(text: &str) -> Result<Self, PermissionError> {
        let (action, resource) = text.split_once(':').ok_or(PermissionError::Form)?;
        let segments: Vec<&str> = resource.split('/').collect();
        match segments[..] {
            ["", kind] => Self::from_parts(action, None, kind, None),
            ["", kind, id] => Self::from_parts(action, None, kind, Some(id)),
            ["orgs", org, kind] => Self::from_parts(action, Some(org), kind, None),
            ["orgs", org, kind, id] => Self::from_parts(action, Some(org), kind, Some(id)),
            _ => Err(PermissionError::Form),
        }
    }

    fn from_parts(action: &str, org: Option<&str>, kind: &str, id: Option<&str>) -> Result<Self, PermissionError> {
        let id = id.map(str::parse).transpose().map_err(|_| PermissionError::Form)?;
        let org = org.map(str::parse).transpose().map_err(|_| PermissionError::Form)?;
        Ok(Self { action: action.parse()?, resource: Resource { kind: kind.parse()?, id, org } })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(org) = self.org {
            write!(f, "orgs/{org}/")?;
        }
        write!(f, "{}", self.kind)?;
        self.id.map_or(Ok(()), |id| write!(f, "/{id}"))
    }
}

/// Formats the permission as the server's messages do: `read:authorizations`, `read:orgs/<org>/buckets/<id>`
/// (docs/influxdb-compatibility.md §2.3).
impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.action, self.resource)
    }
}

impl FromStr for Permission {
    type Err = PermissionError;

    /// Parses the form of the server's messages. `orgs/<id>` is the organization itself.
    fn from_str(text: &str) -> Result<Self, PermissionError> {
        let (action, resource) = text.split_once(':').ok_or(PermissionError::Form)?;
        let segments: Vec<&str> = resource.split('/').collect();
        match segments[..] {
            [kind] => Self::from_parts(action, None, kind, None),
            [kind, id] => Self::from_parts(action, None, kind, Some(id)),
            ["orgs", org, kind] => Self::from_parts(action, Some(org), kind, None),
            ["orgs", org, kind, id] => Self::from_parts(action, Some(org), kind, Some(id)),
            _ => Err(PermissionError::Form),
        }
    }
}

/// Returns the first of `held` that permits `required`.
pub fn which_permits<'a>(held: &'a [Permission], required: &Permission) -> Option<&'a Permission> {
    held.iter().find(|permission| permission.permits(required))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::{option, prelude::*, sample::select};

    use super::*;

    pub(crate) fn any_permission() -> impl Strategy<Value = Permission> {
        // Few ids, so that they meet.
        let id = option::of((1u64..4).prop_map(|n| Id::new(n).unwrap()));
        let org = option::of((1u64..4).prop_map(|n| OrgId(Id::new(n).unwrap())));
        (select(Action::ALL.as_slice()), select(ResourceType::ALL.as_slice()), id, org)
            .prop_map(|(action, kind, id, org)| Permission { action, resource: Resource { kind, id, org } })
    }

    #[test]
    fn the_match_agrees_with_influxd_in_all_cases() {
        let id = |n| Id::new(n).unwrap();
        let (o, x, b) = (OrgId(id(1)), OrgId(id(2)), id(3));
        let buckets = ResourceType::Buckets;
        let read = Action::Read;
        let held = [
            Permission::global(read, buckets),
            Permission::in_org(read, buckets, o),
            Permission::on(read, buckets, b),
            Permission::on_in(read, buckets, b, o),
            Permission::global(read, ResourceType::Instance),
        ];
        let required = [
            Permission::global(read, buckets),
            Permission::in_org(read, buckets, o),
            Permission::on_in(read, buckets, b, o),
            Permission::on(read, buckets, b),
            Permission::on_in(read, buckets, b, x),
        ];
        let expected = [
            [true, true, true, true, true],
            [false, true, true, false, false],
            [false, false, true, true, true],
            [false, false, true, true, true],
            [true, true, true, true, true],
        ];
        for (held, row) in held.iter().zip(expected) {
            for (required, expected) in required.iter().zip(row) {
                assert_eq!(held.permits(required), expected, "{held} for {required}");
            }
        }
    }

    #[test]
    fn write_does_not_permit_reading_nor_one_type_another() {
        let held = Permission::global(Action::Write, ResourceType::Buckets);
        assert!(!held.permits(&Permission::global(Action::Read, ResourceType::Buckets)));
        assert!(!held.permits(&Permission::global(Action::Write, ResourceType::Tasks)));
    }

    #[test]
    fn both_texts_read_as_influxdb_writes_them() {
        let org = OrgId("48c88459ee424a04".parse().unwrap());
        let bucket: Id = "dd7cd2292f6e974a".parse().unwrap();
        let one = Permission::on_in(Action::Read, ResourceType::Buckets, bucket, org);
        assert_eq!(one.to_string(), "read:orgs/48c88459ee424a04/buckets/dd7cd2292f6e974a");
        assert_eq!(one.cli_text(), "read:orgs/48c88459ee424a04/buckets/dd7cd2292f6e974a");
        let all = Permission::global(Action::Write, ResourceType::Users);
        assert_eq!((all.to_string(), all.cli_text()), ("write:users".into(), "write:/users".into()));
        let org_itself = Permission::on(Action::Read, ResourceType::Orgs, org);
        assert_eq!(org_itself.to_string(), "read:orgs/48c88459ee424a04");
    }

    #[test]
    fn words_are_words() {
        assert_eq!(ResourceType::NotificationRules.words(), "notification rules");
        assert_eq!(ResourceType::Buckets.words(), "buckets");
    }

    proptest! {
        #[test]
        fn texts_and_json_round_trip(permission in any_permission()) {
            prop_assert_eq!(permission.to_string().parse::<Permission>(), Ok(permission));
            prop_assert_eq!(Permission::from_cli_text(&permission.cli_text()), Ok(permission));
            let json = serde_json::to_string(&permission).unwrap();
            prop_assert_eq!(serde_json::from_str::<Permission>(&json).unwrap(), permission);
        }

        #[test]
        fn every_permission_permits_itself(permission in any_permission()) {
            prop_assert!(permission.permits(&permission));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
            let _ = text.parse::<Permission>();
            let _ = Permission::from_cli_text(&text);
        }
    }
}
