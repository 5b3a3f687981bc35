//! Secrets on their way in: from standard input or a terminal, and only with a warning from the command line.

use std::{
    io::{self, BufRead as _, IsTerminal as _},
    sync::{Mutex, Once, PoisonError},
};

use clap::{ArgMatches, parser::ValueSource};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use super::error::{Failure, Outcome};

/// Flags that hold secrets.
const SECRET_FLAGS: [&str; 6] = ["token", "as_token", "password", "username_password", "database_url", "audit_key"];

/// A warning for each secret that stands on the command line itself.
pub fn warnings(matches: &ArgMatches) -> Vec<String> {
    let mut warnings = Vec::new();
    for flag in SECRET_FLAGS {
        let given = matches.try_contains_id(flag).unwrap_or(false)
            && matches.value_source(flag) == Some(ValueSource::CommandLine)
            && matches.get_one::<SecretString>(flag).is_some_and(|value| is_secret(flag, value.expose_secret()));
        if given {
            let name = flag.replace('_', "-");
            let instead = match flag {
                "token" | "as_token" => {
                    "; - in its place reads it from standard input, JETON_TOKEN from the environment"
                }
                "database_url" => "; give it in the environment, as JETON_DATABASE_URL",
                "audit_key" => "; give it in the environment, as JETON_AUDIT_KEY",
                "password" => "; - in its place reads it from standard input, and without the flag it is asked for",
                _ => "; leave the password out, and it is asked for",
            };
            warnings.push(format!(
                "the value of --{name} can be read in the process list and the shell's history{instead}"
            ));
        }
    }
    if let Some((_, below)) = matches.subcommand() {
        warnings.extend(self::warnings(below));
    }
    warnings
}

/// A user's name alone is none, nor is the address of a database.
fn is_secret(flag: &str, value: &str) -> bool {
    match flag {
        "username_password" => value.contains(':'),
        "database_url" => holds_password(value),
        _ => !matches!(value, "-" | ""),
    }
}

/// A text that cannot be parsed as a URL may hold a secret.
fn holds_password(url: &str) -> bool {
    Url::parse(url)
        .map_or(true, |url| url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password"))
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

/// What a shell reports of a program that Ctrl+C ended.
const INTERRUPTED: i32 = 130;

/// Held for as long as the terminal shows nothing that is typed.
static UNSEEN: Mutex<()> = Mutex::new(());

/// From now on Ctrl+C waits until the terminal is as it was. By itself it would end the program at once, and leave a
/// terminal that shows nothing any more.
fn keep_terminal() {
    static KEPT: Once = Once::new();
    KEPT.call_once(|| {
        // Where it can't be had, Ctrl+C does what it always does.
        if let Ok(mut interrupts) = signal(SignalKind::interrupt()) {
            tokio::spawn(async move {
                interrupts.recv().await;
                let _seen = UNSEEN.lock();
                std::process::exit(INTERRUPTED)
            });
        }
    });
}

/// Asks for a password without showing it; twice, where a typing error would lock someone out.
pub fn ask(prompt: &str, twice: bool) -> Outcome<SecretString> {
    keep_terminal();
    let once = |prompt: &str| {
        let unseen = UNSEEN.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = rpassword::prompt_password(format!("{prompt}: "));
        drop(unseen);
        match answer {
            Ok(answer) => Ok(SecretString::from(answer)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => std::process::exit(INTERRUPTED),
            Err(error) => Err(Failure::new(format!("the terminal can't be read: {error}"))),
        }
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
