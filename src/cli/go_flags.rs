//! Go's form of long flags: `-host URL` and `-host=URL` mean `--host`, as `influx` accepts them. Without this, clap
//! reads `-host` as the short flags `-h -o -s -t`, prints the help and exits with 0.

use std::{collections::BTreeSet, ffi::OsString};

use clap::Command;

/// The flags of a command and all of its subcommands.
#[derive(Default)]
struct Flags {
    /// Names of long flags, without dashes.
    long: BTreeSet<String>,
    /// Flags whose value may begin with a dash, as they are written: `--token`, `-t`.
    with_any_value: BTreeSet<String>,
}

impl Flags {
    fn collect(&mut self, command: &Command) {
        for argument in command.get_arguments() {
            let aliases = argument.get_all_aliases().unwrap_or_default();
            for name in argument.get_long().into_iter().chain(aliases) {
                self.long.insert(name.to_owned());
                if argument.is_allow_hyphen_values_set() {
                    self.with_any_value.insert(format!("--{name}"));
                }
            }
            if let (Some(short), true) = (argument.get_short(), argument.is_allow_hyphen_values_set()) {
                self.with_any_value.insert(format!("-{short}"));
            }
        }
        command.get_subcommands().for_each(|below| self.collect(below));
        self.long.extend(["help", "version"].map(str::to_owned));
    }

    /// Returns the argument with two dashes, if it is a long flag with one.
    fn with_two_dashes(&self, argument: &str) -> Option<String> {
        let bare = argument.strip_prefix('-').filter(|bare| !bare.starts_with('-') && bare.len() > 1)?;
        let name = bare.split('=').next().unwrap_or_default();
        self.long.contains(name).then(|| format!("-{argument}"))
    }
}

/// Returns the arguments with two dashes before each long flag. Values, and what follows `--`, stay as they are.
pub(super) fn normalized(arguments: Vec<OsString>, root: &Command) -> Vec<OsString> {
    let mut flags = Flags::default();
    flags.collect(root);
    let (mut ended, mut is_value) = (false, false);
    let read = |argument: OsString| {
        let Some(text) = argument.to_str() else { return argument };
        if ended || std::mem::take(&mut is_value) {
            return argument;
        }
        ended = text == "--";
        let argument = flags.with_two_dashes(text).map_or_else(|| argument.clone(), OsString::from);
        is_value = argument.to_str().is_some_and(|text| flags.with_any_value.contains(text));
        argument
    };
    arguments.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    fn read(words: &str) -> String {
        let token = Arg::new("token").long("token").short('t').allow_hyphen_values(true).num_args(1);
        let ping = Command::new("ping").arg(Arg::new("host").long("host").num_args(1)).arg(token);
        let root = Command::new("jeton").subcommand(ping);
        let read = normalized(words.split(' ').map(OsString::from).collect(), &root);
        read.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn one_dash_before_a_long_flag_is_as_good_as_two() {
        assert_eq!(read("jeton ping -host http://x"), "jeton ping --host http://x");
        assert_eq!(read("jeton ping -host=http://x -help"), "jeton ping --host=http://x --help");
        assert_eq!(read("jeton ping --host http://x -t abc"), "jeton ping --host http://x -t abc");
    }

    #[test]
    fn values_and_what_follows_two_dashes_stay() {
        assert_eq!(read("jeton ping --token -host"), "jeton ping --token -host");
        assert_eq!(read("jeton ping -token -host -host x"), "jeton ping --token -host --host x");
        assert_eq!(read("jeton ping -- -host"), "jeton ping -- -host");
        assert_eq!(read("jeton ping -x - -hx"), "jeton ping -x - -hx");
    }
}
