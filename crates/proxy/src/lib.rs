//! The proxy of the gate: it listens in the place of a database, lets `jeton_gate` decide about each request, and
//! forwards allowed requests to the database.
//!
//! A request is decided before a byte of its body is read, except where the body decides. The forwarded request is
//! built from the decision's values; bodies that decide nothing are streamed with back-pressure, in both directions. A
//! token that is revoked ends the exchanges that it began.
//!
//! A failure of the gate, of Jeton's database or of the guarded one is answered with 502 or 503, never with 401 or 403.

mod authorities;
mod body;
mod body_memory;
mod client_stream;
mod comparison;
mod config;
mod connection;
mod counters;
mod decide;
mod directories;
mod encryption;
mod exchange;
mod explain;
mod failure;
mod forward_auth;
mod framing;
mod gate;
mod handle;
mod influxdb2_context;
mod jwt;
mod lingering;
mod listener;
mod log_limit;
mod named;
mod own_api;
mod peer;
mod policies;
mod received;
mod recent;
mod records;
mod response_headers;
mod send;
mod shadows;
mod traffic;
mod upstream;
mod verdict_cache;
mod workers;

pub use body::{AnyBody, BodyError, boxed};
pub use client_stream::ClientStream;
pub use comparison::NotCompared;
pub use config::{Auth, ConfigError, GateConfig, Limits, Mode};
pub use counters::{Counters, End, Outcome, UpstreamFailure};
pub use directories::{Directories, DirectoryFuture, Unavailable};
pub use encryption::{Duplex, Encrypted, Encryption, Handshake};
pub use forward_auth::{AuthRequest, ForwardAuth, unanswered};
pub use gate::{ProxyGate, ServerContext};
pub use influxdb2_context::{Influxdb2Context, OwnAnswer, OwnApi};
pub use listener::{end_shadows, serve};
pub use policies::{DefaultPolicies, PolicyCache};
