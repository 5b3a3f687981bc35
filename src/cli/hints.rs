//! Hints after an error of the command line. A hint never offers more than was asked for: a flag that grants every
//! resource of a type is not suggested in the place of one that grants a single resource.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use jeton_model::{Action, ResourceType};

/// Commands of `influx` whose data Jeton does not have.
const OF_INFLUX: [&str; 16] = [
    "apply",
    "bucket-schema",
    "dashboards",
    "delete",
    "export",
    "query",
    "remote",
    "replication",
    "scripts",
    "secret",
    "server-config",
    "stacks",
    "task",
    "template",
    "transpile",
    "write",
];

/// Returns the sentence and the hint about a command that only `influx` has. `path`: the command that precedes it.
pub(super) fn of_influx(word: &str, path: &str) -> Option<(String, String)> {
    let below = match path {
        "jeton" if OF_INFLUX.contains(&word) => "",
        "jeton v1" if word == "shell" => " v1",
        _ => return None,
    };
    let sentence = format!("jeton has no command \"{word}\": it administers tokens and stores no data for it");
    Some((sentence, format!("use influx{below} {word}, with the address of the database itself")))
}

/// Returns the hint about an error, if there is one.
pub(super) fn hint(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let typed = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let flag = match error.kind() {
        ErrorKind::TooManyValues => Some(typed.clone()),
        ErrorKind::UnknownArgument if !typed.starts_with('-') => before(&typed, arguments),
        _ => None,
    };
    if let Some((action, kind)) = flag.as_deref().and_then(whole_type) {
        let flag = format!("--{action}-{kind}");
        return Some(format!("{flag} grants all {} and takes no name; {} grants one", kind.words(), one(action, kind)));
    }
    let other = text(error, ContextKind::SuggestedSubcommand).or_else(|| text(error, ContextKind::SuggestedArg));
    let other = other.filter(|other| !other.is_empty())?;
    if offers_more(&typed, &other) { instead(&other) } else { Some(format!("did you mean {other}?")) }
}

/// Returns a text of an error; of several similar names the most similar.
pub(super) fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        // clap puts the most similar name last.
        ContextValue::Strings(texts) if kind == ContextKind::SuggestedSubcommand => texts.last().cloned(),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    }
}

/// Returns the argument before this word.
fn before(word: &str, arguments: &[OsString]) -> Option<String> {
    let pair = arguments.windows(2).find(|pair| pair[1].to_str() == Some(word))?;
    pair[0].to_str().map(str::to_owned)
}

/// Parses a flag that grants every resource of a type, such as `--read-buckets`.
fn whole_type(flag: &str) -> Option<(Action, ResourceType)> {
    let (action, kind) = flag.strip_prefix("--")?.split_once('-')?;
    Some((action.parse().ok()?, kind.parse().ok()?))
}

/// Returns the flag that grants one resource of a type.
fn one(action: Action, kind: ResourceType) -> String {
    match kind {
        ResourceType::Buckets => format!("--{action}-bucket NAME"),
        kind => format!("--can {action}:{kind}/ID"),
    }
}

/// Returns whether a flag grants more than a mistyped one can mean.
fn offers_more(typed: &str, other: &str) -> bool {
    let typed = typed.trim_start_matches('-');
    match other {
        "--operator" => !typed.starts_with("oper"),
        "--all-access" => !typed.starts_with("all-a"),
        other => whole_type(other).is_some_and(|(action, _)| {
            let begins_alike = action.name().chars().next() == typed.chars().next();
            !(begins_alike && typed.contains('-') && typed.ends_with('s'))
        }),
    }
}

/// Returns a hint about single resources, in the place of a flag that offers more.
fn instead(other: &str) -> Option<String> {
    let (action, kind) = whole_type(other)?;
    Some(match kind {
        ResourceType::Buckets => "--read-bucket NAME and --write-bucket NAME grant one bucket".into(),
        kind => format!("{} grants one", one(action, kind)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hint_offers_more_than_was_typed() {
        for (typed, other) in [
            ("--bucket", "--read-buckets"),
            ("--buckets", "--read-buckets"),
            ("--read-bucke", "--read-buckets"),
            ("--write-task", "--read-tasks"),
            ("--all", "--all-access"),
            ("--op", "--operator"),
        ] {
            assert!(offers_more(typed, other), "{typed} {other}");
        }
        for (typed, other) in [
            ("--read-bukets", "--read-buckets"),
            ("--wirte-tasks", "--write-tasks"),
            ("--bucket", "--read-bucket"),
            ("--hots", "--host"),
            ("--operater", "--operator"),
            ("--all-acess", "--all-access"),
        ] {
            assert!(!offers_more(typed, other), "{typed} {other}");
        }
    }

    #[test]
    fn single_resources_are_named_instead() {
        let said = instead("--read-buckets").unwrap();
        assert_eq!(said, "--read-bucket NAME and --write-bucket NAME grant one bucket");
        assert_eq!(instead("--write-tasks").unwrap(), "--can write:tasks/ID grants one");
        assert_eq!(instead("--operator"), None);
        assert_eq!(whole_type("--read-bucket"), None);
    }

    #[test]
    fn commands_of_influx_are_known_where_influx_has_them() {
        assert!(of_influx("query", "jeton").is_some_and(|(_, hint)| hint.starts_with("use influx query,")));
        assert!(of_influx("shell", "jeton v1").is_some_and(|(_, hint)| hint.starts_with("use influx v1 shell,")));
        assert_eq!(of_influx("query", "jeton auth"), None);
        assert_eq!(of_influx("nosuch", "jeton"), None);
        assert_eq!(of_influx("backup", "jeton"), None, "it is Jeton's own");
    }
}
