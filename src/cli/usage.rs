//! Errors of the command line: the wording and exit code of `influx` (docs/influxdb-compatibility.md §7.1), with clap's
//! help.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{
    Command,
    builder::StyledStr,
    error::{ContextKind, ErrorKind},
};

use jeton_client::output::has_colours;

use super::hints::{hint, of_influx, text};

/// Prints the error, with the help of the intended command. For `--help` and `--version`, prints these.
pub fn explain(error: &clap::Error, arguments: &[OsString], mut root: Command) -> ExitCode {
    root.build();
    let (mut command, path) = meant(root, arguments);
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            show(&error.render());
            return if was_asked_for(arguments) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            show(&command.render_help());
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let unknown = unknown_command(error);
    if let Some((sentence, hint)) = unknown.as_ref().and_then(|word| of_influx(word, &path)) {
        complain(&sentence, Some(&hint));
        return ExitCode::FAILURE;
    }
    let known = unknown.is_none();
    let unknown = unknown.map(|word| format!("unknown command \"{word}\" for \"{path}\""));
    let sentence = unknown.unwrap_or_else(|| sentence(error));
    if known {
        if error.kind() != ErrorKind::MissingRequiredArgument {
            show(&StyledStr::from(format!("Incorrect Usage: {sentence}\n\n")));
        }
        show(&command.render_help());
    }
    complain(&sentence, hint(error, arguments).as_deref());
    ExitCode::FAILURE
}

fn complain(sentence: &str, hint: Option<&str>) {
    let mut err = io::stderr().lock();
    drop(writeln!(err, "Error: {sentence}"));
    if let Some(hint) = hint {
        drop(writeln!(err, "Hint: {hint}"));
    }
}

/// True if a word asks for the help or the version, and not a typo such as `-hots`, which contains the flag `-h`.
fn was_asked_for(arguments: &[OsString]) -> bool {
    let words = ["-h", "--help", "help", "-V", "--version"];
    arguments.iter().any(|argument| words.iter().any(|word| argument == word))
}

/// Returns the command that the arguments name, and its full name. Flags come after the command's name.
fn meant(mut command: Command, arguments: &[OsString]) -> (Command, String) {
    let mut path = vec![command.get_name().to_owned()];
    for argument in arguments.iter().skip(1) {
        let found = argument.to_str().and_then(|word| command.find_subcommand(word)).cloned();
        let Some(below) = found else { break };
        path.push(below.get_name().to_owned());
        command = below;
    }
    (command, path.join(" "))
}

/// Returns a word in the place of a command's name, or after a command that takes no words.
fn unknown_command(error: &clap::Error) -> Option<String> {
    match error.kind() {
        ErrorKind::InvalidSubcommand => text(error, ContextKind::InvalidSubcommand),
        ErrorKind::UnknownArgument => text(error, ContextKind::InvalidArg).filter(|word| !word.starts_with('-')),
        _ => None,
    }
}

/// Returns one sentence without values, which may be secrets.
fn sentence(error: &clap::Error) -> String {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => {
            format!("flag provided but not defined: -{}", argument.trim_start_matches('-'))
        }
        ErrorKind::MissingRequiredArgument => match names(&argument)[..] {
            [ref one] => format!("Required flag \"{one}\" not set"),
            ref several => format!("Required flags \"{}\" not set", several.join(", ")),
        },
        ErrorKind::ArgumentConflict => {
            format!("{argument} was given twice or conflicts with another argument; remove one of them")
        }
        _ => {
            let whole = error.render().to_string();
            let line = whole.lines().next().unwrap_or_default();
            line.strip_prefix("error: ").unwrap_or(line).to_owned()
        }
    }
}

/// Extracts names from `--id <ID>, --name <NAME>`, without dashes and values.
fn names(arguments: &str) -> Vec<String> {
    let bare = |argument: &str| {
        let name = argument.split([' ', '=']).next().unwrap_or_default();
        name.trim_start_matches('-').trim_matches(['<', '>', '[', ']', '.']).to_owned()
    };
    arguments.split(", ").map(bare).collect()
}

/// Prints a text, with colours only on a terminal.
fn show(text: &StyledStr) {
    let mut out = io::stdout().lock();
    let shown = if has_colours(&out) { text.ansi().to_string() } else { text.to_string() };
    // A closed pipe is ignored.
    drop(out.write_all(shown.as_bytes()));
}
