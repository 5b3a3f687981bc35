//! Permissions in words: the generated description, the summary in a row, and the sentences of "This token can …".

use serde::{Deserialize, Serialize};

use super::{Action, OrgId, Permission, ResourceType, grant::Breadth};

/// A permission and, where its id is known here, the name behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub permission: Permission,
    pub name: Option<String>,
    /// The name of the permission's organization, where it has one that exists.
    pub org_name: Option<String>,
    /// Whether the name is that of a system bucket.
    pub system: bool,
}

impl Named {
    pub const fn bare(permission: Permission) -> Self {
        Self { permission, name: None, org_name: None, system: false }
    }

    fn kind(&self) -> ResourceType {
        self.permission.resource.kind
    }

    /// The name, or the id of what has none.
    fn label(&self) -> Option<String> {
        self.name.clone().or_else(|| self.permission.resource.id.map(|id| id.to_string()))
    }
}

/// How many permissions a description names before it counts the rest.
const NAMED_IN_DESCRIPTION: usize = 2;
/// How many things one line of a summary names before it counts the rest.
const NAMED_IN_SUMMARY: usize = 3;

/// The description of a token whose creator gave none: "Read buckets telemetry Write tasks", and "and 3 more" after
/// two (contract §9.7, where influxd says "Multiple").
pub fn description(permissions: &[Named]) -> String {
    let mut parts: Vec<String> = permissions.iter().take(NAMED_IN_DESCRIPTION).map(short).collect();
    if permissions.len() > NAMED_IN_DESCRIPTION {
        parts.push(format!("and {} more", permissions.len() - NAMED_IN_DESCRIPTION));
    }
    parts.join(" ")
}

fn short(named: &Named) -> String {
    let start = format!("{} {}", named.permission.action.title(), named.kind());
    match (&named.name, named.kind()) {
        // An organization's or user's own id is always the only one there can be.
        (_, ResourceType::Orgs | ResourceType::Users) | (None, _) => start,
        (Some(name), _) => format!("{start} {name}"),
    }
}

/// What a row of a list says about a token's permissions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub breadth: Breadth,
    /// At most one line an action: "Read", "buckets billing, inventory and 3 more".
    pub lines: Vec<(Action, String)>,
}

impl Summary {
    /// `org`: the organization the authorization is in.
    pub fn of(permissions: &[Named], org: OrgId) -> Self {
        let bare: Vec<Permission> = permissions.iter().map(|named| named.permission).collect();
        let breadth = Breadth::of(&bare, org);
        let lines = match breadth {
            Breadth::Custom => Action::ALL.into_iter().filter_map(|action| line(permissions, action)).collect(),
            _ => Vec::new(),
        };
        Self { breadth, lines }
    }
}

fn line(permissions: &[Named], action: Action) -> Option<(Action, String)> {
    let mut phrases: Vec<(String, String)> = Vec::new();
    for named in permissions.iter().filter(|named| named.permission.action == action) {
        let phrase = match (named.kind(), named.label()) {
            (ResourceType::Buckets | ResourceType::Telegrafs, None) => {
                (String::new(), format!("all {}", named.kind().words()))
            }
            (kind, Some(label)) => (kind.words(), label),
            (kind, None) => (String::new(), kind.words()),
        };
        if !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    if phrases.is_empty() {
        return None;
    }
    let mut text = String::new();
    let mut group = None;
    for (index, (kind, label)) in phrases.iter().take(NAMED_IN_SUMMARY).enumerate() {
        text.push_str(if index == 0 { "" } else { ", " });
        if !kind.is_empty() && group != Some(kind) {
            text.push_str(kind);
            text.push(' ');
        }
        group = Some(kind);
        text.push_str(label);
    }
    if phrases.len() > NAMED_IN_SUMMARY {
        text.push_str(&format!(" and {} more", phrases.len() - NAMED_IN_SUMMARY));
    }
    Some((action, text))
}

/// One line of "This token can …": plain words, and perhaps a name to set in mono between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    pub before: String,
    pub name: Option<String>,
    pub after: String,
}

/// What a permission lets its holder do, for people. `org_name`: the organization it is meant in.
pub fn sentence(named: &Named, org_name: &str) -> Sentence {
    let action = named.permission.action;
    let plain = |text: String| Sentence { before: text, name: None, after: String::new() };
    match (named.kind(), named.label(), action) {
        (ResourceType::Orgs, _, Action::Read) => plain(format!("Read the organization {org_name} itself")),
        (ResourceType::Orgs, _, Action::Write) => plain(format!("Rename or delete the organization {org_name}")),
        (ResourceType::Users, _, Action::Read) => plain("Read your own user".into()),
        (ResourceType::Users, _, Action::Write) => plain("Change your own user, and create tokens for it".into()),
        (ResourceType::Authorizations, None, Action::Write) => {
            plain(format!("Create, change and delete API tokens in {org_name}"))
        }
        (ResourceType::Authorizations, None, Action::Read) => plain(format!("List API tokens in {org_name}")),
        (kind, Some(label), _) => Sentence {
            before: format!("{} {}", verb(kind, action), kind.words().trim_end_matches('s')),
            name: Some(label),
            after: String::new(),
        },
        (kind, None, _) => plain(format!("{} all {} in {org_name}", verb_all(kind, action), kind.words())),
    }
}

const fn verb(kind: ResourceType, action: Action) -> &'static str {
    match (kind, action) {
        (ResourceType::Buckets, Action::Read) => "Read from",
        (ResourceType::Buckets, Action::Write) => "Write to",
        (_, Action::Read) => "Read",
        (_, Action::Write) => "Change",
    }
}

const fn verb_all(kind: ResourceType, action: Action) -> &'static str {
    match (kind, action) {
        (ResourceType::Buckets, Action::Write) => "Write to, create and delete",
        (_, Action::Read) => "Read",
        (_, Action::Write) => "Create, change and delete",
    }
}

/// What is worth a second look before a token is made: a bold sentence and the rest.
pub fn cautions(permissions: &[Named]) -> Vec<(String, String)> {
    let mut cautions = Vec::new();
    let writes = |kind| move |named: &&Named| named.permission.action == Action::Write && named.kind() == kind;
    if permissions.iter().any(|named| writes(ResourceType::Authorizations)(&named)) {
        cautions.push((
            "Write authorizations lets this token create more tokens.".into(),
            "They can never hold more than this token holds.".into(),
        ));
    }
    for named in permissions.iter().filter(writes(ResourceType::Buckets)).filter(|named| named.system) {
        let name = named.label().unwrap_or_default();
        let kept = if name == "_tasks" { "task runs" } else { "monitoring" };
        cautions.push((format!("{name} is a system bucket."), format!("Writing to it changes the history of {kept}.")));
    }
    cautions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Id;

    const ORG: OrgId = OrgId(Id::new(1).unwrap());

    fn bucket(action: Action, number: u64, name: &str) -> Named {
        let permission = Permission::on_in(action, ResourceType::Buckets, Id::new(number).unwrap(), ORG);
        Named { name: Some(name.into()), system: name.starts_with('_'), ..Named::bare(permission) }
    }

    fn all(action: Action, kind: ResourceType) -> Named {
        Named::bare(Permission::in_org(action, kind, ORG))
    }

    #[test]
    fn up_to_two_permissions_are_named_exactly() {
        let read = bucket(Action::Read, 5, "_monitoring");
        let write = bucket(Action::Write, 6, "_tasks");
        assert_eq!(description(std::slice::from_ref(&read)), "Read buckets _monitoring");
        assert_eq!(description(&[read.clone(), write.clone()]), "Read buckets _monitoring Write buckets _tasks");
        let more = [read, write, all(Action::Read, ResourceType::Tasks), all(Action::Read, ResourceType::Labels)];
        assert_eq!(description(&more), "Read buckets _monitoring Write buckets _tasks and 2 more");
        assert_eq!(description(&[]), "");
    }

    #[test]
    fn organizations_and_users_are_not_named_in_descriptions() {
        let org = Permission::on(Action::Read, ResourceType::Orgs, ORG);
        assert_eq!(description(&[Named { name: Some("my-org".into()), ..Named::bare(org) }]), "Read orgs");
    }

    #[test]
    fn a_row_has_one_line_an_action_and_counts_what_does_not_fit() {
        let named = [
            bucket(Action::Read, 2, "billing"),
            bucket(Action::Read, 3, "inventory"),
            bucket(Action::Read, 4, "telemetry"),
            bucket(Action::Read, 5, "x"),
            all(Action::Read, ResourceType::Checks),
            all(Action::Write, ResourceType::Buckets),
        ];
        let summary = Summary::of(&named, ORG);
        assert_eq!(summary.breadth, Breadth::Custom);
        assert_eq!(summary.lines[0], (Action::Read, "buckets billing, inventory, telemetry and 2 more".into()));
        assert_eq!(summary.lines[1], (Action::Write, "all buckets".into()));
    }

    #[test]
    fn sentences_say_what_happens() {
        let text = |named: &Named| {
            let Sentence { before, name, after } = sentence(named, "my-org");
            format!("{before} {}{after}", name.unwrap_or_default()).trim().to_owned()
        };
        assert_eq!(text(&bucket(Action::Read, 5, "_monitoring")), "Read from bucket _monitoring");
        assert_eq!(text(&bucket(Action::Write, 6, "_tasks")), "Write to bucket _tasks");
        assert_eq!(
            text(&all(Action::Write, ResourceType::Authorizations)),
            "Create, change and delete API tokens in my-org"
        );
        assert_eq!(text(&all(Action::Read, ResourceType::Dashboards)), "Read all dashboards in my-org");
    }

    #[test]
    fn dangers_are_named() {
        let cautions =
            cautions(&[all(Action::Write, ResourceType::Authorizations), bucket(Action::Write, 6, "_tasks")]);
        assert_eq!(cautions.len(), 2);
        assert_eq!(cautions[1].0, "_tasks is a system bucket.");
    }
}
