//! TODO

pub mod flash;
pub mod outcome;
pub(crate) mod submit;
