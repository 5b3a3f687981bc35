//! Jeton: API tokens for InfluxDB-compatible stacks.
//!
//! This package wires the layers together: the server, the command tree and its administration commands. The layers are
//! crates below `crates/`; dependencies point downwards only.

pub mod cli;
pub mod config;
pub mod server;
