//! Errors of the database.

use std::io;

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
#[error("{cause}")]
pub struct Error {
    pub(crate) cause: sqlx::Error,
    /// True if the transaction may have been committed all the same.
    is_outcome_unknown: bool,
}

impl From<sqlx::Error> for Error {
    fn from(cause: sqlx::Error) -> Self {
        Self { cause, is_outcome_unknown: false }
    }
}

impl Error {
    /// True if no connection was free in time.
    pub const fn is_pool_timeout(&self) -> bool {
        matches!(self.cause, sqlx::Error::PoolTimedOut)
    }

    /// True if the connection to the database is lost, or is about to be.
    pub(crate) fn is_disconnect(&self) -> bool {
        match &self.cause {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
            // Connection exceptions, and a server that stops.
            sqlx::Error::Database(error) => {
                error.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
            }
            _ => false,
        }
    }

    /// True if the database was lost during a COMMIT, which it may have done: a repetition may do the same twice.
    pub const fn is_outcome_unknown(&self) -> bool {
        self.is_outcome_unknown
    }

    /// True if the database or what it runs on is the cause, and not the statement: a full disk, a lost connection, a
    /// server that stops. The same request may succeed later.
    pub fn is_unavailable(&self) -> bool {
        match &self.cause {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // Also of a load balancer that has no server, and closes the connection that it has accepted.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => true,
            sqlx::Error::Database(error) => error.code().is_some_and(|code| is_environmental(&code)),
            _ => false,
        }
    }

    /// The error of an operation whose transaction failed because of another operation or of its COMMIT.
    pub(crate) fn not_committed(cause: &Self) -> Self {
        sqlx::Error::Io(io::Error::other(format!("the transaction was not committed: {cause}"))).into()
    }

    /// The error of an operation whose COMMIT was not answered.
    pub(crate) fn unknown_outcome(cause: &Self) -> Self {
        let text = format!("it is unknown whether the transaction was committed: {cause}");
        Self { cause: sqlx::Error::Io(io::Error::other(text)), is_outcome_unknown: true }
    }
}

/// Returns whether an error code of SQLite or PostgreSQL is about what the database runs on.
fn is_environmental(code: &str) -> bool {
    // PostgreSQL's codes have five characters, the first two of which are the class; SQLite's are shorter numbers.
    if code.len() == 5 {
        return ["08", "53", "57", "58"].contains(&code.get(..2).unwrap_or_default())
            || ["25006", "55P03"].contains(&code);
    }
    // The last byte is the kind: BUSY, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN.
    let kind = code.parse::<u32>().map(|code| code & 0xff);
    kind.is_ok_and(|kind| [5, 7, 8, 10, 11, 13, 14].contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_balancer_without_a_server_is_a_lost_connection() {
        let error = Error::from(sqlx::Error::Protocol("unexpected response from SSLRequest: 0x00".into()));
        assert!(error.is_unavailable() && error.is_disconnect());
    }

    #[test]
    fn a_full_disk_is_told_from_a_wrong_statement() {
        for code in ["13", "778", "5", "53100", "57P01", "08006", "25006", "55P03"] {
            assert!(is_environmental(code), "{code}");
        }
        // A constraint, a syntax error, and PostgreSQL's kinds of them.
        for code in ["2067", "1", "787", "23505", "42601", ""] {
            assert!(!is_environmental(code), "{code}");
        }
    }
}
