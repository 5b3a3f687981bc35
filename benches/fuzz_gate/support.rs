//! The server of the integration tests, and what they wait and search with.

#[path = "../../tests/jeton/support/polling.rs"]
pub mod polling;
#[path = "../../tests/jeton/support/process.rs"]
pub mod process;
#[path = "../../tests/jeton/support/server.rs"]
pub mod server;
