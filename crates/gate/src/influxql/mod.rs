//! InfluxQL: which databases and retention policies a text reads and writes.
//!
//! The list of statements is closed. A text that is not understood with certainty is left to operators, so that an
//! omission of the parser costs a feature, never a demand.

mod answer;
mod expression;
mod needs;
mod parser;
mod quote;
mod scanner;
mod show;
mod sources;

pub(crate) use answer::{QueryResult, Series, all_results, results, text};
pub(crate) use needs::{Need, RequestDefaults, need};
pub(crate) use quote::quoted;

use jeton_model::Action;

use crate::demand::Policy;

/// A statement of the closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Statement {
    /// `SHOW DATABASES`
    Databases,
    /// `SHOW RETENTION POLICIES`, of a database or the request's.
    Policies(Option<String>),
    /// `CREATE DATABASE` without options.
    Create(String),
    /// A statement that reads, and writes with `INTO`.
    Access(Vec<Access>),
    /// A statement that deletes data.
    Deletion(Vec<Access>),
}

/// An action on a database that a statement names or implies.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Access {
    action: Action,
    /// The database; `None` for the request's.
    database: Option<String>,
    /// The retention policy; the default one may be set by the request.
    policy: Policy,
}

impl Access {
    fn whole(action: Action, database: Option<String>) -> Self {
        Self { action, database, policy: Policy::All }
    }
}

#[cfg(test)]
mod tests;
