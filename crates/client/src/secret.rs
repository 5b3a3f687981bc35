//! Input of secrets: from standard input or a terminal, and from the command line only with a warning.

use std::{
    io::{self, BufRead as _, IsTerminal as _},
    sync::{Mutex, Once, PoisonError},
};

use clap::{ArgMatches, parser::ValueSource};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::error::{Failure, Outcome};

/// Flags that contain secrets.
const SECRET_FLAGS: [&str; 9] = [
    "token",
    "as_token",
    "token_value",
    "password",
    "username_password",
    "database_url",
    "audit_key",
    "init_password",
    "init_token",
];

/// Returns a warning for each secret on the command line itself.
pub fn warnings(matches: &ArgMatches) -> Vec<String> {
    let mut warnings = Vec::new();
    for flag in SECRET_FLAGS {
        let given = matches.try_contains_id(flag).unwrap_or(false)
            && matches.value_source(flag) == Some(ValueSource::CommandLine)
            && matches.get_one::<SecretString>(flag).is_some_and(|value| is_secret(flag, value.expose_secret()));
        if given {
            let name = flag.replace('_', "-");
            let instead = match flag {
                "token" | "as_token" => "; use - to read it from standard input, or set JETON_TOKEN",
                "token_value" => "; use - to read it from standard input",
                "database_url" => "; set JETON_DATABASE_URL instead",
                "audit_key" => "; set JETON_AUDIT_KEY instead",
                "init_password" => "; set JETON_INIT_PASSWORD instead",
                "init_token" => "; set JETON_INIT_TOKEN instead",
                "password" => "; use - to read it from standard input, or omit the flag to be prompted",
                _ => "; omit the password to be prompted",
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

/// Returns whether a value is secret. A user's name without password is not, nor is a database URL without one.
fn is_secret(flag: &str, value: &str) -> bool {
    match flag {
        "username_password" => value.contains(':'),
        "database_url" => holds_password(value),
        _ => !matches!(value, "-" | ""),
    }
}

/// Returns whether a URL contains a password. A text that cannot be parsed may contain one.
fn holds_password(url: &str) -> bool {
    Url::parse(url)
        .map_or(true, |url| url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password"))
}

/// Returns a flag's secret: `-` is the first line of standard input; an empty one is `None`.
pub fn given(flag: Option<&SecretString>) -> Outcome<Option<SecretString>> {
    match flag.map(secrecy::ExposeSecret::expose_secret) {
        None | Some("") => Ok(None),
        Some("-") => from_input().map(Some),
        Some(text) => Ok(Some(text.to_owned().into())),
    }
}

/// Returns the secret of a flag that accepts nothing but `-`.
pub fn only_from_input(name: &str, flag: Option<&SecretString>) -> Outcome<Option<SecretString>> {
    match flag.map(secrecy::ExposeSecret::expose_secret) {
        None => Ok(None),
        Some("-") => from_input().map(Some),
        Some(_) => Err(Failure::new(format!("{name} must be -, which reads the value from standard input"))),
    }
}

/// Reads the first line of standard input, without its line break.
fn from_input() -> Outcome<SecretString> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Failure::new(format!("standard input can't be read: {error}")))?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(Failure::new("standard input is empty; write the secret to it on one line"));
    }
    Ok(line.to_owned().into())
}

/// Returns whether prompts are possible.
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Exit code that shells report for a program that Ctrl+C ended.
const INTERRUPTED: i32 = 130;

/// Held while the terminal's echo is off.
static UNSEEN: Mutex<()> = Mutex::new(());

/// Delays Ctrl+C until the terminal's echo is restored. By default it would end the program at once, and leave a
/// terminal without echo.
fn keep_terminal() {
    static KEPT: Once = Once::new();
    KEPT.call_once(|| {
        // Without a signal handler, Ctrl+C keeps its default.
        if let Ok(mut interrupts) = signal(SignalKind::interrupt()) {
            tokio::spawn(async move {
                interrupts.recv().await;
                let _seen = UNSEEN.lock();
                std::process::exit(INTERRUPTED)
            });
        }
    });
}

/// Prompts for a password without echo; twice, if a typing error would lock someone out.
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

/// Prompts for a text that is no secret; an empty answer means `usual`.
pub fn ask_text(prompt: &str, usual: Option<&str>) -> Outcome<String> {
    use std::io::Write as _;
    let mut err = io::stderr().lock();
    write!(err, "{prompt}{}: ", usual.map(|usual| format!(" ({usual})")).unwrap_or_default())?;
    err.flush()?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    if read.map_err(|error| Failure::new(format!("the terminal can't be read: {error}")))? == 0 {
        return Err(Failure::new("no answer was typed"));
    }
    let answer = line.trim();
    Ok(if answer.is_empty() { usual.unwrap_or_default().to_owned() } else { answer.to_owned() })
}

/// Returns the password of a flag, or of the prompt on a terminal.
pub fn or_asked(flag: Option<&SecretString>, prompt: &str) -> Outcome<SecretString> {
    match given(flag)? {
        Some(password) => Ok(password),
        None if can_ask() => ask(prompt, true),
        None => Err(Failure::new(
            "there is no terminal to ask for the password; give it on standard input with --password -",
        )),
    }
}
