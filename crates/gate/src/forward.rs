//! Forward auth: a reverse proxy in front of the database asks about a request, and passes it on itself. It can change
//! the credential and the query string only, so that a request is allowed only if these changes turn it into the
//! decided one.

use std::collections::BTreeSet;

use jeton_model::{Action, BucketId};

use crate::{
    authority::Authority,
    caller::Caller,
    decision::{Allowed, Decision},
    directory::Directory,
    gate::Gate,
    plan::Step,
    refusal::{ProxyOnly, Reason, Refusal},
    request::{CanonicalRequest, Head, Media, Method, Parameters},
    upstream::{Body, UpstreamRequest},
};

/// Maximum number of bytes of a query string that a reverse proxy takes from a header.
const MAX_ARGS: usize = 8 * 1024;
/// The parameters of a credential in the query string.
const CREDENTIAL: [&str; 2] = ["u", "p"];
/// The parameter that restricts a query to a bucket; it is repeated for several buckets.
const FILTER: &str = "extra_filters[]";

/// The use that the reverse proxy makes of the query string that the decision returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Args {
    /// The reverse proxy sends it to the database instead of the client's.
    Rewritten,
    /// The reverse proxy ignores it, and sends the client's.
    Kept,
}

/// A request that a reverse proxy passes on itself.
#[derive(Clone)]
pub struct ForwardedRequest<'a> {
    canonical: CanonicalRequest,
    target: &'a str,
    args: Args,
}

/// The approval of a request that a reverse proxy passes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardApproval {
    /// The query string for the database.
    pub args: String,
    /// The permitted actions on the buckets that the request names.
    pub buckets: BTreeSet<(Action, BucketId)>,
}

impl Gate {
    /// Parses the head of a request that a reverse proxy passes on itself.
    ///
    /// # Errors
    /// Fails with the refusal if the request has no canonical form, or a credential that a reverse proxy cannot remove.
    pub fn forwarded<'a>(&self, head: &Head<'a>, args: Args) -> Result<ForwardedRequest<'a>, Refusal> {
        let canonical = CanonicalRequest::parse(head).map_err(|malformed| self.malformed(malformed))?;
        if has_credential(head.target) {
            return Err(self.refusal(&canonical, Reason::ProxyOnly(ProxyOnly::Credential)));
        }
        Ok(ForwardedRequest { canonical, target: head.target, args })
    }

    /// Decides about a request that a reverse proxy passes on itself, from its head alone.
    ///
    /// # Errors
    /// Fails with the refusal if the caller may not, or if the decision needs more than a reverse proxy shows or does.
    pub fn decide_forwarded(
        &self,
        request: &ForwardedRequest<'_>,
        caller: &Caller<'_>,
        directory: &Directory,
    ) -> Result<ForwardApproval, Refusal> {
        let proxy_only = |reason| self.refusal(&request.canonical, Reason::ProxyOnly(reason));
        match self.classify(&request.canonical)? {
            Step::Plan(plan) => match plan.decide(caller, directory) {
                Decision::Allow(allowed) => request.passed(allowed).map_err(proxy_only),
                Decision::Refuse(refusal) => Err(refusal),
                Decision::Answer(_) | Decision::Jeton => Err(proxy_only(ProxyOnly::Answer)),
            },
            Step::Body(body) => {
                body.admit(caller, directory)?;
                Err(proxy_only(ProxyOnly::Body))
            }
            Step::Syntax(_) => Err(proxy_only(ProxyOnly::Body)),
        }
    }
}

impl ForwardedRequest<'_> {
    /// Returns the request in canonical form.
    pub fn canonical(&self) -> &CanonicalRequest {
        &self.canonical
    }

    /// Checks that the received request with another query string is the one that was decided.
    fn passed(&self, allowed: Allowed) -> Result<ForwardApproval, ProxyOnly> {
        let sent = &allowed.request;
        self.check_target(sent)?;
        self.check_body(sent)?;
        if matches!(allowed.authority, Authority::Caller(_) | Authority::User(_)) {
            return Err(ProxyOnly::Authority);
        }
        if sent.parameters().iter().any(|(name, _)| name == FILTER) {
            return Err(ProxyOnly::Several);
        }
        let args = sent.args();
        match self.args {
            Args::Rewritten if args.len() > MAX_ARGS => Err(ProxyOnly::Long),
            Args::Kept if !is_same(sent.parameters(), self.canonical.query().pairs()) => Err(ProxyOnly::Parameters),
            Args::Rewritten | Args::Kept => Ok(ForwardApproval { args, buckets: allowed.buckets }),
        }
    }

    /// Checks that the method and the path are those of the decided request. A path with a percent escape is refused,
    /// because reverse proxies decode and encode paths differently.
    fn check_target(&self, sent: &UpstreamRequest) -> Result<(), ProxyOnly> {
        let (received, decided) = (path(self.target), sent.target());
        let is_same = sent.method() == self.canonical.method() && path(&decided) == received;
        if is_same && !received.contains('%') { Ok(()) } else { Err(ProxyOnly::Target) }
    }

    /// Checks that the database reads no parameters from the body. The reverse proxy sends the received body with the
    /// received content type, which must not be that of a form: databases take parameters from forms. The type counts
    /// even without a declared body, because the database reads it.
    fn check_body(&self, sent: &UpstreamRequest) -> Result<(), ProxyOnly> {
        let content = self.canonical.content();
        let is_read = !matches!(sent.method(), Method::Get | Method::Head);
        match sent.body() {
            Body::Built(_) => Err(ProxyOnly::Body),
            Body::Empty if content.has_body() => Err(ProxyOnly::Body),
            Body::Empty | Body::Streamed if is_read && is_form(content.media()) => Err(ProxyOnly::Form),
            Body::Empty | Body::Streamed => Ok(()),
        }
    }
}

fn has_credential(target: &str) -> bool {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let given = Parameters::parse(query).unwrap_or_default();
    CREDENTIAL.iter().any(|name| given.all(name).next().is_some())
}

fn path(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}

fn is_form(media: &Media) -> bool {
    match media {
        Media::Form => true,
        Media::Other(name) => name.starts_with("multipart/"),
        Media::Missing | Media::Json | Media::Flux | Media::Grpc => false,
    }
}

/// Returns whether both have the same parameters, in any order. The order has no meaning: a parameter that affects a
/// decision occurs once.
fn is_same(one: &[(String, String)], other: &[(String, String)]) -> bool {
    let (mut one, mut other) = (one.to_vec(), other.to_vec());
    one.sort_unstable();
    other.sort_unstable();
    one == other
}
