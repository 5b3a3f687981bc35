//! `jeton completions` and `jeton man`.

use std::{io, path::PathBuf};

use clap::Args;
use clap_complete::Shell;
use clap_mangen::Man as Page;

use jeton_client::{
    error::{Failure, Outcome},
    output::print,
};

/// The shell whose completions are printed.
#[derive(Args)]
pub struct Completions {
    /// Shell that the script is for
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    pub fn run(&self, mut command: clap::Command) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "jeton", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}

/// The manual.
#[derive(Args)]
pub struct Man {
    /// Directory in which to write a manual page for each command
    directory: Option<PathBuf>,
}

impl Man {
    /// Prints the first page, or writes all.
    pub fn run(&self, command: clap::Command) -> Outcome {
        // The pages contain the help already.
        let mut command = command.disable_help_subcommand(true);
        let Some(directory) = &self.directory else {
            command.build();
            let mut page = Vec::new();
            Page::new(command).render(&mut page)?;
            return print(&String::from_utf8_lossy(&page));
        };
        let written = std::fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(command, directory));
        written.map_err(|error: io::Error| {
            Failure::new(format!("can't write the manual pages to {}: {error}", directory.display()))
        })
    }
}
