//! TODO

pub(crate) mod case_fold;
mod error_codec;
pub(crate) mod messages;
