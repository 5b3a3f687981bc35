//! Jeton: API tokens for InfluxDB-compatible stacks.
//!
//! One crate, two builds: `ssr` is the server and the command line, `hydrate` is what the browser runs. Dependencies
//! point downwards only; `tests/jeton/architecture.rs` has the table of allowed edges.

pub mod console;
pub mod model;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;

/// Hydrates the page that the server rendered. `at`: the path and the query it was loaded from.
#[cfg(feature = "hydrate")]
pub fn hydrate(at: String) {
    console::start(at);
}
