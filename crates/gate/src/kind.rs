//! The kinds of databases that a gate guards, and the settings that decide.

pub use jeton_model::binding::GateKind as Kind;

/// The settings of a gate that change decisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// True if the permission to write, together with that to read, permits deleting data.
    pub writers_delete: bool,
    /// Flux packages that may be imported beyond the built-in list.
    pub flux_imports: Vec<String>,
    /// True if InfluxDB 1.x checks the caller's permissions again, by a user that holds no more.
    pub delegates: bool,
}

/// The second check of a request, by the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondLock {
    /// None: the database gets the gate's own credential.
    None,
    /// An authorization of InfluxDB 2 with the caller's permissions.
    Authorization,
    /// A user of InfluxDB 1.x with the caller's permissions.
    User,
}

impl SecondLock {
    /// Returns the second lock of a gate.
    pub(crate) fn of(kind: Kind, settings: &Settings) -> Self {
        match kind {
            Kind::Influxdb1 if settings.delegates => Self::User,
            Kind::Influxdb2 => Self::Authorization,
            Kind::Influxdb1 | Kind::Influxdb3 | Kind::Victoriametrics => Self::None,
        }
    }
}
