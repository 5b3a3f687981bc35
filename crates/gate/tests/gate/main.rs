//! The promises of the gate, tested with requests as clients and attackers send them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

mod attacks;
mod authority;
mod bindings;
mod forward;
mod grants;
mod influxdb1;
mod influxdb2;
mod influxdb3;
mod listed;
mod observe;
mod properties;
mod recorded;
mod support;
mod victoriametrics;
