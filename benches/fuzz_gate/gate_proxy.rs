//! The gate and the real databases of the integration tests.

#[path = "../../tests/jeton/gate_proxy/gated.rs"]
pub mod gated;
#[path = "../../tests/jeton/gate_proxy/influxdb1_program.rs"]
pub mod influxdb1_program;
#[path = "../../tests/jeton/gate_proxy/played.rs"]
pub mod played;
#[path = "../../tests/jeton/gate_proxy/program.rs"]
pub mod program;
#[path = "../../tests/jeton/gate_proxy/victoriametrics_program.rs"]
pub mod victoriametrics_program;
