//! A gate before a database with marked rows, and one caller at a time whose requests are watched.

use std::{collections::BTreeMap, time::Duration};

use jeton_proxy::Outcome;

use crate::{
    callers::{CALLERS, Caller},
    databases::{DATABASES, Marker, Program, markers},
    exchange::exchange,
    gate_proxy::{gated::Gated, influxdb1_program::Influxd, victoriametrics_program::VictoriaMetrics},
    home::Home,
    mutation::mutated,
    random::Random,
    request::Request,
    seeds::Seeds,
    support::server::Server,
};

/// Maximum duration of a query, so that no mutated query blocks the run.
const LONGEST_QUERY: Duration = Duration::from_secs(20);
/// Maximum number of characters of an answer in a report.
const EXCERPT: usize = 2000;

/// The kinds of database that are guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Influxdb1,
    Victoriametrics,
}

impl Kind {
    /// Returns the number of the kind, which selects its random sequence.
    pub fn number(self) -> u64 {
        match self {
            Self::Influxdb1 => 0,
            Self::Victoriametrics => 1,
        }
    }
}

/// A gate before a database with marked rows.
pub struct Scene {
    kind: Kind,
    gated: Gated,
    program: Program,
    markers: BTreeMap<&'static str, Marker>,
    seeds: Seeds,
    callers: Vec<Caller>,
    _home: Home,
}

/// A caller, and the content of the databases that it may not write.
pub struct Watch<'s> {
    scene: &'s Scene,
    caller: &'s Caller,
    own: Vec<&'static str>,
    readable: Vec<&'static str>,
    writable: Vec<&'static str>,
    before: Vec<String>,
}

/// The outcome of a request.
pub struct Tried {
    pub is_allowed: bool,
    /// The violated promise, and whether it is a leak.
    pub failure: Option<(String, bool)>,
}

impl Scene {
    /// Starts the database and the gate; `None` if the database is not installed.
    pub async fn start(kind: Kind, seed: u64) -> Option<Self> {
        let (program, address, gate) = match kind {
            Kind::Influxdb1 => {
                let influxd = Influxd::start().await?;
                let address = influxd.address();
                (Program::Influxd(influxd), address, jeton_gate::Kind::Influxdb1)
            }
            Kind::Victoriametrics => {
                let metrics = VictoriaMetrics::start().await?;
                let address = metrics.address();
                (Program::VictoriaMetrics(metrics), address, jeton_gate::Kind::Victoriametrics)
            }
        };
        let markers = markers(seed);
        program.fill(&markers).await;
        let home = Home::sqlite();
        let limit = |config: &mut jeton_proxy::GateConfig| config.limits.max_query = LONGEST_QUERY;
        let gated = Gated::with_buckets(Server::start(&home).await, gate, address, &DATABASES, limit).await;
        let mut callers = Vec::new();
        for one in CALLERS {
            callers.push(Caller::new(&gated, one).await);
        }
        let seeds = match kind {
            Kind::Influxdb1 => Seeds::of_influxdb1(),
            Kind::Victoriametrics => Seeds::of_victoriametrics(),
        };
        Some(Self { kind, gated, program, markers, seeds, callers, _home: home })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn callers(&self) -> &[Caller] {
        &self.callers
    }

    /// Begins to watch a caller.
    ///
    /// # Errors
    /// Fails if a marker is missing in its database, or if the caller cannot read its own rows: leaks would not be
    /// detected either.
    pub async fn watch<'s>(&'s self, caller: &'s Caller) -> Result<Watch<'s>, String> {
        let writable = caller.writable();
        let before = self.program.content(&writable).await;
        let content = before.join("\n");
        for (name, marker) in &self.markers {
            if !writable.contains(name) && !marker.is_in(&content) {
                return Err(format!("the rows of {name} cannot be seen past the gate"));
            }
        }
        let (own, readable) = (caller.own(), caller.readable());
        let watch = Watch { scene: self, caller, own, readable, writable, before };
        watch.sees_its_own().await?;
        Ok(watch)
    }

    /// Returns a request for all rows of a database.
    fn read(&self, database: &str) -> Request {
        match self.kind {
            Kind::Influxdb1 => Request::new("GET", &format!("/query?db={database}&q=SELECT+*+FROM+weather"), b""),
            Kind::Victoriametrics => {
                Request::new("GET", "/api/v1/export?match[]={__name__=~\".%2B\"}&start=0&end=4102444800", b"")
            }
        }
    }

    fn allowed(&self) -> u64 {
        self.gated.gate.counters().decisions(Outcome::Allowed)
    }
}

impl Watch<'_> {
    /// Returns the next request.
    pub fn request(&self, random: &mut Random) -> Request {
        let own = random.pick(&self.own);
        mutated(random, &self.scene.seeds, own)
    }

    /// Sends a request, and checks that the answer has no rows that the caller may not read, and that an allowed write
    /// changed no database that the caller may not write.
    pub async fn send(&self, request: &Request) -> Tried {
        let before = self.scene.allowed();
        let answered = exchange(self.scene.gated.address, &request.bytes(&self.caller.secret)).await;
        let is_allowed = self.scene.allowed() > before;
        let failure = match answered {
            Err(error) => Some((error.to_owned(), false)),
            Ok(answer) => match self.shown(&answer) {
                Some(shown) => Some((shown, true)),
                None if is_allowed && self.scene.program.may_be_written_by(&request.method) => {
                    self.ends_unchanged().await.err().map(|changed| (changed, true))
                }
                None => None,
            },
        };
        Tried { is_allowed, failure }
    }

    /// Returns the database whose rows an answer shows although the caller may not read them.
    fn shown(&self, answer: &str) -> Option<String> {
        let mut foreign = self.scene.markers.iter().filter(|(name, _)| !self.readable.contains(name));
        let (name, _) = foreign.find(|(_, marker)| marker.is_in(answer))?;
        let excerpt: String = answer.chars().take(EXCERPT).collect();
        Some(format!("the answer shows rows of {name}:\n{excerpt}"))
    }

    /// Checks that the content of the databases that the caller may not write is unchanged.
    ///
    /// # Errors
    /// Fails with the new or missing content.
    pub async fn ends_unchanged(&self) -> Result<(), String> {
        let after = self.scene.program.content(&self.writable).await;
        if after == self.before {
            return Ok(());
        }
        let new = after.iter().find(|row| !self.before.contains(row));
        let missing = self.before.iter().find(|row| !after.contains(row));
        Err(format!("a database changed that {} may not write; new: {new:?}, missing: {missing:?}", self.caller.name))
    }

    /// Checks that the caller reads its own rows through the gate.
    async fn sees_its_own(&self) -> Result<(), String> {
        for name in &self.readable {
            let request = self.scene.read(name);
            let answer = exchange(self.scene.gated.address, &request.bytes(&self.caller.secret)).await?;
            if !self.scene.markers[name].is_in(&answer) {
                return Err(format!("{} does not see its rows of {name}: {answer}", self.caller.name));
            }
        }
        Ok(())
    }
}
