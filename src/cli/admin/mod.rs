//! The commands that open the database: recovery, import, backup, bindings of gates, and
//! verification of the audit log.

pub(crate) mod audit;
pub(crate) mod backup;
mod contents;
pub(crate) mod doctor;
pub(crate) mod gate;
pub(crate) mod import;
mod offline;
pub(crate) mod recovery;
pub(crate) mod restore;
mod rotate_key;

use jeton_client::error::Failure;
use jeton_service::Error;

/// Returns the failure of an operation on the database. There is no server log to consult: the cause of a failed
/// database is in the lines above.
fn operation_failed(error: Error) -> Failure {
    match error {
        Error::Internal | Error::Unavailable => {
            Failure::new("the database failed; the previous line states the reason")
        }
        other => Failure::new(other.to_string()),
    }
}
