//! Advice on standard error: warnings, and hints of a command that succeeds. It is withheld on request, and where it
//! would end up among data for a program.

use std::{
    fs::File,
    io,
    os::{fd::AsFd, unix::fs::MetadataExt as _},
    sync::atomic::{AtomicBool, Ordering},
};

use clap::ArgMatches;

/// The variable that silences warnings and hints; `0` and `false` do not.
const SILENCED_BY: &str = "JETON_NO_WARNINGS";

static WITHHELD: AtomicBool = AtomicBool::new(false);

/// Decides for the whole command whether advice is withheld: if `JETON_NO_WARNINGS` is set, or if the command prints
/// data, and its output and its advice go to the same place, such as a terminal.
pub fn begin(matches: &ArgMatches) {
    WITHHELD.store(is_silenced() || (prints_data(matches) && is_merged()), Ordering::Relaxed);
}

/// Returns whether advice is withheld.
pub(crate) fn is_withheld() -> bool {
    WITHHELD.load(Ordering::Relaxed)
}

fn is_silenced() -> bool {
    std::env::var(SILENCED_BY).is_ok_and(|value| !matches!(value.to_lowercase().as_str(), "" | "0" | "false"))
}

/// Returns whether the command prints JSON, YAML or variables.
fn prints_data(matches: &ArgMatches) -> bool {
    let json = matches.try_get_one::<bool>("json").ok().flatten().is_some_and(|json| *json);
    let format = matches.try_get_raw("output").ok().flatten().and_then(|mut values| values.next());
    let is_data = format.map_or(json, |format| format != "table");
    is_data || matches.subcommand().is_some_and(|(_, below)| prints_data(below))
}

/// Returns whether standard output and standard error are the same terminal, pipe or file.
fn is_merged() -> bool {
    place(&io::stdout()).is_some_and(|output| place(&io::stderr()) == Some(output))
}

/// Returns what identifies the file behind a stream.
fn place(stream: &impl AsFd) -> Option<(u64, u64)> {
    let file = File::from(stream.as_fd().try_clone_to_owned().ok()?).metadata().ok()?;
    Some((file.dev(), file.ino()))
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, Command};

    use super::*;

    #[test]
    fn data_is_known_by_its_flags() {
        let list = Command::new("list")
            .arg(Arg::new("json").long("json").action(ArgAction::SetTrue))
            .arg(Arg::new("output").long("output").num_args(1));
        let root = Command::new("jeton").subcommand(list).subcommand(Command::new("version"));
        let prints = |line: &str| prints_data(&root.clone().get_matches_from(line.split(' ')));
        assert!(prints("jeton list --json") && prints("jeton list --output yaml") && prints("jeton list --output env"));
        assert!(!prints("jeton list") && !prints("jeton list --json --output table") && !prints("jeton version"));
    }
}
