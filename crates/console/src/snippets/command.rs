//! Commands that create a token, for the `influx` and `jeton` programs.

use jeton_model::{Action, Id, ResourceType, console::selection::Pick, describe::Named};

use super::{Example, Limited, quoted};

/// Returns the `influx auth create …` command, and the options that it cannot express.
pub fn influx(picks: &[Pick], org_name: &str, description: &str, limited: &Limited) -> (Example, Vec<&'static str>) {
    let mut example = begun("influx", org_name, description);
    for action in Action::ALL {
        for pick in picks.iter().filter(|pick| pick.kind == ResourceType::Buckets && pick.action == action) {
            if let Some(id) = pick.id {
                example = flag(example, &format!("{action}-bucket"), &id.to_string());
            }
        }
    }
    let example = types(example, |action, kind| picks.contains(&Pick::all(action, kind)));
    let mut limits = Vec::new();
    match (limited.expires_at.is_some(), !limited.networks.is_empty()) {
        (true, true) => limits.push("influx cannot set an expiry or networks: use jeton, curl or JSON."),
        (true, false) => limits.push("influx cannot set an expiry: use jeton, curl or JSON."),
        (false, true) => limits.push("influx cannot set networks: use jeton, curl or JSON."),
        (false, false) => {}
    }
    if picks.iter().any(|pick| matches!(pick.kind, ResourceType::Orgs | ResourceType::Users)) {
        limits.push("influx grants all organizations and users, not only yours: use jeton, curl or JSON.");
    }
    if picks.iter().any(|pick| pick.kind == ResourceType::Telegrafs && pick.id.is_some()) {
        limits.push("influx cannot pick a single Telegraf configuration: use jeton, curl or JSON.");
    }
    (example, limits)
}

/// Returns the `jeton auth create …` command, which can express every option and uses names instead of ids.
pub fn jeton(permissions: &[Named], org_name: &str, description: &str, limited: &Limited) -> Example {
    let mut example = begun("jeton", org_name, description);
    if let Some(end) = limited.expires_at {
        example = flag(example, "expires", &end.to_second().to_string());
    }
    for network in &limited.networks {
        example = flag(example, "network", network);
    }
    let singles = permissions.iter().filter_map(|named| {
        let resource = named.permission.resource;
        Some((named.permission.action, resource.kind, label(resource.kind, resource.id?, named.name.as_deref())))
    });
    let (mut buckets, others): (Vec<_>, Vec<_>) = singles.partition(|(_, kind, _)| *kind == ResourceType::Buckets);
    buckets.sort_by_key(|(action, ..)| *action);
    for (action, _, label) in buckets {
        example = flag(example, &format!("{action}-bucket"), &label);
    }
    let whole = |action, kind| {
        let is = |named: &Named| {
            let resource = named.permission.resource;
            (named.permission.action, resource.kind, resource.id) == (action, kind, None)
        };
        permissions.iter().any(is)
    };
    example = types(example, whole);
    for (action, kind, label) in others {
        example = flag(example, "can", &format!("{action}:{kind}/{label}"));
    }
    example
}

/// Returns the name of a resource where the command accepts it, and else its id: several configurations may share a
/// name.
fn label(kind: ResourceType, id: Id, name: Option<&str>) -> String {
    let is_clear = |name: &&str| match kind {
        ResourceType::Telegrafs => false,
        // After a slash the command expects a type.
        ResourceType::Orgs => !name.contains('/'),
        _ => true,
    };
    let name = name.filter(|name| !name.is_empty() && name.parse::<Id>().is_err()).filter(is_clear);
    name.map_or_else(|| id.to_string(), Into::into)
}

fn begun(program: &str, org_name: &str, description: &str) -> Example {
    let example = flag(Example::default().plain(format!("{program} auth create")), "org", org_name);
    if description.is_empty() { example } else { flag(example, "description", description) }
}

fn flag(example: Example, name: &str, value: &str) -> Example {
    // A value that begins with a dash would be parsed as a flag.
    let between = if value.starts_with('-') { '=' } else { ' ' };
    example.plain(format!(" \\\n  --{name}{between}")).value(quoted(value))
}

/// Adds the flags that stand for all resources of a type.
fn types(mut example: Example, holds: impl Fn(Action, ResourceType) -> bool) -> Example {
    for kind in ResourceType::IN_FLAG_ORDER {
        for action in Action::ALL.into_iter().filter(|action| holds(*action, kind)) {
            example = example.plain(format!(" \\\n  --{action}-{kind}"));
        }
    }
    example
}

#[cfg(test)]
mod tests {
    use jeton_model::{OrgId, Timestamp, UserId};

    use super::*;

    const ID: Id = Id::new(10).unwrap();

    fn named(pick: Pick, name: &str) -> Named {
        Named { name: Some(name.into()), ..Named::bare(pick.permission(OrgId(ID), UserId(ID))) }
    }

    fn limited() -> Limited {
        let end = Timestamp::from_micros(1_800_000_000_000_001);
        Limited { expires_at: Some(end), networks: vec!["10.0.0.0/8".into(), "::1".into()] }
    }

    #[test]
    fn influx_is_given_buckets_before_types_as_it_lists_them() {
        let picks = [
            Pick::all(Action::Write, ResourceType::Authorizations),
            Pick::one(Action::Write, ResourceType::Buckets, ID),
            Pick::one(Action::Read, ResourceType::Buckets, ID),
            Pick::all(Action::Read, ResourceType::Dashboards),
        ];
        let (example, limits) = influx(&picks, "my org", "", &Limited::default());
        let expected = "influx auth create \\\n  --org 'my org' \\\n  --read-bucket 000000000000000a \\\n  \
                        --write-bucket 000000000000000a \\\n  --write-authorizations \\\n  --read-dashboards";
        assert_eq!(example.text(), expected);
        assert!(limits.is_empty());
    }

    #[test]
    fn what_influx_would_grant_instead_is_said() {
        let picks =
            [Pick::all(Action::Read, ResourceType::Users), Pick::one(Action::Read, ResourceType::Telegrafs, ID)];
        assert_eq!(influx(&picks, "o", "", &Limited::default()).1.len(), 2);
        assert_eq!(
            influx(&picks[..0], "o", "", &limited()).1,
            ["influx cannot set an expiry or networks: use jeton, curl or JSON."]
        );
    }

    #[test]
    fn jeton_is_given_names_and_limits() {
        let permissions = [
            named(Pick::one(Action::Write, ResourceType::Buckets, ID), "it's new"),
            named(Pick::one(Action::Read, ResourceType::Buckets, ID), "telemetry"),
            Named::bare(Pick::all(Action::Read, ResourceType::Tasks).permission(OrgId(ID), UserId(ID))),
            named(Pick::all(Action::Read, ResourceType::Orgs), "my org"),
            named(Pick::all(Action::Write, ResourceType::Users), "alice"),
            named(Pick::one(Action::Read, ResourceType::Telegrafs, ID), "agents"),
        ];
        let expected = "jeton auth create \\\n  --org 'my org' \\\n  --description=-v \\\n  \
                        --expires 2027-01-15T08:00:00Z \\\n  --network 10.0.0.0/8 \\\n  --network ::1 \\\n  \
                        --read-bucket telemetry \\\n  --write-bucket 'it'\\''s new' \\\n  --read-tasks \\\n  \
                        --can 'read:orgs/my org' \\\n  --can write:users/alice \\\n  \
                        --can read:telegrafs/000000000000000a";
        let text = jeton(&permissions, "my org", "-v", &limited()).text();
        assert_eq!(text, expected);
    }

    #[test]
    fn an_id_stands_where_a_name_is_unknown_or_would_be_taken_for_something_else() {
        let text = |pick: Pick, name: &str| jeton(&[named(pick, name)], "o", "", &Limited::default()).text();
        let bucket = Pick::one(Action::Read, ResourceType::Buckets, ID);
        for name in ["", "0123456789abcdef"] {
            assert!(text(bucket, name).ends_with(" --read-bucket 000000000000000a"), "{name}");
        }
        assert!(text(bucket, "a/b").ends_with(" --read-bucket a/b"));
        assert!(text(bucket, "-x").ends_with(" --read-bucket=-x"));
        let org = Pick::all(Action::Read, ResourceType::Orgs);
        assert!(text(org, "a/tasks").ends_with(" --can read:orgs/000000000000000a"));
        assert!(text(Pick::all(Action::Read, ResourceType::Users), "a/b").ends_with(" --can read:users/a/b"));
    }
}
