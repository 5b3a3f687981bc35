//! The server of the integration tests.

#[path = "../../tests/jeton/support/server.rs"]
pub mod server;
