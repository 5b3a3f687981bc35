//! Jeton: API tokens for InfluxDB-compatible stacks.
//!
//! This package wires the layers together: the server, the command tree and its administration commands. The layers are
//! crates below `crates/`; dependencies point downwards only.

use mimalloc::MiMalloc;

pub mod cli;
pub mod config;
pub mod server;

/// Threads free what others have allocated, because requests move between them: the allocator of glibc takes locks for
/// that, and a quarter of the time of a small request.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;
