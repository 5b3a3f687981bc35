//! Wording that pages share, and the encoding of errors for the browser.

pub(crate) mod case_fold;
mod error_codec;
pub(crate) mod messages;
