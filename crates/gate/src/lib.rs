//! Authorization of requests to databases behind the gate: the access that a request needs, and the decision.
//!
//! Nothing here does I/O. A received head becomes a [`CanonicalRequest`], which [`Gate::classify`] turns into the
//! [`Demand`] of a [`Plan`], in steps if the body decides. [`Plan::decide`] compares the demand with the caller's
//! permissions and the stored bindings. Only its [`Decision::Allow`] holds a request for the database, and that is
//! built from parsed values alone. In observe mode, so do [`Plan::observe`] and [`Gate::observe_unauthenticated`].

mod answer;
mod authority;
mod caller;
mod caller_rights;
mod check;
mod content_type;
mod decision;
mod delegated;
mod demand;
mod directory;
mod explain;
mod explanation;
mod flux;
mod forward;
mod gate;
mod grants;
mod hashed;
mod influxdb1;
mod influxdb2;
mod influxdb3;
mod influxql;
mod inventory;
mod kind;
mod listing;
mod observe;
mod plan;
mod refusal;
mod request;
mod rights_cache;
mod strict_json;
mod upstream;
mod victoriametrics;

pub use answer::Answer;
pub use authority::Authority;
pub use caller::Caller;
pub use decision::{Allowed, Decision};
pub use delegated::Delegated;
pub use demand::{Demand, OperatorOnly, Place, Policy, Target, Targets};
pub use directory::{Available, Binding, Directory, Unresolved};
pub use flux::{FluxText, Verdict};
pub use forward::{Args, ForwardApproval, ForwardedRequest};
pub use gate::Gate;
pub use grants::{Grants, Privilege};
pub use hashed::Hashed;
pub use influxdb1::{GateUsers, Statements, UserState};
pub use influxdb2::{BucketBody, OrgBody, RecordPage, RecordPages, Records};
pub use inventory::{Inventory, Question};
pub use kind::{Kind, Settings};
pub use observe::{Observed, Passthrough, UnauthenticatedDecision};
pub use plan::{Admitted, NeedsBody, NeedsSyntax, Plan, Step};
pub use refusal::{FluxReason, ProxyOnly, Reason, Refusal, Shape, Surface};
pub use request::{
    CanonicalRequest, Content, Credential, Credentials, Head, Malformed, Media, Method, Parameters, Path,
};
pub use upstream::{Body, UpstreamRequest};
