//! Texts that pages share, and the serialization of errors for the browser.

pub(crate) mod case_fold;
