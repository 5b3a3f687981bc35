//! TODO

pub(crate) mod introspect;
pub(crate) mod leaked;
