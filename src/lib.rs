//! Jeton: where the API tokens of an InfluxDB-compatible stack live.
//!
//! One crate, two builds: `ssr` is the server and the command line, `hydrate` is what the browser runs. Dependencies
//! point downwards only: `ui`, `api` and `cli` call `service`, `service` calls `store`, and everything knows `model`.

pub mod console;
pub mod http;
pub mod model;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;

/// Takes over the page that the server rendered. `at`: the path and the query it was loaded from.
#[cfg(feature = "hydrate")]
pub fn hydrate(at: String) {
    console::hydrate(at);
}
