//! Fixtures: servers, browsers without JavaScript, terminals and other real programs that the tests use.

pub mod certificates;
pub mod command;
pub mod compare;
pub mod console;
pub mod influxd;
#[allow(dead_code, reason = "the tests of the store use all of it")]
pub mod lossy_relay;
pub mod nginx;
pub mod people;
pub mod polling;
pub mod process;
pub mod server;
pub mod shared;
pub mod terminal;
pub mod tls;
