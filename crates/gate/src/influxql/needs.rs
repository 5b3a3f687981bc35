//! From statements to the demand of a request.

use jeton_model::Action;

use super::{Access, Statement, parser};
use crate::{
    demand::{Demand, OperatorOnly, Place, Policy, Target, Targets},
    kind::Settings,
    refusal::Reason,
    request::Malformed,
};

/// The database and retention policy that a request sets for its statements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestDefaults<'a> {
    pub(crate) database: Option<&'a str>,
    pub(crate) policy: Option<&'a str>,
}

/// An access that a text needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// To be sent, if the demand is met.
    Demand(Demand),
    /// The list of databases, and nothing else.
    Databases,
    /// The retention policies of a database, and nothing else.
    Policies(String),
    /// The answer that a database exists, if the demand is met.
    Created(Demand),
}

/// Returns what a text needs. One that is not understood needs an operator.
///
/// # Errors
/// Fails if the text is empty, or if it means the request's database and there is none.
pub(crate) fn need(text: &str, defaults: RequestDefaults<'_>, settings: &Settings) -> Result<Need, Reason> {
    let Ok(statements) = parser::parse(text) else {
        return Ok(Need::Demand(Demand::Operator(OperatorOnly::Statement)));
    };
    match statements.as_slice() {
        [] => Err(Malformed::Missing("q").into()),
        [Statement::Databases] => Ok(Need::Databases),
        [Statement::Policies(name)] => Ok(Need::Policies(database(name.as_deref(), defaults)?)),
        [Statement::Create(name)] => Ok(Need::Created(Demand::database(Action::Write, name.as_str(), Policy::Default))),
        statements => all(statements, defaults, settings).map(Need::Demand),
    }
}

fn all(statements: &[Statement], defaults: RequestDefaults<'_>, settings: &Settings) -> Result<Demand, Reason> {
    let mut targets = Vec::new();
    let mut deletes = false;
    for statement in statements {
        match statement {
            Statement::Access(accesses) => add(accesses, defaults, &mut targets)?,
            Statement::Deletion(accesses) if settings.writers_delete => {
                deletes = true;
                add(accesses, defaults, &mut targets)?;
            }
            Statement::Deletion(_) => return Ok(Demand::Operator(OperatorOnly::Deletion)),
            Statement::Policies(name) => {
                let access = Access::whole(Action::Read, name.clone());
                add(&[access], defaults, &mut targets)?;
            }
            Statement::Databases | Statement::Create(_) => return Ok(Demand::Operator(OperatorOnly::Statement)),
        }
    }
    let demand = if deletes { Demand::Deletion } else { Demand::Targets };
    Ok(Targets::of(targets).map_or(Demand::Operator(OperatorOnly::Statement), demand))
}

fn add(accesses: &[Access], defaults: RequestDefaults<'_>, targets: &mut Vec<Target>) -> Result<(), Reason> {
    for access in accesses {
        let name = database(access.database.as_deref(), defaults)?;
        for policy in policies(access, defaults) {
            targets.push(Target { action: access.action, place: Place::Database(name.clone(), policy) });
        }
    }
    Ok(())
}

/// Returns the policies that an access may mean. The request's takes the place of the default one; whether also for a
/// database that the text names is not the same in every version, so that both are demanded there.
fn policies(access: &Access, defaults: RequestDefaults<'_>) -> Vec<Policy> {
    match (&access.policy, defaults.policy) {
        (Policy::Default, Some(policy)) if access.database.is_none() => vec![Policy::Named(policy.to_owned())],
        (Policy::Default, Some(policy)) => vec![Policy::Named(policy.to_owned()), Policy::Default],
        (policy, _) => vec![policy.clone()],
    }
}

fn database(named: Option<&str>, defaults: RequestDefaults<'_>) -> Result<String, Reason> {
    let name = named.or(defaults.database).map(str::to_owned);
    name.ok_or(Reason::Malformed(Malformed::Missing("db")))
}
