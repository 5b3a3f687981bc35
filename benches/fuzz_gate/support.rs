//! The server of the integration tests, and what waits for programs.

#[path = "../../tests/jeton/support/certificates.rs"]
pub mod certificates;
#[path = "../../tests/jeton/support/polling.rs"]
pub mod polling;
#[path = "../../tests/jeton/support/process.rs"]
pub mod process;
#[path = "../../tests/jeton/support/server.rs"]
pub mod server;
