//! Gates: which database holds the data of a bucket, and whether it is available. The gates themselves are configured,
//! not stored.

mod adoption;
mod binding;
pub(crate) mod cache;
mod confirmation;
mod console;
mod directory;
mod explain;
mod offline;
mod operator;
mod org_adoption;
mod running;
mod suspension;
mod tokens_in_use;
pub(crate) mod upstream_buckets;
mod upstream_suspended;
mod vanished;

pub(crate) use binding::{check_renamable, unbind_deleted};

pub use binding::NewBinding;
pub use confirmation::ShownGate;
pub use console::LastFound;
pub use explain::LiveToken;
pub use offline::{GateSettings, OfflineGateError};
pub use running::VisibleGate;
pub use suspension::{Found, NotListed};
