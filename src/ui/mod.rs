//! The console: pages, components, and the server functions they call.
//!
//! A page is rendered by the server and taken over by the script. Everything is a link or a form first: a form posts to
//! an address, and [`submit`] answers it, for a browser without script as for one with it.

pub mod address;
pub mod answer;
mod app;
mod browser;
mod components;
pub mod deed;
mod equivalent;
mod folded;
mod later;
mod load;
mod pages;
mod parts;
mod submit;
mod told;
pub mod view;
mod words;

#[cfg(all(feature = "ssr", debug_assertions))]
mod dev;
#[cfg(feature = "ssr")]
mod docs;
#[cfg(feature = "hydrate")]
mod enhance;
#[cfg(feature = "ssr")]
mod request;
#[cfg(feature = "ssr")]
pub mod serve;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "hydrate")]
mod start;

#[cfg(feature = "hydrate")]
pub use start::start;
