//! `jeton config` (docs/influxdb-compatibility.md §7.2): the profiles of `influx` and `jeton`. Sends no request.

mod change;

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    error::{Failure, Outcome},
    flags::PrintFlags,
    output::{Deleted, Format, Printer, Shown},
    profiles::{DEFAULT_HOST, Profile, Profiles},
    server_flags::ConfigsFlag,
};

/// Shows the active profile, or makes another one active.
#[derive(Args)]
pub struct Active {
    /// Name of the config to make active; - is the previously active one
    #[arg(allow_hyphen_values = true)]
    name: Option<String>,

    #[command(flatten)]
    flags: Flags,
}

/// The flags of all of these commands.
#[derive(Args)]
struct Flags {
    #[command(flatten)]
    configs: ConfigsFlag,
    #[command(flatten)]
    print: PrintFlags,
}

/// The commands that manage profiles.
#[derive(Subcommand)]
pub enum Command {
    /// Create a config
    Create(Box<change::Fields>),
    /// Update a config
    #[command(visible_alias = "update")]
    Set(Box<change::Changes>),
    /// List configs
    #[command(visible_alias = "ls")]
    List(List),
    /// Delete configs
    #[command(visible_aliases = ["delete", "remove"])]
    Rm(Remove),
}

/// Lists all.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    flags: Flags,
}

/// Profiles to take away.
#[derive(Args)]
pub struct Remove {
    /// Names of the configs
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    #[command(flatten)]
    flags: Flags,
}

/// A profile and its name.
struct Row {
    name: String,
    profile: Profile,
}

impl Serialize for Row {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.profile.serialize(serializer)
    }
}

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["Active", "Name", "URL", "Org"]
    }

    fn cells(&self) -> Vec<String> {
        let active = if self.profile.active { "*" } else { "" };
        vec![active.into(), self.name.clone(), self.profile.url.clone(), self.profile.org.clone()]
    }
}

impl Command {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        match self {
            Self::Create(fields) => fields.create(),
            Self::Set(changes) => changes.run(),
            Self::List(list) => list.run(),
            Self::Rm(remove) => remove.run(),
        }
    }
}

impl Active {
    /// Runs the command.
    pub fn run(&self) -> Outcome {
        let printer = self.flags.print.printer()?;
        let mut profiles = self.flags.configs.read()?;
        match self.name.as_deref() {
            None | Some("") => {}
            Some("-") => {
                profiles.switch_back()?;
                profiles.write()?;
            }
            Some(name) => {
                if profiles.switch(name)? {
                    profiles.write()?;
                }
            }
        }
        printer.one(&active(&profiles))
    }
}

/// Returns the active profile, or the built-in one.
fn active(profiles: &Profiles) -> Row {
    let built_in = || Profile { url: DEFAULT_HOST.into(), active: true, ..Profile::default() };
    match profiles.active() {
        Some((name, profile)) => Row { name: name.into(), profile: profile.clone() },
        None => Row { name: "default".into(), profile: built_in() },
    }
}

impl List {
    fn run(&self) -> Outcome {
        let printer = self.flags.print.printer()?;
        let profiles = self.flags.configs.read()?;
        let row = |(name, profile): (&String, &Profile)| Row { name: name.clone(), profile: profile.clone() };
        show_all(printer, profiles.all().iter().map(row).collect(), |row| row.name.clone())
    }
}

impl Remove {
    fn run(&self) -> Outcome {
        let printer = self.flags.print.printer()?;
        let mut profiles = self.flags.configs.read()?;
        let mut removed = Vec::new();
        for name in &self.names {
            removed.extend(profiles.remove(name).map(|profile| Deleted(Row { name: name.clone(), profile })));
        }
        if !removed.is_empty() {
            profiles.write()?;
        }
        show_all(printer, removed, |Deleted(row)| row.name.clone())
    }
}

/// Prints a table, or an object with a member for each name.
fn show_all<T: Shown>(printer: Printer, rows: Vec<T>, name: impl Fn(&T) -> String) -> Outcome {
    if printer.format == Format::Table {
        return printer.list(&rows, "{}");
    }
    let by_name: BTreeMap<String, &T> = rows.iter().map(|row| (name(row), row)).collect();
    printer.value(&by_name)
}

/// Adds the name of a profile to an error.
fn named(name: &str, failure: Failure, what: &str) -> Failure {
    failure.while_doing(format!("failed to {what} config {name:?}"))
}
