//! Secrets on their way in: from standard input or a terminal, and only with a warning from the command line.

use std::io::{self, BufRead as _, IsTerminal as _};

use clap::{ArgMatches, parser::ValueSource};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    failure::{Failure, Outcome},
    output::warn,
};

/// Flags that hold secrets.
const SECRET_FLAGS: [&str; 4] = ["token", "as_token", "password", "username_password"];

/// Warns where a secret stands on the command line itself.
pub fn warn_of_secrets(matches: &ArgMatches) {
    for flag in SECRET_FLAGS {
        let given = matches.try_contains_id(flag).unwrap_or(false)
            && matches.value_source(flag) == Some(ValueSource::CommandLine)
            && matches.get_one::<SecretString>(flag).is_some_and(|value| !matches!(value.expose_secret(), "-" | ""));
        if given {
            let name = flag.replace('_', "-");
            let instead = match flag {
                "token" | "as_token" => {
                    "; - in its place reads it from standard input, JETON_TOKEN from the environment"
                }
                "password" => "; - in its place reads it from standard input, and without the flag it is asked for",
                _ => "; leave the password out, and it is asked for",
            };
            warn(&format!(
                "warning: the value of --{name} can be read in the process list and the shell's history{instead}"
            ));
        }
    }
    if let Some((_, below)) = matches.subcommand() {
        warn_of_secrets(below);
    }
}

/// A secret that a flag gives: `-` is the first line of standard input; an empty one is none.
pub fn given(flag: Option<&SecretString>) -> Outcome<Option<SecretString>> {
    match flag.map(|secret| secret.expose_secret()) {
        None | Some("") => Ok(None),
        Some("-") => from_input().map(Some),
        Some(text) => Ok(Some(text.to_owned().into())),
    }
}

/// The first line of standard input, without its end.
fn from_input() -> Outcome<SecretString> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::new(format!("standard input can't be read: {error}")))?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(Failure::new("standard input holds nothing: write the secret there, on one line"));
    }
    Ok(line.to_owned().into())
}

/// Whether someone can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks for a password without showing it; twice, where a typing error would lock someone out.
pub fn ask(prompt: &str, twice: bool) -> Outcome<SecretString> {
    let once = |prompt: &str| {
        let answer = rpassword::prompt_password(format!("{prompt}: "));
        answer.map(SecretString::from).map_err(|error| Failure::new(format!("the terminal can't be read: {error}")))
    };
    let first = once(prompt)?;
    if twice && once(&format!("{prompt} again"))?.expose_secret() != first.expose_secret() {
        return Err(Failure::new("the two passwords differ; nothing was changed"));
    }
    Ok(first)
}

/// Asks for something that may be seen; an empty answer takes `usual`.
pub fn ask_text(prompt: &str, usual: Option<&str>) -> Outcome<String> {
    use std::io::Write as _;
    let mut err = io::stderr().lock();
    write!(err, "{prompt}{}: ", usual.map(|usual| format!(" ({usual})")).unwrap_or_default())?;
    err.flush()?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    if read.map_err(|error| Failure::new(format!("the terminal can't be read: {error}")))? == 0 {
        return Err(Failure::new("nothing was answered"));
    }
    let answer = line.trim();
    Ok(if answer.is_empty() { usual.unwrap_or_default().to_owned() } else { answer.to_owned() })
}

/// A password that a flag gives, or someone at the terminal.
pub fn or_asked(flag: Option<&SecretString>, prompt: &str) -> Outcome<SecretString> {
    match given(flag)? {
        Some(password) => Ok(password),
        None if can_ask() => ask(prompt, true),
        None => Err(Failure::new(
            "there is no terminal to ask for the password; give it on standard input with --password -",
        )),
    }
}
