//! The sentences of "This token can …", and cautions about broad permissions.

use serde::{Deserialize, Serialize};

use crate::{Action, ResourceType, wording::grouped};

use super::{Home, Named, home::EVERY_ORGANIZATION};

/// A line of "This token can …": words, with an optional name between them that is set in a monospace font.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// The text before the name; the whole sentence if there is no name.
    pub before: String,
    /// Name or id of the resource.
    pub name: Option<String>,
    /// The text after the name.
    pub after: String,
}

impl Sentence {
    fn plain(text: impl Into<String>) -> Self {
        Self { before: text.into(), name: None, after: String::new() }
    }

    fn around(before: impl Into<String>, name: String, after: impl Into<String>) -> Self {
        Self { before: before.into(), name: Some(name), after: after.into() }
    }
}

/// Returns the sentence for a permission. `home`: the token's owner and organization.
pub fn sentence(named: &Named, home: Home<'_>) -> Sentence {
    let action = named.permission.action;
    match (named.kind(), named.label()) {
        (ResourceType::Instance, _) => {
            Sentence::plain(format!("{} everything on this server", verb(named.kind(), action)))
        }
        (ResourceType::Users, label) => user_sentence(named, label, home),
        (ResourceType::Orgs, label) => org_sentence(named, label, home),
        (ResourceType::Authorizations, None) => {
            let does = if action == Action::Write { "Create, change and delete" } else { "List" };
            Sentence::plain(format!("{does} API tokens in {}", home.place(named)))
        }
        (kind, Some(label)) => Sentence::around(
            format!("{} {}", verb(kind, action), kind.words().trim_end_matches('s')),
            label,
            home.elsewhere(named),
        ),
        (kind, None) => {
            Sentence::plain(format!("{} all {} in {}", verb_all(kind, action), kind.words(), home.place(named)))
        }
    }
}

fn user_sentence(named: &Named, label: Option<String>, home: Home<'_>) -> Sentence {
    let writes = named.permission.action == Action::Write;
    match (label, named.permission.resource.org) {
        (Some(label), _) if home.is_own_user(&named.permission) && writes => {
            Sentence::around("Change the user", label, ", its owner, and create tokens for them")
        }
        (Some(label), _) if home.is_own_user(&named.permission) => {
            Sentence::around("Read the user", label, ", its owner")
        }
        (Some(label), _) if writes => {
            Sentence::around("Change or delete the user", label, ", set their password and create tokens for them")
        }
        (Some(label), _) => Sentence::around("Read the user", label, ""),
        (None, None) if writes => {
            Sentence::plain("Create users, change or delete every user, set their passwords and create tokens for them")
        }
        (None, None) => Sentence::plain("Read every user"),
        (None, Some(_)) => {
            let does = if writes { "Change" } else { "Read" };
            Sentence::plain(format!("{does} all users in {}", home.place(named)))
        }
    }
}

fn org_sentence(named: &Named, label: Option<String>, home: Home<'_>) -> Sentence {
    let own = home.is_own_org(&named.permission).then(|| home.org_name.to_owned());
    // A permission on organizations within an organization covers that one only.
    let within = named.permission.resource.org.map(|_| home.place(named));
    match (own, label.or(within), named.permission.action) {
        (Some(own), _, Action::Read) => Sentence::plain(format!("Read the organization {own} itself")),
        (Some(own), _, Action::Write) => {
            Sentence::plain(format!("Rename or delete the organization {own}, and manage its members"))
        }
        (None, Some(label), Action::Read) => Sentence::around("Read the organization", label, " itself"),
        (None, Some(label), Action::Write) => {
            Sentence::around("Rename or delete the organization", label, ", and manage its members")
        }
        (None, None, Action::Read) => Sentence::plain(format!("Read {EVERY_ORGANIZATION} itself")),
        (None, None, Action::Write) => Sentence::plain(format!(
            "Create organizations, rename or delete {EVERY_ORGANIZATION}, and manage its members"
        )),
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

/// Maximum number of users or organizations that a caution names before it counts the rest.
const NAMED_IN_CAUTION: usize = 3;

/// Returns cautions about a new token's permissions: a bold sentence and the rest.
pub fn cautions(permissions: &[Named], home: Home<'_>) -> Vec<(String, String)> {
    let mut cautions: Vec<(String, String)> = Vec::new();
    let written = |kind| {
        let wanted = move |named: &&Named| named.permission.action == Action::Write && named.kind() == kind;
        permissions.iter().filter(wanted).collect::<Vec<_>>()
    };
    if !written(ResourceType::Instance).is_empty() {
        cautions.push(("This token may do everything on this server.".into(), "Nothing limits it.".into()));
    }
    if !written(ResourceType::Authorizations).is_empty() {
        cautions.push((
            "Write authorizations lets this token create more tokens.".into(),
            "They can never have more permissions than this token.".into(),
        ));
    }
    let mut users = written(ResourceType::Users);
    users.retain(|named| !home.is_own_user(&named.permission));
    if let Some(users) = everyone(&users, "user", "users", home) {
        cautions.push((
            format!("Write users lets this token change {users}."),
            "That includes deactivating and deleting them, setting passwords and creating tokens for them.".into(),
        ));
    }
    if let Some(orgs) = everyone(&written(ResourceType::Orgs), "organization", "organizations", home) {
        cautions.push((
            format!("Write organizations lets this token rename and delete {orgs}."),
            "Deleting an organization permanently ends its tokens.".into(),
        ));
    }
    for named in written(ResourceType::Buckets).into_iter().filter(|named| named.system) {
        let name = named.label().unwrap_or_default();
        let content = if name == "_tasks" { "task runs" } else { "monitoring" };
        cautions
            .push((format!("{name} is a system bucket."), format!("Writing to it changes the history of {content}.")));
    }
    cautions
}

/// Returns words for users or organizations: "every user", "the user bob", "the users bob, eve and 2 more"; `None` for
/// none.
fn everyone(permissions: &[&Named], one: &str, many: &str, home: Home<'_>) -> Option<String> {
    let is_every = |named: &&Named| named.permission.resource.id.is_none() && named.permission.resource.org.is_none();
    if permissions.iter().any(is_every) {
        return Some(format!("every {one}"));
    }
    let mut names: Vec<String> = Vec::new();
    for named in permissions {
        let name = match named.permission.resource.id {
            Some(_) if home.is_own_org(&named.permission) => home.org_name.to_owned(),
            Some(_) => named.label().unwrap_or_default(),
            None if one == "user" => format!("in {}", home.place(named)),
            None => home.place(named),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.as_slice() {
        [] => None,
        [only] => Some(format!("the {one} {only}")),
        [before @ .., last] if names.len() <= NAMED_IN_CAUTION => {
            Some(format!("the {many} {} and {last}", before.join(", ")))
        }
        [..] => {
            let more = grouped((names.len() - NAMED_IN_CAUTION) as u64);
            Some(format!("the {many} {} and {more} more", names[..NAMED_IN_CAUTION].join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{Id, OrgId, Permission, UserId, permission::tests::any_permission};

    use super::*;

    const fn id(n: u64) -> Id {
        Id::new(n).unwrap()
    }

    const HOME: Home<'static> = Home { owner: Some(UserId(id(2))), org: OrgId(id(1)), org_name: "acme" };

    fn text(named: &Named) -> String {
        let Sentence { before, name, after } = sentence(named, HOME);
        format!("{before} {}{after}", name.unwrap_or_default()).trim().to_owned()
    }

    fn called(permission: Permission, name: &str) -> Named {
        let system = name.starts_with('_');
        Named { name: Some(name.into()), org_name: Some("beta".into()), system, ..Named::bare(permission) }
    }

    fn here(action: Action, kind: ResourceType) -> Named {
        Named::bare(Permission::in_org(action, kind, HOME.org))
    }

    fn bucket(action: Action, name: &str) -> Named {
        called(Permission::on_in(action, ResourceType::Buckets, id(6), HOME.org), name)
    }

    #[test]
    fn sentences_say_what_happens() {
        assert_eq!(text(&bucket(Action::Read, "_monitoring")), "Read from bucket _monitoring");
        assert_eq!(text(&bucket(Action::Write, "_tasks")), "Write to bucket _tasks");
        assert_eq!(
            text(&here(Action::Write, ResourceType::Authorizations)),
            "Create, change and delete API tokens in acme"
        );
        assert_eq!(text(&here(Action::Read, ResourceType::Dashboards)), "Read all dashboards in acme");
        let instance = Permission::global(Action::Write, ResourceType::Instance);
        assert_eq!(text(&Named::bare(instance)), "Change everything on this server");
    }

    #[test]
    fn users_and_organizations_are_named_or_said_to_be_every_one() {
        let users = |action, number| called(Permission::on(action, ResourceType::Users, id(number)), "bob");
        assert_eq!(text(&users(Action::Read, 2)), "Read the user bob, its owner");
        assert_eq!(text(&users(Action::Write, 2)), "Change the user bob, its owner, and create tokens for them");
        assert_eq!(text(&users(Action::Read, 3)), "Read the user bob");
        assert_eq!(
            text(&users(Action::Write, 3)),
            "Change or delete the user bob, set their password and create tokens for them"
        );
        let every = |action, kind| text(&Named::bare(Permission::global(action, kind)));
        assert_eq!(every(Action::Read, ResourceType::Users), "Read every user");
        assert!(every(Action::Write, ResourceType::Users).contains("every user, set their passwords"));
        assert_eq!(every(Action::Read, ResourceType::Orgs), "Read every organization itself");
        assert!(every(Action::Write, ResourceType::Orgs).contains("delete every organization"));
        assert_eq!(every(Action::Read, ResourceType::Tasks), "Read all tasks in every organization");
        let orgs = |number| text(&called(Permission::on(Action::Write, ResourceType::Orgs, id(number)), "beta"));
        assert_eq!(orgs(1), "Rename or delete the organization acme, and manage its members");
        assert_eq!(orgs(9), "Rename or delete the organization beta, and manage its members");
        let foreign = Permission::in_org(Action::Read, ResourceType::Tasks, OrgId(id(9)));
        assert_eq!(text(&Named { name: None, ..called(foreign, "") }), "Read all tasks in beta");
    }

    #[test]
    fn dangers_are_named() {
        let bold = |permissions: &[Named]| {
            cautions(permissions, HOME).into_iter().map(|(bold, _)| bold).collect::<Vec<String>>()
        };
        let two = [here(Action::Write, ResourceType::Authorizations), bucket(Action::Write, "_tasks")];
        assert_eq!(
            bold(&two),
            ["Write authorizations lets this token create more tokens.", "_tasks is a system bucket."]
        );
        let on = |kind, number, name: &str| called(Permission::on(Action::Write, kind, id(number)), name);
        assert_eq!(bold(&[on(ResourceType::Users, 2, "alice")]), [""; 0], "the owner themselves");
        let users = ["bob", "eve", "mallory", "trent"].into_iter().zip(3..);
        let users: Vec<Named> = users.map(|(name, number)| on(ResourceType::Users, number, name)).collect();
        assert_eq!(bold(&users[..1]), ["Write users lets this token change the user bob."]);
        assert_eq!(bold(&users[..2]), ["Write users lets this token change the users bob and eve."]);
        assert_eq!(bold(&users), ["Write users lets this token change the users bob, eve, mallory and 1 more."]);
        let every = |kind| Named::bare(Permission::global(Action::Write, kind));
        assert_eq!(bold(&[every(ResourceType::Users)]), ["Write users lets this token change every user."]);
        let orgs = |named| bold(&[named]);
        assert_eq!(
            orgs(every(ResourceType::Orgs)),
            ["Write organizations lets this token rename and delete every organization."]
        );
        assert_eq!(
            orgs(on(ResourceType::Orgs, 1, "acme")),
            ["Write organizations lets this token rename and delete the organization acme."]
        );
        assert_eq!(bold(&[Named::bare(Permission::global(Action::Read, ResourceType::Users))]), [""; 0]);
    }

    proptest! {
        /// Only three ids and organizations exist, so that they often equal the owner's and the token's own.
        #[test]
        fn nothing_that_reaches_beyond_owner_and_organization_is_told_as_its_own(permission in any_permission()) {
            let named = Named::bare(permission);
            let text = text(&named);
            let resource = permission.resource;
            if HOME.is_exceeded_by(&permission) {
                let ids = [resource.id.map(|id| id.to_string()), resource.org.map(|org| org.to_string())];
                let is_named = |text: &str| ids.iter().flatten().any(|id| text.contains(id));
                let is_every = text.contains("every") || text.contains("all users in");
                prop_assert!(is_named(&text) || is_every, "{permission}: {text}");
                prop_assert!(!text.contains("owner") && !text.contains("your"), "{permission}: {text}");
                let alone = crate::describe::Summary::of(std::slice::from_ref(&named), HOME);
                let text = alone.lines.iter().map(|(_, line)| line.as_str()).collect::<String>();
                prop_assert!(
                    text.contains("every") || text.contains(" in ") || is_named(&text),
                    "{permission}: {text}"
                );
            } else {
                prop_assert!(!text.contains("every"), "{permission}: {text}");
            }
            let is_foreign_user = resource.kind == ResourceType::Users && HOME.is_exceeded_by(&permission);
            let warns = permission.action == Action::Write && (is_foreign_user || resource.kind == ResourceType::Orgs);
            prop_assert!(!warns || !cautions(&[named], HOME).is_empty(), "{permission}");
        }
    }
}
