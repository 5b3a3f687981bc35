//! The plan for a request whose demand is met, and the steps that lead to it.

use std::collections::BTreeSet;

use crate::{
    answer::Answer,
    caller::Caller,
    check::check,
    demand::{Demand, OrgName},
    directory::Directory,
    flux::{FluxText, Verdict},
    kind::{SecondLock, Settings},
    refusal::{Reason, Refusal, Shape},
    request::{CanonicalRequest, Media, Parameters},
    upstream::{Scope, UpstreamRequest},
};

/// The demand of a request, and what is done once it is met. Only [`Plan::decide`] and [`Plan::observe`] lead from here to
/// a request for the database.
#[derive(Debug)]
pub struct Plan {
    pub(crate) shape: Shape,
    pub(crate) org: OrgName,
    pub(crate) demand: Demand,
    /// The names that limit what is recorded as used, where the demand covers more than the request names.
    pub(crate) uses: Option<BTreeSet<String>>,
    pub(crate) second_lock: SecondLock,
    pub(crate) outcome: Outcome,
}

/// The action after the demand is met.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Send a request to the database.
    Send(Box<UpstreamRequest>, Scope),
    /// Let Jeton's own API answer, which decides by itself.
    Jeton,
    /// Answer a cross-origin preflight.
    Preflight,
    /// Answer that the server is set up.
    SetUp(Answer),
    /// Answer that the database exists.
    Created,
    /// Answer with the databases, or the retention policies of one.
    List(Listing),
}

/// A list that Jeton answers, filtered for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The content of the list.
    pub(crate) of: Listed,
    /// The form of the answer.
    pub(crate) form: ListForm,
}

/// The content of a list that Jeton itself answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// The databases.
    Databases,
    /// The retention policies of a database.
    Policies(String),
}

/// The form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListForm {
    /// The answer to a statement of `/query`.
    Results,
    /// The rows of InfluxDB 3's `query_influxql`.
    Rows,
    /// The rows of InfluxDB 3's `configure/database`.
    Configured,
}

/// A step towards the plan of a request.
#[derive(Debug)]
pub enum Step {
    /// The plan is complete: the rest of the body decides nothing.
    Plan(Plan),
    /// The body decides.
    Body(NeedsBody),
    /// The syntax tree of a Flux text decides.
    Syntax(NeedsSyntax),
}

type ReadBody = Box<dyn FnOnce(&[u8]) -> Result<Step, Reason> + Send>;

/// A request whose body decides. The body can be read only after [`NeedsBody::admit`].
pub struct NeedsBody {
    pub(crate) shape: Shape,
    pub(crate) org: OrgName,
    /// The demand of the request, independent of its body.
    pub(crate) first: Demand,
    pub(crate) limit: usize,
    pub(crate) read: ReadBody,
}

impl std::fmt::Debug for NeedsBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NeedsBody").field("first", &self.first).field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl NeedsBody {
    /// Decides by the head alone, before a byte of the body is read.
    ///
    /// # Errors
    /// Fails with the refusal if no body could make the request allowed.
    pub fn admit(self, caller: &Caller<'_>, directory: &Directory) -> Result<Admitted, Refusal> {
        let shape = self.shape;
        let checked = check(&self.org, &self.first, caller, directory);
        checked.map_err(|denied| denied.refusal(shape))?;
        Ok(Admitted { shape, limit: self.limit, read: self.read })
    }

    /// Decides in observe mode by the head alone, before a byte of the body is read.
    ///
    /// # Errors
    /// Fails with the refusal if the request goes on with no body.
    pub fn admit_observed(self, caller: &Caller<'_>, directory: &Directory) -> Result<Admitted, Refusal> {
        let shape = self.shape;
        match check(&self.org, &self.first, caller, directory).err() {
            Some(denied) if !denied.passes(caller, directory) => Err(denied.refusal(shape)),
            Some(_) | None => Ok(Admitted { shape, limit: self.limit, read: self.read }),
        }
    }
}

/// A request whose body may be read.
pub struct Admitted {
    shape: Shape,
    limit: usize,
    read: ReadBody,
}

impl std::fmt::Debug for Admitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admitted").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl Admitted {
    /// Returns the maximum number of bytes of the body.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// Fails with the refusal if the body is too large or cannot be read in one way alone.
    pub fn read(self, body: &[u8]) -> Result<Step, Refusal> {
        let shape = self.shape;
        let step = if body.len() > self.limit { Err(Reason::TooLarge) } else { (self.read)(body) };
        step.map_err(|reason| Refusal::new(reason, shape))
    }
}

/// A Flux query, whose syntax tree decides.
#[derive(Debug)]
pub struct NeedsSyntax {
    pub(crate) shape: Shape,
    pub(crate) org: OrgName,
    pub(crate) text: FluxText,
    pub(crate) request: Box<UpstreamRequest>,
}

impl NeedsSyntax {
    /// Returns the text of the query. A verdict may be kept by the hash of the text.
    pub fn text(&self) -> &FluxText {
        &self.text
    }

    /// Returns the refusal if the database gave no syntax tree, and there is no verdict.
    pub fn unavailable(&self) -> Refusal {
        Refusal::new(Reason::Unavailable, self.shape)
    }

    /// Returns the plan.
    ///
    /// # Errors
    /// Fails with the refusal if the verdict is one of another text, or forbids this one.
    pub fn finish(self, verdict: &Verdict) -> Result<Plan, Refusal> {
        let shape = self.shape;
        let demand = verdict.demand(&self.text).map_err(|reason| Refusal::new(reason, shape))?;
        let uses = (demand == Demand::AnyReadable).then(|| verdict.names());
        let (second_lock, outcome) = (SecondLock::Authorization, Outcome::Send(self.request, Scope::Org));
        Ok(Plan { shape, org: self.org, demand, uses, second_lock, outcome })
    }
}

/// Maximum number of bytes of a body that decides, except those of Flux.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// A request while it is classified.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) request: CanonicalRequest,
    pub(crate) settings: Settings,
    pub(crate) shape: Shape,
}

impl Context {
    /// Returns the plan to send a request.
    pub(crate) fn send(&self, demand: Demand, request: UpstreamRequest, scope: Scope) -> Step {
        self.plan(demand, Outcome::Send(Box::new(request), scope))
    }

    /// Returns the plan to send a request without a body to its own path, for every caller.
    pub(crate) fn pass(&self) -> Step {
        let sent = UpstreamRequest::new(&self.request, self.request.method(), self.request.path().as_str());
        self.send(Demand::Nothing, sent, Scope::None)
    }

    /// Returns a plan for a request that names no organization.
    pub(crate) fn plan(&self, demand: Demand, outcome: Outcome) -> Step {
        let second_lock = SecondLock::of(self.shape.kind, &self.settings);
        Step::Plan(Plan { shape: self.shape, org: OrgName::default(), demand, uses: None, second_lock, outcome })
    }

    /// Returns the step that reads the body, or reads an empty one at once if there is none.
    pub(crate) fn body<F>(&self, first: Demand, limit: usize, read: F) -> Result<Step, Reason>
    where
        F: FnOnce(&Self, &[u8]) -> Result<Step, Reason> + Send + 'static,
    {
        if !self.request.content().has_body() {
            return read(self, &[]);
        }
        if self.request.content().encoding().is_some() {
            return Err(Reason::Media);
        }
        if self.request.content().length().is_some_and(|length| length > limit as u64) {
            return Err(Reason::TooLarge);
        }
        let context = self.clone();
        let read = Box::new(move |body: &[u8]| read(&context, body));
        Ok(Step::Body(NeedsBody { shape: self.shape, org: OrgName::default(), first, limit, read }))
    }

    /// Returns the parameters of the query string, followed by those of a form in the body. A body of any other type,
    /// or of none, is not read as a form by every database, and is refused.
    pub(crate) fn query_and_form(&self, body: &[u8]) -> Result<Parameters, Reason> {
        let query = self.request.query().clone();
        match self.request.content().media() {
            _ if body.is_empty() => Ok(query),
            Media::Form => Ok(query.and(Parameters::form(body)?)),
            _ => Err(Reason::Media),
        }
    }
}

impl Step {
    /// Sets the organization that the request names.
    pub(crate) fn of_org(mut self, name: Option<&str>) -> Self {
        let org = match &mut self {
            Self::Plan(plan) => &mut plan.org,
            Self::Body(body) => &mut body.org,
            Self::Syntax(syntax) => &mut syntax.org,
        };
        *org = OrgName(name.map(str::to_owned));
        self
    }
}
