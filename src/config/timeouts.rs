//! Timeouts of connections.

use std::{num::ParseIntError, time::Duration};

use clap::Args;

/// Timeouts of connections. The flags are hidden: tests shorten the times with them.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Number of milliseconds after which a connection without a request is closed. It exceeds the idle times of the
    /// common reverse proxies: a proxy that keeps a connection for longer than the server does sends requests into
    /// closed connections, and answers them with 502
    #[arg(long = "idle-timeout-ms", hide = true, default_value = "120000", value_parser = milliseconds)]
    pub idle: Duration,

    /// Number of milliseconds from the first byte of a request to the end of its headers
    #[arg(long = "head-timeout-ms", hide = true, default_value = "10000", value_parser = milliseconds)]
    pub head: Duration,

    /// Number of milliseconds for which a client accepts nothing of what is sent to it
    #[arg(long = "write-timeout-ms", hide = true, default_value = "60000", value_parser = milliseconds)]
    pub write: Duration,
}

fn milliseconds(text: &str) -> Result<Duration, ParseIntError> {
    text.parse().map(Duration::from_millis)
}
