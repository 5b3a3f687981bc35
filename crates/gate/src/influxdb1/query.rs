//! `/query` with InfluxQL, of InfluxDB 1.x and 2.x.

use jeton_model::Action;

use crate::{
    demand::{Demand, Policy},
    influxql::{Need, RequestDefaults, need},
    plan::{BODY_LIMIT, Context, ListForm, Listed, Listing, Outcome, Step},
    refusal::Reason,
    request::{Malformed, Method, Parameters},
    strict_json::Members,
    upstream::{Scope, UpstreamRequest},
};

/// The parameters that go on. `params` gives values to placeholders, which the classifier leaves to operators wherever
/// they could name something.
const PARAMETERS: [&str; 8] = ["db", "rp", "q", "params", "epoch", "pretty", "chunked", "chunk_size"];

/// Returns the plan of a request with statements. The values of a form win over the URL's in the database, so that each
/// parameter is accepted once.
pub(crate) fn statements(context: &Context) -> Result<Step, Reason> {
    if context.request.method() == Method::Get {
        return plan(context, context.request.query());
    }
    context.body(Demand::Token, BODY_LIMIT, |context, body| plan(context, &context.query_and_form(body)?))
}

fn plan(context: &Context, given: &Parameters) -> Result<Step, Reason> {
    let text = given.filled("q")?.ok_or(Malformed::Missing("q"))?;
    if let Some(values) = given.filled("params")? {
        Members::parse(values.as_bytes())?;
    }
    let defaults = RequestDefaults { database: given.filled("db")?, policy: given.filled("rp")? };
    let demand = match need(text, defaults, &context.settings)? {
        Need::Demand(demand) => demand,
        Need::Policies(name) => Demand::database(Action::Read, name, Policy::All),
        Need::Created(demand) => return Ok(context.plan(demand, Outcome::Created)),
        Need::Databases => {
            let list = Listing { of: Listed::Databases, form: ListForm::Results };
            return Ok(context.plan(Demand::Token, Outcome::List(list)));
        }
    };
    let (method, sent) = (context.request.method(), filled(given)?);
    let request = UpstreamRequest::new(&context.request, method, "/query");
    let request = if method == Method::Post { request.form(&sent) } else { request.query(sent) };
    Ok(context.send(demand, request, Scope::None))
}

/// Returns the parameters that go on. An empty one is left out, as the database would.
fn filled(given: &Parameters) -> Result<Vec<(String, String)>, Reason> {
    let mut pairs = given.pick(&PARAMETERS)?;
    pairs.retain(|(_, value)| !value.is_empty());
    Ok(pairs)
}
