//! TODO

pub(crate) mod audit;
pub(crate) mod import;
mod offline;
pub(crate) mod recovery;
