//! The settings of a gate on the command line.

use clap::Args;

use jeton_client::error::{Failure, Outcome};
use jeton_model::binding::{GateKind, Upstream};
use jeton_service::gates::GateSettings;

/// The gate of a command, with the settings that its section `[[gate]]` of the configuration has.
#[derive(Args, Clone, Debug)]
pub struct GateFlags {
    /// Name of the gate
    #[arg(long, value_name = "NAME")]
    pub gate: Option<String>,

    /// Kind of the database: influxdb1, influxdb2, influxdb3 or victoriametrics
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,

    /// Name of the organization whose buckets the databases are
    #[arg(long, value_name = "NAME")]
    pub org: Option<String>,

    /// Address of the database, such as http://127.0.0.1:8086
    #[arg(long, value_name = "URL")]
    pub upstream: Option<String>,
}

impl GateFlags {
    /// Returns the settings of the gate; each is required.
    pub fn settings(&self) -> Outcome<GateSettings> {
        let name = required("gate", self.gate.as_deref())?.to_owned();
        let kind = required("kind", self.kind.as_deref())?;
        let org = required("org", self.org.as_deref())?.to_owned();
        let upstream: Upstream = required("upstream", self.upstream.as_deref())?.parse()?;
        let unknown = || {
            let known = GateKind::ALL.map(GateKind::name).join(", ");
            Failure::new(format!("unknown kind \"{kind}\"; the kinds are {known}"))
        };
        Ok(GateSettings { name, kind: GateKind::named(kind).ok_or_else(unknown)?, org, upstream })
    }
}

/// Returns the value of a required flag.
pub fn required<'a>(flag: &str, value: Option<&'a str>) -> Outcome<&'a str> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| Failure::new(format!("must provide --{flag}")))
}
