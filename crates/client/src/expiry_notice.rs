//! The warning that the token in use expires soon.

use std::{
    io::{self, IsTerminal as _},
    sync::Once,
};

use reqwest::header::HeaderMap;

use jeton_model::{Timestamp, token::EXPIRY_HEADER};

use crate::output::warn;

/// Warns on a terminal, once per command, if the server announces the expiry of the token in use.
pub fn warn_of_expiry(headers: &HeaderMap) {
    static ONCE: Once = Once::new();
    let announced = headers.get(EXPIRY_HEADER).and_then(|value| value.to_str().ok());
    let Some(end) = announced.and_then(|text| text.parse::<Timestamp>().ok()) else { return };
    if io::stderr().is_terminal() {
        ONCE.call_once(|| {
            warn(&format!("warning: the token in use expires at {end}; replace it with jeton auth rotate"));
        });
    }
}
