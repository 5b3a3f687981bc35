//! The console: pages, components, and the server functions they call.
//!
//! The server renders a page and the browser hydrates it (progressive enhancement). Everything is a link or a form
//! first: a form posts to an address, and the same action handles it without JavaScript and, through the server
//! function `submit`, with it.

mod app;
mod components;
pub mod error;
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
