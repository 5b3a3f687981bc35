//! The commands that open the database: recovery, import, and verification of the audit log.

pub(crate) mod audit;
pub(crate) mod import;
mod offline;
pub(crate) mod recovery;
