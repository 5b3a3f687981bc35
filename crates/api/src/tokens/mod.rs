//! `/api/v2/tokens`: operations on a token by its value.

pub(crate) mod introspect;
pub(crate) mod leaked;
