//! Hydration: what the browser does with the page that the server rendered, and when.

pub mod browser;
pub mod chunks;
pub mod defer;
pub mod hydrated;
mod scheduler;

#[cfg(feature = "hydrate")]
mod enhance;
#[cfg(feature = "hydrate")]
mod start;

#[cfg(feature = "hydrate")]
pub use start::start;
