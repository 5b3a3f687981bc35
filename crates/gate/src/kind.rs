//! The kinds of databases that a gate guards, and the settings that decide.

pub use jeton_model::binding::GateKind as Kind;

/// The settings of a gate that change decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// True if the permission to write, together with that to read, permits deleting data.
    pub writers_delete: bool,
    /// Flux packages that may be imported beyond the built-in list.
    pub flux_imports: Vec<String>,
}
