//! Permissions in words: the generated description, the summary in a row, and the sentences of "This token can …".

mod home;
pub mod sentence;

use serde::{Deserialize, Serialize};

use crate::{Action, Permission, ResourceType, grant::Breadth};

pub use home::Home;
pub use sentence::{Sentence, cautions, sentence};

/// A permission and, if its id is known here, the name of its resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The permission itself.
    pub permission: Permission,
    /// Name of the one resource that the permission is restricted to, if it is known.
    pub name: Option<String>,
    /// The name of the permission's organization, if it names an existing one.
    pub org_name: Option<String>,
    /// True if the name is that of a system bucket.
    pub system: bool,
}

impl Named {
    /// Returns a permission without names.
    pub const fn bare(permission: Permission) -> Self {
        Self { permission, name: None, org_name: None, system: false }
    }

    fn kind(&self) -> ResourceType {
        self.permission.resource.kind
    }

    /// Returns the name, or the id if there is no name.
    fn label(&self) -> Option<String> {
        self.name.clone().or_else(|| self.permission.resource.id.map(|id| id.to_string()))
    }
}

/// Maximum number of permissions that a description names before it counts the rest.
const NAMED_IN_DESCRIPTION: usize = 2;
/// Maximum number of resources that a line of a summary names before it counts the rest.
const NAMED_IN_SUMMARY: usize = 3;

/// Returns the description of a token whose creator gave none: "Read buckets telemetry Write tasks", and "and 3 more"
/// after two (docs/influxdb-compatibility.md §9.7, where influxd says "Multiple").
pub fn description(permissions: &[Named], home: Home<'_>) -> String {
    let named = permissions.iter().take(NAMED_IN_DESCRIPTION);
    let mut parts: Vec<String> = named.map(|named| short(named, home)).collect();
    if permissions.len() > NAMED_IN_DESCRIPTION {
        parts.push(format!("and {} more", permissions.len() - NAMED_IN_DESCRIPTION));
    }
    parts.join(" ")
}

/// Returns the shortest words for a permission, without the names of the token's own user and organization.
fn short(named: &Named, home: Home<'_>) -> String {
    let action = named.permission.action.title();
    let start = format!("{action} {}", named.kind());
    let elsewhere = home.elsewhere(named);
    match (named.kind(), named.label()) {
        _ if home.is_own_user(&named.permission) || home.is_own_org(&named.permission) => start,
        (ResourceType::Orgs | ResourceType::Users, Some(label)) => format!("{start} {label}"),
        (kind @ (ResourceType::Orgs | ResourceType::Users), None) => format!("{action} {}", every(kind, named, home)),
        _ => match &named.name {
            Some(name) => format!("{start} {name}{elsewhere}"),
            None => format!("{start}{elsewhere}"),
        },
    }
}

/// Returns the words for a whole type: "every user", "every organization", "all users in acme".
fn every(kind: ResourceType, named: &Named, home: Home<'_>) -> String {
    match (kind, named.permission.resource.org) {
        (ResourceType::Users, None) => "every user".into(),
        (ResourceType::Orgs, None) => home::EVERY_ORGANIZATION.into(),
        (ResourceType::Orgs, Some(_)) => format!("organization {}", home.place(named)),
        _ => format!("all {} in {}", kind.words(), home.place(named)),
    }
}

/// A summary of a token's permissions in a row of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Reach of the permissions: everything, everything in one organization, or a list.
    pub breadth: Breadth,
    /// At most one line for each action: "Read", "buckets billing, inventory and 3 more". An All Access token lists
    /// only what exceeds its organization and its owner.
    pub lines: Vec<(Action, String)>,
}

impl Summary {
    /// Returns the summary of a token with this owner and organization.
    pub fn of(permissions: &[Named], home: Home<'_>) -> Self {
        let bare: Vec<Permission> = permissions.iter().map(|named| named.permission).collect();
        let breadth = Breadth::of(&bare, home.org);
        let is_told = |named: &&Named| match breadth {
            Breadth::Operator => false,
            Breadth::AllAccess(_) => home.is_exceeded_by(&named.permission),
            Breadth::Custom => true,
        };
        let stated: Vec<&Named> = permissions.iter().filter(is_told).collect();
        let lines = Action::ALL.into_iter().filter_map(|action| line(&stated, action, home)).collect();
        Self { breadth, lines }
    }
}

/// Returns a type and a name, or one phrase.
fn phrase(named: &Named, home: Home<'_>) -> (String, String) {
    let elsewhere = home.elsewhere(named);
    match (named.kind(), named.label()) {
        (ResourceType::Instance, _) => (String::new(), "everything on this server".into()),
        (kind @ (ResourceType::Users | ResourceType::Orgs), None) => (String::new(), every(kind, named, home)),
        (kind @ (ResourceType::Buckets | ResourceType::Telegrafs), None) => {
            (String::new(), format!("all {}{elsewhere}", kind.words()))
        }
        (kind, Some(label)) => (kind.words(), format!("{label}{elsewhere}")),
        (kind, None) => (String::new(), format!("{}{elsewhere}", kind.words())),
    }
}

fn line(permissions: &[&Named], action: Action, home: Home<'_>) -> Option<(Action, String)> {
    let mut phrases: Vec<(String, String)> = Vec::new();
    for named in permissions.iter().filter(|named| named.permission.action == action) {
        let phrase = phrase(named, home);
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

#[cfg(test)]
mod tests {
    use crate::{Id, OrgId, UserId, grant};

    use super::*;

    const ORG: OrgId = OrgId(Id::new(1).unwrap());
    const OWNER: UserId = UserId(Id::new(7).unwrap());
    const HOME: Home<'static> = Home { owner: Some(OWNER), org: ORG, org_name: "acme" };

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
        assert_eq!(description(std::slice::from_ref(&read), HOME), "Read buckets _monitoring");
        assert_eq!(description(&[read.clone(), write.clone()], HOME), "Read buckets _monitoring Write buckets _tasks");
        let more = [read, write, all(Action::Read, ResourceType::Tasks), all(Action::Read, ResourceType::Labels)];
        assert_eq!(description(&more, HOME), "Read buckets _monitoring Write buckets _tasks and 2 more");
        assert_eq!(description(&[], HOME), "");
    }

    #[test]
    fn the_tokens_own_organization_and_user_need_no_name_in_descriptions() {
        let on = |kind, id: Id, name: &str| {
            let permission = Permission::on(Action::Read, kind, id);
            description(&[Named { name: Some(name.into()), ..Named::bare(permission) }], HOME)
        };
        assert_eq!(on(ResourceType::Orgs, ORG.0, "acme"), "Read orgs");
        assert_eq!(on(ResourceType::Users, OWNER.0, "alice"), "Read users");
        let other = Id::new(9).unwrap();
        assert_eq!(on(ResourceType::Orgs, other, "other"), "Read orgs other");
        assert_eq!(on(ResourceType::Users, other, "bob"), "Read users bob");
        let every = |kind| description(&[Named::bare(Permission::global(Action::Write, kind))], HOME);
        assert_eq!(every(ResourceType::Users), "Write every user");
        assert_eq!(every(ResourceType::Orgs), "Write every organization");
        assert_eq!(every(ResourceType::Tasks), "Write tasks in every organization");
    }

    #[test]
    fn all_access_hides_nothing_that_reaches_beyond_it() {
        let mut permissions = grant::all_access(ORG, OWNER);
        let lines = |permissions: &[Permission]| {
            let named: Vec<Named> = permissions.iter().copied().map(Named::bare).collect();
            let Summary { breadth, lines } = Summary::of(&named, HOME);
            assert_eq!(breadth, Breadth::AllAccess(ORG));
            lines
        };
        assert_eq!(lines(&permissions), []);
        permissions.push(Permission::global(Action::Write, ResourceType::Users));
        permissions.push(Permission::global(Action::Read, ResourceType::Buckets));
        let expected = [(Action::Read, "all buckets in every organization"), (Action::Write, "every user")];
        assert_eq!(lines(&permissions), expected.map(|(action, text)| (action, text.to_owned())));
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
        let summary = Summary::of(&named, HOME);
        assert_eq!(summary.breadth, Breadth::Custom);
        assert_eq!(summary.lines[0], (Action::Read, "buckets billing, inventory, telemetry and 2 more".into()));
        assert_eq!(summary.lines[1], (Action::Write, "all buckets".into()));
    }
}
