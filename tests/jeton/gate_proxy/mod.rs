//! The proxy of the gate: real databases behind it, and a database that the test plays, for what a real one cannot be
//! made to do.

mod adoption;
mod api;
mod commands;
mod configured;
mod connections;
mod encrypted;
mod encrypted_connections;
mod exchanges;
mod failures;
pub mod gated;
mod heads;
mod health;
mod http2;
mod https;
mod influxdb1;
mod influxdb1_delegate;
mod influxdb1_privileges;
mod influxdb1_program;
mod influxdb2;
mod influxdb3;
mod inventory;
mod narrow;
mod observe;
mod page;
pub mod played;
mod policies;
pub mod program;
mod refused;
mod relay;
mod retries;
mod uses;
mod v1_credentials;
mod v1_guesses;
mod vanished;
mod victoriametrics;
mod victoriametrics_program;
