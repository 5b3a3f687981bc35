//! Why a command failed: one sentence, and where it helps, what to do about it.

use std::{fmt, io};

/// What standard error says when a command fails. Never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    message: String,
    hint: Option<String>,
    /// The status of the answer that refused it.
    status: Option<u16>,
    /// Nobody reads on: the end of a pipe is no error.
    quiet: bool,
}

/// What every step of a command returns.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A sentence without `Error:` before it and without a full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, status: None, quiet: false }
    }

    /// What the server refused: `401 Unauthorized: unauthorized access` (contract §7.1).
    pub fn refused(status: u16, message: impl Into<String>) -> Self {
        Self { status: Some(status), ..Self::new(message) }
    }

    /// The same, with what was being done before it: `<context>: <message>`.
    pub fn while_doing(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// The same, and what to do about it; the first hint stays.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// The same, and something better to do about it.
    pub fn replace_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The HTTP status, where a server answered.
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// Whether there is anything to say.
    pub const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// What to do about it, where something is known.
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Of writing to standard output; files say which of them they are about.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let quiet = error.kind() == io::ErrorKind::BrokenPipe;
        Self { quiet, ..Self::new(format!("the output can't be written: {error}")) }
    }
}

/// Adds to a failure what was being done.
pub trait WhileDoing<T> {
    /// `<context>: <message>`, as `influx` words its errors.
    fn while_doing(self, context: impl fmt::Display) -> Outcome<T>;
}

impl<T> WhileDoing<T> for Outcome<T> {
    fn while_doing(self, context: impl fmt::Display) -> Self {
        self.map_err(|failure| failure.while_doing(context))
    }
}
