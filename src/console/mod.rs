//! The console: pages, components, and the server functions they call.
//!
//! A page is rendered by the server and taken over by the script. Everything is a link or a form first: a form posts to
//! an address, and [`submit`] answers it, for a browser without script as for one with it.

mod app;
mod components;
mod forms;
mod hydrate;
mod pages;
mod queries;
pub mod routes;
mod snippets;
pub mod state;
mod text;

#[cfg(all(feature = "ssr", debug_assertions))]
mod dev;

#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod docs;
#[cfg(feature = "ssr")]
pub mod ssr;

#[cfg(feature = "hydrate")]
pub use hydrate::start;
