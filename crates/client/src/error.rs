//! Errors of commands: one sentence, and optionally a hint.

use std::{fmt, io};

use jeton_model::ValidationError;

/// The message of a failed command on standard error. Never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    message: String,
    hint: Option<String>,
    /// The HTTP status of the server's error.
    status: Option<u16>,
    /// True if nothing is printed, as for a closed pipe.
    quiet: bool,
}

/// The result of every step of a command.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// Returns an error with this sentence, without `Error:` before it and without a full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, status: None, quiet: false }
    }

    /// Returns a server's error: `401 Unauthorized: unauthorized access` (docs/influxdb-compatibility.md §7.1).
    pub fn refused(status: u16, message: impl Into<String>) -> Self {
        Self { status: Some(status), ..Self::new(message) }
    }

    /// Adds the failed step in front: `<context>: <message>`.
    pub fn while_doing(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// Adds a hint, unless there is one.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// Sets a hint, in the place of an existing one.
    pub fn replace_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the HTTP status, if a server answered.
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// Returns whether nothing is to be printed.
    pub const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns the hint, if there is one.
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// An error of writing to standard output; errors of files name the file instead.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let quiet = error.kind() == io::ErrorKind::BrokenPipe;
        Self { quiet, ..Self::new(format!("the output can't be written: {error}")) }
    }
}

/// Adds the failed step to errors.
pub trait WhileDoing<T> {
    /// Returns `<context>: <message>`, as `influx` formats its errors.
    fn while_doing(self, context: impl fmt::Display) -> Outcome<T>;
}

impl<T> WhileDoing<T> for Outcome<T> {
    fn while_doing(self, context: impl fmt::Display) -> Self {
        self.map_err(|failure| failure.while_doing(context))
    }
}

impl From<ValidationError> for Failure {
    fn from(error: ValidationError) -> Self {
        Self::new(error.to_string())
    }
}
