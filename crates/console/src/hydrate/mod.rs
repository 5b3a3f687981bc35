//! Hydration of the server-rendered page: when it starts, what it defers, and the browser functions it needs.

pub mod browser;
pub mod chunks;
pub mod defer;
pub mod hydrated;
pub mod scheduler;

#[cfg(feature = "hydrate")]
mod enhance;
#[cfg(feature = "hydrate")]
pub(crate) mod start;

#[cfg(feature = "hydrate")]
pub use start::start;
