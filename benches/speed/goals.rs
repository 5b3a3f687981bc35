//! The goals, each for one row of the table.

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Time to verify a token and decide about a permission, in this process.
    Verification,
    /// An answer without a check, to a bare handler.
    PingToBare,
    /// The check of a token, to a bare handler.
    CheckToBare,
    /// The check of a token, to an answer without a check behind the same middlewares.
    CheckToPing,
    /// The check of a token, to influxd's.
    CheckToInfluxd,
    /// Introspection, to a bare handler.
    IntrospectionToBare,
    /// Creation on one connection, to raw inserts.
    CreationToRaw1,
    /// Creation on 8 connections, to raw inserts.
    CreationToRaw8,
    /// Creation on 32 connections, to raw inserts.
    CreationToRaw32,
    /// Creation on one connection, to influxd's.
    CreationToInfluxd1,
    /// Creation on 8 connections, to influxd's.
    CreationToInfluxd8,
    /// Creation on 32 connections, to influxd's.
    CreationToInfluxd32,
    /// A page of a middle list, to one of a small list.
    MiddlePage,
    /// A page of a middle list with a text filter, to one of a small list.
    MiddleSearch,
    /// A page of the largest list, to one of a small list.
    LargePage,
    /// A page of the largest list with a text filter, to one of a small list.
    LargeSearch,
    /// Time from the start to the first answer with the largest list.
    Start,
    /// Resident memory with the largest list.
    Memory,
    /// Time from the start to the first answer, to influxd's with one token.
    StartToInfluxd,
    /// Resident memory, to influxd's after the same load.
    MemoryToInfluxd,
    /// Writes through a gate, to those through a bare nginx.
    GateToNginx,
    /// Writes through a gate, to those through vmauth.
    GateToVmauth,
    /// Writes through an nginx with a gate's forward auth, to those through one whose forward auth allows everything.
    AskedToEmpty,
    /// Latency that a gate adds to the 99th percentile of writes at half load.
    AddedLatency,
    /// Growth of the resident memory while a gate streams.
    StreamGrowth,
    /// Concurrent exchanges of a gate.
    OpenExchanges,
}

/// The limit of a value.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// The value must not be smaller.
    AtLeast(f64),
    /// The value must not be larger.
    AtMost(f64),
}

impl Bound {
    /// Returns whether a value is within the limit.
    pub fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
        }
    }
}

/// The goals; rows without one are printed for information.
const GOALS: [(Row, Bound); 18] = [
    (Row::Verification, Bound::AtMost(2.0)),
    (Row::CheckToBare, Bound::AtLeast(0.75)),
    (Row::CheckToPing, Bound::AtLeast(0.9)),
    (Row::CheckToInfluxd, Bound::AtLeast(4.0)),
    (Row::IntrospectionToBare, Bound::AtLeast(0.5)),
    (Row::CreationToRaw1, Bound::AtLeast(0.6)),
    (Row::CreationToInfluxd1, Bound::AtLeast(1.0)),
    (Row::CreationToInfluxd8, Bound::AtLeast(4.0)),
    (Row::LargePage, Bound::AtMost(2.0)),
    (Row::LargeSearch, Bound::AtMost(5.0)),
    (Row::Start, Bound::AtMost(300.0)),
    (Row::Memory, Bound::AtMost(300.0)),
    (Row::GateToNginx, Bound::AtLeast(0.7)),
    (Row::GateToVmauth, Bound::AtLeast(1.5)),
    (Row::AskedToEmpty, Bound::AtLeast(0.8)),
    (Row::AddedLatency, Bound::AtMost(1.0)),
    (Row::StreamGrowth, Bound::AtMost(20.0)),
    (Row::OpenExchanges, Bound::AtLeast(1000.0)),
];

impl Row {
    /// Returns the goal of the row, if it has one.
    pub fn goal(self) -> Option<Bound> {
        GOALS.into_iter().find(|(row, _)| *row == self).map(|(_, bound)| bound)
    }

    /// Returns the text and the unit of the row.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Verification => ("verify and decide in process", "µs"),
            Self::PingToBare => ("/ping ÷ bare handler", "/s"),
            Self::CheckToBare => ("token check ÷ bare handler", "/s"),
            Self::CheckToPing => ("token check ÷ /ping", "/s"),
            Self::CheckToInfluxd => ("token check ÷ influxd", "/s"),
            Self::IntrospectionToBare => ("introspection ÷ bare handler", "/s"),
            Self::CreationToRaw1 => ("creation, 1 connection ÷ raw inserts", "/s"),
            Self::CreationToRaw8 => ("creation, 8 connections ÷ raw inserts", "/s"),
            Self::CreationToRaw32 => ("creation, 32 connections ÷ raw inserts", "/s"),
            Self::CreationToInfluxd1 => ("creation, 1 connection ÷ influxd", "/s"),
            Self::CreationToInfluxd8 => ("creation, 8 connections ÷ influxd", "/s"),
            Self::CreationToInfluxd32 => ("creation, 32 connections ÷ influxd", "/s"),
            Self::MiddlePage => ("page, 100 k tokens ÷ 1 k", "ms"),
            Self::MiddleSearch => ("page with a text, 100 k tokens ÷ 1 k", "ms"),
            Self::LargePage => ("page, most tokens ÷ 1 k", "ms"),
            Self::LargeSearch => ("page with a text, most tokens ÷ 1 k", "ms"),
            Self::Start => ("start to first answer, most tokens", "ms"),
            Self::Memory => ("resident memory, most tokens", "MiB"),
            Self::StartToInfluxd => ("start, most tokens ÷ influxd, one token", "ms"),
            Self::MemoryToInfluxd => ("resident memory, most tokens ÷ influxd", "MiB"),
            Self::GateToNginx => ("gate ÷ bare nginx", "/s"),
            Self::GateToVmauth => ("gate ÷ vmauth", "/s"),
            Self::AskedToEmpty => ("nginx asking a gate ÷ asking an empty one", "/s"),
            Self::AddedLatency => ("latency added by a gate, p99 at half load", "ms"),
            Self::StreamGrowth => ("growth of memory, 1 GiB streamed by a gate", "MiB"),
            Self::OpenExchanges => ("open exchanges of a gate", ""),
        }
    }
}
