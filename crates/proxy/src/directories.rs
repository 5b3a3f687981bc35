//! The source of a gate's bindings.

use std::{pin::Pin, sync::Arc, time::Instant};

use jeton_gate::Directory;
use jeton_model::binding::{FoundDatabase, GateIdentity};

/// The source of a gate's bindings. It is asked for each request, so that it should answer from memory.
pub trait Directories: Send + Sync + 'static {
    /// Returns the bindings as they are now.
    fn directory(&self) -> DirectoryFuture<'_>;

    /// Returns the gate by which the bindings are stored, once they were read; `None` if they are not stored. Only
    /// stored ones are compared with the database.
    fn stored(&self) -> Option<Arc<GateIdentity>> {
        None
    }

    /// Updates the default retention policies from the list that the database returned to a request of
    /// `_requested_at`. Bindings that do not depend on them ignore it.
    fn update_policies(&self, _found: &[FoundDatabase], _requested_at: Instant) {}
}

/// The future of a directory; it fails if the bindings cannot be read at the moment.
pub type DirectoryFuture<'a> = Pin<Box<dyn Future<Output = Result<Arc<Directory>, Unavailable>> + Send + 'a>>;

/// The error for data that a decision needs and that cannot be read at the moment. The log has the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;
