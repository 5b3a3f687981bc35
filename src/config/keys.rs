//! The settings of a configuration file. A key is the long name of a flag that has a variable: the flags are the one
//! definition of names, values and defaults.

use std::error::Error as _;

use clap::{
    Arg, ArgAction, Command,
    error::{ContextKind, ContextValue},
};
use toml::{Spanned, de::DeValue};
use url::Url;

use super::flaw::Flaw;

/// Flags that are no keys, each with the reason and what to do instead.
const REFUSED: [(&str, &str); 5] = [
    ("config", "a file can't name another one"),
    ("fresh", "it is for a single start; give --fresh on the command line"),
    (
        "audit-key",
        "it is a secret; write it into a file, and the file's name under audit-key-file, or set JETON_AUDIT_KEY",
    ),
    ("init-password", "it is a secret; write it into a file, and the file's name under init-password-file"),
    ("init-token", "it is a secret; write it into a file, and the file's name under init-token-file"),
];

/// The key of a URL that may contain a password.
const DATABASE_URL: &str = "database-url";

/// Flags whose values are hidden and which are keys nevertheless: what is secret in their values is refused.
const HIDDEN_KEYS: [&str; 2] = [DATABASE_URL, "audit-http"];

/// Returns the names of all keys but `gate`, in the order of the flags.
pub(super) fn names(serve: &Command) -> Vec<String> {
    let keys = serve.get_arguments().filter(|argument| is_key(argument));
    keys.filter_map(Arg::get_long).map(str::to_owned).collect()
}

/// Returns whether a flag is a key: if it has a variable, and its value is no secret.
fn is_key(argument: &Arg) -> bool {
    let Some(name) = argument.get_long() else { return false };
    let is_secret = argument.is_hide_env_values_set() && !HIDDEN_KEYS.contains(&name);
    argument.get_env().is_some() && !is_secret && REFUSED.iter().all(|(refused, _)| *refused != name)
}

/// Reads the values of a key, as texts that the flag accepts.
pub(super) fn values(
    serve: &Command,
    key: &Spanned<impl AsRef<str>>,
    value: &Spanned<DeValue<'_>>,
) -> Result<Vec<String>, Flaw> {
    let name = key.get_ref().as_ref();
    let flag = serve.get_arguments().find(|argument| argument.get_long() == Some(name) && is_key(argument));
    let Some(flag) = flag else { return Err(Flaw::of(key, unknown(serve, name))) };
    let items: Vec<&Spanned<DeValue<'_>>> = match (flag.get_action(), value.get_ref()) {
        (ArgAction::SetTrue, DeValue::Boolean(on)) => return Ok(vec![on.to_string()]),
        (ArgAction::SetTrue, _) => return Err(Flaw::of(value, format!("{name}: write true or false"))),
        (ArgAction::Append, DeValue::Array(items)) => items.iter().collect(),
        _ => vec![value],
    };
    items.into_iter().map(|item| one(flag, name, item)).collect()
}

fn one(flag: &Arg, name: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Flaw> {
    let text = text(value.get_ref()).ok_or_else(|| {
        let list = if matches!(flag.get_action(), ArgAction::Append) { ", or a list of such texts" } else { "" };
        Flaw::of(value, format!("{name}: write a text in quotation marks, or a number{list}"))
    })?;
    if name == DATABASE_URL && holds_password(&text) {
        let message = "the URL contains a password; set the variable JETON_DATABASE_URL instead";
        return Err(Flaw::of(value, format!("{name}: {message}")));
    }
    match refusal(flag, name, &text) {
        Some(reason) => Err(Flaw::of(value, format!("{name}: {reason}"))),
        None => Ok(text),
    }
}

/// Returns a text or an integer as the command line has it.
fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        _ => None,
    }
}

/// Returns why a flag does not accept a value.
fn refusal(flag: &Arg, name: &str, text: &str) -> Option<String> {
    let command = Command::new("file").no_binary_name(true).disable_help_flag(true).arg(flag.clone());
    let error = command.try_get_matches_from([format!("--{name}={text}")]).err()?;
    if let Some(reason) = error.source() {
        return Some(reason.to_string());
    }
    Some(match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) if !valid.is_empty() => format!("write one of {}", valid.join(", ")),
        _ => "the value is not accepted".into(),
    })
}

/// Returns the sentence about a name that is no key.
fn unknown(serve: &Command, name: &str) -> String {
    if let Some((_, reason)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
        return format!("{name} is no setting of the file: {reason}");
    }
    let flag = serve.get_arguments().find(|argument| argument.get_long() == Some(name));
    if let Some(variable) = flag.filter(|flag| flag.is_hide_env_values_set()).and_then(Arg::get_env) {
        return format!("{name} is no setting of the file: it is a secret; set {}", variable.display());
    }
    match similar(serve, name) {
        Some(other) => format!("there is no setting \"{name}\"; did you mean {other}?"),
        None => format!("there is no setting \"{name}\"; jeton serve --help lists them, without the dashes"),
    }
}

/// Returns the key that a mistyped one resembles most, as the command line suggests a flag.
fn similar(serve: &Command, name: &str) -> Option<String> {
    let typed = name.replace('_', "-");
    let names = names(serve);
    if names.contains(&typed) {
        return Some(typed);
    }
    let error = serve.clone().no_binary_name(true).try_get_matches_from([format!("--{typed}")]).err()?;
    let Some(ContextValue::String(flag)) = error.get(ContextKind::SuggestedArg) else { return None };
    let key = flag.trim_start_matches('-').to_owned();
    names.contains(&key).then_some(key)
}

/// Returns whether a URL contains a password. A text that cannot be parsed may contain one.
fn holds_password(url: &str) -> bool {
    Url::parse(url)
        .map_or(true, |url| url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password"))
}
