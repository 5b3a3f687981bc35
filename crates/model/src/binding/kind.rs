//! The kinds of databases behind gates.

use serde::{Deserialize, Serialize};

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateKind {
    /// InfluxDB 1.x.
    Influxdb1,
    /// InfluxDB 2.x.
    Influxdb2,
    /// InfluxDB 3 Core.
    Influxdb3,
    /// VictoriaMetrics, single node.
    Victoriametrics,
}

impl GateKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Influxdb1, Self::Influxdb2, Self::Influxdb3, Self::Victoriametrics];

    /// Returns the name in configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Influxdb1 => "influxdb1",
            Self::Influxdb2 => "influxdb2",
            Self::Influxdb3 => "influxdb3",
            Self::Victoriametrics => "victoriametrics",
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Influxdb1 => "InfluxDB 1.x",
            Self::Influxdb2 => "InfluxDB 2",
            Self::Influxdb3 => "InfluxDB 3 Core",
            Self::Victoriametrics => "VictoriaMetrics",
        }
    }

    /// Returns the kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Returns whether buckets are bound to databases by stored records. The buckets of InfluxDB 2 have Jeton's ids.
    pub const fn has_bindings(self) -> bool {
        !matches!(self, Self::Influxdb2)
    }
}
