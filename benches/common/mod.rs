//! Parts that the benchmarks, the soak test and the survival tests share: servers, data and load.

#![allow(dead_code, reason = "each program uses a part")]

pub mod data;
pub mod fill;
pub mod influxd;
pub mod load;
pub mod process;
pub mod server;

/// A result whose error is shown to the person who runs the program.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Returns the number in an environment variable, or the default.
pub fn number(variable: &str, default: u64) -> Result<u64> {
    match std::env::var(variable) {
        Ok(text) => text.parse().map_err(|_| format!("{variable} must be a number, not {text:?}").into()),
        Err(_) => Ok(default),
    }
}
